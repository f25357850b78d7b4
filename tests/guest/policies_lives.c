/*
 * Under each policy of xfork: heaps, ends of processes, stacks, tracers, areas
 * of all kinds, and processes that share memory.
 */
#include <signal.h>
#include <abi/ptrace.h>
#include "policies_region.h"

/* Audits the memory while relatives exist. */
static void check_memory(void)
{
	if (on_cowix())
		CHECK(mm_audit(NULL, 0) == 0);
}

static char *heap;

static void cut_heap(void)
{
	CHECK(brk(heap + 4 * PAGE) == 0 && brk(heap + 16 * PAGE) == 0);
	for (int i = 0; i < 16; i++)
		CHECK(heap[i * PAGE] == (i < 4 ? 'h' : 0));
	heap[5 * PAGE] = 'c';
}

static void keep_heap(void)
{
	for (int i = 0; i < 8; i++)
		CHECK(heap[i * PAGE] == 'h');
}

static void heaps(void)
{
	open_batons();
	for (int i = 0; i < POLICIES; i++)
		for (int child_cuts = 0; child_cuts < 2; child_cuts++) {
			char *start = sbrk(0);
			int pid;

			heap = (char *)(((unsigned)start + PAGE - 1) & -PAGE);
			CHECK(brk(heap + 8 * PAGE) == 0);
			for (int k = 0; k < 8; k++)
				heap[k * PAGE] = 'h';
			pid = fork_by(policies[i]);
			if (pid == 0)
				await_baton(0);
			(child_cuts == (pid == 0) ? cut_heap : keep_heap)();
			if (pid == 0)
				_exit(0);
			CHECK(write(batons[0][1], "x", 1) == 1 &&
			      wait_status(pid) == 0);
			if (child_cuts)
				keep_heap();
			CHECK(brk(start) == 0);
		}
}

/*
 * Leaves by exit or by exec, parent or child first. The other process must keep
 * all its memory, under each policy.
 */
static void leave(int by_exec)
{
	if (by_exec)
		execve("/bin/true", (char *[]){ "true", NULL },
		       (char *[]){ NULL });
	_exit(0);
}

static void stay(void)
{
	compare_cells(FRESH, 0);
	for (int i = 0; i < POLICIES; i++) {
		int pid = fork_by(policies[i]);

		if (pid == 0) {
			do_advise();
			_exit(0);
		}
		CHECK(wait_status(pid) == 0);
	}
	check_cells(FRESH);
	do_write();
	check_cells(WRITTEN);
}

static void one_leaves(int policy, int by_exec, int parent_leaves)
{
	int pid = fork(), child;
	char c = 0;

	alarm(PATIENCE);
	if (pid == 0) {
		make_region();
		child = fork_by(policy);
		if (parent_leaves == (child != 0))
			leave(by_exec);
		if (child > 0)
			CHECK(wait_status(child) == 0);
		else
			while (getppid() == pid)
				sleep_ms(1);
		sleep_ms(10);
		stay();
		CHECK(write(batons[1][1], "x", 1) == 1);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && read(batons[1][0], &c, 1) == 1);
}

static void leaving(void)
{
	open_batons();
	for (int n = 0; n < 4 * POLICIES; n++)
		one_leaves(policies[n / 4], n & 1, n / 2 & 1);
}

/*
 * Forks by each policy in a process that shares its parent's memory and
 * outlives the parent.
 */

static int policy_inside;

static void outlive(void *arg)
{
	int child = fork_by(policy_inside);

	if (child == 0) {
		compare_cells(FRESH, 0);
		do_munmap();
		check_cells(UNMAPPED);
		_exit(0);
	}
	await_baton(2);			/* the other has gone, or is about to */
	CHECK(wait_status(child) == 0);
	compare_cells(FRESH, 0);
	do_write();
	check_cells(WRITTEN);
	CHECK(write(batons[1][1], arg, 1) == 1);
}

static void lonely_sharer(int policy)
{
	static char stack[STACK];
	int pid = fork_by(policy);

	if (pid == 0) {
		CHECK(start_sharer(stack, outlive, "o") > 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static void sharers(void)
{
	char c;

	if (!on_cowix())
		return;
	open_batons();
	make_region();
	for (int n = 0; n < POLICIES * POLICIES; n++) {
		alarm(PATIENCE);
		policy_inside = policies[n / POLICIES];
		lonely_sharer(policies[n % POLICIES]);
		CHECK(write(batons[2][1], "x", 1) == 1 &&
		      read(batons[1][0], &c, 1) == 1 && c == 'o');
		check_cells(FRESH);
	}
}

/* Checks that vfork's child, which has its parent's memory, may fork too. */
static void borrowers(void)
{
	open_letters();
	make_region();
	for (int i = 0; i < POLICIES; i++) {
		int pid = vfork();

		if (pid == 0) {
			int child = fork_by(policies[i]);

			if (child == 0) {
				do_write();
				_exit(0);
			}
			page(0)[0] = 'v';
			check_memory();
			_exit(wait_status(child));
		}
		CHECK(wait_status(pid) == 0 && page(0)[0] == 'v');
		page(0)[0] = 'p';
		check_cells(FRESH);
	}
}

/*
 * Returns the i-th of several areas of all kinds below one table. Shared areas
 * are shared in all generations, private ones in none.
 */

static char *mixed(int i)
{
	return REGION + 2 * i * PAGE;
}

static void make_mixed(void)
{
	CHECK(mmap(mixed(0), PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		   -1, 0) == mixed(0));
	CHECK(mmap(mixed(1), PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
		   -1, 0) == mixed(1));
	CHECK(mmap(mixed(2), PAGE, RW, MAP_PRIVATE | MAP_FIXED, letters, 0) ==
	      mixed(2));
	CHECK(mmap(mixed(3), PAGE, RW, MAP_SHARED | MAP_FIXED, letters, 0) ==
	      mixed(3));
	CHECK(mmap(mixed(4), PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, letters,
		   0) == mixed(4));
	mixed(0)[0] = mixed(1)[0] = 'a';
	CHECK(mixed(2)[1] == 1 && mixed(3)[5] == 5 && mixed(4)[1] == 1);
}

/* Forks a generation. The youngest acts first. */
static void generation_of_mixed(const int *policy, int left)
{
	int pid = left ? fork_by(*policy) : -1;

	if (pid == 0) {
		generation_of_mixed(policy + 1, left - 1);
		_exit(0);
	}
	CHECK(!left || wait_status(pid) == 0);
	check_memory();
	CHECK(mixed(0)[0] == 'a' && mixed(2)[1] == 1 &&
	      mixed(1)[0] == 'a' + left && mixed(3)[5] == 5 + left);
	mixed(0)[0] = mixed(2)[1] = 'x';
	mixed(1)[0]++;
	CHECK(kernel_writes(mixed(3) + 5, mixed(3)[5] + 1));
	CHECK(!kernel_writes(mixed(4), 'x') && mixed(4)[1] == 1);
}

static void all_kinds(void)
{
	for (int n = 0; n < POLICIES * POLICIES; n++) {
		const int pair[2] = { policies[n % POLICIES],
				      policies[n / POLICIES] };

		open_letters();
		make_mixed();
		generation_of_mixed(pair, 2);
		CHECK(mixed(1)[0] == 'a' + 3 && mixed(3)[5] == 5 + 3);
		CHECK(munmap(REGION, 9 * PAGE) == 0 && close(letters) == 0);
	}
}

/*
 * Stacks: the kernel writes a signal's frame there, and deep calls touch new
 * pages.
 */

static volatile int handled;

static void handle(int sig)
{
	handled = sig;
}

static int dig(int depth)
{
	volatile char here[PAGE];

	here[0] = depth;
	return depth ? dig(depth - 1) + here[0] : 0;
}

static void stacks(void)
{
	volatile char mine = 's';

	signal(SIGUSR1, handle);
	for (int n = 0; n < 2 * POLICIES; n++) {
		int pid = fork_by(policies[n / 2]);

		if (pid == 0) {
			mine = 'c';
			raise(SIGUSR1);
			_exit(handled != SIGUSR1 ||
			      dig(40 + n % 2) !=
				      (40 + n % 2) * (41 + n % 2) / 2 ||
			      mine != 'c');
		}
		CHECK(handled == 0 && dig(30) == 465);
		CHECK(wait_status(pid) == 0 && mine == 's');
	}
}

/*
 * Serves as the code that a tracer changes. It writes to data and text that its
 * child shares with it.
 */

static int __attribute__((noinline)) text(void)
{
	__asm__ volatile("");
	return 17;
}

static void poke_child(int policy)
{
	int pid = fork_by(policy), old, status, before = *(int *)(unsigned)text;

	if (pid == 0) {
		syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(page(0)[0] == 'T' && page(1)[0] == 'p' ? 0 : 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	CHECK(syscall(__NR_ptrace, PTRACE_POKEDATA, pid, page(0), 'T') == 0);
	CHECK(syscall(__NR_ptrace, PTRACE_POKETEXT, pid, text, 0xCCCCCCCC) ==
	      0);
	CHECK(syscall(__NR_ptrace, PTRACE_PEEKTEXT, pid, text, &old) == 0 &&
	      old == (int)0xCCCCCCCC);
	CHECK(page(0)[0] == 'p' && *(int *)(unsigned)text == before &&
	      text() == 17);
	check_memory();
	CHECK(syscall(__NR_ptrace, PTRACE_CONT, pid, 0, 0) == 0 &&
	      wait_status(pid) == 0);
	check_memory();
	check_cells(FRESH);
}

static void tracers(void)
{
	open_letters();
	make_region();
	for (int i = 0; i < POLICIES; i++)
		poke_child(policies[i]);
}

TESTS({ "heaps", "brk under each policy", heaps },
      { "leaving", "exit and exec of parent or child", leaving },
      { "sharers",
	"processes that share memory fork by each policy and outlive each "
	"other",
	sharers },
      { "borrowers", "so does vfork's child", borrowers },
      { "all_kinds",
	"private and shared areas, memory and files, below one table",
	all_kinds },
      { "stacks", "signal frames and deep calls", stacks },
      { "tracers", "a tracer writes to shared pages", tracers })
