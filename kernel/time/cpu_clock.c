/*
 * CPU-time clocks. Their numbers are negative and name a task, as
 * clock_getcpuclockid() and pthread_getcpuclockid() make them. All count ticks.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "kernel/kernel_internal.h"

/* Returns the negative number of the CPU-time clock that may have another. */
int cpu_clock_number(int clock)
{
	if (clock == CLOCK_PROCESS_CPUTIME_ID)
		return CPUCLOCK_OF_SELF | CPUCLOCK_SCHED;
	if (clock == CLOCK_THREAD_CPUTIME_ID)
		return CPUCLOCK_OF_SELF | CPUCLOCK_THREAD | CPUCLOCK_SCHED;
	return clock;
}

/*
 * Returns the task of a CPU-time clock, or NULL if there is no such clock. A
 * thread's clock is for its own process only. The user time of a thread is not
 * counted.
 */
struct task_struct *cpu_clock_task(int clock)
{
	int pid = ~(clock >> 3), kind = clock & CPUCLOCK_KIND;
	struct task_struct *task = pid ? find_task(pid) : current;

	if (!task || kind > CPUCLOCK_SCHED)
		return NULL;
	if (clock & CPUCLOCK_THREAD)
		return task->process == current->process &&
		       kind != CPUCLOCK_VIRT ? task : NULL;
	/* a process goes by the number of its first thread, or of current */
	return task == task->process || task == current ? task->process : NULL;
}

/* Reads a CPU-time clock. Returns 0 or -EINVAL. */
int read_cpu_clock(int clock, struct timespec64 *ts)
{
	const struct task_struct *task = cpu_clock_task(clock);

	if (!task)
		return -EINVAL;
	if (clock & CPUCLOCK_THREAD)
		to_timespec(clock_of(DEADLINE_THREAD, task), ts);
	else if ((clock & CPUCLOCK_KIND) == CPUCLOCK_VIRT)
		to_timespec((u64)task->utime * NSEC_A_TICK, ts);
	else
		to_timespec(clock_of(DEADLINE_CPU, task), ts);
	return 0;
}
