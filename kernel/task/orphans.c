/*
 * Orphaned process groups (POSIX, "Orphaned Process Group"): nobody outside
 * such a group knows its members well enough to continue them when they have
 * stopped. So they are not stopped by the terminal's keys, and when a group
 * becomes orphaned while it is stopped it is hung up and goes on.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "kernel/kernel_internal.h"

/*
 * A parent who could continue a task's group: in the same session, but not in
 * the group. init, who adopts everybody, cares for nobody.
 */
static bool has_keeper(const struct task_struct *task)
{
	const struct task_struct *parent = task->parent;

	return parent && parent != init_task && parent->pgrp != task->pgrp &&
	       parent->session == task->session;
}

bool is_orphaned(int pgrp)
{
	list_for_each(node, &all_tasks) {
		const struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->pgrp == pgrp && task->state != TASK_ZOMBIE &&
		    has_keeper(task))
			return false;
	}
	return true;
}

static bool has_stopped(int pgrp)
{
	list_for_each(node, &all_tasks) {
		const struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->pgrp == pgrp && (task->state == TASK_STOPPED ||
					   task->group_work & GROUP_STOP))
			return true;
	}
	return false;
}

/*
 * Tell a process group that nobody is at the other end any more; who is stopped
 * must run to see it.
 */
void hangup_group(int pgrp)
{
	kill_pgrp(pgrp, SIGHUP);
	kill_pgrp(pgrp, SIGCONT);
}

/*
 * Called by exit for its own group and its children's, when a keeper has gone:
 * was it the last one?
 */
void hangup_if_orphaned(int pgrp)
{
	if (has_stopped(pgrp) && is_orphaned(pgrp))
		hangup_group(pgrp);
}
