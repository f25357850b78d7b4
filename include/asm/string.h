/* The string instructions, and page-sized copies built on them. */
#ifndef ASM_STRING_H
#define ASM_STRING_H

#include <asm/mmu.h>
#include <cowix/sanitize.h>

static inline void rep_movsb(void *to, const void *from, u32 count)
{
	check_load(from, count);
	check_store(to, count);
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(count)
			 :
			 : "memory");
}

static inline void rep_movsl(void *to, const void *from, u32 count)
{
	check_load(from, count * 4);
	check_store(to, count * 4);
	__asm__ volatile("rep movsl"
			 : "+D"(to), "+S"(from), "+c"(count)
			 :
			 : "memory");
}

/*
 * Compares until a byte differs or count, which must not be 0, is reached.
 * Returns the difference of the last two bytes compared.
 */
static inline int repe_cmpsb(const void *a, const void *b, u32 count)
{
	check_load(a, count);
	check_load(b, count);
	__asm__ volatile("repe cmpsb"
			 : "+S"(a), "+D"(b), "+c"(count)
			 :
			 : "memory", "cc");
	return ((const u8 *)a)[-1] - ((const u8 *)b)[-1];
}

static inline void rep_stosb(void *to, u8 value, u32 count)
{
	check_store(to, count);
	__asm__ volatile("rep stosb"
			 : "+D"(to), "+c"(count)
			 : "a"(value)
			 : "memory");
}

static inline void rep_stosl(void *to, u32 value, u32 count)
{
	check_store(to, count * 4);
	__asm__ volatile("rep stosl"
			 : "+D"(to), "+c"(count)
			 : "a"(value)
			 : "memory");
}

/* Returns how many of count words are 0 before the first that is not. */
static inline u32 zero_words(const u32 *p, u32 count)
{
	const u32 *end = p;
	bool other;

	check_load(p, count * 4);
	__asm__ volatile("repe scasl"
			 : "+D"(end), "+c"(count), "=@ccnz"(other)
			 : "a"(0)
			 : "memory");
	return end - p - other;
}

static inline void copy_page(void *to, const void *from)
{
	rep_movsl(to, from, PAGE_SIZE / 4);
}

static inline void clear_page(void *page)
{
	rep_stosl(page, 0, PAGE_SIZE / 4);
}

#endif
