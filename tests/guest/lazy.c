/*
 * FORK_POLICY_LAZY, alone and mixed with classic forks: the same bytes with
 * fewer page tables. On Linux, which has no xfork, every fork is classic.
 */
#include <fcntl.h>
#include <signal.h>
#include "policies.h"
#include "trees.h"

#define PAGES 48
#define BIG (16 * 1024 * 1024)

#include "area.h"

static unsigned tables_in_use(void)
{
	struct audit_report report;

	CHECK(mm_audit(&report, 0) == 0);
	return report.frames_tables;
}

static void both_sides_write(void)
{
	int fds[2], pid;
	char c;

	fill('p');
	CHECK(pipe(fds) == 0);
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		CHECK(all_are('p'));
		fill('c');
		CHECK(all_are('c'));
		CHECK(write(fds[1], "x", 1) == 1);
		sleep_ms(50);
		CHECK(all_are('c'));
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1);
	CHECK(all_are('p'));
	fill('q');
	CHECK(wait_status(pid) == 0);
	CHECK(all_are('q'));
}

static void generations(void)
{
	int child, grandchild;

	fill('g');
	child = fork_by(FORK_POLICY_LAZY);
	if (child == 0) {
		grandchild = fork_by(FORK_POLICY_LAZY);
		if (grandchild == 0) {
			if (fork_by(FORK_POLICY_COW) == 0) {
				fill('4');
				_exit(!all_are('4'));
			}
			wait(NULL);
			CHECK(all_are('g'));
			fill('3');
			_exit(!all_are('3'));
		}
		CHECK(wait_status(grandchild) == 0);
		CHECK(all_are('g'));
		fill('2');
		_exit(!all_are('2'));
	}
	CHECK(wait_status(child) == 0);
	CHECK(all_are('g'));
}

/*
 * Checks that the kernel's writes for a program break the sharing as its own
 * would.
 */
static void kernel_writes(void)
{
	int fds[2], pid;

	fill('k');
	CHECK(pipe(fds) == 0);
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		CHECK(write(fds[1], "child", 5) == 5);
		CHECK(read(fds[0], area + 3 * PAGE - 2, 5) == 5);
		CHECK(memcmp(area + 3 * PAGE - 2, "child", 5) == 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(all_are('k'));
}

static void changes_address_space(char *mapped)
{
	CHECK(munmap(mapped + PAGE, PAGE) == 0);
	CHECK(mprotect(mapped, PAGE, PROT_READ) == 0);
	CHECK(mmap(mapped + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		   0) == mapped + 2 * PAGE);
	CHECK(mapped[0] == 'm' && mapped[2 * PAGE] == 0 &&
	      mapped[3 * PAGE] == 'm');
	CHECK(sbrk(-(8 * PAGE)) != (void *)-1 && sbrk(16 * PAGE) != (void *)-1);
}

/* Checks that parent and child unmap, protect and map for themselves alone. */
static void areas_are_private(void)
{
	char *mapped = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	     *heap = sbrk(8 * PAGE);
	int pid, fds[2];
	char c;

	CHECK(mapped != MAP_FAILED && heap != (void *)-1 && pipe(fds) == 0);
	memset(mapped, 'm', 4 * PAGE);
	memset(heap, 'h', 8 * PAGE);
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		changes_address_space(mapped);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(mapped[i * PAGE] == 'm' && heap[2 * i * PAGE] == 'h');
	mapped[0] = 'x';
	mapped[0] = 'm';
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		CHECK(read(fds[0], &c, 1) == 1);
		for (int i = 0; i < 4; i++)
			CHECK(mapped[i * PAGE] == 'm');
		_exit(0);
	}
	changes_address_space(mapped);
	CHECK(write(fds[1], "x", 1) == 1);
	CHECK(wait_status(pid) == 0);
}

static void on_fault(int sig)
{
	(void)sig;
	_exit(42);
}

/* Checks that sharing a table gives or takes no right of an area. */
static void permissions(void)
{
	char *mapped = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int pid;

	CHECK(mapped != MAP_FAILED);
	mapped[0] = mapped[PAGE] = 'r';
	CHECK(mprotect(mapped, PAGE, PROT_READ) == 0);
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		signal(SIGSEGV, on_fault);
		mapped[PAGE] = 'w';
		mapped[0] = 'w';
		_exit(0);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 42);
	CHECK(mapped[0] == 'r' && mapped[PAGE] == 'r');
	mapped[PAGE] = 's';
	CHECK(mprotect(mapped, PAGE, PROT_READ | PROT_WRITE) == 0);
	mapped[0] = 's';
}

/*
 * Checks that a child which writes little takes at most two page tables of its
 * own.
 */
static void few_tables(void)
{
	char *heap = sbrk(BIG);
	unsigned before;
	int pid;

	CHECK(heap != (void *)-1);
	for (int i = 0; i < BIG; i += PAGE)
		heap[i] = 't';
	if (!on_cowix())
		return;
	before = tables_in_use();
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0)
		_exit(tables_in_use() > before + 3);
	CHECK(wait_status(pid) == 0);
	CHECK(tables_in_use() == before);
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		heap[BIG / 2] = 'u';
		_exit(tables_in_use() > before + 4);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(heap[BIG / 2] == 't');
}

static void exec_forgets(void)
{
	int pid;

	fill('e');
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		execve("/bin/true", (char *[]){ "true", NULL },
		       (char *[]){ NULL });
		_exit(1);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(all_are('e'));
	fill('f');
	CHECK(all_are('f'));
}

static int fork_by_either(void)
{
	return fork_by(rand() % 2 ? FORK_POLICY_LAZY : FORK_POLICY_COW);
}

static void random_trees(void)
{
	grow_trees(area, PAGES, fork_by_either);
}

TESTS({ "both_sides_write", "each sees its own bytes", both_sides_write },
      { "generations", "lazy, lazy, classic, without a write between",
	generations },
      { "kernel_writes", "the kernel writes below a shared table",
	kernel_writes },
      { "areas_are_private", "munmap, mprotect, mmap and brk stay one's own",
	areas_are_private },
      { "permissions", "the area decides", permissions },
      { "few_tables", "tables are taken only for what is written", few_tables },
      { "exec_forgets", "exec and exit give the tables back", exec_forgets },
      { "random_trees", "random trees of both policies agree with a model",
	random_trees })
