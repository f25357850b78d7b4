/*
 * The ends of waits. An end is a time of uptime, of the time of day, or of CPU
 * time, in nanoseconds. Setting the clock moves the end only if the program has
 * named a time of day. A process uses at most a second of CPU time in each
 * second: so it may sleep for what is left, and then looks again.
 *
 * CPU time is counted in ticks. So a span of it begins in the middle of a tick,
 * and gets one more. Nobody is shown that one.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/divide.h>
#include <asm/system.h>

#define SECONDS_MAX	9223372036ll	/* Linux cuts longer spans to this */

u64 to_nanoseconds(s64 seconds, u32 nanoseconds)
{
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	return (u64)seconds * NSEC_A_SECOND + nanoseconds;
}

void to_timespec(u64 ns, struct timespec64 *ts)
{
	u32 rest;

	ts->tv_sec = divide(ns, NSEC_A_SECOND, &rest);
	ts->tv_nsec = rest;
	ts->pad = 0;
}

/* Returns the steps in which a clock moves, or 0 if they are too small. */
u64 grain_of(int kind)
{
	bool is_cpu = kind == DEADLINE_CPU || kind == DEADLINE_THREAD;

	return is_cpu ? NSEC_A_TICK : 0;
}

/*
 * Returns what a clock shows. task is the one whose CPU time counts, if it
 * does.
 */
u64 clock_of(int kind, const struct task_struct *task)
{
	if (kind == DEADLINE_CPU)
		return (u64)(task->process->utime + task->process->stime) *
		       NSEC_A_TICK;
	if (kind == DEADLINE_THREAD)
		return (u64)task->run_ticks * NSEC_A_TICK;
	return kind == DEADLINE_WALL ? wall_of(now_ns()) : now_ns();
}

/*
 * Returns the uptime at which a clock may show end. That is not far from what
 * it shows: of CPU time, whole ticks are left.
 */
u64 uptime_at(int kind, const struct task_struct *task, u64 end)
{
	u64 shown, left;

	if (kind == DEADLINE_UPTIME)
		return end;
	shown = clock_of(kind, task);
	left = end > shown ? end - shown : 0;
	if (grain_of(kind))
		left = (left + NSEC_A_TICK - 1) / NSEC_A_TICK * NSEC_A_TICK;
	return now_ns() + left;
}

/*
 * Returns when a span ends that begins now. A call that is restarted keeps the
 * end it had.
 */
static u64 end_of_span(int kind, const struct timespec64 *ts)
{
	u64 span = to_nanoseconds(ts->tv_sec, ts->tv_nsec);

	if (current->restarting != task_regs(current)->orig_eax)
		current->restart_end = clock_of(kind, current) + span +
				       (span ? grain_of(kind) : 0);
	return current->restart_end;
}

/*
 * Returns what an end counts. A span of the time of day is one of uptime:
 * setting the clock changes no span.
 */
static int deadline_kind(int clock, bool absolute)
{
	if (clock == CLOCK_PROCESS_CPUTIME_ID)
		return DEADLINE_CPU;
	if (absolute && (clock == CLOCK_REALTIME || clock == CLOCK_TAI))
		return DEADLINE_WALL;
	return DEADLINE_UPTIME;
}

/*
 * Called by calls that fail before they know when their wait ends. A call that
 * was restarted gives up the end it had, or the next call would have it.
 * Returns error.
 */
int no_deadline(int error)
{
	current->restarting = 0;
	return error;
}

/*
 * Fills in when a wait ends that a program has asked for: after a span, or, if
 * absolute, when clock shows a time. Without a time it has no end. Returns 0,
 * or -EINVAL if the time is no time.
 */
int set_deadline(struct deadline *end, int clock, bool absolute,
		 const struct timespec64 *ts)
{
	*end = (struct deadline){ .kind = DEADLINE_NEVER };
	if (ts && (ts->tv_sec < 0 || (u32)ts->tv_nsec >= 1000000000))
		return no_deadline(-EINVAL);
	if (ts) {
		end->kind = deadline_kind(clock, absolute);
		if (absolute)
			end->time = to_nanoseconds(ts->tv_sec, ts->tv_nsec);
		else
			end->time = end_of_span(end->kind, ts);
	}
	current->restarting = 0;
	return 0;
}

/* Like set_deadline(), with the time at from, or NULL. Also -EFAULT. */
int get_deadline(struct deadline *end, int clock, bool absolute,
		 const void __user *from, bool wide)
{
	struct timespec64 ts;
	int error = from ? get_timespec(&ts, from, wide) : 0;

	if (error)
		return no_deadline(error);
	return set_deadline(end, clock, absolute, from ? &ts : NULL);
}

/* Returns true if there is an end, and it has come. */
bool is_over(const struct deadline *end)
{
	return end->kind != DEADLINE_NEVER &&
	       end->time <= clock_of(end->kind, current);
}

/* Finds the time left, as a program is told: never more than it asked for. */
void time_left(const struct deadline *end, struct timespec64 *left)
{
	u64 now = clock_of(end->kind, current) + grain_of(end->kind);

	to_timespec(end->time > now ? end->time - now : 0, left);
}

/*
 * Reads a program's time: as the older calls have it, or wide, for the *_time64
 * calls. Returns 0 or -EFAULT.
 */
int get_timespec(struct timespec64 *ts, const void __user *from, bool wide)
{
	struct timespec narrow = { 0, 0 };
	int error;

	if (wide)
		return copy_from_user(ts, from, sizeof(*ts));
	error = copy_from_user(&narrow, from, sizeof(narrow));
	*ts = (struct timespec64){ narrow.tv_sec, narrow.tv_nsec, 0 };
	return error;
}

int put_timespec(const struct timespec64 *ts, void __user *to, bool wide)
{
	struct timespec narrow = { ts->tv_sec, ts->tv_nsec };

	if (wide)
		return copy_to_user(to, ts, sizeof(*ts));
	return copy_to_user(to, &narrow, sizeof(narrow));
}

/* Tells a program the time left. Returns 0 or -EFAULT. */
int put_time_left(const struct deadline *end, void __user *to, bool wide)
{
	struct timespec64 left;

	time_left(end, &left);
	return put_timespec(&left, to, wide);
}
