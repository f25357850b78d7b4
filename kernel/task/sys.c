/*
 * System calls about numbers of processes, process groups and sessions, and
 * about the system as a whole: sysinfo, ps, reboot.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/personality.h>
#include <abi/sysinfo.h>
#include <cowix/swap.h>
#include <abi/reboot.h>
#include <abi/taskinfo.h>
#include "kernel/kernel_internal.h"

int sys_getpid(void)
{
	return current->tgid;
}

int sys_gettid(void)
{
	return current->pid;
}

int sys_getppid(void)
{
	return current->process->parent->pid;
}

/*
 * Finds the process that setpgid() means: current's, or a child of it that has
 * not called exec yet. Returns 0, -ESRCH, -EPERM or -EACCES.
 */
static int group_target(int pid, struct task_struct **target)
{
	struct task_struct *process = current->process,
			   *task = pid ? find_task(pid) : process;

	if (!task || task != task->process ||
	    (task != process && task->parent != process))
		return -ESRCH;
	if (task->leader || task->session != process->session)
		return -EPERM;
	if (task != process && task->did_exec)
		return -EACCES;
	*target = task;
	return 0;
}

static bool group_in_session(int pgrp, int session)
{
	for_each_member(task, pgrp)
		if (task->session == session)
			return true;
	return false;
}

/* Moves a process to a group of its session, or to a new one of its own. */
int sys_setpgid(int pid, int pgrp)
{
	struct task_struct *task;
	int error;

	if (pid < 0 || pgrp < 0)
		return -EINVAL;
	error = group_target(pid, &task);
	if (error)
		return error;
	if (pgrp && pgrp != task->pid && !group_in_session(pgrp, task->session))
		return -EPERM;
	set_group(task, task->session, pgrp ? pgrp : task->pid);
	return 0;
}

int sys_getpgid(int pid)
{
	struct task_struct *task = pid ? find_task(pid) : current;

	return task ? task->process->pgrp : -ESRCH;
}

int sys_getpgrp(void)
{
	return current->process->pgrp;
}

int sys_getsid(int pid)
{
	struct task_struct *task = pid ? find_task(pid) : current;

	return task ? task->process->session : -ESRCH;
}

/*
 * Gives the process a session and a process group of its own, without a
 * terminal. Returns its number, or -EPERM while there is a group of that
 * number, even one that the caller has left.
 */
int sys_setsid(void)
{
	struct task_struct *process = current->process;

	if (next_member(NULL, process->pid))
		return -EPERM;
	process->leader = true;
	set_group(process, process->pid, process->pid);
	process->tty = 0;
	return process->pid;
}

/* Counts memory in bytes, as Linux does, if 32 bits can hold the numbers. */
static void count_bytes(struct sysinfo *info)
{
	if (info->totalram + info->totalswap > 0xFFFFFFFFu / PAGE_SIZE)
		return;
	info->totalram *= PAGE_SIZE;
	info->freeram *= PAGE_SIZE;
	info->bufferram *= PAGE_SIZE;
	info->sharedram *= PAGE_SIZE;
	info->totalswap *= PAGE_SIZE;
	info->freeswap *= PAGE_SIZE;
	info->mem_unit = 1;
}

int sys_sysinfo(struct sysinfo __user *buf)
{
	struct sysinfo info = { 0 };

	info.uptime = now_ns() / NSEC_A_SECOND;
	info.totalram = nr_ram_frames;
	info.freeram = nr_free_pages;
	info.bufferram = nr_own_buffers * BLOCK_SIZE / PAGE_SIZE;
	info.sharedram = tmpfs_pages;
	info.totalswap = nr_swap_pages;
	info.freeswap = nr_free_swap;
	info.mem_unit = PAGE_SIZE;
	info.procs = nr_tasks;
	for (u32 i = 0; i < 3; i++)
		info.loads[i] = load_average[i] * (65536 / LOAD_ONE);
	count_bytes(&info);
	return copy_to_user(buf, &info, sizeof(info));
}

static void fill_task_info(struct task_info *info,
			   const struct task_struct *task)
{
	*info = (struct task_info){
		.pid = task->pid,
		.ppid = task->parent ? task->parent->pid : 0,
		.pgrp = task->pgrp,
		.session = task->session,
		.uid = task->uid,
		.state = state_letter(task),
		.tty = task->tty,
		.utime = task->utime,
		.stime = task->stime,
		.start = task->start_time,
		.priority = task->priority,
		.rss_kb = task->mm ? task->mm->nr_resident * (PAGE_SIZE / 1024)
				   : 0,
		.vsize_kb = task->mm ? task->mm->bytes / 1024 : 0,
	};
	memcpy(info->comm, task->comm, sizeof(info->comm));
}

/*
 * Lists the processes from number start on, in order of creation. Returns how
 * many: room, or fewer if there are no more.
 */
static int list_tasks(struct task_info *list, int room, int start)
{
	int n = 0;

	list_for_each(node, &all_tasks) {
		if (start-- > 0)
			continue;
		if (n >= room)
			break;
		fill_task_info(&list[n++],
			       list_entry(node, struct task_struct, all_link));
	}
	return n;
}

/*
 * Fills buf with at most max processes, from number start on (call 514).
 * Returns how many. They go through a page of the kernel, because copying to
 * the program may sleep and the list changes meanwhile.
 */
int sys_ps(struct task_info __user *buf, int max, int start)
{
	const int a_page = PAGE_SIZE / sizeof(struct task_info);
	struct task_info *list = kpage_alloc(OWNER_CALL);
	int n = 0, got = a_page, error = 0;

	if (!list)
		return -ENOMEM;
	start = start < 0 ? 0 : start;
	for (; n < max && got == a_page && !error; n += got) {
		got = list_tasks(list, max - n < a_page ? max - n : a_page,
				 start + n);
		error = copy_to_user(&buf[n], list, got * sizeof(*list));
	}
	kpage_free(list);
	return error ? error : n;
}

/* Birthdays of Linux's author and his daughters: any of them will do. */
static bool second_magic(u32 magic)
{
	return magic == LINUX_REBOOT_MAGIC2 || magic == LINUX_REBOOT_MAGIC2A ||
	       magic == LINUX_REBOOT_MAGIC2B || magic == LINUX_REBOOT_MAGIC2C;
}

/*
 * Restarts, halts or powers off, after writing everything out. For power off
 * the argument is the status that tools/run passes on.
 */
int sys_reboot(u32 magic1, u32 magic2, u32 command, u32 argument)
{
	if (!suser())
		return -EPERM;
	if (magic1 != LINUX_REBOOT_MAGIC1 || !second_magic(magic2))
		return -EINVAL;
	switch (command) {
	case LINUX_REBOOT_CMD_RESTART:
		sync_all();
		machine_restart();
	case LINUX_REBOOT_CMD_HALT:
		sync_all();
		printk("System halted.\n");
		machine_halt();
	case LINUX_REBOOT_CMD_POWER_OFF:
		sync_all();
		machine_power_off(argument & 0xFF);
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;	/* it always is off: Ctrl-Alt-Del asks init */
	}
	return -EINVAL;
}

/*
 * Keeps what a program asks for. There is only Linux's personality: addresses
 * are never random and user space has 3 GB, asked for or not. Returns the old
 * value.
 */
int sys_personality(u32 persona)
{
	u32 old = current->personality;

	if (persona == PERSONALITY_ASK)
		return old;
	if (persona & ~(ADDR_NO_RANDOMIZE | ADDR_LIMIT_3GB))
		return -EINVAL;
	current->personality = persona;
	return old;
}
