/*
 * The sweep of planned sleeps (sleep.h) over epolls, counters and timers. A
 * wait reports into a page that is not there yet, so it may sleep there.
 */
#include <abi/epoll.h>
#include <abi/eventfd.h>
#include <abi/time.h>
#include "sleep.h"

static int ep, fds[2], events, timer;
static unsigned how;		/* EPOLLET... of the interests */

static int ctl(int op, int fd, unsigned events)
{
	struct epoll_event event = { events, fd };

	return syscall(__NR_epoll_ctl, ep, op, fd, &event);
}

/* Returns the number of events, and which: some bits of each. */
static int wait_for(int max)
{
	struct epoll_event *e = (struct epoll_event *)
		map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int n = syscall(__NR_epoll_wait, ep, e, max, 0), sum = n;

	for (int i = 0; i < n; i++)
		sum += (e[i].events & 0xFF) << 8 * ((int)e[i].data == fds[0]);
	munmap(e, PAGE);
	return sum;
}

static int wait_act(void)
{
	return wait_for(4);
}

static int put_act(void)
{
	return write(fds[1], "x", 1);
}

static int take_act(void)
{
	char c;

	return read(fds[0], &c, 1);
}

static int add_act(void)
{
	return ctl(EPOLL_CTL_ADD, fds[0], EPOLLIN | how);
}

static int mod_act(void)
{
	return ctl(EPOLL_CTL_MOD, fds[0], EPOLLIN | EPOLLPRI | how);
}

static int del_act(void)
{
	return ctl(EPOLL_CTL_DEL, fds[0], 0);
}

static int close_act(void)
{
	return close(fds[0]);
}

static int count_act(void)
{
	unsigned long long one = 1;

	return write(events, &one, sizeof(one));
}

static const struct act epoll_acts[] = {
	{ .name = "wait", .run = wait_act },
	{ .name = "put", .run = put_act },
	{ .name = "take", .run = take_act },
	{ .name = "add", .run = add_act },
	{ .name = "mod", .run = mod_act },
	{ .name = "del", .run = del_act },
	{ .name = "close", .run = close_act },
	{ .name = "count", .run = count_act },
};

static void open_all(void)
{
	signal(SIGPIPE, SIG_IGN);
	ep = syscall(__NR_epoll_create, 1);
	events = syscall(__NR_eventfd2, 1, EFD_NONBLOCK);
	CHECK(ep >= 0 && events >= 0);
	CHECK(syscall(__NR_pipe2, fds, O_NONBLOCK) == 0);
	CHECK(ctl(EPOLL_CTL_ADD, events, EPOLLIN | how) == 0);
	CHECK(add_act() == 0 && put_act() == 1);
}

/* What is reported afterwards. */
static void describe_epoll(char *to)
{
	int first = wait_for(4);

	sprintf(to, "%x %x", first, wait_for(4));
}

static void sweep_how(unsigned bits)
{
	static const struct scene scene = SCENE("epoll", epoll_acts,
		.prepare = open_all, .describe = describe_epoll,
		.threads = 1);

	how = bits;
	sweep_scene(&scene);
}

static void levels(void)
{
	sweep_how(0);
}

static void edges(void)
{
	sweep_how(EPOLLET);
}

static void oneshots(void)
{
	sweep_how(EPOLLONESHOT);
}

/* A counter and timers of the process. */

static unsigned long long *fresh_page(void)
{
	return (void *)map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int read_counter(void)
{
	unsigned long long *value = fresh_page();
	int n = read(events, value, sizeof(*value));

	return n < 0 ? n : (int)*value;
}

static int add_to_counter(void)
{
	unsigned long long *value = fresh_page();

	*value = 5;
	return write(events, value, sizeof(*value));
}

static int make_timer(void)
{
	int *id = (int *)fresh_page();

	return syscall(__NR_timer_create, CLOCK_REALTIME, NULL, id);
}

static int delete_timer(void)
{
	return syscall(__NR_timer_delete, timer);
}

static int delete_next(void)
{
	return syscall(__NR_timer_delete, timer + 1);
}

static int ask_timer(void)
{
	return syscall(__NR_timer_gettime, timer, fresh_page());
}

static const struct act object_acts[] = {
	{ .name = "read", .run = read_counter },
	{ .name = "write", .run = add_to_counter },
	{ .name = "create", .run = make_timer },
	{ .name = "delete", .run = delete_timer },
	{ .name = "delete next", .run = delete_next },
	{ .name = "ask", .run = ask_timer },
};

static void open_objects(void)
{
	events = syscall(__NR_eventfd2, 3, EFD_NONBLOCK);
	CHECK(events >= 0);
	CHECK(syscall(__NR_timer_create, CLOCK_REALTIME, NULL, &timer) == 0);
}

static void describe_objects(char *to)
{
	int rest = read_counter(), timers = 0;

	for (int i = 0; i < 4; i++)
		timers += syscall(__NR_timer_delete, timer + i) == 0;
	sprintf(to, "%d %d", rest, timers);
}

static void objects(void)
{
	static const struct scene scene = SCENE("objects", object_acts,
		.prepare = open_objects, .describe = describe_objects,
		.threads = 1);

	sweep_scene(&scene);
}

TESTS({ "levels", "level-triggered interests", levels },
      { "edges", "edge-triggered ones", edges },
      { "oneshots", "one-shot ones", oneshots },
      { "objects", "a counter, timers of the process", objects })
