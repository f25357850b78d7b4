/* Time: clocks and timers, the time of day, ends of waits (kernel/time). */
#ifndef COWIX_TIME_H
#define COWIX_TIME_H

#include <cowix/wait.h>
#include <abi/time.h>

#define HZ 100				/* ticks a second */
#define NSEC_A_SECOND	1000000000u
#define NSEC_A_TICK	(NSEC_A_SECOND / HZ)

extern volatile u32 jiffies;		/* ticks since boot, the low half */

/* kernel/time/pit.c */
u64 now_ns(void);			/* since boot */
void pit_init(void);

/* kernel/time/timer.c: a timer is in a tree of them while it is pending */
struct timer {
	u64 expires;			/* the uptime at which to fire */
	void (*fire)(struct timer *);	/* called with interrupts masked */
	void *data;
	struct timer *child, *next;	/* its first child, its next sibling */
	struct timer **at;		/* what points to it, or NULL */
};

static inline void timer_clear(struct timer *t)
{
	t->at = NULL;
}

static inline bool timer_pending(const struct timer *t)
{
	return t->at != NULL;
}

void timer_set(struct timer *t, u64 when, void (*fire)(struct timer *),
	       void *data);
void timer_add(struct timer *t, u32 ticks, void (*fire)(struct timer *),
	       void *data);
void timer_repeat(struct timer *t, u64 interval);
bool timer_cancel(struct timer *t);

/* kernel/time/tick.c */
u64 tick_ns(void);			/* the uptime of the last tick */
void tick_init(void);
NORETURN void idle_loop(void);

/* kernel/time/time.c */
void time_init(void);			/* reads the CMOS clock */
extern volatile u32 wall_seconds;	/* since 1970, at the last tick */
s64 coarse_time(void);
u64 wall_of(u64 uptime);
void set_current_time(u32 seconds, u32 nanoseconds);
extern struct wait_queue clock_set;	/* woken when the clock was set */

/*
 * The end of a wait, in nanoseconds: kernel/time/deadline.c. It counts uptime,
 * the time of day, or the CPU time of the process that waits.
 */
struct deadline {
	enum {
		DEADLINE_NEVER, DEADLINE_UPTIME, DEADLINE_WALL, DEADLINE_CPU,
		DEADLINE_THREAD		/* CPU time of a thread; timers only */
	} kind;
	u64 time;
};

u64 clock_of(int kind, const struct task_struct *task);
u64 grain_of(int kind);
u64 uptime_at(int kind, const struct task_struct *task, u64 end);

int no_deadline(int error);
int set_deadline(struct deadline *end, int clock, bool absolute,
		 const struct timespec64 *ts);
int get_deadline(struct deadline *end, int clock, bool absolute,
		 const void __user *from, bool wide);
bool is_over(const struct deadline *end);
void time_left(const struct deadline *end, struct timespec64 *left);
int put_time_left(const struct deadline *end, void __user *to, bool wide);
u64 to_nanoseconds(s64 seconds, u32 nanoseconds);
void to_timespec(u64 ns, struct timespec64 *ts);
int get_timespec(struct timespec64 *ts, const void __user *from, bool wide);
int put_timespec(const struct timespec64 *ts, void __user *to, bool wide);

/*
 * A timer of one of the clocks, which may repeat: kernel/time/clock_timer.c.
 * Times are in nanoseconds of its clock.
 */
struct clock_timer {
	struct timer timer;		/* runs until the end, or looks again */
	struct watcher set;	/* of clock_set, if that moves the end */
	int kind;			/* DEADLINE_* */
	int pid;			/* whose CPU time counts, or 0 */
	u64 end;			/* 0: it is not set */
	u64 interval;			/* 0: it comes once */
	/* called at the end, with interrupts masked; NULL: nobody is told */
	void (*expire)(struct clock_timer *t);
};

/* What programs give: the older calls with shorter times. */
struct timer_setting {
	struct timespec64 interval, value;
};

void clock_timer_init(struct clock_timer *t,
		      void (*expire)(struct clock_timer *t));
void clock_timer_set(struct clock_timer *t, int clock, bool absolute,
		     const struct timer_setting *new);
void clock_timer_stop(struct clock_timer *t);
u64 clock_timer_forward(struct clock_timer *t, u64 ahead);
void clock_timer_show(const struct clock_timer *t, struct timer_setting *now);
int get_setting(struct timer_setting *s, const void __user *from, bool wide);
int put_setting(const struct timer_setting *s, void __user *to, bool wide);

/* Returns true if tick a comes after tick b, even across an overflow. */
static inline bool time_after(u32 a, u32 b)
{
	return (s32)(b - a) < 0;
}

#endif
