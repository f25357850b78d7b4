/*
 * Record locks of several owners on one file, against a table of who has each
 * byte: random calls, what they say, and the conflict that F_GETLK reports.
 * The last test prints what locks cost beside many.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define NAME	"/tmp/test-lockranges"
#define BYTES	48		/* the last one stands for all behind it */
#define OWNERS	5		/* open files; and the process, the last */
#define PROCESS (OWNERS - 1)
#define STEPS	20000
#define MANY	1000

struct range {
	int first, last;
};

static int fds[OWNERS];
static int held[OWNERS][BYTES];		/* F_UNLCK, F_RDLCK or F_WRLCK */
static int came[OWNERS], nr_came;	/* owners with locks, as they came */

static unsigned dice(unsigned n)
{
	static unsigned state = 20250;

	state = state * 1103515245 + 12345;
	return (state >> 8) % n;
}

static struct range any_range(void)
{
	struct range r = { dice(BYTES), 0 };

	r.last = r.first + (dice(8) ? dice(6) : dice(BYTES));
	if (r.last >= BYTES)
		r.last = BYTES - 1;
	return r;
}

static long long length(struct range r)
{
	return r.last == BYTES - 1 ? 0 : r.last - r.first + 1;
}

/* Does a lock call for an owner: the process's is by any descriptor. */
static int call(int owner, int of_process, int of_file, struct flock64 *fl)
{
	int command = owner == PROCESS ? of_process : of_file;

	return syscall(__NR_fcntl64, fds[owner], command, fl);
}

static void forget_owner(int owner)
{
	int kept = 0;

	for (int i = 0; i < nr_came; i++)
		if (came[i] != owner)
			came[kept++] = came[i];
	nr_came = kept;
}

static int has_come(int owner)
{
	for (int i = 0; i < nr_came; i++)
		if (came[i] == owner)
			return 1;
	return 0;
}

/* Changes the table as a call that was granted does. */
static void hold(int owner, struct range r, int type)
{
	int any = 0;

	for (int i = r.first; i <= r.last; i++)
		held[owner][i] = type;
	for (int i = 0; i < BYTES; i++)
		any |= held[owner][i] != F_UNLCK;
	if (!any)
		forget_owner(owner);
	else if (!has_come(owner))
		came[nr_came++] = owner;
}

static int prevents(int owner, int byte, int type)
{
	return held[owner][byte] == F_WRLCK ||
	       (held[owner][byte] == F_RDLCK && type == F_WRLCK);
}

/*
 * Finds the lock that prevents one: of the owner that came first, the lowest.
 * Returns that owner, or -1.
 */
static int find_conflict(int owner, struct range asked, int type,
			 struct range *found)
{
	for (int i = 0; i < nr_came; i++) {
		const int *has = held[came[i]];
		int at = asked.first;

		if (came[i] == owner)
			continue;
		while (at <= asked.last && !prevents(came[i], at, type))
			at++;
		if (at > asked.last)
			continue;
		*found = (struct range){ at, at };
		while (found->first > 0 && has[found->first - 1] == has[at])
			found->first--;
		while (found->last < BYTES - 1 &&
		       has[found->last + 1] == has[at])
			found->last++;
		return came[i];
	}
	return -1;
}

static void ask(int owner, struct range r, int type)
{
	struct flock64 fl = { type, SEEK_SET, r.first, length(r), 0 };
	struct range other;
	int who = find_conflict(owner, r, type, &other);

	CHECK(call(owner, F_GETLK64, F_OFD_GETLK, &fl) == 0);
	if (who < 0) {
		CHECK(fl.l_type == F_UNLCK);
		return;
	}
	CHECK(fl.l_type == held[who][other.first]);
	CHECK(fl.l_start == other.first && fl.l_len == length(other));
	CHECK(fl.l_pid == (who == PROCESS ? getpid() : -1));
}

static void set(int owner, struct range r, int type)
{
	struct flock64 fl = { type, SEEK_SET, r.first, length(r), 0 };
	struct range other;
	int refused = type != F_UNLCK &&
		      find_conflict(owner, r, type, &other) >= 0;
	int result = call(owner, F_SETLK64, F_OFD_SETLK, &fl);

	if (refused) {
		CHECK_ERRNO(result, EAGAIN);
		return;
	}
	CHECK(result == 0);
	hold(owner, r, type);
}

/* Closes an owner's file, which costs the process its locks as well. */
static void reopen(int owner)
{
	struct range all = { 0, BYTES - 1 };
	int fd = open(NAME, O_RDWR);

	CHECK(fd >= 0 && close(fds[owner]) == 0);
	fds[owner] = fd;
	hold(owner, all, F_UNLCK);
	hold(PROCESS, all, F_UNLCK);
}

static void randomly(void)
{
	static const int types[] = { F_UNLCK, F_RDLCK, F_WRLCK, F_RDLCK };

	close(open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644));
	for (int i = 0; i < OWNERS; i++) {
		fds[i] = open(NAME, O_RDWR);
		CHECK(fds[i] >= 0);
		for (int j = 0; j < BYTES; j++)
			held[i][j] = F_UNLCK;
	}
	for (int i = 0; i < STEPS; i++) {
		int owner = dice(OWNERS);

		set(owner, any_range(), types[dice(4)]);
		ask(dice(OWNERS), any_range(), dice(2) ? F_RDLCK : F_WRLCK);
		if (dice(200) == 0)
			reopen(owner);
	}
	for (int i = 0; i < OWNERS; i++)
		close(fds[i]);
	CHECK(unlink(NAME) == 0);
}

/* Locks every fourth byte from a place on. Returns how many it could. */
static int lock_bytes(int from, int n, int type)
{
	int locked = 0;

	for (int i = 0; i < n; i++) {
		struct flock64 fl = { type, SEEK_SET, from + 4 * i, 1, 0 };

		locked += call(PROCESS, F_SETLK64, 0, &fl) == 0;
	}
	return locked;
}

static unsigned long long count(void)
{
	unsigned long long now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now;
}

static void cost(const char *what, int from, int type, int expected)
{
	unsigned long long begin = count();
	int locked = lock_bytes(from, MANY, type);

	printf("  %s: %u\n", what, (unsigned)((count() - begin) / MANY));
	fflush(stdout);
	CHECK(locked == expected);
}

/* Measures beside bytes that another process has locked. */
static void costs(void)
{
	int ends[2], pid;
	char c;

	fds[PROCESS] = open(NAME, O_RDWR | O_CREAT, 0644);
	CHECK(fds[PROCESS] >= 0 && unlink(NAME) == 0 && pipe(ends) == 0);
	pid = fork();
	if (pid == 0) {
		c = lock_bytes(0, MANY, F_WRLCK) == MANY;
		write(ends[1], &c, 1);
		pause();
	}
	CHECK(pid > 0 && read(ends[0], &c, 1) == 1 && c == 1);
	cost("lock", 2, F_WRLCK, MANY);
	cost("refused", 0, F_WRLCK, 0);
	cost("unlock", 2, F_UNLCK, MANY);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	CHECK(lock_bytes(0, MANY, F_WRLCK) == MANY);
}

TESTS({ "randomly", "random locks against a table of bytes", randomly },
      { "costs", "instructions beside many, printed", costs })
