/*
 * The sweep of planned sleeps (sleep.h) over readers of memory: audits, and
 * switching the trace of frames.
 */
#include "sleep.h"
#include "sleeping.h"

static int audit(void)
{
	struct audit_report r;

	return mm_audit(&r, 0);
}

/* Returns the mismatches that /proc/audit shows. */
static int read_audit(void)
{
	static char text[4096];
	int fd = open("/proc/audit", O_RDONLY);
	int n = read(fd, text, sizeof(text) - 1);

	CHECK(fd >= 0 && n > 0 && close(fd) == 0);
	return atoi(strchr(text, ' '));
}

static int clean(int (*run)(void))
{
	CHECK(run() == 0);
	return 0;
}

static int audit_is_clean(void)
{
	return clean(audit);
}

static int file_is_clean(void)
{
	return clean(read_audit);
}

static const struct act audit_acts[] = {
	{ .name = "audit", .run = audit_is_clean },
	{ .name = "/proc/audit", .run = file_is_clean },
};

static int switch_trace(char on)
{
	int fd = open("/proc/vmtrace", O_WRONLY), n = write(fd, &on, 1);

	CHECK(fd >= 0 && n == 1 && close(fd) == 0);
	return 0;
}

static int trace_on(void)
{
	return switch_trace('1');
}

static int trace_off(void)
{
	return switch_trace('0');
}

static int read_trace(void)
{
	static char text[4096];
	int fd = open("/proc/vmtrace", O_RDONLY);

	CHECK(fd >= 0 && read(fd, text, sizeof(text)) >= 0 && close(fd) == 0);
	return 0;
}

static void no_trace(void)
{
	trace_off();
	trace_off();
}

static const struct act trace_acts[] = {
	{ .name = "on", .run = trace_on },
	{ .name = "off", .run = trace_off },
	{ .name = "read", .run = read_trace, .only_rival = 1 },
};

static const struct scene scenes[] = {
	SCENE("audits", audit_acts),
	SCENE("traces", trace_acts, .judge = no_trace),
};

static void audits(void)
{
	sweep_scene(&scenes[0]);
}

static void traces(void)
{
	sweep_scene(&scenes[1]);
}

static const struct test tests[] = {
	{ "audits", "two audits at once", audits },
	{ "traces", "the trace switched by two", traces },
	{ 0 }
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
