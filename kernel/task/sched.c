/*
 * The scheduler. Runnable tasks wait in two arrays of queues, one queue a rank:
 * the priority, less a bonus for a task that was woken. A bitmap says which
 * queues are not empty, so picking the next task is a bit scan. A task that has
 * used up its time slice gets a new one and moves to the expired array. When
 * the active array is empty the two change places, so that no priority starves
 * another. All of it is O(1).
 *
 * Each change begins an epoch, in which every task has one slice. A child has
 * its first slice in the epoch after its birth. Until then its parent's slice
 * pays for both, so that making children gains nothing (docs/tricks.md).
 *
 * Switching is done in software: switch_to() in switch.asm changes the stack,
 * this file the address space and the FPU. Interrupts are masked from the
 * choice to the end of the switch.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/traps.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

/* nice 0: 11 ticks, 110 ms */
#define SLICE_TICKS(priority)	(1 + (PRIORITIES - (priority)) / 2)
#define MAKERS_OWN	2	/* ticks of their maker's that children leave */
#define BONUS_MAX	2	/* ranks that a task gains by sleeping */
#define RANKS		(PRIORITIES + BONUS_MAX)
#define RANK(task, bonus)	((task)->priority + BONUS_MAX - (bonus))

struct run_queue {
	u32 bitmap[2];			/* bit n: queue n is not empty */
	struct list queue[RANKS];
};

static struct run_queue queues[2];
static struct run_queue *active = &queues[0], *expired = &queues[1];
static u32 epoch;		/* how often the arrays have changed places */
static u32 current_rank;	/* of the queue in which current stood */
/* current's child, made since the last switch: current is to come next */
static struct task_struct *newborn;
static u32 loaded_pgdir;		/* what CR3 holds */

u32 context_switches, cpu_ticks[CPU_STATES];

/* Prepares the run queues. Called once by start_kernel. */
void sched_init(void)
{
	for (u32 i = 0; i < RANKS; i++) {
		list_init(&queues[0].queue[i]);
		list_init(&queues[1].queue[i]);
	}
	loaded_pgdir = read_cr3();
	set_kernel_stack(idle_task->stack_top);
}

/* Puts a task into a queue. Interrupts are masked. */
static inline void enqueue(struct run_queue *rq, struct task_struct *task,
			   u32 rank, bool front)
{
	struct list *queue = &rq->queue[rank];

	if (front)
		list_add(&task->run_link, queue);
	else
		list_add_tail(&task->run_link, queue);
	bit_set(rq->bitmap, rank);
}

static inline bool queues_empty(const struct run_queue *rq)
{
	return !rq->bitmap[0] && !rq->bitmap[1];
}

/* Returns the rank of the most urgent queue that is not empty. */
static inline u32 best_rank(const struct run_queue *rq)
{
	if (rq->bitmap[0])
		return bit_scan_forward(rq->bitmap[0]);
	return 32 + bit_scan_forward(rq->bitmap[1]);
}

/* Takes out the first task of a queue. */
static inline struct task_struct *dequeue_first(struct run_queue *rq, u32 rank)
{
	struct list *queue = &rq->queue[rank], *first = queue->next;

	list_unlink(first);
	if (list_empty(queue))
		bit_clear(rq->bitmap, rank);
	return list_entry(first, struct task_struct, run_link);
}

/* Returns the task whose slice pays: its maker until it has had one itself. */
static inline struct task_struct *payer_of(struct task_struct *task)
{
	if (!task->borrows)
		return task;
	return task == task->process ? task->parent : task->process;
}

/* Returns the ticks that a task may still use in this epoch. */
static inline int ticks_of(struct task_struct *task)
{
	if (!task->borrows)
		return task->time_slice;
	return payer_of(task)->time_slice - MAKERS_OWN;
}

/* Gives a task its slice of an epoch. */
static inline void new_slice(struct task_struct *task, u32 of_epoch)
{
	task->time_slice = SLICE_TICKS(task->priority);
	task->fresh_ticks = task->time_slice - 1;
	task->epoch = of_epoch;
	task->borrows = false;
}

/*
 * Queues a task for the next epoch: it has no time left in this one, nor has
 * its payer. A task that has not computed just now goes to the front.
 */
static void expire(struct task_struct *task, bool front)
{
	new_slice(task, epoch + 1);
	enqueue(expired, task, RANK(task, 0), front);
}

/*
 * Takes the next task out of the active array. Returns NULL if there is none. A
 * task may have lost its time in the queue, to the children that it pays for.
 */
static inline struct task_struct *next_active(void)
{
	while (!queues_empty(active)) {
		u32 rank = best_rank(active);
		struct task_struct *next = dequeue_first(active, rank);

		if (ticks_of(next) > 0) {
			current_rank = rank;
			return next;
		}
		expire(next, false);
	}
	return NULL;
}

/* Takes out the task that is to run next; the idle task if there is none. */
static inline struct task_struct *pick_next(void)
{
	struct task_struct *next = next_active();

	if (!next && !queues_empty(expired)) {
		struct run_queue *empty = active;

		active = expired;
		expired = empty;
		epoch++;
		next = next_active();
	}
	return next ? next : idle_task;
}

/*
 * Queues current, which stays runnable: behind its new child, in the place that
 * it had, or, without time, in the expired array.
 */
static inline void requeue_current(void)
{
	if (ticks_of(current) <= 0)
		expire(current, newborn != NULL);
	else if (newborn)
		list_add(&current->run_link, &newborn->run_link);
	else
		enqueue(active, current, current_rank, true);
}

static inline void load_pgdir(u32 pgdir)
{
	if (pgdir != loaded_pgdir) {
		loaded_pgdir = pgdir;
		write_cr3(pgdir);
	}
}

/*
 * Loads the address space of mm, or the kernel's own if mm is NULL. Called by
 * exec and by exit, which must leave a directory before it is freed.
 */
void use_mm(struct mm *mm)
{
	load_pgdir(mm ? __pa(mm->pgdir) : __pa(swapper_pg_dir));
}

/* Exchanges what few tasks have: segments and debug registers of their own. */
static void switch_more(const struct task_struct *prev,
			const struct task_struct *next)
{
	load_tls(next->tls);
	if (prev->debug || next->debug)
		load_debugregs(next);
}

/*
 * Switches from one task to another. A kernel task keeps the directory that is
 * loaded: the kernel's half is the same in all.
 */
static inline void context_switch(struct task_struct *prev,
				  struct task_struct *next)
{
	if (prev->stack_guard != STACK_GUARD_VALUE)
		panic("schedule: kernel stack of pid %d (%s) overflowed",
		      prev->pid, prev->comm);
	context_switches++;
	current = next;
	if (next->mm)
		load_pgdir(__pa(next->mm->pgdir));
	set_kernel_stack(next->stack_top);
	if (prev->switches_more || next->switches_more)
		switch_more(prev, next);
	if (fpu_owner)
		fpu_switch(next);
	switch_to(&prev->switch_frame, next->switch_frame);
}

/*
 * Gives the CPU to the next task. Returns when current is chosen again.
 * Interrupts are masked.
 */
static void switch_to_next(void)
{
	struct task_struct *prev = current, *next;

	prev->work &= ~WORK_RESCHED;
	newborn = NULL;
	next = pick_next();
	if (next != prev)
		context_switch(prev, next);
}

/*
 * Gives the CPU to the next task. If current's state is TASK_RUNNING it goes
 * back into a queue; in any other state it sleeps until it is woken. Returns
 * when current is chosen again, with interrupts as they were.
 */
void schedule(void)
{
	u32 flags = irq_save();

	if (current->state == TASK_RUNNING && current != idle_task)
		requeue_current();
	switch_to_next();
	irq_restore(flags);
}

/* Sleeps in q, in one of the states of a sleeper. Interrupts are masked. */
void sleep_in(struct wait_queue *q, enum task_state state)
{
	struct sleeper me;

	me.task = current;
	me.task->state = state;
	list_add_tail(&me.link, &q->sleepers);
	switch_to_next();
	list_unlink(&me.link);
}

/*
 * Sleeps until wake_up(). The caller tests its condition again, because all
 * sleepers are woken.
 */
void sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	sleep_in(q, TASK_UNINTERRUPTIBLE);
	irq_restore(flags);
}

/*
 * Sleeps until wake_up() or until a signal is pending. Returns 0, or
 * -ERESTARTSYS if one is. Masked, so that no signal can come between the test
 * and the sleep.
 */
int interruptible_sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	if (!signal_pending(current))
		sleep_in(q, TASK_INTERRUPTIBLE);
	irq_restore(flags);
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/*
 * Makes a sleeping or stopped task runnable; does nothing if it is already. The
 * task goes before those that have not slept, or it would wait for the slices
 * of all that only compute. One that has hardly computed in this epoch goes
 * before one that often sleeps for a moment. What is left of its slice bounds
 * what it gains. Interrupts are masked.
 */
static inline void make_runnable(struct task_struct *task)
{
	int ticks;

	if (task->state == TASK_RUNNING || task->state == TASK_ZOMBIE)
		return;
	task->state = TASK_RUNNING;
	if (task->epoch != epoch)
		new_slice(task, epoch);
	ticks = ticks_of(task);
	if (ticks <= 0) {
		expire(task, true);
		return;
	}
	enqueue(active, task, RANK(task, 1 + (ticks >= task->fresh_ticks)),
		true);
	if (task->priority < current->priority)
		current->work |= WORK_RESCHED;
}

/* Wakes one task, wherever it sleeps. Callable from interrupts. */
void wake_up_task(struct task_struct *task)
{
	u32 flags = irq_save();

	make_runnable(task);
	irq_restore(flags);
}

static void tell_watcher(struct sleeper *sleeper, u32 events)
{
	struct watcher *watcher =
		container_of(sleeper, struct watcher, sleeper);

	watcher->woken(watcher, events);
}

/*
 * Wakes all tasks that sleep in q, as these events of poll() may have come.
 * Watchers are told which. Callable from interrupts.
 */
void wake_up_poll(struct wait_queue *q, u32 events)
{
	u32 flags = irq_save();

	list_for_each(node, &q->sleepers) {
		struct sleeper *s = list_entry(node, struct sleeper, link);

		if (s->task)
			make_runnable(s->task);
		else
			tell_watcher(s, events);
	}
	irq_restore(flags);
}

/*
 * Gives a task that lives on its maker's time half of that for its own. Called
 * when the maker ends, and when the task makes children itself. The two gain
 * nothing by it.
 */
void sched_independent(struct task_struct *task)
{
	u32 flags = irq_save();
	struct task_struct *payer = payer_of(task);

	if (task->borrows && payer->time_slice > 0) {
		task->time_slice = (payer->time_slice + 1) / 2;
		payer->time_slice /= 2;
	}
	task->borrows = false;
	irq_restore(flags);
}

/*
 * Queues a new child. It runs first, because it often replaces its memory at
 * once: then the parent's writes need no copies. The parent is next, a tick
 * later at most. Called by fork.
 */
void sched_fork(struct task_struct *child)
{
	u32 flags = irq_save();

	sched_independent(current->process);
	child->time_slice = 0;
	child->epoch = epoch;
	child->borrows = true;
	if (payer_of(child) != current->process)
		child->borrows = false;		/* a sibling: nobody pays */
	child->state = TASK_RUNNING;
	newborn = child;
	enqueue(active, child, RANK(child, BONUS_MAX), true);
	current->work |= WORK_RESCHED;
	irq_restore(flags);
}

/*
 * Gives a more urgent task its turn now. current keeps what is left of its
 * slice, and its place. Called at the end of the clock's interrupt. Whom a
 * device has woken waits for the next tick: where memory is short these are
 * many, each with little to do before it waits again.
 */
void sched_interrupt(void)
{
	if (!queues_empty(active) && best_rank(active) < current_rank)
		current->work |= WORK_RESCHED;
}

/*
 * Accounts a tick. current has computed now, and has its bonus no longer.
 * Called by the clock interrupt.
 */
void sched_tick(struct pt_regs *regs)
{
	struct task_struct *process = current->process;

	if (current == idle_task) {
		cpu_ticks[CPU_IDLE]++;
		return;
	}
	current->run_ticks++;
	if (user_mode(regs)) {
		process->utime++;
		cpu_ticks[CPU_USER]++;
	} else {
		process->stime++;
		cpu_ticks[CPU_SYSTEM]++;
	}
	payer_of(current)->time_slice--;
	current_rank = RANK(current, 0);
	if (current->time_slice <= 0)
		current->work |= WORK_RESCHED;
}

/* Returns how many ticks a task may compute when its turn comes. */
u32 slice_ticks(const struct task_struct *task)
{
	return SLICE_TICKS(task->priority);
}

/* Returns true if there is nothing to run but the idle task. */
bool sched_is_idle(void)
{
	return current == idle_task && queues_empty(active) &&
	       queues_empty(expired);
}

/* Lets the others of the same priority run. current loses its bonus. */
void yield(void)
{
	u32 flags = irq_save();

	if (ticks_of(current) <= 0)
		expire(current, false);
	else
		enqueue(active, current, RANK(current, 0), false);
	switch_to_next();
	irq_restore(flags);
}

/*
 * Lets all others run until they all sleep, or for this many ticks at most.
 * Called for a planned sleep, also where interrupts are masked: a real sleep
 * would let interrupts in as well.
 */
void let_others_run(u32 ticks)
{
	u32 flags = irq_save(), end = jiffies + ticks, before;

	do {
		sti();
		before = context_switches;
		current->time_slice = 0; /* behind those of all priorities */
		yield();
	} while (context_switches != before && !time_after(jiffies, end));
	irq_restore(flags);
}

int sys_sched_yield(void)
{
	yield();
	return 0;
}
