/* Debug registers: what a task has, and access to the CPU's. */
#ifndef ASM_DEBUGREG_H
#define ASM_DEBUGREG_H

#include <cowix/types.h>

#define DEBUG_ADDRESSES	4
#define DR6_RESERVED	0xFFFF0FF0u	/* these read as 1 */

enum { ON_EXECUTE, ON_WRITE, ON_PORT, ON_ACCESS };

struct debug_regs {
	u32 addr[DEBUG_ADDRESSES];
	u32 hits;			/* DR6's bits that are not reserved */
	u32 control;			/* DR7 as the debugger wrote it */
};

/* Returns nonzero if DR7 has breakpoint i switched on. */
static inline u32 debugreg_is_on(u32 control, u32 i)
{
	return control >> 2 * i & 3;
}

/* Returns what breakpoint i watches for. */
static inline u32 debugreg_type(u32 control, u32 i)
{
	return control >> (16 + 4 * i) & 3;
}

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
