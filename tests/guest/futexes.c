/*
 * futex(): which call wakes which thread or process, moved sleepers, and words
 * unmapped under them.
 */
#include <fcntl.h>
#include <signal.h>
#include "thread.h"

#define NAME "futexes.tmp"

static int futex(volatile int *at, int op, int value, long value2,
		 volatile int *to, int value3)
{
	return syscall(__NR_futex, at, op, value, value2, to, value3);
}

static int wake(volatile int *at, int count)
{
	return futex(at, FUTEX_WAKE, count, 0, NULL, 0);
}

/*
 * Wakes one sleeper. Tries again and again, since a waiter announces itself
 * before it sleeps.
 */
static int wake_one(volatile int *at)
{
	int woken = 0;

	for (int tries = 0; !woken && tries < 1000; tries++) {
		woken = wake(at, 1);
		sleep_ms(2);
	}
	return woken;
}

static volatile int lock_word, gate;

static void wait_at_gate(void *arg)
{
	(void)arg;
	__sync_fetch_and_add(&word, 1);
	while (!gate)
		syscall(__NR_futex, &gate, FUTEX_WAIT, 0, NULL);
	while (!lock_word)
		syscall(__NR_futex, &lock_word, FUTEX_WAIT, 0, NULL);
	__sync_fetch_and_add(&counter, 1);
}

/*
 * Wakes one sleeper, moves the others to another word, then wakes them there.
 */
static void requeue(void)
{
	struct thread threads[5];

	for (int i = 0; i < 5; i++)
		start(&threads[i], wait_at_gate, NULL);
	await_word(5);
	sleep_ms(50);
	gate = 1;
	CHECK(futex(&gate, FUTEX_CMP_REQUEUE, 1, 10, &lock_word, 0) == -1 &&
	      errno == EAGAIN);
	CHECK(futex(&gate, FUTEX_CMP_REQUEUE, 1, 10, &lock_word, 1) == 5);
	sleep_ms(20);
	CHECK(wake(&gate, 10) == 0);
	lock_word = 1;
	CHECK(wake(&lock_word, 10) == 5);
	for (int i = 0; i < 5; i++)
		join(&threads[i]);
	CHECK(counter == 5);
}

static void wait_once(void *arg)
{
	__sync_fetch_and_add(&word, 1);
	CHECK(futex(arg, FUTEX_WAIT, 0, 0, NULL, 0) == 0);
	__sync_fetch_and_add(&counter, 1);
}

/*
 * Checks that moving a sleeper to its own word counts it once and leaves it
 * asleep.
 */
static void requeue_in_place(void)
{
	struct thread threads[3];

	for (int i = 0; i < 3; i++)
		start(&threads[i], wait_once, (void *)&gate);
	await_word(3);
	sleep_ms(50);
	CHECK(futex(&gate, FUTEX_REQUEUE, 1, 0x7FFFFFFF, &gate, 0) == 3);
	CHECK(futex(&gate, FUTEX_CMP_REQUEUE, 0, 0x7FFFFFFF, &gate, 0) == 2);
	CHECK(wake(&gate, 10) == 2);
	CHECK(futex(&gate, FUTEX_REQUEUE, -1, 1, &lock_word, 0) == -1 &&
	      errno == EINVAL);
	CHECK(futex(&gate, FUTEX_REQUEUE, 1, 1, (int *)((char *)&lock_word + 2),
		    0) == -1 &&
	      errno == EINVAL);
	for (int i = 0; i < 3; i++)
		join(&threads[i]);
}

/*
 * Starts a child that waits at a word, and sets another word of the page to say
 * so.
 */
static int waiting_child(volatile int *at, volatile int *says)
{
	int pid = fork();

	if (pid == 0) {
		(*says)++;
		_exit(futex(at, FUTEX_WAIT, 0, 0, NULL, 0) == 0 ? 0 : 1);
	}
	while (!*says)
		sleep_ms(1);
	*says = 0;
	return pid;
}

static void between_processes(void)
{
	volatile int *shared = (int *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1),
		     *own = (int *)map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int pid = waiting_child(&shared[5], &shared[0]);

	CHECK(wake(&shared[4], 1) == 0 && wake_one(&shared[5]) == 1 &&
	      wait_status(pid) == 0);
	pid = waiting_child(&own[5], &shared[0]);
	sleep_ms(50);
	/* another word since the fork */
	CHECK(wake(&own[5], 1) == 0 && waitpid(pid, NULL, WNOHANG) == 0);
	kill(pid, SIGKILL);
	CHECK(WTERMSIG(wait_status(pid)) == SIGKILL);
	pid = waiting_child(&shared[5], &shared[0]);
	sleep_ms(50);
	CHECK(futex(&shared[5], FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, NULL,
		    0) == 0);
	CHECK(wake_one(&shared[5]) == 1 && wait_status(pid) == 0);
	CHECK(wake((int *)PAGE, 1) == -1 && errno == EFAULT);
}

static int make_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && ftruncate(fd, 2 * PAGE) == 0);
	return fd;
}

/*
 * Checks that a word of a file is one word in all mappings, whole or in part.
 */
static void by_any_address(void)
{
	int fd = make_file(NAME);
	char *whole = map(2 * PAGE, MAP_SHARED, fd),
	     *again = map(2 * PAGE, MAP_SHARED, fd);
	char *part = (char *)syscall(__NR_mmap2, NULL, PAGE,
				     PROT_READ | PROT_WRITE, MAP_SHARED, fd, 1);
	struct thread t[2];

	CHECK(part != (char *)-1 && unlink(NAME) == 0 && close(fd) == 0);
	start(&t[0], wait_once, whole + PAGE + 8);
	CHECK(wake((int *)(again + 8), 1) == 0 &&
	      wake_one((int *)(part + 8)) == 1);
	start(&t[1], wait_once, part + 8);
	CHECK(wake_one((int *)(again + PAGE + 8)) == 1);
	join(&t[0]);
	join(&t[1]);
}

/*
 * Checks that a word can be woken through its file, though the waiter's mapping
 * is gone.
 */
static void unmapped_meanwhile(void)
{
	int fd = make_file(NAME);
	char *p = map(2 * PAGE, MAP_SHARED, fd);
	struct thread t;

	CHECK(unlink(NAME) == 0);
	start(&t, wait_once, p);
	await_word(1);
	sleep_ms(50);
	CHECK(syscall(__NR_munmap, p, 2 * PAGE) == 0);
	p = map(PAGE, MAP_SHARED, fd);
	CHECK(close(fd) == 0 && wake_one((int *)p) == 1);
	join(&t);
	start(&t, wait_once, p);
	await_word(2);
	sleep_ms(50);
	/* this one ends with the process, and the file with it */
	CHECK(syscall(__NR_munmap, p, PAGE) == 0 && counter == 1);
}

/*
 * Moves sleepers from one file to another, which must not need the first any
 * more.
 */
static void between_files(void)
{
	volatile int *first = (int *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1),
		     *second = (int *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	int pids[2] = { waiting_child(&first[1], &first[0]),
			waiting_child(&first[1], &first[0]) };

	sleep_ms(50);
	if (on_cowix())
		CHECK(futex(&first[1], FUTEX_REQUEUE, 0, 1, &gate, 0) == -1 &&
		      errno == EINVAL);
	CHECK(futex(&first[1], FUTEX_REQUEUE, 0, 10, &second[7], 0) == 2);
	CHECK(wake(&first[1], 10) == 0 &&
	      syscall(__NR_munmap, first, PAGE) == 0);
	CHECK(wake(&second[7], 1) == 1 && wake(&second[7], 10) == 1);
	CHECK(wait_status(pids[0]) == 0 && wait_status(pids[1]) == 0);
}

struct robust {
	struct robust *next;
	volatile int lock;
};

static void hold_lock(struct robust *lock, struct robust *changing)
{
	static struct {
		struct robust *first;
		long offset;
		struct robust *changing;
	} head = { NULL, offsetof(struct robust, lock), NULL };

	head.first = lock;
	head.changing = changing;
	lock->next = (struct robust *)&head;
	CHECK(syscall(__NR_set_robust_list, &head, sizeof(head)) == 0);
	lock->lock = my_tid();
}

/*
 * Ends a process, or replaces its program, while it holds two locks. Others
 * wait for one; it was just taking the other.
 */
static void owner_leaves(int by_exec)
{
	struct robust *shared =
		(struct robust *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	int pid = fork();

	if (pid == 0) {
		char *argv[] = { "sh", "-c", "exit 0", NULL };

		shared[1].lock = my_tid();
		shared[2].lock = my_tid();	/* in no list */
		hold_lock(&shared[0], &shared[1]);
		while (!(shared[0].lock & (int)FUTEX_WAITERS))
			sleep_ms(1);
		sleep_ms(50);
		if (by_exec)
			execve("/bin/sh", argv, (char *[]){ NULL });
		_exit(by_exec);
	}
	while (shared[0].lock != pid)
		sleep_ms(1);
	__sync_fetch_and_or(&shared[0].lock, FUTEX_WAITERS);
	while (shared[0].lock == (int)(pid | FUTEX_WAITERS))
		futex(&shared[0].lock, FUTEX_WAIT, pid | FUTEX_WAITERS, 0, NULL,
		      0);
	CHECK(shared[0].lock == (int)(FUTEX_WAITERS | FUTEX_OWNER_DIED));
	CHECK(wait_status(pid) == 0);
	CHECK(shared[1].lock == FUTEX_OWNER_DIED && shared[2].lock == pid);
}

static void owner_dies(void)
{
	owner_leaves(0);
}

static void owner_execs(void)
{
	owner_leaves(1);
}

/*
 * Checks that another waiter wakes if the owner dies between release and wake.
 */
static void owner_dies_early(void)
{
	struct robust *shared =
		(struct robust *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	int pid = fork();

	if (pid == 0) {
		hold_lock(&shared[0], &shared[1]);
		sleep_ms(100);
		_exit(0);
	}
	CHECK(futex(&shared[1].lock, FUTEX_WAIT, 0, 0, NULL, 0) == 0 &&
	      wait_status(pid) == 0);
}

TESTS({ "requeue", "FUTEX_CMP_REQUEUE", requeue },
      { "requeue_in_place", "moving sleepers to where they are",
	requeue_in_place },
      { "between_processes",
	"shared memory, private memory, FUTEX_PRIVATE_FLAG",
	between_processes },
      { "by_any_address", "a file mapped several times", by_any_address },
      { "unmapped_meanwhile", "munmap under a waiter", unmapped_meanwhile },
      { "between_files", "moving sleepers to another file", between_files },
      { "owner_dies", "the list of locks of a process that ends", owner_dies },
      { "owner_execs", "and of one that calls exec", owner_execs },
      { "owner_dies_early", "who wakes the next owner", owner_dies_early })
