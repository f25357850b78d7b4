/* Wall-clock time: the CMOS clock at boot (MC146818), then the uptime. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <asm/io.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
#define CMOS_SECONDS	0x00
#define CMOS_MINUTES	0x02
#define CMOS_HOURS	0x04
#define CMOS_DAY	0x07
#define CMOS_MONTH	0x08
#define CMOS_YEAR	0x09
#define CMOS_CENTURY	0x32		/* where PCs have it */
#define CMOS_STATUS_A	0x0A
#define CMOS_STATUS_B	0x0B
#define STATUS_A_UPDATE	0x80	/* the clock is being updated: do not read */
#define STATUS_B_24H	0x02
#define STATUS_B_BINARY	0x04
#define HOUR_PM		0x80

#define SECONDS_A_DAY	86400u

struct cmos_time {
	u8 second, minute, hour, day, month, year, century;
};

static u64 boot_ns;			/* from 1970 to the boot */
volatile u32 wall_seconds;		/* since 1970, at the last tick */
static u64 second_end;			/* the uptime when they are one more */
static s64 wall_ns;			/* since 1970, at the last tick */
struct wait_queue clock_set = WAIT_QUEUE_INIT(clock_set);

static u8 cmos_read(u8 index)
{
	outb(CMOS_INDEX, index);
	io_delay();
	return inb(CMOS_DATA);
}

static u8 from_bcd(u8 value)
{
	return (value >> 4) * 10 + (value & 0x0F);
}

static void cmos_read_all(struct cmos_time *t)
{
	for (u32 tries = 0;
	     tries < 10000 && cmos_read(CMOS_STATUS_A) & STATUS_A_UPDATE;
	     tries++)
		;
	t->second = cmos_read(CMOS_SECONDS);
	t->minute = cmos_read(CMOS_MINUTES);
	t->hour = cmos_read(CMOS_HOURS);
	t->day = cmos_read(CMOS_DAY);
	t->month = cmos_read(CMOS_MONTH);
	t->year = cmos_read(CMOS_YEAR);
	t->century = cmos_read(CMOS_CENTURY);
}

static void cmos_decode(struct cmos_time *t, u8 format)
{
	bool pm = !(format & STATUS_B_24H) && t->hour & HOUR_PM;

	t->hour &= ~HOUR_PM;
	if (!(format & STATUS_B_BINARY)) {
		t->second = from_bcd(t->second);
		t->minute = from_bcd(t->minute);
		t->hour = from_bcd(t->hour);
		t->day = from_bcd(t->day);
		t->month = from_bcd(t->month);
		t->year = from_bcd(t->year);
		t->century = from_bcd(t->century);
	}
	if (!(format & STATUS_B_24H))
		t->hour = t->hour % 12 + (pm ? 12 : 0);
}

static bool is_leap_year(u32 year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_valid_date(const struct cmos_time *t)
{
	return t->second < 60 && t->minute < 60 && t->hour < 24 &&
	       t->day >= 1 && t->day <= 31 && t->month >= 1 && t->month <= 12 &&
	       t->year < 100;
}

/* Returns the whole year. Without a century in the clock: 1970 to 2069. */
static u32 full_year(const struct cmos_time *t)
{
	if (t->century >= 19 && t->century <= 21)
		return t->century * 100 + t->year;
	return t->year + (t->year < 70 ? 2000 : 1900);
}

/*
 * Returns the seconds from 1970 to a date. A date before 1970 becomes one in
 * the years to 2105, which has the same 32 bits: no PC is so old, but QEMU cuts
 * a date that is far from the host's to 32 bits.
 */
static u32 to_seconds(const struct cmos_time *t)
{
	static const u8 month_days[] = { 31, 28, 31, 30, 31, 30,
					 31, 31, 30, 31, 30, 31 };
	u32 year = full_year(t), days = t->day - 1;

	for (u32 y = 1970; y < year; y++)
		days += is_leap_year(y) ? 366 : 365;
	for (u32 y = year; y < 1970; y++)
		days -= is_leap_year(y) ? 366 : 365;
	for (u32 m = 1; m < t->month; m++)
		days += month_days[m - 1] + (m == 2 && is_leap_year(year));
	return days * SECONDS_A_DAY + t->hour * 3600u + t->minute * 60u +
	       t->second;
}

/* Reads the CMOS clock until two readings agree. Called by start_kernel. */
void time_init(void)
{
	struct cmos_time now, again;

	cmos_read_all(&now);
	for (u32 tries = 0; tries < 10; tries++) {
		cmos_read_all(&again);
		if (memcmp(&now, &again, sizeof(now)) == 0)
			break;
		now = again;
	}
	cmos_decode(&now, cmos_read(CMOS_STATUS_B));
	if (is_valid_date(&now))
		set_current_time(to_seconds(&now), 0);
	else
		printk("time: the battery's clock shows no date\n");
}

/* Called at each tick, with its uptime. */
void wall_tick(u64 now)
{
	for (; second_end <= now; second_end += NSEC_A_SECOND)
		wall_seconds++;
	if (wall_ns < (s64)wall_of(now))	/* else it was set since */
		wall_ns = wall_of(now);
}

/*
 * Returns the nanoseconds since 1970, as of the last tick or since the clock
 * was set. The chip need not be asked.
 */
s64 coarse_time(void)
{
	u32 flags = irq_save();
	s64 time = wall_ns;

	irq_restore(flags);
	return time;
}

/* Returns the time of day, in nanoseconds since 1970, at an uptime. */
u64 wall_of(u64 uptime)
{
	return boot_ns + uptime;
}

/*
 * Sets the clock. Tasks that wait for a time of day are woken, and look again
 * how long that is. Spans do not change: they count from boot.
 */
void set_current_time(u32 seconds, u32 nanoseconds)
{
	u32 flags = irq_save();
	u64 now = now_ns();

	boot_ns = (u64)seconds * NSEC_A_SECOND + nanoseconds - now;
	wall_seconds = seconds;
	wall_ns = wall_of(now);
	second_end = now + NSEC_A_SECOND - nanoseconds;
	wake_up(&clock_set);
	irq_restore(flags);
}
