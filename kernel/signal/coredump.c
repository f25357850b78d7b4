/*
 * Core dumps: before a process ends by its own fault it leaves a picture of its
 * memory and registers for a debugger. All other threads stop on their way to
 * their end, and wait. The thread that has the signal writes the file, by way
 * of the file system's part (fs/core.c).
 */
#include <cowix/core.h>
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/wait.h>
#include "kernel/kernel_internal.h"
#include "signal_internal.h"

bool (*core_writer)(int sig, const struct signal_source *source);

/*
 * Returns true if current's process may leave a core file. Memory that its user
 * may not look into stays secret.
 */
static bool wants_core(const struct task_struct *process)
{
	return core_writer && current->mm && current->mm->dumpable &&
	       process->rlimits[RLIMIT_CORE].rlim_cur >= PAGE_SIZE &&
	       !(process->group_work & (GROUP_EXIT | GROUP_EXEC));
}

/* Returns true if the other threads wait for current, or are about to end. */
static bool all_parked(struct task_struct *process)
{
	for_each_thread(t, process)
		if (t != current && !t->parked)
			return false;
	return true;
}

/*
 * Waits until the process's core file is written. Called by each thread that
 * ends. Later a dump does not wait for the thread any more.
 */
void park_for_core(struct task_struct *process)
{
	current->parked = true;
	if (!process->dumper || process->dumper == current)
		return;
	wake_up(&process->child_exit);
	current->waits_for_core = true;
	while (process->dumper)
		sleep_on(&process->child_exit);
	current->waits_for_core = false;
}

/*
 * Ends current's process by a signal that leaves a core file. If there is one,
 * the status says so. SIGKILL cuts it short.
 */
NORETURN void exit_with_core(int sig, const struct signal_source *source)
{
	struct task_struct *process = current->process;
	bool written;

	if (!wants_core(process))
		do_group_exit(sig);
	process->group_work |= GROUP_EXIT;
	process->exit_status = sig;
	process->dumper = current;
	alert_group(process);
	while (!all_parked(process))
		sleep_on(&process->child_exit);
	written = core_writer(sig, source);
	process->dumper = NULL;
	wake_up(&process->child_exit);
	if (written && !(process->group_work & GROUP_KILL))
		process->exit_status |= CORE_FLAG;
	do_exit(process->exit_status);
}
