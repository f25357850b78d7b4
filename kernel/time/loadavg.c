/*
 * The load: how many tasks are running or waiting for a disk, as exponential
 * averages over 1, 5 and 15 minutes. Every five seconds an average keeps exp(-5
 * s / its time) of itself and takes the rest from the present number, in fixed
 * point.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>

/* not in step with programs that wake up every second */
#define INTERVAL (5 * HZ + 1)

u32 load_average[3];

static void update(struct timer *t)
{
	/* exp(-5 / 60), exp(-5 / 300), exp(-5 / 900), times LOAD_ONE */
	static const u16 keep[] = { 1884, 2014, 2037 };
	u32 active = 0;

	list_for_each(node, &all_tasks) {
		for_each_thread(task,
				list_entry(node, struct task_struct, all_link))
			/* the kernel's own tasks only wait */
			active +=
			task->state == TASK_RUNNING ||
			(task->state == TASK_UNINTERRUPTIBLE && task->mm);
	}
	active *= LOAD_ONE;
	for (u32 i = 0; i < ARRAY_SIZE(keep); i++) {
		u32 sum = load_average[i] * keep[i] +
			  active * (LOAD_ONE - keep[i]);

		if (active >= load_average[i])
			sum += LOAD_ONE - 1; /* rounded towards the present */
		load_average[i] = sum / LOAD_ONE;
	}
	timer_add(t, INTERVAL, update, NULL);
}

/* Called once by start_kernel. */
void loadavg_init(void)
{
	static struct timer timer;

	timer_add(&timer, INTERVAL, update, NULL);
}
