/*
 * Copy-on-write: which process sees which bytes, and how often the machine
 * faults.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include "policies.h"
#include "trees.h"

#define PAGE 4096
#define PAGES 64

#include "area.h"

/* A pair of pipes, by which parent and child take turns. */
static int to_child[2], to_parent[2];

static void make_turns(void)
{
	CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
}

static void pass(int *pipe_fds)
{
	CHECK(write(pipe_fds[1], "x", 1) == 1);
}

static void await(int *pipe_fds)
{
	char c;

	CHECK(read(pipe_fds[0], &c, 1) == 1);
}

static void child_writes_first(void)
{
	int pid;

	make_turns();
	fill('p');
	pid = fork();
	if (pid == 0) {
		fill('c');
		pass(to_parent);
		await(to_child);
		CHECK(all_are('c'));
		_exit(0);
	}
	await(to_parent);
	CHECK(all_are('p'));
	fill('q');
	pass(to_child);
	CHECK(wait_status(pid) == 0);
	CHECK(all_are('q'));
}

static void parent_writes_first(void)
{
	int pid;

	make_turns();
	fill('p');
	pid = fork();
	if (pid == 0) {
		await(to_child);
		CHECK(all_are('p'));
		fill('c');
		CHECK(all_are('c'));
		_exit(0);
	}
	fill('q');
	pass(to_child);
	CHECK(wait_status(pid) == 0);
	CHECK(all_are('q'));
}

/*
 * Forks three generations before anyone writes. Then each writes, the youngest
 * first.
 */
static void generations(void)
{
	int child, grandchild;

	fill('a');
	child = fork();
	if (child == 0) {
		grandchild = fork();
		if (grandchild == 0) {
			int last = fork();

			if (last == 0) {
				fill('d');
				_exit(!all_are('d'));
			}
			CHECK(wait_status(last) == 0);
			CHECK(all_are('a'));
			fill('c');
			_exit(!all_are('c'));
		}
		CHECK(wait_status(grandchild) == 0);
		CHECK(all_are('a'));
		fill('b');
		_exit(!all_are('b'));
	}
	CHECK(wait_status(child) == 0);
	CHECK(all_are('a'));
}

static void many_sharers(void)
{
	enum { N = 40 };
	int pids[N];

	make_turns();
	fill('s');
	for (int i = 0; i < N; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			await(to_child);
			CHECK(all_are('s'));
			fill('a' + i % 26);
			CHECK(all_are('a' + i % 26));
			_exit(0);
		}
		CHECK(pids[i] > 0);
	}
	for (int i = 0; i < N; i++)
		pass(to_child);
	for (int i = 0; i < N; i++)
		CHECK(wait_status(pids[i]) == 0);
	CHECK(all_are('s'));
}

/*
 * Checks calls in which the kernel writes into shared pages. Each must break
 * the sharing and leave the parent's bytes alone.
 */
static void kernel_writes(void)
{
	/* crosses a page edge */
	struct stat64 *st = (struct stat64 *)(area + PAGE - 20);
	struct utsname *names = (struct utsname *)(area + 2 * PAGE);
	int *status = (int *)(area + 4 * PAGE), *fds = (int *)(area + 5 * PAGE),
	    fd, pid, other;
	char *buf = area + 7 * PAGE - 5;

	memset(area, 'k', sizeof(area));
	pid = fork();
	if (pid == 0) {
		fd = open("/dev/zero", O_RDONLY);
		CHECK(fd >= 0 && read(fd, buf, 10) == 10 &&
		      memcmp(buf, "\0\0\0\0\0\0\0\0\0\0", 10) == 0);
		CHECK(syscall(__NR_stat64, "/", st) == 0 &&
		      S_ISDIR(st->st_mode));
		CHECK(uname(names) == 0 && names->sysname[0] != 'k');
		CHECK(pipe(fds) == 0 && fds[0] < 64);
		other = fork();
		if (other == 0)
			_exit(5);
		CHECK(waitpid(other, status, 0) == other &&
		      WEXITSTATUS(*status) == 5);
		CHECK(getcwd(area + 10 * PAGE, 100) && area[10 * PAGE] == '/');
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	for (size_t i = 0; i < sizeof(area); i++)
		CHECK(area[i] == 'k');
}

static volatile int handled;

static void handler(int sig)
{
	handled = sig;
}

/* Checks a signal frame on a stack that is still shared with the parent. */
static void signal_frame(void)
{
	volatile char local[PAGE];
	int pid;

	local[0] = 7;
	pid = fork();
	if (pid == 0) {
		signal(SIGUSR1, handler);
		raise(SIGUSR1);
		_exit(handled != SIGUSR1 || local[0] != 7);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(local[0] == 7 && handled == 0);
}

static long faults(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_minflt;
}

/*
 * Checks the law of faults: none to read a shared page, one for the first
 * write, none for the next. A page that is no longer shared costs at most one.
 */
static void fault_counts(void)
{
	long before, after;
	int pid;

	fill('f');
	faults();
	pid = fork_by(FORK_POLICY_COW);		/* whatever fork= says */
	if (pid == 0) {
		/* the counting itself needs this stack and data */
		faults();
		before = faults();
		CHECK(all_are('f'));
		CHECK(faults() == before);
		fill('g');
		after = faults();
		CHECK(after - before == PAGES);
		fill('h');
		CHECK(faults() == after);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	faults();
	before = faults();
	fill('i');
	after = faults();
	CHECK(after - before <= PAGES && after > before);
	fill('j');
	CHECK(faults() == after);
}

/*
 * Checks that writing to the shared page of zeroes changes nobody else's
 * zeroes.
 */
static void zero_page(void)
{
	char *p = sbrk(4 * PAGE);
	int pid, sum = 0;

	for (int i = 0; i < 4 * PAGE; i++)
		sum |= p[i];
	CHECK(sum == 0);
	pid = fork();
	if (pid == 0) {
		memset(p, 1, 2 * PAGE);
		CHECK(p[2 * PAGE] == 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	for (int i = 0; i < 4 * PAGE; i++)
		sum |= p[i];
	CHECK(sum == 0);
	memset(p, 2, 4 * PAGE);
	pid = fork();
	if (pid == 0) {
		char *fresh = sbrk(PAGE);

		_exit(fresh[0] != 0 || fresh[PAGE - 1] != 0);
	}
	CHECK(wait_status(pid) == 0);
}

static int data = 1;

/*
 * Checks that program data stays shared until written: the next run finds it
 * fresh.
 */
static void file_data(void)
{
	int pid;

	CHECK(data == 1);
	data = 2;
	pid = fork();
	if (pid == 0) {
		CHECK(data == 2);
		data = 3;
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(data == 2);
}

/* Checks that the parent sees what its vfork() child writes. */
static void vfork_shares(void)
{
	static volatile int seen;
	int pid = vfork();

	if (pid == 0) {
		seen = 1;
		_exit(0);
	}
	CHECK(pid > 0 && wait_status(pid) == 0);
	CHECK(seen == 1);
}

static int classic_fork(void)
{
	return fork();
}

static void random_trees(void)
{
	grow_trees(area, PAGES, classic_fork);
}

TESTS({ "child_writes_first",
	"each sees its own bytes, the child writing first",
	child_writes_first },
      { "parent_writes_first",
	"each sees its own bytes, the parent writing first",
	parent_writes_first },
      { "generations", "three generations forked before anyone writes",
	generations },
      { "many_sharers", "forty children share a page and part", many_sharers },
      { "kernel_writes",
	"read, stat, uname, pipe, wait and getcwd into shared pages",
	kernel_writes },
      { "signal_frame", "a signal frame on a shared stack", signal_frame },
      { "fault_counts", "as many faults as the law says", fault_counts },
      { "zero_page", "the shared zero page stays zero", zero_page },
      { "file_data", "initialised data is private", file_data },
      { "vfork_shares", "vfork shares memory and waits", vfork_shares },
      { "random_trees", "random trees of forks and writes agree with a model",
	random_trees })
