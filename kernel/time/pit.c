/*
 * The clock and its alarm: channel 0 of the timer chip (Intel 8254). In mode 0
 * it counts down from what it is given, interrupts at 0, and goes on counting.
 * So one read tells what has passed, however late that interrupt is, and each
 * new count is the time to the next thing that is to happen. That count may be
 * half of the range, and an interrupt as late again. A count lasts
 * 17,600 / 21 ns: the chip's clock is that of a colour television, 315/88 MHz,
 * divided by three.
 *
 * Between the read and the new count a little is lost. Channel 2, which the
 * bell does not need yet, tells at boot how much that is.
 */
#include <cowix/kernel.h>
#include <cowix/time.h>
#include <asm/io.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

#define PIT_CHANNEL0	0x40
#define PIT_COMMAND	0x43
#define PIT_MODE0(n)	((n) << 6 | 0x30)	/* low then high byte */
#define PIT_LATCH(n)	((n) << 6)	/* for two reads of the same count */
#define PORT_B		0x61
#define BELL		0x02
#define BELL_COUNTS	0x01		/* channel 2 does */
#define PARTS		21	/* of a nanosecond */
#define COUNT_PARTS	17600	/* how many of them a count is */
#define COUNT_MAX	0x8000
#define ROUND		0x10000		/* counts, after which all repeats */
#define REACH		((COUNT_MAX - 1) * COUNT_PARTS / PARTS)	/* ns */
#define SPAN_MIN	30000	/* ns from a count to the second alarm after */
#define SERIES		4
#define LOSSES		32		/* in each */

static u64 began;		/* the uptime when the chip got its count */
static u32 began_parts;		/* and parts of a nanosecond */
static u16 given;		/* that count */
static u16 seen;		/* how many had passed at the last look */
static u32 lost_parts;		/* whenever it gets one */
u64 alarm_time;			/* the uptime at which it interrupts */

/* Returns the count of a channel. Interrupts are masked. */
static inline u16 read_count(u32 channel)
{
	u16 low;

	outb(PIT_COMMAND, PIT_LATCH(channel));
	low = inb(PIT_CHANNEL0 + channel);
	return low | inb(PIT_CHANNEL0 + channel) << 8;
}

/* Moves `began` by some parts. */
static inline void move_on(u32 parts)
{
	parts += began_parts;
	began += parts / PARTS;
	began_parts = parts % PARTS;
}

/*
 * Returns the parts since `began`. If fewer counts seem to have passed than
 * before, the interrupt is late, and the chip has gone round. Interrupts are
 * masked.
 */
static inline u32 parts_passed(void)
{
	u16 counts = given - read_count(0);

	if (counts < seen)
		move_on(ROUND * COUNT_PARTS);
	seen = counts;
	return counts * COUNT_PARTS;
}

/* Returns the nanoseconds since boot. They never go back. */
u64 now_ns(void)
{
	u32 flags = irq_save();
	u32 passed = parts_passed();
	u64 now = began + (passed + began_parts) / PARTS;

	irq_restore(flags);
	return now;
}

/* Begins a count. The chip takes it with its next pulse, in 0.84 us. */
static void give_count(u16 count)
{
	given = count;
	seen = 0;
	outb(PIT_CHANNEL0, count & 0xFF);
	outb(PIT_CHANNEL0, count >> 8);
	io_delay();			/* or a read could tell the old one */
}

/* Returns when an alarm may come that should come at an uptime. */
static inline u64 alarm_at(u64 when)
{
	return when > began + SPAN_MIN ? when : began + SPAN_MIN;
}

/*
 * Has the chip interrupt at an uptime, or earlier if that is out of its reach.
 * If it has passed already the interrupt comes at once, or later if the last
 * count is new: each is a little wrong. Interrupts are masked.
 */
void set_alarm(u64 when)
{
	u32 wait = 0;

	when = alarm_at(when);
	move_on(parts_passed() + lost_parts);
	if (when > began + REACH)
		when = began + REACH;
	if (when > began)
		wait = when - began;
	alarm_time = when;
	give_count(wait * PARTS / COUNT_PARTS + 1);
}

/*
 * Has it interrupt at an uptime at the latest. A new count never puts off what
 * the old one would do. Interrupts are masked.
 */
void hasten_alarm(u64 when)
{
	if (alarm_at(when) < alarm_time)
		set_alarm(when);
}

/*
 * Returns the parts that a new count loses, by comparison with channel 2. The
 * emulators' counts begin when they are given. So the time between two must
 * vary, or it may be too short to be seen at all.
 */
static u32 measure_loss(void)
{
	u16 count = read_count(2);
	u64 start = now_ns();
	u32 passed, seen;

	for (u32 i = 0; i < LOSSES; i++) {
		set_alarm(NEVER);
		for (volatile u32 wait = 8 * i; wait; wait--)
			;
	}
	passed = (u16)(count - read_count(2)) * COUNT_PARTS;
	seen = (now_ns() - start) * PARTS;
	return passed > seen ? (passed - seen) / LOSSES : 0;
}

/*
 * The smallest loss of several is the true one: an emulator may have to wait
 * for the host's processor. Called once by start_kernel.
 */
void pit_init(void)
{
	u32 least = ~0u;

	outb(PORT_B, (inb(PORT_B) & ~BELL) | BELL_COUNTS);
	outb(PIT_COMMAND, PIT_MODE0(2));
	outb(PIT_CHANNEL0 + 2, 0);
	outb(PIT_CHANNEL0 + 2, 0);
	outb(PIT_COMMAND, PIT_MODE0(0));
	give_count(COUNT_MAX);
	for (u32 i = 0; i < SERIES; i++)
		least = min_u32(least, measure_loss());
	lost_parts = least;
}
