/*
 * The ends of waits. An end is a tick of uptime, of the time of day, or of CPU
 * time. Setting the clock moves the end only if the program has named a time of
 * day. Of CPU time a process uses at most one tick in each tick: so it may
 * sleep for what is left, and then looks again. Ticks have 64 bits, so no span
 * that a program can ask for overflows.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/system.h>

#define SECONDS_MAX	9223372036ll	/* Linux cuts longer spans to this */

/* Returns the ticks that a time lasts, rounded up. */
u64 seconds_to_ticks(s64 seconds, u32 nanoseconds)
{
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	return (u64)seconds * HZ +
	       (nanoseconds + NSEC_A_TICK - 1) / NSEC_A_TICK;
}

void ticks_to_timespec(u64 ticks, struct timespec64 *ts)
{
	ts->tv_sec = ticks / HZ;
	ts->tv_nsec = ticks % HZ * NSEC_A_TICK;
	ts->pad = 0;
}

/*
 * Returns the tick that it is now for ends of that kind. task is the one whose
 * CPU time counts, if it does.
 */
u64 tick_of(int kind, const struct task_struct *task)
{
	struct timespec64 wall;

	if (kind == DEADLINE_UPTIME)
		return ticks_now();
	if (kind == DEADLINE_CPU)
		return task->process->utime + task->process->stime;
	if (kind == DEADLINE_THREAD)
		return task->run_ticks;
	current_timespec(&wall);
	return seconds_to_ticks(wall.tv_sec, wall.tv_nsec);
}

/*
 * Returns when a span ends that begins now, in the middle of a tick. A call
 * that is restarted keeps the end it had.
 */
static u64 end_of_span(int kind, const struct timespec64 *ts)
{
	u64 ticks = seconds_to_ticks(ts->tv_sec, ts->tv_nsec);

	if (current->restarting != task_regs(current)->orig_eax)
		current->restart_end =
			tick_of(kind, current) + ticks + (ticks > 0);
	return current->restart_end;
}

/*
 * Returns what the ticks of an end count. A span of the time of day is one of
 * uptime: setting the clock changes no span.
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
			end->tick = seconds_to_ticks(ts->tv_sec, ts->tv_nsec);
		else
			end->tick = end_of_span(end->kind, ts);
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

/* Returns the ticks until end, 0 if it has come. There must be an end. */
u64 ticks_left(const struct deadline *end)
{
	u64 now = tick_of(end->kind, current);

	return end->tick > now ? end->tick - now : 0;
}

/* Finds the time left, as a program is told: never more than it asked for. */
void time_left(const struct deadline *end, struct timespec64 *left)
{
	u64 ticks = ticks_left(end);

	ticks_to_timespec(ticks ? ticks - 1 : 0, left);
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
