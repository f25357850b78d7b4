/*
 * Threads of the C library: creation, mutexes, conditions, keys, barriers,
 * cancellation, signals to threads.
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "say.h"

enum { THREADS = 8, ROUNDS = 5000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int atomic, destroyed, onces;
static int guarded, turn;
static __thread long own;

static void count_once(void)
{
	onces++;
}

static void destroy(void *value)
{
	destroyed += (long)value;
}

static void *add(void *argument)
{
	pthread_once(&once, count_once);
	pthread_setspecific(key, argument);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		guarded++;
		pthread_mutex_unlock(&mutex);
		atomic++;
		own += (long)argument;
	}
	return (void *)own;
}

static void adding(void)
{
	pthread_t threads[THREADS];
	long sum = 0;
	void *result;

	pthread_key_create(&key, destroy);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, add, (void *)(i + 1)) !=
		    0) {
			printf("pthread_create fails\n");
			exit(1);
		}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("guarded %d, atomic %d, own %ld, destroyed %d, once %d\n",
	       guarded, atomic, sum, destroyed, onces);
}

/* Prints in its turn. */
static void *take_turns(void *argument)
{
	for (int i = 0; i < 3; i++) {
		pthread_mutex_lock(&mutex);
		while (turn % 4 != (long)argument)
			pthread_cond_wait(&condition, &mutex);
		printf("turn %d of %ld\n", turn, (long)argument);
		turn++;
		pthread_cond_broadcast(&condition);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void turns(void)
{
	pthread_t threads[4];
	struct timespec limit;

	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, take_turns, (void *)i);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_nsec += 20000000;
	limit.tv_sec += limit.tv_nsec / 1000000000;
	limit.tv_nsec %= 1000000000;
	pthread_mutex_lock(&mutex);
	printf("timed wait: %s\n", strerrorname_np(pthread_cond_timedwait(
					   &condition, &mutex, &limit)));
	printf("trylock: %s\n", strerrorname_np(pthread_mutex_trylock(&mutex)));
	pthread_mutex_unlock(&mutex);
}

static void *stop_me(void *argument)
{
	sem_post(argument);
	for (;;)
		pause();
	return NULL;
}

static volatile sig_atomic_t signalled;
static pthread_t receiver;

static void on_signal(int number)
{
	(void)number;
	signalled = pthread_equal(pthread_self(), receiver) ? 1 : 2;
}

static void stopping(void)
{
	void *result;
	sem_t ready;
	struct timespec pause = { 0, 1000000 };

	sem_init(&ready, 0, 0);
	signal(SIGUSR1, on_signal);
	pthread_create(&receiver, NULL, stop_me, &ready);
	sem_wait(&ready);
	pthread_kill(receiver, SIGUSR1);
	while (!signalled)
		nanosleep(&pause, NULL);
	printf("signal came to %s\n",
	       signalled == 1 ? "its thread" : "another");
	pthread_cancel(receiver);
	pthread_join(receiver, &result);
	printf("cancelled %d\n", result == PTHREAD_CANCELED);
}

static void *exit_all(void *argument)
{
	(void)argument;
	_exit(21);
}

static void processes(void)
{
	int status;
	pthread_t thread;

	fflush(stdout);
	if (fork() == 0) {
		pthread_create(&thread, NULL, exit_all, NULL);
		for (;;)
			pause();
	}
	wait(&status);
	printf("any thread ends the process: %d\n", WEXITSTATUS(status));
	fflush(stdout);
	if (fork() == 0) {
		adding();
		exit(0);
	}
	wait(&status);
	printf("threads in a child: %d\n", WEXITSTATUS(status));
}

int main(void)
{
	adding();
	turns();
	stopping();
	guarded = atomic = destroyed = 0;
	processes();
	return 0;
}
