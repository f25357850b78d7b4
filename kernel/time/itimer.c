/*
 * Interval timers. ITIMER_REAL goes by the uptime, in nanoseconds; alarm() is
 * its short form. ITIMER_VIRTUAL and ITIMER_PROF count the ticks that the
 * process itself has used. Their first span begins in the middle of a tick, so
 * it gets one tick more, or it would be too short. No program is shown that
 * one.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

#define NSEC_A_USEC	1000
#define SECONDS_MAX	0x7FFFFFFF	/* what programs can name */

/*
 * Sends SIGALRM. The timer stands still until the signal is taken, as on Linux:
 * else the shortest intervals could leave no time for anything else.
 */
static void real_fired(struct timer *t)
{
	send_signal(SIGALRM, t->data);
}

static void start_real(u64 ns, u64 interval)
{
	struct task_struct *process = current->process;

	timer_cancel(&process->alarm);
	process->itimers[ITIMER_REAL].interval = ns ? interval : 0;
	if (ns)
		timer_set(&process->alarm, now_ns() + ns, real_fired, process);
}

/*
 * Returns the time that the real timer has left, 0 if it does not run. As long
 * as it does a program is shown more than that.
 */
static u64 real_left(void)
{
	const struct timer *t = &current->process->alarm;
	u64 now = now_ns();

	if (!timer_pending(t))
		return 0;
	return t->expires > now + NSEC_A_USEC ? t->expires - now : NSEC_A_USEC;
}

/* Like real_left(), for the other two timers. */
static u64 used_left(const struct itimer *timer)
{
	u64 shown = timer->left > 1 ? timer->left - 1 : timer->left;

	return shown * NSEC_A_TICK;
}

static u64 used_ticks(u64 ns)
{
	return (ns + NSEC_A_TICK - 1) / NSEC_A_TICK;
}

static void start_used(struct itimer *timer, u64 ns, u64 interval)
{
	u64 ticks = used_ticks(ns);

	*timer = (struct itimer){ ticks ? ticks + 1 : 0, used_ticks(interval) };
}

/* Ticks were rounded up, so that the longest time may not fit: it is cut. */
static void to_timeval(u64 ns, struct timeval *tv)
{
	struct timespec64 ts;

	to_timespec(ns, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / NSEC_A_USEC;
	if (ts.tv_sec > SECONDS_MAX) {
		tv->tv_sec = SECONDS_MAX;
		tv->tv_usec = 999999;
	}
}

/*
 * Sends SIGALRM after some seconds; 0: never. Returns the seconds that an
 * earlier alarm had left, rounded, but not to 0.
 */
int sys_alarm(u32 seconds)
{
	struct timeval left;
	bool up;

	to_timeval(real_left(), &left);
	up = left.tv_usec >= 500000 || (!left.tv_sec && left.tv_usec);
	start_real(to_nanoseconds(min_u32(seconds, SECONDS_MAX), 0), 0);
	return (u32)left.tv_sec + up;	/* 2**31 at most */
}

static bool is_valid_timeval(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && (u32)tv->tv_usec < 1000000;
}

static u64 from_timeval(const struct timeval *tv)
{
	return to_nanoseconds(tv->tv_sec, tv->tv_usec * NSEC_A_USEC);
}

static void current_value(int which, struct itimerval *value)
{
	const struct itimer *timer = &current->process->itimers[which];
	u64 left = real_left(), interval = timer->interval;

	if (which != ITIMER_REAL) {
		left = used_left(timer);
		interval *= NSEC_A_TICK;
	}
	to_timeval(interval, &value->it_interval);
	to_timeval(left, &value->it_value);
}

int sys_getitimer(int which, struct itimerval __user *buf)
{
	struct itimerval value;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	current_value(which, &value);
	return copy_to_user(buf, &value, sizeof(value));
}

int sys_setitimer(int which, const struct itimerval __user *new,
		  struct itimerval __user *old)
{
	struct itimerval value = { { 0, 0 }, { 0, 0 } }, before;
	u64 first, interval;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	if (new && copy_from_user(&value, new, sizeof(value)) < 0)
		return -EFAULT;
	if (!is_valid_timeval(&value.it_value) ||
	    !is_valid_timeval(&value.it_interval))
		return -EINVAL;
	current_value(which, &before);
	first = from_timeval(&value.it_value);
	interval = from_timeval(&value.it_interval);
	if (which == ITIMER_REAL)
		start_real(first, interval);
	else
		start_used(&current->process->itimers[which], first, interval);
	return old ? copy_to_user(old, &before, sizeof(before)) : 0;
}

static void count_down(int which, int sig)
{
	struct itimer *timer = &current->process->itimers[which];

	if (timer->left == 0 || --timer->left > 0)
		return;
	timer->left = timer->interval;
	send_signal(sig, current);
}

/* Called at each tick that current has used; user: in user mode. */
void itimer_tick(bool user)
{
	if (user)
		count_down(ITIMER_VIRTUAL, SIGVTALRM);
	count_down(ITIMER_PROF, SIGPROF);
}
