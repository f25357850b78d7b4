/*
 * The load: the number of tasks that run or wait for a disk, as exponential
 * averages over 1, 5 and 15 minutes. Every five seconds an average keeps
 * exp(-5 s / its time) of itself, and takes the rest from the present number.
 * The numbers are fixed-point.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>

#define INTERVAL	(5 * HZ + 1)	/* out of step with whole seconds */

u32 load_average[3];

/* Returns true if a task runs, or a program's task waits for a disk. */
static bool is_active(const struct task_struct *task)
{
	return task->state == TASK_RUNNING ||
	       (task->state == TASK_UNINTERRUPTIBLE && task->mm);
}

static u32 count_active(void)
{
	u32 active = 0;

	list_for_each(node, &all_tasks) {
		struct task_struct *process =
			list_entry(node, struct task_struct, all_link);

		for_each_thread(task, process)
			active += is_active(task);
	}
	return active;
}

static void update_load(struct timer *t)
{
	/* exp(-5 / 60), exp(-5 / 300), exp(-5 / 900), times LOAD_ONE */
	static const u16 keep[] = { 1884, 2014, 2037 };
	u32 active = count_active() * LOAD_ONE;

	for (u32 i = 0; i < ARRAY_SIZE(keep); i++) {
		u32 sum = load_average[i] * keep[i] +
			  active * (LOAD_ONE - keep[i]);

		if (active >= load_average[i])
			sum += LOAD_ONE - 1;	/* round towards active */
		load_average[i] = sum / LOAD_ONE;
	}
	timer_add(t, INTERVAL, update_load, NULL);
}

/* Called once by start_kernel. */
void loadavg_init(void)
{
	static struct timer timer;

	timer_add(&timer, INTERVAL, update_load, NULL);
}
