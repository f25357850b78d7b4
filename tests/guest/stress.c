/*
 * Threads change their common address space and their process at random. They
 * map, unmap, protect, touch, fork, wait, signal and end, at last all at once.
 * Nothing may break: the test's frame compares the counts, and the audit looks
 * meanwhile.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include "thread.h"

#define THREADS	12
#define SLOTS	32
#define PAGES	16
#define TIME	2000

static struct thread threads[THREADS];
/* mappings, taken and put back atomically */
static char *volatile slots[SLOTS];
static volatile int words[4];
static int file;

static unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 16;
}

static void unmap_slot(unsigned i)
{
	char *p = __sync_lock_test_and_set(&slots[i], NULL);

	if (p)
		syscall(__NR_munmap, p, PAGES * PAGE);
}

/* Maps a slot. Without memory there is no mapping, which is all right. */
static void map_slot(unsigned i, unsigned r)
{
	static const int kinds[] = { MAP_PRIVATE | MAP_ANONYMOUS,
				     MAP_SHARED | MAP_ANONYMOUS, MAP_PRIVATE,
				     MAP_SHARED };
	int flags = kinds[r % 4];
	char *p = (char *)syscall(__NR_mmap2, NULL, PAGES * PAGE,
				  PROT_READ | PROT_WRITE, flags,
				  flags & MAP_ANONYMOUS ? -1 : file, 0);

	if (p != (char *)-1 &&
	    !__sync_bool_compare_and_swap(&slots[i], NULL, p))
		syscall(__NR_munmap, p, PAGES * PAGE);
}

/* Uses a mapping taken out of its slot, so that no other thread unmaps it. */
static void use_slot(unsigned i, unsigned r)
{
	char *p = __sync_lock_test_and_set(&slots[i], NULL);

	if (!p)
		return;
	for (int i = 0; i < PAGES; i += 1 + r % PAGES)
		p[i * PAGE] = r;
	syscall(__NR_mprotect, p + PAGE, PAGE, PROT_READ);
	p[(2 + r / 8 % (PAGES - 2)) * PAGE] += p[PAGE];
	if (r % 3 == 0)
		syscall(__NR_madvise, p, 2 * PAGE, MADV_DONTNEED);
	syscall(__NR_mprotect, p + PAGE, PAGE, PROT_READ | PROT_WRITE);
	if (!__sync_bool_compare_and_swap(&slots[i], NULL, p))
		syscall(__NR_munmap, p, PAGES * PAGE);
}

/* Forks a child, which changes a little of its copy. */
static void fork_child(unsigned r)
{
	int number = on_cowix() ? __NR_xfork : __NR_fork;
	int policy = r % 2 ? FORK_POLICY_LAZY : FORK_POLICY_OLD;
	int pid = r % 3 ? fork() : (int)syscall(number, policy, 0);

	if (pid == 0) {
		for (int i = 0; i < SLOTS; i++)
			if (slots[i])
				slots[i][r % PAGES * PAGE] = 'c';
		_exit(0);
	}
	if (pid > 0 && r % 5)
		waitpid(pid, NULL, 0);
}

static void sleep_on_word(unsigned r)
{
	struct timespec brief = { 0, 5000000 };
	volatile int *w = &words[r % 4];

	if (r % 2)
		syscall(__NR_futex, w, FUTEX_WAIT, *w, &brief);
	else
		syscall(__NR_futex, w, FUTEX_CMP_REQUEUE, 1, 2,
			&words[(r + 1) % 4], *w);
	(*w)++;
	syscall(__NR_futex, w, FUTEX_WAKE, 1);
}

static void act(unsigned *state)
{
	unsigned r = next_random(state), slot = next_random(state) % SLOTS,
		 what = next_random(state) % 16;

	if (what < 4)
		map_slot(slot, r);
	else if (what < 6)
		unmap_slot(slot);
	else if (what < 13)
		use_slot(slot, r);
	else if (what == 13)
		sleep_on_word(r);
	else if (what == 14)
		fork_child(r);
	else
		syscall(__NR_tgkill, getpid(), threads[r % THREADS].id,
			SIGUSR1);
}

/* Does a few things and ends. The first thread starts the next in its place. */
static void live(void *arg)
{
	unsigned state = (unsigned)(long)arg;

	for (int n = next_random(&state) % 40; n >= 0; n--)
		act(&state);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void restart(struct thread *t, unsigned seed)
{
	t->id = start_on(__NR_clone, THREAD | TIDS, t->stack, live,
			 (void *)(long)seed, &t->tid, NULL, &t->tid);
	if (t->id < 0)
		t->tid = 0;
}

static void run_threads(unsigned seed, long ms)
{
	static char stacks[THREADS][STACK];
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_RESTART };
	long end = now_ms() + ms;

	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < THREADS; i++)
		threads[i].stack = stacks[i];
	for (unsigned n = 0; now_ms() < end; n++) {
		struct thread *t = &threads[n % THREADS];

		if (t->tid == 0)
			restart(t, seed += 7919);
		else
			act(&seed);
	}
}

/*
 * Ends the process while its threads work: by itself, by a signal, or by exec.
 */
static void end_somehow(int how)
{
	char *argv[] = { "true", NULL };

	if (how == 0)
		syscall(__NR_exit_group, 0);
	if (how == 1)
		kill(getpid(), SIGTERM);
	execve("/bin/true", argv, (char *[]){ NULL });
	_exit(1);
}

static void all_at_once(void)
{
	int round = 0;

	file = open("stress.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(file >= 0 && ftruncate(file, PAGES * PAGE) == 0);
	for (long end = now_ms() + TIME; now_ms() < end || round < 3; round++) {
		int pid = fork(), status;

		if (pid == 0) {
			setpgid(0, 0);
			run_threads(round * 104729 + 1, 100);
			end_somehow(round % 3);
		}
		while (waitpid(pid, &status, WNOHANG) == 0) {
			if (on_cowix())
				CHECK(mm_audit(NULL, round % 2
							     ? AUDIT_DROP_CACHES
							     : 0) == 0);
			sleep_ms(10);
		}
		CHECK(status == (round % 3 == 1 ? SIGTERM : 0));
		/* children that nobody has waited for */
		while (kill(-pid, SIGKILL) == 0)
			sleep_ms(2);
	}
	CHECK(close(file) == 0 && unlink("stress.tmp") == 0);
}

TESTS({ "all_at_once", "threads map, fork, sleep, signal and end",
	all_at_once })
