/* ps: all processes, by Cowix's own call 514 */
#include <cowix.h>
#include <stdio.h>
#include <util.h>

#define A_TIME 16

static void terminal_name(int dev, char *to)
{
	int major = dev >> 8, minor = dev & 0xFF;

	if (!dev)
		sprintf(to, "-");
	else if (major == 136)
		sprintf(to, "pts/%d", minor);
	else
		sprintf(to, minor >= 64 ? "ttyS%d" : "tty%d", minor >= 64 ? minor - 64 : minor);
}

int main(int argc, char **argv)
{
	struct task_info tasks[A_TIME];
	int start = 0, n;

	(void)argc;
	util_init(argv[0]);
	puts("  PID  PPID  PGRP TTY   STAT  TIME    VSZ   RSS COMMAND");
	while ((n = ps(tasks, A_TIME, start)) > 0) {
		for (int i = 0; i < n; i++) {
			const struct task_info *t = &tasks[i];
			unsigned seconds = (t->utime + t->stime) / 100;
			char tty[16];

			terminal_name(t->tty, tty);
			printf("%5d %5d %5d %-5s %c    %2u:%02u %6u %5u %s\n", t->pid, t->ppid, t->pgrp, tty, t->state, seconds / 60,
			       seconds % 60, t->vsize_kb, t->rss_kb, t->comm);
		}
		start += n;
	}
	if (n < 0)
		die("ps");
	return 0;
}
