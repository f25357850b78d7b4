/*
 * After forks by any policy, a process's changes to its address space stay its
 * own. Each of three generations makes a call. The others have made theirs, or
 * not yet, or through a process that shares their memory.
 */
#include "policies_region.h"

static void do_nothing(void)
{
}

static void do_read(void)
{
	CHECK(kernel_writes(page(2), 'k') && kernel_writes(page(3), 'k'));
}

/*
 * Makes wait() store a status across the edge of a page. It is 256 times 's'.
 */
static void do_wait(void)
{
	int pid = fork();

	if (pid == 0)
		_exit('s');
	CHECK(waitpid(pid, (int *)(page(3) - 1), 0) == pid);
}

static void do_unmap_all(void)
{
	CHECK(munmap(page(0), (PAGES + 1) * PAGE) == 0);
}

static void do_protect(void)
{
	CHECK(mprotect(page(2), 2 * PAGE, PROT_READ) == 0);
}

static void do_forbid(void)
{
	CHECK(mprotect(page(2), 2 * PAGE, PROT_NONE) == 0);
}

static void do_forbid_and_allow(void)
{
	do_forbid();
	CHECK(mprotect(page(2), 2 * PAGE, RW) == 0);
	page(3)[0] = 'a';
}

static void do_map(void)
{
	CHECK(mmap(page(2), 2 * PAGE, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page(2));
}

static void do_shrink(void)
{
	CHECK(mremap(page(0), PAGES * PAGE, 5 * PAGE, 0) == page(0));
}

static void do_move(void)
{
	char *to = mremap(page(6), 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);

	CHECK(to != MAP_FAILED && to != page(6) && to[0] == 'p' &&
	      to[PAGE] == 'p' && to[2 * PAGE] == 0);
	to[0] = to[PAGE] = 'm';
	CHECK(munmap(to, 3 * PAGE) == 0);
}

static const struct call {
	const char *name, *cells;	/* the region's state then */
	void (*run)(void);
} calls[] = {
	{ "nothing", FRESH, do_nothing },
	{ "write", WRITTEN, do_write },
	{ "read", "ppkkpppp", do_read },
	{ "wait", "pppspppp", do_wait },
	{ "munmap", UNMAPPED, do_munmap },
	{ "munmap of all", "________", do_unmap_all },
	{ "mprotect", "ppPPpppp", do_protect },
	{ "mprotect none", "pp__pppp", do_forbid },
	{ "mprotect there and back", "pppapppp", do_forbid_and_allow },
	{ "mmap", "pp00pppp", do_map },
	{ "madvise", "pp00pppp", do_advise },
	{ "mremap, shorter", "ppppp___", do_shrink },
	{ "mremap, elsewhere", "pppppp__", do_move },
};
#define CALLS ((int)(sizeof(calls) / sizeof(calls[0])))

static void run_call(void *arg)
{
	((const struct call *)arg)->run();
}

/* The order of acting: each waits for the one before it, twice. */

static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
				  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

static void pass_baton(const int *order, int self)
{
	int at = 0;

	while (order[at] != self)
		at++;
	CHECK(write(batons[order[(at + 1) % 3]][1], "x", 1) == 1);
}

struct play {
	int policies[2];
	const struct call *calls[3];
	const int *order;
	int by_sharer;		/* the generation that uses a sharer, or none */
};

/*
 * Lives as a generation: has a child unless it is the third. Makes its call in
 * turn, and looks again when all have.
 */
static void live(const struct play *p, int self)
{
	int child = self < 2 ? fork_by(p->policies[self]) : -1;

	if (child == 0) {
		live(p, self + 1);
		_exit(0);
	}
	CHECK(self == 2 || child > 0);
	await_baton(self);
	compare_cells(FRESH, 0);	/* a write would end the sharing */
	if (p->by_sharer == self)
		in_sharer(run_call, (void *)p->calls[self]);
	else
		p->calls[self]->run();
	pass_baton(p->order, self);
	await_baton(self);
	check_cells(p->calls[self]->cells);
	pass_baton(p->order, self);
	if (child > 0)
		CHECK(wait_status(child) == 0);
}

static void play(const struct play *p, int audited)
{
	int pid;
	char c;

	alarm(PATIENCE);
	CHECK(write(batons[p->order[0]][1], "x", 1) == 1);
	pid = fork();
	if (pid == 0) {
		make_region();
		live(p, 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 &&
	      read(batons[p->order[0]][0], &c, 1) == 1);
	if (audited && on_cowix())
		CHECK(mm_audit(NULL, 0) == 0);
}

/*
 * Tries each pair of calls by two generations under each pair of policies. The
 * third does something else.
 */
static void three_generations(void)
{
	int n = 0, pairs = on_cowix() ? POLICIES * POLICIES : 1;

	open_batons();
	for (int policy = 0; policy < pairs; policy++)
		for (int i = 0; i < CALLS; i++)
			for (int j = 0; j < CALLS; j++, n++) {
				const struct play p = {
					{ policies[policy % POLICIES],
					  policies[policy / POLICIES] },
					{ &calls[i], &calls[j],
					  &calls[(i + j + policy) % CALLS] },
					orders[n % 6],
					n / 6 % 4,
				};

				play(&p, n % 16 == 0);
			}
}

/* Tries every order and sharer, for calls that change a table's contents. */
static void every_order(void)
{
	open_batons();
	for (int order = 0; order < 6; order++)
		for (int sharer = 0; sharer < 4; sharer++)
			for (int i = 0; i < CALLS; i++) {
				const struct play p = {
					{ FORK_POLICY_LAZY,
					  policies[i % POLICIES] },
					{ &calls[i], &calls[i], &calls[i] },
					orders[order],
					sharer,
				};

				play(&p, sharer == 3);
			}
}

TESTS({ "three_generations", "each pair of calls under each pair of policies",
	three_generations },
      { "every_order",
	"each order, and calls made by another process that shares the memory",
	every_order })
