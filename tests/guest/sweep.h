/*
 * The failure sweep. The first, second, ... allocation in a system call or
 * fault fails, until one passes untouched. After a failure the error is right,
 * the counts and the process's memory are as before. The same operation then
 * succeeds. The subjects are in sweep_memory.c, sweep_calls.c and others.
 */
#ifndef SWEEP_H
#define SWEEP_H
#include <check.h>
#include <counts.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/wait.h>

#define PAGE 4096
#define PAGES 8
#define TRIES 400	/* more than any operation's allocations */
#define LARGE (64 * 1024)

/*
 * An operation to try. It runs once before the counting, so that its own code
 * and data are in memory.
 */
struct subject {
	int (*run)(void);		/* -1 with errno if it failed */
	void (*prepare)(void);		/* before everything; may be NULL */
	void (*undo)(void);		/* after it succeeded; may be NULL */
	void (*finish)(void);		/* after everything; may be NULL */
	int error;			/* errno's value, if not ENOMEM */
	/*
	 * the signal by which it may die; SIGKILL only with a line in the log
	 */
	int killed;
	/* this many tables lent to it may have become its own, unnoticed */
	unsigned keeps_tables;
	/* some of it stays done by design; counts are compared after undo */
	int keeps_on_failure;
};

enum { UNTOUCHED, BROKEN, REFUSED, ABSORBED };

static char bytes[PAGES * PAGE] __attribute__((aligned(PAGE))), buffer[LARGE];
static struct audit_report before, after;
static char spare[PAGE] __attribute__((aligned(PAGE)));
/* touched by faults; the rehearsal has another target */
static volatile char *target, *real_target;

/* Returns the first count that differs, or NULL. */
static const char *difference(const struct audit_report *a,
			      const struct audit_report *b)
{
	const char *what = counts_difference(a, b);

	if (!what && a->frames_user != b->frames_user)
		what = "user pages";
	return what;
}

/*
 * Loads all stack, data and code that judging needs, before anything is
 * counted.
 */
static void warm_up(void)
{
	extern char _start[], _data[], _end[];
	volatile char deep[5 * PAGE];

	for (int i = 0; i < 5; i++)
		deep[i * PAGE] = 0, (void)deep[i * PAGE];
	for (volatile char *p = (char *)((unsigned)_start & -PAGE); p < _data;
	     p += PAGE)
		(void)*p;
	for (volatile char *p = (char *)((unsigned)_data & -PAGE); p < _end;
	     p += PAGE)
		/* the faults are about the buffer */
		if (p < buffer || p >= buffer + LARGE)
			*p = *p;
	difference(&before, &after);
	/* lets our parent get to its wait, where it needs no more memory */
	sleep_ms(1);
	fail_alloc(0);
}

/*
 * Returns the first count that has changed, or NULL. Kernel tasks and dying
 * processes get a moment.
 */
static const char *changed(const struct audit_report *old)
{
	const char *what = NULL;

	for (int i = 0; i < 20; i++) {
		if (i)
			sleep_ms(10);
		mm_audit(&after, AUDIT_DROP_CACHES);
		what = difference(old, &after);
		if (!what)
			break;
	}
	return what;
}

static void allow_tables(unsigned most)
{
	unsigned more;

	mm_audit(&after, AUDIT_DROP_CACHES);
	more = after.frames_tables - before.frames_tables;
	CHECK(more <= most);
	before.frames_tables += more;
	before.frames_free -= more;
}

static int bytes_are_right(void)
{
	for (int i = 0; i < PAGES * PAGE; i++)
		if (bytes[i] != (char)(i / PAGE + i % 251))
			return 0;
	return 1;
}

static void fill_bytes(void)
{
	for (int i = 0; i < PAGES * PAGE; i++)
		bytes[i] = i / PAGE + i % 251;
}

/*
 * Checks that the process can write its memory, and that this takes no frame:
 * no other process has it.
 */
static void check_writable(void)
{
	CHECK(bytes_are_right());
	fill_bytes();
	CHECK(changed(&before) == NULL);
}

/* Makes one try, in a process of its own. */
static int attempt(const struct subject *s, int n)
{
	int result, error, failed;

	target = spare;
	fill_bytes();
	if (s->prepare)
		s->prepare();
	CHECK(s->run() >= 0);
	if (s->undo)
		s->undo();
	target = real_target ? real_target : spare;
	warm_up();
	mm_audit(&before, AUDIT_DROP_CACHES);
	errno = 0;
	fail_alloc(n);
	result = s->run();
	failed = fail_alloc(0) >= n;
	error = errno;
	if (result >= 0) {
		if (s->undo)
			s->undo();
		if (s->finish)
			s->finish();
		return failed ? ABSORBED : UNTOUCHED;
	}
	errno = error;
	CHECK(failed);
	CHECK(error == (s->error ? s->error : ENOMEM));
	if (s->keeps_on_failure)
		s->undo();
	if (s->keeps_tables)
		allow_tables(s->keeps_tables);
	errno = 0;
	if (changed(&before)) {
		printf("  %s differ\n", changed(&before));
		CHECK(!"as it was");
	}
	check_writable();
	CHECK(s->run() >= 0);		/* now it succeeds */
	if (s->undo)
		s->undo();
	if (s->finish)
		s->finish();
	return REFUSED;
}

static inline void write_file(const char *path, const char *from, int size,
			      int mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	CHECK(fd >= 0 && write(fd, from, size) == size && close(fd) == 0);
}

/* Returns 1 if the kernel's log names the victim. */
static int log_names(int pid)
{
	static char log[32768], line[40];
	int length = klogctl(3, log, sizeof(log) - 1);

	CHECK(length > 0);
	log[length] = '\0';
	sprintf(line, "out of memory: pid %d ", pid);
	return strstr(log, line) != NULL;
}

/* Checks how a try ended. Returns 1 if the sweep is over. */
static int judge(const struct subject *s, int n, int pid, int status)
{
	int failed = fail_alloc(0) >= n;

	if (WIFSIGNALED(status)) {
		CHECK(failed && s->killed && WTERMSIG(status) == s->killed);
		CHECK(s->killed != SIGKILL || log_names(pid));
		return 0;
	}
	if (WEXITSTATUS(status) == BROKEN)
		printf("  with allocation %d failing\n", n);
	CHECK(WEXITSTATUS(status) != BROKEN);
	return WEXITSTATUS(status) == UNTOUCHED && !failed;
}

/* Leaves a child to init, so that init's memory for a wait is there, too. */
static void make_orphan(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(fork() < 0);
	CHECK(wait_status(pid) == 0);
	sleep_ms(10);
}

/*
 * Sweeps one subject. Fewer allocations than at_least mean that the sweep is
 * broken.
 */
static inline void sweep(const struct subject *s, int at_least)
{
	struct audit_report start;
	int n;

	if (!on_cowix())
		return;
	make_orphan();
	warm_up();
	mm_audit(&start, AUDIT_DROP_CACHES);
	for (n = 1; n < TRIES; n++) {
		int pid, over;

		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			int end = attempt(s, n);

			fflush(stdout);
			_exit(end);
		}
		over = judge(s, n, pid, wait_status(pid));
		if (changed(&start)) {
			printf("  %s differ after allocation %d failed\n",
			       changed(&start), n);
			CHECK(!"as it was");
		}
		CHECK(bytes_are_right() || bytes[1] == 0);
		if (over)
			break;
	}
	CHECK(n > at_least && n < TRIES);
}

#endif
