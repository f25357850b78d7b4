/* Sockets: who is woken, what is an edge for epoll, which answer is first. */
#include <sys/resource.h>
#include <abi/epoll.h>
#include "sockets.h"
#include "thread.h"

#define ALWAYS	(EPOLLIN | EPOLLOUT | EPOLLET)

/* Starts a child that waits for a byte. */
static int start_reader(int fd)
{
	char c;
	int pid = fork();

	if (pid == 0)
		_exit(read(fd, &c, 1) != 1);
	return pid;
}

/* Returns the CPU time of all children so far, in ms. */
static long spent(void)
{
	struct rusage r;

	CHECK(getrusage(RUSAGE_CHILDREN, &r) == 0);
	return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000 +
	       (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1000;
}

/* Checks that two who wait for the same socket sleep. */
static void readers(void)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	int fds[2], pids[2];

	for (int i = 0; i < 2; i++) {
		make_pair(types[i], fds);
		pids[0] = start_reader(fds[0]);
		pids[1] = start_reader(fds[0]);
		sleep_ms(600);
		CHECK(write(fds[1], "a", 1) == 1 && write(fds[1], "b", 1) == 1);
		CHECK(wait_status(pids[0]) == 0 && wait_status(pids[1]) == 0);
		close_pair(fds);
	}
	CHECK(spent() < 300);
}

/* Returns an epoll that watches one socket. */
static int watch(int fd, unsigned events)
{
	struct epoll_event event = { events, fd };
	int ep = syscall(__NR_epoll_create1, 0);

	CHECK(ep >= 0);
	CHECK(syscall(__NR_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &event) == 0);
	return ep;
}

static unsigned events_of(int ep)
{
	struct epoll_event event = { 0, 0 };

	return syscall(__NR_epoll_wait, ep, &event, 1, 0) ? event.events : 0;
}

static void edges(void)
{
	char c;
	int fds[2], ep, in;

	make_pair(SOCK_STREAM, fds);
	ep = watch(fds[0], ALWAYS);
	CHECK(events_of(ep) == EPOLLOUT && events_of(ep) == 0);
	CHECK_ERRNO(recv(fds[0], &c, 1, MSG_DONTWAIT), EAGAIN);
	CHECK(events_of(ep) == 0);
	CHECK(write(fds[1], "ab", 2) == 2);
	CHECK(events_of(ep) == (EPOLLIN | EPOLLOUT));
	CHECK(read(fds[0], &c, 1) == 1 && events_of(ep) == 0);
	/* the other end reads: there is more room, but no more data */
	in = watch(fds[0], EPOLLIN | EPOLLET);
	CHECK(events_of(in) == EPOLLIN);
	CHECK(write(fds[0], "x", 1) == 1 && read(fds[1], &c, 1) == 1);
	CHECK(events_of(ep) == (EPOLLIN | EPOLLOUT) && events_of(in) == 0);
	CHECK(close(ep) == 0 && close(in) == 0);
	close_pair(fds);
}

/* Checks that accept() is no edge for a listener with more to accept. */
static void calls(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("calls"), 5);
	int ep = watch(listener, ALWAYS), fd, a = new_socket(SOCK_STREAM),
	    b = new_socket(SOCK_STREAM);

	CHECK(connect_to(a, ABSTRACT("calls")) == 0);
	CHECK(events_of(ep) == EPOLLIN && events_of(ep) == 0);
	CHECK(connect_to(b, ABSTRACT("calls")) == 0);
	CHECK(events_of(ep) == EPOLLIN);
	fd = accept(listener, NULL, NULL);
	CHECK(fd >= 0 && events_of(ep) == 0);
	CHECK(state_of(listener, POLLIN) == POLLIN);
	CHECK(close(fd) == 0 && close(a) == 0 && close(b) == 0);
	CHECK(close(ep) == 0 && close(listener) == 0);
}

/* Checks that datagrams of others are no edge. */
static void strangers(void)
{
	char c;
	int fds[2], others[2], ep;

	make_pair(SOCK_DGRAM, fds);
	make_pair(SOCK_DGRAM, others);
	ep = watch(fds[0], ALWAYS);
	CHECK(write(fds[1], "x", 1) == 1);
	CHECK(events_of(ep) == (EPOLLIN | EPOLLOUT) && events_of(ep) == 0);
	CHECK(write(others[1], "x", 1) == 1 && read(others[0], &c, 1) == 1);
	CHECK(events_of(ep) == 0);
	CHECK(close(ep) == 0);
	close_pair(fds);
	close_pair(others);
}

/* Leaves a message each way, and closes one end. */
static int close_unread(int type)
{
	int fds[2];

	make_pair(type, fds);
	CHECK(write(fds[0], "x", 1) == 1 && write(fds[1], "x", 1) == 1);
	CHECK(close(fds[1]) == 0);
	return fds[0];
}

/* Checks what is told first: that messages were lost, or what was not. */
static void losses(void)
{
	struct sockaddr_un none = { .sun_family = AF_UNSPEC };
	char c;
	int fds[2], fd = close_unread(SOCK_STREAM), pid;

	CHECK(read(fd, &c, 1) == 1);
	CHECK_ERRNO(read(fd, &c, 1), ECONNRESET);
	CHECK(read(fd, &c, 1) == 0 && close(fd) == 0);
	fd = close_unread(SOCK_SEQPACKET);
	CHECK_ERRNO(read(fd, &c, 1), ECONNRESET);
	CHECK(read(fd, &c, 1) == 1 && read(fd, &c, 1) == 0 && close(fd) == 0);
	make_pair(SOCK_DGRAM, fds);
	CHECK(write(fds[0], "x", 1) == 1 && write(fds[1], "x", 1) == 1);
	CHECK(connect(fds[1], &none, sizeof(none)) == 0);
	CHECK_ERRNO(read(fds[0], &c, 1), ECONNRESET);
	CHECK(read(fds[0], &c, 1) == 1);
	close_pair(fds);
	/* one who waits is told, too */
	make_pair(SOCK_DGRAM, fds);
	CHECK(write(fds[0], "x", 1) == 1);
	pid = fork();
	if (pid == 0) {
		CHECK_ERRNO(read(fds[0], &c, 1), ECONNRESET);
		_exit(0);
	}
	sleep_ms(50);
	CHECK(connect(fds[1], &none, sizeof(none)) == 0);
	CHECK(wait_status(pid) == 0);
	close_pair(fds);
}

static int listener, accepted, accept_errno;

static void accept_one(void *arg)
{
	(void)arg;
	accepted = accept(listener, NULL, NULL);
	accept_errno = errno;
	word = 1;
}

/*
 * Checks that no connection is lost when all descriptors are taken while
 * accept() waits. Linux has taken one for it before.
 */
static void no_descriptor(void)
{
	struct rlimit limit = { 16, 16 };
	struct thread t;
	int caller = new_socket(SOCK_STREAM), last = caller, fd;

	listener = listen_at(SOCK_STREAM, ABSTRACT("none"), 5);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	word = 0;
	start(&t, accept_one, NULL);
	sleep_ms(50);
	while ((fd = dup(caller)) >= 0)
		last = fd;
	CHECK(errno == EMFILE);
	CHECK(connect_to(caller, ABSTRACT("none")) == 0);
	await_word(1);
	join(&t);
	if (accepted < 0) {
		CHECK(accept_errno == EMFILE && close(last) == 0);
		no_waiting(listener);
		accepted = accept(listener, NULL, NULL);
	}
	CHECK(accepted >= 0 && write(accepted, "x", 1) == 1);
}

#define OLD	"/tmp/old_box"
#define NEW	"/tmp/new_box"

/* Returns a box with a name. */
static int make_box(const char *name, int n)
{
	int box = new_socket(SOCK_DGRAM);

	unlink(name);
	CHECK(bind_to(box, name, n) == 0);
	return box;
}

static int send_to_old(int fd, int flags)
{
	struct sockaddr_un un;
	socklen_t length = make_address(&un, PATH(OLD));

	return sendto(fd, "x", 1, flags, &un, length);
}

/* Checks that who waits for a name gets the next who has it. */
static void heirs(void)
{
	char c;
	int old = make_box(PATH(OLD)), new = make_box(PATH(NEW)), pid,
	    fd = new_socket(SOCK_DGRAM);

	while (send_to_old(fd, MSG_DONTWAIT) == 1)
		;
	CHECK(errno == EAGAIN);
	pid = fork();
	if (pid == 0) {
		CHECK(close(old) == 0 && send_to_old(fd, 0) == 1);
		_exit(0);
	}
	sleep_ms(50);
	CHECK(rename(NEW, OLD) == 0 && close(old) == 0);
	CHECK(wait_status(pid) == 0);
	CHECK(recv(new, &c, 1, MSG_DONTWAIT) == 1 && close(new) == 0);
	CHECK_ERRNO(send_to_old(fd, 0), ECONNREFUSED);
	CHECK(unlink(OLD) == 0 && close(fd) == 0);
}

TESTS({ "readers", "two wait for one socket", readers },
      { "edges", "EPOLLET on a stream", edges },
      { "calls", "EPOLLET on a listener", calls },
      { "strangers", "EPOLLET, and datagrams of others", strangers },
      { "losses", "ECONNRESET, before or behind data", losses },
      { "no_descriptor", "for a connection that has come", no_descriptor },
      { "heirs", "of the name of a socket that was closed", heirs })
