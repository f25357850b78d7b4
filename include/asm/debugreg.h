/* Access to the debug registers. */
#ifndef ASM_DEBUGREG_H
#define ASM_DEBUGREG_H

#include <cowix/types.h>

#define DEFINE_WRITE_DR(n) \
	static inline void write_dr##n(u32 value) \
	{ \
		__asm__ volatile("movl %0, %%db" #n : : "r"(value)); \
	}

DEFINE_WRITE_DR(0)
DEFINE_WRITE_DR(1)
DEFINE_WRITE_DR(2)
DEFINE_WRITE_DR(3)
DEFINE_WRITE_DR(6)
DEFINE_WRITE_DR(7)

static inline u32 read_dr6(void)
{
	u32 value;
	__asm__ volatile("movl %%db6, %0" : "=r"(value));
	return value;
}

#endif
