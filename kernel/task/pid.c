/*
 * Process numbers. A bitmap holds those that tasks have. Hash tables find a
 * task by its number, and the processes of a group or session by that one's.
 */
#include <cowix/hash.h>
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

#define BUCKETS_MIN	64u
#define FRAMES_A_BUCKET	32u
#define PID_FIRST_REUSED 100	/* numbers below it are not given out again */

static struct hash_table tasks, groups, sessions;
static u32 held[(PID_MAX + 1) / 32];	/* bitmap of the tasks' numbers */
static LIST_HEAD(unborn);	/* have a number, and cannot be found yet */
int last_pid;
u32 nr_forks, nr_tasks;

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
	u32 buckets = max_u32(BUCKETS_MIN, nr_frames / FRAMES_A_BUCKET);

	register_owner(recount_tasks);
	hash_init(&tasks, buckets, boot_alloc);
	hash_init(&groups, buckets, boot_alloc);
	hash_init(&sessions, buckets, boot_alloc);
}

static struct list *pid_bucket(const struct hash_table *table, int number)
{
	return hash_bucket(table, 0, number);
}

/* Returns the task with this number, or NULL. */
struct task_struct *find_task(int pid)
{
	list_for_each(node, pid_bucket(&tasks, pid)) {
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
 * Returns the first number from n on that a task has, or, with all bits in
 * flip, that no task has. There is none if it is above PID_MAX.
 */
static u32 next_number(u32 n, u32 flip)
{
	for (; n <= PID_MAX; n = (n | 31) + 1) {
		u32 word = (held[n / 32] ^ flip) >> n % 32;

		if (word)
			return n + bit_scan_forward(word);
	}
	return n;
}

/* Returns the lowest number of a process from n on; 0: there is none. */
u32 next_process(u32 n)
{
	for (n = next_number(n, 0); n <= PID_MAX; n = next_number(n + 1, 0)) {
		const struct task_struct *task = find_task(n);

		if (task && task == task->process)
			return n;
	}
	return 0;
}

/*
 * Returns the process behind `after`, or the first if that is NULL, in a
 * process group or among all (EVERYBODY). NULL: there is none.
 */
struct task_struct *next_member(const struct task_struct *after, int pgrp)
{
	struct list *head, *node;

	if (pgrp == EVERYBODY) {
		node = after ? after->all_link.next : all_tasks.next;
		return node == &all_tasks ? NULL :
			list_entry(node, struct task_struct, all_link);
	}
	head = pid_bucket(&groups, pgrp);
	node = after ? after->group_link.next : head->next;
	for (; node != head; node = node->next) {
		struct task_struct *task =
			list_entry(node, struct task_struct, group_link);

		if (task->pgrp == pgrp)
			return task;
	}
	return NULL;
}

/* Like next_member(), in a session. */
struct task_struct *next_in_session(const struct task_struct *after,
				    int session)
{
	struct list *head = pid_bucket(&sessions, session);
	struct list *node = after ? after->session_link.next : head->next;

	for (; node != head; node = node->next) {
		struct task_struct *task =
			list_entry(node, struct task_struct, session_link);

		if (task->session == session)
			return task;
	}
	return NULL;
}

/* Puts a process into a session and a group, out of those that it was in. */
void set_group(struct task_struct *process, int session, int pgrp)
{
	u32 flags = irq_save();

	process->session = session;
	process->pgrp = pgrp;
	list_move_tail(&process->session_link, pid_bucket(&sessions, session));
	list_move_tail(&process->group_link, pid_bucket(&groups, pgrp));
	irq_restore(flags);
}

/* Returns true if a process group or session is named after a number. */
static bool names_group(int pid)
{
	return next_member(NULL, pid) || next_in_session(NULL, pid);
}

/* Returns the next free number, or -EAGAIN when every number is taken. */
static int next_pid(void)
{
	u32 pid = last_pid;
	bool again = false;

	do {
		pid = next_number(pid + 1, ~0u);
		if (pid > PID_MAX) {
			if (again)
				return -EAGAIN;
			again = true;
			pid = next_number(PID_FIRST_REUSED, ~0u);
		}
	} while (pid > PID_MAX || names_group(pid));
	last_pid = pid;
	return pid;
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
	if (wanted && (next_number(wanted, 0) == wanted || names_group(wanted)))
		return -EEXIST;
	pid = wanted ? (int)wanted : next_pid();
	if (pid < 0)
		return pid;
	bit_set(held, pid);
	task->pid = task->tgid = pid;
	list_add(&task->pid_link, &unborn);
	nr_tasks++;
	return 0;
}

/* Takes the number back from a task that could not be made. */
void drop_pid(struct task_struct *task)
{
	list_del(&task->pid_link);
	bit_clear(held, task->pid);
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
	list_add(&task->pid_link, pid_bucket(&tasks, task->pid));
	if (task == task->process) {
		list_add_tail(&task->all_link, &all_tasks);
		set_group(task, task->session, task->pgrp);
	} else {
		list_add_tail(&task->threads, &task->process->threads);
	}
	irq_restore(flags);
	nr_forks++;
}

/* Makes a task unknown again. Called when it is about to be freed. */
void unhash_task(struct task_struct *task)
{
	u32 flags = irq_save();

	list_del(&task->pid_link);
	list_del(&task->all_link);
	list_del(&task->group_link);
	list_del(&task->session_link);
	list_del(&task->threads);
	bit_clear(held, task->pid);
	irq_restore(flags);
	nr_tasks--;
}
