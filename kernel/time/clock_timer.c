/*
 * Timers of the clocks, for timerfd_create() and timer_create(). A timer that
 * has come stands still until its user has it forwarded: then the intervals
 * that are over are counted, not waited for.
 *
 * An end is a time of a clock. The kernel's timers know only the uptime. So
 * when one fires, or the time of day is set, the clock is asked anew.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/system.h>

static u64 from_timespec(const struct timespec64 *ts)
{
	return to_nanoseconds(ts->tv_sec, ts->tv_nsec);
}

/* Returns the task whose CPU time counts, or NULL if it has ended. */
static const struct task_struct *timed_task(const struct clock_timer *t)
{
	return t->pid ? find_task(t->pid) : NULL;
}

/* Returns the time of a timer's clock. That of a task that ended is 0. */
static u64 clock_now(const struct clock_timer *t)
{
	const struct task_struct *task = timed_task(t);

	return t->pid && !task ? 0 : clock_of(t->kind, task);
}

/* Returns the uptime at which a timer may come, or is to look again. */
static u64 next_look(const struct clock_timer *t)
{
	const struct task_struct *task = timed_task(t);

	if (t->pid && !task)
		return now_ns() + t->end;	/* its clock stands at 0 */
	return uptime_at(t->kind, task, t->end);
}

/* Returns the nanoseconds until the end, 0 if it has come. */
static u64 time_to_end(const struct clock_timer *t)
{
	u64 now = clock_now(t);

	return t->end > now ? t->end - now : 0;
}

static void look_again(struct timer *timer);

/* Lets the timer run, from now if it runs already. Interrupts are masked. */
static void start(struct clock_timer *t)
{
	timer_cancel(&t->timer);
	if (t->expire)
		timer_set(&t->timer, next_look(t), look_again, t);
}

/*
 * Like start(), but if the end has come, tells of it at once. Masked, so that
 * nothing comes in between.
 */
static void clock_timer_run(struct clock_timer *t)
{
	u32 flags = irq_save();

	if (time_to_end(t)) {
		start(t);
	} else {
		timer_cancel(&t->timer);
		if (t->expire)
			t->expire(t);
	}
	irq_restore(flags);
}

/* Called at that time: of CPU time less may have been used. */
static void look_again(struct timer *timer)
{
	clock_timer_run(timer->data);
}

/* Called when the time of day was set. A timer that has come stays so. */
static void time_was_set(struct watcher *watcher, u32 events)
{
	struct clock_timer *t = watcher->owner;

	(void)events;
	if (timer_cancel(&t->timer))
		clock_timer_run(t);
}

void clock_timer_init(struct clock_timer *t,
		      void (*expire)(struct clock_timer *t))
{
	timer_clear(&t->timer);
	list_init(&t->set.sleeper.link);
	t->pid = 0;
	t->end = t->interval = 0;
	t->expire = expire;
}

void clock_timer_stop(struct clock_timer *t)
{
	timer_cancel(&t->timer);
	unwatch_queue(&t->set);
	t->end = t->interval = 0;
}

/* Returns what a timer's clock counts; *pid: whose CPU time. */
static int kind_of(int clock, bool absolute, int *pid)
{
	if (clock < 0) {
		*pid = ~(clock >> 3);
		return clock & CPUCLOCK_THREAD ? DEADLINE_THREAD : DEADLINE_CPU;
	}
	if (absolute && (clock == CLOCK_REALTIME || clock == CLOCK_TAI))
		return DEADLINE_WALL;
	return DEADLINE_UPTIME;
}

/*
 * Sets a timer anew; a value of 0 only stops it. The clock is one that the
 * caller has checked; a CPU-time clock names its task.
 */
void clock_timer_set(struct clock_timer *t, int clock, bool absolute,
		     const struct timer_setting *new)
{
	u64 value = from_timespec(&new->value);

	clock_timer_stop(t);
	if (!value)
		return;
	t->kind = kind_of(clock, absolute, &t->pid);
	t->interval = from_timespec(&new->interval);
	t->end = value;
	if (!absolute)
		t->end += clock_now(t) + grain_of(t->kind);
	if (t->kind == DEADLINE_WALL)
		watch_queue(&t->set, &clock_set, time_was_set, t);
	clock_timer_run(t);
}

/*
 * Lets a timer that has come run again, if it has an interval. Returns how many
 * ends have come, at least 1. Those of the time ahead count, too. If another
 * one comes meanwhile the next interrupt tells. Interrupts are masked.
 */
u64 clock_timer_forward(struct clock_timer *t, u64 ahead)
{
	u64 now = clock_now(t) + ahead, n = 1;

	if (!t->interval)
		return 1;
	if (now >= t->end) {
		n = (now - t->end) / t->interval + 1;
		t->end += n * t->interval;
	}
	start(t);
	return n;
}

/*
 * Tells what is left of a timer, and its interval. As a program is told, a
 * clock's step less, but not 0 before the end.
 */
void clock_timer_show(const struct clock_timer *t, struct timer_setting *now)
{
	u64 left = t->end ? time_to_end(t) : 0, grain = grain_of(t->kind);

	if (left || timer_pending(&t->timer))
		left = left > grain ? left - grain : 1;
	to_timespec(left, &now->value);
	to_timespec(t->interval, &now->interval);
}

static bool valid_timespec(const struct timespec64 *ts)
{
	return ts->tv_sec >= 0 && (u32)ts->tv_nsec < NSEC_A_SECOND;
}

/* Reads a setting from a program. Returns 0, -EFAULT or -EINVAL. */
int get_setting(struct timer_setting *s, const void __user *from, bool wide)
{
	u32 size = wide ? sizeof(struct timespec64) : sizeof(struct timespec);
	int error = get_timespec(&s->interval, from, wide);

	if (!error)
		error = get_timespec(&s->value, (const u8 __user *)from + size,
				     wide);
	if (error)
		return error;
	return valid_timespec(&s->interval) && valid_timespec(&s->value) ?
	       0 : -EINVAL;
}

int put_setting(const struct timer_setting *s, void __user *to, bool wide)
{
	u32 size = wide ? sizeof(struct timespec64) : sizeof(struct timespec);
	int error = put_timespec(&s->interval, to, wide);

	if (error)
		return error;
	return put_timespec(&s->value, (u8 __user *)to + size, wide);
}
