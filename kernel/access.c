/*
 * What one process may know or steer of another. Somebody who may inspect a
 * process reads its memory and registers; with ptrace he changes them. So he
 * must have all its rights, and a set-id program must not get rights that a
 * process around it lacks. docs/tricks.md says why exec decides that last.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>

/* Returns whether a process is this user's in every respect. */
bool has_ids(const struct task_struct *task, u32 uid, u32 gid)
{
	return uid == task->uid && uid == task->euid && uid == task->suid &&
	       gid == task->gid && gid == task->egid && gid == task->sgid;
}

/*
 * Returns whether current may look into a process. uid and gid are current's:
 * the real ones where a call asks, those for files where /proc is read.
 */
bool may_inspect(const struct task_struct *task, u32 uid, u32 gid)
{
	if (task->process == current->process || suser())
		return true;
	return has_ids(task, uid, gid) && (!task->mm || task->mm->dumpable);
}

/* Called by exec in the thread that asked for the program. */
void save_identity(struct identity *to)
{
	*to = (struct identity){
		.uid = current->uid, .euid = current->euid,
		.gid = current->gid, .egid = current->egid,
		.personality = current->personality,
		.nr_groups = current->nr_groups,
	};
	memcpy(to->groups, current->groups, sizeof(to->groups));
}

/* Returns whether others than the superuser have a hand on current's process. */
static bool steered(void)
{
	return (current->ptrace && !(current->ptrace & PT_PRIVILEGED)) ||
	       current->fs->users > 1;
}

static void take_on(const struct identity *was, u32 euid, u32 egid)
{
	current->uid = was->uid;
	current->gid = was->gid;
	current->euid = current->suid = current->fsuid = euid;
	current->egid = current->sgid = current->fsgid = egid;
	current->nr_groups = was->nr_groups;
	memcpy(current->groups, was->groups, sizeof(current->groups));
}

/*
 * Called by exec in the last moment, when current is the only thread: decides
 * whose rights the program gets, and who may look into mm, its memory. Nothing
 * here sleeps. Returns whether the C library must distrust the environment.
 */
bool exec_credentials(const struct identity *was, const struct inode *inode,
		      struct mm *mm)
{
	u32 group_runs = S_ISGID | S_IXGRP;
	u32 mode = inode_nosuid(inode) ? 0 : inode->i_mode;
	u32 euid = mode & S_ISUID ? inode->i_uid : was->euid;
	u32 egid = (mode & group_runs) == group_runs ? inode->i_gid : was->egid;
	bool secure = euid != was->uid || egid != was->gid;

	if (secure && was->euid != 0 && steered()) {
		euid = was->uid;
		egid = was->gid;
	}
	if (was->uid != was->euid || was->gid != was->egid ||
	    euid != was->euid || egid != was->egid)
		mm->dumpable = false;
	take_on(was, euid, egid);
	if (euid == was->euid && egid == was->egid)
		current->personality = was->personality;
	else
		current->personality = 0;
	return secure;
}
