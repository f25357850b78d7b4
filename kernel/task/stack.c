/*
 * How much of the kernel stacks is ever used. With the parameter stack=measure
 * each stack is filled with a pattern when its task is made. What is left of
 * the pattern when the task is gone was never touched. Each new minimum is told
 * in the log (tools/run -v). Measuring costs a tenth of a fork.
 */
#include <cowix/kernel.h>
#include <cowix/params.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include "kernel/kernel_internal.h"

#define PATTERN		0x57ACF111u

static bool measured;
static u32 least = STACK_SIZE;	/* bytes left at worst so far */

/* Called once by start_kernel, before tasks are made. */
void stack_init(void)
{
	const char *value = param_get("stack");

	measured = value && strcmp(value, "measure") == 0;
}

static u32 *stack_end(struct task_struct *task)
{
	if (SANITIZED)
		return (u32 *)(task->stack_top - STACK_SIZE) + 1;
	return &task->stack_guard + 1;
}

/* Fills the stack of a task that has not run. */
void paint_stack(struct task_struct *task)
{
	if (!measured)
		return;
	for (u32 *p = stack_end(task); p < (u32 *)task->stack_top; p++)
		*p = PATTERN;
}

/* Looks how much of its stack a task has left, and tells a new minimum. */
static void measure_stack(struct task_struct *task)
{
	u32 *end = stack_end(task), *top = (u32 *)task->stack_top, *p = end;
	u32 left;

	while (p < top && *p == PATTERN)
		p++;
	left = (p - end) * sizeof(u32);
	if (left >= least)
		return;
	least = left;
	printk("stack: %u of %u bytes left by pid %d (%s)\n", left,
	       (u32)((top - end) * sizeof(u32)), task->pid, task->comm);
}

/* Frees a task that will not run any more. */
void free_task(struct task_struct *task)
{
	if (measured)
		measure_stack(task);
	give_stack(task);
	kpage_free(task);
}
