/*
 * Events that reach a thread: its own signals and the process's, cancellation,
 * a stop of all.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include "say.h"
#include "thread_start.h"

static pthread_t taker;
static volatile sig_atomic_t taken_by_taker, taken;
static int fds[2];

static void take(int number)
{
	(void)number;
	taken_by_taker = pthread_equal(pthread_self(), taker);
	taken++;
}

/*
 * Checks that a process's signals go to a thread which does not block them. A
 * thread's signals stay its own.
 */
static void masks(void)
{
	sigset_t usr, old, pending;

	signal(SIGUSR1, take);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	taker = start(wait_forever, NULL);
	pthread_sigmask(SIG_BLOCK, &usr, &old);
	kill(getpid(), SIGUSR1);
	while (!taken)
		nap(1);
	printf("blocked here, taken by the other: %d\n", taken_by_taker);
	pthread_kill(pthread_self(), SIGUSR1);
	nap(20);
	sigpending(&pending);
	printf("own stays pending: %d, taken %d\n",
	       sigismember(&pending, SIGUSR1), taken);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	printf("then taken here: %d\n", taken == 2 && !taken_by_taker);
	pthread_cancel(taker);
	pthread_join(taker, NULL);
}

static void *wait_for_signals(void *argument)
{
	sigset_t set;
	long sum = 0;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGTERM);
	sem_post(&ready);
	do {
		sigwait(&set, &sig);
		sum += sig;
	} while (sig != SIGTERM);
	(void)argument;
	return (void *)sum;
}

/*
 * Waits in one thread for signals that all block, including those sent before
 * it waited.
 */
static void sigwaits(void)
{
	sigset_t set, old;
	pthread_t thread;
	void *sum;
	union sigval value = { 5 };

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	kill(getpid(), SIGUSR2);
	thread = start(wait_for_signals, NULL);
	nap(10);
	sigqueue(getpid(), SIGRTMIN, value);
	sigqueue(getpid(), SIGRTMIN, value);
	nap(10);
	pthread_kill(thread, SIGUSR2);
	nap(10);
	kill(getpid(), SIGTERM);
	pthread_join(thread, &sum);
	printf("waited for %ld\n", (long)sum - 2 * SIGRTMIN);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void *cancelled_read(void *argument)
{
	char c;

	sem_post(&ready);
	read(fds[0], &c, 1);
	return argument;
}

static void *spin(void *argument)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	sem_post(&ready);
	for (;;)
		;
	return argument;
}

static void clean(void *argument)
{
	printf("cleaned up %s\n", (char *)argument);
}

static void *with_cleanup(void *argument)
{
	pthread_cleanup_push(clean, argument);
	sem_post(&ready);
	for (;;)
		nap(5);
	pthread_cleanup_pop(1);
	return NULL;
}

static void cancels(void)
{
	pthread_t thread;
	void *result;

	pipe(fds);
	thread = start(cancelled_read, NULL);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled in a read: %d\n", result == PTHREAD_CANCELED);
	thread = start(spin, NULL);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled anywhere: %d\n", result == PTHREAD_CANCELED);
	thread = start(with_cleanup, "behind it");
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled %d, no such thread: %d\n", result == PTHREAD_CANCELED,
	       pthread_kill(pthread_self(), 1000) == EINVAL);
}

static atomic_int ticks;

static void *tick(void *argument)
{
	sem_post(&ready);
	for (;;)
		ticks++;
	return argument;
}

/* Checks that a stop stops all threads, and a continuation continues all. */
static void stops(void)
{
	int pid, status, before;

	pipe(fds);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		start(tick, NULL);
		for (;;) {
			int now = ticks;

			write(fds[1], &now, sizeof(now));
			nap(5);
		}
	}
	read(fds[0], &before, sizeof(before));
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	printf("stopped by %d\n", WIFSTOPPED(status) ? WSTOPSIG(status) : -1);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	while (read(fds[0], &before, sizeof(before)) > 0)
		;
	nap(50);
	printf("silent: %d\n", read(fds[0], &before, sizeof(before)) < 0);
	fcntl(fds[0], F_SETFL, 0);
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	printf("continued %d, speaks: %d\n", WIFCONTINUED(status) != 0,
	       read(fds[0], &before, sizeof(before)) > 0);
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	printf("killed by %d\n", WTERMSIG(status));
}

int main(void)
{
	masks();
	sigwaits();
	cancels();
	stops();
	return 0;
}
