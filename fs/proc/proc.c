/*
 * /proc: the file system. Its entries stand in two tables, one for the system
 * and one for each process's directory. An inode is made when it is looked up
 * and forgotten after use; only the root stays.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/mount.h>
#include <abi/fcntl.h>
#include "proc.h"

#define PROC_MAGIC	0x9FA0
#define STORE_LENGTH	68	/* of a text that is written, with its NUL */

struct proc_table system_files, task_files;

static void enter(struct proc_table *table, const struct proc_entry *entries)
{
	for (; entries->name; entries++) {
		if (table->n == PROC_ENTRIES_MAX)
			panic("proc: no room for %s", entries->name);
		table->entry[table->n++] = entries;
	}
}

/* Enters files of the system, up to an entry without a name. */
void proc_register(const struct proc_entry *entries)
{
	enter(&system_files, entries);
}

/* Enters files of each process's directory. */
void proc_register_task(const struct proc_entry *entries)
{
	enter(&task_files, entries);
}

const struct proc_table *proc_table_of(const struct inode *inode)
{
	return proc_pid(inode) ? &task_files : &system_files;
}

/*
 * Returns the entry of an inode that is no directory of a task and no link to
 * an open file. The entry of fdinfo shows what is in that directory.
 */
const struct proc_entry *proc_entry_of(const struct inode *inode)
{
	const struct proc_table *table = proc_table_of(inode);
	u32 i = proc_kind(inode) - PROC_FIRST_ENTRY;

	if (proc_kind(inode) < PROC_FIRST_FDINFO)
		return table->entry[i];
	for (i = 0; table->entry[i]->numbered != PROC_FIRST_FDINFO; i++)
		;
	return table->entry[i];
}

/*
 * Returns the process whose directory the inode is in, or NULL if it has ended.
 * i_zone[0] is the process's start time: a later process with the same number
 * must not be taken for it.
 */
struct task_struct *proc_task(struct inode *inode)
{
	struct task_struct *task = find_task(proc_pid(inode));

	return task && task->start_time == inode->i_zone[0] ? task : NULL;
}

/* Returns the task's open file, without a reference, or NULL. */
struct file *task_file(const struct task_struct *task, u32 fd)
{
	return task->files ? file_at(task->files, fd) : NULL;
}

/* Returns true if current may see the private files of the process. */
bool may_see(const struct task_struct *task)
{
	return may_inspect(task, current->fsuid, current->fsgid);
}

/*
 * Returns 0 if the process is still there and current may see the inode, else
 * -ESRCH or -EACCES.
 */
int proc_check_access(struct inode *inode)
{
	struct task_struct *task;
	bool private;

	if (!proc_pid(inode))
		return 0;
	task = proc_task(inode);
	if (!task)
		return -ESRCH;
	if (is_task_dir(inode))
		return 0;
	private = proc_kind(inode) >= PROC_FIRST_FD ||
		  proc_entry_of(inode)->private;
	return private && !may_see(task) ? -EACCES : 0;
}

static int proc_open(struct inode *inode, struct file *file)
{
	(void)file;
	return proc_check_access(inode);
}

static int proc_read(struct file *file, char __user *buf, u32 count,
		     loff_t *pos)
{
	struct seq s = { .from = *pos, .inode = file->inode };
	int n;

	if (*pos > FILE_SIZE_MAX)
		return 0;
	s.buf = kpage_alloc(OWNER_CALL);
	if (!s.buf)
		return -ENOMEM;
	n = proc_check_access(file->inode);
	if (!n) {
		proc_entry_of(file->inode)->show(&s);
		if (s.at > s.from)
			n = min_u32(min_u32(count, PAGE_SIZE), s.at - s.from);
		if (copy_to_user(buf, s.buf, n) < 0)
			n = -EFAULT;
		else
			*pos += n;
	}
	kpage_free(s.buf);
	return n;
}

/* Passes the text to the entry, cut off where none may be as long. */
static int proc_write(struct file *file, const char __user *buf, u32 count,
		      loff_t *pos)
{
	const struct proc_entry *entry = proc_entry_of(file->inode);
	char text[STORE_LENGTH] = "";
	int error;

	(void)pos;
	if (!count)
		return 0;
	if (!entry->store)
		return -EINVAL;
	error = copy_from_user(text, buf, min_u32(count, sizeof(text) - 1));
	if (!error)
		error = entry->store(text);
	return error ? error : (int)count;
}

/* Does nothing: opening with O_TRUNC is allowed. */
static int proc_truncate(struct inode *inode, u32 size)
{
	(void)inode;
	(void)size;
	return 0;
}

static const struct file_ops proc_fops = { .open = proc_open,
					   .read = proc_read,
					   .write = proc_write };
static const struct file_ops proc_dir_fops = { .open = proc_open,
					       .readdir = proc_readdir };
static const struct inode_ops proc_inode_ops = { .lookup = proc_lookup,
						 .truncate = proc_truncate };

/* Returns the mode of a link to an open file: it shows how it was opened. */
static u32 fd_mode(const struct file *file)
{
	u32 access = file->flags & O_ACCMODE, mode = S_IFLNK;

	if (file->flags & O_PATH)
		return mode;
	if (access != O_WRONLY)
		mode |= S_IRUSR;
	if (access != O_RDONLY)
		mode |= S_IWUSR;
	return mode | S_IXUSR;
}

static void set_operations(struct inode *inode)
{
	inode->i_fop = &proc_fops;
	inode->i_op = &proc_inode_ops;
	if (S_ISREG(inode->i_mode) && !proc_entry_of(inode)->show)
		inode->i_fop = proc_entry_of(inode)->shown;
	if (S_ISDIR(inode->i_mode))
		inode->i_fop = &proc_dir_fops;
	if (S_ISLNK(inode->i_mode))
		inode->i_op = proc_pid(inode) ? &proc_link_ops : &proc_self_ops;
}

/*
 * Makes the process's user the owner, but of the files of a program that the
 * user may not read: they stay root's.
 */
static void set_owner(struct inode *inode, const struct task_struct *task)
{
	if (S_ISDIR(inode->i_mode) || !task->mm || task->mm->dumpable) {
		inode->i_uid = task->euid;
		inode->i_gid = task->egid;
	}
}

static int proc_read_inode(struct inode *inode)
{
	u32 pid = proc_pid(inode), kind = proc_kind(inode);
	struct task_struct *task = find_task(pid);
	struct file *file = NULL;

	if (pid && !task)
		return -ENOENT;
	if (kind >= PROC_FIRST_FD && task)
		file = task_file(task, proc_fd(inode));
	if (kind >= PROC_FIRST_FD && !file)
		return -ENOENT;
	if (is_task_dir(inode))
		inode->i_mode = S_IFDIR | 0555;
	else if (kind >= PROC_FIRST_FDINFO)
		inode->i_mode = S_IFREG | S_IRUSR;
	else if (kind >= PROC_FIRST_FD)
		inode->i_mode = fd_mode(file);
	else
		inode->i_mode = proc_entry_of(inode)->mode;
	inode->i_writable = S_ISREG(inode->i_mode) && inode->i_mode & S_IWUSR;
	inode->i_nlink = S_ISDIR(inode->i_mode) ? 2 : 1;
	set_operations(inode);
	if (inode->i_ino != PROC_ROOT_INO)
		list_del(&inode->hash_link);	/* each user makes one */
	if (task) {
		set_owner(inode, task);
		inode->i_zone[0] = task->start_time;
	}
	return 0;
}

static const struct super_ops proc_super_ops = {
	.read_inode = proc_read_inode,
};

/*
 * Read-only: nothing can be made, moved, removed or changed, except for the
 * content of files that are i_writable.
 */
static int proc_read_super(struct super_block *sb)
{
	int error;

	sb->s_op = &proc_super_ops;
	sb->s_name_max = 255;
	sb->s_magic = PROC_MAGIC;
	sb->s_root = iget(sb, PROC_ROOT_INO, &error);
	return error;
}

struct file_system_type proc_type = {
	.name = "proc", .flags = MS_RDONLY,
	.read_super = proc_read_super,
};
