/*
 * The sweep of planned sleeps (sleep.h) over waits: for words, file locks,
 * select(), signals and timers.
 */
#include <sys/time.h>
#include "sleep.h"

#define WAIT_MS 400

static volatile int *words;

static int futex(volatile int *at, int op, int value, unsigned long arg,
		 volatile int *other, unsigned value3)
{
	return syscall(__NR_futex, at, op, value, arg, other, value3);
}

static int wait_for_word(void)
{
	struct timespec span = { 0, WAIT_MS * 1000000 };

	return futex(words, FUTEX_WAIT, 0, (unsigned long)&span, NULL, 0);
}

static int wake_word(void)
{
	words[0] = 1;
	return futex(words, FUTEX_WAKE, 1, 0, NULL, 0);
}

static int move_and_wake(void)
{
	words[0] = 1;
	if (futex(words, FUTEX_CMP_REQUEUE, 0, 1, words + 1, 1) < 0)
		return -1;
	return futex(words + 1, FUTEX_WAKE, 1, 0, NULL, 0);
}

/* Sets words[1] from 0 to 1, and wakes its waiters too. */
static int change_and_wake(void)
{
	words[0] = 1;
	return futex(words, FUTEX_WAKE_OP, 1, 1, words + 1, 1 << 12);
}

static const struct act futex_acts[] = {
	{ .name = "wait", .run = wait_for_word },
	{ .name = "wake", .run = wake_word },
	{ .name = "requeue", .run = move_and_wake },
	{ .name = "operate", .run = change_and_wake },
};

static void map_words(int flags)
{
	words = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     flags | MAP_ANONYMOUS, -1, 0);
	CHECK(words != MAP_FAILED);
}

static void map_shared_words(void)
{
	map_words(MAP_SHARED);
}

static void map_own_words(void)
{
	map_words(MAP_PRIVATE);
}

/*
 * Checks that a waiter is woken if the other wakes, and that the waker counts
 * it.
 */
static void judge_wait(void)
{
	const struct fate *wait = &meeting->subject, *wake = &meeting->rival;

	if (!strcmp(rival->name, "wait")) {
		wait = &meeting->rival;
		wake = &meeting->subject;
	}
	CHECK(wake->result >= 0 || acted("wait") == 2);
	if (acted("wait") == 1 && order == AT_ONCE) {
		CHECK((wait->result == 0) == (wake->result == 1));
		CHECK(wait->result == 0 || wait->error == EAGAIN);
	}
	CHECK(munmap((void *)words, PAGE) == 0);
}

static void futexes(void)
{
	static const struct scene scene = SCENE("shared words", futex_acts,
		.prepare = map_shared_words, .judge = judge_wait);

	sweep_scene(&scene);
}

static void own_futexes(void)
{
	static const struct scene scene = SCENE("own words", futex_acts,
		.prepare = map_own_words, .judge = judge_wait, .threads = 1);

	sweep_scene(&scene);
}

/* Record locks: of two processes, and of two threads that are one owner. */

#define LOCKED "/tmp/sleep-locked"

static int file;
static char found[60];

static int lock(int command, int type, int start, int length)
{
	struct flock64 fl = { type, SEEK_SET, start, length, 0 };

	return syscall(__NR_fcntl64, file, command, &fl);
}

static int lock_low(void)
{
	return lock(F_SETLK64, F_WRLCK, 0, 10);
}

static int lock_high(void)
{
	return lock(F_SETLK64, F_WRLCK, 8, 10);
}

static int share_both(void)
{
	return lock(F_SETLK64, F_RDLCK, 0, 20);
}

static int unlock_middle(void)
{
	return lock(F_SETLK64, F_UNLCK, 4, 2);
}

/* Waits for the lock, and checks that it is alone. */
static int lock_and_go(void)
{
	if (lock(F_SETLKW64, F_WRLCK, 30, 1) < 0)
		return -1;
	CHECK(words[0]++ == 0);
	sleep_ms(5);
	CHECK(--words[0] == 0);
	return lock(F_SETLK64, F_UNLCK, 30, 1);
}

static int take_file(void)
{
	return syscall(__NR_flock, file, LOCK_EX | LOCK_NB);
}

static int close_file(void)
{
	return close(file);
}

/* Finds the lowest lock in a stranger's way. */
static void look(void)
{
	struct flock64 fl = { F_WRLCK, SEEK_SET, 0, 0, 0 };
	int seen[2], pid;

	CHECK(pipe(seen) == 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(LOCKED, O_RDWR);

		CHECK(syscall(__NR_fcntl64, fd, F_GETLK64, &fl) == 0);
		CHECK(write(seen[1], &fl, sizeof(fl)) == sizeof(fl));
		_exit(0);
	}
	CHECK(read(seen[0], &fl, sizeof(fl)) == sizeof(fl));
	CHECK(wait_status(pid) == 0);
	CHECK(close(seen[0]) == 0 && close(seen[1]) == 0);
	if (fl.l_type != F_UNLCK)
		sprintf(found, "%d from %d, %d bytes", fl.l_type,
			(int)fl.l_start, (int)fl.l_len);
}

static const struct act lock_acts[] = {
	{ .name = "low", .run = lock_low, .check = look },
	{ .name = "high", .run = lock_high, .check = look },
	{ .name = "share", .run = share_both, .check = look },
	{ .name = "unlock", .run = unlock_middle, .check = look },
	{ .name = "wait", .run = lock_and_go, .check = look },
	{ .name = "flock", .run = take_file, .check = look },
	{ .name = "close", .run = close_file, .check = look },
};

/* Opens the file: flock's locks belong to the open file. */
static void open_locked(void)
{
	map_shared_words();
	file = open(LOCKED, O_RDWR | O_CREAT, 0644);
	CHECK(file >= 0);
}

static void describe_found(char *to)
{
	strcpy(to, found);
}

static void remove_locked(void)
{
	CHECK(unlink(LOCKED) == 0 && munmap((void *)words, PAGE) == 0);
}

static void locks(void)
{
	static const struct scene scene = SCENE("locks", lock_acts,
		.prepare = open_locked, .describe = describe_found,
		.judge = remove_locked);

	sweep_scene(&scene);
}

/* Lets only one thread wait alone, since both would be one owner. */
static void owner_locks(void)
{
	static struct act acts[sizeof(lock_acts) / sizeof(lock_acts[0])];
	static const struct scene scene = SCENE("one owner", acts,
		.prepare = open_locked, .describe = describe_found,
		.judge = remove_locked, .threads = 1);

	memcpy(acts, lock_acts, sizeof(acts));
	for (unsigned i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(acts[i].name, "wait"))
			acts[i].only_rival = 1;
	sweep_scene(&scene);
}

/* Real-time signals to a process of two threads. */

#define QUEUED 40
#define SIGNALS (1ull << (QUEUED - 1))

static int queue_one(void)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_code = -1;		/* SI_QUEUE */
	info.si_pid = my_tid() == subject_tid ? 'S' : 'R';
	return syscall(__NR_rt_sigqueueinfo, getpid(), QUEUED, &info);
}

static int take_one(void)
{
	unsigned long long set = SIGNALS;
	struct timespec none = { 0, 0 };
	siginfo_t info;
	int sig = syscall(__NR_rt_sigtimedwait, &set, &info, &none, 8);

	return sig < 0 ? -1 : info.si_pid;
}

static int forget_all(void)
{
	return signal(QUEUED, SIG_IGN) == SIG_ERR ? -1 : 0;
}

static int expect_again(void)
{
	return signal(QUEUED, SIG_DFL) == SIG_ERR ? -1 : 0;
}

static int allow_one(void)
{
	unsigned long long limit[2] = { 2, 100 };

	return syscall(__NR_prlimit64, 0, 11, limit, NULL);
}

static const struct act signal_acts[] = {
	{ .name = "queue", .run = queue_one },
	{ .name = "take", .run = take_one },
	{ .name = "forget", .run = forget_all },
	{ .name = "expect", .run = expect_again },
	{ .name = "limit", .run = allow_one },
};

static void queue_two(void)
{
	sigset_t set = SIGNALS;

	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	CHECK(queue_one() == 0 && queue_one() == 0);
}

/* Describes each pending signal and its sender, in order. */
static void describe_queue(char *to)
{
	int c;

	while ((c = take_one()) > 0)
		*to++ = c;
	*to = '\0';
}

static void queues(void)
{
	static const struct scene scene = SCENE("queues", signal_acts,
		.prepare = queue_two, .describe = describe_queue, .threads = 1);

	sweep_scene(&scene);
}

/* Sets an interval timer of two threads. It is so long that no tick shows. */

static int set_timer(int seconds)
{
	struct itimerval new = { { seconds, 0 }, { seconds, 500000 } }, old;
	int error = syscall(__NR_setitimer, ITIMER_VIRTUAL, &new, &old);

	return error < 0 ? -1 : old.it_value.tv_sec;
}

static int set_long(void)
{
	return set_timer(1000);
}

static int set_short(void)
{
	return set_timer(500);
}

static int stop_timer(void)
{
	struct itimerval none = { { 0, 0 }, { 0, 0 } }, old;

	return syscall(__NR_setitimer, ITIMER_VIRTUAL, &none, &old) < 0 ? -1 :
	       old.it_value.tv_sec;
}

static int read_timer(void)
{
	struct itimerval now;

	return syscall(__NR_getitimer, ITIMER_VIRTUAL, &now) < 0 ? -1 :
	       now.it_value.tv_sec;
}

static const struct act timer_acts[] = {
	{ .name = "long", .run = set_long },
	{ .name = "short", .run = set_short },
	{ .name = "stop", .run = stop_timer },
	{ .name = "read", .run = read_timer },
};

static void describe_timer(char *to)
{
	sprintf(to, "%d", read_timer());
}

static void timers(void)
{
	static const struct scene scene = SCENE("timers", timer_acts,
		.describe = describe_timer, .threads = 1);

	sweep_scene(&scene);
}

/* select() on a pipe, against writes and closes. */

static int fds[2];

static int select_pipe(void)
{
	unsigned long in[32] = { 0 }, out[32] = { 0 };
	struct timeval span = { 0, WAIT_MS * 1000 };

	in[fds[0] / 32] = 1ul << fds[0] % 32;
	return syscall(__NR__newselect, fds[0] + 1, in, out, NULL, &span);
}

static int write_pipe(void)
{
	return write(fds[1], "x", 1);
}

static int close_writer(void)
{
	return close(fds[1]);
}

static int close_both(void)
{
	return close(fds[0]) < 0 ? -1 : close(fds[1]);
}

static const struct act select_acts[] = {
	{ .name = "select", .run = select_pipe, .only_subject = 1 },
	{ .name = "write", .run = write_pipe, .only_rival = 1 },
	{ .name = "end", .run = close_writer, .only_rival = 1 },
	{ .name = "close", .run = close_both, .only_rival = 1 },
};

static void make_pipe(void)
{
	CHECK(pipe(fds) == 0);
}

static void judge_select(void)
{
	const struct fate *fate = &meeting->subject;

	if (order == AT_ONCE && !acted("close"))
		CHECK(fate->result == 1);
	CHECK(fate->result >= 0 || (acted("close") && fate->error == EBADF));
}

static void selects(void)
{
	static const struct scene scene = SCENE("select", select_acts,
		.prepare = make_pipe, .judge = judge_select, .threads = 1);

	sweep_scene(&scene);
}

TESTS({ "futexes", "a word is waited for and woken", futexes },
      { "own_futexes", "by two threads", own_futexes },
      { "locks", "two processes lock a file", locks },
      { "owner_locks", "two threads do, and close it", owner_locks },
      { "queues", "signals are queued, taken and forgotten", queues },
      { "timers", "a timer is set and read", timers },
      { "selects", "select() and what it waits for", selects })
