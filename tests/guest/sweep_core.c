/*
 * The failure sweep (sweep.h) of core dumps. The file is cut short or absent
 * then, and the process has died of its signal all the same.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <abi/elf.h>
#include <abi/resource.h>
#include "sweep.h"
#include "thread.h"

#define DUMPED	0x80

static void set_core_limit(unsigned bytes)
{
	unsigned limit[2] = { bytes, 0xFFFFFFFF };

	CHECK(syscall(__NR_setrlimit, RLIMIT_CORE, limit) == 0);
}

static void crash_planned(int n)
{
	set_core_limit(0xFFFFFFFF);
	fail_alloc(n);
	*(volatile int *)8 = 0;
}

static void wait_for_end(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

static void crash_beside_threads(int n)
{
	struct thread two[2];

	start(&two[0], wait_for_end, NULL);
	start(&two[1], wait_for_end, NULL);
	crash_planned(n);
}

/* Checks the file, and removes it. Returns its size, -1 if there is none. */
static int judge_file(void)
{
	char header[sizeof(struct elf32_ehdr)];
	int fd = open("core", O_RDONLY), n, size;

	if (fd < 0)
		return -1;
	n = read(fd, header, sizeof(header));
	CHECK(n == 0 || memcmp(header, ELFMAG, SELFMAG) == 0);
	size = lseek(fd, 0, SEEK_END);
	CHECK(close(fd) == 0 && unlink("core") == 0);
	return size;
}

/* Makes one try. Returns 1 if it was untouched. */
static int try_to_dump(void (*crash)(int), int n, int whole)
{
	int pid, status, size, touched;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		crash(n);
	status = wait_status(pid);
	touched = fail_alloc(0) >= n;
	size = judge_file();
	CHECK(WIFSIGNALED(status));
	CHECK(WTERMSIG(status) == SIGSEGV ||
	      (WTERMSIG(status) == SIGKILL && log_names(pid)));
	CHECK((size >= 0) == ((status & DUMPED) != 0));
	if (size > whole)
		printf("  %d bytes of %d\n", size, whole);
	CHECK(size <= whole);
	CHECK(touched || size == whole);
	return !touched;
}

/* Lets each allocation fail. There are at least that many. */
static void sweep_dump(void (*crash)(int), int at_least)
{
	struct audit_report start;
	int n, whole, pid;

	if (!on_cowix())
		return;
	make_orphan();
	warm_up();
	pid = fork();
	if (pid == 0)
		crash(0);
	CHECK(wait_status(pid) == (SIGSEGV | DUMPED));
	whole = judge_file();
	CHECK(whole > PAGE);
	mm_audit(&start, AUDIT_DROP_CACHES);
	for (n = 1; n < TRIES && !try_to_dump(crash, n, whole); n++)
		if (changed(&start)) {
			printf("  %s differ after allocation %d failed\n",
			       changed(&start), n);
			CHECK(!"as it was");
		}
	CHECK(n > at_least && n < TRIES);
}

static void enter(const char *folder)
{
	mkdir(folder, 0755);
	CHECK(chdir(folder) == 0);
	unlink("core");
}

static void leave(const char *folder)
{
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

static void on_disk(void)
{
	enter("/sweep-core");
	sweep_dump(crash_planned, 5);
	leave("/sweep-core");
}

static void in_memory(void)
{
	enter("/tmp/sweep-core");
	sweep_dump(crash_planned, 5);
	leave("/tmp/sweep-core");
}

static void of_threads(void)
{
	enter("/tmp/sweep-core");
	sweep_dump(crash_beside_threads, 5);
	leave("/tmp/sweep-core");
}

TESTS({ "on_disk", "a core file on a disk", on_disk },
      { "in_memory", "a core file in a tmpfs", in_memory },
      { "of_threads", "of three threads", of_threads })
