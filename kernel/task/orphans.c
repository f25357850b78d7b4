/*
 * Orphaned process groups (POSIX, "Orphaned Process Group"): no process outside
 * such a group could continue its members when they have stopped. So the
 * terminal's keys do not stop them. A group that becomes orphaned while it is
 * stopped is hung up and goes on.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "kernel/kernel_internal.h"

/*
 * Returns true if a parent could continue the group of its child: it is in the
 * same session, but not in the group. init adopts all orphans, but does no job
 * control.
 */
bool could_continue(const struct task_struct *parent,
		    const struct task_struct *child)
{
	return parent && parent != init_task && parent->pgrp != child->pgrp &&
	       parent->session == child->session;
}

/* Returns true if no living member of the group has such a parent. */
bool is_orphaned(int pgrp)
{
	for_each_member(task, pgrp)
		if (task->state != TASK_ZOMBIE &&
		    could_continue(task->parent, task))
			return false;
	return true;
}

static bool has_stopped(int pgrp)
{
	for_each_member(task, pgrp)
		if (task->state == TASK_STOPPED ||
		    task->group_work & GROUP_STOP)
			return true;
	return false;
}

/*
 * Tells a process group that its terminal or its last keeper is gone. Members
 * that are stopped must run to see it.
 */
void hangup_group(int pgrp)
{
	kill_pgrp(pgrp, SIGHUP);
	kill_pgrp(pgrp, SIGCONT);
}

/*
 * Hangs up a group that has stopped members and is orphaned. Called by exit for
 * the groups that the ending process belonged to, or could have continued.
 */
void hangup_if_orphaned(int pgrp)
{
	if (is_orphaned(pgrp) && has_stopped(pgrp))
		hangup_group(pgrp);
}
