/*
 * exec: arguments up to the limit, #! lines, process names, and text larger
 * than memory. Started as "sum", the program is the executed one: it sums its
 * arguments.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/elf.h>

#define FILE_NAME "/tmp/test-exec"
#define KB 1024
#define STRING_MAX (128 * KB)
#define MANY 100000

static const char *self;
static char string[STRING_MAX + 1];
static char *list[MANY + 1];

struct sum {
	unsigned count, bytes, hash;
};

static struct sum sum_of(char **strings)
{
	struct sum s = { 0 };

	for (; strings[s.count]; s.count++)
		for (char *c = strings[s.count]; *c; c++, s.bytes++)
			s.hash = s.hash * 31 + *c;
	return s;
}

static int tell_sum(char **argv)
{
	struct sum s[2] = { sum_of(argv), sum_of(environ) };

	return write(3, s, sizeof(s)) != sizeof(s);
}

/* Executes path. Returns its status, or 200 plus the error. */
static int status_of(const char *path, char **argv, char **envp)
{
	int pid = fork(), null;

	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		execve(path, argv, envp);
		_exit(200 + errno);
	}
	return WEXITSTATUS(wait_status(pid));
}

/* Returns 1 if the program gets argv and envp unchanged. */
static int arrive(char **argv, char **envp)
{
	struct sum want[2] = { sum_of(argv), sum_of(envp) }, got[2];
	int fds[2], pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 3);
		execve(self, argv, envp);
		_exit(200 + errno);
	}
	CHECK(close(fds[1]) == 0);
	pid = WEXITSTATUS(wait_status(pid));
	if (pid == 0)
		CHECK(read(fds[0], got, sizeof(got)) == sizeof(got));
	CHECK(close(fds[0]) == 0);
	return pid ? pid : memcmp(want, got, sizeof(got)) != 0;
}

/* Returns "sum" and n strings of length characters each. */
static char **strings(int n, int length)
{
	memset(string, 'a' + n % 26, length);
	string[length] = '\0';
	list[0] = "exec";
	list[1] = "sum";
	for (int i = 2; i < n + 2; i++)
		list[i] = string;
	list[n + 2] = NULL;
	return list;
}

static char *none[] = { NULL };

static void long_arguments(void)
{
	char *environment[] = { "A=b", NULL }, *one[] = { string, NULL };

	CHECK(arrive(strings(2, 100 * KB), environment) == 0);
	CHECK(arrive(strings(19, 100 * KB), environment) == 0);
	memcpy(strings(1, 131000)[2], "A=", 2);
	CHECK(arrive((char *[]){ "exec", "sum", NULL }, one) == 0);
	CHECK(arrive(strings(MANY - 3, 10), none) == 0);
	CHECK(arrive(strings(40, 4096 - 1), none) == 0);
}

static void limit_stack(unsigned long size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	CHECK(syscall(__NR_setrlimit, RLIMIT_STACK, &limit) == 0);
}

/*
 * Checks the limits: a quarter of the stack's, at least 128 KB, and 128 KB a
 * string.
 */
static void argument_limits(void)
{
	CHECK(arrive(strings(1, STRING_MAX - 1), none) == 0);
	CHECK(arrive(strings(1, STRING_MAX), none) == 200 + E2BIG);
	CHECK(arrive(strings(21, 100 * KB), none) == 200 + E2BIG);
	CHECK(arrive(none, strings(21, 100 * KB)) == 200 + E2BIG);
	if (!on_cowix())		/* an emulator has its own limit */
		return;
	limit_stack(1024 * KB);
	CHECK(arrive(strings(25, 10000), none) == 0);
	CHECK(arrive(strings(27, 10000), none) == 200 + E2BIG);
	CHECK(arrive(strings(MANY / 2, 1), none) == 200 + E2BIG);
	limit_stack(256 * KB);
	CHECK(arrive(strings(13, 10000), none) == 0);
	CHECK(arrive(strings(14, 10000), none) == 200 + E2BIG);
}

/* Checks that a program always has an argv[0]. */
static void no_arguments(void)
{
	if (on_cowix())
		CHECK(status_of(self, none, none) == 77);
	if (on_cowix())
		CHECK(status_of(self, NULL, NULL) == 77);
}

static void bad_arguments(void)
{
	char *bad[] = { "exec", "sum", (char *)0xC0000000, NULL };

	CHECK(status_of(self, bad, none) == 200 + EFAULT);
	CHECK(status_of(self, (char **)8, none) == 200 + EFAULT);
	bad[2] = (char *)16;
	CHECK(status_of(self, none, bad) == 200 + EFAULT);
}

static void make(const char *path, const void *text, unsigned n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	CHECK(fd >= 0 && write(fd, text, n) == (int)n && close(fd) == 0);
	CHECK(chmod(path, 0755) == 0);
}

/* Returns the status of a script that has only this line. */
static int script(const char *line, int length)
{
	make(FILE_NAME, line, length);
	return status_of(FILE_NAME, (char *[]){ "s", NULL }, none);
}

static int short_script(const char *line)
{
	return script(line, strlen(line));
}

static void script_lines(void)
{
	CHECK(short_script("#!/bin/true") == 0);
	CHECK(short_script("#! /bin/false\n") == 1);
	CHECK(short_script("#!\t/bin/true\t-c \t exit\n") == 0);
	CHECK(short_script("#!/bin/sh -cexit\t \n") == 2);
	CHECK(short_script("#!/bin/true \nx") == 0);
	CHECK(short_script("#!") == 200 + EACCES);
	CHECK(short_script("#!\n/bin/true\n") == 200 + ENOEXEC);
	CHECK(short_script("#!  \t") == 200 + EACCES);
	CHECK(short_script("# !/bin/true\n") == 200 + ENOEXEC);
	CHECK(short_script("#!/no/such\n") == 200 + ENOENT);
	CHECK(short_script("#!/bin/true\r\n") == 200 + ENOENT);
	CHECK(short_script("#!/tmp\n") == 200 + EACCES);
	CHECK(unlink(FILE_NAME) == 0);
}

/* Returns a line of n characters, of which the last one may be its end. */
static char *line_of(const char *begin, int n, char filler, char end)
{
	memset(string, filler, n);
	memcpy(string, begin, strlen(begin));
	string[n - 1] = end;
	string[n] = '\0';
	return string;
}

static void long_lines(void)
{
	CHECK(script(line_of("#!/bin/true ", 200, 'x', '\n'), 200) == 0);
	CHECK(script(line_of("#!/bin/true ", 256, 'x', '\n'), 256) == 0);
	CHECK(script(line_of("#!/bin/true ", 255, 'x', 'x'), 255) == 0);
	CHECK(script(line_of("#!/bin/true ", 2000, 'x', '\n'), 2000) == 0);
	CHECK(script(line_of("#!/", 255, '/', '\n'), 255) == 200 + EACCES);
	CHECK(script(line_of("#!/x", 255, '/', '/'), 255) == 200 + ENOENT);
	CHECK(script(line_of("#!/x", 256, '/', '\n'), 256) == 200 + ENOENT);
	CHECK(script(line_of("#!/x", 256, '/', '/'), 256) == 200 + ENOEXEC);
	CHECK(script(line_of("#!/x", 300, '/', '\n'), 300) == 200 + ENOEXEC);
	CHECK(script(line_of("#!", 300, ' ', '\n'), 300) == 200 + ENOEXEC);
	CHECK(unlink(FILE_NAME) == 0);
}

/* Runs a script by a name that is longer than what replaces it. */
static void long_own_name(void)
{
	static char name[100001];
	char *argv[] = { name, NULL };
	int pid;

	memset(name, 'a', sizeof(name) - 1);
	make("/tmp/named", "#!/bin/true\n", 12);
	pid = fork();
	if (pid == 0) {
		execve("/tmp/named", argv, argv + 1);
		_exit(1);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(unlink("/tmp/named") == 0);
}

/* Checks that five scripts may call each other, but not six. */
static void nested_scripts(void)
{
	char name[8] = "/tmp/tN", line[20];

	make("/tmp/t0", "#!/bin/true\n", 12);
	for (int i = 1; i < 6; i++) {
		sprintf(line, "#!/tmp/t%d\n", i - 1);
		name[6] = '0' + i;
		make(name, line, strlen(line));
		CHECK(status_of(name, (char *[]){ "s", NULL }, none) ==
		      (i < 5 ? 0 : 200 + ELOOP));
	}
	for (name[6] = '0'; name[6] < '6'; name[6]++)
		CHECK(unlink(name) == 0);
}

/*
 * Checks that a script's process has the script's name, not the interpreter's.
 */
static void names(void)
{
	static const char text[] = "#!/bin/sh\n"
		"read name <$1/self/comm; [ \"$name\" = a-script-of-lon ]\n";
	char *argv[] = { "other", "/proc", NULL };

	make("/tmp/a-script-of-long-name", text, sizeof(text) - 1);
	if (on_cowix()) {
		CHECK(mount("none", "/mnt", "proc", 0, NULL) == 0);
		argv[1] = "/mnt";
	}
	CHECK(status_of("/tmp/a-script-of-long-name", argv, none) == 0);
	CHECK(!on_cowix() || umount("/mnt") == 0);
	CHECK(unlink("/tmp/a-script-of-long-name") == 0);
}

/* Runs a program of a few bytes with hundreds of megabytes of unused text. */
static void large_text(void)
{
	static const unsigned char code[] = {		/* exit(42) */
		0xB8, 1, 0, 0, 0, 0xBB, 42, 0, 0, 0, 0xCD, 0x80,
	};
	struct {
		struct elf32_ehdr header;
		struct elf32_phdr segment;
		unsigned char code[sizeof(code)];
	} program = {
		.header = {
			.e_ident = { 0x7F, 'E', 'L', 'F',
				     ELFCLASS32, ELFDATA2LSB, 1 },
			.e_type = ET_EXEC, .e_machine = EM_386, .e_version = 1,
			.e_entry = 0x08048000 +
				   offsetof(__typeof__(program), code),
			.e_phoff = sizeof(struct elf32_ehdr),
			.e_ehsize = sizeof(struct elf32_ehdr),
			.e_phentsize = sizeof(struct elf32_phdr), .e_phnum = 1,
		},
		.segment = {
			.p_type = PT_LOAD, .p_vaddr = 0x08048000,
			.p_filesz = 200 << 20, .p_memsz = 200 << 20,
			.p_flags = PF_R | PF_X, .p_align = 4096,
		},
	};

	memcpy(program.code, code, sizeof(code));
	make(FILE_NAME, &program, sizeof(program));
	CHECK(truncate(FILE_NAME, 200 << 20) == 0);
	CHECK(status_of(FILE_NAME, (char *[]){ "x", NULL }, none) == 42);
	CHECK(unlink(FILE_NAME) == 0);
}

static int run(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "long_arguments", "up to 2 MB of them", long_arguments },
		{ "argument_limits", "and no more", argument_limits },
		{ "no_arguments", "an empty list gets a name", no_arguments },
		{ "bad_arguments", "strings that are nowhere", bad_arguments },
		{ "script_lines", "what a #! line may say", script_lines },
		{ "long_lines", "and how long it may be", long_lines },
		{ "long_own_name", "a script's long argv[0]", long_own_name },
		{ "nested_scripts", "scripts of scripts", nested_scripts },
		{ "names", "a script's name", names },
		{ "large_text", "more text than memory", large_text },
		{ 0 },
	};

	return run_tests(tests, argc, argv);
}

int main(int argc, char **argv)
{
	if (argc == 1 && !*argv[0])
		return 77;
	self = argv[0];
	if (argc > 1 && strcmp(argv[1], "sum") == 0)
		return tell_sum(argv);
	return run(argc, argv);
}
