/*
 * Checks that a file stays while a call uses it, though another thread closes
 * it.
 */
#include <cowix.h>
#include <fcntl.h>
#include <abi/uio.h>
#include "sleep.h"

static int fds[2];
static int result;

static void read_pieces(void *arg)
{
	char *to = arg;
	struct iovec pieces[] = { { to, 1 }, { to + 1, 1 } };

	word = 1;
	result = syscall(__NR_readv, fds[0], pieces, 2);
}

/* Checks a call whose descriptor becomes another file between two pieces. */
static void between_pieces(void)
{
	for (int again = 0; again < 2; again++) {
		struct thread t;
		char bytes[3] = "..";

		word = result = 0;
		CHECK(pipe(fds) == 0);
		start(&t, read_pieces, bytes);
		await_word(1);
		sleep_ms(10);
		CHECK(close(fds[0]) == 0);
		if (again)
			CHECK(open("/dev/zero", O_RDONLY) == fds[0]);
		CHECK(write(fds[1], "y", 1) == 1);
		join(&t);
		CHECK(result == 1 && bytes[0] == 'y' && bytes[1] == '.');
		CHECK(close(fds[1]) == 0 && (!again || close(fds[0]) == 0));
	}
}

static int lowest;		/* free descriptor */

static void find_lowest(void)
{
	lowest = dup(0);
	CHECK(lowest >= 0 && close(lowest) == 0);
}

/* Gives pipe() a bad address. It notices only after others have acted. */
static int make_nothing(void)
{
	return syscall(__NR_pipe, (int *)PAGE);
}

/* Makes a pipe, and checks both ends. Their descriptors may be any. */
static int make_pipe(void)
{
	int ends[2], n = syscall(__NR_pipe, ends);
	char c;

	if (n < 0)
		return n;
	CHECK(ends[0] != ends[1] && write(ends[1], "x", 1) == 1);
	CHECK(read(ends[0], &c, 1) == 1 && c == 'x');
	return close(ends[0]) | close(ends[1]);
}

/* Closes the descriptor that another thread's pipe() might use. */
static int close_lowest(void)
{
	if (strcmp(subject->name, "no pipe"))
		return 0;
	return close(lowest) == 0 ? 1 : close(lowest + 1);
}

static int kept;

static int take_lowest(void)
{
	kept = dup(0);
	CHECK(kept >= 0);
	return 0;
}

static void still_kept(void)
{
	CHECK(close(kept) == 0);
}

static const struct act acts[] = {
	{ .name = "no pipe", .run = make_nothing, .only_subject = 1 },
	{ .name = "pipe", .run = make_pipe },
	{ .name = "close", .run = close_lowest, .only_rival = 1 },
	{ .name = "dup", .run = take_lowest,
	  .check = still_kept, .only_rival = 1 },
};

/*
 * Checks that no close succeeded. A descriptor exists only after pipe()
 * returns.
 */
static void judge_pipe(void)
{
	if (!strcmp(rival->name, "close") && !strcmp(subject->name, "no pipe"))
		CHECK(order == SUBJECT_ALONE || meeting->rival.result < 0);
}

/*
 * Checks that a pipe gets its descriptors only when nothing can fail any more.
 */
static void half_a_pipe(void)
{
	static const struct scene scene = SCENE("descriptors", acts,
		.prepare = find_lowest, .judge = judge_pipe, .threads = 1);

	sweep_scene(&scene);
}

TESTS({ "between_pieces", "readv() of a pipe", between_pieces },
      { "half_a_pipe", "pipe() while its descriptors are closed", half_a_pipe })
