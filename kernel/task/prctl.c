/*
 * prctl(), by which a thread sets or reads its name. Other requests are
 * refused.
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

int sys_prctl(int option, u32 arg)
{
	switch (option) {
	case PR_SET_NAME:
		return set_name((const char __user *)arg);
	case PR_GET_NAME:
		return copy_to_user((char __user *)arg, current->comm,
				    sizeof(current->comm));
	}
	return -EINVAL;
}
