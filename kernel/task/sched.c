/*
 * The scheduler. Runnable tasks wait in two arrays of queues, one queue a
 * priority, with a bitmap of the queues that are not empty: picking the next
 * task is a bit scan. A task that has used up its time slice gets a new one and
 * moves to the expired array; when the active array runs dry the two change
 * places, so that no priority starves another. All of it is O(1). Each change
 * begins an epoch, in which every task has one slice. A child has its first one
 * in the epoch after its birth; until then its parent's pays for both, so that
 * making children gains nothing (docs/tricks.md).
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
#define MAKERS_OWN	2	/* ticks of a slice that children leave */

struct run_queue {
	u32 bitmap[2];			/* bit n: queue n is not empty */
	struct list queue[PRIORITIES];
};

static struct run_queue queues[2];
static struct run_queue *active = &queues[0], *expired = &queues[1];
static u32 epoch;		/* how often the arrays have changed places */
/* somebody waits in front of the others since the last switch */
static bool woken;
/* current's child, queued since the last switch: current comes next */
static struct task_struct *newborn;
static u32 loaded_pgdir;		/* what CR3 holds */

u32 context_switches, cpu_ticks[CPU_STATES];

/* Called once by start_kernel. */
void sched_init(void)
{
	for (u32 i = 0; i < PRIORITIES; i++) {
		list_init(&queues[0].queue[i]);
		list_init(&queues[1].queue[i]);
	}
	loaded_pgdir = read_cr3();
	set_kernel_stack(idle_task->stack_top);
}

static inline void enqueue(struct run_queue *rq, struct task_struct *task,
			   bool front)
{
	u32 priority = task->priority;
	struct list *queue = &rq->queue[priority];

	if (front)
		list_add(&task->run_link, queue);
	else
		list_add_tail(&task->run_link, queue);
	bit_set(rq->bitmap, priority);
}

/*
 * Take the first task of the most urgent queue; NULL when the array is empty.
 */
static inline struct task_struct *dequeue_first(struct run_queue *rq)
{
	struct list *queue, *first;
	u32 priority;

	if (rq->bitmap[0])
		priority = bit_scan_forward(rq->bitmap[0]);
	else if (rq->bitmap[1])
		priority = 32 + bit_scan_forward(rq->bitmap[1]);
	else
		return NULL;
	queue = &rq->queue[priority];
	first = queue->next;
	list_unlink(first);
	if (list_empty(queue))
		bit_clear(rq->bitmap, priority);
	return list_entry(first, struct task_struct, run_link);
}

/* Returns whose slice pays for task: its maker's as long as it has had none. */
static inline struct task_struct *payer_of(struct task_struct *task)
{
	if (likely(!task->borrows))
		return task;
	return task == task->process ? task->parent : task->process;
}

/* Returns the ticks that task may still use in this epoch. */
static inline int ticks_of(struct task_struct *task)
{
	int ticks = payer_of(task)->time_slice;

	return task->borrows ? ticks - MAKERS_OWN : ticks;
}

/* Gives task its slice of an epoch. */
static inline void new_slice(struct task_struct *task, u32 of_epoch)
{
	task->time_slice = SLICE_TICKS(task->priority);
	task->epoch = of_epoch;
	task->borrows = false;
}

/*
 * task has no more time in this epoch, nor has its payer: it is runnable again
 * in the next one, there before the others if it has not computed just now.
 */
static void expire(struct task_struct *task, bool front)
{
	new_slice(task, epoch + 1);
	enqueue(expired, task, front);
}

/*
 * Takes the next task out of the active array, or returns NULL. Children whose
 * maker's time is used up meanwhile wait for their own.
 */
static inline struct task_struct *next_active(void)
{
	struct task_struct *next;

	while ((next = dequeue_first(active)) && unlikely(ticks_of(next) <= 0))
		expire(next, false);
	return next;
}

static inline struct task_struct *pick_next(void)
{
	struct task_struct *next = next_active();

	if (!next && (expired->bitmap[0] | expired->bitmap[1])) {
		struct run_queue *empty = active;

		active = expired;
		expired = empty;
		epoch++;
		next = next_active();
	}
	return next ? next : idle_task;
}

/*
 * current stays runnable: it goes behind its new child, or behind all others of
 * its priority, or, without time, into the expired array.
 */
static inline void requeue_current(void)
{
	if (ticks_of(current) <= 0)
		expire(current, newborn != NULL);
	else if (newborn)
		list_add(&current->run_link, &newborn->run_link);
	else
		enqueue(active, current, false);
}

/*
 * Load the address space of mm, or the kernel's own with NULL. A kernel task
 * keeps whatever directory is loaded: its kernel half is everybody's. Called at
 * a switch, by exec and by exit, which must leave a directory before it is
 * freed.
 */
static inline void load_mm(struct mm *mm)
{
	u32 pgdir = mm ? __pa(mm->pgdir) : __pa(swapper_pg_dir);

	if (pgdir != loaded_pgdir) {
		loaded_pgdir = pgdir;
		write_cr3(pgdir);
	}
}

void use_mm(struct mm *mm)
{
	load_mm(mm);
}

static inline void switch_segments(struct task_struct *prev,
				   struct task_struct *next)
{
	save_fs_gs(&prev->user_fs, &prev->user_gs);
	if (prev->uses_tls | next->uses_tls)
		load_tls(next->tls);
	if (prev->user_segments | next->user_segments)
		set_fs_gs(next->user_fs, next->user_gs);
}

static inline void context_switch(struct task_struct *prev,
				  struct task_struct *next)
{
	if (unlikely(prev->stack_guard != STACK_GUARD_VALUE))
		panic("schedule: kernel stack of pid %d (%s) overflowed",
		      prev->pid, prev->comm);
	context_switches++;
	current = next;
	if (next->mm)
		load_mm(next->mm);
	set_kernel_stack(next->stack_top);
	switch_segments(prev, next);
	if (fpu_owner)
		fpu_switch(next);
	switch_to(&prev->kernel_esp, next->kernel_esp);
}

/*
 * Give the CPU to the next task, and return when current is chosen again.
 * Interrupts are masked.
 */
static inline void switch_to_next(void)
{
	struct task_struct *prev = current, *next;

	prev->work &= ~WORK_RESCHED;
	woken = false;
	newborn = NULL;
	next = pick_next();
	if (next != prev)
		context_switch(prev, next);
}

/*
 * Give the CPU to the next task. Called with current's state set: TASK_RUNNING
 * puts it back in the queue, any other state leaves it to whoever wakes it.
 * Returns when current is chosen again, with interrupts as they were.
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
 * Sleep until wake_up(). The caller tests its condition again: all sleepers are
 * woken.
 */
void sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	sleep_in(q, TASK_UNINTERRUPTIBLE);
	irq_restore(flags);
}

/*
 * Like sleep_on(), but a signal ends it too: -ERESTARTSYS. Masked, so that no
 * signal can come between the test and the sleep.
 */
int interruptible_sleep_on(struct wait_queue *q)
{
	u32 flags = irq_save();

	if (likely(!signal_pending(current)))
		sleep_in(q, TASK_INTERRUPTIBLE);
	irq_restore(flags);
	return unlikely(signal_pending(current)) ? -ERESTARTSYS : 0;
}

/*
 * Make a sleeping or stopped task runnable; nothing happens if it is already.
 * It goes before those that have not slept: it has not used its time, and among
 * a thousand that only compute it would otherwise wait for all their slices.
 * Its slice of this epoch bounds that. Interrupts are masked.
 */
static inline void make_runnable(struct task_struct *task)
{
	if (task->state == TASK_RUNNING || task->state == TASK_ZOMBIE)
		return;
	task->state = TASK_RUNNING;
	if (task->epoch != epoch)
		new_slice(task, epoch);
	if (ticks_of(task) <= 0) {
		expire(task, true);
		return;
	}
	enqueue(active, task, true);
	woken = true;
	if (task->priority < current->priority)
		current->work |= WORK_RESCHED;
}

/* The same for one task. Callable from interrupts. */
void wake_up_task(struct task_struct *task)
{
	u32 flags = irq_save();

	make_runnable(task);
	irq_restore(flags);
}

/* Wake everybody who sleeps in q. Callable from interrupts. */
void wake_up(struct wait_queue *q)
{
	u32 flags = irq_save();

	list_for_each(node, &q->sleepers)
		make_runnable(list_entry(node, struct sleeper, link)->task);
	irq_restore(flags);
}

/*
 * A task that lives on its maker's time has half of that for its own, because
 * the maker ends, or because it makes children itself. Nothing is gained by it.
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
 * A child's first appearance. It runs first, because it often replaces its
 * memory at once: then the parent's writes need no copies. The parent is next,
 * a tick later at most.
 */
void sched_fork(struct task_struct *child)
{
	u32 flags = irq_save();

	sched_independent(current->process);
	child->time_slice = 0;
	child->epoch = epoch;
	child->borrows = true;
	if (payer_of(child) != current->process)
		child->borrows = false;		/* a brother: nobody pays */
	child->state = TASK_RUNNING;
	newborn = child;
	enqueue(active, child, true);
	current->work |= WORK_RESCHED;
	irq_restore(flags);
}

/*
 * Called at each tick: account it. When somebody was woken it has its turn, and
 * need not wait until the slice of one that only computes is used up. What is
 * left of that stays current's.
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
	if (current->time_slice <= 0 || woken)
		current->work |= WORK_RESCHED;
}

/* Returns how long a task may compute when its turn comes. */
u32 slice_ticks(const struct task_struct *task)
{
	return SLICE_TICKS(task->priority);
}

/*
 * Change a task's priority; a task in a queue moves to its new queue the next
 * time it is queued.
 */
void set_priority(struct task_struct *task, int priority)
{
	task->priority = priority;
}

/*
 * The idle task's life: wait for interrupts and look whether they made somebody
 * runnable.
 */
NORETURN void idle_loop(void)
{
	for (;;) {
		cli();
		if (!(active->bitmap[0] | active->bitmap[1] |
		      expired->bitmap[0] | expired->bitmap[1]))
			sti_hlt();
		schedule();
	}
}

/*
 * Lets all others run until they all sleep, or for so many ticks. Called for a
 * planned sleep, also where interrupts are masked: a sleep lets them in, too.
 */
void let_others_run(u32 ticks)
{
	u32 flags = irq_save(), end = jiffies + ticks, before;

	do {
		sti();
		before = context_switches;
		current->time_slice = 0; /* behind those of all priorities */
		schedule();
	} while (context_switches != before && !time_after(jiffies, end));
	irq_restore(flags);
}

int sys_sched_yield(void)
{
	schedule();
	return 0;
}
