/*
 * The task that runs, the list of all, and the first one, which is made by
 * hand. All other tasks are copies (fork.c).
 */
#include <cowix/kernel.h>
#include <cowix/task.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

/* The idle task. head.asm starts on its stack. */
union task_frame init_task_union __attribute__((section(".bss.page")))
	ALIGNED(PAGE_SIZE);

struct task_struct *const idle_task = &init_task_union.task;
struct task_struct *current = &init_task_union.task;
struct task_struct *init_task;
LIST_HEAD(all_tasks);

/* Makes the idle task of what runs now. Called once by start_kernel. */
void task_init(void)
{
	idle_task->state = TASK_RUNNING;
	idle_task->priority = PRIORITIES - 1;
	idle_task->stack_top = (u32)idle_task + TASK_FRAME_SIZE;
	idle_task->stack_guard = STACK_GUARD_VALUE;
	strlcpy(idle_task->comm, "idle", sizeof(idle_task->comm));
	list_init(&idle_task->run_link);
	idle_task->process = idle_task;
	list_init(&idle_task->threads);
	list_init(&idle_task->pending.queue);
	list_init(&idle_task->shared.queue);
	wait_queue_init(&idle_task->signal_wait);
	list_init(&idle_task->timers);
	list_init(&idle_task->children);
	list_init(&idle_task->sibling);
	list_init(&idle_task->tracees);
	wait_queue_init(&idle_task->child_exit);
}

/* Returns where the registers of a task's last entry from user mode lie. */
struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)task->stack_top - 1;
}

/* Returns the letter of a task's state, as ps shows it. */
char state_letter(const struct task_struct *task)
{
	static const char letters[] = { 'R', 'S', 'D', 'D', 'T', 't', 'Z' };

	return letters[task->state];
}
