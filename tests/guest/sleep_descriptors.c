/* Descriptors that others open, close and wait for while a call sleeps. */
#include <cowix.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <abi/poll.h>
#include "sleep.h"

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int close_range(unsigned first, unsigned last, unsigned flags)
{
	return syscall(__NR_close_range, first, last, flags);
}

/* The lowest free descriptor when a scene begins: it has no room yet. */
#define HIGH (32 * 3)

static int source;

static void up_to_the_brim(void)
{
	source = open("/dev/null", O_RDWR);
	CHECK(source >= 0);
	while (dup(source) < HIGH - 1)
		;
}

static int dup_high(void)
{
	return dup(source);
}

static int make_high_pipe(void)
{
	int ends[2];

	CHECK(pipe(ends) == 0 && ends[1] > ends[0]);
	return ends[0] + ends[1];
}

static int dup_over_high(void)
{
	return dup2(source, HIGH + 1);
}

static int close_source(void)
{
	return close(source);
}

static int fork_many(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(!is_open(HIGH - 1) || close_range(HIGH, ~0u, 0) < 0);
	return wait_status(pid);
}

static const struct act growing_acts[] = {
	{ .name = "dup", .run = dup_high },
	{ .name = "pipe", .run = make_high_pipe },
	{ .name = "dup2", .run = dup_over_high },
	{ .name = "close", .run = close_source, .only_rival = 1 },
	{ .name = "fork", .run = fork_many, .only_subject = 1 },
};

/* The table's open descriptors and what they refer to. */
static void describe_table(char *to)
{
	struct stat st;

	for (int fd = HIGH; fd < HIGH + 6; fd++)
		to += sprintf(to, "%d:%lx ", fd,
			      fstat(fd, &st) < 0 ? 0l : (long)st.st_mode);
}

static void undo_growth(void)
{
	close_range(source, ~0u, 0);
}

/* Checks threads that let the table grow while one of them sleeps in that. */
static void growing(void)
{
	static const struct scene scene = SCENE("table", growing_acts,
		.prepare = up_to_the_brim, .judge = undo_growth, .threads = 1,
		.describe = describe_table);

	sweep_scene(&scene);
}

/* Leaves a part of the table without room. */
static void with_a_gap(void)
{
	source = open("/dev/null", O_RDWR);
	CHECK(source >= 0 && dup2(source, 70) == 70 &&
	      dup2(source, HIGH - 1) == HIGH - 1);
}

static int dup_into_gap(void)
{
	return dup2(source, 40);
}

static const struct act gap_acts[] = {
	{ .name = "fork", .run = fork_many, .only_subject = 1 },
	{ .name = "dup2", .run = dup_into_gap, .only_rival = 1 },
};

/* Checks forks of a table that gets a part below those already copied. */
static void growing_below(void)
{
	static const struct scene scene = SCENE("gap", gap_acts,
		.prepare = with_a_gap, .judge = undo_growth, .threads = 1,
		.describe = describe_table);

	sweep_scene(&scene);
}

static int ends[2], found;

static void wait_by_poll(void *arg)
{
	struct pollfd p = { ends[0], POLLIN, 0 };

	(void)arg;
	word = 1;
	found = syscall(__NR_poll, &p, 1, -1);
}

static void wait_by_select(void *arg)
{
	static unsigned set[8];

	(void)arg;
	memset(set, 0, sizeof(set));
	set[ends[0] / 32] = 1u << ends[0] % 32;
	word = 1;
	found = syscall(__NR__newselect, ends[0] + 1, set, NULL, NULL, NULL);
}

/* Checks that a file stays open while a thread waits for it. */
static void closed_meanwhile(void)
{
	static void (*const ways[])(void *) = { wait_by_poll, wait_by_select };

	for (int way = 0; way < 2; way++) {
		struct thread t;

		word = found = 0;
		CHECK(pipe(ends) == 0 && dup2(ends[0], 200) == 200 &&
		      close(ends[0]) == 0);
		ends[0] = 200;
		start(&t, ways[way], NULL);
		await_word(1);
		sleep_ms(20);
		CHECK(close(200) == 0 && write(ends[1], "x", 1) == 1);
		join(&t);
		CHECK(found == 1 && close(ends[1]) == 0);
	}
}

TESTS({ "growing", "a table that grows while threads use it", growing },
      { "growing_below", "forks of a table with a gap", growing_below },
      { "closed_meanwhile", "threads wait for what others close",
	closed_meanwhile })
