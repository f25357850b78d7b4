/*
 * The names of the system and of the machine. The release is that of the Linux
 * whose calls programs find here: some compare it and would think this kernel
 * too old. Cowix's own version is the version.
 */
#include <cowix/kernel.h>
#include <cowix/task.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/utsname.h>
#include "version.h"

#define LINUX_RELEASE	"5.10.0"

struct utsname system_names = {
	.sysname = "Cowix",
	.nodename = "cowix",
	.release = LINUX_RELEASE,
	.version = "Cowix " VERSION " " BUILD,
	.machine = "i386",
	.domainname = "(none)",
};

int sys_uname(struct utsname __user *buf)
{
	return copy_to_user(buf, &system_names, sizeof(system_names));
}

int sys_sethostname(const char __user *name, int length)
{
	char copy[sizeof(system_names.nodename)] = { 0 };
	int error;

	if (!suser())
		return -EPERM;
	if (length < 0 || length >= (int)sizeof(copy))
		return -EINVAL;
	error = copy_from_user(copy, name, length);
	if (!error)
		memcpy(system_names.nodename, copy, sizeof(copy));
	return error;
}
