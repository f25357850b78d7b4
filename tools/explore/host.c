/*
 * The variables of the kernel's files, which the Makefile puts into sections of
 * their own, and the exchange of stacks.
 */
#include <cowix/kernel.h>
#include "host.h"

extern char __start_kernel_data[], __stop_kernel_data[];
extern char __start_kernel_bss[], __stop_kernel_bss[];

static u32 data_size(void)
{
	return __stop_kernel_data - __start_kernel_data;
}

static u32 bss_size(void)
{
	return __stop_kernel_bss - __start_kernel_bss;
}

u32 variables_size(void)
{
	return data_size() + bss_size();
}

void save_variables(void *state)
{
	memcpy(state, __start_kernel_data, data_size());
	memcpy(state + data_size(), __start_kernel_bss, bss_size());
}

void restore_variables(const void *state)
{
	memcpy(__start_kernel_data, state, data_size());
	memcpy(__start_kernel_bss, state + data_size(), bss_size());
}

__asm__(".text\n\t"
	".globl switch_stacks\n"
	"switch_stacks:\n\t"
	"movl 4(%esp), %eax\n\t"
	"movl 8(%esp), %edx\n\t"
	"pushl %ebp; pushl %ebx; pushl %esi; pushl %edi\n\t"
	"movl %esp, (%eax)\n\t"
	"movl %edx, %esp\n\t"
	"popl %edi; popl %esi; popl %ebx; popl %ebp\n\t"
	"ret");
