/*
 * Credentials: real, effective and saved user and group, those for files, and
 * supplementary groups; and the calls that change them (POSIX, "Changing
 * users"). An id of -1 is to be left as it is. The older calls have 16-bit ids.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

#define LEAVE		0xFFFFFFFFu
#define LEAVE_16	0xFFFFu

int sys_getuid(void)
{
	return current->uid;
}

int sys_geteuid(void)
{
	return current->euid;
}

int sys_getgid(void)
{
	return current->gid;
}

int sys_getegid(void)
{
	return current->egid;
}

/* Returns true if an id may become this: one of the three, or any for root. */
static bool may_become(const struct ids *ids, u32 id)
{
	return suser() || id == LEAVE || id == ids->real ||
	       id == ids->effective || id == ids->saved;
}

/*
 * Sets the effective id and that for files. A process that changes them may
 * hold data that its new user must not see. So only the superuser can look into
 * it from now on.
 */
static void act_as(struct ids *ids, u32 effective, u32 fs)
{
	if ((effective != ids->effective || fs != ids->fs) && current->mm)
		current->mm->dumpable = false;
	if (effective != ids->effective || fs != ids->fs)
		current->parent_signal = 0;
	ids->effective = effective;
	ids->fs = fs;
}

/* Sets three ids. The id for files follows the effective one. 0 or -EPERM. */
static int set_three(struct ids *ids, u32 real, u32 effective, u32 saved)
{
	if (!may_become(ids, real) || !may_become(ids, effective) ||
	    !may_become(ids, saved))
		return -EPERM;
	if (effective == LEAVE)
		effective = ids->effective;
	if (real != LEAVE)
		ids->real = real;
	if (saved != LEAVE)
		ids->saved = saved;
	act_as(ids, effective, effective);
	if (real != LEAVE && ids == &current->user)
		note_new_user();
	return 0;
}

/* Sets all three ids for the superuser, the effective one for others. */
static int set_one(struct ids *ids, u32 id)
{
	if (id == LEAVE)
		return -EINVAL;
	if (suser())
		return set_three(ids, id, id, id);
	if (id != ids->real && id != ids->saved)
		return -EPERM;
	return set_three(ids, LEAVE, id, LEAVE);
}

int sys_setuid32(u32 uid)
{
	return set_one(&current->user, uid);
}

int sys_setgid32(u32 gid)
{
	return set_one(&current->group, gid);
}

/*
 * Sets the real and the effective id. Without privilege the real one may become
 * only the effective one. The saved id follows the effective one if the real
 * one is set, or if the effective one becomes another than the real one was.
 */
static int set_two(struct ids *ids, u32 real, u32 effective)
{
	u32 old_real = ids->real;
	int error;

	if (!suser() && real != LEAVE && real != old_real &&
	    real != ids->effective)
		return -EPERM;
	error = set_three(ids, real, effective, LEAVE);
	if (error)
		return error;
	if (real != LEAVE || (effective != LEAVE && effective != old_real))
		ids->saved = ids->effective;
	return 0;
}

int sys_setreuid32(u32 real, u32 effective)
{
	return set_two(&current->user, real, effective);
}

int sys_setregid32(u32 real, u32 effective)
{
	return set_two(&current->group, real, effective);
}

int sys_setresuid32(u32 real, u32 effective, u32 saved)
{
	return set_three(&current->user, real, effective, saved);
}

int sys_setresgid32(u32 real, u32 effective, u32 saved)
{
	return set_three(&current->group, real, effective, saved);
}

/* Widens an id of the older calls: -1 stays -1. Called also by chown(). */
u32 wide_id(u32 id)
{
	id &= LEAVE_16;
	return id == LEAVE_16 ? LEAVE : id;
}

int sys_setuid(u32 uid)
{
	return sys_setuid32(wide_id(uid));
}

int sys_setgid(u32 gid)
{
	return sys_setgid32(wide_id(gid));
}

int sys_setreuid(u32 real, u32 effective)
{
	return sys_setreuid32(wide_id(real), wide_id(effective));
}

int sys_setregid(u32 real, u32 effective)
{
	return sys_setregid32(wide_id(real), wide_id(effective));
}

int sys_setresuid(u32 real, u32 effective, u32 saved)
{
	return sys_setresuid32(wide_id(real), wide_id(effective),
			       wide_id(saved));
}

int sys_setresgid(u32 real, u32 effective, u32 saved)
{
	return sys_setresgid32(wide_id(real), wide_id(effective),
			       wide_id(saved));
}

static int get_three(const struct ids *ids, void __user *real,
		     void __user *effective, void __user *saved, u32 size)
{
	int error = copy_to_user(real, &ids->real, size);

	if (!error)
		error = copy_to_user(effective, &ids->effective, size);
	return error ? error : copy_to_user(saved, &ids->saved, size);
}

int sys_getresuid32(u32 __user *real, u32 __user *effective, u32 __user *saved)
{
	return get_three(&current->user, real, effective, saved, sizeof(u32));
}

int sys_getresgid32(u32 __user *real, u32 __user *effective, u32 __user *saved)
{
	return get_three(&current->group, real, effective, saved, sizeof(u32));
}

int sys_getresuid(u16 __user *real, u16 __user *effective, u16 __user *saved)
{
	return get_three(&current->user, real, effective, saved, sizeof(u16));
}

int sys_getresgid(u16 __user *real, u16 __user *effective, u16 __user *saved)
{
	return get_three(&current->group, real, effective, saved, sizeof(u16));
}

/* Sets the id for files. Returns the old id even if the new one is refused. */
static int set_fs(struct ids *ids, u32 id)
{
	u32 old = ids->fs;

	if (id != LEAVE && (may_become(ids, id) || id == old))
		act_as(ids, ids->effective, id);
	return old;
}

int sys_setfsuid32(u32 uid)
{
	return set_fs(&current->user, uid);
}

int sys_setfsgid32(u32 gid)
{
	return set_fs(&current->group, gid);
}

int sys_setfsuid(u32 uid)
{
	return sys_setfsuid32(wide_id(uid));
}

int sys_setfsgid(u32 gid)
{
	return sys_setfsgid32(wide_id(gid));
}

/*
 * Tells the supplementary groups as elements of width bytes. Returns how many
 * there are, -EINVAL if size elements are too few, or -EFAULT. Size 0 asks for
 * the number only.
 */
static int get_groups(int size, void __user *list, u32 width)
{
	u32 n = current->nr_groups;
	int error = 0;

	if (size == 0)
		return n;
	if (size < (int)n)
		return -EINVAL;
	for (u32 i = 0; i < n && !error; i++)
		error = copy_to_user((u8 __user *)list + i * width,
				     &current->groups[i], width);
	return error ? error : (int)n;
}

static int set_groups(int size, const void __user *list, u32 width)
{
	u32 groups[NGROUPS_MAX] = { 0 };
	int error = 0;

	if (!suser())
		return -EPERM;
	if (size < 0 || size > NGROUPS_MAX)
		return -EINVAL;
	for (int i = 0; i < size && !error; i++)
		error = copy_from_user(
			&groups[i], (const u8 __user *)list + i * width, width);
	if (error)
		return error;
	memcpy(current->groups, groups, sizeof(groups));
	current->nr_groups = size;
	return 0;
}

int sys_getgroups(int size, u16 __user *list)
{
	return get_groups(size, list, sizeof(u16));
}

int sys_getgroups32(int size, u32 __user *list)
{
	return get_groups(size, list, sizeof(u32));
}

int sys_setgroups(int size, const u16 __user *list)
{
	return set_groups(size, list, sizeof(u16));
}

int sys_setgroups32(int size, const u32 __user *list)
{
	return set_groups(size, list, sizeof(u32));
}

/* Saves who current is. Called by exec in the thread that asked for it. */
void save_identity(struct identity *to)
{
	*to = (struct identity){
		.uid = current->uid, .euid = current->euid,
		.gid = current->gid, .egid = current->egid,
		.personality = current->personality,
		.nr_groups = current->nr_groups,
		.no_new_privs = current->no_new_privs,
		.parent_signal = current->parent_signal,
	};
	memcpy(to->groups, current->groups, sizeof(to->groups));
}

/* Returns true if another process than a superuser's can steer current. */
static bool steered(void)
{
	return (current->ptrace && !(current->ptrace & PT_PRIVILEGED)) ||
	       current->fs->users > 1;
}

/* Makes current's process the user that exec was asked by, with new rights. */
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
 * Decides whose rights a new program gets, and who may look into mm, its
 * memory. Called by exec at the last moment, when current is the only thread.
 * Does not sleep. Returns true if the C library must distrust the environment.
 */
bool exec_credentials(const struct identity *was, const struct inode *inode,
		      struct mm *mm)
{
	u32 group_runs = S_ISGID | S_IXGRP;
	bool nosuid = inode_nosuid(inode) || was->no_new_privs;
	u32 mode = nosuid ? 0 : inode->i_mode;
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
	current->no_new_privs = was->no_new_privs;
	current->parent_signal = secure ? 0 : was->parent_signal;
	if (euid == was->euid && egid == was->egid)
		current->personality = was->personality;
	else
		current->personality = 0;
	return secure;
}
