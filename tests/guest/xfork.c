/*
 * The policies of xfork, each by itself: what is copied, shared, and faults.
 * Mixed policies: policies.c. The lazy one: lazy.c.
 */
#include <cowix.h>
#include <sys/resource.h>
#include "thread.h"

static long faults(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_minflt;
}

static int fds[2];
static char area[64 * PAGE] __attribute__((aligned(PAGE)));

static void refused(void)
{
	if (!on_cowix())
		return;
	CHECK_ERRNO(xfork(0, NULL), EINVAL);
	CHECK_ERRNO(xfork(5, NULL), EINVAL);
	CHECK_ERRNO(xfork(-1, NULL), EINVAL);
	CHECK_ERRNO(xfork(FORK_POLICY_THREAD, NULL), EINVAL);
}

/* Checks that everything is copied: neither process faults when it writes. */
static void old(void)
{
	int pid, status;
	long before;

	if (!on_cowix())
		return;
	memset(area, 'p', sizeof(area));
	pid = xfork(FORK_POLICY_OLD, NULL);
	CHECK(pid >= 0);
	before = faults();
	for (int i = 0; i < 64; i++)
		area[i * PAGE] = pid ? 'P' : 'C';
	if (pid == 0)
		_exit(faults() == before && area[1] == 'p' && area[PAGE] == 'C'
			      ? 3
			      : 4);
	CHECK(faults() == before);
	status = wait_status(pid);
	CHECK(WEXITSTATUS(status) == 3 && area[0] == 'P');
}

/* Checks that the parent is as before if there is no memory for a copy. */
static void old_without_memory(void)
{
	struct audit_report r;
	unsigned pages, before = 0, now;
	char *p;

	if (!on_cowix())
		return;
	CHECK(mm_audit(&r, AUDIT_DROP_CACHES) == 0);
	pages = r.frames_free / 3 * 2;
	p = map(pages * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	for (unsigned i = 0; i < pages; i++)
		p[i * PAGE] = i;
	for (int i = 0; i < 10; i++) {
		CHECK_ERRNO(xfork(FORK_POLICY_OLD, NULL), ENOMEM);
		CHECK(mm_audit(&r, AUDIT_DROP_CACHES) == 0);
		now = r.frames_free + r.frames_cache + r.frames_kernel;
		/* at first we break sharing with our own parent */
		CHECK(i < 2 || now == before);
		before = now;
	}
	for (unsigned i = 0; i < pages; i++)
		CHECK(p[i * PAGE] == (char)i);
}

static void cow(void)
{
	int pid;

	if (!on_cowix())
		return;
	area[0] = 'p';
	pid = xfork(FORK_POLICY_COW, NULL);
	if (pid == 0) {
		area[0] = 'c';
		_exit(area[0] == 'c');
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 1 && area[0] == 'p');
}

static void write_area(void *arg)
{
	area[0] = 't';
	word = getpid();
	_exit((int)arg);
}

static void outlive(void *arg)
{
	(void)arg;
	while (getppid() == word)
		sleep_ms(1);
	area[0] = 'l';
	_exit(write(fds[1], area, 1) != 1);
}

/*
 * Checks that the address space is shared, and lives until its last process
 * ends.
 */
static void thread(void)
{
	static char stack[STACK];
	int pid;
	char c = 0;

	if (!on_cowix())
		return;
	pid = start_on(__NR_xfork, FORK_POLICY_THREAD, stack, write_area,
		       (void *)6, NULL, NULL, NULL);
	CHECK(pid > 0 && WEXITSTATUS(wait_status(pid)) == 6 && area[0] == 't' &&
	      word == pid);
	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		word = getpid();
		_exit(start_on(__NR_xfork, FORK_POLICY_THREAD, stack, outlive,
			       NULL, NULL, NULL, NULL) > 0
			      ? 8
			      : 9);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 8);
	CHECK(read(fds[0], &c, 1) == 1 && c == 'l');
}

TESTS({ "refused", "policies that do not exist", refused },
      { "old", "copy everything now", old },
      { "old_without_memory", "no memory for a copy", old_without_memory },
      { "cow", "copy on write", cow },
      { "thread", "share the address space", thread })
