/* The 100 Hz tick (Intel 8254, channel 0), and all that happens at it. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/irq.h>
#include <asm/io.h>
#include "kernel/kernel_internal.h"

#define PIT_CHANNEL0	0x40
#define PIT_COMMAND	0x43
#define PIT_HZ		1193182
#define PIT_RATE0	0x34	/* channel 0, low then high byte, mode 2 */

/* Counts a tick of CPU time for current's own timers and its limit. */
static void charge_current(bool user)
{
	const struct task_struct *process = current->process;

	itimer_tick(user);
	if ((process->utime + process->stime) % HZ == 0)
		check_cpu_limit();
}

static void tick(struct pt_regs *regs)
{
	clock_tick();
	timer_tick();
	sched_tick(regs);
	if (current != idle_task)
		charge_current(user_mode(regs));
}

/* Called once by start_kernel. */
void tick_init(void)
{
	u32 divisor = PIT_HZ / HZ;

	outb(PIT_COMMAND, PIT_RATE0);
	outb(PIT_CHANNEL0, divisor & 0xFF);
	outb(PIT_CHANNEL0, divisor >> 8);
	request_irq(IRQ_TIMER, tick);
}
