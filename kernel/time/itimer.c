/*
 * Interval timers. ITIMER_REAL runs on the timer wheel; alarm() is its short
 * form. ITIMER_VIRTUAL and ITIMER_PROF count the ticks that the process itself
 * has used. Units inside are ticks. The first span begins in the middle of a
 * tick, so it gets one tick more, or it would be too short. No program is shown
 * that one.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

#define USEC_A_TICK	(1000000 / HZ)
#define NSEC_A_USEC	1000
#define SECONDS_MAX	0x7FFFFFFF	/* what programs can name */

static void real_fired(struct timer *t)
{
	struct task_struct *task = t->data;

	send_signal(SIGALRM, task);
	if (task->itimers[ITIMER_REAL].interval)
		timer_add(t, task->itimers[ITIMER_REAL].interval, real_fired,
			  task);
}

static void start_real(u64 ticks, u64 interval)
{
	struct task_struct *process = current->process;

	timer_cancel(&process->alarm);
	process->itimers[ITIMER_REAL].interval = interval;
	if (ticks)
		timer_add(&process->alarm, ticks + 1, real_fired, process);
}

/* Returns what to show of the ticks that a running timer has left. */
static u64 shown(u64 left)
{
	return left > 1 ? left - 1 : 1;
}

/* Returns the ticks that the real timer has left, 0 if it does not run. */
static u64 real_left(void)
{
	const struct timer *t = &current->process->alarm;

	return list_empty(&t->link) ? 0 : shown(t->expires - ticks_now());
}

/* Like real_left(), for the other two timers. */
static u64 used_left(const struct itimer *timer)
{
	return timer->left ? shown(timer->left) : 0;
}

static void start_used(struct itimer *timer, u64 ticks, u64 interval)
{
	*timer = (struct itimer){ ticks ? ticks + 1 : 0, interval };
}

/* Ticks were rounded up, so that the longest time may not fit: it is cut. */
static void to_timeval(u64 ticks, struct timeval *tv)
{
	u64 seconds = ticks / HZ;

	tv->tv_sec = seconds;
	tv->tv_usec = ticks % HZ * USEC_A_TICK;
	if (seconds > SECONDS_MAX) {
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
	start_real((u64)min_u32(seconds, SECONDS_MAX) * HZ, 0);
	return left.tv_sec + up;
}

static bool is_valid_timeval(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && (u32)tv->tv_usec < 1000000;
}

static u64 to_ticks(const struct timeval *tv)
{
	return seconds_to_ticks(tv->tv_sec, tv->tv_usec * NSEC_A_USEC);
}

static void current_value(int which, struct itimerval *value)
{
	const struct itimer *timer = &current->process->itimers[which];
	u64 left = which == ITIMER_REAL ? real_left() : used_left(timer);

	to_timeval(timer->interval, &value->it_interval);
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
	first = to_ticks(&value.it_value);
	interval = to_ticks(&value.it_interval);
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
