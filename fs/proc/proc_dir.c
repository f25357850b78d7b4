/*
 * /proc: its directories. Names are entries of the tables and, in two kinds of
 * directories, numbers: processes in /proc itself, descriptors in a process's
 * fd.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "proc.h"

#define NUMBER_DIGITS	5

/* Returns true if dir is the directory of a process's open files. */
static bool has_files(const struct inode *dir)
{
	return proc_pid(dir) && proc_kind(dir) != PROC_DIR;
}

/* Returns true if some names in dir are numbers. */
static bool has_numbers(const struct inode *dir)
{
	return has_files(dir) || dir->i_ino == PROC_ROOT_INO;
}

/* Returns true if the entry lies in dir. */
static bool is_in(const struct proc_entry *e, const struct inode *dir)
{
	if (proc_kind(dir) == PROC_DIR)
		return !e->dir;
	return e->dir && strcmp(e->dir, proc_entry_of(dir)->name) == 0;
}

/*
 * Returns the number that a name is: decimal, of at most five digits, without
 * leading zeroes. Returns -1 for other names.
 */
static int name_to_number(const char *name, u32 length)
{
	int value = 0;

	if (length > NUMBER_DIGITS || (name[0] == '0' && length > 1))
		return -1;
	for (; length > 0; length--, name++) {
		if (*name < '0' || *name > '9')
			return -1;
		value = value * 10 + *name - '0';
	}
	return value;
}

static u32 proc_parent_ino(const struct inode *dir)
{
	const char *parent;
	u32 i = 0;

	if (has_files(dir))
		return PROC_INO(proc_pid(dir), PROC_DIR);
	if (proc_kind(dir) == PROC_DIR)
		return PROC_ROOT_INO;
	parent = proc_entry_of(dir)->dir;
	if (!parent)
		return PROC_ROOT_INO;
	while (strcmp(system_files.entry[i]->name, parent) != 0)
		i++;
	return PROC_INO(0, PROC_FIRST_ENTRY + i);
}

static int lookup_entry(const struct inode *dir, const char *name, u32 length,
			u32 *ino)
{
	const struct proc_table *table = proc_table_of(dir);

	for (u32 i = 0; i < table->n; i++) {
		const struct proc_entry *e = table->entry[i];

		if (is_in(e, dir) && strlen(e->name) == length &&
		    memcmp(e->name, name, length) == 0) {
			*ino = PROC_INO(proc_pid(dir), PROC_FIRST_ENTRY + i);
			return 0;
		}
	}
	return -ENOENT;
}

int proc_lookup(struct inode *dir, const char *name, u32 length, u32 *ino)
{
	u32 pid = proc_pid(dir);
	struct task_struct *task = pid ? proc_task(dir) : NULL;
	int number = name_to_number(name, length);

	if (is_dot_dotdot(name, length)) {
		*ino = length == 1 ? dir->i_ino : proc_parent_ino(dir);
		return 0;
	}
	if (pid && !task)
		return -ENOENT;
	if (has_files(dir)) {
		*ino = PROC_INO(pid, PROC_FIRST_FD + number);
		return number >= 0 && task_file(task, number) ? 0 : -ENOENT;
	}
	if (!has_numbers(dir) || number < 0)
		return lookup_entry(dir, name, length, ino);
	*ino = PROC_INO(number, PROC_DIR);
	return number && find_task(number) ? 0 : -ENOENT;
}

/* Returns the process with the lowest number from pid on, or NULL. */
static const struct task_struct *next_process(int pid)
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

/* Finds the first process from number *n on. */
static bool find_process_from(u32 *n, u32 *ino)
{
	const struct task_struct *task = next_process(*n);

	if (!task)
		return false;
	*n = task->pid;
	*ino = PROC_INO(task->pid, PROC_DIR);
	return true;
}

/* Finds the first open file from descriptor *n on. */
static bool find_descriptor_from(struct inode *dir, u32 *n, u32 *ino)
{
	const struct task_struct *task = proc_task(dir);

	if (!task || !task->files)
		return false;
	while (*n < task->files->end && !task->files->fd[*n])
		++*n;
	*ino = PROC_INO(task->pid, PROC_FIRST_FD + *n);
	return *n < task->files->end;
}

/*
 * Returns the name of the table's entry number *n in dir. Without so many
 * entries returns NULL and subtracts their number from *n.
 */
static const char *entry_name(const struct inode *dir, u32 *n, u32 *ino)
{
	const struct proc_table *table = proc_table_of(dir);

	for (u32 i = 0; i < table->n; i++) {
		if (!is_in(table->entry[i], dir))
			continue;
		if (*n == 0) {
			*ino = PROC_INO(proc_pid(dir), PROC_FIRST_ENTRY + i);
			return table->entry[i]->name;
		}
		--*n;
	}
	return NULL;
}

/*
 * Finds the name at position *pos of a directory, or the first one behind it.
 * number is room for a name that is a number.
 */
static const char *name_at(struct inode *dir, u32 *pos, char number[8],
			   u32 *ino)
{
	u32 n = *pos - FIRST_POSITION, first_number;
	const char *name = entry_name(dir, &n, ino);
	bool found;

	if (name)
		return name;
	if (!has_numbers(dir))
		return NULL;
	first_number = *pos - n;
	if (has_files(dir))
		found = find_descriptor_from(dir, &n, ino);
	else
		found = find_process_from(&n, ino);
	if (!found)
		return NULL;
	*pos = first_number + n;
	snprintf(number, 8, "%u", n);
	return number;
}

int proc_readdir(struct file *file, dirent_fill *fill, void *context)
{
	struct inode *dir = file->inode;
	int stop = proc_check_access(dir);

	if (stop)
		return stop == -ESRCH ? -ENOENT : stop;
	if (file->pos > FILE_SIZE_MAX)
		return 0;
	stop = readdir_dots(file, fill, context, proc_parent_ino(dir));
	while (!stop) {
		char number[8];
		u32 pos = file->pos, ino;
		const char *name = name_at(dir, &pos, number, &ino);

		if (!name)
			break;
		stop = fill(context, name, strlen(name), pos + 1, ino);
		if (!stop)
			file->pos = pos + 1;
	}
	return stop > 0 ? 0 : stop;
}
