/*
 * Backtraces with names. Each function begins with "push ebp; mov ebp, esp", so
 * that EBP leads to a list of frames, the innermost first. A frame holds the
 * caller's EBP, the return address, and the arguments (System V ABI, i386
 * supplement, figure 3-15).
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/sanitize.h>
#include <cowix/traps.h>
#include "kernel_internal.h"

#define BACKTRACE_MAX	24
#define ARGUMENTS_SHOWN	4		/* however many the function has */

struct stack_frame {
	u32 callers_ebp;
	u32 return_address;
	u32 arguments[ARGUMENTS_SHOWN];
};

static bool in_text(u32 addr)
{
	return addr >= (u32)__text_start && addr < (u32)__text_end;
}

/*
 * Reads a size, which is seven bits a byte, the lowest first: most functions
 * need one. *at moves on.
 */
static u32 read_size(const char **at)
{
	u32 size = 0, shift = 0;
	u8 byte;

	do {
		byte = *(*at)++;
		size |= (byte & 0x7Fu) << shift;
		shift += 7;
	} while (byte & 0x80);
	return size;
}

/* Returns the function in which addr lies and where it begins, or NULL. */
static const char *function_of(u32 addr, u32 *start)
{
	const char *name = ksyms + sizeof(u32);
	u32 at = *(const u32 *)ksyms;

	if (!in_text(addr) || addr < at)
		return NULL;
	for (;;) {
		const char *end = name + strlen(name) + 1;
		u32 size = end < ksyms_end ? read_size(&end) : ~0u;

		*start = at;
		if (addr - at < size)
			return name;
		at += size;
		name = end;
	}
}

/* Prints addr as a function and the distance from its beginning. */
void show_address(u32 addr)
{
	u32 start;
	const char *name = function_of(addr, &start);

	printk("  [%08x] ", addr);
	if (name)
		printk("%s+%x", name, addr - start);
	else
		printk("?");
}

static void show_frame(const struct stack_frame *frame)
{
	/* less 1: behind a call at a function's end is the next function */
	show_address(frame->return_address - 1);
	printk("  (");
	for (u32 i = 0; i < ARGUMENTS_SHOWN; i++)
		printk("%s%08x", i ? " " : "", frame->arguments[i]);
	printk(")\n");
}

/* Returns the lower end of the stack on which addr lies. */
static u32 stack_of(u32 addr)
{
	return addr & ~(STACK_SIZE - 1);
}

/* Returns true if a whole frame lies at addr, on the stack. */
static bool is_frame(u32 addr, u32 stack)
{
	return addr % sizeof(u32) == 0 && stack_of(addr) == stack &&
	       stack_of(addr + sizeof(struct stack_frame) - 1) == stack;
}

/*
 * Prints the calls that led to the frame at ebp, with the first words of their
 * arguments. Called by panic() and die(). Ends where EBP is a program's.
 */
void show_backtrace(u32 ebp)
{
	u32 stack = stack_of((u32)__builtin_frame_address(0));

	printk("backtrace:\n");
	for (u32 shown = 0; shown < BACKTRACE_MAX; shown++) {
		const struct stack_frame *frame = (struct stack_frame *)ebp;

		if (!is_frame(ebp, stack) || !in_text(frame->return_address))
			break;
		show_frame(frame);
		if (frame->callers_ebp <= ebp)
			break;
		ebp = frame->callers_ebp;
	}
}
