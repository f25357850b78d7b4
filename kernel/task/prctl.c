/*
 * prctl(): what a thread says of itself. Its name; the signal for the end of
 * its maker; whether others of its user may look into its memory; that no
 * program is to give it more rights. Other requests are refused.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/prctl.h>

/* Sets current's name; a longer one is cut. Returns 0 or -EFAULT. */
static int set_name(const char __user *from)
{
	char name[sizeof(current->comm)] = "";
	int length = strncpy_from_user(name, from, sizeof(name));

	if (length < 0 && length != -ENAMETOOLONG)
		return length;
	name[sizeof(name) - 1] = '\0';
	strlcpy(current->comm, name, sizeof(current->comm));
	return 0;
}

/*
 * Chooses the signal for the end of the thread that made current. A real-time
 * signal would need memory at that moment, and is refused. 0 or -EINVAL.
 */
static int set_parent_signal(u32 sig)
{
	if (sig > NR_STANDARD_SIGNALS)
		return -EINVAL;
	current->parent_signal = sig;
	return 0;
}

/* Only the values 0 and 1 can be chosen. Returns 0 or -EINVAL. */
static int set_dumpable(u32 on)
{
	if (on > 1)
		return -EINVAL;
	current->mm->dumpable = on;
	return 0;
}

/* There is no way back. What is not used must be 0, so that it can be used. */
static int set_no_new_privs(u32 on, u32 others)
{
	if (on != 1 || others)
		return -EINVAL;
	current->no_new_privs = true;
	return 0;
}

int sys_prctl(int option, u32 arg, u32 third, u32 fourth, u32 fifth)
{
	u32 others = third | fourth | fifth;

	switch (option) {
	case PR_SET_NAME:
		return set_name((const char __user *)arg);
	case PR_GET_NAME:
		return copy_to_user((char __user *)arg, current->comm,
				    sizeof(current->comm));
	case PR_SET_PDEATHSIG:
		return set_parent_signal(arg);
	case PR_GET_PDEATHSIG:
		return put_user_u32(current->parent_signal,
				    (u32 __user *)arg);
	case PR_SET_DUMPABLE:
		return set_dumpable(arg);
	case PR_GET_DUMPABLE:
		return current->mm->dumpable;
	case PR_SET_NO_NEW_PRIVS:
		return set_no_new_privs(arg, others);
	case PR_GET_NO_NEW_PRIVS:
		return arg | others ? -EINVAL : current->no_new_privs;
	}
	return -EINVAL;
}
