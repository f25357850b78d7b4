/*
 * futex(): unknown operations, bad addresses, numbers of sleepers,
 * FUTEX_WAKE_OP, and hostile lists of robust locks.
 */
#include <check.h>
#include <signal.h>
#include <time.h>
#include "thread.h"

static int futex(volatile void *at, int op, int value, long timeout,
		 volatile void *to, unsigned value3)
{
	return syscall(__NR_futex, at, op, value, timeout, to, value3);
}

static volatile int gate, second;
static volatile int asleep;

static void sleep_on(void *at)
{
	asleep++;
	CHECK(futex(at, FUTEX_WAIT, 0, 0, NULL, 0) == 0);
	asleep--;
}

/* Starts a thread that sleeps on a word. Returns when it sleeps. */
static void start_sleeper(struct thread *t, volatile int *at)
{
	int before = asleep;

	start(t, sleep_on, (void *)at);
	while (asleep == before)
		sleep_ms(1);
	sleep_ms(30);
}

static void operations(void)
{
	int word = 0;
	struct timespec ts = { 0, 1000000 };

	CHECK_ERRNO(futex(&word, 2, 1, 0, NULL, 0), ENOSYS);
	CHECK_ERRNO(futex(&word, 99, 1, 0, NULL, 0), ENOSYS);
	CHECK_ERRNO(futex(&word, FUTEX_WAKE | 0x200, 1, 0, NULL, 0), ENOSYS);
	CHECK_ERRNO(futex((char *)&word + 1, 99, 1, 0, NULL, 0), ENOSYS);
	CHECK_ERRNO(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, 0, NULL,
			  0),
		    ENOSYS);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0,
			  (long)&ts, NULL, 0),
		    ENOSYS);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET, 0, 0, NULL, 0), EINVAL);
	CHECK_ERRNO(futex(&word, FUTEX_WAKE_BITSET, 1, 0, NULL, 0), EINVAL);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, 16, NULL, 0), EFAULT);
	ts.tv_nsec = 0;
	CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, (long)&ts, NULL, 0), ETIMEDOUT);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT, 1, (long)&ts, NULL, 0), EAGAIN);
	CHECK_ERRNO(futex(&word, FUTEX_CMP_REQUEUE, -1, 1, &gate, 0), EINVAL);
	CHECK_ERRNO(futex(&word, FUTEX_REQUEUE, 1, -1, &gate, 0), EINVAL);
}

static void addresses(void)
{
	char *page = map(3 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *kernel = (char *)0xFFFFF000;

	CHECK(syscall(__NR_munmap, page + PAGE, PAGE) == 0);
	CHECK(syscall(__NR_mprotect, page + 2 * PAGE, PAGE, 0) == 0);
	CHECK(futex(page, FUTEX_WAKE, 1, 0, NULL, 0) == 0);
	CHECK_ERRNO(futex(page + PAGE, FUTEX_WAKE, 1, 0, NULL, 0), EFAULT);
	CHECK_ERRNO(futex(page + 2 * PAGE, FUTEX_WAKE, 1, 0, NULL, 0), EFAULT);
	CHECK_ERRNO(futex(NULL, FUTEX_WAKE, 1, 0, NULL, 0), EFAULT);
	CHECK_ERRNO(futex(kernel, FUTEX_WAKE, 1, 0, NULL, 0), EFAULT);
	if (!on_64_bits())
		CHECK_ERRNO(futex(kernel, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0,
				  NULL, 0), EFAULT);
	CHECK_ERRNO(futex(page + 1, FUTEX_WAKE, 1, 0, NULL, 0), EINVAL);
	CHECK_ERRNO(futex(page + 2, FUTEX_WAIT, 0, 0, NULL, 0), EINVAL);
	CHECK_ERRNO(futex(page + PAGE, FUTEX_WAIT, 0, 0, NULL, 0), EFAULT);
	CHECK_ERRNO(futex(page, FUTEX_REQUEUE, 1, 1, page + PAGE, 0), EFAULT);
	CHECK_ERRNO(futex(page, FUTEX_CMP_REQUEUE, 1, 1, page + 3, 0), EINVAL);
	CHECK_ERRNO(futex(page, FUTEX_WAKE_OP, 1, 1, page + PAGE, 0), EFAULT);
	CHECK_ERRNO(futex(page, FUTEX_WAKE_OP, 1, 1, page + 2, 0), EINVAL);
}

/*
 * Checks that a count of 0 or less wakes one sleeper, as Linux has always done.
 */
static void wakes_one(void)
{
	struct thread one, two;

	start_sleeper(&one, &gate);
	start_sleeper(&two, &gate);
	CHECK(futex(&gate, FUTEX_WAKE, 0, 0, NULL, 0) == 1);
	CHECK(futex(&gate, FUTEX_WAKE, -5, 0, NULL, 0) == 1);
	CHECK(futex(&gate, FUTEX_WAKE, 5, 0, NULL, 0) == 0);
	join(&one);
	join(&two);
}

/* Returns what FUTEX_WAKE_OP makes of a word, without sleepers. */
static int operated(int word, unsigned encoded)
{
	second = word;
	CHECK(futex(&gate, FUTEX_WAKE_OP, 1, 1, &second, encoded) == 0);
	return second;
}

static void wake_op_arithmetic(void)
{
	CHECK(operated(5, FUTEX_OP(FUTEX_OP_SET, 7, 0, 0)) == 7);
	CHECK(operated(5, FUTEX_OP(FUTEX_OP_SET, -7, 0, 0)) == -7);
	CHECK(operated(5, FUTEX_OP(FUTEX_OP_ADD, -6, 0, 0)) == -1);
	CHECK(operated(5, FUTEX_OP(FUTEX_OP_OR, 0x12, 0, 0)) == 0x17);
	CHECK(operated(7, FUTEX_OP(FUTEX_OP_ANDN, 5, 0, 0)) == 2);
	CHECK(operated(7, FUTEX_OP(FUTEX_OP_XOR, 5, 0, 0)) == 2);
	CHECK(operated(1, FUTEX_OP(FUTEX_OP_OR | FUTEX_OP_ARG_SHIFT, 8, 0,
				   0)) == 0x101);
	CHECK_ERRNO(futex(&gate, FUTEX_WAKE_OP, 1, 1, &second,
			  FUTEX_OP(5, 1, 0, 0)), ENOSYS);
	CHECK_ERRNO(futex(&gate, FUTEX_WAKE_OP, 1, 1, &second,
			  FUTEX_OP(0, 1, 6, 0)), ENOSYS);
}

/*
 * Wakes the sleeper on the second word if its old value passes the comparison.
 * Returns how many were woken.
 */
static int woken(int word, int cmp, int with)
{
	struct thread t;
	int n;

	second = 0;
	start_sleeper(&t, &second);
	second = word;
	n = futex(&gate, FUTEX_WAKE_OP, 1, 1, &second,
		  FUTEX_OP(FUTEX_OP_ADD, 0, cmp, with));
	if (n == 0)
		CHECK(futex(&second, FUTEX_WAKE, 1, 0, NULL, 0) == 1);
	join(&t);
	return n;
}

static void wake_op_comparisons(void)
{
	struct thread t;

	CHECK(woken(3, FUTEX_OP_CMP_EQ, 3) == 1 &&
	      woken(3, FUTEX_OP_CMP_EQ, 4) == 0);
	CHECK(woken(3, FUTEX_OP_CMP_NE, 4) == 1 &&
	      woken(3, FUTEX_OP_CMP_NE, 3) == 0);
	CHECK(woken(-3, FUTEX_OP_CMP_LT, -2) == 1 &&
	      woken(3, FUTEX_OP_CMP_LT, -4) == 0);
	CHECK(woken(3, FUTEX_OP_CMP_LE, 3) == 1 &&
	      woken(4, FUTEX_OP_CMP_LE, 3) == 0);
	CHECK(woken(3, FUTEX_OP_CMP_GT, -4) == 1 &&
	      woken(3, FUTEX_OP_CMP_GT, 3) == 0);
	CHECK(woken(3, FUTEX_OP_CMP_GE, 3) == 1 &&
	      woken(2, FUTEX_OP_CMP_GE, 3) == 0);
	gate = 0;
	start_sleeper(&t, &gate);	/* the first word's wakes in any case */
	CHECK(futex(&gate, FUTEX_WAKE_OP, 1, 1, &second,
		    FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_EQ, 77)) == 1);
	join(&t);
}

/* Ends a thread that has a list of robust locks. */
static void die_with(void *head)
{
	CHECK(syscall(__NR_set_robust_list, head, 12) == 0);
}

static void dies(void *head)
{
	struct thread t;

	start(&t, die_with, head);
	join(&t);
}

/*
 * Checks hostile lists. Each has three words: the next lock, the offset of a
 * lock's word, the pending lock.
 */
static void hostile_lists(void)
{
	static void *list[3];
	static struct { void *next; int lock; } circle[2];

	CHECK_ERRNO(syscall(__NR_set_robust_list, list, 11), EINVAL);
	dies((void *)16);
	dies((void *)0xFFFFFFF0);
	list[0] = (void *)0xFFFFFFF0;
	dies(list);
	list[0] = (void *)0x1003;
	list[1] = (void *)-1;
	dies(list);
	circle[0].next = &circle[1];	/* round and round without end */
	circle[1].next = &circle[0];
	list[0] = circle;
	list[1] = (void *)sizeof(void *);
	list[2] = (void *)0x10;
	dies(list);
}

static volatile int robust_word;

static void die_owning(void *arg)
{
	void **list = arg;

	robust_word = my_tid();
	CHECK(syscall(__NR_set_robust_list, list, 12) == 0);
}

/*
 * Checks that the bit for priority inheritance is not taken for part of a
 * lock's address.
 */
static void marked_lock(void)
{
	static void *list[3], *entry[1];
	struct thread t;

	entry[0] = (char *)list + 1;
	list[0] = (char *)entry + 1;
	list[1] = (void *)((char *)&robust_word - (char *)entry);
	start(&t, die_owning, list);
	join(&t);
	CHECK((unsigned)robust_word == FUTEX_OWNER_DIED);
}

TESTS({ "operations", "which there are not, and flags", operations },
      { "addresses", "unmapped, misaligned, protected, the kernel's",
	addresses },
      { "wakes_one", "waking none or fewer", wakes_one },
      { "wake_op_arithmetic", "what FUTEX_WAKE_OP makes of a word",
	wake_op_arithmetic },
      { "wake_op_comparisons", "when it wakes", wake_op_comparisons },
      { "hostile_lists", "robust lists that lead nowhere", hostile_lists },
      { "marked_lock", "a marked entry of a robust list", marked_lock })
