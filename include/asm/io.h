/* Port input and output. */
#ifndef ASM_IO_H
#define ASM_IO_H

#include <cowix/types.h>
#include <cowix/sanitize.h>

static inline void outb(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outw(u16 port, u16 value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 inl(u16 port)
{
	u32 value;
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* Reads count 16-bit words from a data port into memory (ATA PIO). */
static inline void insw(u16 port, void *to, u32 count)
{
	check_store(to, count * 2);
	__asm__ volatile("rep insw"
			 : "+D"(to), "+c"(count)
			 : "d"(port)
			 : "memory");
}

/* Writes count 16-bit words from memory to a data port. */
static inline void outsw(u16 port, const void *from, u32 count)
{
	check_load(from, count * 2);
	__asm__ volatile("rep outsw"
			 : "+S"(from), "+c"(count)
			 : "d"(port)
			 : "memory");
}

/*
 * Waits about a microsecond, by a write to an unused port. Slow devices (PIC,
 * PIT, CMOS) need it between accesses.
 */
static inline void io_delay(void)
{
	outb(0x80, 0);
}

#endif
