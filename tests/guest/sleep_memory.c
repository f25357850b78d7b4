/*
 * The sweep of planned sleeps (sleep.h) over address spaces. Two threads share
 * one, or two processes share pages copy-on-write or in swap. System calls
 * touch the memory: they return EFAULT where a program would die.
 */
#include <abi/xfork.h>
#include "sleep.h"
#include "swapfile.h"

#define PAGES 4
#define HERE ((char *)0x50000000)
#define THERE ((char *)0x60000000)
#define MAPPED ((char *)0x70000000)
#define NAME "/tmp/sleep-map"

static int probes[2][2], file = -1;

/* Returns a pipe for the pages to touch, one for subject and rival each. */
static const int *probe(void)
{
	return probes[my_tid() == subject_tid];
}

/* Returns a byte of memory, or -1. */
static int load(const char *at)
{
	char c;

	if (write(probe()[1], at, 1) != 1)
		return -1;
	CHECK(read(probe()[0], &c, 1) == 1);
	return c;
}

/* Makes the kernel write c there. */
static int store(char *at, char c)
{
	int n;

	CHECK(write(probe()[1], &c, 1) == 1);
	n = read(probe()[0], at, 1);
	if (n < 0)
		CHECK(errno == EFAULT && read(probe()[0], &c, 1) == 1);
	return n;
}

static char *map_at(char *at, unsigned pages, int flags, int fd)
{
	return mmap(at, pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_FIXED | flags, fd, 0);
}

/* Threads. */

/* Touches memory directly, where that is always allowed. */
static int touch(void)
{
	HERE[0] = 't';
	return 0;
}

static int load_zero(void)
{
	return load(HERE + 3 * PAGE);
}

static int store_new(void)
{
	return store(HERE + 2 * PAGE, 'n');
}

static int store_old(void)
{
	return store(HERE + PAGE, 'o');
}

static int load_file(void)
{
	return load(MAPPED + PAGE);
}

static int store_file(void)
{
	return store(MAPPED + PAGE, 'w');
}

static int unmap(void)
{
	return munmap(HERE + PAGE, 2 * PAGE);
}

static int map_over(void)
{
	return map_at(HERE + 2 * PAGE, 2, MAP_PRIVATE | MAP_ANONYMOUS, -1) ==
	       MAP_FAILED ? -1 : 0;
}

static int protect(void)
{
	return mprotect(HERE + 2 * PAGE, PAGE, PROT_READ);
}

static int move(void)
{
	return syscall(__NR_mremap, HERE + PAGE, PAGE, 2 * PAGE, 3, THERE) ==
	       -1 ? -1 : 0;
}

static int forget(void)
{
	return madvise(HERE + PAGE, PAGE, MADV_DONTNEED);
}

static int cut_file(void)
{
	return ftruncate(file, 1);
}

/* Forks by a policy. The child must have all the contents. */
static int fork_by(int policy)
{
	int pid = xfork(policy, NULL);

	if (pid == 0)
		_exit(HERE[0] == 'a' || HERE[0] == 't' ? 0 : 1);
	return pid < 0 ? -1 : wait_status(pid);
}

static int fork_old(void)
{
	return fork_by(FORK_POLICY_OLD);
}

static int fork_cow(void)
{
	return fork_by(FORK_POLICY_COW);
}

static int fork_lazy(void)
{
	return fork_by(FORK_POLICY_LAZY);
}

static int grow_heap(void)
{
	return sbrk(PAGE) == (void *)-1 ? -1 : 0;
}

static const struct act thread_acts[] = {
	{ .name = "touch", .run = touch },
	{ .name = "load zero", .run = load_zero },
	{ .name = "store new", .run = store_new },
	{ .name = "store old", .run = store_old },
	{ .name = "unmap", .run = unmap },
	{ .name = "map over", .run = map_over },
	{ .name = "protect", .run = protect },
	{ .name = "move", .run = move },
	{ .name = "forget", .run = forget },
	{ .name = "heap", .run = grow_heap },
	{ .name = "fork", .run = fork_cow },
	{ .name = "fork, lazy", .run = fork_lazy },
	{ .name = "fork, old", .run = fork_old },
};

static const struct act file_acts[] = {
	{ .name = "load file", .run = load_file },
	{ .name = "store file", .run = store_file },
	{ .name = "cut file", .run = cut_file },
	{ .name = "fork", .run = fork_cow },
};

static void prepare_pages(void)
{
	CHECK(pipe(probes[0]) == 0 && pipe(probes[1]) == 0);
	CHECK(map_at(HERE, PAGES, MAP_PRIVATE | MAP_ANONYMOUS, -1) == HERE);
	HERE[0] = 'a';
	HERE[PAGE] = 'b';
}

static void prepare_file(int flags)
{
	static char text[2 * PAGE];

	prepare_pages();
	memset(text, 'f', sizeof(text));
	file = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(file >= 0 && write(file, text, sizeof(text)) == sizeof(text));
	CHECK(map_at(MAPPED, 2, flags, file) == MAPPED);
}

static void prepare_private(void)
{
	prepare_file(MAP_PRIVATE);
}

static void prepare_shared(void)
{
	prepare_file(MAP_SHARED);
}

/* Describes each page: its content, and if it may be written. */
static void describe_range(char *to, char *at, int pages)
{
	for (int i = 0; i < pages; i++, at += PAGE) {
		int c = load(at), may = c >= 0 && store(at, c) == 1;

		sprintf(to + strlen(to), "%d%s ", c, may ? "w" : "");
	}
}

static void describe_pages(char *to)
{
	describe_range(to, HERE, PAGES);
	describe_range(to, THERE, 2);
}

static void describe_file(char *to)
{
	char c = 0;

	describe_range(to, MAPPED, 2);
	sprintf(to + strlen(to), "file %d", pread(file, &c, 1, PAGE));
	sprintf(to + strlen(to), " %d", c);
}

static void drop_file(void)
{
	CHECK(close(file) == 0 && unlink(NAME) == 0);
}

static void threads(void)
{
	static const struct scene scene = SCENE("threads", thread_acts,
		.prepare = prepare_pages, .describe = describe_pages,
		.threads = 1);

	sweep_scene(&scene);
}

static void private_file(void)
{
	static const struct scene scene = SCENE("private", file_acts,
		.prepare = prepare_private, .describe = describe_file,
		.judge = drop_file, .threads = 1);

	sweep_scene(&scene);
}

static void shared_file(void)
{
	static const struct scene scene = SCENE("shared", file_acts,
		.prepare = prepare_shared, .describe = describe_file,
		.judge = drop_file, .threads = 1);

	sweep_scene(&scene);
}

/* Returns this process's letter. Neither process sees the other's writes. */

static char mine(void)
{
	return my_tid() == subject_tid ? 'S' : 'R';
}

static int write_first(void)
{
	HERE[1] = mine();
	return 0;
}

static int write_all(void)
{
	for (int i = 0; i < PAGES; i++)
		HERE[i * PAGE + 1] = mine();
	return 0;
}

static int read_all(void)
{
	for (int i = 0; i < PAGES; i++)
		CHECK(HERE[i * PAGE] == 'a' + i);
	return 0;
}

static int drop_all(void)
{
	return munmap(HERE, PAGES * PAGE);
}

static int give_up(void)
{
	return madvise(HERE, PAGES * PAGE, MADV_PAGEOUT);
}

/* Checks that only the second byte may have changed, to our letter. */
static void check_own(void)
{
	for (int i = 0; i < PAGES; i++) {
		char c = HERE[i * PAGE + 1];

		CHECK(HERE[i * PAGE] == 'a' + i && (c == 0 || c == mine()));
		CHECK(HERE[i * PAGE + PAGE - 1] == 'z');
	}
}

static const struct act cow_acts[] = {
	{ .name = "write", .run = write_first, .check = check_own },
	{ .name = "write all", .run = write_all, .check = check_own },
	{ .name = "read", .run = read_all, .check = check_own },
	{ .name = "drop", .run = drop_all },
	{ .name = "page out", .run = give_up, .check = check_own },
	{ .name = "fork", .run = fork_cow, .check = check_own },
	{ .name = "fork, lazy", .run = fork_lazy, .check = check_own },
	{ .name = "fork, old", .run = fork_old, .check = check_own },
};

static void prepare_cow(void)
{
	CHECK(map_at(HERE, PAGES, MAP_PRIVATE | MAP_ANONYMOUS, -1) == HERE);
	for (int i = 0; i < PAGES; i++) {
		HERE[i * PAGE] = 'a' + i;
		HERE[i * PAGE + PAGE - 1] = 'z';
	}
}

static void prepare_swapped(void)
{
	prepare_cow();
	CHECK(give_up() == 0);
}

static void cow(void)
{
	static const struct scene scene =
		SCENE("cow", cow_acts, .prepare = prepare_cow);

	sweep_scene(&scene);
}

static void swapped(void)
{
	static const struct scene scene =
		SCENE("swapped", cow_acts, .prepare = prepare_swapped);

	swap_begin();
	sweep_scene(&scene);
	swap_end();
}

TESTS({ "threads", "calls and faults of threads in one memory", threads },
      { "private_file", "faults in a file's private mapping", private_file },
      { "shared_file", "and in a shared one", shared_file },
      { "cow", "writes to pages that are shared by fork", cow },
      { "swapped", "the same, all in swap", swapped })
