/*
 * Pipes and FIFOs: capacity, ends, poll, select, non-blocking, signals, and a
 * chain of processes.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static char buf[70000];

static void ends(void)
{
	int p[2], n, total = 0;

	CALL(pipe2(p, O_NONBLOCK | O_CLOEXEC));
	CALL(fcntl(p[0], F_GETFD));
	CALL(read(p[0], buf, 10));
	CALL(write(p[1], "hello", 5));
	CALL(ioctl(p[0], FIONREAD, &n));
	CALL(n);
	CALL(read(p[0], buf, 3));
	CALL(read(p[0], buf, 10));
	CALL(lseek(p[0], 0, SEEK_SET));
	CALL(pread(p[0], buf, 1, 0));
	CALL(write(p[0], "x", 1));
	CALL(read(p[1], buf, 1));
	while ((n = write(p[1], buf, 4096)) > 0)
		total += n;
	printf("%s after at least 4096: %d\n", strerrorname_np(errno),
	       total >= 4096);
	/* what is left is less than what must go in whole */
	while (write(p[1], buf, 1) == 1)
		total++;
	CALL(write(p[1], buf, 1));
	while ((n = read(p[0], buf, sizeof(buf))) > 0)
		total -= n;
	printf("empty: %d\n", total);
	close(p[1]);
	CALL(read(p[0], buf, 1));
	close(p[0]);
}

static void no_reader(void)
{
	int p[2], n;

	pipe(p);
	close(p[0]);
	signal(SIGPIPE, SIG_IGN);
	CALL(write(p[1], "x", 1));
	signal(SIGPIPE, SIG_DFL);
	fflush(stdout);
	if (fork() == 0) {
		write(p[1], "x", 1);
		_exit(0);
	}
	wait(&n);
	printf("killed by SIGPIPE: %d\n",
	       WIFSIGNALED(n) && WTERMSIG(n) == SIGPIPE);
	close(p[1]);
	CALL(pipe((int *)16));
}

static void show_poll(const char *what, struct pollfd *fds, int n, int timeout)
{
	int ready;

	errno = 0;
	ready = poll(fds, n, timeout);
	printf("%s: %d", what, ready);
	if (ready < 0)
		printf(" %s", strerrorname_np(errno));
	for (int i = 0; i < n && ready >= 0; i++)
		printf(" %s%s%s%s%s%s", fds[i].revents & POLLIN ? "in" : "-",
		       fds[i].revents & POLLOUT ? "out" : "",
		       fds[i].revents & POLLHUP ? "hup" : "",
		       fds[i].revents & POLLERR ? "err" : "",
		       fds[i].revents & POLLNVAL ? "nval" : "",
		       fds[i].revents & POLLPRI ? "pri" : "");
	putchar('\n');
}

static void on_alarm(int number)
{
	(void)number;
}

static void polling(void)
{
	int p[2], file = open("file", O_RDWR | O_CREAT, 0600);

	pipe(p);
	struct pollfd fds[] = { { p[0], POLLIN, 0 },
				{ p[1], POLLOUT, 0 },
				{ file, POLLIN | POLLOUT, 0 },
				{ 99, POLLIN, 0 },
				{ -1, POLLIN, 0 } };

	show_poll("empty pipe", fds, 1, 0);
	show_poll("with a limit", fds, 1, 30);
	show_poll("all", fds, 5, 0);
	write(p[1], "x", 1);
	show_poll("a byte", fds, 2, -1);
	read(p[0], buf, 1);
	fflush(stdout);
	if (fork() == 0) {
		usleep(30000);
		write(p[1], "late", 4);
		_exit(0);
	}
	show_poll("from a child", fds, 1, 5000);
	wait(NULL);
	fds[1].fd = -1;
	close(p[1]);
	show_poll("no writer", fds, 1, 0);
	read(p[0], buf, 10);
	show_poll("and empty", fds, 1, 0);
	close(p[0]);
	pipe(p);
	fds[0] = (struct pollfd){ p[1], POLLOUT, 0 };
	close(p[0]);
	show_poll("no reader", fds, 1, 0);
	close(p[1]);
	close(file);
	unlink("file");
}

static void interrupted(void)
{
	struct sigaction action = { .sa_handler = on_alarm,
				    .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	ualarm(30000, 0);
	show_poll("interrupted", NULL, 0, 5000);
}

static void selecting(void)
{
	int p[2], q[2], n;
	fd_set in, out;
	struct timeval limit = { 0, 30000 };

	pipe(p);
	pipe(q);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(p[0], &in);
	FD_SET(q[0], &in);
	FD_SET(p[1], &out);
	CALL(select(q[1] + 1, &in, &out, NULL, NULL));
	printf("%d %d %d\n", !!FD_ISSET(p[0], &in), !!FD_ISSET(q[0], &in),
	       !!FD_ISSET(p[1], &out));
	FD_SET(p[0], &in);
	FD_SET(q[0], &in);
	CALL(select(q[1] + 1, &in, NULL, NULL, &limit));
	printf("time left: %d\n", limit.tv_usec != 0);
	write(q[1], "x", 1);
	FD_SET(p[0], &in);
	FD_SET(q[0], &in);
	CALL(n = select(q[1] + 1, &in, NULL, NULL, &limit));
	printf("%d %d\n", !!FD_ISSET(p[0], &in), !!FD_ISSET(q[0], &in));
	CALL(select(0, NULL, NULL, NULL, &(struct timeval){ 0, 10000 }));
	FD_ZERO(&in);
	FD_SET(20, &in);
	CALL(select(21, &in, NULL, NULL, NULL));
	for (int i = 0; i < 2; i++) {
		close(p[i]);
		close(q[i]);
	}
}

/* Polls with a pending signal, and a mask that lets it through. */
static void masks(void)
{
	struct timespec precise = { 0, 30000000 };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGALRM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	raise(SIGALRM);
	sigemptyset(&mask);
	CALL(pselect(0, NULL, NULL, NULL, &precise, NULL));
	CALL(pselect(0, NULL, NULL, NULL, &precise, &mask));
	CALL(ppoll(NULL, 0, &precise, NULL));
}

/*
 * Runs a chain of processes, each of which adds one to every byte. They send
 * more bytes than the pipes hold.
 */
static void chain(void)
{
	enum { LINKS = 8, BYTES = 300000 };
	int in[2], next[2], sum = 0, n, left;

	fflush(stdout);
	pipe(in);
	if (fork() == 0) {
		close(in[0]);
		memset(buf, 5, sizeof(buf));
		for (left = BYTES; left > 0; left -= n)
			n = write(in[1], buf, left < 70000 ? left : 70000);
		_exit(0);
	}
	for (int i = 0; i < LINKS; i++) {
		close(in[1]);
		pipe(next);
		if (fork() == 0) {
			while ((n = read(in[0], buf, 1000 + i * 777)) > 0) {
				for (int j = 0; j < n; j++)
					buf[j]++;
				write(next[1], buf, n);
			}
			_exit(0);
		}
		close(in[0]);
		in[0] = next[0];
		in[1] = next[1];
	}
	close(in[1]);
	left = 0;
	while ((n = read(in[0], buf, sizeof(buf))) > 0) {
		left += n;
		for (int j = 0; j < n; j++)
			sum += buf[j];
	}
	while (wait(NULL) > 0)
		;
	printf("through the chain: %d bytes, sum %d\n", left, sum);
}

static void fifos(void)
{
	CALL(mkfifo("fifo", 0600));
	CALL(mkfifo("fifo", 0600));
	CALL(open("fifo", O_WRONLY | O_NONBLOCK));
	fflush(stdout);
	if (fork() == 0) {
		int fd = open("fifo", O_WRONLY);

		write(fd, "through the fifo", 16);
		_exit(0);
	}
	int fd = open("fifo", O_RDONLY), n;
	n = read(fd, buf, 100);
	wait(NULL);
	printf("%d %.*s\n", n, n, buf);
	CALL(read(fd, buf, 100));
	close(fd);
	CALL(unlink("fifo"));
}

int main(void)
{
	ends();
	no_reader();
	polling();
	interrupted();
	selecting();
	masks();
	chain();
	fifos();
	return 0;
}
