/*
 * Sockets, one side waiting for the other: who must wait, what wakes him, and
 * what he is told.
 */
#include "sockets.h"
#include "soon.h"

static void full_queue(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("full"), 0);
	int first = new_socket(SOCK_STREAM), second = new_socket(SOCK_STREAM);

	no_waiting(second);
	CHECK(connect_to(first, ABSTRACT("full")) == 0);
	CHECK_ERRNO(connect_to(second, ABSTRACT("full")), EAGAIN);
	CHECK(close(accept(listener, NULL, NULL)) == 0);
	CHECK(connect_to(second, ABSTRACT("full")) == 0);
	CHECK(close(listener) == 0 && close(first) == 0 && close(second) == 0);
}

static void callers_wait(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("wait"), 0), pid;
	int first = new_socket(SOCK_STREAM), status, fd;

	CHECK(connect_to(first, ABSTRACT("wait")) == 0);
	pid = fork();
	if (pid == 0)
		_exit(connect_to(new_socket(SOCK_STREAM), ABSTRACT("wait")));
	sleep_ms(50);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	fd = accept(listener, NULL, NULL);
	CHECK(fd >= 0 && status_soon(pid) == 0);
	CHECK(close(fd) == 0 && close(listener) == 0);
}

static void shut_down(void)
{
	int fds[2], pid;
	char c;

	make_pair(SOCK_STREAM, fds);
	pid = fork();
	if (pid == 0)
		_exit(read(fds[0], &c, 1));
	sleep_ms(50);
	CHECK(shutdown(fds[1], SHUT_WR) == 0 && status_soon(pid) == 0);
	close_pair(fds);
}

static void options(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("options"), 1), on = 1;
	int caller = new_socket(SOCK_STREAM), fd;
	socklen_t size = sizeof(on);

	CHECK(setsockopt(listener, SOL_SOCKET, SO_PASSCRED, &on, size) == 0);
	CHECK(connect_to(caller, ABSTRACT("options")) == 0);
	fd = accept(listener, NULL, NULL);
	on = 0;
	CHECK(getsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, &size) == 0 && on);
	CHECK(close(fd) == 0 && close(caller) == 0 && close(listener) == 0);
}

/* Receives at most n bytes of a datagram. Returns what recvmsg() flags. */
static int flags_of(int fd, int n)
{
	char buf[10];
	struct iovec piece = { buf, n };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

	CHECK(recvmsg(fd, &message, 0) == n);
	return message.msg_flags;
}

static void cut_short(void)
{
	int fds[2];

	make_pair(SOCK_DGRAM, fds);
	CHECK(write(fds[0], "12345", 5) == 5 && write(fds[0], "12345", 5) == 5);
	CHECK(flags_of(fds[1], 3) == MSG_TRUNC && flags_of(fds[1], 5) == 0);
	close_pair(fds);
}

/* Checks that a sender who waits for room learns that nobody will read. */
static void closed_mailbox(void)
{
	int box = new_socket(SOCK_DGRAM), sender = new_socket(SOCK_DGRAM), pid;

	CHECK(bind_to(box, ABSTRACT("closed")) == 0);
	CHECK(connect_to(sender, ABSTRACT("closed")) == 0);
	no_waiting(sender);
	while (write(sender, "x", 1) == 1)
		;
	CHECK(errno == EAGAIN);
	CHECK(fcntl(sender, F_SETFL, 0) == 0);
	pid = fork();
	if (pid == 0) {
		close(box);
		CHECK_ERRNO(write(sender, "x", 1), ECONNREFUSED);
		_exit(0);
	}
	sleep_ms(50);
	CHECK(close(box) == 0 && status_soon(pid) == 0 && close(sender) == 0);
}

/* Checks that a caller who waits learns that nobody will accept. */
static void closed_listener(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("gone"), 0), pid;
	int first = new_socket(SOCK_STREAM);

	CHECK(connect_to(first, ABSTRACT("gone")) == 0);
	pid = fork();
	if (pid == 0) {
		close(listener);
		CHECK_ERRNO(connect_to(new_socket(SOCK_STREAM),
				       ABSTRACT("gone")), ECONNREFUSED);
		_exit(0);
	}
	sleep_ms(50);
	CHECK(close(listener) == 0 && status_soon(pid) == 0);
}

static void nothing(int sig)
{
	(void)sig;
}

/* Checks that no call with a limit is begun again: it would wait longer. */
static void limits(void)
{
	struct sigaction action = { .sa_handler = nothing,
				    .sa_flags = SA_RESTART };
	struct timeval ten = { 10, 0 };
	int fds[2];
	char c;

	make_pair(SOCK_STREAM, fds);
	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof(ten)) ==
	      0);
	alarm(1);
	CHECK_ERRNO(read(fds[0], &c, 1), EINTR);
	close_pair(fds);
}

static int error_of(int fd)
{
	int error = -1;
	socklen_t size = sizeof(error);

	CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
	return error;
}

static void errors(void)
{
	int fds[2];

	make_pair(SOCK_STREAM, fds);
	CHECK(write(fds[0], "x", 1) == 1 && close(fds[1]) == 0);
	CHECK(error_of(fds[0]) == ECONNRESET && error_of(fds[0]) == 0);
	CHECK(close(fds[0]) == 0);
}

TESTS({ "full_queue", "a listener with too many callers", full_queue },
      { "callers_wait", "until there is room again", callers_wait },
      { "shut_down", "shutdown() ends the other's read", shut_down },
      { "options", "what accept() passes on", options },
      { "cut_short", "MSG_TRUNC", cut_short },
      { "closed_mailbox", "a sender waits, the receiver closes",
	closed_mailbox },
      { "closed_listener", "a caller waits, the listener closes",
	closed_listener },
      { "limits", "SO_RCVTIMEO and SA_RESTART", limits },
      { "errors", "SO_ERROR tells an error once", errors })
