/*
 * The victim when there is no memory: the largest process of the user who holds
 * most. It is never the one that happens to need a page.
 */
#include <check.h>
#include <cowix.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define PAGE 4096

static unsigned free_pages(void)
{
	struct sysinfo info;

	CHECK(sysinfo(&info) == 0);
	return info.freeram / PAGE * info.mem_unit;
}

static char *take(unsigned pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	for (unsigned i = 0; i < pages; i++)
		p[i * PAGE] = i;
	return p;
}

/* Takes shared memory that the process keeps without mapping a page of it. */
static char *take_unmapped(unsigned pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	for (unsigned i = 0; i < pages; i++)
		p[i * PAGE] = i;
	CHECK(madvise(p, pages * PAGE, MADV_DONTNEED) == 0);
	return p;
}

/* Starts a process of the user that takes this many pages and then sleeps. */
static int start_holder(int uid, unsigned pages, char *(*take_pages)(unsigned))
{
	int ends[2], pid;
	char c;

	CHECK(pipe(ends) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(setuid(uid) == 0);
		take_pages(pages);
		CHECK(write(ends[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	CHECK(close(ends[1]) == 0 && read(ends[0], &c, 1) == 1);
	CHECK(close(ends[0]) == 0);
	return pid;
}

static int holder(int uid, unsigned pages)
{
	return start_holder(uid, pages, take);
}

static int was_killed(int pid)
{
	int status;

	return waitpid(pid, &status, WNOHANG) == pid && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGKILL;
}

static int lives(int pid)
{
	return waitpid(pid, NULL, WNOHANG) == 0;
}

#define NEEDY 4

static void end(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

/* Starts processes that take this many pages each, and waits until all have. */
static void start_needy(int *pids, unsigned pages)
{
	int ends[2];
	char c;

	CHECK(pipe(ends) == 0);
	for (int i = 0; i < NEEDY; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			CHECK(setuid(1002) == 0);
			take(pages);
			CHECK(write(ends[1], "x", 1) == 1);
			for (;;)
				pause();
		}
	}
	for (int i = 0; i < NEEDY; i++)
		CHECK(read(ends[0], &c, 1) == 1);
	CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
}

/*
 * Checks the choice: user 1001 holds most, in three processes, but 1000's one
 * is largest. Several processes need memory at once, and one end is enough.
 */
static void largest_of_most(void)
{
	unsigned all = free_pages(), part = all / 16;
	int one, a, b, c, needy[NEEDY];

	if (!on_cowix())
		return;
	a = holder(1001, 3 * part);
	one = holder(1000, 4 * part);
	b = holder(1001, 2 * part);
	c = holder(1001, 2 * part);
	start_needy(needy, (all - 11 * part) / NEEDY);
	for (int i = 0; i < NEEDY; i++)
		end(needy[i]);
	CHECK(was_killed(a) && lives(one) && lives(b) && lives(c));
	end(one);
	end(b);
	end(c);
}

/*
 * Checks that memory kept only by a process's mappings counts as its own,
 * mapped or not.
 */
static void unmapped(void)
{
	unsigned all = free_pages(), part = all / 16;
	int one, other, needy;

	if (!on_cowix())
		return;
	one = start_holder(1000, 7 * part, take_unmapped);
	other = holder(1001, 4 * part);
	needy = fork();
	if (needy == 0) {
		CHECK(setuid(1002) == 0);
		take(all - 11 * part);
		_exit(0);
	}
	CHECK(wait_status(needy) == 0 && was_killed(one) && lives(other));
	end(other);
}

/*
 * Checks a child that takes all while its parent sleeps. The parent has given
 * up its own pages.
 */
static void parent_that_sleeps(void)
{
	int ends[2], child;
	char c;

	if (!on_cowix())
		return;
	CHECK(setuid(1000) == 0 && pipe(ends) == 0);
	child = fork();
	if (child == 0) {
		for (;;)
			take(64);
	}
	CHECK(close(ends[1]) == 0 && read(ends[0], &c, 1) == 0);
	CHECK(waitpid(child, NULL, 0) == child);
}

/* Returns how often the log says that a process was chosen. */
static int choices(void)
{
	static char log[32768];
	int n = klogctl(3, log, sizeof(log) - 1), found = 0;

	CHECK(n >= 0);
	log[n] = '\0';
	for (char *p = log; (p = strstr(p, "out of memory: pid ")); p++)
		found++;
	return found;
}

/*
 * Checks that processes sharing the victim's memory end with it, but not init.
 */
static void sharers(void)
{
	int pid, status, before;

	if (!on_cowix())
		return;
	before = choices();
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		if (vfork() == 0)
			for (;;)
				take(64);
		for (;;)
			pause();
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	sleep_ms(500);
	CHECK(choices() == before + 1);	/* both at once */
}

/* Checks victims that are stopped, or that ignore and block everything. */
static void deaf_victims(void)
{
	unsigned all = free_pages();
	unsigned long long every = ~0ull;
	int a, b;

	if (!on_cowix())
		return;
	syscall(__NR_rt_sigprocmask, SIG_BLOCK, &every, NULL, 8);
	a = holder(1000, all / 2);
	CHECK(kill(a, SIGSTOP) == 0);
	b = fork();
	if (b == 0) {
		CHECK(setuid(1001) == 0);
		take(all / 2);
		_exit(0);
	}
	CHECK(wait_status(b) == 0 && was_killed(a));
}

/* A handler that needs a page for its frame while there is none. */
static volatile int handled;

static void handler(int sig)
{
	handled += sig != 0;
}

/* Puts each frame on a page of its own that was never touched. */
static void frames_on_new_pages(unsigned pages)
{
	struct sigaction action = { .sa_handler = handler,
				    .sa_flags = SA_ONSTACK };
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && sigaction(SIGUSR1, &action, NULL) == 0);
	for (unsigned i = 0; i < pages; i++) {
		stack_t stack = { .ss_sp = p + i * PAGE, .ss_size = PAGE };

		CHECK(syscall(__NR_sigaltstack, &stack, NULL) == 0);
		CHECK(kill(getpid(), SIGUSR1) == 0);
	}
	CHECK(handled == (int)pages);
}

static void signal_frames(void)
{
	unsigned all = free_pages();
	int a, pid;

	if (!on_cowix())
		return;
	a = holder(1000, all * 3 / 4);
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1001) == 0);
		frames_on_new_pages(all / 2);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && was_killed(a));
}

/*
 * Checks that ordinary users leave some frames, and the superuser may take
 * them.
 */
static void reserve(void)
{
	struct audit_report r;
	int ends[2], pid, child;
	char c;

	if (!on_cowix())
		return;
	CHECK(pipe(ends) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		for (unsigned left = free_pages(); left > 300;
		     left = free_pages())
			take(left > 600 ? 64 : 1);
		CHECK(write(ends[1], "x", 1) == 1);
		for (int i = 0; i < 400; i++)
			mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		while ((child = fork()) > 0)
			;
		while (child == 0)
			pause();
		CHECK(errno == ENOMEM || errno == EAGAIN);
		CHECK(write(ends[1], "y", 1) == 1);
		_exit(0);
	}
	CHECK(read(ends[0], &c, 1) == 1 && read(ends[0], &c, 1) == 1);
	CHECK(mm_audit(&r, 0) == 0 && r.frames_free >= r.frames_total / 40);
	CHECK(kill(pid, 0) == 0 || errno == ESRCH);
	waitpid(pid, NULL, 0);
}

TESTS({ "largest_of_most", "the largest of the user who holds most ends",
	largest_of_most },
      { "unmapped", "shared memory that is not mapped counts", unmapped },
      { "parent_that_sleeps", "not the parent of who takes everything",
	parent_that_sleeps },
      { "sharers", "vfork: both end", sharers },
      { "deaf_victims", "a victim that is stopped", deaf_victims },
      { "signal_frames", "a handler's frame without memory", signal_frames },
      { "reserve", "what is left for the superuser", reserve })
