/* Time: kernel/time.c (CMOS clock, wall time), kernel/timer.c (PIT ticks and the timer wheel). */
#ifndef COWIX_TIME_H
#define COWIX_TIME_H

#include <cowix/list.h>
#include <abi/time.h>

#define HZ 100				/* timer interrupts a second */

extern volatile u32 jiffies;		/* ticks since boot */

struct timer {
	struct list link;
	u32 expires;			/* value of jiffies at which to fire */
	void (*fire)(struct timer *);	/* called from the timer interrupt, interrupts masked */
	void *data;
};

void timer_add(struct timer *t, u32 ticks, void (*fire)(struct timer *), void *data);	/* O(1) */
bool timer_cancel(struct timer *t);	/* O(1); true if it had not fired */
void timer_init(void);
void time_init(void);			/* reads the CMOS clock */
u32 current_time(void);			/* seconds since 1970 */
void current_timespec(struct timespec64 *ts);
void set_current_time(u32 seconds, u32 nanoseconds);
u32 timespec_ticks(const struct timespec64 *ts);	/* kernel/clock.c */
u32 ticks_until(int clock, const struct timespec64 *ts);

static inline bool time_after(u32 a, u32 b)
{
	return (s32)(b - a) < 0;
}

#endif
