/* ps(buf, max, start), Cowix's call 514. */
#ifndef ABI_TASKINFO_H
#define ABI_TASKINFO_H

struct task_info {
	int pid, ppid, pgrp, session;
	unsigned uid;
	int state;			/* 'R', 'S', 'D', 'T' or 'Z' */
	int tty;			/* device number, 0: none */
	unsigned utime, stime, start;	/* ticks of 1/100 s */
	unsigned vsize_kb, rss_kb;
	int priority;
	char comm[16];
};

#endif
