/*
 * The system calls about time: reading and setting clocks, sleeping. The
 * *_time64 forms differ only in the width of a second.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

#define NSEC_A_USEC	1000
#define ZONE_MAX	(15 * 60)	/* minutes */

static struct timezone zone;

int sys_time(u32 __user *seconds)
{
	u32 now = wall_seconds;
	int error = seconds ? put_user_u32(now, seconds) : 0;

	return error ? error : (int)now;
}

static int set_clock(s64 seconds, u32 nanoseconds)
{
	if (seconds < 0 || seconds > 0xFFFFFFFFll || nanoseconds >= 1000000000)
		return -EINVAL;
	if (!suser())
		return -EPERM;
	set_current_time(seconds, nanoseconds);
	return 0;
}

int sys_stime(const u32 __user *seconds)
{
	u32 value;
	int error = get_user_u32(&value, seconds);

	return error ? error : set_clock(value, 0);
}

int sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz)
{
	struct timespec64 now;
	struct timeval answer;
	int error = 0;

	to_timespec(wall_of(now_ns()), &now);
	answer = (struct timeval){ now.tv_sec, now.tv_nsec / NSEC_A_USEC };
	if (tv)
		error = copy_to_user(tv, &answer, sizeof(answer));
	if (!error && tz)
		error = copy_to_user(tz, &zone, sizeof(zone));
	return error;
}

static bool valid_zone(const struct timezone *tz)
{
	return tz->tz_minuteswest >= -ZONE_MAX &&
	       tz->tz_minuteswest <= ZONE_MAX;
}

/* The kernel keeps universal time. The zone is kept for programs. */
int sys_settimeofday(const struct timeval __user *user_tv,
		     const struct timezone __user *user_tz)
{
	struct timezone new = zone;
	struct timeval tv;
	int error;

	if (user_tv && copy_from_user(&tv, user_tv, sizeof(tv)) < 0)
		return -EFAULT;
	if (user_tz && copy_from_user(&new, user_tz, sizeof(new)) < 0)
		return -EFAULT;
	if ((user_tv && (u32)tv.tv_usec >= 1000000) || !valid_zone(&new))
		return -EINVAL;
	error = suser() ? 0 : -EPERM;
	if (user_tv)
		error = set_clock(tv.tv_sec, tv.tv_usec * NSEC_A_USEC);
	if (!error)
		zone = new;
	return error;
}

/* Reads a clock. Returns 0, or -EINVAL. No leap seconds are kept. */
int read_clock(int clock, struct timespec64 *ts)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_TAI:
		to_timespec(wall_of(now_ns()), ts);
		return 0;
	case CLOCK_REALTIME_COARSE:
		to_timespec(coarse_time(), ts);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		to_timespec(now_ns(), ts);
		return 0;
	case CLOCK_MONOTONIC_COARSE:
		to_timespec(tick_ns(), ts);
		return 0;
	}
	clock = cpu_clock_number(clock);
	return clock < 0 ? read_cpu_clock(clock, ts) : -EINVAL;
}

int sys_clock_gettime(int clock, struct timespec __user *to)
{
	struct timespec64 now;
	int error = read_clock(clock, &now);

	return error ? error : put_timespec(&now, to, false);
}

int sys_clock_gettime64(int clock, struct timespec64 __user *to)
{
	struct timespec64 now;
	int error = read_clock(clock, &now);

	return error ? error : put_timespec(&now, to, true);
}

/* Returns true for clocks that move with the tick, as those of CPU time do. */
static bool is_coarse(int clock)
{
	return clock == CLOCK_REALTIME_COARSE ||
	       clock == CLOCK_MONOTONIC_COARSE || cpu_clock_number(clock) < 0;
}

/*
 * Like Linux, says of the others what a time can tell. They move with each
 * count of their chip, and timers end with the first one after their end.
 */
static int get_resolution(int clock, void __user *to, bool wide)
{
	struct timespec64 resolution = { 0, 1, 0 }, unused;
	int error = read_clock(clock, &unused);

	if (is_coarse(clock))
		resolution.tv_nsec = NSEC_A_TICK;

	return error || !to ? error : put_timespec(&resolution, to, wide);
}

int sys_clock_getres(int clock, struct timespec __user *to)
{
	return get_resolution(clock, to, false);
}

int sys_clock_getres_time64(int clock, struct timespec64 __user *to)
{
	return get_resolution(clock, to, true);
}

static int clock_settime(int clock, const void __user *from, bool wide)
{
	struct timespec64 ts;

	if (clock > CLOCK_REALTIME || (clock < 0 && !cpu_clock_task(clock)))
		return -EINVAL;
	if (get_timespec(&ts, from, wide) < 0)
		return -EFAULT;
	if (clock < 0)
		return -EPERM;
	return set_clock(ts.tv_sec, ts.tv_nsec);
}

int sys_clock_settime(int clock, const struct timespec __user *from)
{
	return clock_settime(clock, from, false);
}

int sys_clock_settime64(int clock, const struct timespec64 __user *from)
{
	return clock_settime(clock, from, true);
}

int sys_times(struct tms __user *buf)
{
	const struct task_struct *process = current->process;
	struct tms t = { process->utime, process->stime, process->cutime,
			 process->cstime };
	int error = buf ? copy_to_user(buf, &t, sizeof(t)) : 0;

	return error ? error : (int)jiffies;
}

/*
 * Returns the clock by which a program may sleep, -EOPNOTSUPP if it may not, or
 * -EINVAL if there is no such clock.
 */
static int sleep_clock(int clock)
{
	struct timespec64 unused;

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
	case CLOCK_PROCESS_CPUTIME_ID:
		return clock;
	}
	if (clock < 0 && cpu_clock_task(clock) == current->process &&
	    !(clock & (CPUCLOCK_THREAD | CPUCLOCK_VIRT)))
		return CLOCK_PROCESS_CPUTIME_ID;
	if (clock < 0 && cpu_clock_task(clock) == current)
		return -EINVAL;
	return read_clock(clock, &unused) < 0 ? -EINVAL : -EOPNOTSUPP;
}

/*
 * Sleeps for a span or, if absolute, until a time. A signal ends the sleep; for
 * a span *left is then the time that was left.
 */
static int do_nanosleep(int clock, bool absolute, const void __user *asked,
			void __user *left, bool wide)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	struct timespec64 rest;
	struct deadline end;
	int error;

	clock = sleep_clock(clock);
	error = clock < 0 ? clock : get_timespec(&rest, asked, wide);
	if (!error)
		error = set_deadline(&end, clock, absolute, &rest);
	if (error)
		return no_deadline(error);
	while ((error = sleep_until(&nobody, &end)) == 0)
		;
	if (error == -ETIMEDOUT)
		return 0;
	if (absolute)
		return -ERESTARTNOHAND;
	error = left ? put_time_left(&end, left, wide) : 0;
	return error ? error : -ERESTART_RESTARTBLOCK;
}

int sys_clock_nanosleep(int clock, int flags,
			const struct timespec __user *asked,
			struct timespec __user *left)
{
	return do_nanosleep(clock, flags & TIMER_ABSTIME, asked, left, false);
}

int sys_clock_nanosleep_time64(int clock, int flags,
			       const struct timespec64 __user *asked,
			       struct timespec64 __user *left)
{
	return do_nanosleep(clock, flags & TIMER_ABSTIME, asked, left, true);
}

int sys_nanosleep(const struct timespec __user *asked,
		  struct timespec __user *left)
{
	return do_nanosleep(CLOCK_MONOTONIC, false, asked, left, false);
}
