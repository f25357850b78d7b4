/*
 * /proc: the files of a process, in Linux's formats. Most of them do not sleep,
 * so nothing changes while they print. Two things sleep: to read a page from
 * swap, for which the address space is referenced, and to find the name of a
 * file. After that the process is looked up again.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/swap.h>
#include <cowix/tty.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "proc.h"

#define KB(bytes)	((bytes) / 1024)
#define NAME_COLUMN	48	/* in maps; there is a blank before the name */

static struct task_struct *task_of(struct seq *s)
{
	return proc_task(s->inode);
}

/*
 * Prints a program's memory from start up to end. Pages that are in neither
 * memory nor swap, or cannot be read from swap, are zeroes.
 */
static void show_memory(struct seq *s, struct mm *mm, u32 start, u32 end)
{
	mm->users++;
	for (u32 at = start, next; at < end; at = next) {
		const pte_t *entry;
		u32 frame;

		while (do_swap_page(mm, at) == -EAGAIN)
			;
		entry = find_pte(mm, at);
		frame = entry && *entry & PTE_P ? PTE_FRAME(*entry) : zero_page;
		next = min_u32(PAGE_ROUND_DOWN(at) + PAGE_SIZE, end);
		seq_write(s, (char *)__va(frame) + OFFSET_IN_PAGE(at),
			  next - at);
	}
	mm_release(mm);
}

static void show_cmdline(struct seq *s)
{
	struct mm *mm = task_of(s)->mm;

	if (mm)
		show_memory(s, mm, mm->arg_start, mm->arg_end);
}

static void show_environ(struct seq *s)
{
	struct mm *mm = task_of(s)->mm;

	if (mm)
		show_memory(s, mm, mm->arg_end, mm->env_end);
}

/* Copies the auxiliary vector, by which a debugger finds main. */
static void show_auxv(struct seq *s)
{
	struct mm *mm = task_of(s)->mm;

	if (mm)
		show_memory(s, mm, mm->auxv_start, mm->auxv_end);
}

static void show_comm(struct seq *s)
{
	seq_printf(s, "%s\n", task_of(s)->comm);
}

/* Sizes in bytes of all areas, and of those for one purpose. */
struct sizes {
	u32 all, text, data, stack;
};

static void measure(const struct mm *mm, struct sizes *sizes)
{
	memset(sizes, 0, sizeof(*sizes));
	if (!mm)
		return;
	list_for_each(node, &mm->areas) {
		const struct vm_area *area =
			list_entry(node, struct vm_area, link);
		u32 size = area->end - area->start;

		sizes->all += size;
		if (area->flags & VM_GROWSDOWN) {
			sizes->stack += size;
		} else if (area->flags & VM_WRITE) {
			sizes->data += area->flags & VM_SHARED ? 0 : size;
		} else if (area->flags & VM_EXEC) {
			sizes->text += size;
		}
	}
}

static const char *state_name(const struct task_struct *task)
{
	static const char *const names[] = {
		"R (running)", "S (sleeping)", "D (disk sleep)", "T (stopped)",
		"t (tracing stop)", "Z (zombie)",
	};
	u32 i = 0;

	while (names[i][0] != state_letter(task))
		i++;
	return names[i];
}

static int parent_pid(const struct task_struct *task)
{
	return task->process->parent ? task->process->parent->pid : 0;
}

static u32 nr_threads(const struct task_struct *task)
{
	u32 n = 0;

	for_each_thread(t, task)
		n++;
	return n;
}

/* Prints the fields of proc(5), numbered as there. Unknown ones are 0. */
static void show_task_stat(struct seq *s)
{
	struct task_struct *task = task_of(s);
	const struct mm *mm = task->mm, *seen = may_see(task) ? mm : NULL;
	struct sizes sizes;
	u64 ignored, caught;

	measure(mm, &sizes);
	signal_sets(task, &ignored, &caught);
	/* 1 to 13 */
	seq_printf(s, "%d (%s) %c %d %d %d %d %d 0 %u %u 0 0 ", task->pid,
		   task->comm, *state_name(task), parent_pid(task), task->pgrp,
		   task->session, task->tty, tty_foreground(task->tty),
		   task->minor_faults, task->child_faults);
	/* 14 to 25 */
	seq_printf(s, "%u %u %u %u %d %d %u 0 %u %u %u 4294967295 ",
		   task->utime, task->stime, task->cutime, task->cstime,
		   task->priority, task->priority - NICE_TO_PRIORITY(0),
		   nr_threads(task), task->start_time, sizes.all,
		   mm ? mm->nr_resident : 0);
	/* 26 to 37 */
	seq_printf(s, "%u %u %u 0 0 %u %u %u %u 0 0 0 ",
		   seen ? seen->start_code : 0, seen ? seen->end_code : 0,
		   seen ? seen->arg_start : 0,
		   (u32)(task->pending.set | task->shared.set),
		   (u32)task->sig_blocked, (u32)ignored, (u32)caught);
	/* 38 to 52 */
	seq_printf(s, "%d 0 0 0 0 0 0 0 0 %u %u %u %u %u %d\n", SIGCHLD,
		   seen ? seen->start_brk : 0, seen ? seen->arg_start : 0,
		   seen ? seen->arg_end : 0, seen ? seen->arg_end : 0,
		   seen ? seen->env_end : 0,
		   task->state == TASK_ZOMBIE ? task->exit_status : 0);
}

static void show_statm(struct seq *s)
{
	const struct mm *mm = task_of(s)->mm;
	struct sizes sizes;

	measure(mm, &sizes);
	seq_printf(s, "%u %u 0 %u 0 %u 0\n", sizes.all / PAGE_SIZE,
		   mm ? mm->nr_resident : 0, sizes.text / PAGE_SIZE,
		   (sizes.data + sizes.stack) / PAGE_SIZE);
}

static void show_memory_sizes(struct seq *s, const struct mm *mm)
{
	struct sizes sizes;

	measure(mm, &sizes);
	seq_printf(s, "VmSize:\t%8u kB\nVmRSS:\t%8u kB\n", KB(sizes.all),
		   mm->nr_resident * KB(PAGE_SIZE));
	seq_printf(s, "VmData:\t%8u kB\nVmStk:\t%8u kB\nVmExe:\t%8u kB\n",
		   KB(sizes.data), KB(sizes.stack), KB(sizes.text));
	seq_printf(s, "VmLib:\t%8u kB\nVmSwap:\t%8u kB\n", 0,
		   mm->nr_swapped * KB(PAGE_SIZE));
}

static void show_status(struct seq *s)
{
	struct task_struct *task = task_of(s);
	u64 ignored, caught;

	signal_sets(task, &ignored, &caught);
	seq_printf(s, "Name:\t%s\n", task->comm);
	if (task->fs)
		seq_printf(s, "Umask:\t%04o\n", task->fs->umask);
	seq_printf(s, "State:\t%s\nTgid:\t%d\nPid:\t%d\n", state_name(task),
		   task->tgid, task->pid);
	seq_printf(s, "PPid:\t%d\nTracerPid:\t%d\n", parent_pid(task),
		   task->tracer ? task->tracer->pid : 0);
	seq_printf(s, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", task->uid,
		   task->euid, task->suid, task->fsuid, task->gid, task->egid,
		   task->sgid, task->fsgid);
	seq_printf(s, "FDSize:\t%u\nGroups:\t",
		   task->files ? task->files->chunks * CHUNK_FDS : 0);
	for (u32 i = 0; i < task->nr_groups; i++)
		seq_printf(s, "%u ", task->groups[i]);
	seq_printf(s, " \nNoNewPrivs:\t%u\n", task->no_new_privs);
	if (task->mm)
		show_memory_sizes(s, task->mm);
	seq_printf(s, "Threads:\t%u\n", nr_threads(task));
	seq_printf(s, "SigPnd:\t%016llx\nShdPnd:\t%016llx\nSigBlk:\t%016llx\n",
		   task->pending.set, task->shared.set, task->sig_blocked);
	seq_printf(s, "SigIgn:\t%016llx\nSigCgt:\t%016llx\n", ignored, caught);
}

/*
 * Returns what an area is called. page has room for the name of a file: finding
 * that may sleep, so area and mm may be gone afterwards.
 */
static const char *area_name(const struct vm_area *area, const struct mm *mm,
			     char *page)
{
	char *path;

	if (area->object) {
		describe_inode(igrab(area->object), page, &path);
		return path;
	}
	if (area->flags & VM_GROWSDOWN)
		return "[stack]";
	if (area->start >= mm->start_brk && area->end <= PAGE_ROUND_UP(mm->brk))
		return "[heap]";
	return NULL;
}

/* Prints the last column of maps, behind `width` characters of the line. */
static void show_area_name(struct seq *s, const char *name, u32 width)
{
	if (name) {
		for (; width <= NAME_COLUMN; width++)
			seq_write(s, " ", 1);
		seq_write(s, name, strlen(name));
	}
	seq_write(s, "\n", 1);
}

/* Prints the columns of maps before the name. */
static void show_area(struct seq *s, const struct vm_area *area)
{
	const struct inode *inode = area->object;
	u32 flags = area->flags, offset = 0, dev = 0, ino = 0;

	if (inode) {
		offset = area->offset;
		dev = inode->i_dev;
		ino = inode->i_ino;
	}
	seq_printf(s, "%08x-%08x %c%c%c%c %08x %02x:%02x %u ", area->start,
		   area->end, flags & VM_READ ? 'r' : '-',
		   flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
		   flags & VM_SHARED ? 's' : 'p', offset, MAJOR(dev),
		   MINOR(dev), ino);
}

/* Prints the line of an area, as area_name() does. */
void show_area_line(struct seq *s, const struct vm_area *area,
		    const struct mm *mm, char *page)
{
	u32 start = s->at;
	const char *name;

	show_area(s, area);
	name = area_name(area, mm, page);
	show_area_name(s, name, s->at - start);
}

/*
 * Copies to *part what comes next behind it: an area, or one of its two parts.
 * An area of a program's data and .bss has two: the second has no file. Returns
 * the address space, or NULL at its end, or if current may see it no more.
 */
struct mm *next_part(struct seq *s, struct vm_area *part)
{
	const struct task_struct *task = task_of(s);
	struct mm *mm = task && may_see(task) ? task->mm : NULL;
	const struct vm_area *area = mm ? area_above(mm, part->end) : NULL;
	u32 start = area ? max_u32(area->start, part->end) : 0;

	if (!area)
		return NULL;
	*part = *area;
	part->start = start;
	if (start >= area->file_end)
		part->object = NULL;
	else
		part->end = min_u32(area->end, PAGE_ROUND_UP(area->file_end));
	return mm;
}

static void show_maps(struct seq *s)
{
	char *page = kpage_alloc(OWNER_CALL);
	struct vm_area part = { 0 };
	struct mm *mm = page ? next_part(s, &part) : NULL;

	for (; mm; mm = next_part(s, &part))
		show_area_line(s, &part, mm, page);
	if (page)
		kpage_free(page);
}

/* Prints where an open file is, how it was opened, and on which mount. */
static void show_fdinfo(struct seq *s)
{
	u32 fd = proc_fd(s->inode);
	const struct task_struct *task = task_of(s);
	const struct file *file = task_file(task, fd);
	const struct super_block *sb;
	u32 flags;

	if (!file)
		return;
	sb = file->inode->i_sb;
	flags = file->flags & ~O_NOCTTY;
	if (fd_close_on_exec(task->files, fd))
		flags |= O_CLOEXEC;
	seq_printf(s, "pos:\t%lld\nflags:\t0%o\n", file->pos, flags);
	seq_printf(s, "mnt_id:\t%u\nino:\t%u\n", sb ? sb->s_dev : 0,
		   file->inode->i_ino);
}

static struct inode *cwd_of(struct task_struct *task)
{
	return task->fs ? task->fs->cwd : NULL;
}

static struct inode *root_of(struct task_struct *task)
{
	return task->fs ? task->fs->root : NULL;
}

/* Returns the program that runs: the file of the code that exec has mapped. */
static struct inode *exe_of(struct task_struct *task)
{
	struct mm *mm = task->mm;
	const struct vm_area *area = mm ? area_above(mm, mm->start_code) : NULL;

	return area && area->start <= mm->start_code ? area->object : NULL;
}

const struct proc_entry proc_task_entries[] = {
	{ .name = "stat", .mode = S_IFREG | 0444, .show = show_task_stat },
	{ .name = "status", .mode = S_IFREG | 0444, .show = show_status },
	{ .name = "statm", .mode = S_IFREG | 0444, .show = show_statm },
	{ .name = "cmdline", .mode = S_IFREG | 0444, .show = show_cmdline },
	{ .name = "comm", .mode = S_IFREG | 0444, .show = show_comm },
	{ .name = "environ", .mode = S_IFREG | 0400, .private = true,
	  .show = show_environ },
	{ .name = "auxv", .mode = S_IFREG | 0400, .private = true,
	  .show = show_auxv },
	{ .name = "mem", .mode = S_IFREG | 0600, .private = true,
	  .shown = &mem_fops },
	{ .name = "maps", .mode = S_IFREG | 0444, .private = true,
	  .show = show_maps },
	{ .name = "smaps", .mode = S_IFREG | 0444, .private = true,
	  .show = show_smaps },
	{ .name = "limits", .mode = S_IFREG | 0444, .show = show_limits },
	{ .name = "mounts", .mode = S_IFREG | 0444, .show = show_mounts },
	{ .name = "mountinfo", .mode = S_IFREG | 0444,
	  .show = show_mountinfo },
	{ .name = "pages", .mode = S_IFREG | 0444, .private = true,
	  .show = show_pages },
	{ .name = "cwd", .mode = S_IFLNK | 0777, .private = true,
	  .target = cwd_of },
	{ .name = "root", .mode = S_IFLNK | 0777, .private = true,
	  .target = root_of },
	{ .name = "exe", .mode = S_IFLNK | 0777, .private = true,
	  .target = exe_of },
	{ .name = "fd", .mode = S_IFDIR | 0500, .private = true,
	  .numbered = PROC_FIRST_FD },
	{ .name = "fdinfo", .mode = S_IFDIR | 0500, .private = true,
	  .numbered = PROC_FIRST_FDINFO, .show = show_fdinfo },
	{ .name = "task", .mode = S_IFDIR | 0555, .numbered = PROC_THREAD },
	{ 0 },
};
