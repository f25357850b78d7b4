/*
 * System calls that do not exist. The log has each number once, but not that of
 * rseq(), which the C library tries in each program.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "kernel_internal.h"

static u32 logged[(NR_SYSCALLS + 31) / 32];

int sys_rseq(void)
{
	return -ENOSYS;
}

int sys_ni_syscall(void)
{
	u32 number = task_regs(current)->orig_eax;

	if (number >= NR_SYSCALLS || logged[number / 32] & 1u << number % 32)
		return -ENOSYS;
	logged[number / 32] |= 1u << number % 32;
	printk("pid %d (%s): there is no system call %u\n", current->pid,
	       current->comm, number);
	return -ENOSYS;
}
