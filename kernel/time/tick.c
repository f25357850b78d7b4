/*
 * The interrupt of the clock, and the ticks, a hundred a second. They come only
 * while a task runs, for its CPU time and its time slice: the idle task sleeps
 * until the next timer, and the ticks are made up for when it is left.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/irq.h>
#include <asm/system.h>
#include "kernel/kernel_internal.h"

static u64 next_tick = NSEC_A_TICK;	/* its uptime */

/* Returns the uptime of the last tick. The chip need not be asked. */
u64 tick_ns(void)
{
	u32 flags = irq_save();
	u64 last = next_tick - NSEC_A_TICK;

	irq_restore(flags);
	return last;
}

/* Counts a tick of CPU time for current's own timers and its limit. */
static void charge_current(bool user)
{
	const struct task_struct *process = current->process;

	itimer_tick(user);
	if ((process->utime + process->stime) % HZ == 0)
		check_cpu_limit();
}

/*
 * Counts the ticks that have passed. There are several if the machine was idle,
 * or if interrupts were masked for long.
 */
static void catch_up(u64 now, struct pt_regs *regs)
{
	for (; next_tick <= now; next_tick += NSEC_A_TICK) {
		jiffies++;
		sched_tick(regs);
		if (current != idle_task)
			charge_current(user_mode(regs));
	}
	wall_tick(next_tick - NSEC_A_TICK);
}

static void clock_interrupt(struct pt_regs *regs)
{
	u64 now = now_ns();

	run_timers(now);
	catch_up(now, regs);
	set_next_alarm(sched_is_idle() ? NEVER : next_tick);
	sched_interrupt();
}

/*
 * Waits for interrupts, and lets tasks run that they made runnable. A task
 * needs the ticks: the alarm must not come later than the next.
 */
NORETURN void idle_loop(void)
{
	for (;;) {
		cli();
		while (sched_is_idle()) {
			sti_hlt();
			cli();
		}
		if (alarm_time > next_tick) {
			catch_up(now_ns(), NULL);
			hasten_alarm(next_tick);
		}
		schedule();
	}
}

/* Called once by start_kernel. */
void tick_init(void)
{
	request_irq(IRQ_TIMER, clock_interrupt);
}
