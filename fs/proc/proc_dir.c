/*
 * /proc: its directories. Names are entries of the tables and, in some
 * directories, numbers: processes in /proc itself; of a process, threads in
 * task, descriptors in fd and fdinfo.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "proc.h"

#define NUMBER_DIGITS	5

/*
 * Returns what the numbers are that dir has as names: processes (PROC_DIR),
 * threads, or descriptors of one of two kinds. 0: it has none.
 */
static u32 numbers_of(const struct inode *dir)
{
	if (dir->i_ino == PROC_ROOT_INO)
		return PROC_DIR;
	return is_task_dir(dir) ? 0 : proc_entry_of(dir)->numbered;
}

/* Returns true if the entry lies in dir. A thread has no threads of its own. */
static bool is_in(const struct proc_entry *e, const struct inode *dir)
{
	if (proc_kind(dir) == PROC_THREAD && e->numbered == PROC_THREAD)
		return false;
	if (is_task_dir(dir))
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

/* Returns the number of the entry that has this name in a table. */
static u32 entry_ino(const struct proc_table *table, u32 pid, const char *name)
{
	u32 i = 0;

	while (strcmp(table->entry[i]->name, name) != 0)
		i++;
	return PROC_INO(pid, PROC_FIRST_ENTRY + i);
}

static u32 proc_parent_ino(const struct inode *dir)
{
	const struct task_struct *task = find_task(proc_pid(dir));
	const char *parent;

	if (proc_kind(dir) == PROC_THREAD && task)
		return entry_ino(&task_files, task->tgid, "task");
	if (is_task_dir(dir))
		return PROC_ROOT_INO;
	if (proc_pid(dir))
		return PROC_INO(proc_pid(dir), PROC_DIR);
	parent = proc_entry_of(dir)->dir;
	return parent ? entry_ino(&system_files, 0, parent) : PROC_ROOT_INO;
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

/* Returns the inode number of a name in dir that is a number. */
static u32 number_ino(const struct inode *dir, u32 number)
{
	u32 kind = numbers_of(dir);

	if (kind == PROC_DIR || kind == PROC_THREAD)
		return PROC_INO(number, kind);
	return PROC_INO(proc_pid(dir), kind + number);
}

/* Returns true if dir has this number as a name. task is whose dir it is. */
static bool has_number(const struct inode *dir, const struct task_struct *task,
		       u32 number)
{
	const struct task_struct *found;

	if (numbers_of(dir) >= PROC_FIRST_FD)
		return task_file(task, number);
	found = number ? find_task(number) : NULL;
	return found && (!task || found->tgid == task->tgid);
}

int proc_lookup(struct inode *dir, const char *name, u32 length, u32 *ino)
{
	struct task_struct *task = proc_pid(dir) ? proc_task(dir) : NULL;
	int number = name_to_number(name, length);

	if (is_dot_dotdot(name, length)) {
		*ino = proc_parent_ino(dir);
		return 0;
	}
	if (proc_pid(dir) && !task)
		return -ENOENT;
	if (!numbers_of(dir) || number < 0)
		return lookup_entry(dir, name, length, ino);
	*ino = number_ino(dir, number);
	return has_number(dir, task, number) ? 0 : -ENOENT;
}

/* Sets *lowest to pid if that is lower, but not below n. 0: none yet. */
static void take_lower(u32 *lowest, u32 pid, u32 n)
{
	if (pid >= n && (!*lowest || pid < *lowest))
		*lowest = pid;
}

/*
 * Returns the lowest number of a process from n on, or of a thread of task
 * unless that is NULL. 0: there is none. Threads often have neighbouring
 * numbers: then listing a thousand is no walk over all for each.
 */
static u32 next_task(const struct task_struct *task, u32 n)
{
	const struct task_struct *found = find_task(n);
	u32 lowest = 0;

	if (!task)
		return next_process(n);
	if (found && found->process == task->process)
		return n;
	for_each_thread(t, task)
		take_lower(&lowest, t->pid, n);
	return lowest;
}

/* Finds the first number from *n on that dir has as a name. */
static bool find_number_from(struct inode *dir, u32 *n)
{
	const struct task_struct *task = proc_pid(dir) ? proc_task(dir) : NULL;

	if (proc_pid(dir) && !task)
		return false;
	if (numbers_of(dir) < PROC_FIRST_FD) {
		*n = next_task(task, *n);
		return *n;
	}
	if (task->files)
		*n = fd_next_open(task->files, *n);
	return task_file(task, *n);
}

/* Returns how many entries of the tables are in dir. */
static u32 count_table_names(const struct inode *dir)
{
	const struct proc_table *table = proc_table_of(dir);
	u32 count = 0;

	for (u32 i = 0; i < table->n; i++)
		count += is_in(table->entry[i], dir);
	return count;
}

/* Returns the name of the table's entry number n in dir, which has so many. */
static const char *entry_name(const struct inode *dir, u32 n, u32 *ino)
{
	const struct proc_table *table = proc_table_of(dir);
	u32 i = 0;

	while (!is_in(table->entry[i], dir) || n-- > 0)
		i++;
	*ino = PROC_INO(proc_pid(dir), PROC_FIRST_ENTRY + i);
	return table->entry[i]->name;
}

/*
 * Finds the name at position *pos of a directory, or the first one behind it.
 * Numbers begin at position first_number; `number` is room for one as a name.
 */
static const char *name_at(struct inode *dir, u32 first_number, u32 *pos,
			   char number[8], u32 *ino)
{
	u32 n;

	if (*pos < first_number)
		return entry_name(dir, *pos - FIRST_POSITION, ino);
	if (!numbers_of(dir))
		return NULL;
	n = *pos - first_number;
	if (!find_number_from(dir, &n))
		return NULL;
	*ino = number_ino(dir, n);
	*pos = first_number + n;
	snprintf(number, 8, "%u", n);
	return number;
}

int proc_readdir(struct file *file, dirent_fill *fill, void *context)
{
	struct inode *dir = file->inode;
	u32 first_number = FIRST_POSITION + count_table_names(dir);
	int stop = proc_check_access(dir);

	if (stop)
		return stop == -ESRCH ? -ENOENT : stop;
	if (file->pos > FILE_SIZE_MAX)
		return 0;
	stop = readdir_dots(file, fill, context, proc_parent_ino(dir));
	while (!stop) {
		char number[8];
		u32 pos = file->pos, ino;
		const char *name = name_at(dir, first_number, &pos, number,
					   &ino);

		if (!name)
			break;
		stop = fill(context, name, strlen(name), pos + 1, ino);
		if (!stop)
			file->pos = pos + 1;
	}
	return stop > 0 ? 0 : stop;
}
