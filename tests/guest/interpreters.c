/*
 * What the kernel does for a dynamic program: where main and its interpreter
 * are, what the interpreter is told, and with whose rights both run. A copy of
 * this program is the interpreter where that has to look around: it tells what
 * it sees through a pipe.
 */
#include <signal.h>
#include <sys/stat.h>
#include "auxv.h"
#include "elf_image.h"
#include "procfs.h"
#include "users.h"

#define TELL 5			/* the pipe's descriptor */
#define CODE offsetof(struct image, code)

static const char *self;
static struct image image, loader;

/* What the interpreter is told, and what it finds in main's memory. */
struct told {
	unsigned base, phdr, phent, phnum, entry, secure, uid, euid, brk;
	char execfn[32];
	unsigned char code[sizeof(exit_code)];
	int data_is_right;
};

/* Checks main's data: half a page from the file, and 2 1/2 pages of zeroes. */
static int data_is_right(const char *data)
{
	for (unsigned i = 0; i < 3 * PAGE; i++)
		if (data[i] != (i < PAGE / 2 ? 'd' : 0))
			return 0;
	return 1;
}

/* Runs as the interpreter of an image. */
static int interpret(void)
{
	struct told t = {
		.base = aux(AT_BASE), .phdr = aux(AT_PHDR),
		.phent = aux(AT_PHENT), .phnum = aux(AT_PHNUM),
		.entry = aux(AT_ENTRY), .secure = aux(AT_SECURE),
		.uid = aux(AT_UID), .euid = aux(AT_EUID),
		.brk = (unsigned)sbrk(0),
	};

	strncpy(t.execfn, (char *)aux(AT_EXECFN), sizeof(t.execfn) - 1);
	memcpy(t.code, (void *)t.entry, sizeof(t.code));
	t.data_is_right = data_is_right((char *)t.entry - CODE + 2 * PAGE);
	return write(TELL, &t, sizeof(t)) == sizeof(t) ? DONE : 1;
}

static void copy_self(const char *to, int mode)
{
	static char buf[PAGE];
	int in = open(self, O_RDONLY), n;
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(n == 0 && close(in) == 0 && close(out) == 0);
	CHECK(chmod(to, mode) == 0);
}

static void make_main(int type)
{
	make_image(&image, type);
	if (type == ET_EXEC) {		/* where this program is not */
		image.ph[TEXT].p_vaddr += 0x1000000;
		image.ph[DATA].p_vaddr += 0x1000000;
		image.header.e_entry += 0x1000000;
	}
	memset(image.data, 'd', PAGE);
	name_interpreter(&image, LOADER);
}

/* Executes main, of which this program is the interpreter. */
static struct told ask(void)
{
	struct told t;
	int fds[2];

	CHECK(pipe(fds) == 0 && dup2(fds[1], TELL) == TELL);
	CHECK(close(fds[1]) == 0);
	CHECK(execute(MAIN) == DONE && close(TELL) == 0);
	CHECK(read(fds[0], &t, sizeof(t)) == sizeof(t) && close(fds[0]) == 0);
	return t;
}

static void remove_files(void)
{
	CHECK(unlink(MAIN) == 0 && unlink(LOADER) == 0);
}

static void vector(void)
{
	for (int type = ET_EXEC; type <= ET_DYN; type++) {
		struct told t;
		unsigned start;

		make_main(type);
		write_image(MAIN, &image);
		copy_self(LOADER, 0755);
		t = ask();
		start = t.entry - CODE;
		CHECK(start == (type == ET_EXEC ? EXEC_BASE + 0x1000000
						: MAIN_BASE) ||
		      (!on_cowix() && start % PAGE == 0));
		CHECK(t.phdr == start + offsetof(struct image, ph));
		CHECK(t.phent == 32 && t.phnum == HEADERS && t.base == 0);
		CHECK(strcmp(t.execfn, MAIN) == 0 && t.secure == 0);
		CHECK(memcmp(t.code, exit_code, sizeof(exit_code)) == 0);
		CHECK(t.data_is_right);
		CHECK(t.brk == start + 5 * PAGE ||
		      (!on_cowix() && t.brk > start));
		remove_files();
	}
}

/* Checks AT_BASE of an interpreter that lies anywhere: it compares. */
static void base(void)
{
	static const unsigned char compare[] = {
		0xE8, 0, 0, 0, 0,		/* call to the next */
		0x5B,				/* pop ebx */
		0x81, 0xE3, 0, 0xF0, 0xFF, 0xFF, /* and ebx, -4096 */
		0x29, 0xD3,			/* sub ebx, edx */
		0xC1, 0xEB, 12,			/* shr ebx, 12 */
		0xB8, 1, 0, 0, 0,		/* mov eax, 1 */
		0xCD, 0x80,			/* int 0x80 */
	};
	unsigned char *end = loader.code + sizeof(loader_code) - 2;

	make_main(ET_DYN);
	write_image(MAIN, &image);
	make_loader(&loader, ET_DYN);
	end[-3] = AT_BASE;
	memcpy(end, compare, sizeof(compare));
	write_image(LOADER, &loader);
	CHECK(execute(MAIN) == 0);
	remove_files();
}

/* Starts main, which sleeps. Returns its process when it runs. */
static int start_sleeper(int uid)
{
	int pid = fork();

	if (pid == 0) {
		if (uid)
			become(uid);
		execve(MAIN, (char *[]){ "x", NULL }, (char *[]){ NULL });
		_exit(99);
	}
	do {
		pause_ms(1);
		CHECK(read_all(of(pid, "comm")) > 0);
	} while (strcmp(text, "test-main\n") != 0);
	do {
		pause_ms(1);
		CHECK(read_all(of(pid, "stat")) > 0);
	} while (!strstr(text, ") S "));
	return pid;
}

static void stop_sleeper(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0 && wait_status(pid) == SIGKILL);
}

/* Writes a main that sleeps, and an interpreter that jumps to it. */
static void make_sleeper(int type)
{
	make_main(type);
	set_code(&image, pause_code, sizeof(pause_code));
	write_image(MAIN, &image);
	make_loader(&loader, ET_DYN);
	write_image(LOADER, &loader);
}

/* Checks that a debugger finds main by /proc/PID/auxv. */
static void vector_of_another(void)
{
	unsigned *at = (unsigned *)text;
	int pid;

	make_sleeper(ET_DYN);
	pid = start_sleeper(0);
	CHECK(read_all(of(pid, "auxv")) % 8 == 0);
	while (*at != AT_ENTRY && *at != AT_NULL)
		at += 2;
	CHECK(*at == AT_ENTRY && at[1] % PAGE == CODE);
	CHECK(at[1] == MAIN_BASE + CODE || !on_cowix());
	stop_sleeper(pid);
	remove_files();
}

/* Returns the line of maps that begins at addr, as a string, or NULL. */
static char *line_at(unsigned addr)
{
	char *line = text;
	unsigned long at = strtoul(line, NULL, 16);

	while (at != addr) {
		line = strchr(line, '\n');
		if (!line || !*++line)
			return NULL;
		at = strtoul(line, NULL, 16);
	}
	return strndup(line, strchr(line, '\n') - line);
}

static void check_line(unsigned addr, const char *flags, const char *name)
{
	char *line = line_at(addr);

	CHECK(line && strncmp(line + 18, flags, strlen(flags)) == 0);
	line += strlen(line) - strlen(name);
	CHECK(strcmp(line, name) == 0);
}

static void places(void)
{
	unsigned top = 0xC0000000 - (8 << 20) - (1 << 20);
	int pid;

	if (!on_cowix())
		return;
	make_sleeper(ET_DYN);
	pid = start_sleeper(0);
	CHECK(read_all(of(pid, "maps")) > 0);
	check_line(MAIN_BASE, "r-xp 00000000", MAIN);
	check_line(MAIN_BASE + 2 * PAGE, "rw-p 00001000", MAIN);
	check_line(MAIN_BASE + 3 * PAGE, "rw-p 00000000 00:00 0 ", " ");
	check_line(top - 5 * PAGE, "r-xp 00000000", LOADER);
	check_line(top - 3 * PAGE, "rw-p 00001000", LOADER);
	CHECK(link_is(of(pid, "exe"), MAIN));
	stop_sleeper(pid);
	remove_files();
}

/* Checks /proc/PID/exe if main's code is above its interpreter's. */
static void program_above(void)
{
	int pid;

	make_sleeper(ET_DYN);
	make_loader(&loader, ET_EXEC);
	write_image(LOADER, &loader);
	pid = start_sleeper(0);
	CHECK(link_is(of(pid, "exe"), MAIN));
	stop_sleeper(pid);
	remove_files();
}

/* Checks who may have code on the stack: it says so, or says nothing. */
static void stacks(void)
{
	static const char *const flags[] = { "rw-p", "rwxp", "rwxp" };

	for (int i = 0; i < 3; i++) {
		char *stack;
		int pid;

		make_sleeper(ET_DYN);
		image.ph[STACK].p_flags |= i == 1 ? PF_X : 0;
		image.ph[STACK].p_type = i == 2 ? 0 : PT_GNU_STACK;
		write_image(MAIN, &image);
		pid = start_sleeper(0);
		CHECK(read_all(of(pid, "maps")) > 0);
		stack = strstr(text, "[stack]");
		while (stack[-1] != '\n')
			stack--;
		CHECK(strncmp(stack + 18, flags[i], 4) == 0);
		stop_sleeper(pid);
	}
	remove_files();
}

/* Checks that a file is not written while it runs, also as an interpreter. */
static void busy_files(void)
{
	static const char *const files[] = { MAIN, LOADER };
	int fd, pid;

	make_sleeper(ET_DYN);
	for (int i = 0; i < 2; i++) {
		fd = open(files[i], O_WRONLY);
		CHECK(fd >= 0 && execute(MAIN) == FAILED_EXEC + ETXTBSY);
		CHECK(close(fd) == 0);
	}
	pid = start_sleeper(0);
	/* since 5.15 Linux lets interpreters be written */
	for (int i = 0; i < 1 + on_cowix(); i++) {
		CHECK_ERRNO(open(files[i], O_WRONLY), ETXTBSY);
		CHECK_ERRNO(truncate(files[i], 0), ETXTBSY);
	}
	stop_sleeper(pid);
	fd = open(LOADER, O_WRONLY);
	CHECK(fd >= 0 && close(fd) == 0);
	remove_files();
}

static void by_me(void)
{
	struct told t;

	become(ME);
	t = ask();
	CHECK(t.secure == 1 && t.uid == ME && t.euid == 0);
}

static void by_me_without(void)
{
	struct told t;

	become(ME);
	t = ask();
	CHECK(t.secure == 0 && t.uid == ME && t.euid == ME);
}

/* Checks that a set-id main gives rights, a set-id interpreter none. */
static void set_id(void)
{
	make_main(ET_DYN);
	write_image(MAIN, &image);
	copy_self(LOADER, 04755);
	as_root(by_me_without);
	CHECK(chmod(MAIN, 04755) == 0);
	as_root(by_me);
	remove_files();
}

/* Returns 1 if the user ME may see a process's maps. */
static int i_see(int watched)
{
	int pid = fork();

	if (pid == 0) {
		become(ME);
		_exit(read_all(of(watched, "maps")) > 0);
	}
	return WEXITSTATUS(wait_status(pid));
}

/* Checks that nobody may look at a program who may not read its interpreter. */
static void secret_interpreter(void)
{
	make_sleeper(ET_DYN);
	for (int secret = 0; secret < 2 && geteuid() == 0; secret++) {
		int pid;

		CHECK(chmod(LOADER, secret ? 0711 : 0755) == 0);
		pid = start_sleeper(ME);
		CHECK(i_see(pid) == !secret);
		stop_sleeper(pid);
	}
	remove_files();
}

/* Checks that an interpreter that its user may not execute is refused. */
static void not_mine(void)
{
	become(ME);
	CHECK(execute(MAIN) == FAILED_EXEC + EACCES);
}

static void forbidden_interpreter(void)
{
	make_sleeper(ET_DYN);
	CHECK(chmod(LOADER, 0700) == 0);
	as_root(not_mine);
	remove_files();
}

static const struct test list[] = {
	{ "vector", "what the interpreter is told", vector },
	{ "base", "and where it is itself", base },
	{ "vector_of_another", "/proc/PID/auxv", vector_of_another },
	{ "places", "main and interpreter in maps", places },
	{ "program_above", "main's code above the interpreter's",
	  program_above },
	{ "stacks", "PT_GNU_STACK", stacks },
	{ "busy_files", "writing main or interpreter", busy_files },
	{ "set_id", "set-user-ID of main, of the interpreter", set_id },
	{ "secret_interpreter", "one that its user may not read",
	  secret_interpreter },
	{ "forbidden_interpreter", "or not execute", forbidden_interpreter },
	{ 0 },
};

int main(int argc, char **argv)
{
	extern char _start[];

	if (aux(AT_ENTRY) != (unsigned)_start)
		return interpret();
	self = argv[0];
	return run_with_proc(list, argc, argv);
}
