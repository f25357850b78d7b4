/*
 * Core files: when there is one, what may become one, and what is in it. The
 * working directory is an empty one of the test's own.
 */
#include <cowix.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <abi/elf.h>
#include <abi/prctl.h>
#include <abi/resource.h>
#include "thread.h"
#include "tracing.h"

#define DUMPED(sig)	((sig) | 0x80)
#define FOLDER		"core-test"
#define AREAS		2500
#define FEW		500

static int mark = 0x12345678;

static void set_limit(unsigned resource, unsigned bytes)
{
	unsigned limit[2] = { bytes, 0xFFFFFFFF };

	CHECK(syscall(__NR_setrlimit, resource, limit) == 0);
}

static void crash(void)
{
	mark = 0x55667788;
	*(volatile int *)8 = 0;
}

/* Returns the status of a child that does something under a limit. */
static int run_limited(unsigned limit, void (*work)(void))
{
	int pid = fork();

	if (pid == 0) {
		set_limit(RLIMIT_CORE, limit);
		work();
		_exit(0);
	}
	return status_of(pid);
}

static int run(void (*work)(void))
{
	return run_limited(0xFFFFFFFF, work);
}

static void enter_folder(void)
{
	mkdir(FOLDER, 0755);
	CHECK(chdir(FOLDER) == 0);
	unlink("core");
}

static void leave_folder(void)
{
	CHECK(unlink("core") == 0 && chdir("..") == 0 && rmdir(FOLDER) == 0);
}

static char *contents;
static unsigned contents_size;

/* Reads the core file. Returns its ELF header. */
static struct elf32_ehdr *read_core(void)
{
	int fd = open("core", O_RDONLY);
	struct stat st;

	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	CHECK(S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600);
	free(contents);
	contents_size = st.st_size;
	contents = malloc(contents_size);
	CHECK(contents != NULL);
	CHECK(read(fd, contents, contents_size) == (int)contents_size);
	CHECK(close(fd) == 0);
	return (void *)contents;
}

static struct elf32_phdr *segment(int n)
{
	struct elf32_ehdr *header = (void *)contents;

	return n < header->e_phnum
		       ? (struct elf32_phdr *)(contents + header->e_phoff) + n
		       : NULL;
}

/* Returns the segment with an address. */
static struct elf32_phdr *segment_of(const void *addr)
{
	unsigned a = (unsigned)addr;
	struct elf32_phdr *s;

	for (int n = 1; (s = segment(n)) != NULL; n++)
		if (a >= s->p_vaddr && a < s->p_vaddr + s->p_memsz)
			return s;
	return NULL;
}

/* Returns the n-th note of a type, counted from 0, and its size. */
static void *note(unsigned type, int n, unsigned *size)
{
	struct elf32_phdr *notes = segment(0);
	char *p = contents + notes->p_offset, *end = p + notes->p_filesz;

	while (p < end) {
		unsigned *header = (void *)p;
		char *data = p + 12 + ((header[0] + 3) & ~3u);

		*size = header[1];
		if (header[2] == type && n-- == 0)
			return data;
		p = data + ((header[1] + 3) & ~3u);
	}
	CHECK(p == end);
	return NULL;
}

/* Checks the file of a simple crash: headers, notes, memory. */
static void whole(void)
{
	struct elf32_ehdr *header;
	struct elf32_phdr *data, *text;
	unsigned size, *words;

	enter_folder();
	CHECK(run(crash) == DUMPED(SIGSEGV));
	header = read_core();
	CHECK(memcmp(header->e_ident, ELFMAG "\1\1\1\0", 8) == 0);
	CHECK(header->e_type == ET_CORE && header->e_machine == EM_386);
	CHECK(header->e_phentsize == 32 && segment(0)->p_type == PT_NOTE);
	data = segment_of(&mark);
	CHECK(data && data->p_filesz == data->p_memsz &&
	      (data->p_flags & PF_W) && data->p_offset % 4096 == 0);
	words = (void *)(contents + data->p_offset + (unsigned)&mark -
			 data->p_vaddr);
	CHECK(*words == 0x55667788);
	text = segment_of(crash);
	CHECK(text && text->p_filesz <= 4096);
	words = note(NT_PRSTATUS, 0, &size);
	CHECK(words && size == 144 && words[0] == SIGSEGV);
	CHECK(words[18 + 12] >= (unsigned)crash &&
	      words[18 + 12] < (unsigned)crash + 64);		/* eip */
	CHECK(!note(NT_PRSTATUS, 1, &size));
	words = note(NT_SIGINFO, 0, &size);
	CHECK(words && size == 128 && words[0] == SIGSEGV && words[3] == 8);
	CHECK(note(NT_PRPSINFO, 0, &size) && size == 124);
	CHECK(note(NT_PRFPREG, 0, &size) && size == 108);
	words = note(NT_AUXV, 0, &size);
	CHECK(words && size % 8 == 0 && !words[size / 4 - 2]);
	words = note(NT_FILE, 0, &size);
	CHECK(words && words[0] > 0 && size > 20);
	leave_folder();
}

static void quit(void)
{
	raise(SIGQUIT);
}

static void terminate(void)
{
	raise(SIGTERM);
}

static int exists(void)
{
	struct stat st;

	return lstat("core", &st) == 0;
}

static void when(void)
{
	siginfo_t info;
	int pid;

	enter_folder();
	CHECK(run(terminate) == SIGTERM && !exists());
	CHECK(run_limited(0, crash) == SIGSEGV && !exists());
	CHECK(run_limited(4095, crash) == SIGSEGV && !exists());
	CHECK(run(quit) == DUMPED(SIGQUIT) && exists());
	pid = fork();
	if (pid == 0) {
		set_limit(RLIMIT_CORE, 0xFFFFFFFF);
		raise(SIGABRT);
	}
	CHECK(syscall(__NR_waitid, P_PID, pid, &info, WEXITED, NULL) == 0);
	CHECK(info.si_code == CLD_DUMPED && info.si_status == SIGABRT);
	leave_folder();
}

static void limited(void)
{
	struct stat st;

	enter_folder();
	CHECK(run_limited(8192, crash) == DUMPED(SIGSEGV));
	CHECK(stat("core", &st) == 0 && st.st_size > 0 && st.st_size <= 8192);
	leave_folder();
}

static void undumpable(void)
{
	syscall(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	crash();
}

static void make_file(int mode)
{
	int fd = open("core", O_WRONLY | O_CREAT | O_TRUNC, mode);

	CHECK(fd >= 0 && write(fd, "old", 3) == 3 && close(fd) == 0);
	CHECK(chmod("core", mode) == 0);
}

/* Checks that a crash puts a new file in the place of what is there. */
static void replaced(void)
{
	CHECK(run(crash) == DUMPED(SIGSEGV));
	CHECK(read_core()->e_type == ET_CORE);
}

static void what_may_be_one(void)
{
	struct stat st;

	enter_folder();
	CHECK(run(undumpable) == SIGSEGV && !exists());
	make_file(0666);
	replaced();
	make_file(0600);
	CHECK(link("core", "other") == 0);
	replaced();
	CHECK(stat("other", &st) == 0 && st.st_size == 3);
	CHECK(unlink("other") == 0 && chown("core", 1000, 0) == 0);
	replaced();
	CHECK(unlink("core") == 0 && symlink("elsewhere", "core") == 0);
	replaced();
	CHECK(unlink("core") == 0 && mknod("core", S_IFIFO | 0600, 0) == 0);
	replaced();
	CHECK(unlink("core") == 0 && mkdir("core", 0700) == 0);
	CHECK(run(crash) == SIGSEGV && rmdir("core") == 0);
	replaced();
	leave_folder();
}

static char *area;

static void use_areas(void)
{
	area[0] = area[16 * 4096] = 1;
	CHECK(syscall(__NR_madvise, area + 16 * 4096, 16 * 4096, 16) == 0);
	crash();
}

/* Checks holes, and memory that the program does not want in the file. */
static void holes(void)
{
	struct elf32_phdr *first, *second;
	struct stat st;

	area = map(32 * 4096, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	enter_folder();
	CHECK(run(use_areas) == DUMPED(SIGSEGV));
	read_core();
	first = segment_of(area);
	second = segment_of(area + 16 * 4096);
	CHECK(first && first->p_filesz >= 16 * 4096);
	CHECK(second && second != first && second->p_filesz == 0);
	CHECK(contents[first->p_offset + (unsigned)area - first->p_vaddr] ==
	      1);
	/* Cowix does not tell how much of a file is holes */
	CHECK(stat("core", &st) == 0);
	CHECK(on_cowix() || st.st_blocks * 512 + 14 * 4096 <
				    (unsigned)st.st_size);
	leave_folder();
}

static void idle(void *unused)
{
	(void)unused;
	wait_for_ever();
}

static void crash_with_threads(void)
{
	struct thread one, two;

	start(&one, idle, NULL);
	start(&two, idle, NULL);
	crash();
}

static void crash_in_thread(void *unused)
{
	(void)unused;
	crash();
}

static void other_crashes(void)
{
	struct thread thread;

	start(&thread, crash_in_thread, NULL);
	wait_for_ever();
}

/* Checks that all threads are in the file, the guilty one first. */
static void threads(void)
{
	unsigned size, *first, *second;

	enter_folder();
	CHECK(run(crash_with_threads) == DUMPED(SIGSEGV));
	read_core();
	CHECK(note(NT_PRSTATUS, 2, &size) && !note(NT_PRSTATUS, 3, &size));
	CHECK(run(other_crashes) == DUMPED(SIGSEGV));
	read_core();
	first = note(NT_PRSTATUS, 0, &size);
	second = note(NT_PRSTATUS, 1, &size);
	CHECK(first && second && first[6] == second[6] + 1);	/* pid */
	leave_folder();
}

static void end_slowly(void *unused)
{
	(void)unused;
	plan_event(1, PLAN_SLEEP | PLAN_COPY);
	word = 1;			/* the exit's copy sleeps */
}

static int event;

static void crash_beside_end(void)
{
	struct thread thread;

	start(&thread, end_slowly, NULL);
	while (word < 1)
		sched_yield();
	plan_event(event, PLAN_SLEEP | PLAN_PAGE);
	crash();
}

/*
 * Lets a thread end while the notes are written: it has begun before. The
 * dump's sleep moves on from try to try, by less than a thread's notes take.
 */
static void ending_thread(void)
{
	if (!on_cowix())
		return;
	enter_folder();
	event = 1;
	do {
		CHECK(run(crash_beside_end) == DUMPED(SIGSEGV));
		event += 3;
	} while (plan_event(0, 0) >= event - 3);
	leave_folder();
}

static volatile int *crashing;
static int areas = AREAS;
static unsigned empty;		/* bytes that nobody ever touches */

static void crash_with_areas(void)
{
	struct tms t;

	set_limit(RLIMIT_CORE, 0xFFFFFFFF);
	area = map(2 * areas * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	for (int i = 0; i < areas; i++)
		CHECK(mprotect(area + 2 * i * PAGE, PAGE, PROT_READ) == 0);
	CHECK(!empty || syscall(__NR_mmap2, NULL, empty, PROT_READ,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != -1);
	times(&t);
	crashing[1] = t.tms_utime + t.tms_stime;
	*crashing = 1;
	crash();
}

/* Returns 1 if others run all the time while a file of many is written. */
static int others_run(void)
{
	long begin, last, now, longest = 0;
	int pid;

	*crashing = 0;
	pid = untraced(crash_with_areas);
	while (!*crashing)
		sleep_ms(1);
	begin = last = now_ms();
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		sleep_ms(1);
		now = now_ms();
		if (now - last > longest)
			longest = now - last;
		last = now;
	}
	return longest * 2 < last - begin;
}

/* Measures several times: the machine may be busy. */
static void much(void)
{
	int seen = 0;

	crashing = (void *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	enter_folder();
	empty = 0x90000000;
	for (int i = 0; i < 5 && !seen; i++)
		seen = others_run();
	empty = 0;
	CHECK(seen || !on_cowix());
	leave_folder();
}

/* Returns the ticks of CPU time that the core file of n areas takes. */
static int dump_ticks(int n)
{
	struct tms before, after;

	areas = n;
	times(&before);
	CHECK(run(crash_with_areas) == DUMPED(SIGSEGV));
	times(&after);
	return after.tms_cstime + after.tms_cutime - before.tms_cstime -
	       before.tms_cutime - crashing[1];
}

/* Checks that the time of a dump grows only as the number of areas. */
static void time_for_areas(void)
{
	int few, many;

	crashing = (void *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	enter_folder();
	few = dump_ticks(FEW);
	many = dump_ticks(8 * FEW);
	CHECK(many < 12 * (few + 1) || !on_cowix());
	leave_folder();
	areas = AREAS;
}

/* Checks the order of a tracer's stops and the file. */
static void traced_crash(void)
{
	int pid;

	enter_folder();
	set_limit(RLIMIT_CORE, 0xFFFFFFFF);
	pid = traced_with(crash, PTRACE_O_TRACEEXIT);
	CHECK(next_stop(pid, PTRACE_CONT, 0) == STOPPED(SIGSEGV));
	CHECK(next_stop(pid, PTRACE_CONT, SIGSEGV) == AT_EVENT(EXIT));
	CHECK(message_of(pid) == DUMPED(SIGSEGV) && exists());
	CHECK(next_stop(pid, PTRACE_CONT, 0) == DUMPED(SIGSEGV));
	leave_folder();
}

TESTS({ "whole", "headers, notes, memory", whole },
      { "when", "which signals, which limits", when },
      { "limited", "a limit cuts it", limited },
      { "names", "what may become one", what_may_be_one },
      { "holes", "holes and hidden memory", holes },
      { "threads", "all threads", threads },
      { "ending_thread", "one ends meanwhile", ending_thread },
      { "much", "others run meanwhile", much },
      { "time_for_areas", "many areas take no longer than they must",
	time_for_areas },
      { "traced", "under a tracer", traced_crash })
