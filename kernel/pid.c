/* Process numbers, and finding a task by its number in O(1): a hash table. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "internal.h"

#define PID_BUCKETS	256
#define PID_MAX		32767
#define PID_FIRST_REUSED 100		/* numbers below it are not given out again */

static struct list buckets[PID_BUCKETS];
int last_pid;
u32 nr_forks, nr_tasks;
static bool wrapped;

/* Names the frames of all tasks, also of a thread that has ended. */
static void recount_tasks(found_page *found)
{
	list_for_each(node, &all_tasks) {
		struct task_struct *process =
			list_entry(node, struct task_struct, all_link);

		for_each_thread(t, process)
			found(OWNER_TASK, t);
		if (process->dead_thread)
			found(OWNER_TASK, process->dead_thread);
	}
}

void pid_init(void)
{
	register_owner(recount_tasks);
	for (u32 i = 0; i < PID_BUCKETS; i++)
		list_init(&buckets[i]);
}

struct task_struct *find_task(int pid)
{
	struct list *bucket = &buckets[(u32)pid % PID_BUCKETS];

	list_for_each(node, bucket) {
		struct task_struct *task = list_entry(node, struct task_struct, pid_link);

		if (task->pid == pid)
			return task;
	}
	return NULL;
}

/*
 * A number is taken while a task has it, or a process group or session is still named after it. Before the numbers have
 * wrapped around, a new one cannot be any of these.
 */
static bool pid_in_use(int pid)
{
	if (!wrapped)
		return false;
	if (find_task(pid))
		return true;
	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);

		if (task->pgrp == pid || task->session == pid)
			return true;
	}
	return false;
}

/* The next free number, or -EAGAIN when every number is taken. */
int alloc_pid(void)
{
	for (int tries = 0; tries < PID_MAX; tries++) {
		if (++last_pid > PID_MAX) {
			last_pid = PID_FIRST_REUSED;
			wrapped = true;
		}
		if (!pid_in_use(last_pid))
			return last_pid;
	}
	return -EAGAIN;
}

/*
 * Make a task known: from now on it can be found, signalled and, if it is a process, waited for. Masked: a key may signal a group, which walks the
 * list.
 */
void hash_task(struct task_struct *task)
{
	u32 flags = irq_save();

	list_add(&task->pid_link, &buckets[(u32)task->pid % PID_BUCKETS]);
	if (task == task->process)
		list_add_tail(&task->all_link, &all_tasks);
	else
		list_add_tail(&task->threads, &task->process->threads);
	irq_restore(flags);
	nr_forks++;
	nr_tasks++;
}

void unhash_task(struct task_struct *task)
{
	u32 flags = irq_save();

	list_del(&task->pid_link);
	list_del(&task->all_link);
	list_del(&task->threads);
	irq_restore(flags);
	nr_tasks--;
}
