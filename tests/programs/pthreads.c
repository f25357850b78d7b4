/*
 * Waits of the C library's threads: barriers, read-write locks, semaphores, a
 * hundred joins, detached threads, robust mutexes.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "say.h"

enum { MANY = 100, PARTY = 6, ROUNDS = 50 };

static atomic_int count;

static void *count_and_return(void *argument)
{
	count++;
	return argument;
}

/* Starts a hundred threads at once, and joins them in another order. */
static void many(void)
{
	pthread_t threads[MANY];
	long sum = 0;
	void *result;

	for (long i = 0; i < MANY; i++)
		if (pthread_create(&threads[i], NULL, count_and_return,
				   (void *)i) != 0)
			exit(1);
	for (int i = MANY - 1; i >= 0; i--) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("%d threads, sum %ld\n", (int)count, sum);
}

static pthread_barrier_t barrier;
static int phase_of[PARTY];

static void *walk(void *argument)
{
	long me = (long)argument, serial = 0;

	for (int phase = 1; phase <= ROUNDS; phase++) {
		phase_of[me] = phase;
		serial += pthread_barrier_wait(&barrier) ==
			  PTHREAD_BARRIER_SERIAL_THREAD;
		for (int i = 0; i < PARTY; i++)
			if (phase_of[i] != phase)
				return (void *)-1000L;
		serial += pthread_barrier_wait(&barrier) ==
			  PTHREAD_BARRIER_SERIAL_THREAD;
	}
	return (void *)serial;
}

static void barriers(void)
{
	pthread_t threads[PARTY];
	long serial = 0;
	void *result;

	pthread_barrier_init(&barrier, NULL, PARTY);
	for (long i = 0; i < PARTY; i++)
		pthread_create(&threads[i], NULL, walk, (void *)i);
	for (int i = 0; i < PARTY; i++) {
		pthread_join(threads[i], &result);
		serial += (long)result;
	}
	printf("barriers passed %ld\n", serial);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static int pair[2];
static atomic_int torn;

static void *write_pairs(void *argument)
{
	for (int i = 0; i < 500; i++) {
		pthread_rwlock_wrlock(&rwlock);
		pair[0]++;
		if (i % 50 == 0)
			sched_yield();
		pair[1]++;
		pthread_rwlock_unlock(&rwlock);
	}
	return argument;
}

static void *read_pairs(void *argument)
{
	for (int i = 0; i < 500; i++) {
		pthread_rwlock_rdlock(&rwlock);
		int first = pair[0];
		if (i % 50 == 0)
			sched_yield();
		torn += first != pair[1];
		pthread_rwlock_unlock(&rwlock);
	}
	return argument;
}

static void rwlocks(void)
{
	pthread_t threads[PARTY];

	for (long i = 0; i < PARTY; i++)
		pthread_create(&threads[i], NULL,
			       i % 3 ? read_pairs : write_pairs, NULL);
	for (int i = 0; i < PARTY; i++)
		pthread_join(threads[i], NULL);
	printf("pairs %d %d, torn %d\n", pair[0], pair[1], (int)torn);
}

static sem_t empty, full;
static int slots[4];

static void *produce(void *argument)
{
	for (int i = 1; i <= 1000; i++) {
		sem_wait(&empty);
		slots[i % 4] = i;
		sem_post(&full);
	}
	return argument;
}

static void semaphores(void)
{
	pthread_t thread;
	long sum = 0;
	struct timespec soon;

	sem_init(&empty, 0, 4);
	sem_init(&full, 0, 0);
	pthread_create(&thread, NULL, produce, NULL);
	for (int i = 1; i <= 1000; i++) {
		sem_wait(&full);
		sum += slots[i % 4];
		sem_post(&empty);
	}
	pthread_join(thread, NULL);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec = (soon.tv_nsec + 20000000) % 1000000000;
	soon.tv_sec += soon.tv_nsec < 20000000;
	printf("consumed %ld, then %d\n", sum,
	       sem_timedwait(&full, &soon) < 0 ? errno == ETIMEDOUT : -1);
}

static sem_t gone;

static void *go(void *argument)
{
	sem_post(&gone);
	return argument;
}

static void detached(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	sem_init(&gone, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 60; i++) {
		pthread_create(&thread, i % 2 ? &attr : NULL, go, NULL);
		if (i % 2 == 0)
			pthread_detach(thread);
		sem_wait(&gone);
	}
	pthread_create(&thread, NULL, go, NULL);
	sem_wait(&gone);
	error = pthread_join(thread, NULL);
	printf("detached, then joined: %d\n", error);
	printf("joining oneself: %s\n",
	       strerrorname_np(pthread_join(pthread_self(), NULL)));
}

static pthread_mutex_t robust, checked, recursive;

static void *die_with_it(void *argument)
{
	pthread_mutex_lock(&robust);
	return argument;
}

static void *fail_to_unlock(void *argument)
{
	(void)argument;
	return (void *)(long)pthread_mutex_unlock(&checked);
}

static void mutexes(void)
{
	pthread_mutexattr_t attr;
	pthread_t thread;
	void *result;
	int error;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attr);
	pthread_create(&thread, NULL, die_with_it, NULL);
	pthread_join(thread, NULL);
	error = pthread_mutex_lock(&robust);
	printf("its owner died: %s\n", strerrorname_np(error));
	printf("consistent %d\n", pthread_mutex_consistent(&robust));
	printf("unlock %d\n", pthread_mutex_unlock(&robust));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&checked, &attr);
	pthread_mutex_lock(&checked);
	printf("twice: %s\n", strerrorname_np(pthread_mutex_lock(&checked)));
	pthread_create(&thread, NULL, fail_to_unlock, NULL);
	pthread_join(thread, &result);
	printf("another's: %s\n", strerrorname_np((long)result));
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&recursive, &attr);
	printf("recursive %d %d\n", pthread_mutex_lock(&recursive),
	       pthread_mutex_lock(&recursive));
}

/* Uses stacks of different sizes to their ends. */
static void *use_stack(void *argument)
{
	size_t size = (size_t)argument;
	volatile char room[size];

	for (size_t i = 0; i < size; i += 1024)
		room[i] = 1;
	return (void *)(long)room[size / 2048 * 1024];
}

static void stacks(void)
{
	static const size_t sizes[] = { 64 << 10, 256 << 10, 4 << 20,
					16 << 20 };
	pthread_attr_t attr;
	pthread_t thread;
	void *result;

	for (int i = 0; i < 4; i++) {
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, sizes[i]);
		printf("stack %zu: %d, ", sizes[i],
		       pthread_create(&thread, &attr, use_stack,
				      (void *)(sizes[i] / 2)));
		pthread_join(thread, &result);
		printf("%ld\n", (long)result);
	}
}

int main(void)
{
	many();
	barriers();
	rwlocks();
	semaphores();
	detached();
	mutexes();
	stacks();
	return 0;
}
