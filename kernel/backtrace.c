/*
 * Backtraces with symbols. The kernel is compiled without frame pointers, so the stack is searched for words that point into the text just behind a
 * call instruction. Those are the return addresses, the innermost first; a few may be left over from calls that have ended.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/traps.h>
#include "kernel_internal.h"

#define BACKTRACE_MAX	24
#define CALL_REL32	0xE8
#define CALL_REL32_SIZE	5
#define GROUP5		0xFF		/* with 2 in the middle of the next byte: an indirect call (Intel SDM volume 2, "Opcode Extensions") */
#define MODRM_REG	0x38
#define REG_CALL	0x10

static bool in_text(u32 addr)
{
	return addr >= (u32)__text_start && addr < (u32)__text_end;
}

void show_address(u32 addr)
{
	char name[PACKED_NAME_SIZE] = "?";
	u32 text = (u32)__text_start, start = in_text(addr) ? text + packed_name(ksyms, addr - text, name) : addr;

	printk("  [%08x] %s+%x\n", addr, name, addr - start);
}

/* Whether a call instruction ends at addr: one with its target in it, or an indirect one, whose size depends on how it addresses. */
static bool behind_call(u32 addr)
{
	static const u8 sizes[] = { 2, 3, 4, 6, 7 };
	const u8 *end = (const u8 *)addr;

	if (end[-CALL_REL32_SIZE] == CALL_REL32)
		return true;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++)
		if (end[-sizes[i]] == GROUP5 && (end[1 - sizes[i]] & MODRM_REG) == REG_CALL)
			return true;
	return false;
}

/* Print the calls whose return addresses lie between esp and the end of its frame. */
void show_backtrace(u32 esp)
{
	u32 end = PAGE_ROUND_DOWN(esp) + PAGE_SIZE, shown = 0;

	if (esp - KERNEL_BASE >= LINEAR_MAP_MAX)
		return;
	printk("backtrace: (some may be left over from earlier calls)\n");
	for (u32 at = (esp + 3) & ~3u; at < end && shown < BACKTRACE_MAX; at += sizeof(u32)) {
		u32 word = *(const u32 *)at;

		if (in_text(word - 7) && in_text(word) && behind_call(word)) {
			show_address(word - 1);	/* inside the call: behind it may be the next function */
			shown++;
		}
	}
}
