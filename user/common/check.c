/*
 * Runs tests, each in a child of its own with a time limit. Compares the
 * kernel's counts before and after each test, and runs the memory audit at the
 * end. A kernel without the audit call (Linux, for comparison) is only tested
 * for its behaviour. Arguments are names: only those tests run.
 */
#include <check.h>
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

/*
 * Returns how many frames are free, cached or hold kernel objects. A free frame
 * may become one of the others without being lost. It may hold a page of init's
 * program that init now needs. It may also hold the last objects of a page
 * whose other objects are gone. Objects are counted separately.
 */
unsigned accounted(const struct audit_report *r)
{
	return r->frames_free + r->frames_cache + r->frames_kernel;
}

/* Returns the first owner whose frames grew or shrank, though they must not. */
const char *owned_difference(const struct audit_report *a,
			     const struct audit_report *b)
{
	static const char *const names[NR_OWNERS] = OWNER_NAMES;
	const unsigned vary = 1 << OWNER_NONE | 1 << OWNER_USER |
		1 << OWNER_CACHE | 1 << OWNER_TABLE | 1 << OWNER_KMALLOC;

	for (int i = 0; i < NR_OWNERS; i++)
		if (!(vary & 1 << i) && a->owned[i] != b->owned[i])
			return names[i];
	return NULL;
}

/*
 * Compares what must be equal before and after a test. Returns the name of the
 * first difference.
 */
static const char *compare(const struct audit_report *a,
			   const struct audit_report *b)
{
	/*
	 * static: a page taken at the first difference would be a difference,
	 * too
	 */
	static char text[80] = "-";
	const struct {
		const char *name;
		unsigned before, after;
	} pairs[] = {
		{ "frames", accounted(a), accounted(b) },
		{ "kernel objects", a->kernel_objects - a->frames_cache,
		  b->kernel_objects - b->frames_cache },
		{ "open files", a->files_used, b->files_used },
		{ "inodes", a->inodes_used, b->inodes_used },
		{ "tasks", a->tasks, b->tasks },
		{ "page tables", a->frames_tables, b->frames_tables },
		{ "buffers", a->buffers_used, b->buffers_used },
	};

	if (b->mismatches)
		return "the memory audit found mismatches";
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].before != pairs[i].after) {
			snprintf(text, sizeof(text), "%s: %u before, %u after",
				 pairs[i].name, pairs[i].before,
				 pairs[i].after);
			return text;
		}
	return owned_difference(a, b);
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
	int audited = counts(&before) >= 0, status = run_child(t);
	const char *lost = NULL;

	for (int tries = 0; audited && tries < 50; tries++) {
		counts(&after);
		lost = compare(&before, &after);
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
