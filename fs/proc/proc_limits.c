/* /proc: the resource limits of a process. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "proc.h"

static const struct {
	const char *name, *unit;
} limits[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = { "cpu time", "seconds" },
	[RLIMIT_FSIZE] = { "file size", "bytes" },
	[RLIMIT_DATA] = { "data size", "bytes" },
	[RLIMIT_STACK] = { "stack size", "bytes" },
	[RLIMIT_CORE] = { "core file size", "bytes" },
	[RLIMIT_RSS] = { "resident set", "bytes" },
	[RLIMIT_NPROC] = { "processes", "processes" },
	[RLIMIT_NOFILE] = { "open files", "files" },
	[RLIMIT_MEMLOCK] = { "locked memory", "bytes" },
	[RLIMIT_AS] = { "address space", "bytes" },
	[RLIMIT_LOCKS] = { "file locks", "locks" },
	[RLIMIT_SIGPENDING] = { "pending signals", "signals" },
	[RLIMIT_MSGQUEUE] = { "msgqueue size", "bytes" },
	[RLIMIT_NICE] = { "nice priority", "" },
	[RLIMIT_RTPRIO] = { "realtime priority", "" },
	[RLIMIT_RTTIME] = { "realtime timeout", "us" },
};

static void show_limit(struct seq *s, u32 limit)
{
	if (limit == RLIM_INFINITY)
		seq_printf(s, "%-20s ", "unlimited");
	else
		seq_printf(s, "%-20u ", limit);
}

void show_limits(struct seq *s)
{
	const struct task_struct *task = proc_task(s->inode);

	seq_printf(s, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit",
		   "Hard Limit", "Units");
	for (u32 i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(s, "Max %-21s ", limits[i].name);
		show_limit(s, task->rlimits[i].rlim_cur);
		show_limit(s, task->rlimits[i].rlim_max);
		seq_printf(s, "%-10s\n", limits[i].unit);
	}
}
