/* What messages carry: open files, cycles of them, and who has sent them. */
#include <sys/resource.h>
#include "sockets.h"

/* Returns 1 if the writing end of a pipe is closed everywhere. */
static int hung_up(int reader)
{
	return state_of(reader, POLLIN) == POLLHUP;
}

static void files_go(int type)
{
	char buf[10];
	int fds[2], ends[2], got[2], n, flags = MSG_CMSG_CLOEXEC;

	make_pair(type, fds);
	CHECK(pipe(ends) == 0);
	CHECK(send_files(fds[0], "ab", 2, ends, 2) == 2);
	close_pair(ends);
	CHECK(receive_files(fds[1], buf, 10, got, 2, &n, &flags) == 2 &&
	      n == 2 && flags == MSG_CMSG_CLOEXEC);
	CHECK(fcntl(got[0], F_GETFD) == FD_CLOEXEC);
	CHECK(write(got[1], "x", 1) == 1 && read(got[0], buf, 1) == 1);
	flags = 0;
	CHECK(send_files(fds[0], "c", 1, got, 1) == 1 &&
	      receive_files(fds[1], buf, 10, ends, 1, &n, &flags) == 1);
	CHECK(n == 1 && fcntl(ends[0], F_GETFD) == 0 && close(ends[0]) == 0);
	close_pair(got);
	close_pair(fds);
}

static void passing(void)
{
	files_go(SOCK_STREAM);
	files_go(SOCK_DGRAM);
	files_go(SOCK_SEQPACKET);
}

/* Checks with which bytes of a stream its files come. */
static void in_streams(void)
{
	char buf[10];
	int fds[2], ends[2], got[2], n, flags = 0;

	make_pair(SOCK_STREAM, fds);
	CHECK(pipe(ends) == 0);
	CHECK(write(fds[0], "ab", 2) == 2 &&
	      send_files(fds[0], "cd", 2, ends, 1) == 2 &&
	      write(fds[0], "ef", 2) == 2);
	CHECK(receive_files(fds[1], buf, 1, got, 2, &n, &flags) == 1 && n == 0);
	CHECK(receive_files(fds[1], buf, 10, got, 2, &n, &flags) == 3 &&
	      memcmp(buf, "bcd", 3) == 0 && n == 1 && close(got[0]) == 0);
	CHECK(read(fds[1], buf, 10) == 2);
	CHECK(send_files(fds[0], "gh", 2, ends, 1) == 2);
	/* they come with the first of their bytes */
	CHECK(receive_files(fds[1], buf, 1, got, 2, &n, &flags) == 1 && n == 1);
	CHECK(close(got[0]) == 0);
	CHECK(receive_files(fds[1], buf, 1, got, 2, &n, &flags) == 1 && n == 0);
	/* of no bytes, nothing comes */
	CHECK(send_files(fds[0], "", 0, ends, 1) == 0);
	flags = MSG_DONTWAIT;
	CHECK_ERRNO(receive_files(fds[1], buf, 1, got, 2, &n, &flags), EAGAIN);
	close_pair(ends);
	close_pair(fds);
}

/* Checks that a reader that does not ask for files closes them. */
static void unwanted(void)
{
	char buf[10];
	int fds[2], ends[2], got[2], n, flags = MSG_PEEK;

	make_pair(SOCK_STREAM, fds);
	CHECK(pipe(ends) == 0);
	CHECK(send_files(fds[0], "ab", 2, ends + 1, 1) == 2 &&
	      close(ends[1]) == 0 && !hung_up(ends[0]));
	CHECK(receive_files(fds[1], buf, 10, got, 1, &n, &flags) == 2);
	CHECK(n == 1 && close(got[0]) == 0 && !hung_up(ends[0]));
	CHECK(read(fds[1], buf, 1) == 1 && hung_up(ends[0]));
	flags = 0;
	CHECK(send_files(fds[0], "ab", 2, (int[]){ ends[0], ends[0] }, 2) == 2);
	CHECK(read(fds[1], buf, 1) == 1);
	/* room for one of two: the other is closed */
	CHECK(receive_files(fds[1], buf, 10, got, 1, &n, &flags) == 2 &&
	      n == 1 && flags & MSG_CTRUNC && close(got[0]) == 0);
	flags = 0;
	CHECK(send_files(fds[0], "ab", 2, ends, 1) == 2);
	CHECK(receive_files(fds[1], buf, 10, got, 0, &n, &flags) == 2 &&
	      n == 0 && flags & MSG_CTRUNC);
	CHECK(close(ends[0]) == 0);
	CHECK(pipe(ends) == 0 && send_files(fds[0], "x", 1, ends + 1, 1) == 1);
	CHECK(close(ends[1]) == 0 && close(fds[1]) == 0 && hung_up(ends[0]));
	CHECK(close(fds[0]) == 0 && close(ends[0]) == 0);
}

static void wrong_files(void)
{
	int fds[2], many[254], bad[2] = { 0, 99 }, null;
	union control c;
	struct iovec v;
	struct msghdr msg;

	null = open("/dev/null", O_RDONLY);
	make_pair(SOCK_DGRAM, fds);
	CHECK_ERRNO(send_files(fds[0], "x", 1, bad, 2), EBADF);
	for (int i = 0; i < 254; i++)
		many[i] = null;
	CHECK(send_files(fds[0], "x", 1, many, 253) == 1);
	CHECK_ERRNO(send_files(fds[0], "x", 1, many, 254), EINVAL);
	CHECK(send_files(fds[0], "x", 1, many, 0) == 1);
	msg = make_msg(&v, "x", 1, &c, 16);
	c.header = (struct cmsghdr){ 17, SOL_SOCKET, SCM_RIGHTS };
	CHECK_ERRNO(sendmsg(fds[0], &msg, 0), EINVAL);
	c.header.cmsg_len = 11;
	CHECK_ERRNO(sendmsg(fds[0], &msg, 0), EINVAL);
	c.header = (struct cmsghdr){ 16, SOL_SOCKET, 99 };
	CHECK_ERRNO(sendmsg(fds[0], &msg, 0), EINVAL);
	c.header.cmsg_level = 99;		/* others' are passed over */
	CHECK(sendmsg(fds[0], &msg, 0) == 1);
	msg.msg_controllen = 1000000;
	CHECK(sendmsg(fds[0], &msg, 0) == -1);
	CHECK(errno == ENOBUFS || errno == EINVAL);	/* of 64 bits */
	msg.msg_control = (void *)0x10;
	msg.msg_controllen = 16;
	CHECK_ERRNO(sendmsg(fds[0], &msg, 0), EFAULT);
	msg.msg_controllen = 0;
	msg.msg_iovlen = 1025;
	CHECK_ERRNO(sendmsg(fds[0], &msg, 0), EMSGSIZE);
	CHECK_ERRNO(recvmsg(fds[0], &msg, 0), EMSGSIZE);
	CHECK_ERRNO(sendmsg(fds[0], (void *)0x10, 0), EFAULT);
	close_pair(fds);
	CHECK(close(null) == 0);
}

/* Fills descriptors, so that not all files find one. */
static void no_descriptors(void)
{
	char buf[4];
	struct rlimit few = { 8, 8 };
	int fds[2], got[8], n, flags = 0;

	make_pair(SOCK_DGRAM, fds);
	CHECK(send_files(fds[0], "x", 1, (int[]){ 0, 1, 0, 1, 0, 1 }, 6) == 1);
	CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
	CHECK(receive_files(fds[1], buf, 4, got, 8, &n, &flags) == 1 &&
	      flags & MSG_CTRUNC && n == 8 - fds[1] - 1);
}

static void too_many(void)
{
	struct rlimit few = { 20, 20 };
	int fds[2], n = 0;

	make_pair(SOCK_STREAM, fds);
	CHECK(setgid(1000) == 0 && setuid(1000) == 0);
	CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
	while (n < 100 && send_files(fds[0], "x", 1, fds, 2) == 1)
		n++;
	CHECK(n == 11 && errno == ETOOMANYREFS);
	close_pair(fds);
	CHECK(close(new_socket(SOCK_DGRAM)) == 0);	/* collects them */
}

/* Sends each of two sockets through the other, and closes both. */
static void make_cycle(int type)
{
	int fds[2];

	make_pair(type, fds);
	CHECK(send_files(fds[0], "a", 1, fds, 2) == 1);
	CHECK(send_files(fds[1], "b", 1, fds, 2) == 1);
	close_pair(fds);
}

/* Leaves an unaccepted connection with its own listener in it. */
static void make_listener_cycle(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("cycle"), 5);
	int fd = new_socket(SOCK_STREAM);

	CHECK(connect_to(fd, ABSTRACT("cycle")) == 0);
	CHECK(send_files(fd, "a", 1, (int[]){ listener, fd }, 2) == 1);
	CHECK(close(fd) == 0 && close(listener) == 0);
}

/* Checks that a pipe's end is closed when the cycle that holds it is gone. */
static void cycles(void)
{
	int fds[2], ends[2];

	make_cycle(SOCK_STREAM);
	make_cycle(SOCK_DGRAM);
	make_listener_cycle();
	make_pair(SOCK_STREAM, fds);
	CHECK(pipe(ends) == 0);
	CHECK(send_files(fds[0], "a", 1, (int[]){ fds[0], fds[1], ends[1] },
			 3) == 1);
	CHECK(close(ends[1]) == 0);
	make_cycle(SOCK_STREAM);
	CHECK(!hung_up(ends[0]));	/* somebody can still receive it */
	close_pair(fds);
	CHECK(close(new_socket(SOCK_DGRAM)) == 0);
	for (int i = 0; i < 100 && !hung_up(ends[0]); i++)
		sleep_ms(10);
	CHECK(hung_up(ends[0]) && close(ends[0]) == 0);
}

/*
 * Checks that what can be received is not collected: a socket that only a
 * message holds, in a queue that only a message holds.
 */
static void reachable(void)
{
	char buf[4];
	int a[2], b[2], c[2], got, n, flags = 0;

	make_pair(SOCK_STREAM, a);
	make_pair(SOCK_STREAM, b);
	make_pair(SOCK_STREAM, c);
	CHECK(write(c[0], "deep", 4) == 4);
	CHECK(send_files(b[0], "b", 1, c + 1, 1) == 1 && close(c[1]) == 0);
	CHECK(send_files(a[0], "a", 1, b + 1, 1) == 1 && close(b[1]) == 0);
	make_cycle(SOCK_STREAM);
	CHECK(close(new_socket(SOCK_STREAM)) == 0);
	CHECK(receive_files(a[1], buf, 1, &got, 1, &n, &flags) == 1 && n == 1);
	CHECK(receive_files(got, buf, 1, &b[1], 1, &n, &flags) == 1 && n == 1);
	CHECK(read(b[1], buf, 4) == 4 && memcmp(buf, "deep", 4) == 0);
	CHECK(close(b[1]) == 0 && close(got) == 0);
	close_pair(a);
	CHECK(close(b[0]) == 0 && close(c[0]) == 0);
}

/* The same of a file in a connection that nobody has accepted yet. */
static void waiting_for_accept(void)
{
	char buf[4];
	int listener = listen_at(SOCK_STREAM, ABSTRACT("slow"), 5);
	int fd = new_socket(SOCK_STREAM), server, got, n, flags = 0, fds[2];

	CHECK(connect_to(fd, ABSTRACT("slow")) == 0);
	make_pair(SOCK_STREAM, fds);
	CHECK(write(fds[0], "deep", 4) == 4);
	CHECK(send_files(fd, "a", 1, fds + 1, 1) == 1 && close(fds[1]) == 0);
	make_cycle(SOCK_STREAM);
	CHECK(close(new_socket(SOCK_STREAM)) == 0);
	server = accept(listener, NULL, NULL);
	CHECK(receive_files(server, buf, 1, &got, 1, &n, &flags) == 1);
	CHECK(n == 1 && read(got, buf, 4) == 4 && close(got) == 0);
	CHECK(close(server) == 0 && close(fds[0]) == 0 && close(fd) == 0 &&
	      close(listener) == 0);
}

/* Makes a chain, each socket in a message to the next, and lets go of it. */
static void chains(void)
{
	int fds[2], next[2];

	make_pair(SOCK_STREAM, fds);
	for (int i = 0; i < 200; i++) {
		make_pair(SOCK_STREAM, next);
		CHECK(send_files(next[0], "x", 1, fds, 2) == 1);
		close_pair(fds);
		fds[0] = next[0];
		fds[1] = next[1];
	}
	close_pair(fds);
}

static struct ucred creds_of(int fd, int *flags)
{
	struct ucred creds = { -2, 1, 1 };
	union control c;
	char data[4];
	struct iovec v;
	struct msghdr msg = make_msg(&v, data, 4, &c, CMSG_SPACE(12));

	CHECK(recvmsg(fd, &msg, 0) == 1);
	*flags = msg.msg_flags;
	if (msg.msg_controllen) {
		CHECK(c.header.cmsg_type == SCM_CREDENTIALS &&
		      c.header.cmsg_len == CMSG_LEN(12));
		memcpy(&creds, CMSG_DATA(&c), 12);
	}
	return creds;
}

static int send_creds(int fd, int pid, unsigned uid, unsigned gid)
{
	struct ucred creds = { pid, uid, gid };
	union control c;
	struct iovec v;
	struct msghdr msg = make_msg(&v, "x", 1, &c, CMSG_SPACE(12));

	c.header = (struct cmsghdr){ CMSG_LEN(12), SOL_SOCKET,
				     SCM_CREDENTIALS };
	memcpy(CMSG_DATA(&c), &creds, 12);
	return sendmsg(fd, &msg, 0);
}

static int is(struct ucred c, int pid, unsigned uid, unsigned gid)
{
	return c.pid == pid && c.uid == uid && c.gid == gid;
}

static void credentials(void)
{
	int fds[2], one = 1, pid, flags;

	make_pair(SOCK_STREAM, fds);
	CHECK(send_creds(fds[0], getpid(), 0, 0) == 1);
	CHECK(creds_of(fds[1], &flags).pid == -2 && flags == 0);
	CHECK(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &one, 4) == 0);
	CHECK(write(fds[0], "x", 1) == 1 &&
	      is(creds_of(fds[1], &flags), getpid(), 0, 0));
	/* the superuser may lie */
	CHECK(send_creds(fds[0], getppid(), 77, 88) == 1 &&
	      is(creds_of(fds[1], &flags), getppid(), 77, 88));
	CHECK_ERRNO(send_creds(fds[0], 32000, 0, 0), ESRCH);
	pid = fork();
	if (pid == 0) {
		CHECK(setgid(1000) == 0 && setuid(1000) == 0);
		CHECK_ERRNO(send_creds(fds[0], getpid(), 0, 1000), EPERM);
		CHECK_ERRNO(send_creds(fds[0], getpid(), 1000, 0), EPERM);
		CHECK_ERRNO(send_creds(fds[0], getppid(), 1000, 1000), EPERM);
		CHECK(send_creds(fds[0], getpid(), 1000, 1000) == 1);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(is(creds_of(fds[1], &flags), pid, 1000, 1000));
	close_pair(fds);
}

/* Checks that bytes of two writers are not glued when it matters who wrote. */
static void writers(void)
{
	char buf[8];
	int fds[2], one = 1, pid;

	make_pair(SOCK_STREAM, fds);
	CHECK(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &one, 4) == 0);
	CHECK(write(fds[0], "ab", 2) == 2 && write(fds[0], "cd", 2) == 2);
	pid = fork();
	if (pid == 0)
		_exit(write(fds[0], "ef", 2) != 2);
	CHECK(wait_status(pid) == 0);
	CHECK(read(fds[1], buf, 8) == 4 && read(fds[1], buf, 8) == 2);
	close_pair(fds);
}

static struct ucred peer_of(int fd)
{
	struct ucred creds;
	socklen_t size = sizeof(creds);

	CHECK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &creds, &size) == 0 &&
	      size == sizeof(creds));
	return creds;
}

static void peers(void)
{
	int fds[2], pid, fd, one = 1, flags;
	int listener = listen_at(SOCK_STREAM, ABSTRACT("peers"), 5);

	make_pair(SOCK_STREAM, fds);
	CHECK(is(peer_of(fds[0]), getpid(), 0, 0));
	close_pair(fds);
	fd = new_socket(SOCK_STREAM);
	CHECK(is(peer_of(fd), 0, -1, -1) && close(fd) == 0);
	pid = fork();
	if (pid == 0) {
		fd = new_socket(SOCK_STREAM);
		CHECK(setgid(1000) == 0 && setuid(1000) == 0);
		CHECK(connect_to(fd, ABSTRACT("peers")) == 0);
		CHECK(is(peer_of(fd), getppid(), 0, 0));
		_exit(0);
	}
	fd = accept(listener, NULL, NULL);
	CHECK(fd >= 0 && wait_status(pid) == 0);
	CHECK(is(peer_of(fd), pid, 1000, 1000) && close(fd) == 0);
	/* the effective ids count; a message tells the real ones */
	pid = fork();
	if (pid == 0) {
		CHECK(syscall(__NR_setresgid32, 1000, 1001, 0) == 0 &&
		      syscall(__NR_setresuid32, 1000, 1001, 0) == 0);
		make_pair(SOCK_STREAM, fds);
		CHECK(is(peer_of(fds[0]), getpid(), 1001, 1001));
		CHECK(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &one, 4) ==
		      0 && write(fds[0], "x", 1) == 1);
		CHECK(is(creds_of(fds[1], &flags), getpid(), 1000, 1000));
		fd = new_socket(SOCK_STREAM);
		CHECK(connect_to(fd, ABSTRACT("peers")) == 0);
		_exit(0);
	}
	fd = accept(listener, NULL, NULL);
	CHECK(fd >= 0 && wait_status(pid) == 0);
	CHECK(is(peer_of(fd), pid, 1001, 1001));
	CHECK(close(fd) == 0 && close(listener) == 0);
}

/* Checks that a user cannot fill the kernel's memory with what is unread. */
static void hoards(void)
{
	static char page[4096];
	int fds[2], pid, n = 0, plain, more;

	if (!on_cowix())
		return;
	/* a message with files takes more, and that is counted */
	make_pair(SOCK_STREAM, fds);
	CHECK(write(fds[0], "x", 1) == 1 &&
	      ioctl(fds[0], TIOCOUTQ, &plain) == 0);
	CHECK(send_files(fds[0], "x", 1, fds, 1) == 1 &&
	      ioctl(fds[0], TIOCOUTQ, &more) == 0);
	CHECK(more > 2 * plain + 253 * 4);
	close_pair(fds);
	pid = fork();
	if (pid == 0) {
		CHECK(setgid(1000) == 0 && setuid(1000) == 0);
		while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
				  fds) == 0)
			while (send(fds[0], page, sizeof(page), 0) > 0)
				n++;
		CHECK(errno == EMFILE || errno == ENOMEM);
		CHECK(n > 500 && n < 1100);	/* an eighth of 32 MB */
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

TESTS({ "passing", "open files of all types of sockets", passing },
      { "in_streams", "and where in a stream they come", in_streams },
      { "unwanted", "files that nobody takes are closed", unwanted },
      { "wrong_files", "control messages that are none", wrong_files },
      { "no_descriptors", "not all find a descriptor", no_descriptors },
      { "too_many", "more in flight than a user may have", too_many },
      { "cycles", "sockets that only sockets hold are collected", cycles },
      { "reachable", "and those that can be received are not", reachable },
      { "waiting_for_accept", "nor those behind a listener",
	waiting_for_accept },
      { "chains", "a long chain of sockets in flight", chains },
      { "credentials", "SCM_CREDENTIALS, true and false", credentials },
      { "writers", "bytes of two writers", writers },
      { "peers", "SO_PEERCRED", peers },
      { "hoards", "what a user may have unread", hoards })
