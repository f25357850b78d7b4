/*
 * clone and clone3: checks which flags and arguments make sense together.
 * do_fork() does what they ask for. unshare takes the same flags.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/clone.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"
#include "kernel/signal/signal_internal.h"

/*
 * Flags that clone() knows. The trivial ones need no work: there are no
 * semaphores to undo and no queues of disk requests to share.
 */
#define CLONE_TRIVIAL	(CLONE_SYSVSEM | CLONE_DETACHED | CLONE_IO)
#define CLONE_KNOWN	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | \
			 CLONE_VFORK | CLONE_PARENT | CLONE_THREAD | \
			 CLONE_SETTLS | CLONE_PARENT_SETTID | \
			 CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | \
			 CLONE_PTRACE | CLONE_UNTRACED | \
			 CLONE_TRIVIAL)

/*
 * Returns true if flags make sense together. Threads share signal actions, and
 * for that their memory. Name spaces and descriptors of processes are refused.
 * init has no siblings: no process would wait for them.
 */
static bool clone_flags_valid(u32 flags)
{
	if (flags & ~CLONE_KNOWN)
		return false;
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return false;
	if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
		return false;
	return !(flags & CLONE_PARENT && current->process == init_task);
}

/* Makes a child or a thread. A signal that does not exist is sent to nobody. */
int sys_clone(u32 flags, u32 stack, u32 parent_tid, u32 tls, u32 child_tid)
{
	struct fork_request want = {
		.flags = flags & ~CLONE_SIGNAL, .copy_mm = copy_memory,
		.stack = stack, .parent_tid = parent_tid,
		.child_tid = child_tid, .tls = tls,
		.exit_signal = flags & CLONE_SIGNAL,
	};

	return clone_flags_valid(want.flags) ? do_fork(&want) : -EINVAL;
}

/*
 * Reads the program's structure. A later version of it is longer; what follows
 * must be 0, or -E2BIG is returned. Else 0, -EINVAL or -EFAULT.
 */
static int get_clone_args(struct clone_args *args,
			  const struct clone_args __user *from, u32 size)
{
	const u8 __user *rest = (const u8 __user *)from;
	u8 byte = 0;
	int error;

	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	memset(args, 0, sizeof(*args));
	error = copy_from_user(args, from, min_u32(size, sizeof(*args)));
	for (u32 i = sizeof(*args); i < size && !error; i++) {
		error = copy_from_user(&byte, rest + i, 1);
		if (!error && byte)
			error = -E2BIG;
	}
	return error;
}

/* Returns true if the stack has both an address and a size, or neither. */
static bool valid_stack(const struct clone_args *args)
{
	if (!args->stack || !args->stack_size)
		return args->stack == args->stack_size;
	return args->stack < KERNEL_BASE &&
	       args->stack_size <= KERNEL_BASE - args->stack;
}

/* Returns true if the arguments make sense together. */
static bool clone_args_valid(const struct clone_args *args)
{
	u64 flags = args->flags & ~CLONE_CLEAR_SIGHAND;

	if (flags >> 32 || flags & (CLONE_DETACHED | CLONE_SIGNAL))
		return false;
	if (args->flags & CLONE_CLEAR_SIGHAND && flags & CLONE_SIGHAND)
		return false;
	if (args->exit_signal > NSIG_MAX ||
	    !args->set_tid != !args->set_tid_size)
		return false;
	if (flags & (CLONE_THREAD | CLONE_PARENT) && args->exit_signal)
		return false;
	return valid_stack(args) && clone_flags_valid(flags);
}

/*
 * Reads the number that the child is to have; 0 means any. A process that was
 * saved is made again with its old number. There is one space of numbers, so
 * there can be only one. Returns 0, -EINVAL, -EFAULT, or -EPERM if current is
 * not the superuser's.
 */
static int get_wanted_pid(const struct clone_args *args, u32 *pid)
{
	int error;

	*pid = 0;
	if (!args->set_tid_size)
		return 0;
	if (args->set_tid_size != 1 || args->set_tid >> 32)
		return -EINVAL;
	error = get_user_u32(pid, (const void __user *)(u32)args->set_tid);
	if (error)
		return error;
	if (!*pid)
		return -EINVAL;
	return suser() ? 0 : -EPERM;
}

/*
 * Like clone(), with the arguments in a structure of 64-bit words. The stack is
 * named by its lowest address.
 */
int sys_clone3(const struct clone_args __user *user_args, u32 size)
{
	struct clone_args args;
	struct fork_request want;
	u32 pid;
	int error = get_clone_args(&args, user_args, size);

	if (error)
		return error;
	if (!clone_args_valid(&args))
		return -EINVAL;
	error = get_wanted_pid(&args, &pid);
	if (error)
		return error;
	want = (struct fork_request){
		.flags = args.flags, .copy_mm = copy_memory, .pid = pid,
		.stack = args.stack + args.stack_size,
		.parent_tid = args.parent_tid, .child_tid = args.child_tid,
		.tls = args.tls, .exit_signal = args.exit_signal,
		.clear_handlers = args.flags & CLONE_CLEAR_SIGHAND,
	};
	return do_fork(&want);
}

#define CLONE_PROCESS	(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)

/*
 * Ends the sharing of descriptors or of directories. Of memory, signal actions
 * and threads it can only be said that nobody shares them. There are no name
 * spaces: only the superuser might have one. Returns 0, -EINVAL, -EPERM, or
 * -ENOMEM: then the directories may be current's own already.
 */
int sys_unshare(u32 flags)
{
	if (flags & ~(CLONE_PROCESS | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |
		      CLONE_NAMESPACES))
		return -EINVAL;
	if (flags & CLONE_PROCESS && !single_threaded(current))
		return -EINVAL;
	if (flags & (CLONE_VM | CLONE_SIGHAND) &&
	    current->sigactions->users > 1)
		return -EINVAL;
	if (flags & CLONE_VM && current->mm->users > 1)
		return -EINVAL;
	if (flags & CLONE_NAMESPACES)
		return suser() ? -EINVAL : -EPERM;
	if (flags & CLONE_FS && unshare_fs() < 0)
		return -ENOMEM;
	return flags & CLONE_FILES ? unshare_files() : 0;
}
