/*
 * Restarted waits whose arguments have gone while the process was stopped. They
 * fail, and the next wait has its own end time.
 */
#include <check.h>
#include <abi/poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include "sleeping.h"

#define FILE_	"/tmp/ends-file"
#define PAGE	4096
#define MS	1000000

typedef int (*wait_t)(void *time);

static int call_nanosleep(void *time)
{
	return syscall(__NR_nanosleep, time, NULL);
}

static int call_ppoll(void *time)
{
	return syscall(__NR_ppoll, NULL, 0, time, NULL, 0);
}

/* Calls select() in microseconds, so its time is as short as the other's. */
static int call_select(void *time)
{
	return syscall(__NR__newselect, 0, NULL, NULL, NULL, time);
}

static int call_pselect(void *time)
{
	return syscall(__NR_pselect6, 0, NULL, NULL, NULL, time, NULL);
}

/* Calls the old select(), whose arguments are all in the page. */
static int call_old_select(void *time)
{
	unsigned *args = time;

	return syscall(__NR_select, args + 2);
}

/* Fills the page with a time and arguments for the old select(). */
static void set_span(void *page, long fraction)
{
	unsigned *args = page;

	args[0] = 0;
	args[1] = fraction;
	memset(args + 2, 0, 4 * sizeof(*args));
	args[6] = (unsigned)page;
}

/*
 * Waits twice. Linux may leave nanosleep()'s time unread after a stop; then it
 * has slept.
 */
static void wait_twice(wait_t call, void *page, long fraction)
{
	static long own[16] __attribute__((aligned(64)));
	long before;

	set_span(page, fraction);
	if (call(page) == 0)
		CHECK(!on_cowix() && call == call_nanosleep);
	else
		CHECK(errno == EFAULT);
	set_span(own, fraction);
	before = now_ms();
	CHECK(call(own) == 0);
	CHECK(now_ms() - before >= 199);
}

/* Removes the page while the process is stopped. */
static void end_anew(wait_t call, long fraction)
{
	int fd = open(FILE_, O_CREAT | O_RDWR, 0600), pid;
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  fd, 0);

	CHECK(page != MAP_FAILED && ftruncate(fd, PAGE) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		wait_twice(call, page, fraction);
		_exit(0);
	}
	await_state(pid, 'S');
	CHECK(kill(pid, SIGSTOP) == 0);
	await_state(pid, 'T');
	CHECK(ftruncate(fd, 0) == 0);
	CHECK(kill(pid, SIGCONT) == 0 && wait_status(pid) == 0);
	CHECK(munmap(page, PAGE) == 0 && close(fd) == 0);
	CHECK(unlink(FILE_) == 0);
}

static void sleeps(void)
{
	end_anew(call_nanosleep, 200 * MS);
}

static void polls(void)
{
	end_anew(call_ppoll, 200 * MS);
}

static void selects(void)
{
	end_anew(call_select, 200 * MS / 1000);
	end_anew(call_pselect, 200 * MS);
}

static void old_selects(void)
{
	end_anew(call_old_select, 200 * MS / 1000);
}

static const struct test tests[] = {
	{ "sleeps", "nanosleep() without its time", sleeps },
	{ "polls", "ppoll()", polls },
	{ "selects", "select() and pselect()", selects },
	{ "old_selects", "the old select()", old_selects },
	{ }
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
