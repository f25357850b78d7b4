/*
 * Locks of POSIX threads between processes. They are in shared memory without a
 * name, or in a file that each maps for itself. An owner may die.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "say.h"

#define PAGE		4096
#define CHILDREN	3
#define ROUNDS		100

struct hall {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_barrier_t barrier;
	pthread_rwlock_t rwlock;
	int turn, sum, waiting, go, passed, serial;
};

static void make_hall(struct hall *h, int robust)
{
	pthread_mutexattr_t lock;
	pthread_condattr_t cond;
	pthread_barrierattr_t barrier;
	pthread_rwlockattr_t rwlock;

	memset(h, 0, sizeof(*h));
	pthread_mutexattr_init(&lock);
	pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
	if (robust)
		pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&h->lock, &lock);
	pthread_condattr_init(&cond);
	pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&h->changed, &cond);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&h->barrier, &barrier, CHILDREN + 1);
	pthread_rwlockattr_init(&rwlock);
	pthread_rwlockattr_setpshared(&rwlock, PTHREAD_PROCESS_SHARED);
	pthread_rwlock_init(&h->rwlock, &rwlock);
}

/* Maps the hall in the second page, so that offset and address differ. */
static struct hall *map_hall(int fd)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		       fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	if (p == MAP_FAILED) {
		say("mmap", -1);
		exit(1);
	}
	return (struct hall *)(p + PAGE);
}

static void join_children(const int *pids)
{
	for (int i = 0; i < CHILDREN; i++) {
		int status = -1;

		waitpid(pids[i], &status, 0);
		if (status)
			printf("child %d: %x\n", i, status);
	}
}

/* Lets each process act in turn, by a condition variable. */
static void take_turns(struct hall *h, int me)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&h->lock);
		while (h->turn % (CHILDREN + 1) != me)
			pthread_cond_wait(&h->changed, &h->lock);
		h->turn++;
		h->sum = (h->sum * 7 + me) % 10007;
		pthread_cond_broadcast(&h->changed);
		pthread_mutex_unlock(&h->lock);
	}
}

/*
 * Checks that no process is a round ahead of another. In each round one process
 * is told that it is the one.
 */
static void meet(struct hall *h)
{
	for (int i = 0; i < ROUNDS; i++) {
		__sync_fetch_and_add(&h->passed, 1);
		if (pthread_barrier_wait(&h->barrier) ==
		    PTHREAD_BARRIER_SERIAL_THREAD)
			__sync_fetch_and_add(&h->serial, 1);
		if (h->passed < (CHILDREN + 1) * (i + 1))
			printf("passed %d in round %d\n", h->passed, i);
		pthread_barrier_wait(&h->barrier);
	}
}

static void work(struct hall *h, int me)
{
	take_turns(h, me);
	meet(h);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_rwlock_wrlock(&h->rwlock);
		h->sum++;
		pthread_rwlock_unlock(&h->rwlock);
		pthread_rwlock_rdlock(&h->rwlock);
		pthread_rwlock_unlock(&h->rwlock);
	}
}

/*
 * Runs children that inherit the mapping. If a name is given, they map the file
 * anew and elsewhere.
 */
static void together(const char *what, struct hall *h, const char *name)
{
	int pids[CHILDREN];

	make_hall(h, 0);
	fflush(stdout);
	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			if (name) {
				mmap(NULL, (i + 1) * PAGE, PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
				h = map_hall(open(name, O_RDWR));
			}
			work(h, i + 1);
			_exit(0);
		}
	}
	work(h, 0);
	join_children(pids);
	printf("%s: turns %d, sum %d, passed %d, serial %d\n", what, h->turn,
	       h->sum, h->passed, h->serial);
}

/*
 * Wakes all waiters by a broadcast, which moves them to the mutex. The sender
 * holds that for a while.
 */
static void broadcast(struct hall *h)
{
	int pids[CHILDREN];

	make_hall(h, 0);
	fflush(stdout);
	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			pthread_mutex_lock(&h->lock);
			h->waiting++;
			while (!h->go)
				pthread_cond_wait(&h->changed, &h->lock);
			h->passed++;
			pthread_mutex_unlock(&h->lock);
			_exit(0);
		}
	}
	for (int all = 0; !all; usleep(1000)) {
		pthread_mutex_lock(&h->lock);
		all = h->waiting == CHILDREN;
		pthread_mutex_unlock(&h->lock);
	}
	pthread_mutex_lock(&h->lock);
	h->go = 1;
	pthread_cond_broadcast(&h->changed);
	usleep(20000);
	printf("nobody passes: %d\n", h->passed);
	pthread_mutex_unlock(&h->lock);
	join_children(pids);
	printf("all have: %d\n", h->passed);
}

/* Ends a process that holds the lock, while another waits for it. */
static void owner_dies(struct hall *h)
{
	int pid, waiter, status, result;

	make_hall(h, 1);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		pthread_mutex_lock(&h->lock);
		h->go = 1;
		while (!h->waiting)
			usleep(1000);
		usleep(50000);
		_exit(0);
	}
	while (!h->go)
		usleep(1000);
	waiter = fork();
	if (waiter == 0) {
		h->waiting = 1;
		result = pthread_mutex_lock(&h->lock);
		if (result == EOWNERDEAD)
			pthread_mutex_consistent(&h->lock);
		pthread_mutex_unlock(&h->lock);
		_exit(result == EOWNERDEAD ? 5 : 6);
	}
	waitpid(pid, &status, 0);
	waitpid(waiter, &status, 0);
	printf("the waiter: %d\n", WEXITSTATUS(status));
	CALL(pthread_mutex_lock(&h->lock));
	CALL(pthread_mutex_unlock(&h->lock));
}

/* Waits until a deadline, since nobody wakes it. */
static void deadline(struct hall *h)
{
	struct timespec end;

	make_hall(h, 0);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 30000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&h->lock);
	printf("timed out: %d\n", pthread_cond_timedwait(&h->changed, &h->lock,
							 &end) == ETIMEDOUT);
	printf("still held: %d\n", pthread_mutex_trylock(&h->lock) == EBUSY);
	pthread_mutex_unlock(&h->lock);
}

int main(void)
{
	struct hall *h = map_hall(-1);
	int fd = open("hall", O_RDWR | O_CREAT, 0600);

	CALL(ftruncate(fd, 2 * PAGE));
	together("anonymous", h, NULL);
	together("file", map_hall(fd), "hall");
	broadcast(h);
	owner_dies(h);
	deadline(h);
	close(fd);
	CALL(unlink("hall"));
	return 0;
}
