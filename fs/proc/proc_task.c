/*
 * /proc: the files of a process, in Linux's formats. What is read of another
 * process's memory is what its page tables hold: what does not sleep, sees
 * nothing change meanwhile. Pages in swap take time, for which the address
 * space is held, and names of files; after one, the process is looked for
 * again.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/swap.h>
#include <cowix/tty.h>
#include <abi/errno.h>
#include "proc.h"

#define KB(bytes)	((bytes) / 1024)
/* of the file's name in maps, one more character before it */
#define NAME_COLUMN	48

static struct task_struct *task_of(struct seq *s)
{
	return proc_task(s->inode);
}

/*
 * Print what a program has at [start, end): what is neither in memory nor in
 * swap, or cannot be had from there, are zeroes.
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

static void show_comm(struct seq *s)
{
	seq_printf(s, "%s\n", task_of(s)->comm);
}

/* Sizes in bytes, by what areas are for. */
struct sizes {
	u32 all, text, data, stack, text_start, text_end;
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
			if (!sizes->text)
				sizes->text_start = area->start;
			sizes->text_end = area->end;
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

static u32 count_threads(const struct task_struct *task)
{
	u32 n = 0;

	for_each_thread(t, task)
		n++;
	return n;
}

/*
 * The fields are numbered as in proc(5); those that Cowix does not have are 0.
 */
static void show_stat(struct seq *s)
{
	struct task_struct *task = task_of(s);
	const struct mm *mm = task->mm, *seen = may_see(task) ? mm : NULL;
	struct sizes sizes;
	u64 ignored, caught;

	measure(mm, &sizes);
	if (!seen)
		sizes.text_start = sizes.text_end = 0;
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
		   count_threads(task), task->start_time, sizes.all,
		   mm ? mm->nr_resident : 0);
	/* 26 to 37 */
	seq_printf(s, "%u %u %u 0 0 %u %u %u %u 0 0 0 ", sizes.text_start,
		   sizes.text_end, seen ? seen->arg_start : 0,
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
	seq_printf(
		s,
		"VmSize:\t%8u kB\nVmRSS:\t%8u kB\nVmData:\t%8u kB\nVmStk:\t%8u kB\nVmExe:\t%8u kB\nVmLib:\t%8u kB\nVmSwap:\t%8u kB\n",
		KB(sizes.all), mm->nr_resident * KB(PAGE_SIZE), KB(sizes.data),
		KB(sizes.stack), KB(sizes.text), 0,
		mm->nr_swapped * KB(PAGE_SIZE));
}

static void show_status(struct seq *s)
{
	struct task_struct *task = task_of(s);
	u64 ignored, caught;
	u32 threads = count_threads(task);

	signal_sets(task, &ignored, &caught);
	seq_printf(s, "Name:\t%s\n", task->comm);
	if (task->fs)
		seq_printf(s, "Umask:\t%04o\n", task->fs->umask);
	seq_printf(
		s,
		"State:\t%s\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		state_name(task), task->tgid, task->pid, parent_pid(task));
	seq_printf(s, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", task->uid,
		   task->euid, task->suid, task->fsuid, task->gid, task->egid,
		   task->sgid, task->fsgid);
	seq_printf(s, "FDSize:\t%u\nGroups:\t \n",
		   task->files ? task->files->end : 0);
	if (task->mm)
		show_memory_sizes(s, task->mm);
	seq_printf(
		s,
		"Threads:\t%u\nSigPnd:\t%016llx\nShdPnd:\t%016llx\nSigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\n",
		threads, task->pending.set, task->shared.set, task->sig_blocked,
		ignored, caught);
}

/* A process's first area that begins at addr or above, or NULL. */
static const struct vm_area *next_area(const struct task_struct *task, u32 addr)
{
	if (task && task->mm)
		list_for_each(node, &task->mm->areas)
			if (list_entry(node, struct vm_area, link)->start >=
			    addr)
				return list_entry(node, struct vm_area, link);
	return NULL;
}

/*
 * The last column of maps: what the area is, behind spaces up to its place.
 * page is for the name of a file.
 */
static void show_area_name(struct seq *s, const struct vm_area *area,
			   const struct mm *mm, char *page, u32 width)
{
	const char *name = area->flags & VM_GROWSDOWN ? "[stack]"
			   : area->start >= mm->start_brk &&
					   area->end <= PAGE_ROUND_UP(mm->brk)
				   ? "[heap]"
				   : NULL;
	char *path;

	if (area->object) {
		/* may sleep: area and mm are not to be used behind it */
		describe_inode(igrab(area->object), page, &path);
		name = path;
	}
	if (name) {
		for (; width <= NAME_COLUMN; width++)
			seq_write(s, " ", 1);
		seq_write(s, name, strlen(name));
	}
	seq_write(s, "\n", 1);
}

static void show_maps(struct seq *s)
{
	char *page = kpage_alloc(OWNER_CALL);
	const struct vm_area *area;
	struct task_struct *task;

	for (u32 addr = 0;
	     page && (task = task_of(s)) && (area = next_area(task, addr));) {
		const struct inode *inode = area->object;
		u32 flags = area->flags, dev = inode ? inode->i_dev : 0,
		    start = s->at;

		addr = area->end;
		seq_printf(s, "%08x-%08x %c%c%c%c %08x %02x:%02x %u ",
			   area->start, area->end, flags & VM_READ ? 'r' : '-',
			   flags & VM_WRITE ? 'w' : '-',
			   flags & VM_EXEC ? 'x' : '-',
			   flags & VM_SHARED ? 's' : 'p',
			   inode ? area->offset : 0, MAJOR(dev), MINOR(dev),
			   inode ? inode->i_ino : 0);
		show_area_name(s, area, task->mm, page, s->at - start);
	}
	if (page)
		kpage_free(page);
}

static struct inode *cwd_of(struct task_struct *task)
{
	return task->fs ? task->fs->cwd : NULL;
}

static struct inode *root_of(struct task_struct *task)
{
	return task->fs ? task->fs->root : NULL;
}

/* The program that runs: the file of the first area of code. */
static struct inode *exe_of(struct task_struct *task)
{
	const struct vm_area *area;

	for (u32 addr = 0; (area = next_area(task, addr)); addr = area->end)
		if (area->flags & VM_EXEC && area->object)
			return area->object;
	return NULL;
}

const struct proc_entry proc_task_entries[] = {
	{ .name = "stat", .mode = S_IFREG | 0444, .show = show_stat },
	{ .name = "status", .mode = S_IFREG | 0444, .show = show_status },
	{ .name = "statm", .mode = S_IFREG | 0444, .show = show_statm },
	{ .name = "cmdline", .mode = S_IFREG | 0444, .show = show_cmdline },
	{ .name = "comm", .mode = S_IFREG | 0444, .show = show_comm },
	{ .name = "environ", .mode = S_IFREG | 0400, .private = true,
	  .show = show_environ },
	{ .name = "maps", .mode = S_IFREG | 0444, .private = true,
	  .show = show_maps },
	{ .name = "pages", .mode = S_IFREG | 0444, .private = true,
	  .show = show_pages },
	{ .name = "cwd", .mode = S_IFLNK | 0777, .private = true,
	  .target = cwd_of },
	{ .name = "root", .mode = S_IFLNK | 0777, .private = true,
	  .target = root_of },
	{ .name = "exe", .mode = S_IFLNK | 0777, .private = true,
	  .target = exe_of },
	{ .name = "fd", .mode = S_IFDIR | 0500, .private = true },
	{ 0 },
};
