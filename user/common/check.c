/*
 * Runs tests, each in a child of its own with a time limit. Compares the
 * kernel's counts before and after each test, and runs the memory audit at the
 * end. A kernel without the audit call (Linux, for comparison) is only tested
 * for its behaviour, and so is any if TEST_COUNTS=no. Arguments are names: only
 * those tests run.
 */
#include <check.h>
#include <counts.h>
#include <cowix.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#define SECONDS 60

void check_failed(const char *file, int line, const char *what)
{
	printf("  %s:%d: %s (errno %d: %s)\n", file, line, what, errno,
	       strerror(errno));
	fflush(stdout);
	_exit(1);
}

int wait_status(int pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

long now_ms(void)
{
	struct timespec now;

	syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int pages_info(struct sysinfo *info)
{
	unsigned long units;

	if (sysinfo(info) < 0)
		return -1;
	units = 4096 / info->mem_unit;
	info->totalram /= units;
	info->freeram /= units;
	info->totalswap /= units;
	info->freeswap /= units;
	info->mem_unit = 4096;
	return 0;
}

static int counts(struct audit_report *r)
{
	return mm_audit(r, AUDIT_DROP_CACHES);
}

int on_cowix(void)
{
	static int known = -1;

	if (known < 0)
		known = mm_audit(NULL, 0) >= 0;
	return known;
}

int on_64_bits(void)
{
	struct utsname names;

	CHECK(uname(&names) == 0);
	return strcmp(names.machine, "x86_64") == 0;
}

static int run_child(const struct test *t)
{
	const char *seconds = getenv("TEST_SECONDS");
	int pid, status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		alarm(seconds ? atoi(seconds) : SECONDS);
		t->run();
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	kill(-pid, SIGKILL);		/* kills the processes that it left */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return status;
}

static int run_one(const struct test *t)
{
	struct audit_report before, after;
	const char *wanted = getenv("TEST_COUNTS"), *lost = NULL;
	int audited = !(wanted && strcmp(wanted, "no") == 0) &&
		counts(&before) >= 0, status = run_child(t);

	for (int tries = 0; audited && tries < 50; tries++) {
		counts(&after);
		lost = counts_difference(&before, &after);
		if (!lost)
			break;
		sleep_ms(20);	/* init may still have orphans to reap */
	}
	if (status == 0 && !lost) {
		printf("ok %s: %s\n", t->name, t->what);
		return 0;
	}
	printf("FAILED %s: %s: ", t->name, t->what);
	if (lost)
		printf("%s\n", lost);
	else if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("status %d\n", WEXITSTATUS(status));
	return 1;
}

static void nothing(void)
{
}

int run_tests(const struct test *tests, int argc, char **argv)
{
	static const struct test warm_up = { "warm_up", "first uses", nothing };
	int failed = 0, passed = 0;

	run_child(&warm_up);
	/* brings in the pages of this code before anything is counted */
	sleep_ms(20);
	for (; tests->name; tests++) {
		int wanted = argc < 2;

		for (int i = 1; i < argc; i++)
			wanted |= strcmp(argv[i], tests->name) == 0;
		if (!wanted)
			continue;
		if (run_one(tests))
			failed++;
		else
			passed++;
		fflush(stdout);
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
