/* Division of 64 bits by 32. For the compiler it is always one of 64 by 64. */
#ifndef ASM_DIVIDE_H
#define ASM_DIVIDE_H

#include <cowix/types.h>

/*
 * Returns n / by, and the rest in *rest. The rest of the upper half, which is
 * less than the divisor, is divided together with the lower half, so that the
 * quotient of that fits.
 */
static inline u64 divide(u64 n, u32 by, u32 *rest)
{
	u32 upper = n >> 32, lower = n;

	__asm__("divl %3"
		: "=a"(lower), "=d"(*rest)
		: "0"(lower), "rm"(by), "1"(upper % by)
		: "cc");
	return (u64)(upper / by) << 32 | lower;
}

#endif
