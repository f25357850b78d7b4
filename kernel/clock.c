/* The system calls about time: reading and setting clocks, sleeping. The *_time64 forms differ in the width of a second only. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "internal.h"

#define NSEC_A_TICK	(1000000000 / HZ)
#define NSEC_A_USEC	1000
#define TICKS_MAX	0x7FFFFFFFu

asmlinkage int sys_time(u32 __user *seconds)
{
	u32 now = current_time();
	int error = seconds ? put_user_u32(now, seconds) : 0;

	return error ? error : (int)now;
}

static int set_clock(s64 seconds, u32 nanoseconds)
{
	if (!suser())
		return -EPERM;
	if (seconds < 0 || seconds > 0xFFFFFFFFll || nanoseconds >= 1000000000)
		return -EINVAL;
	set_current_time(seconds, nanoseconds);
	return 0;
}

asmlinkage int sys_stime(const u32 __user *seconds)
{
	u32 value;
	int error = get_user_u32(&value, seconds);

	return error ? error : set_clock(value, 0);
}

asmlinkage int sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz)
{
	struct timespec64 now;
	struct timeval answer;
	int error = 0;

	current_timespec(&now);
	answer = (struct timeval){ now.tv_sec, now.tv_nsec / NSEC_A_USEC };
	if (tv)
		error = copy_to_user(tv, &answer, sizeof(answer));
	if (!error && tz)
		error = clear_user(tz, sizeof(struct timezone));
	return error;
}

/* The time zone is taken and forgotten: the kernel keeps universal time. */
asmlinkage int sys_settimeofday(const struct timeval __user *user_tv, const struct timezone __user *tz)
{
	struct timeval tv;

	(void)tz;
	if (!user_tv)
		return suser() ? 0 : -EPERM;
	if (copy_from_user(&tv, user_tv, sizeof(tv)) < 0)
		return -EFAULT;
	return (u32)tv.tv_usec >= 1000000 ? -EINVAL : set_clock(tv.tv_sec, tv.tv_usec * NSEC_A_USEC);
}

static struct timespec64 ticks_to_timespec(u32 ticks)
{
	return (struct timespec64){ ticks / HZ, ticks % HZ * NSEC_A_TICK, 0 };
}

static int read_clock(int clock, struct timespec64 *ts)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		current_timespec(ts);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*ts = ticks_to_timespec(jiffies);
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ts = ticks_to_timespec(current->process->utime + current->process->stime);
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ts = ticks_to_timespec(current->run_ticks);
		return 0;
	}
	return -EINVAL;
}

static int put_timespec(const struct timespec64 *ts, struct timespec __user *to)
{
	struct timespec narrow = { ts->tv_sec, ts->tv_nsec };

	return copy_to_user(to, &narrow, sizeof(narrow));
}

asmlinkage int sys_clock_gettime(int clock, struct timespec __user *to)
{
	struct timespec64 now;
	int error = read_clock(clock, &now);

	return error ? error : put_timespec(&now, to);
}

asmlinkage int sys_clock_gettime64(int clock, struct timespec64 __user *to)
{
	struct timespec64 now;
	int error = read_clock(clock, &now);

	return error ? error : copy_to_user(to, &now, sizeof(now));
}

/* All clocks advance with the tick. */
asmlinkage int sys_clock_getres(int clock, struct timespec __user *to)
{
	struct timespec64 resolution = { 0, NSEC_A_TICK, 0 }, unused;
	int error = read_clock(clock, &unused);

	return error || !to ? error : put_timespec(&resolution, to);
}

asmlinkage int sys_clock_getres_time64(int clock, struct timespec64 __user *to)
{
	struct timespec64 resolution = { 0, NSEC_A_TICK, 0 }, unused;
	int error = read_clock(clock, &unused);

	return error || !to ? error : copy_to_user(to, &resolution, sizeof(resolution));
}

asmlinkage int sys_clock_settime(int clock, const struct timespec __user *from)
{
	struct timespec ts;

	if (copy_from_user(&ts, from, sizeof(ts)) < 0)
		return -EFAULT;
	return clock == CLOCK_REALTIME ? set_clock(ts.tv_sec, ts.tv_nsec) : -EINVAL;
}

asmlinkage int sys_clock_settime64(int clock, const struct timespec64 __user *from)
{
	struct timespec64 ts;

	if (copy_from_user(&ts, from, sizeof(ts)) < 0)
		return -EFAULT;
	return clock == CLOCK_REALTIME ? set_clock(ts.tv_sec, ts.tv_nsec) : -EINVAL;
}

asmlinkage int sys_times(struct tms __user *buf)
{
	const struct task_struct *process = current->process;
	struct tms t = { process->utime, process->stime, process->cutime, process->cstime };
	int error = buf ? copy_to_user(buf, &t, sizeof(t)) : 0;

	return error ? error : (int)jiffies;
}

static bool valid_timespec(const struct timespec64 *ts)
{
	return ts->tv_sec >= 0 && (u32)ts->tv_nsec < 1000000000;
}

/* Ticks that a span lasts, rounded up, and one more: now is in the middle of one. Spans beyond 24 days count as that; 0 only for none. */
u32 timespec_ticks(const struct timespec64 *ts)
{
	if (ts->tv_sec >= TICKS_MAX / HZ - 1)
		return TICKS_MAX;
	if (ts->tv_sec == 0 && ts->tv_nsec == 0)
		return 0;
	return (u32)ts->tv_sec * HZ + ((u32)ts->tv_nsec + NSEC_A_TICK - 1) / NSEC_A_TICK + 1;
}

/* Ticks from now until a clock shows ts; 0: it is past. */
u32 ticks_until(int clock, const struct timespec64 *ts)
{
	struct timespec64 now, left;

	if (read_clock(clock, &now) < 0)
		return 0;
	left.tv_sec = ts->tv_sec - now.tv_sec;
	left.tv_nsec = ts->tv_nsec - now.tv_nsec;
	if (left.tv_nsec < 0) {
		left.tv_sec--;
		left.tv_nsec += 1000000000;
	}
	return left.tv_sec < 0 ? 0 : timespec_ticks(&left);
}

/* Sleep so many ticks; -EINTR with what was left in *left. */
static int sleep_ticks(u32 ticks, struct timespec64 *left)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	u32 end = restart_end(ticks);

	ticks = time_after(end, jiffies) ? end - jiffies : 0;
	if (ticks == 0 || interruptible_sleep_on_timeout(&nobody, ticks) != -EINTR)
		return 0;
	*left = ticks_to_timespec(time_after(end, jiffies) ? end - jiffies : 0);
	return -EINTR;
}

static int do_nanosleep(int clock, int flags, const struct timespec64 *ts, struct timespec64 *left)
{
	if (!valid_timespec(ts) || read_clock(clock, left) < 0)
		return -EINVAL;
	return sleep_ticks(flags & TIMER_ABSTIME ? ticks_until(clock, ts) : timespec_ticks(ts), left);
}

/* A signal ends the sleep with -EINTR and the time that was left in *left, unless the end was given as a point in time. */
asmlinkage int sys_clock_nanosleep(int clock, int flags, const struct timespec __user *asked, struct timespec __user *user_left)
{
	struct timespec narrow;
	struct timespec64 ts, left;
	int error;

	if (copy_from_user(&narrow, asked, sizeof(narrow)) < 0)
		return -EFAULT;
	ts = (struct timespec64){ narrow.tv_sec, narrow.tv_nsec, 0 };
	error = do_nanosleep(clock, flags, &ts, &left);
	if (error == -EINTR && user_left && !(flags & TIMER_ABSTIME) && put_timespec(&left, user_left) < 0)
		return -EFAULT;
	return error;
}

asmlinkage int sys_clock_nanosleep_time64(int clock, int flags, const struct timespec64 __user *asked, struct timespec64 __user *user_left)
{
	struct timespec64 ts, left;
	int error;

	if (copy_from_user(&ts, asked, sizeof(ts)) < 0)
		return -EFAULT;
	error = do_nanosleep(clock, flags, &ts, &left);
	if (error == -EINTR && user_left && !(flags & TIMER_ABSTIME) && copy_to_user(user_left, &left, sizeof(left)) < 0)
		return -EFAULT;
	return error;
}

asmlinkage int sys_nanosleep(const struct timespec __user *asked, struct timespec __user *left)
{
	return sys_clock_nanosleep(CLOCK_MONOTONIC, 0, asked, left);
}
