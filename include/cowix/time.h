/* Time: ticks and timers, the time of day, ends of waits (kernel/time). */
#ifndef COWIX_TIME_H
#define COWIX_TIME_H

#include <cowix/list.h>
#include <abi/time.h>

#define HZ 100				/* timer interrupts a second */
#define NSEC_A_TICK	(1000000000 / HZ)

extern volatile u32 jiffies;		/* ticks since boot, the low half */

struct timer {
	struct list link;
	u64 expires;			/* the tick at which to fire */
	void (*fire)(struct timer *);	/* called with interrupts masked */
	void *data;
};

void timer_add(struct timer *t, u64 ticks, void (*fire)(struct timer *),
	       void *data);
u64 ticks_now(void);			/* all of them */
bool timer_cancel(struct timer *t);
void timer_init(void);
void timer_tick(void);
void tick_init(void);
void time_init(void);			/* reads the CMOS clock */
u32 current_time(void);
void current_timespec(struct timespec64 *ts);
void set_current_time(u32 seconds, u32 nanoseconds);
extern struct wait_queue clock_set;	/* woken when the clock was set */

/*
 * The end of a wait: kernel/time/deadline.c. A tick of uptime, of the time of
 * day, or of the CPU time of the process that waits.
 */
struct deadline {
	enum {
		DEADLINE_NEVER, DEADLINE_UPTIME, DEADLINE_WALL, DEADLINE_CPU
	} kind;
	u64 tick;
};

int no_deadline(int error);
int set_deadline(struct deadline *end, int clock, bool absolute,
		 const struct timespec64 *ts);
int get_deadline(struct deadline *end, int clock, bool absolute,
		 const void __user *from, bool wide);
u64 ticks_left(const struct deadline *end);
struct timespec64 time_left(const struct deadline *end);
struct timespec64 ticks_to_timespec(u64 ticks);
u64 seconds_to_ticks(s64 seconds, u32 nanoseconds);
int get_timespec(struct timespec64 *ts, const void __user *from, bool wide);
int put_timespec(const struct timespec64 *ts, void __user *to, bool wide);

/* Returns true if tick a comes after tick b, even across an overflow. */
static inline bool time_after(u32 a, u32 b)
{
	return (s32)(b - a) < 0;
}

#endif
