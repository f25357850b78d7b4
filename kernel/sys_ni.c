/* What a system call that does not exist answers; and, once for each, a line in the log that names it, for whoever wonders why a program complains. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>

/* "number name" a line, made by the Makefile: the numbers of abi/unistd.h that sys_call_table.c does not have. */
static const char missing_calls[] =
#include "missing_calls.h"
;

static u32 logged[(NR_SYSCALLS + 31) / 32];

/* The name of a missing call, as long as *length says; "?" for numbers that Linux does not know either. */
static const char *name_of(u32 number, u32 *length)
{
	const char *name, *line = missing_calls;

	while (*line) {
		u32 n = simple_strtoul(line, &name, 10);

		for (line = ++name; *line != '\n'; line++)
			;
		*length = line++ - name;
		if (n == number)
			return name;
	}
	*length = 1;
	return "?";
}

asmlinkage int sys_ni_syscall(void)
{
	u32 number = task_regs(current)->orig_eax, length;
	const char *name;
	char text[32];

	if (number >= NR_SYSCALLS || logged[number / 32] & 1u << number % 32)
		return -ENOSYS;
	logged[number / 32] |= 1u << number % 32;
	name = name_of(number, &length);
	strlcpy(text, name, min_u32(length + 1, sizeof(text)));
	printk("pid %d (%s): there is no system call %u (%s)\n", current->pid, current->comm, number, text);
	return -ENOSYS;
}
