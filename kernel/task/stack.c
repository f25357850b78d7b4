/*
 * How much of the kernel stacks is ever used. With the parameter stack=measure
 * each is filled with a pattern when its task is made; when the task is gone,
 * what is left of that above the guard was never touched. Each new minimum is
 * told in the log (tools/run -v). It costs a tenth of a fork, so not always.
 */
#include <cowix/kernel.h>
#include <cowix/params.h>
#include <cowix/sched.h>
#include "kernel/kernel_internal.h"

#define PATTERN		0x57ACF111u

static bool measured;
static u32 least = TASK_FRAME_SIZE;	/* bytes left at worst so far */

/* Called once by start_kernel, before tasks are made. */
void stack_init(void)
{
	const char *value = param_get("stack");

	measured = value && strcmp(value, "measure") == 0;
}

static u32 *stack_end(struct task_struct *task)
{
	return &task->stack_guard + 1;
}

/* Fills the stack of a task that has not run. */
void paint_stack(struct task_struct *task)
{
	if (likely(!measured))
		return;
	for (u32 *p = stack_end(task); p < (u32 *)task->stack_top; p++)
		*p = PATTERN;
}

/* Frees a task that will not run any more. */
void free_task(struct task_struct *task)
{
	u32 *p = stack_end(task), left;

	while (measured && p < (u32 *)task->stack_top && *p == PATTERN)
		p++;
	left = (u32)p - (u32)stack_end(task);
	if (measured && left < least) {
		least = left;
		printk("stack: %u of %u bytes left by pid %d (%s)\n", left,
		       task->stack_top - (u32)stack_end(task), task->pid,
		       task->comm);
	}
	kpage_free(task);
}
