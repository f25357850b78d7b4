/*
 * Interval timers: ITIMER_REAL runs on the timer wheel (alarm() is its short form), ITIMER_VIRTUAL and ITIMER_PROF count the ticks that the process
 * itself has used. Units inside are ticks.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "internal.h"

#define USEC_A_TICK	(1000000 / HZ)
#define SECONDS_MAX	(0x7FFFFFFF / HZ - 1)

static void real_fired(struct timer *t)
{
	struct task_struct *task = t->data;

	send_signal(SIGALRM, task);
	if (task->itimers[ITIMER_REAL].interval)
		timer_add(t, task->itimers[ITIMER_REAL].interval, real_fired, task);
}

/* Ticks left of a running real timer; it is stopped. */
static u32 stop_real(void)
{
	struct timer *t = &current->process->alarm;

	return timer_cancel(t) ? t->expires - jiffies : 0;
}

static void start_real(u32 ticks, u32 interval)
{
	struct task_struct *process = current->process;

	process->itimers[ITIMER_REAL].interval = interval;
	if (ticks)
		timer_add(&process->alarm, ticks, real_fired, process);
}

/* Send SIGALRM in so many seconds, 0: never. Returns the seconds that an earlier alarm had left, rounded up. */
asmlinkage int sys_alarm(u32 seconds)
{
	u32 left = stop_real();

	start_real(min_u32(seconds, SECONDS_MAX) * HZ, 0);
	return (left + HZ - 1) / HZ;
}

static struct timeval to_timeval(u32 ticks)
{
	return (struct timeval){ ticks / HZ, ticks % HZ * USEC_A_TICK };
}

static bool valid(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && (u32)tv->tv_usec < 1000000;
}

static u32 to_ticks(const struct timeval *tv)
{
	return min_u32(tv->tv_sec, SECONDS_MAX) * HZ + (tv->tv_usec + USEC_A_TICK - 1) / USEC_A_TICK;
}

static struct itimerval current_value(int which)
{
	struct task_struct *process = current->process;
	struct itimer *timer = &process->itimers[which];
	u32 left = timer->left;

	if (which == ITIMER_REAL)
		left = list_empty(&process->alarm.link) ? 0 : max_u32(process->alarm.expires - jiffies, 1);
	return (struct itimerval){ to_timeval(timer->interval), to_timeval(left) };
}

asmlinkage int sys_getitimer(int which, struct itimerval __user *buf)
{
	struct itimerval value;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	value = current_value(which);
	return copy_to_user(buf, &value, sizeof(value));
}

asmlinkage int sys_setitimer(int which, const struct itimerval __user *new, struct itimerval __user *old)
{
	struct itimerval value = { { 0, 0 }, { 0, 0 } }, before;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	if (new && copy_from_user(&value, new, sizeof(value)) < 0)
		return -EFAULT;
	if (!valid(&value.it_value) || !valid(&value.it_interval))
		return -EINVAL;
	before = current_value(which);
	if (which == ITIMER_REAL) {
		stop_real();
		start_real(to_ticks(&value.it_value), to_ticks(&value.it_interval));
	} else {
		current->process->itimers[which] = (struct itimer){ to_ticks(&value.it_value), to_ticks(&value.it_interval) };
	}
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

/* Called by the tick: current has used it, in user mode or in the kernel. */
void itimer_tick(bool user)
{
	if (user)
		count_down(ITIMER_VIRTUAL, SIGVTALRM);
	count_down(ITIMER_PROF, SIGPROF);
}
