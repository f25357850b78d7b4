/*
 * What a system call that does not exist answers; and, once for each, a line in the log that names it, for whoever wonders why a program complains.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel_internal.h"

static u32 logged[(NR_SYSCALLS + 31) / 32];

asmlinkage int sys_ni_syscall(void)
{
	u32 number = task_regs(current)->orig_eax;
	char name[PACKED_NAME_SIZE];

	if (number >= NR_SYSCALLS || logged[number / 32] & 1u << number % 32)
		return -ENOSYS;
	logged[number / 32] |= 1u << number % 32;
	if (packed_name(missing_calls, number, name) != number)
		strlcpy(name, "?", sizeof(name));		/* Linux does not know it either */
	printk("pid %d (%s): there is no system call %u (%s)\n", current->pid, current->comm, number, name);
	return -ENOSYS;
}
