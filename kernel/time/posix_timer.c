/*
 * timer_create() and its family: timers of a process that send a signal. Each
 * keeps the memory of one queued signal, since interrupts cannot allocate. A
 * timer that has come stands still until its signal is taken, as on Linux; the
 * intervals that are over by then are its overrun.
 */
#include <cowix/kernel.h>
#include <cowix/hash.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

#define OVERRUN_MAX	0x7FFFFFFFu

struct posix_timer {
	struct list link;		/* in its process's list */
	struct list hash_link;		/* by process and number */
	int id;
	int clock;
	struct task_struct *process;
	int thread;			/* SIGEV_THREAD_ID: which, else 0 */
	struct clock_timer timer;
	struct queued_signal *signal;	/* its own, pending or not */
	bool stands;		/* it has come; its signal is pending */
	u32 overrun;			/* since the signal was sent */
	u32 last_overrun;		/* when it was taken last */
};

#define BUCKETS	512	/* as many as Linux has */

static struct hash_table timers;

static struct list *timer_bucket(const struct task_struct *process, int id)
{
	return hash_bucket(&timers, (u32)process, id);
}

/*
 * Lets a timer that has come run again, and counts the ends it has missed, also
 * those of the time ahead.
 */
static void pass_ends(struct posix_timer *t, u64 ahead)
{
	u64 overrun = t->overrun + clock_timer_forward(&t->timer, ahead) - 1;

	t->stands = false;
	t->overrun = overrun < OVERRUN_MAX ? overrun : OVERRUN_MAX;
}

/* Called when the signal is taken, just before the program sees it. */
static void signal_taken(struct queued_signal *q)
{
	struct posix_timer *t = q->owner;

	if (t->stands)
		pass_ends(t, 0);
	t->last_overrun = t->overrun;
	q->source.uid = t->overrun;
}

/* Sends the signal. A thread may have ended, and the signal may be ignored. */
static bool send(struct posix_timer *t)
{
	struct task_struct *task =
		t->thread ? find_task(t->thread) : t->process;

	if (!task || task->process != t->process)
		return false;
	return post_queued(t->signal, task, t->thread != 0);
}

/*
 * Called when a timer comes. If its signal is ignored nobody paces it: then it
 * comes once a tick at most, as on Linux. Interrupts are masked.
 */
static void posix_timer_expired(struct clock_timer *timer)
{
	struct posix_timer *t = container_of(timer, struct posix_timer, timer);

	t->stands = true;
	if (!list_empty(&t->signal->link)) {	/* set anew while it pends */
		t->overrun++;
		return;
	}
	t->overrun = 0;
	if (!send(t))
		pass_ends(t, timer->interval < NSEC_A_TICK ? NSEC_A_TICK : 0);
}

/*
 * Finds the clock of a new timer. CPU-time clocks get a number that names the
 * task. Returns 0, -EINVAL, or -EOPNOTSUPP if there are no timers of the clock.
 */
static int timer_clock(int asked, int *clock)
{
	const struct task_struct *task;
	struct timespec64 unused;

	*clock = cpu_clock_number(asked);
	if (*clock == CLOCK_REALTIME || *clock == CLOCK_MONOTONIC ||
	    *clock == CLOCK_BOOTTIME || *clock == CLOCK_TAI)
		return 0;
	if (read_clock(*clock, &unused) < 0)
		return -EINVAL;
	task = *clock < 0 ? cpu_clock_task(*clock) : NULL;
	if (!task || task->process != current->process ||
	    (*clock & CPUCLOCK_KIND) == CPUCLOCK_VIRT)
		return -EOPNOTSUPP;
	*clock = (~(u32)task->pid << 3) | (*clock & 7);
	return 0;
}

/* Returns 0, or -EINVAL if the event makes no sense. */
static int check_event(const struct sigevent *event)
{
	const struct task_struct *task;

	switch (event->sigev_notify) {
	case SIGEV_THREAD_ID:
		task = find_task(event->sigev_tid);
		if (!task || task->process != current->process)
			return -EINVAL;
		/* fall through */
	case SIGEV_SIGNAL:
	case SIGEV_THREAD:
		return valid_signal(event->sigev_signo) ? 0 : -EINVAL;
	case SIGEV_NONE:
		return 0;
	}
	return -EINVAL;
}

/* Returns a timer with its signal that nobody knows, or NULL: no memory. */
static struct posix_timer *timer_alloc(void)
{
	struct posix_timer *t = kzalloc(sizeof(*t));

	if (!t)
		return NULL;
	t->signal = kzalloc(sizeof(*t->signal));
	if (!t->signal) {
		kfree(t);
		return NULL;
	}
	list_init(&t->signal->link);
	t->signal->taken = signal_taken;
	t->signal->owner = t;
	clock_timer_init(&t->timer, posix_timer_expired);
	return t;
}

static void timer_free(struct posix_timer *t)
{
	clock_timer_stop(&t->timer);
	drop_queued(t->signal);
	kfree(t);
}

/* Makes a timer one of current's process. It does not run yet. */
static void add_timer(struct posix_timer *t, int clock,
		      const struct sigevent *event)
{
	struct task_struct *process = current->process;

	t->id = process->next_timer++;
	t->clock = clock;
	t->process = process;
	if (event->sigev_notify == SIGEV_THREAD_ID)
		t->thread = event->sigev_tid;
	if (event->sigev_notify == SIGEV_NONE)
		t->timer.expire = NULL;
	t->signal->sig = event->sigev_signo;
	t->signal->source = (struct signal_source){
		.code = SI_TIMER, .pid = t->id, .value = event->sigev_value,
	};
	list_add_tail(&t->link, &process->timers);
	list_add(&t->hash_link, timer_bucket(process, t->id));
	process->nr_timers++;
	nr_kept_signals++;
}

static void remove_timer(struct posix_timer *t)
{
	list_del(&t->link);
	list_del(&t->hash_link);
	t->process->nr_timers--;
	nr_kept_signals--;
	timer_free(t);
}

/* Called when a process ends, or runs another program. */
void delete_timers(struct task_struct *process)
{
	list_for_each_safe(node, &process->timers)
		remove_timer(list_entry(node, struct posix_timer, link));
}

/* Returns a timer of current's process, or NULL. */
static struct posix_timer *find_timer(int id)
{
	const struct task_struct *process = current->process;

	list_for_each(node, timer_bucket(process, id)) {
		struct posix_timer *t =
			list_entry(node, struct posix_timer, hash_link);

		if (t->process == process && t->id == id)
			return t;
	}
	return NULL;
}

int sys_timer_delete(int id)
{
	struct posix_timer *t = find_timer(id);

	if (!t)
		return -EINVAL;
	remove_timer(t);
	return 0;
}

int sys_timer_create(int asked, const struct sigevent __user *user_event,
		     int __user *user_id)
{
	struct sigevent event = { .sigev_signo = SIGALRM };
	struct posix_timer *t;
	int clock, id, error;

	if (user_event && copy_from_user(&event, user_event, sizeof(event)) < 0)
		return -EFAULT;
	error = timer_clock(asked, &clock);
	if (error)
		return error;
	t = timer_alloc();
	if (!t || queue_is_full(current))
		error = -EAGAIN;
	else
		error = check_event(&event);
	if (error)
		goto free;
	if (!user_event)
		event.sigev_value = current->process->next_timer;
	add_timer(t, clock, &event);
	id = t->id;			/* another thread may delete it */
	error = copy_to_user(user_id, &id, sizeof(id));
	if (error)
		(void)sys_timer_delete(id);
	return error;
free:
	if (t)
		timer_free(t);
	return error;
}

int sys_timer_getoverrun(int id)
{
	const struct posix_timer *t = find_timer(id);

	return t ? (int)t->last_overrun : -EINVAL;
}

/* Tells what a timer has left. One without a signal is forwarded here. */
static void show_timer(struct posix_timer *t, struct timer_setting *now)
{
	u32 flags = irq_save();

	if (t->stands || !t->timer.expire)
		pass_ends(t, 0);
	clock_timer_show(&t->timer, now);
	irq_restore(flags);
}

static int timer_gettime(int id, void __user *to, bool wide)
{
	struct posix_timer *t = find_timer(id);
	struct timer_setting now;

	if (!t)
		return -EINVAL;
	show_timer(t, &now);
	return put_setting(&now, to, wide);
}

int sys_timer_gettime(int id, struct itimerspec __user *to)
{
	return timer_gettime(id, to, false);
}

int sys_timer_gettime64(int id, struct itimerspec64 __user *to)
{
	return timer_gettime(id, to, true);
}

/*
 * Sets a timer anew and tells what it was. Masked: a tick in between would
 * let the old setting come.
 */
static void set_timer(struct posix_timer *t, bool absolute,
		      const struct timer_setting *new,
		      struct timer_setting *old)
{
	u32 flags = irq_save();

	show_timer(t, old);
	t->stands = false;
	t->overrun = t->last_overrun = 0;
	clock_timer_set(&t->timer, t->clock, absolute, new);
	irq_restore(flags);
}

static int timer_settime(int id, int flags, const void __user *user_new,
			 void __user *user_old, bool wide)
{
	struct timer_setting new, old;
	struct posix_timer *t;
	int error = user_new ? get_setting(&new, user_new, wide) : -EINVAL;

	if (error)
		return error;
	t = find_timer(id);
	if (!t)
		return -EINVAL;
	set_timer(t, flags & TIMER_ABSTIME, &new, &old);
	return user_old ? put_setting(&old, user_old, wide) : 0;
}

int sys_timer_settime(int id, int flags, const struct itimerspec __user *new,
		      struct itimerspec __user *old)
{
	return timer_settime(id, flags, new, old, false);
}

int sys_timer_settime64(int id, int flags,
			const struct itimerspec64 __user *new,
			struct itimerspec64 __user *old)
{
	return timer_settime(id, flags, new, old, true);
}

/* Called once by start_kernel. */
void posix_timer_init(void)
{
	hash_init(&timers, BUCKETS, boot_alloc);
}
