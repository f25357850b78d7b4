/*
 * The copy-on-write labs of teaching systems, written anew with the same
 * meaning: simple, three, file and fork-fork. Trees of forks are checked
 * against a model. Other labs are in labs_memory.c, labs_lives.c and
 * labs_files.c.
 */
#include <fcntl.h>
#include <sys/sysinfo.h>
#include "labs.h"

/*
 * Returns this part of the free memory in bytes. On other systems it is at most
 * 16 MB.
 */
static unsigned memory_part(unsigned numerator, unsigned denominator)
{
	struct sysinfo info;

	CHECK(sysinfo(&info) == 0);
	return (on_cowix() ? info.freeram / denominator * numerator
			   : 16u << 20) &
	       -PAGE;
}

/*
 * Forks with two thirds of the memory in use, which would fail if fork copied
 * it.
 */
static void simple(void)
{
	unsigned size = memory_part(2, 3);
	char *p = sbrk(size);

	CHECK(p != (void *)-1);
	for (unsigned i = 0; i < size; i += PAGE)
		*(int *)(p + i) = getpid();
	for (int round = 0; round < 2; round++)
		CHECK(status_of(exit_at_once) == 0);
	CHECK(sbrk(-(long)size) != (void *)-1);
}

static char *shared;
static unsigned shared_size;

static int stamp(unsigned from, unsigned end)
{
	for (unsigned i = from; i < end; i += PAGE)
		*(int *)(shared + i) = getpid();
	for (unsigned i = from; i < end; i += PAGE)
		if (*(int *)(shared + i) != getpid())
			return 1;
	return 0;
}

static int grandchild(void)
{
	return stamp(0, shared_size / 5 * 4);
}

static int child_and_grandchild(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(grandchild());
	return stamp(0, shared_size / 2) || wait_status(pid);
}

/*
 * Lets three generations write to parts of a quarter of the memory at the same
 * time.
 */
static void three(void)
{
	int pid;

	shared_size = memory_part(1, 4) / (5 * PAGE) * 5 * PAGE;
	shared = sbrk(shared_size);
	CHECK(shared != (void *)-1);
	for (int round = 0; round < 3; round++) {
		pid = fork();
		if (pid == 0)
			_exit(child_and_grandchild());
		CHECK(stamp(0, shared_size) == 0);
		CHECK(wait_status(pid) == 0);
		for (unsigned i = 0; i < shared_size; i += PAGE)
			CHECK(*(int *)(shared + i) == getpid());
	}
	sbrk(-(long)shared_size);
}

static char page[PAGE] __attribute__((aligned(PAGE)));

/*
 * Checks that the kernel can copy into shared pages. Each child reads its own
 * number from a pipe into the same place.
 */
static void file(void)
{
	int fds[2], pids[4];

	memset(page, 99, sizeof(page));
	for (int i = 0; i < 4; i++) {
		CHECK(pipe(fds) == 0);
		pids[i] = fork();
		if (pids[i] == 0) {
			sleep_ms(10);
			CHECK(read(fds[0], page, sizeof(i)) == sizeof(i) &&
			      *(int *)page == i);
			_exit(0);
		}
		CHECK(write(fds[1], &i, sizeof(i)) == sizeof(i));
		close(fds[0]);
		close(fds[1]);
	}
	for (int i = 0; i < 4; i++)
		CHECK(wait_status(pids[i]) == 0);
	for (int i = 0; i < PAGE; i++)
		CHECK(page[i] == 99);
}

static int fork_and_write(void)
{
	for (int i = 0; i < 5; i++) {
		int pid = fork();

		if (pid == 0) {
			stamp(0, shared_size);
			_exit(0);
		}
		if (pid < 0 || wait_status(pid) != 0)
			return 1;
	}
	return 0;
}

static void fork_fork(void)
{
	int pids[10];

	shared_size = 64 * PAGE;
	shared = sbrk(shared_size);
	memset(shared, 27, shared_size);
	for (int i = 0; i < 10; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(fork_and_write());
	}
	for (int i = 0; i < 10; i++)
		CHECK(pids[i] > 0 && wait_status(pids[i]) == 0);
	for (unsigned i = 0; i < shared_size; i++)
		CHECK(shared[i] == 27);
}

/*
 * Trees of forks against a model. The model does the same in arrays, without
 * fork, and so predicts each exit status.
 */

enum { TREES = 1000, TREE_PAGES = 12, STEPS = 5, DEPTH = 3 };

struct model {
	unsigned char byte[TREE_PAGES];
};

static char tree_area[TREE_PAGES * PAGE] __attribute__((aligned(PAGE)));
static int zero_fd;

static unsigned next(unsigned *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	return *seed ^= *seed << 5;
}

static int offset_of(int i)
{
	return i * PAGE + i * 331;
}

static int agrees(const struct model *m)
{
	for (int i = 0; i < TREE_PAGES; i++)
		if ((unsigned char)tree_area[offset_of(i)] != m->byte[i])
			return 0;
	return 1;
}

static void do_write(unsigned r, struct model *m, int real)
{
	int i = r % TREE_PAGES, by_kernel = r >> 8 & 1;

	m->byte[i] = by_kernel ? 0 : r >> 16;
	if (!real)
		return;
	if (by_kernel)
		CHECK(read(zero_fd, tree_area + offset_of(i), 1) == 1);
	else
		tree_area[offset_of(i)] = m->byte[i];
}

/* Acts as a process of the tree. Returns its exit status. */
static int live(unsigned seed, int depth, struct model *m, int real)
{
	int pids[STEPS], expected[STEPS], children = 0, sum = depth;

	for (int step = 0; step < STEPS; step++) {
		unsigned r = next(&seed), child_seed = next(&seed);

		if (r % 3 || depth == DEPTH) {
			do_write(child_seed, m, real);
		} else {
			struct model copy = *m;

			expected[children] =
				live(child_seed, depth + 1, &copy, 0);
			pids[children] = real ? fork() : 0;
			CHECK(pids[children] >= 0);
			if (real && pids[children] == 0)
				_exit(live(child_seed, depth + 1, m, 1));
			if (real && r & 0x100)
				CHECK(wait_status(pids[children]) ==
				      expected[children] << 8);
			else
				children++;
		}
		CHECK(!real || agrees(m));
	}
	for (int i = 0; i < children && real; i++)
		CHECK(wait_status(pids[i]) == expected[i] << 8);
	CHECK(!real || agrees(m));
	for (int i = 0; i < TREE_PAGES; i++)
		sum = sum * 31 + m->byte[i];
	return sum & 0xFF;
}

static void random_trees(void)
{
	struct model m = { { 0 } };
	unsigned seed = getenv("SEED") ? atoi(getenv("SEED")) : 20260101;
	int trees = on_cowix() ? TREES : TREES / 10;

	CHECK((zero_fd = open("/dev/zero", O_RDONLY)) >= 0);
	for (int i = 0; i < trees; i++)
		live(next(&seed), 0, &m, 1);
}

TESTS({ "simple", "a fork with two thirds of the memory in use", simple },
      { "three", "three generations write a quarter of it", three },
      { "file", "the kernel writes to shared pages", file },
      { "fork_fork", "children fork children that write", fork_fork },
      { "random_trees",
	"1,000 random trees of forks, writes and exits agree with a model",
	random_trees })
