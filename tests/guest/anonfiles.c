/* Counters, timers and signals as files: eventfd, timerfd, signalfd. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/epoll.h>
#include <abi/eventfd.h>
#include <abi/poll.h>
#include <abi/signalfd.h>
#include "later.h"
#include "thread.h"

typedef unsigned long long u64;

#define MS	1000000
#define BIT(sig) (1ull << ((sig) - 1))

static int state_of(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };

	return syscall(__NR_poll, &p, 1, 0) < 0 ? -1 : p.revents;
}

static int put(int fd, u64 value)
{
	return write(fd, &value, sizeof(value));
}

/* Returns what a read of 8 bytes gives, or -1. */
static long long get(int fd)
{
	u64 value;
	int n = read(fd, &value, sizeof(value));

	return n == sizeof(value) ? (long long)value : n;
}

static void counters(void)
{
	int fd = syscall(__NR_eventfd2, 5, EFD_NONBLOCK | EFD_CLOEXEC), pid;
	char few[7] = { 0 };

	CHECK(fd >= 0 && state_of(fd) == (POLLIN | POLLOUT));
	CHECK(get(fd) == 5 && state_of(fd) == POLLOUT);
	CHECK(get(fd) == -1 && errno == EAGAIN);
	CHECK(put(fd, 2) == 8 && put(fd, 40) == 8 && get(fd) == 42);
	CHECK(put(fd, 0) == 8 && get(fd) == -1 && errno == EAGAIN);
	CHECK_ERRNO(put(fd, ~0ull), EINVAL);
	CHECK(put(fd, ~0ull - 1) == 8 && state_of(fd) == POLLIN);
	CHECK_ERRNO(put(fd, 1), EAGAIN);
	CHECK(put(fd, 0) == 8 && get(fd) == -2);
	CHECK_ERRNO(write(fd, few, 7), EINVAL);
	CHECK_ERRNO(read(fd, few, 7), EINVAL);
	CHECK_ERRNO(write(fd, (void *)16, 8), EFAULT);
	CHECK(put(fd, 1) == 8);
	CHECK_ERRNO(read(fd, (void *)16, 8), EFAULT);
	CHECK_ERRNO(syscall(__NR_eventfd2, 0, 8), EINVAL);
	CHECK(syscall(__NR_fcntl, fd, F_GETFD, 0) == FD_CLOEXEC);
	fd = syscall(__NR_eventfd, 0);
	pid = later(40, fd, 0);
	CHECK(get(fd) == 3 && wait_status(pid) == 0);
}

static void semaphores(void)
{
	int fd = syscall(__NR_eventfd2, 2, EFD_SEMAPHORE | EFD_NONBLOCK);

	CHECK(get(fd) == 1 && get(fd) == 1);
	CHECK(get(fd) == -1 && errno == EAGAIN);
	CHECK((syscall(__NR_fcntl, fd, F_GETFL, 0) & O_ACCMODE) == O_RDWR);
}

/* A writer waits until there is room; an edge comes with each write. */
static void full(void)
{
	struct epoll_event event = { EPOLLIN | EPOLLET, 0 };
	int fd = syscall(__NR_eventfd, 0), pid, ep;

	ep = syscall(__NR_epoll_create, 1);
	CHECK(syscall(__NR_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &event) == 0);
	CHECK(put(fd, 1) == 8);
	CHECK(syscall(__NR_epoll_wait, ep, &event, 1, 0) == 1);
	CHECK(syscall(__NR_epoll_wait, ep, &event, 1, 0) == 0);
	CHECK(put(fd, ~0ull - 2) == 8);
	CHECK(syscall(__NR_epoll_wait, ep, &event, 1, 0) == 1);
	pid = fork();
	if (pid == 0) {
		sleep_ms(40);
		_exit(get(fd) != -2);
	}
	CHECK(put(fd, 9) == 8 && wait_status(pid) == 0 && get(fd) == 9);
}

static struct itimerspec spec(int value, int interval)
{
	return (struct itimerspec){ { interval / 1000, interval % 1000 * MS },
				    { value / 1000, value % 1000 * MS } };
}

static int settime(int fd, int flags, int value, int interval)
{
	struct itimerspec new = spec(value, interval);

	return syscall(__NR_timerfd_settime, fd, flags, &new, NULL);
}

static long ms_of(const struct timespec *ts)
{
	return ts->tv_sec * 1000 + ts->tv_nsec / MS;
}

static void timer_files(void)
{
	struct itimerspec now;
	long start = now_ms();
	long long n;
	int fd = syscall(__NR_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC);

	CHECK(fd >= 0 && settime(fd, 0, 50, 0) == 0 && state_of(fd) == 0);
	CHECK(syscall(__NR_timerfd_gettime, fd, &now) == 0);
	CHECK(ms_of(&now.it_value) > 0 && ms_of(&now.it_value) <= 50);
	CHECK(get(fd) == 1 && now_ms() - start >= 50);
	CHECK(syscall(__NR_timerfd_gettime, fd, &now) == 0);
	CHECK(!now.it_value.tv_sec && !now.it_value.tv_nsec);
	start = now_ms();
	CHECK(settime(fd, 0, 20, 15) == 0);
	CHECK(get(fd) == 1);
	sleep_ms(100);
	CHECK(state_of(fd) == POLLIN);
	n = get(fd);
	CHECK(n >= 5 && n <= (now_ms() - start) / 15);
	CHECK(syscall(__NR_timerfd_gettime, fd, &now) == 0);
	CHECK(ms_of(&now.it_interval) == 15 && ms_of(&now.it_value) <= 15);
	CHECK(settime(fd, 0, 0, 20) == 0);	/* stopped */
	CHECK(syscall(__NR_timerfd_gettime, fd, &now) == 0);
	CHECK(!now.it_value.tv_sec && !now.it_value.tv_nsec);
	CHECK(syscall(__NR_fcntl, fd, F_SETFL, O_NONBLOCK) == 0);
	sleep_ms(30);
	CHECK(get(fd) == -1 && errno == EAGAIN);
}

/* More ends come in a second or five than 32 bits count. */
static void many_ends(void)
{
	struct itimerspec new = { { 0, 1 }, { 0, 1 } };
	long start = now_ms();
	long long n;
	int fd = syscall(__NR_timerfd_create, CLOCK_MONOTONIC, 0);

	CHECK(syscall(__NR_timerfd_settime, fd, 0, &new, NULL) == 0);
	sleep_ms(4500);
	n = get(fd);
	CHECK(n >= 4480ll * MS && n <= (now_ms() - start + 20) * (long long)MS);
}

static void wall_timers(void)
{
	struct itimerspec64 new = { { 0, 0, 0 }, { 0, 0, 0 } }, old;
	struct timespec64 now;
	u64 count;
	int fd = syscall(__NR_timerfd_create, CLOCK_REALTIME, 0);

	CHECK(syscall(__NR_clock_gettime64, CLOCK_REALTIME, &now) == 0);
	new.it_value = now;
	new.it_value.tv_sec += 100;
	CHECK(syscall(__NR_timerfd_settime64, fd, TFD_TIMER_ABSTIME, &new,
		      &old) == 0);
	CHECK(old.it_value.tv_sec == 0 && old.it_value.tv_nsec == 0);
	CHECK(syscall(__NR_timerfd_gettime64, fd, &old) == 0);
	CHECK(old.it_value.tv_sec == 99 || old.it_value.tv_sec == 100);
	new.it_value.tv_sec = 1;		/* long ago */
	new.it_value.tv_nsec = 0;
	CHECK(syscall(__NR_timerfd_settime64, fd,
		      TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &new,
		      &old) == 0);
	CHECK(read(fd, &count, 8) == 8 && count == 1);
	new.it_interval.tv_sec = 1;
	CHECK(syscall(__NR_timerfd_settime64, fd, TFD_TIMER_ABSTIME, &new,
		      NULL) == 0);
	CHECK(read(fd, &count, 8) == 8 && count > 500000000);
}

static void bad_timers(void)
{
	struct itimerspec new = spec(10, 0);
	int fd = syscall(__NR_timerfd_create, CLOCK_BOOTTIME, TFD_NONBLOCK);
	char few[7];

	CHECK(fd >= 0);
	CHECK_ERRNO(syscall(__NR_timerfd_create, CLOCK_MONOTONIC, 1), EINVAL);
	CHECK_ERRNO(syscall(__NR_timerfd_create, CLOCK_PROCESS_CPUTIME_ID, 0),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_timerfd_create, 99, 0), EINVAL);
	CHECK_ERRNO(read(fd, few, 7), EINVAL);
	CHECK_ERRNO(write(fd, few, 7), EINVAL);
	CHECK_ERRNO(settime(fd, 4, 1, 1), EINVAL);
	CHECK_ERRNO(settime(99, 0, 1, 1), EBADF);
	CHECK_ERRNO(settime(0, 0, 1, 1), EINVAL);
	CHECK_ERRNO(syscall(__NR_timerfd_settime, fd, 0, NULL, NULL), EFAULT);
	new.it_value.tv_nsec = 1000000000;
	CHECK_ERRNO(syscall(__NR_timerfd_settime, fd, 0, &new, NULL), EINVAL);
	new = spec(10, 0);
	new.it_interval.tv_sec = -1;
	CHECK_ERRNO(syscall(__NR_timerfd_settime, fd, 0, &new, NULL), EINVAL);
	CHECK_ERRNO(syscall(__NR_timerfd_gettime, 0, &new), EINVAL);
	CHECK_ERRNO(syscall(__NR_timerfd_gettime, fd, 16), EFAULT);
}

/* Setting the clock cancels timers that want it, and moves the others. */
static void clock_sets(void)
{
	struct timespec64 now, moved;
	struct itimerspec64 new = { { 0, 0, 0 }, { 0, 0, 0 } };
	int fd, other;

	if (!on_cowix())
		return;			/* the tester's own clock */
	fd = syscall(__NR_timerfd_create, CLOCK_REALTIME, TFD_NONBLOCK);
	other = syscall(__NR_timerfd_create, CLOCK_REALTIME, 0);
	CHECK(syscall(__NR_clock_gettime64, CLOCK_REALTIME, &now) == 0);
	new.it_value = now;
	new.it_value.tv_sec += 1000;
	CHECK(syscall(__NR_timerfd_settime64, fd,
		      TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &new,
		      NULL) == 0);
	CHECK(syscall(__NR_timerfd_settime64, other, TFD_TIMER_ABSTIME, &new,
		      NULL) == 0);
	CHECK(get(fd) == -1 && errno == EAGAIN && state_of(other) == 0);
	moved = now;
	moved.tv_sec += 2000;
	CHECK(syscall(__NR_clock_settime64, CLOCK_REALTIME, &moved) == 0);
	CHECK(state_of(fd) == POLLIN && state_of(other) == POLLIN);
	CHECK(get(fd) == -1 && errno == ECANCELED);
	CHECK(get(fd) == -1 && errno == EAGAIN && get(other) == 1);
	CHECK(syscall(__NR_clock_settime64, CLOCK_REALTIME, &now) == 0);
	CHECK_ERRNO(syscall(__NR_timerfd_settime64, fd,
			    TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &new,
			    NULL), ECANCELED);
}

static void block(u64 set)
{
	CHECK(syscall(__NR_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8) == 0);
}

static int signal_file(u64 set, int flags)
{
	return syscall(__NR_signalfd4, -1, &set, 8, flags);
}

static void queue(int sig, int value)
{
	siginfo_t si = { .si_signo = sig, .si_code = SI_QUEUE };

	si.si_pid = getpid();
	si.si_status = value;
	CHECK(syscall(__NR_rt_sigqueueinfo, getpid(), sig, &si) == 0);
}

static void signal_files(void)
{
	struct signalfd_siginfo si[4];
	u64 set = BIT(SIGUSR1) | BIT(40) | BIT(SIGCHLD);
	int fd, pid;

	CHECK(sizeof(si[0]) == 128);
	block(set);
	fd = signal_file(set, SFD_NONBLOCK);
	CHECK(fd >= 0 && state_of(fd) == 0);
	CHECK_ERRNO(read(fd, si, sizeof(si)), EAGAIN);
	kill(getpid(), SIGUSR1);
	queue(40, 7);
	queue(40, 8);
	CHECK(state_of(fd) == POLLIN);
	CHECK_ERRNO(read(fd, si, 127), EINVAL);
	CHECK(read(fd, si, 300) == 256);
	CHECK(si[0].ssi_signo == SIGUSR1 && si[0].ssi_code == SI_USER &&
	      si[0].ssi_pid == (unsigned)getpid());
	CHECK(si[1].ssi_signo == 40 && si[1].ssi_int == 7 &&
	      si[1].ssi_ptr == 7 && si[1].ssi_code == SI_QUEUE);
	CHECK(read(fd, si, sizeof(si)) == 128 && si[0].ssi_int == 8);
	CHECK(state_of(fd) == 0);
	pid = fork();
	if (pid == 0)
		_exit(9);
	CHECK(waitpid(pid, NULL, 0) == pid);
	CHECK(read(fd, si, sizeof(si)) == 128 && si[0].ssi_signo == SIGCHLD &&
	      si[0].ssi_status == 9 && si[0].ssi_pid == (unsigned)pid &&
	      si[0].ssi_code == CLD_EXITED);
	set = BIT(SIGUSR2);
	block(set);
	kill(getpid(), SIGUSR2);
	CHECK(state_of(fd) == 0);
	CHECK(syscall(__NR_signalfd4, fd, &set, 8, 0) == fd);
	CHECK(read(fd, si, 128) == 128 && si[0].ssi_signo == SIGUSR2);
}

static void bad_signal_files(void)
{
	u64 set = BIT(SIGUSR1);

	CHECK_ERRNO(syscall(__NR_signalfd4, -1, &set, 4, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_signalfd4, -1, &set, 8, 1), EINVAL);
	CHECK_ERRNO(syscall(__NR_signalfd4, -1, NULL, 8, 0), EFAULT);
	CHECK_ERRNO(syscall(__NR_signalfd4, 99, &set, 8, 0), EBADF);
	CHECK_ERRNO(syscall(__NR_signalfd4, 0, &set, 8, 0), EINVAL);
	CHECK(close(syscall(__NR_signalfd, -1, &set, 8)) == 0);
}

static volatile int count;

static void note(int sig)
{
	(void)sig;
	count++;
}

/* A read waits; a handler interrupts it, or it begins again. */
static void waiting_reads(void)
{
	struct sigaction action = { .sa_handler = note };
	struct signalfd_siginfo si;
	int fd, pid;

	block(BIT(SIGUSR1));
	fd = signal_file(BIT(SIGUSR1), 0);
	pid = later(40, -1, SIGUSR1);
	CHECK(read(fd, &si, 128) == 128 && si.ssi_pid == (unsigned)pid);
	CHECK(wait_status(pid) == 0);
	CHECK(sigaction(SIGUSR2, &action, NULL) == 0);
	pid = later(40, -1, SIGUSR2);
	CHECK_ERRNO(read(fd, &si, 128), EINTR);
	CHECK(count == 1 && wait_status(pid) == 0);
}

/* A child reads its own signals; epoll hears of those of who added the file. */
static void whose(void)
{
	struct epoll_event event = { EPOLLIN, 77 };
	struct signalfd_siginfo si;
	int fd, ep = syscall(__NR_epoll_create, 1), pid;

	block(BIT(SIGUSR1));
	fd = signal_file(BIT(SIGUSR1), SFD_NONBLOCK);
	pid = fork();
	if (pid == 0) {
		CHECK(syscall(__NR_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &event) ==
		      0);
		kill(getppid(), SIGUSR1);
		CHECK_ERRNO(read(fd, &si, 128), EAGAIN);
		kill(getpid(), SIGUSR1);
		CHECK(syscall(__NR_epoll_wait, ep, &event, 1, 0) == 1);
		CHECK(event.data == 77);
		CHECK(read(fd, &si, 128) == 128 &&
		      si.ssi_pid == (unsigned)getpid());
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);	/* its queue is gone, the file is not */
	CHECK(read(fd, &si, 128) == 128 && si.ssi_pid == (unsigned)pid);
	CHECK(syscall(__NR_epoll_ctl, ep, EPOLL_CTL_DEL, fd, &event) == 0);
	event.events = EPOLLIN;
	CHECK(syscall(__NR_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &event) == 0);
	pid = later(40, -1, SIGUSR1);
	CHECK(syscall(__NR_epoll_wait, ep, &event, 1, 9000) == 1);
	CHECK(wait_status(pid) == 0 && state_of(fd) == POLLIN);
}

static int shared_fd;

static void waiter(void *arg)
{
	*(volatile long long *)arg = get(shared_fd);
}

/* Another thread may close the file that a thread reads. */
static void closed_meanwhile(void)
{
	struct thread t;
	volatile long long got = 0;
	int copy;

	shared_fd = syscall(__NR_eventfd, 0);
	copy = dup(shared_fd);
	start(&t, waiter, (void *)&got);
	sleep_ms(30);
	CHECK(close(shared_fd) == 0 && put(copy, 6) == 8);
	join(&t);
	CHECK(got == 6);
}

static void signal_reader(void *arg)
{
	struct signalfd_siginfo *si = arg;

	si->ssi_code = read(shared_fd, si, sizeof(*si));
}

/* Another thread may change the set that a thread waits for. */
static void changed_meanwhile(void)
{
	u64 set = BIT(SIGUSR2);
	struct signalfd_siginfo si = { 0 };
	struct thread t;

	block(BIT(SIGUSR1) | BIT(SIGUSR2));
	shared_fd = signal_file(BIT(SIGUSR1), 0);
	start(&t, signal_reader, &si);
	sleep_ms(30);
	kill(getpid(), SIGUSR2);
	sleep_ms(30);
	CHECK(si.ssi_signo == 0);
	CHECK(syscall(__NR_signalfd4, shared_fd, &set, 8, 0) == shared_fd);
	join(&t);
	CHECK(si.ssi_signo == SIGUSR2 && si.ssi_code == sizeof(si));
}

TESTS(
	{ "counters", "eventfd: reads, writes, errors", counters },
	{ "semaphores", "eventfd: EFD_SEMAPHORE", semaphores },
	{ "full", "eventfd: a writer waits, edges come", full },
	{ "timers", "timerfd: spans, intervals, what is left", timer_files },
	{ "many", "timerfd: an interval of a nanosecond", many_ends },
	{ "wall", "timerfd: times of day, long ago, wide calls", wall_timers },
	{ "bad-timers", "timerfd: errors", bad_timers },
	{ "clock-sets", "timerfd: the clock is set", clock_sets },
	{ "signals", "signalfd: several signals, what is told", signal_files },
	{ "bad-signals", "signalfd: errors", bad_signal_files },
	{ "waiting", "signalfd: reads that wait", waiting_reads },
	{ "whose", "signalfd: the reader's signals", whose },
	{ "closed", "another thread closes what one reads", closed_meanwhile },
	{ "changed", "another thread changes what one reads",
	  changed_meanwhile })
