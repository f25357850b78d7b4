/* poll(), select() and their forms; pipes with and without names; vectors. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/poll.h>
#include <abi/uio.h>

#define FIFO "/tmp/test-fifo"

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

static int poll(struct pollfd *fds, unsigned n, int ms)
{
	return syscall(__NR_poll, fds, n, ms);
}

/* Returns what poll() says at once of one file. */
static int state_of(int fd, int events)
{
	struct pollfd p = { fd, events, 0x5555 };

	return poll(&p, 1, 0) == (p.revents != 0) ? p.revents : -1;
}

static int in_child(void (*work)(int fd), int fd)
{
	int pid = fork();

	if (pid == 0) {
		work(fd);
		_exit(0);
	}
	return pid;
}

static void pipes(void)
{
	static char page[4096];
	int fds[2];

	CHECK(pipe(fds) == 0);
	CHECK(state_of(fds[0], POLLIN) == 0 &&
	      state_of(fds[1], POLLOUT) == POLLOUT);
	CHECK(state_of(fds[1], 0) == 0 && state_of(fds[1], POLLIN) == 0);
	CHECK(write(fds[1], "x", 1) == 1 &&
	      state_of(fds[0], POLLIN | POLLOUT) == POLLIN);
	CHECK(syscall(__NR_fcntl, fds[1], F_SETFL, O_NONBLOCK) == 0);
	while (write(fds[1], page, sizeof(page)) > 0)
		;
	CHECK(errno == EAGAIN && state_of(fds[1], POLLOUT) == 0);
	close(fds[1]);
	CHECK(state_of(fds[0], POLLIN) == (POLLIN | POLLHUP));
	while (read(fds[0], page, sizeof(page)) > 0)
		;
	CHECK(state_of(fds[0], POLLIN) == POLLHUP &&
	      state_of(fds[1], POLLIN) == POLLNVAL);
	CHECK(pipe(fds) == 0 && close(fds[0]) == 0 &&
	      state_of(fds[1], POLLOUT) == (POLLOUT | POLLERR));
}

static void other_files(void)
{
	int file = open("/etc/passwd", O_RDONLY),
	    null = open("/dev/null", O_RDWR);
	struct pollfd fds[3] = { { -1, POLLIN, 7 },
				 { file, POLLIN | POLLOUT, 0 },
				 { 999, POLLIN, 0 } };

	CHECK(state_of(null, POLLIN | POLLOUT) == (POLLIN | POLLOUT));
	CHECK(poll(fds, 3, -1) == 2);
	CHECK(fds[0].revents == 0 && fds[1].revents == (POLLIN | POLLOUT) &&
	      fds[2].revents == POLLNVAL);
	CHECK_ERRNO(poll((struct pollfd *)0x10, 1, 0), EFAULT);
	CHECK_ERRNO(poll(fds, 2000000, 0), EINVAL);
	CHECK(poll((struct pollfd *)0x10, 0, 0) == 0);
}

static void write_soon(int fd)
{
	sleep_ms(100);
	write(fd, "x", 1);
	sleep_ms(100);
}

static void timeouts(void)
{
	struct pollfd p = { .events = POLLIN };
	int fds[2], pid;
	long start = now_ms(), took;

	CHECK(pipe(fds) == 0);
	p.fd = fds[0];
	CHECK(poll(&p, 1, 150) == 0);
	took = now_ms() - start;
	CHECK(took >= 140 && took < 1000);
	pid = in_child(write_soon, fds[1]);
	start = now_ms();
	CHECK(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
	CHECK(now_ms() - start >= 50 && wait_status(pid) == 0);
	CHECK(read(fds[0], &p, 1) == 1);
	p = (struct pollfd){ fds[0], POLLIN, 0 };
	pid = in_child(write_soon, fds[1]);
	CHECK(poll(&p, 1, 5000) == 1 && wait_status(pid) == 0);
}

/* Polls more queues than the kernel can keep without a page. */
static void many_files(void)
{
	struct pollfd fds[100];
	int pipes[50][2], pid;

	for (int i = 0; i < 50; i++) {
		CHECK(pipe(pipes[i]) == 0);
		fds[2 * i] = fds[2 * i + 1] =
			(struct pollfd){ pipes[i][0], POLLIN, 0 };
	}
	CHECK(poll(fds, 100, 50) == 0);
	pid = in_child(write_soon, pipes[37][1]);
	CHECK(poll(fds, 100, -1) == 2 && fds[74].revents == POLLIN &&
	      fds[75].revents == POLLIN);
	CHECK(wait_status(pid) == 0);
}

struct set {
	unsigned bits[32];
};

static struct set with(int fd)
{
	struct set s = { { 0 } };

	s.bits[fd / 32] = 1u << fd % 32;
	return s;
}

static int has(const struct set *s, int fd)
{
	return s->bits[fd / 32] >> fd % 32 & 1;
}

static int select(int n, struct set *in, struct set *out, struct set *ex,
		  struct timeval *tv)
{
	return syscall(__NR__newselect, n, in, out, ex, tv);
}

static void selects(void)
{
	struct timeval tv = { 0, 150000 }, none = { 0, 0 }, bad = { -1, 0 };
	struct set in, out, ex;
	int fds[2], pid;
	long start = now_ms();

	CHECK(pipe(fds) == 0);
	in = with(fds[0]);
	CHECK(select(fds[0] + 1, &in, NULL, NULL, &tv) == 0 &&
	      !has(&in, fds[0]));
	CHECK(now_ms() - start >= 140 && tv.tv_sec == 0 && tv.tv_usec == 0);
	in = with(fds[0]);
	out = with(fds[1]);
	CHECK(select(fds[1] + 1, &in, &out, NULL, NULL) == 1 &&
	      !has(&in, fds[0]) && has(&out, fds[1]));
	in = with(fds[0]);
	tv.tv_sec = 10;
	pid = in_child(write_soon, fds[1]);
	CHECK(select(fds[0] + 1, &in, NULL, NULL, &tv) == 1 &&
	      has(&in, fds[0]) && tv.tv_sec == 9);
	CHECK(wait_status(pid) == 0);
	in = with(50);
	CHECK_ERRNO(select(51, &in, NULL, NULL, &none), EBADF);
	CHECK(select(5, NULL, NULL, NULL, &none) == 0);
	CHECK_ERRNO(select(-1, NULL, NULL, NULL, &none), EINVAL);
	CHECK_ERRNO(select(1, NULL, NULL, NULL, &bad), EINVAL);
	CHECK_ERRNO(select(fds[0] + 1, (struct set *)0x10, NULL, NULL, &none),
		    EFAULT);
	/* hung up is no exception, and no reason to wait less for one */
	close(fds[1]);
	ex = with(fds[0]);
	tv = (struct timeval){ 0, 200000 };
	start = now_ms();
	CHECK(select(fds[0] + 1, NULL, NULL, &ex, &tv) == 0 &&
	      now_ms() - start >= 190);
}

/*
 * Checks that the masks of ppoll() and pselect() hold while they wait. An
 * unblocked signal ends the wait.
 */
static void masks(void)
{
	struct timespec ts = { 0, 100000000 }, longer = { 5, 0 };
	sigset_t usr1 = 1ull << (SIGUSR1 - 1), none = 0, now;
	unsigned pair[2] = { (unsigned)&none, 8 };

	handle(SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &usr1, NULL) == 0);
	raise(SIGUSR1);
	CHECK(syscall(__NR_ppoll, NULL, 0, &ts, NULL, 8) == 0 && count == 0);
	CHECK_ERRNO(syscall(__NR_ppoll, NULL, 0, &longer, &none, 8), EINTR);
	CHECK(count == 1 && sigprocmask(SIG_BLOCK, NULL, &now) == 0 &&
	      now == usr1);
	raise(SIGUSR1);
	CHECK_ERRNO(syscall(__NR_pselect6, 0, NULL, NULL, NULL, &longer, pair),
		    EINTR);
	CHECK(count == 2 && sigprocmask(SIG_BLOCK, NULL, &now) == 0 &&
	      now == usr1);
	ts = (struct timespec){ 0, 50000000 };
	pair[0] = 0;
	CHECK(syscall(__NR_pselect6, 0, NULL, NULL, NULL, &ts, pair) == 0);
	CHECK(syscall(__NR_pselect6, 0, NULL, NULL, NULL,
		      &(struct timespec){ 0, 1 }, NULL) == 0);
	ts = (struct timespec){ 0, 50000000 };
	CHECK(syscall(__NR_ppoll, NULL, 0, &ts, &none, 8) == 0);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && now == usr1);
	CHECK_ERRNO(syscall(__NR_ppoll, NULL, 0, &ts, &none, 4), EINVAL);
	ts.tv_nsec = -1;
	CHECK_ERRNO(syscall(__NR_ppoll, NULL, 0, &ts, NULL, 8), EINVAL);
}

/*
 * Checks that a reader gets the data though the writer has gone before it
 * wakes.
 */
static void quick_writer(int fd)
{
	(void)fd;
	sleep_ms(50);
	fd = open(FIFO, O_WRONLY);
	write(fd, "quick", 5);
}

static void open_and_close(int fd)
{
	(void)fd;
	sleep_ms(50);
	close(open(FIFO, O_RDONLY));
}

static void fifos(void)
{
	char buf[10];
	struct stat st;
	int fd, reader, pid;

	unlink(FIFO);
	CHECK(mknod(FIFO, S_IFIFO | 0600, 0) == 0 && stat(FIFO, &st) == 0 &&
	      S_ISFIFO(st.st_mode));
	CHECK_ERRNO(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
	fd = open(FIFO, O_RDONLY | O_NONBLOCK);
	/* nobody has hung up yet */
	CHECK(fd >= 0 && read(fd, buf, 10) == 0 && state_of(fd, POLLIN) == 0);
	reader = open(FIFO, O_WRONLY);
	CHECK(reader >= 0 && write(reader, "abc", 3) == 3 &&
	      close(reader) == 0);
	CHECK(state_of(fd, POLLIN) == (POLLIN | POLLHUP) &&
	      read(fd, buf, 10) == 3 && read(fd, buf, 10) == 0);
	close(fd);
	for (int i = 0; i < 3; i++) {
		pid = in_child(quick_writer, 0);
		fd = open(FIFO, O_RDONLY);
		CHECK(fd >= 0 && read(fd, buf, 10) == 5 &&
		      memcmp(buf, "quick", 5) == 0 && read(fd, buf, 10) == 0);
		close(fd);
		CHECK(wait_status(pid) == 0);
	}
	pid = in_child(open_and_close, 0);
	fd = open(FIFO, O_WRONLY);
	CHECK(fd >= 0 && wait_status(pid) == 0 && close(fd) == 0);
	/* unread data goes with the last user */
	fd = open(FIFO, O_RDWR);
	CHECK(write(fd, "lost", 4) == 4 && close(fd) == 0);
	fd = open(FIFO, O_RDONLY | O_NONBLOCK);
	CHECK(read(fd, buf, 10) == 0 && close(fd) == 0);
	handle(SIGALRM);
	alarm(1);
	CHECK_ERRNO(open(FIFO, O_RDONLY), EINTR);
	CHECK(unlink(FIFO) == 0);
}

static void nonblocking(void)
{
	static char buf[70000];
	int fds[2], n;

	CHECK(syscall(__NR_pipe2, fds, O_NONBLOCK | O_CLOEXEC) == 0);
	CHECK(fcntl(fds[0], F_GETFL) == (O_RDONLY | O_NONBLOCK) &&
	      fcntl(fds[1], F_GETFD) == FD_CLOEXEC);
	CHECK_ERRNO(read(fds[0], buf, 1), EAGAIN);
	n = write(fds[1], buf, sizeof(buf));
	CHECK(n > 4096 && n < (int)sizeof(buf));
	CHECK_ERRNO(write(fds[1], buf, 1), EAGAIN);
	CHECK(read(fds[0], buf, 4000) == 4000);
	CHECK_ERRNO(write(fds[1], buf, 4096), EAGAIN); /* whole or not at all */
	CHECK_ERRNO(syscall(__NR_pipe2, fds, 0x12345678), EINVAL);
}

static int readv(int fd, struct iovec *v, int n)
{
	return syscall(__NR_readv, fd, v, n);
}

/* Checks that readv() and writev() are content with what is there. */
static void pieces(void)
{
	char a[5], b[20];
	struct iovec in[3] = { { a, 5 }, { b, 0 }, { b, 20 } },
		     out[2] = { { "hello", 5 }, { ", world", 7 } };
	int fds[2], null = open("/dev/null", O_RDWR);

	CHECK(pipe(fds) == 0 && syscall(__NR_writev, fds[1], out, 1) == 5);
	alarm(5);
	CHECK(readv(fds[0], in, 3) == 5 && memcmp(a, "hello", 5) == 0);
	CHECK(syscall(__NR_writev, fds[1], out, 2) == 12 &&
	      readv(fds[0], in, 3) == 12 && memcmp(b, ", world", 7) == 0);
	CHECK(readv(null, in, 3) == 0 && readv(null, in, 0) == 0);
	CHECK_ERRNO(readv(null, in, 1025), EINVAL);
	CHECK_ERRNO(readv(fds[1], in, 1), EBADF);
	CHECK_ERRNO(readv(fds[0], (struct iovec *)0x10, 2), EFAULT);
	in[2].iov_len = -1;
	CHECK_ERRNO(readv(fds[0], in, 3), EINVAL);
}

TESTS({ "pipes", "what poll says of pipes", pipes },
      { "other_files", "of files, of none", other_files },
      { "timeouts", "poll waits and wakes", timeouts },
      { "many_files", "a hundred queues", many_files },
      { "selects", "select", selects }, { "masks", "ppoll, pselect", masks },
      { "fifos", "named pipes", fifos },
      { "nonblocking", "O_NONBLOCK", nonblocking },
      { "pieces", "readv, writev", pieces })
