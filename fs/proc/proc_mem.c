/*
 * /proc/PID/mem: the memory of a process as a file, whose positions are
 * addresses. Who may trace the process reads and writes as with ptrace. The
 * file is that of one address space, and empty when the process has another,
 * or none.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "proc.h"

static int mem_open(struct inode *inode, struct file *file)
{
	int error = proc_check_access(inode);
	struct mm *mm = error ? NULL : proc_task(inode)->mm;

	/* held, so that no later one can be taken for it */
	if (mm)
		mm_hold(mm);
	file->private = mm;
	return error;
}

static void mem_release(struct inode *inode, struct file *file)
{
	(void)inode;
	if (file->private)
		mm_drop_hold(file->private);
}

static int access_mem(struct file *file, char __user *buf, u32 count,
		      loff_t *pos, bool write)
{
	struct task_struct *task = proc_task(file->inode);
	struct mm *mm = task && may_see(task) ? task->mm : NULL;
	int n;

	if (!mm || mm != file->private || !count)
		return 0;
	if (*pos >= KERNEL_BASE)
		return -EIO;
	n = access_process(mm, *pos, buf, count, write);
	if (n > 0)
		*pos += n;
	return n;
}

static int mem_read(struct file *file, char __user *buf, u32 count, loff_t *pos)
{
	return access_mem(file, buf, count, pos, false);
}

static int mem_write(struct file *file, const char __user *buf, u32 count,
		     loff_t *pos)
{
	return access_mem(file, (char __user *)buf, count, pos, true);
}

const struct file_ops mem_fops = { .open = mem_open, .read = mem_read,
				   .write = mem_write,
				   .release = mem_release };
