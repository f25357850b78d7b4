/*
 * The sanitizers of make SANITIZE=1: kernel/debug/ubsan.c and kasan.c. In every
 * other build these are empty, and leave no instruction.
 */
#ifndef COWIX_SANITIZE_H
#define COWIX_SANITIZE_H

#include <cowix/types.h>

/*
 * Why 8 bytes may not be touched, in their shadow. Those of stacks and global
 * variables are the compiler's.
 */
enum poison {
	POISON_STACK_LEFT = 0xF1,
	POISON_STACK_MIDDLE = 0xF2,
	POISON_STACK_RIGHT = 0xF3,
	POISON_GLOBAL = 0xF9,
	POISON_FREE_OBJECT = 0xFB,
	POISON_BESIDE_OBJECT = 0xFC,
	POISON_FREE_FRAME = 0xFF,
};

struct task_struct;

#ifdef SANITIZE
#define SANITIZED	1
#define STACK_SIZE	8192u	/* of a task, in memory of its own */
/*
 * Aligns the stack of functions whose caller in assembly does not: a variable
 * begins where its shadow byte does. From there on each function keeps that.
 */
#define FROM_ASM	__attribute__((force_align_arg_pointer))
#define REDZONE		16u	/* at least, behind each object of kmalloc */

void kasan_early(void);		/* first of all: the lowest 4 MB */
void kasan_init(void);		/* all of RAM, once it is mapped */
void stack_pool_init(void);
bool take_stack(struct task_struct *task);	/* false: there is none */
void give_stack(struct task_struct *task);
void sanitize_off(void);	/* nothing is looked at any more */
void poison(const void *start, u32 size, enum poison why);
void unpoison(const void *start, u32 size);
#else
#define SANITIZED	0
#define STACK_SIZE	4096u	/* the task structure is part of it */
#define FROM_ASM
#define REDZONE		0u

static inline void kasan_early(void) {}
static inline void kasan_init(void) {}
static inline void give_stack(struct task_struct *task) { (void)task; }

static inline bool take_stack(struct task_struct *task)
{
	(void)task;
	return true;
}

static inline void poison(const void *start, u32 size, enum poison why)
{
	(void)start, (void)size, (void)why;
}

static inline void unpoison(const void *start, u32 size)
{
	(void)start, (void)size;
}
#endif

#if defined(SANITIZE) && !defined(KEEPS_SHADOW)
/* The compiler's own: for string instructions and user copies we call them. */
void __asan_loadN_noabort(const void *from, u32 size);
void __asan_storeN_noabort(const void *to, u32 size);
#define check_load	__asan_loadN_noabort
#define check_store	__asan_storeN_noabort
#else
static inline void check_load(const void *from, u32 size)
{
	(void)from, (void)size;
}

static inline void check_store(const void *to, u32 size)
{
	(void)to, (void)size;
}
#endif

#endif
