/*
 * signalfd: signals as a file. A read takes signals of a set that are pending
 * for its caller; so a child that inherits the file reads its own. The program
 * blocks them, or they are delivered as always.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/signalfd.h>

struct signal_set {
	u64 set;
};

static const struct file_ops signalfd_fops;

/* Describes a signal. What a field means depends on where it came from. */
static void describe_signal(struct signalfd_siginfo *info, int sig,
			    const struct signal_source *from)
{
	bool special = from->code > 0 && from->code < SI_KERNEL;

	memset(info, 0, sizeof(*info));
	info->ssi_signo = sig;
	info->ssi_code = from->code;
	if (special && sig != SIGCHLD) {
		info->ssi_addr = from->addr;
	} else if (from->code == SI_TIMER) {
		info->ssi_tid = from->pid;
		info->ssi_overrun = from->uid;
	} else {
		info->ssi_pid = from->pid;
		info->ssi_uid = from->uid;
	}
	if (special && sig == SIGCHLD) {
		info->ssi_status = from->value;
		info->ssi_utime = from->utime;
		info->ssi_stime = from->stime;
	} else if (from->code < 0) {
		info->ssi_int = from->value;
		info->ssi_ptr = (u32)from->value;
	}
}

/* Reads as many signals as are pending and fit, and waits for the first. */
static int signalfd_read(struct file *file, char __user *buf, u32 n,
			 loff_t *pos)
{
	const struct signal_set *signals = file->private;
	struct deadline end = { DEADLINE_NEVER, 0 };
	struct signalfd_siginfo info;
	struct signal_source source;
	u32 done = 0;
	int result = -EINVAL;

	(void)pos;
	if (file->flags & O_NONBLOCK)
		end.kind = DEADLINE_UPTIME;	/* it is over */
	for (; n - done >= sizeof(info); done += sizeof(info)) {
		result = await_signal(&signals->set, &end, &source);
		if (result < 0)
			break;
		describe_signal(&info, result, &source);
		result = copy_to_user(buf + done, &info, sizeof(info));
		if (result < 0)
			break;
		end.kind = DEADLINE_UPTIME;
	}
	return done ? (int)done : result;
}

static u32 signalfd_poll(struct file *file, struct poll_table *table)
{
	const struct signal_set *signals = file->private;
	const struct task_struct *process = current->process;

	poll_wait(&current->process->signal_wait, table);
	return (current->pending.set | process->shared.set) & signals->set ?
	       POLLIN : 0;
}

static const struct file_ops signalfd_fops = {
	.name = "signalfd",
	.release = anon_release,
	.read = signalfd_read,
	.poll = signalfd_poll,
};

/* Gives an open signalfd another set. */
static int change_set(int fd, u64 set)
{
	struct signal_set *signals;
	int error;

	signals = anon_private(fd, &signalfd_fops, &error);
	if (!signals)
		return error;
	signals->set = set;
	wake_up_poll(&current->process->signal_wait, POLLIN);
	return fd;
}

int sys_signalfd4(int fd, const u64 __user *user_set, u32 size, int flags)
{
	struct signal_set *signals;
	u64 set;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, user_set, sizeof(set)) < 0)
		return -EFAULT;
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	if (fd != -1)
		return change_set(fd, set);
	signals = kmalloc(sizeof(*signals));
	if (signals)
		signals->set = set;
	return anon_fd(&signalfd_fops, signals, O_RDWR | flags);
}

int sys_signalfd(int fd, const u64 __user *set, u32 size)
{
	return sys_signalfd4(fd, set, size, 0);
}
