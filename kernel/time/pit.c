/*
 * The clock and its alarm: channel 0 of the timer chip (Intel 8254). In mode 0
 * it counts down from what it is given, interrupts at 0, and goes on counting.
 * So one read tells what has passed, however late that interrupt is, and each
 * new count is the time to the next thing that is to happen. That count may be
 * half of the range, and an interrupt as late again. A count lasts
 * 17,600 / 21 ns: the chip's clock is that of a colour television, 315/88 MHz,
 * divided by three.
 */
#include <cowix/kernel.h>
#include <cowix/time.h>
#include <asm/io.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

#define PIT_CHANNEL0	0x40
#define PIT_COMMAND	0x43
#define PIT_MODE0	0x30	/* channel 0, low then high byte, mode 0 */
#define PIT_LATCH0	0x00	/* the next two reads tell the count of now */
#define PARTS		21	/* of a nanosecond */
#define COUNT_PARTS	17600	/* how many of them a count is */
#define COUNT_MAX	0x8000
#define REACH		((COUNT_MAX - 1) * COUNT_PARTS / PARTS)	/* ns */

static u64 began;		/* the uptime when the chip got its count */
static u32 began_parts;		/* and parts of a nanosecond */
static u16 given;		/* that count */
u64 alarm_time;			/* the uptime at which it interrupts */

/* Returns the parts since `began`. Interrupts are masked. */
static u32 parts_passed(void)
{
	u16 count;

	outb(PIT_COMMAND, PIT_LATCH0);
	count = inb(PIT_CHANNEL0);
	count |= inb(PIT_CHANNEL0) << 8;
	return (u16)(given - count) * COUNT_PARTS + began_parts;
}

/* Returns the nanoseconds since boot. They never go back. */
u64 now_ns(void)
{
	u32 flags = irq_save();
	u64 now = began + parts_passed() / PARTS;

	irq_restore(flags);
	return now;
}

static void give_count(u16 count)
{
	given = count;
	outb(PIT_CHANNEL0, count & 0xFF);
	outb(PIT_CHANNEL0, count >> 8);
}

/*
 * Has the chip interrupt at an uptime, or earlier if that is out of its reach.
 * If it has passed already the interrupt comes at once. Interrupts are masked.
 */
void set_alarm(u64 when)
{
	u32 passed = parts_passed();
	u32 wait = 0;

	began += passed / PARTS;
	began_parts = passed % PARTS;
	if (when > began + REACH)
		when = began + REACH;
	if (when > began)
		wait = when - began;
	alarm_time = when;
	give_count(wait * PARTS / COUNT_PARTS + 1);
}

/* Called once by start_kernel. */
void pit_init(void)
{
	outb(PIT_COMMAND, PIT_MODE0);
	give_count(COUNT_MAX);
}
