/* Process numbers, and finding a task by its number in O(1): a hash table. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

#define PID_BUCKETS	256
#define PID_FIRST_REUSED 100	/* numbers below it are not given out again */

static struct list buckets[PID_BUCKETS];
static LIST_HEAD(unborn);	/* have a number, and cannot be found yet */
int last_pid;
u32 nr_forks, nr_tasks;
static bool chosen_freely = true;	/* each number was the last plus one */

/* Counts the frames of all tasks for mm_audit(), ended threads' too. */
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

/* Called once by start_kernel. */
void pid_init(void)
{
	register_owner(recount_tasks);
	for (u32 i = 0; i < PID_BUCKETS; i++)
		list_init(&buckets[i]);
}

/* Returns the task with this number, or NULL. */
struct task_struct *find_task(int pid)
{
	struct list *bucket = &buckets[(u32)pid % PID_BUCKETS];

	list_for_each(node, bucket) {
		struct task_struct *task =
			list_entry(node, struct task_struct, pid_link);

		if (task->pid == pid)
			return task;
	}
	return NULL;
}

static struct task_struct *unborn_at(struct list *node)
{
	return list_entry(node, struct task_struct, pid_link);
}

/*
 * Returns true if a task has this number, even one that is still being made, or
 * if a process group or session is named after it. While the numbers only grow,
 * a new one cannot be any of these.
 */
static bool pid_in_use(int pid)
{
	if (chosen_freely)
		return false;
	if (find_task(pid))
		return true;
	list_for_each(node, &unborn)
		if (unborn_at(node)->pid == pid)
			return true;
	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->pgrp == pid || task->session == pid)
			return true;
	}
	return false;
}

/* Returns the next free number, or -EAGAIN when every number is taken. */
static int next_pid(void)
{
	for (int tries = 0; tries < PID_MAX; tries++) {
		if (++last_pid > PID_MAX) {
			last_pid = PID_FIRST_REUSED;
			chosen_freely = false;
		}
		if (!pid_in_use(last_pid))
			return last_pid;
	}
	return -EAGAIN;
}

/*
 * Gives a task that is being made a number: the wanted one, or the next if that
 * is 0. The task counts from now on, and no other task can get the number.
 * hash_task() or drop_pid() must follow. Does not sleep. Returns 0, -EAGAIN if
 * no number is free, -EEXIST if the wanted one is taken, or -EINVAL if it is
 * too large.
 */
int hold_pid(struct task_struct *task, u32 wanted)
{
	int pid;

	if (wanted > PID_MAX)
		return -EINVAL;
	if (wanted)
		chosen_freely = false;
	pid = wanted ? (int)wanted : next_pid();
	if (pid < 0)
		return pid;
	if (wanted && pid_in_use(pid))
		return -EEXIST;
	task->pid = task->tgid = pid;
	list_add(&task->pid_link, &unborn);
	nr_tasks++;
	return 0;
}

/* Takes the number back from a task that could not be made. */
void drop_pid(struct task_struct *task)
{
	list_del(&task->pid_link);
	nr_tasks--;
}

/*
 * Returns the number of tasks whose real user is uid. Threads count, and so do
 * tasks that are being made.
 */
u32 tasks_of(u32 uid)
{
	u32 n = 0;

	list_for_each(node, &unborn)
		n += unborn_at(node)->uid == uid;
	list_for_each(node, &all_tasks)
		for_each_thread(t, list_entry(node, struct task_struct,
					      all_link))
			n += t->uid == uid;
	return n;
}

/*
 * Makes a task that has a number known: it can be found, signalled and, if it
 * is a process, waited for. Masked, because a key's interrupt may signal a
 * group, which walks the list of all tasks.
 */
void hash_task(struct task_struct *task)
{
	u32 flags = irq_save();

	list_del(&task->pid_link);
	list_add(&task->pid_link, &buckets[(u32)task->pid % PID_BUCKETS]);
	if (task == task->process)
		list_add_tail(&task->all_link, &all_tasks);
	else
		list_add_tail(&task->threads, &task->process->threads);
	irq_restore(flags);
	nr_forks++;
}

/* Makes a task unknown again. Called when it is about to be freed. */
void unhash_task(struct task_struct *task)
{
	u32 flags = irq_save();

	list_del(&task->pid_link);
	list_del(&task->all_link);
	list_del(&task->threads);
	irq_restore(flags);
	nr_tasks--;
}
