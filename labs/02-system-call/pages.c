/* Lab 2: the new call count_pages(pid, counts), number 517. */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>

#define PAGE 4096
#define PAGES 10

static char area[PAGES * PAGE] __attribute__((aligned(PAGE)));
static unsigned counts[2];

static int count_pages(int pid, void *to)
{
	return syscall(517, pid, to);
}

/* Returns how many pages a process has, or of how many it is not alone. */
static unsigned present(int pid)
{
	CHECK(count_pages(pid, counts) == 0);
	return counts[0];
}

static unsigned shared(int pid)
{
	CHECK(count_pages(pid, counts) == 0);
	return counts[1];
}

static void is_there(void)
{
	CHECK(count_pages(0, counts) == 0);
	CHECK(counts[0] > 0 && counts[0] < 1000 && counts[1] <= counts[0]);
	CHECK(present(getpid()) == present(0));
}

static void counts_present(void)
{
	unsigned before = 0;

	/* the first round brings in the pages of this code and its data */
	for (int i = 0; i < PAGES; i++) {
		unsigned now;

		area[i * PAGE] = 1;
		now = present(0);
		if (i == PAGES / 2)
			before = now - i;
		CHECK(i < PAGES / 2 || now == before + i);
	}
}

/* Starts a child that has touched so many pages, and waits to be killed. */
static int start_child(int pages)
{
	int fds[2], pid;
	char c;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < pages; i++)
			area[i * PAGE] = 2;
		write(fds[1], "x", 1);
		pause();
	}
	CHECK(pid > 0 && read(fds[0], &c, 1) == 1);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

static void end_child(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(wait_status(pid) == SIGKILL);
}

static void counts_shared(void)
{
	unsigned before;
	int pid;

	memset(area, 1, sizeof(area));
	end_child(start_child(0));	/* touches all that is needed below */
	before = shared(0);
	pid = start_child(0);
	CHECK(shared(0) >= before + PAGES);
	memset(area, 3, sizeof(area));
	CHECK(shared(0) < before + PAGES);
	end_child(pid);
}

static void counts_others(void)
{
	int none = start_child(0), some = start_child(PAGES);

	CHECK(present(some) == present(none) + PAGES);
	end_child(none);
	end_child(some);
}

static void nobody(void)
{
	int pid = fork();

	CHECK_ERRNO(count_pages(99999, counts), ESRCH);
	CHECK_ERRNO(count_pages(-1, counts), ESRCH);
	if (pid == 0)
		_exit(0);
	sleep_ms(50);
	CHECK(present(pid) == 0);	/* it has ended, nobody waited for it */
	CHECK(wait_status(pid) == 0);
	CHECK_ERRNO(count_pages(pid, counts), ESRCH);
}

static void bad_pointers(void)
{
	CHECK_ERRNO(count_pages(0, NULL), EFAULT);
	CHECK_ERRNO(count_pages(0, (void *)0xC0100000), EFAULT);
	CHECK_ERRNO(count_pages(0, (void *)0xBFFFFFFC), EFAULT);
	CHECK_ERRNO(count_pages(0, (void *)is_there), EFAULT);
}

static void rights(void)
{
	int pid = fork();

	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		CHECK(count_pages(0, counts) == 0);
		CHECK_ERRNO(count_pages(1, counts), EPERM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

TESTS({ "is_there", "the call exists", is_there },
      { "counts_present", "each page touched is one more", counts_present },
      { "counts_shared", "a fork shares pages, a write ends it",
	counts_shared },
      { "counts_others", "the pages of children", counts_others },
      { "nobody", "processes that are not there, or have ended", nobody },
      { "bad_pointers", "EFAULT", bad_pointers },
      { "rights", "others' processes are none of a user's business", rights })
