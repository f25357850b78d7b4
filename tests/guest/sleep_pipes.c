/* The sweep of planned sleeps (sleep.h) over pipes and FIFOs. */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include "sleep.h"

#define RECORD 64
#define POLLIN 1
#define POLLOUT 4
#define POLLNVAL 32

struct pollfd {
	int fd;
	short events, revents;
};

static int fds[2], opened = -1;
static const char fifo[] = "/tmp/sleep-fifo";

/*
 * Returns a record's letter: a capital for the subject, a small one for the
 * rival, different in each try.
 */
static char letter(int capital)
{
	return (capital ? 'A' : 'a') + salt % 26;
}

static int put(int fd, unsigned bytes)
{
	char buf[3 * PAGE];

	memset(buf, letter(my_tid() == subject_tid), bytes);
	return write(fd, buf, bytes);
}


static int write_record(void)
{
	return put(fds[1], RECORD);
}

static int write_page(void)
{
	return put(fds[1], PAGE);
}

static int write_much(void)
{
	return put(fds[1], 3 * PAGE);
}

static int take(int fd, unsigned bytes)
{
	char buf[3 * PAGE];
	int n = read(fd, buf, bytes);

	for (int i = 0; i < n; i += RECORD) {
		CHECK(buf[i] == letter(0) || buf[i] == letter(1));
		for (int k = 1; k < RECORD; k++)
			CHECK(buf[i + k] == buf[i]);
	}
	return n;
}

static int read_record(void)
{
	return take(fds[0], RECORD);
}

static int read_much(void)
{
	return take(fds[0], 2 * PAGE);
}

static int count_bytes(void)
{
	int n = -1;

	CHECK(ioctl(fds[0], FIONREAD, &n) == 0 && n % RECORD == 0);
	return n;
}

static int poll_both(void)
{
	struct pollfd p[2] = { { fds[0], POLLIN, 0 }, { fds[1], POLLOUT, 0 } };

	return syscall(__NR_poll, p, 2, 0);
}

static const struct act pipe_acts[] = {
	{ .name = "write", .run = write_record },
	{ .name = "write a page", .run = write_page },
	{ .name = "write much", .run = write_much },
	{ .name = "read", .run = read_record },
	{ .name = "read much", .run = read_much },
	{ .name = "count", .run = count_bytes },
	{ .name = "poll", .run = poll_both },
};

static void open_pipe(int had)
{
	CHECK(pipe(fds) == 0);
	CHECK(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	CHECK(fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
	CHECK(put(fds[1], had) == had);
}

static int had;

static void open_empty(void)
{
	open_pipe(had = 0);
}

/*
 * Opens a pipe with a full page: the next byte begins a page, the next read
 * takes the last.
 */
static void open_with_page(void)
{
	open_pipe(had = PAGE);
}

static void open_with_record(void)
{
	open_pipe(had = RECORD);
}

static int written(const struct act *a, const struct fate *f)
{
	CHECK(f->result >= 0 || f->error == EAGAIN);
	return strncmp(a->name, "write", 5) || f->result < 0 ? 0 : f->result;
}

static int was_read(const struct act *a, const struct fate *f)
{
	return strncmp(a->name, "read", 4) || f->result < 0 ? 0 : f->result;
}

/* Checks that all that went in comes out, and nothing else. */
static void judge_pipe(void)
{
	const struct fate *s = &meeting->subject, *r = &meeting->rival;
	int left = had + written(subject, s) + written(rival, r) -
		   was_read(subject, s) - was_read(rival, r), n;

	while ((n = take(fds[0], PAGE)) > 0)
		left -= n;
	CHECK(n == -1 && errno == EAGAIN && left == 0);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static void empty_pipe(void)
{
	static const struct scene scene = SCENE("empty pipe", pipe_acts,
		.prepare = open_empty, .judge = judge_pipe);

	sweep_scene(&scene);
}

static void filled_pipe(void)
{
	static const struct scene scene = SCENE("pipe", pipe_acts,
		.prepare = open_with_record, .judge = judge_pipe);

	sweep_scene(&scene);
}

static void full_page(void)
{
	static const struct scene scene = SCENE("full page", pipe_acts,
		.prepare = open_with_page, .judge = judge_pipe);

	sweep_scene(&scene);
}

static void threads(void)
{
	static const struct scene scene = SCENE("threads", pipe_acts,
		.prepare = open_with_page, .judge = judge_pipe, .threads = 1);

	sweep_scene(&scene);
}

/* Opens a FIFO, and keeps it open until both are done. */

static int open_fifo(int flags)
{
	opened = open(fifo, flags | O_NONBLOCK);
	return opened;
}

static int open_both(void)
{
	if (open_fifo(O_RDWR) < 0)
		return -1;
	return put(opened, RECORD);
}

static int open_reader(void)
{
	return open_fifo(O_RDONLY);
}

/* Opens for writing. ENXIO if there is no reader. */
static int open_writer(void)
{
	int fd = open_fifo(O_WRONLY);

	CHECK(fd >= 0 || errno == ENXIO || acted("unlink"));
	return fd;
}

static int open_and_close(void)
{
	int fd = open(fifo, O_RDWR | O_NONBLOCK);

	return fd < 0 ? fd : close(fd);
}

static int remove_fifo(void)
{
	return unlink(fifo);
}

/* Checks that both sides see each other as open. */
static void look_at_end(void)
{
	struct pollfd p = { opened, POLLIN | POLLOUT, 0 };

	if (opened >= 0)
		CHECK(syscall(__NR_poll, &p, 1, 0) >= 0 &&
		      !(p.revents & POLLNVAL));
}

/* Checks that each can read what either has written. */
static void read_both(void)
{
	int n = -1;

	if (acted("both") < 2)
		return;
	CHECK(ioctl(opened, FIONREAD, &n) == 0 && n == 2 * RECORD);
}

static const struct act fifo_acts[] = {
	{ .name = "both", .run = open_both, .check = read_both },
	{ .name = "reader", .run = open_reader, .check = look_at_end },
	{ .name = "writer", .run = open_writer, .check = look_at_end },
	{ .name = "close", .run = open_and_close },
	{ .name = "unlink", .run = remove_fifo },
};

static void make_fifo(void)
{
	opened = -1;
	CHECK(mknod(fifo, S_IFIFO | 0600, 0) == 0);
}

/* Checks, without the rival, that a closed FIFO has no sides left. */
static void judge_fifo(void)
{
	int fd;

	if (opened >= 0)
		CHECK(close(opened) == 0);
	if (!acted("unlink")) {
		CHECK_ERRNO(open(fifo, O_WRONLY | O_NONBLOCK), ENXIO);
		fd = open(fifo, O_RDONLY | O_NONBLOCK);
		CHECK(fd >= 0 && read(fd, &(char){ 0 }, 1) == 0);
		CHECK(close(fd) == 0 && unlink(fifo) == 0);
	}
}

static void fifos(void)
{
	static const struct scene scene =
		SCENE("fifo", fifo_acts, .prepare = make_fifo,
		      .judge = judge_fifo);

	sweep_scene(&scene);
}

/* Waiting for many: the table of queues takes a page. */

#define MANY 12
#define WAIT 1000	/* ms; half of it is far too long */

static int many[MANY][2];

static int poll_many(void)
{
	struct pollfd p[MANY];
	long start = now_ms();
	int n;

	for (int i = 0; i < MANY; i++)
		p[i] = (struct pollfd){ many[i][0], POLLIN, 0 };
	n = syscall(__NR_poll, p, MANY, WAIT);
	CHECK(order == SUBJECT_FIRST || now_ms() - start < WAIT / 2);
	return n;
}

static int write_to_first(void)
{
	return write(many[0][1], "x", 1);
}

static int write_to_last(void)
{
	return write(many[MANY - 1][1], "x", 1);
}

/* Only the others are rivals, since two pollers would wait for nothing. */
static const struct act poll_acts[] = {
	{ .name = "poll", .run = poll_many, .only_subject = 1 },
	{ .name = "first", .run = write_to_first, .only_rival = 1 },
	{ .name = "last", .run = write_to_last, .only_rival = 1 },
};

static void open_many(void)
{
	for (int i = 0; i < MANY; i++)
		CHECK(pipe(many[i]) == 0);
}

static void judge_many(void)
{
	CHECK(order == SUBJECT_FIRST || meeting->subject.result == 1);
}

static void waiting(void)
{
	static const struct scene scene = SCENE("poll", poll_acts,
		.prepare = open_many, .judge = judge_many);

	sweep_scene(&scene);
}

TESTS({ "empty_pipe", "each call on an empty pipe against each", empty_pipe },
      { "filled_pipe", "on one with a record in it", filled_pipe },
      { "full_page", "on one whose next byte needs a page", full_page },
      { "threads", "the same by threads", threads },
      { "waiting", "a wait for many and what it waits for", waiting },
      { "fifos", "opening and closing a named one", fifos })
