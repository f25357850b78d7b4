/* Wall-clock time: the CMOS clock at boot (MC146818), then the ticks; and the system calls about time. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "internal.h"

#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
#define CMOS_SECONDS	0x00
#define CMOS_MINUTES	0x02
#define CMOS_HOURS	0x04
#define CMOS_DAY	0x07
#define CMOS_MONTH	0x08
#define CMOS_YEAR	0x09
#define CMOS_STATUS_A	0x0A
#define CMOS_STATUS_B	0x0B
#define STATUS_A_UPDATE	0x80		/* the clock is being updated: do not read */
#define STATUS_B_24H	0x02
#define STATUS_B_BINARY	0x04
#define HOUR_PM		0x80

#define SECONDS_A_DAY	86400u
#define USEC_A_TICK	(1000000 / HZ)
#define NSEC_A_TICK	(1000000000 / HZ)

struct cmos_time {
	u8 second, minute, hour, day, month, year;
};

static u32 wall_seconds, wall_ticks;		/* seconds since 1970, and ticks into the second */

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
	for (u32 tries = 0; tries < 10000 && cmos_read(CMOS_STATUS_A) & STATUS_A_UPDATE; tries++)
		;
	t->second = cmos_read(CMOS_SECONDS);
	t->minute = cmos_read(CMOS_MINUTES);
	t->hour = cmos_read(CMOS_HOURS);
	t->day = cmos_read(CMOS_DAY);
	t->month = cmos_read(CMOS_MONTH);
	t->year = cmos_read(CMOS_YEAR);
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
	}
	if (!(format & STATUS_B_24H))
		t->hour = t->hour % 12 + (pm ? 12 : 0);
}

static bool leap(u32 year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Seconds since 1970 of a date; two-digit years are 1970 to 2069. */
static u32 to_seconds(const struct cmos_time *t)
{
	static const u8 month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	u32 year = t->year + (t->year < 70 ? 2000 : 1900), days = t->day - 1;

	for (u32 y = 1970; y < year; y++)
		days += leap(y) ? 366 : 365;
	for (u32 m = 1; m < t->month && m <= 12; m++)
		days += month_days[m - 1] + (m == 2 && leap(year));
	return days * SECONDS_A_DAY + t->hour * 3600u + t->minute * 60u + t->second;
}

/* Read the CMOS clock until two readings agree. Called once by start_kernel. */
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
	wall_seconds = to_seconds(&now);
}

/* Called by the timer interrupt. */
void clock_tick(void)
{
	if (++wall_ticks == HZ) {
		wall_ticks = 0;
		wall_seconds++;
	}
}

u32 current_time(void)
{
	return wall_seconds;
}

asmlinkage int sys_time(u32 __user *seconds)
{
	int error = seconds ? put_user_u32(wall_seconds, seconds) : 0;

	return error ? error : (int)wall_seconds;
}

asmlinkage int sys_stime(const u32 __user *seconds)
{
	u32 value;
	int error;

	if (!suser())
		return -EPERM;
	error = get_user_u32(&value, seconds);
	if (error)
		return error;
	wall_seconds = value;
	wall_ticks = 0;
	return 0;
}

asmlinkage int sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz)
{
	struct timeval now = { wall_seconds, wall_ticks * USEC_A_TICK };
	int error = tv ? copy_to_user(tv, &now, sizeof(now)) : 0;

	if (!error && tz)
		error = clear_user(tz, sizeof(struct timezone));
	return error;
}

asmlinkage int sys_clock_gettime(int clock, struct timespec __user *ts)
{
	u32 ticks = jiffies;
	struct timespec now;

	if (clock == CLOCK_REALTIME)
		now = (struct timespec){ wall_seconds, wall_ticks * NSEC_A_TICK };
	else if (clock == CLOCK_MONOTONIC)
		now = (struct timespec){ ticks / HZ, ticks % HZ * NSEC_A_TICK };
	else
		return -EINVAL;
	return copy_to_user(ts, &now, sizeof(now));
}

asmlinkage int sys_times(struct tms __user *buf)
{
	struct tms t = {
		.tms_utime = current->utime, .tms_stime = current->stime,
		.tms_cutime = current->cutime, .tms_cstime = current->cstime,
	};
	int error = buf ? copy_to_user(buf, &t, sizeof(t)) : 0;

	return error ? error : (int)jiffies;
}

/* Ticks that a span lasts, rounded up; spans beyond 24 days count as that. */
static u32 ticks_of(const struct timespec *ts)
{
	if ((u32)ts->tv_sec > 0x7FFFFFFF / HZ - 1)
		return 0x7FFFFFFF;
	return (u32)ts->tv_sec * HZ + ((u32)ts->tv_nsec + NSEC_A_TICK - 1) / NSEC_A_TICK;
}

/* Sleep for a time; a signal ends it with -EINTR and the time that was left in *left. One tick more than asked: we are in the middle of one. */
asmlinkage int sys_nanosleep(const struct timespec __user *asked, struct timespec __user *left)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	struct timespec ts;
	u32 ticks, end;
	int error = copy_from_user(&ts, asked, sizeof(ts));

	if (error)
		return error;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= 1000000000)
		return -EINVAL;
	ticks = ticks_of(&ts);
	if (ticks == 0)
		return 0;
	end = jiffies + ticks + 1;
	error = interruptible_sleep_on_timeout(&nobody, ticks + 1);
	if (error != -EINTR)
		return 0;
	ticks = time_after(end, jiffies) ? end - jiffies : 0;
	ts = (struct timespec){ ticks / HZ, ticks % HZ * NSEC_A_TICK };
	if (left && copy_to_user(left, &ts, sizeof(ts)) < 0)
		return -EFAULT;
	return -EINTR;
}

static void alarm_fired(struct timer *t)
{
	send_signal(SIGALRM, t->data);
}

/* Send SIGALRM in so many seconds, 0: never. Returns the seconds that an earlier alarm had left, rounded up. */
asmlinkage int sys_alarm(u32 seconds)
{
	struct timer *t = &current->alarm;
	u32 left = timer_cancel(t) ? (t->expires - jiffies + HZ - 1) / HZ : 0;

	if (seconds)
		timer_add(t, min_u32(seconds, 0x7FFFFFFF / HZ) * HZ, alarm_fired, current);
	return left;
}
