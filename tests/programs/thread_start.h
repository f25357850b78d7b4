/* Starts a thread and waits until it runs. */
#ifndef THREAD_START_H
#define THREAD_START_H

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static sem_t ready;

static inline void nap(int milliseconds)
{
	struct timespec ts = { 0, milliseconds * 1000000 };

	nanosleep(&ts, NULL);
}

/* Returns when run() has posted ready. */
static inline pthread_t start(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	sem_init(&ready, 0, 0);
	if (pthread_create(&thread, NULL, run, argument) != 0)
		exit(1);
	sem_wait(&ready);
	return thread;
}

static inline void *wait_forever(void *argument)
{
	sem_post(&ready);
	for (;;)
		pause();
	return argument;
}

#endif
