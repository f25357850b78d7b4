/*
 * FPU and SSE instructions. An image is FPU_STATE_SIZE bytes, 16-byte aligned
 * for FXSAVE.
 */
#ifndef ASM_FPU_H
#define ASM_FPU_H

#include <cowix/types.h>

#define FPU_STATE_SIZE	512u
#define FPU_FRAME_SIZE	(112 + FPU_STATE_SIZE)	/* in a signal frame */

static inline void fninit(void)
{
	__asm__ volatile("fninit");
}

static inline void fnsave(void *image)
{
	__asm__ volatile("fnsave (%0); fwait" : : "r"(image) : "memory");
}

static inline void frstor(const void *image)
{
	__asm__ volatile("frstor (%0)" : : "r"(image) : "memory");
}

static inline void fxsave(void *image)
{
	__asm__ volatile("fxsave (%0)" : : "r"(image) : "memory");
}

static inline void fxrstor(const void *image)
{
	__asm__ volatile("fxrstor (%0)" : : "r"(image) : "memory");
}

static inline void ldmxcsr(const u32 *value)
{
	__asm__ volatile("ldmxcsr (%0)" : : "r"(value) : "memory");
}

static inline void clear_xmm(void)
{
	__asm__ volatile("xorps %xmm0, %xmm0\n\t"
			 "xorps %xmm1, %xmm1\n\t"
			 "xorps %xmm2, %xmm2\n\t"
			 "xorps %xmm3, %xmm3\n\t"
			 "xorps %xmm4, %xmm4\n\t"
			 "xorps %xmm5, %xmm5\n\t"
			 "xorps %xmm6, %xmm6\n\t"
			 "xorps %xmm7, %xmm7");
}

#endif
