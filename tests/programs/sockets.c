/*
 * Sockets of AF_UNIX through the C library: a server with clients, select and
 * poll, files and credentials in messages, errors.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

#define NAME "./sockets.tmp"

static char buf[100];

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	strcpy(un.sun_path, path);
	return un;
}

static void client(int number)
{
	struct sockaddr_un un = address(NAME);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int n = sprintf(buf, "client %d", number);

	if (connect(fd, (void *)&un, sizeof(un)) < 0 ||
	    send(fd, buf, n, 0) != n || shutdown(fd, SHUT_WR) < 0)
		_exit(1);
	n = recv(fd, buf, sizeof(buf), MSG_WAITALL);
	_exit(n == 9 && memcmp(buf, "answer ", 7) == 0 ? 0 : 2);
}

static void answer(int listener)
{
	struct pollfd p = { listener, POLLIN, 0 };
	int fd, n;

	poll(&p, 1, -1);
	fd = accept(listener, NULL, NULL);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (n != 8 || memcmp(buf, "client ", 7))
			printf("got %.*s\n", n, buf);
	dprintf(fd, "answer %c\n", buf[7]);
	close(fd);
}

static void server(void)
{
	struct sockaddr_un un = address(NAME);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), status;

	unlink(NAME);
	CALL(bind(listener, (void *)&un, sizeof(un)));
	CALL(bind(listener, (void *)&un, sizeof(un)) < 0);
	CALL(listen(listener, 5));
	for (int i = 0; i < 5; i++)
		if (fork() == 0)
			client(i);
	for (int i = 0; i < 5; i++)
		answer(listener);
	while (wait(&status) > 0)
		printf("client ends with %d\n", WEXITSTATUS(status));
	CALL(close(listener));
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	CALL(connect(listener, (void *)&un, sizeof(un)));
	CALL(unlink(NAME));
	CALL(connect(listener, (void *)&un, sizeof(un)));
	CALL(close(listener));
}

/* Sends a pipe's end and who we are. */
static void send_both(int fd, int end)
{
	char control[CMSG_SPACE(sizeof(int)) +
		     CMSG_SPACE(sizeof(struct ucred))] = "";
	struct ucred me = { getpid(), getuid(), getgid() };
	struct iovec v = { "both", 4 };
	struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &end, sizeof(int));
	c = CMSG_NXTHDR(&msg, c);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof(me));
	memcpy(CMSG_DATA(c), &me, sizeof(me));
	CALL(sendmsg(fd, &msg, 0));
}

static void receive_both(int fd, int *end)
{
	char control[200];
	struct iovec v = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;

	CALL(recvmsg(fd, &msg, 0));
	printf("flags %x, control %zu\n", msg.msg_flags,
	       (size_t)msg.msg_controllen);
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		struct ucred who;

		printf("level %d type %d length %zu\n", c->cmsg_level,
		       c->cmsg_type, (size_t)c->cmsg_len);
		if (c->cmsg_type == SCM_RIGHTS)
			memcpy(end, CMSG_DATA(c), sizeof(int));
		memcpy(&who, CMSG_DATA(c), sizeof(who));
		if (c->cmsg_type == SCM_CREDENTIALS)
			CALL(who.pid == getpid() && who.uid == getuid());
	}
}

static void carrying(void)
{
	int fds[2], ends[2], end = -1, one = 1;

	CALL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds));
	CALL(pipe(ends));
	CALL(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)));
	send_both(fds[0], ends[1]);
	close(ends[1]);
	receive_both(fds[1], &end);
	CALL(write(end, "through", 7));
	CALL(close(end));
	CALL(read(ends[0], buf, 100));
	CALL(read(ends[0], buf, 100));
	close(fds[0]);
	close(fds[1]);
	close(ends[0]);
}

static void limits(void)
{
	struct timeval tv = { 0, 50000 };
	struct ucred who;
	socklen_t size = sizeof(who);
	int fds[2], value;

	CALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
	CALL(recv(fds[0], buf, 1, 0));
	CALL(fcntl(fds[0], F_SETFL, 0));
	CALL(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	CALL(recv(fds[0], buf, 1, 0));
	CALL(getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &who, &size));
	CALL(who.pid == getpid());
	size = sizeof(value);
	CALL(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &value, &size));
	CALL(value);
	signal(SIGPIPE, SIG_IGN);
	CALL(close(fds[1]));
	CALL(send(fds[0], "x", 1, 0));
	CALL(recv(fds[0], buf, 1, 0));
	CALL(getpeername(0, (void *)buf, &size) < 0);
	CALL(close(fds[0]));
}

int main(void)
{
	server();
	carrying();
	limits();
	return 0;
}
