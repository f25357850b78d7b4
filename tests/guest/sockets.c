/* Sockets of AF_UNIX: streams, datagrams, records; waiting, ends, options. */
#include "sockets.h"

static volatile int count;

static void note(int sig)
{
	(void)sig;
	count++;
}

static void handle(int sig)
{
	struct sigaction action = { .sa_handler = note };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static void kinds(void)
{
	struct stat st;
	int fd, fds[2], off = 0;

	if (on_cowix())
		CHECK_ERRNO(socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT);
	CHECK_ERRNO(socket(AF_UNSPEC, SOCK_STREAM, 0), EAFNOSUPPORT);
	CHECK_ERRNO(socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
	CHECK_ERRNO(socket(AF_UNIX, 4, 0), ESOCKTNOSUPPORT);
	CHECK_ERRNO(socket(AF_UNIX, 12, 0), EINVAL);
	CHECK_ERRNO(socket(AF_UNIX, SOCK_STREAM, 6), EPROTONOSUPPORT);
	CHECK_ERRNO(socket(AF_UNIX, SOCK_STREAM | 0x10000, 0), EINVAL);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 1);
	CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK((fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) ==
	      (O_RDWR | O_NONBLOCK));
	CHECK(ioctl(fd, FIONBIO, &off) == 0 &&
	      !(fcntl(fd, F_GETFL) & O_NONBLOCK));
	CHECK(fstat(fd, &st) == 0 && st.st_mode == (S_IFSOCK | 0777) &&
	      st.st_ino != 0);
	CHECK_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE);
	CHECK_ERRNO(ftruncate(fd, 0), EINVAL);
	CHECK_ERRNO(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)0x10), EFAULT);
	CHECK_ERRNO(listen(0, 1), ENOTSOCK);
	CHECK_ERRNO(listen(999, 1), EBADF);
	CHECK(socketpair(AF_UNIX, SOCK_RAW, 0, fds) == 0);
	close_pair(fds);
	CHECK(close(fd) == 0);
}

/* Checks that bytes come in order, whatever the sizes of reads and writes. */
static void streams(void)
{
	static char out[30000], in[30000];
	int fds[2], at = 0, pid, n;

	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 256;
	make_pair(SOCK_STREAM, fds);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		for (unsigned i = 0; i < sizeof(out);) {
			unsigned part = i % 5000 + 1;

			if (part > sizeof(out) - i)
				part = sizeof(out) - i;
			CHECK(write(fds[0], out + i, part) == (int)part);
			i += part;
		}
		_exit(0);
	}
	CHECK(close(fds[0]) == 0);
	while ((n = read(fds[1], in + at, 777)) > 0)
		at += n;
	CHECK(n == 0 && at == sizeof(in) && memcmp(in, out, at) == 0);
	CHECK(wait_status(pid) == 0 && close(fds[1]) == 0);
	make_pair(SOCK_STREAM, fds);
	CHECK(write(fds[0], "ab", 2) == 2 && write(fds[0], "cd", 2) == 2);
	CHECK(recv(fds[1], in, 3, MSG_PEEK) == 3 && !memcmp(in, "abc", 3));
	CHECK(recv(fds[1], in, 3, 0) == 3 && recv(fds[1], in, 3, 0) == 1);
	CHECK(read(fds[1], in, 0) == 0);
	CHECK_ERRNO(recv(fds[1], in, 1, MSG_DONTWAIT), EAGAIN);
	close_pair(fds);
}

static void write_twice(int fd)
{
	if (fork() == 0) {
		CHECK(write(fd, "abc", 3) == 3);
		sleep_ms(100);
		CHECK(write(fd, "defg", 4) == 4);
		_exit(0);
	}
}

static void waiting_for_all(void)
{
	char buf[8] = "";
	int fds[2];

	make_pair(SOCK_STREAM, fds);
	write_twice(fds[0]);
	CHECK(recv(fds[1], buf, 7, MSG_WAITALL) == 7 &&
	      strcmp(buf, "abcdefg") == 0);
	write_twice(fds[0]);
	CHECK(recv(fds[1], buf, 7, 0) == 3);
	CHECK(recv(fds[1], buf, 7, 0) == 4);
	CHECK(write(fds[0], "xy", 2) == 2 && close(fds[0]) == 0);
	while (wait(NULL) > 0)
		;
	CHECK(recv(fds[1], buf, 7, MSG_WAITALL) == 2);
	CHECK(close(fds[1]) == 0);
}

/* Checks boundaries of datagrams and records, and that the rest is lost. */
static void boundaries(int type)
{
	char buf[10], big[3000] = "";
	struct iovec in[2] = { { buf, 2 }, { buf + 4, 2 } },
		     out[2] = { { "he", 2 }, { "llo", 3 } };
	int fds[2], n;

	make_pair(type, fds);
	CHECK(send(fds[0], "one", 3, 0) == 3 && send(fds[0], "", 0, 0) == 0 &&
	      send(fds[0], "three", 5, 0) == 5);
	CHECK(recv(fds[1], buf, 10, MSG_PEEK) == 3);
	CHECK(recv(fds[1], buf, 10, 0) == 3 && recv(fds[1], buf, 10, 0) == 0);
	CHECK(recv(fds[1], buf, 2, MSG_TRUNC | MSG_PEEK) == 5);
	CHECK(recv(fds[1], buf, 2, 0) == 2 && memcmp(buf, "th", 2) == 0);
	CHECK_ERRNO(recv(fds[1], buf, 2, MSG_DONTWAIT), EAGAIN);
	CHECK(syscall(__NR_writev, fds[0], out, 0) == 0);	/* no message */
	CHECK(syscall(__NR_writev, fds[0], out, 2) == 5);
	CHECK(ioctl(fds[1], FIONREAD, &n) == 0 && n == 5);
	CHECK(syscall(__NR_readv, fds[1], in, 2) == 4 &&
	      memcmp(buf, "he", 2) == 0 && memcmp(buf + 4, "ll", 2) == 0);
	CHECK(send(fds[0], big, sizeof(big), 0) == sizeof(big));
	CHECK(recv(fds[1], big, sizeof(big), 0) == sizeof(big));
	CHECK_ERRNO(send(fds[0], NULL, 500000, 0), EMSGSIZE);
	CHECK_ERRNO(send(fds[0], (char *)0x10, 10, 0), EFAULT);
	CHECK(send(fds[0], "gone", 4, 0) == 4);
	CHECK_ERRNO(recv(fds[1], (char *)0x10, 4, 0), EFAULT);
	CHECK_ERRNO(recv(fds[1], buf, 4, MSG_DONTWAIT), EAGAIN);
	close_pair(fds);
}

static void datagrams(void)
{
	char buf[10];
	int fds[2];

	boundaries(SOCK_DGRAM);
	make_pair(SOCK_DGRAM, fds);
	CHECK(close(fds[1]) == 0);
	CHECK_ERRNO(send(fds[0], "x", 1, 0), ECONNREFUSED);
	CHECK_ERRNO(send(fds[0], "x", 1, 0), ENOTCONN);
	CHECK_ERRNO(recv(fds[0], buf, 1, MSG_DONTWAIT), EAGAIN);
	CHECK(shutdown(fds[0], SHUT_RD) == 0 && recv(fds[0], buf, 1, 0) == 0);
	CHECK_ERRNO(recv(fds[0], buf, 1, MSG_DONTWAIT), EAGAIN);
	CHECK(close(fds[0]) == 0);
}

static void records(void)
{
	char buf[10];
	int fds[2];

	boundaries(SOCK_SEQPACKET);
	make_pair(SOCK_SEQPACKET, fds);
	CHECK(send(fds[0], "last", 4, 0) == 4 && close(fds[0]) == 0);
	CHECK_ERRNO(send(fds[1], "x", 1, 0), EPIPE);	/* and no signal */
	CHECK(recv(fds[1], buf, 10, 0) == 4 && recv(fds[1], buf, 10, 0) == 0);
	CHECK(recv(fds[1], buf, 10, MSG_DONTWAIT) == 0 && close(fds[1]) == 0);
	fds[0] = new_socket(SOCK_SEQPACKET);
	CHECK_ERRNO(send(fds[0], "x", 1, 0), ENOTCONN);
	CHECK_ERRNO(recv(fds[0], buf, 1, 0), ENOTCONN);
	CHECK(close(fds[0]) == 0);
}

static void ends(void)
{
	char buf[10];
	int fds[2];

	handle(SIGPIPE);
	make_pair(SOCK_STREAM, fds);
	CHECK(write(fds[0], "ab", 2) == 2 && shutdown(fds[0], SHUT_WR) == 0);
	CHECK(state_of(fds[1], POLLIN | POLLRDHUP) == (POLLIN | POLLRDHUP));
	CHECK_ERRNO(write(fds[0], "c", 1), EPIPE);
	CHECK(count == 1);
	CHECK_ERRNO(send(fds[0], "c", 1, MSG_NOSIGNAL), EPIPE);
	CHECK(count == 1 && read(fds[1], buf, 10) == 2 &&
	      read(fds[1], buf, 10) == 0);
	CHECK(write(fds[1], "back", 4) == 4 && read(fds[0], buf, 10) == 4);
	CHECK(write(fds[1], "unread", 6) == 6);
	/* the last word was not read: the writer is told */
	CHECK(close(fds[0]) == 0);
	CHECK(state_of(fds[1], POLLIN | POLLOUT | POLLRDHUP) ==
	      (POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP));
	CHECK_ERRNO(read(fds[1], buf, 10), ECONNRESET);
	CHECK(read(fds[1], buf, 10) == 0);
	CHECK_ERRNO(write(fds[1], "x", 1), EPIPE);
	CHECK(count == 2 && close(fds[1]) == 0);
	make_pair(SOCK_STREAM, fds);
	CHECK(shutdown(fds[0], SHUT_RDWR) == 0 && read(fds[0], buf, 1) == 0);
	CHECK(state_of(fds[1], 0) == POLLHUP && state_of(fds[0], 0) == POLLHUP);
	CHECK_ERRNO(shutdown(fds[0], 3), EINVAL);
	CHECK_ERRNO(shutdown(fds[0], -1), EINVAL);
	close_pair(fds);
	fds[0] = new_socket(SOCK_STREAM);
	CHECK(shutdown(fds[0], SHUT_RD) == 0 && close(fds[0]) == 0);
}

/* Writes until the buffer is full. Returns how much went in. */
static int fill(int fd, int part)
{
	static char buf[8192];
	int total = 0, n;

	while ((n = send(fd, buf, part, MSG_DONTWAIT)) > 0)
		total += n;
	CHECK(n == -1 && errno == EAGAIN);
	return total;
}

static void full(void)
{
	static char buf[8192];
	int fds[2], pid, total, n = 0, in = 0;

	make_pair(SOCK_STREAM, fds);
	CHECK(state_of(fds[0], POLLIN | POLLOUT) == POLLOUT);
	total = fill(fds[0], 8192);
	CHECK(total > 50000 && state_of(fds[0], POLLOUT) == 0);
	CHECK(ioctl(fds[1], FIONREAD, &n) == 0 && n == total);
	CHECK(ioctl(fds[0], TIOCOUTQ, &n) == 0 && n >= total);
	pid = fork();
	if (pid == 0) {
		sleep_ms(50);
		while (in < total + 5 && (n = read(fds[1], buf, 8192)) > 0)
			in += n;
		_exit(in != total + 5);
	}
	CHECK(write(fds[0], "after", 5) == 5 && wait_status(pid) == 0);
	CHECK(state_of(fds[0], POLLOUT) == POLLOUT);
	close_pair(fds);
	make_pair(SOCK_DGRAM, fds);
	CHECK(fill(fds[0], 8192) >= 50000 && state_of(fds[0], POLLOUT) == 0);
	CHECK(recv(fds[1], buf, 1, 0) == 1);
	CHECK(send(fds[0], buf, 1, MSG_DONTWAIT) == 1);
	close_pair(fds);
}

static void timeouts(void)
{
	struct timeval tv = { 0, 100000 }, got = { 9, 9 };
	socklen_t size = sizeof(got);
	char buf[10];
	int fds[2];
	long start;

	make_pair(SOCK_STREAM, fds);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) ==
	      0);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)) ==
	      0);
	CHECK(getsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &got, &size) == 0 &&
	      size == sizeof(got) && got.tv_sec == 0 && got.tv_usec == 100000);
	start = now_ms();
	CHECK_ERRNO(read(fds[0], buf, 10), EAGAIN);
	CHECK(now_ms() - start >= 100);
	fill(fds[0], 8192);
	start = now_ms();
	CHECK_ERRNO(write(fds[0], buf, 1), EAGAIN);
	CHECK(now_ms() - start >= 100);
	tv.tv_usec = 1000000;
	CHECK_ERRNO(setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &tv,
			       sizeof(tv)), EDOM);
	close_pair(fds);
}

static int option(int fd, int which)
{
	int value = -1;
	socklen_t size = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, which, &value, &size) < 0)
		return -1;
	CHECK(size == sizeof(value));
	return value;
}

/* Checks that an option is off at first, and what is on is 1. */
static void switch_on(int fd, int which)
{
	int value = 10000000;

	CHECK(option(fd, which) == 0);
	CHECK(setsockopt(fd, SOL_SOCKET, which, &value, 4) == 0);
	CHECK(option(fd, which) == 1);
}

static void options(void)
{
	int fds[2], one = 1, small = 1, large = 10000000;
	socklen_t size = 2;
	short half = 0;

	make_pair(SOCK_SEQPACKET, fds);
	CHECK(option(fds[0], SO_TYPE) == SOCK_SEQPACKET &&
	      option(fds[0], SO_DOMAIN) == AF_UNIX &&
	      option(fds[0], SO_PROTOCOL) == 0 &&
	      option(fds[0], SO_ACCEPTCONN) == 0);
	CHECK(option(fds[0], SO_ERROR) == 0);
	switch_on(fds[0], SO_KEEPALIVE);
	switch_on(fds[0], SO_BROADCAST);
	switch_on(fds[0], SO_REUSEADDR);
	switch_on(fds[0], SO_PASSCRED);
	CHECK(option(fds[0], SO_RCVLOWAT) == 1 &&
	      option(fds[0], SO_SNDLOWAT) == 1);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_PRIORITY, &one, 4) == 0 &&
	      option(fds[0], SO_PRIORITY) == 1);
	CHECK(option(fds[0], SO_SNDBUF) == 212992 &&
	      option(fds[0], SO_RCVBUF) == 212992);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, 4) == 0 &&
	      option(fds[0], SO_SNDBUF) == 4608);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &large, 4) == 0 &&
	      option(fds[0], SO_SNDBUF) == 425984);
	CHECK(setsockopt(fds[0], SOL_SOCKET, SO_RCVBUF, &large, 4) == 0 &&
	      option(fds[0], SO_RCVBUF) == 425984);
	CHECK_ERRNO(option(fds[0], 999), ENOPROTOOPT);
	CHECK_ERRNO(setsockopt(fds[0], SOL_SOCKET, 999, &one, 4), ENOPROTOOPT);
	CHECK_ERRNO(setsockopt(fds[0], SOL_SOCKET, SO_TYPE, &one, 4),
		    ENOPROTOOPT);
	CHECK_ERRNO(setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &one, 3),
		    EINVAL);
	CHECK_ERRNO(setsockopt(fds[0], 6, 1, &one, 4), EOPNOTSUPP);
	CHECK_ERRNO(getsockopt(fds[0], 6, 1, &one, &size), EOPNOTSUPP);
	CHECK(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &half, &size) == 0 &&
	      size == 2 && half == SOCK_SEQPACKET);
	size = -1;
	CHECK_ERRNO(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &one, &size),
		    EINVAL);
	close_pair(fds);
}

static void sleepers(void)
{
	char buf[10];
	int fds[2];

	handle(SIGALRM);
	make_pair(SOCK_STREAM, fds);
	alarm(1);
	CHECK_ERRNO(read(fds[0], buf, 10), EINTR);
	CHECK(count == 1);
	write_twice(fds[1]);
	CHECK(state_of(fds[0], 0) == 0);
	CHECK(syscall(__NR_poll, &(struct pollfd){ fds[0], POLLIN, 0 }, 1,
		      5000) == 1);
	CHECK(read(fds[0], buf, 3) == 3 && wait(NULL) > 0);
	close_pair(fds);
}

/* Checks that a file can be copied into a socket inside the kernel. */
static void files_into(void)
{
	char a[64], b[64];
	int fds[2], fd = open("/etc/passwd", O_RDONLY), n, got;

	make_pair(SOCK_STREAM, fds);
	n = syscall(__NR_sendfile, fds[0], fd, NULL, 40);
	CHECK(n > 10 && pread(fd, a, n, 0) == n);
	got = recv(fds[1], b, n, MSG_WAITALL);
	CHECK(got == n && memcmp(a, b, n) == 0);
	close_pair(fds);
	CHECK(close(fd) == 0);
}

/* The old way to call: one number for all. */
static void old_calls(void)
{
	unsigned pair[4] = { AF_UNIX, SOCK_STREAM, 0, 0 }, args[6];
	char buf[4];
	int fds[2];

	pair[3] = (unsigned)fds;
	CHECK(syscall(__NR_socketcall, SYS_SOCKETPAIR, pair) == 0);
	memcpy(args, (unsigned[]){ fds[0], (unsigned)"abc", 3, 0, 0, 0 }, 24);
	CHECK(syscall(__NR_socketcall, SYS_SEND, args) == 3);
	CHECK(syscall(__NR_socketcall, SYS_SENDTO, args) == 3);
	memcpy(args, (unsigned[]){ fds[1], (unsigned)buf, 3, 0, 0, 0 }, 24);
	CHECK(syscall(__NR_socketcall, SYS_RECV, args) == 3);
	CHECK(syscall(__NR_socketcall, SYS_RECVFROM, args) == 3 &&
	      memcmp(buf, "abc", 3) == 0);
	CHECK_ERRNO(syscall(__NR_socketcall, SYS_ACCEPT, args), EINVAL);
	CHECK_ERRNO(syscall(__NR_socketcall, 0, args), EINVAL);
	CHECK_ERRNO(syscall(__NR_socketcall, 99, args), EINVAL);
	CHECK_ERRNO(syscall(__NR_socketcall, SYS_SEND, 0x10), EFAULT);
	close_pair(fds);
}

TESTS({ "kinds", "what can be made, and what it is", kinds },
      { "streams", "bytes in order", streams },
      { "waiting_for_all", "MSG_WAITALL", waiting_for_all },
      { "datagrams", "boundaries, and a peer that is gone", datagrams },
      { "records", "the same of SOCK_SEQPACKET", records },
      { "ends", "shutdown, close, SIGPIPE", ends },
      { "full", "buffers have an end", full },
      { "timeouts", "SO_RCVTIMEO, SO_SNDTIMEO", timeouts },
      { "options", "getsockopt, setsockopt", options },
      { "sleepers", "signals, poll", sleepers },
      { "files_into", "sendfile", files_into },
      { "old_calls", "socketcall", old_calls })
