/*
 * /proc: the tree. Inodes are made at lookup and forgotten after use; nothing
 * but the root stays. Their numbers say what they are: the process in the upper
 * half, 0 for the system; in the lower half 1 for its directory, then the
 * entries of the table, from FIRST_FD on descriptors.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/mount.h>
#include <abi/fcntl.h>
#include "proc.h"

#define PROC_MAGIC	0x9FA0
#define DIRECTORY	1u	/* kinds, the lower half of an inode number */
#define FIRST_ENTRY	2u
#define FIRST_FD	0x100u
#define INO(pid, kind)	((u32)(pid) << 16 | (kind))
#define ROOT_INO	INO(0, DIRECTORY)
#define FIRST_POSITION	2u		/* in a directory, after `.` and `..` */
#define STORE_LENGTH	16		/* of what is written, with its end */

static u32 pid_of(const struct inode *inode)
{
	return inode->i_ino >> 16;
}

static u32 kind_of(const struct inode *inode)
{
	return inode->i_ino & 0xFFFF;
}

#define ENTRIES_MAX	48

/* A table of entries, the last followed by NULL. */
struct table {
	const struct proc_entry *entry[ENTRIES_MAX + 1];
	u32 n;
};

static struct table system_files, task_files;

static void enter(struct table *table, const struct proc_entry *entries)
{
	for (; entries->name; entries++) {
		if (table->n == ENTRIES_MAX)
			panic("proc: no room for %s", entries->name);
		table->entry[table->n++] = entries;
	}
}

void proc_register(const struct proc_entry *entries)
{
	enter(&system_files, entries);
}

/* Enters files of each process's directory. */
void proc_register_task(const struct proc_entry *entries)
{
	enter(&task_files, entries);
}

static const struct table *table_of(const struct inode *inode)
{
	return pid_of(inode) ? &task_files : &system_files;
}

static const struct proc_entry *entry_of(const struct inode *inode)
{
	return table_of(inode)->entry[kind_of(inode) - FIRST_ENTRY];
}

/* A directory of a process's open files. */
static bool has_files(const struct inode *dir)
{
	return pid_of(dir) && kind_of(dir) != DIRECTORY;
}

/* Returns true if e's place is dir, which has no files. */
static bool is_in(const struct proc_entry *e, const struct inode *dir)
{
	if (kind_of(dir) == DIRECTORY)
		return !e->dir;
	return e->dir && strcmp(e->dir, entry_of(dir)->name) == 0;
}

/*
 * i_zone[0] keeps when the process was started, so that another one that gets
 * its number later is not mistaken for it.
 */
struct task_struct *proc_task(struct inode *inode)
{
	struct task_struct *task = find_task(pid_of(inode));

	return task && task->start_time == inode->i_zone[0] ? task : NULL;
}

static struct file *open_file(const struct task_struct *task, u32 fd)
{
	return task->files && fd < task->files->end ? task->files->fd[fd]
						    : NULL;
}

/* Whether current may see what is the process's own. */
bool may_see(const struct task_struct *task)
{
	return may_inspect(task, current->fsuid, current->fsgid);
}

/*
 * 0 if the process is still there and current may see the inode; -ESRCH,
 * -EACCES.
 */
static int check_access(struct inode *inode)
{
	struct task_struct *task;

	if (!pid_of(inode))
		return 0;
	task = proc_task(inode);
	if (!task)
		return -ESRCH;
	return kind_of(inode) != DIRECTORY &&
			       (kind_of(inode) >= FIRST_FD ||
				entry_of(inode)->private) &&
			       !may_see(task)
		       ? -EACCES
		       : 0;
}

static int proc_open(struct inode *inode, struct file *file)
{
	(void)file;
	return check_access(inode);
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
	n = check_access(file->inode);
	if (!n) {
		entry_of(file->inode)->show(&s);
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

/* What is too long is cut: it is no number, and what is one has an end. */
static int proc_write(struct file *file, const char __user *buf, u32 count,
		      loff_t *pos)
{
	const struct proc_entry *entry = entry_of(file->inode);
	char text[STORE_LENGTH] = "";
	int error;

	(void)pos;
	if (!entry->store || !count)
		return count ? -EINVAL : 0;
	error = copy_from_user(text, buf, min_u32(count, sizeof(text) - 1));
	if (!error)
		error = entry->store(text);
	return error ? error : (int)count;
}

static const struct file_ops proc_fops = { .open = proc_open,
					   .read = proc_read,
					   .write = proc_write };

/*
 * A decimal number without leading zeroes, of up to five digits. -1: something
 * else.
 */
static int parse_number(const char *name, u32 length)
{
	int value = 0;

	if (length > 5 || (name[0] == '0' && length > 1))
		return -1;
	for (; length > 0; length--, name++) {
		if (*name < '0' || *name > '9')
			return -1;
		value = value * 10 + *name - '0';
	}
	return value;
}

static u32 parent_ino(const struct inode *dir)
{
	const char *parent;
	u32 i = 0;

	if (has_files(dir))
		return INO(pid_of(dir), DIRECTORY);
	parent = kind_of(dir) == DIRECTORY ? NULL : entry_of(dir)->dir;
	if (!parent)
		return ROOT_INO;
	while (strcmp(system_files.entry[i]->name, parent) != 0)
		i++;
	return INO(0, FIRST_ENTRY + i);
}

static int find_entry(const struct inode *dir, const char *name, u32 length,
		      u32 *ino)
{
	const struct table *table = table_of(dir);

	for (u32 i = 0; i < table->n; i++) {
		const struct proc_entry *e = table->entry[i];

		if (is_in(e, dir) && strlen(e->name) == length &&
		    memcmp(e->name, name, length) == 0) {
			*ino = INO(pid_of(dir), FIRST_ENTRY + i);
			return 0;
		}
	}
	return -ENOENT;
}

/* Returns true if dir has processes or open files by their numbers. */
static bool has_numbers(const struct inode *dir)
{
	return has_files(dir) || dir->i_ino == ROOT_INO;
}

static int proc_lookup(struct inode *dir, const char *name, u32 length,
		       u32 *ino)
{
	u32 pid = pid_of(dir);
	struct task_struct *task = pid ? proc_task(dir) : NULL;
	int number = parse_number(name, length);

	if (name[0] == '.') {
		*ino = length == 1 ? dir->i_ino : parent_ino(dir);
		return length == 1 || (length == 2 && name[1] == '.') ? 0
								      : -ENOENT;
	}
	if (pid && !task)
		return -ENOENT;
	if (has_files(dir)) {
		*ino = INO(pid, FIRST_FD + number);
		return number >= 0 && open_file(task, number) ? 0 : -ENOENT;
	}
	if (!has_numbers(dir) || number < 0)
		return find_entry(dir, name, length, ino);
	*ino = INO(number, DIRECTORY);
	return number && find_task(number) ? 0 : -ENOENT;
}

/* The process with the lowest number from pid on, or NULL. */
static const struct task_struct *next_task(int pid)
{
	const struct task_struct *next = NULL;

	list_for_each(node, &all_tasks) {
		const struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->pid >= pid && (!next || task->pid < next->pid))
			next = task;
	}
	return next;
}

/*
 * A process's open file, or, in /proc itself, a process, at the place *n or the
 * next one that is taken.
 */
static bool number_at(struct inode *dir, u32 *n, char *name, u32 *ino)
{
	const struct task_struct *task = pid_of(dir) ? proc_task(dir)
						     : next_task(*n);

	if (!task)
		return false;
	if (pid_of(dir)) {
		while (task->files && *n < task->files->end &&
		       !task->files->fd[*n])
			++*n;
		*ino = INO(task->pid, FIRST_FD + *n);
	} else {
		*n = task->pid;
		*ino = INO(task->pid, DIRECTORY);
	}
	snprintf(name, 8, "%u", *n);
	return !pid_of(dir) || open_file(task, *n);
}

/*
 * The entry at the position *pos of a directory, or the first one behind it:
 * its name and inode number.
 */
static bool entry_at(struct inode *dir, u32 *pos, const char **name,
		     char *number, u32 *ino)
{
	const struct table *table = table_of(dir);
	u32 n = 0;

	*name = number;
	if (*pos < FIRST_POSITION) {
		*name = *pos ? ".." : ".";
		*ino = *pos ? parent_ino(dir) : dir->i_ino;
		return true;
	}
	for (u32 i = 0; !has_files(dir) && i < table->n; i++) {
		if (!is_in(table->entry[i], dir))
			continue;
		if (n == *pos - FIRST_POSITION) {
			*name = table->entry[i]->name;
			*ino = INO(pid_of(dir), FIRST_ENTRY + i);
			return true;
		}
		n++;
	}
	if (!has_numbers(dir))
		return false;
	*pos -= FIRST_POSITION + n;
	if (!number_at(dir, pos, number, ino))
		return false;
	*pos += FIRST_POSITION + n;
	return true;
}

static int proc_readdir(struct file *file,
			int (*fill)(void *context, const char *name, u32 length,
				    u32 next, u32 ino),
			void *context)
{
	char number[8];
	const char *name;
	u32 pos = file->pos, ino;
	int stop = check_access(file->inode);

	if (stop)
		return stop == -ESRCH ? -ENOENT : stop;
	if (file->pos > FILE_SIZE_MAX)
		return 0;
	while (!stop && entry_at(file->inode, &pos, &name, number, &ino)) {
		stop = fill(context, name, strlen(name), pos + 1, ino);
		if (!stop)
			file->pos = ++pos;
	}
	return stop > 0 ? 0 : stop;
}

static const struct file_ops proc_dir_fops = { .open = proc_open,
					       .readdir = proc_readdir };
/* For who opens a file to be emptied. */
static int proc_truncate(struct inode *inode, u32 size)
{
	(void)inode;
	(void)size;
	return 0;
}

static const struct inode_ops proc_inode_ops = { .lookup = proc_lookup,
						 .truncate = proc_truncate };

/*
 * What an inode is called, in a page: its path, or like Linux 2.0 its device
 * and number.
 */
int describe_inode(struct inode *inode, char *page, char **text)
{
	char other[40];
	int error;

	if (inode->i_pipe)
		snprintf(other, sizeof(other), "pipe:[%u]", inode->i_ino);
	else
		snprintf(other, sizeof(other), "[%04x]:%u%s", inode->i_dev,
			 inode->i_ino, inode->i_nlink ? "" : " (deleted)");
	error = inode_path(inode, page, text);
	if (error) {
		*text = page;
		strcpy(page, other);
	}
	return strlen(*text);
}

/* Where a link leads, referenced. */
static int proc_follow(struct inode *link, struct inode **inode)
{
	int error = check_access(link);
	struct task_struct *task = proc_task(link);
	struct file *file;

	if (error)
		return error == -ESRCH ? -ENOENT : error;
	if (kind_of(link) >= FIRST_FD) {
		file = open_file(task, kind_of(link) - FIRST_FD);
		*inode = file ? file->inode : NULL;
	} else {
		*inode = entry_of(link)->target(task);
	}
	if (!*inode)
		return -ENOENT;
	igrab(*inode);
	return 0;
}

static int proc_readlink(struct inode *link, char *buf, u32 size)
{
	struct inode *inode;
	char *page, *text;
	int n = proc_follow(link, &inode);

	if (n)
		return n;
	page = kpage_alloc(OWNER_CALL);
	if (!page) {
		iput(inode);
		return -ENOMEM;
	}
	n = min_u32(describe_inode(inode, page, &text), size);
	memcpy(buf, text, n);
	kpage_free(page);
	return n;
}

static const struct inode_ops proc_link_ops = { .readlink = proc_readlink,
						.follow = proc_follow };

/* self: the process that asks. */
static int self_readlink(struct inode *link, char *buf, u32 size)
{
	char text[8];
	u32 n = min_u32(snprintf(text, sizeof(text), "%d", current->tgid),
			size);

	(void)link;
	memcpy(buf, text, n);
	return n;
}

static const struct inode_ops proc_self_ops = { .readlink = self_readlink };

/* A link to an open file shows with its permissions how it was opened. */
static u32 fd_mode(const struct file *file)
{
	u32 access = file->flags & O_ACCMODE;

	if (file->flags & O_PATH)
		return S_IFLNK;
	return S_IFLNK | S_IXUSR | (access != O_WRONLY ? S_IRUSR : 0) |
	       (access != O_RDONLY ? S_IWUSR : 0);
}

static int proc_read_inode(struct inode *inode)
{
	u32 kind = kind_of(inode);
	struct task_struct *task = find_task(pid_of(inode));
	struct file *file = task && kind >= FIRST_FD
				    ? open_file(task, kind - FIRST_FD)
				    : NULL;

	if ((pid_of(inode) && !task) || (kind >= FIRST_FD && !file))
		return -ENOENT;
	inode->i_mode = kind == DIRECTORY ? S_IFDIR | 0555
			: file            ? fd_mode(file)
					  : entry_of(inode)->mode;
	inode->i_writable = S_ISREG(inode->i_mode) && inode->i_mode & S_IWUSR;
	inode->i_nlink = S_ISDIR(inode->i_mode) ? 2 : 1;
	inode->i_fop = S_ISDIR(inode->i_mode) ? &proc_dir_fops : &proc_fops;
	inode->i_op = !S_ISLNK(inode->i_mode) ? &proc_inode_ops
		      : task                  ? &proc_link_ops
					      : &proc_self_ops;
	if (inode->i_ino != ROOT_INO)
		/*
		 * nobody else finds it: made anew for each user, it goes with
		 * him
		 */
		list_del(&inode->hash_link);
	if (task) {
		bool users = S_ISDIR(inode->i_mode) || !task->mm ||
			     task->mm->dumpable;

		inode->i_uid = users ? task->euid : 0;
		inode->i_gid = users ? task->egid : 0;
		inode->i_zone[0] = task->start_time;
	}
	return 0;
}

static void proc_put_super(struct super_block *sb)
{
	(void)sb;
}

static void proc_statfs(struct super_block *sb, u32 *blocks, u32 *free,
			u32 *inodes, u32 *free_inodes)
{
	(void)sb;
	*blocks = *free = *inodes = *free_inodes = 0;
}

static const struct super_ops proc_super_ops = {
	.read_inode = proc_read_inode,
	.put_super = proc_put_super,
	.statfs = proc_statfs,
};

/*
 * Read-only: so nothing can be made, moved, removed or changed, but the content
 * of what is i_writable.
 */
static int proc_read_super(struct super_block *sb)
{
	int error;

	sb->s_op = &proc_super_ops;
	sb->s_name_max = 255;
	sb->s_magic = PROC_MAGIC;
	sb->s_root = iget(sb, ROOT_INO, &error);
	return error;
}

struct file_system_type proc_type = {
	.name = "proc", .flags = MS_RDONLY,
	.read_super = proc_read_super,
};
