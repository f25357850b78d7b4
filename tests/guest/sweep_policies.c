/*
 * The failure sweep (sweep.h) of forks by each policy. It also covers calls
 * that need a table of their own below a lent one. After a failure the table is
 * still lent, and nothing below it has changed.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include "sweep.h"

#define RW	(PROT_READ | PROT_WRITE)
/* a page table to itself, which a child has, too */
#define LENT	((char *)0x60000000)
#define LENT_PAGES 8
#define OTHER	(LENT - 16 * 1024 * 1024)

static int policy;

static int fork_once(void)
{
	int pid = xfork(policy, NULL);

	if (pid == 0)
		_exit(!bytes_are_right());
	CHECK(pid < 0 || wait_status(pid) == 0);
	return pid < 0 ? -1 : 0;
}

static void sweep_fork_by(int by, int at_least)
{
	static const struct subject s = { .run = fork_once };

	policy = by;
	sweep(&s, at_least);
}

/* Sweeps a fork that copies: it takes a frame a page. */
static void fork_old(void)
{
	sweep_fork_by(FORK_POLICY_OLD, 20);
}

static void fork_cow(void)
{
	sweep_fork_by(FORK_POLICY_COW, 6);
}

static void fork_lazy(void)
{
	sweep_fork_by(FORK_POLICY_LAZY, 6);
}

/*
 * A child that has all of this process's page tables until this process is
 * through or dead. Then it checks its memory.
 */

static int child_pid, release[2], zero_fd;

static void keep_tables(void)
{
	char c;

	close(release[1]);
	CHECK(read(release[0], &c, 1) == 0);
	for (int i = 0; i < LENT_PAGES; i++)
		CHECK(LENT[i * PAGE] == 'l');
	_exit(0);
}

static void lend_tables(void)
{
	CHECK(pipe(release) == 0);
	child_pid = xfork(FORK_POLICY_LAZY, NULL);
	if (child_pid == 0)
		keep_tables();
	CHECK(child_pid > 0 && close(release[0]) == 0);
}

static void take_back(void)
{
	CHECK(close(release[1]) == 0 && wait_status(child_pid) == 0);
}

/*
 * Maps lent pages, with a wall behind them that keeps them from growing in
 * place.
 */
static void make_lent(char *at)
{
	char *wall = at + LENT_PAGES * PAGE;

	CHECK(mmap(wall, PAGE, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == wall);
	CHECK(mmap(at, LENT_PAGES * PAGE, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
	for (int i = 0; i < LENT_PAGES; i++)
		at[i * PAGE] = 'l';
}

/* Returns the region; the rehearsal has its own. */
static char *region(void)
{
	return target == spare ? OTHER : LENT;
}

static void prepare_lent(void)
{
	CHECK((zero_fd = open("/dev/zero", O_RDONLY)) >= 0);
	make_lent(LENT);
	make_lent(OTHER);
	lend_tables();
	real_target = LENT;
}

static void check_lent(int changed)
{
	for (int i = 0; i < LENT_PAGES; i++)
		CHECK(region()[i * PAGE] == (changed ? 0 : 'l'));
}

static int write_lent(void)
{
	region()[PAGE] = 'w';
	return 0;
}

static int read_into_lent(void)
{
	int n = read(zero_fd, region() + PAGE, 16);

	CHECK(n == 16 || region()[PAGE] == 'l');
	return n;
}

static int unmap_lent(void)
{
	int error = munmap(region(), LENT_PAGES * PAGE);

	if (error)
		check_lent(0);
	return error;
}

static int protect_lent(void)
{
	int error = mprotect(region(), LENT_PAGES * PAGE, PROT_READ);

	check_lent(0);
	return error;
}

static int advise_lent(void)
{
	int error = madvise(region(), LENT_PAGES * PAGE, MADV_DONTNEED);

	check_lent(!error);
	return error;
}

static int move_lent(void)
{
	char *to = mremap(region(), LENT_PAGES * PAGE, 2 * LENT_PAGES * PAGE,
			  MREMAP_MAYMOVE);

	if (to == MAP_FAILED) {
		check_lent(0);
		return -1;
	}
	for (int i = 0; i < LENT_PAGES; i++)
		CHECK(to[i * PAGE] == 'l');
	CHECK(munmap(to, 2 * LENT_PAGES * PAGE) == 0);
	return 0;
}

static void lent_tables(void)
{
	static const struct subject writing = { .run = write_lent,
						.prepare = prepare_lent,
						.finish = take_back };
	static const struct subject reading = { .run = read_into_lent,
						.prepare = prepare_lent,
						.finish = take_back,
						.keeps_tables = 1 };
	static const struct subject unmapping = { .run = unmap_lent,
						  .prepare = prepare_lent,
						  .finish = take_back };
	static const struct subject protecting = { .run = protect_lent,
						   .prepare = prepare_lent,
						   .finish = take_back };
	static const struct subject advising = { .run = advise_lent,
						 .prepare = prepare_lent,
						 .finish = take_back };
	static const struct subject moving = { .run = move_lent,
					       .prepare = prepare_lent,
					       .finish = take_back,
					       .keeps_tables = 2 };

	sweep(&writing, 2);
	sweep(&reading, 2);
	sweep(&unmapping, 1);
	sweep(&protecting, 1);
	sweep(&advising, 1);
	sweep(&moving, 3);
}

/*
 * Sweeps forks of a parent that has lent its tables before. A classic fork
 * lends them on, a copy looks below them.
 */
static void forks_of_lender(void)
{
	static const int by[] = { FORK_POLICY_OLD, FORK_POLICY_COW,
				  FORK_POLICY_LAZY };
	static const struct subject s = { .run = fork_once,
					  .prepare = prepare_lent,
					  .finish = take_back };

	for (int i = 0; i < 3; i++) {
		policy = by[i];
		sweep(&s, 6);
	}
}

TESTS({ "fork_old", "a fork that copies everything", fork_old },
      { "fork_cow", "a classic fork", fork_cow },
      { "fork_lazy", "a fork that lends the page tables", fork_lazy },
      { "lent_tables", "what needs a table of one's own", lent_tables },
      { "forks_of_lender", "forks by each policy after a lazy one",
	forks_of_lender })
