/* Scheduling policies. */
#ifndef ABI_SCHED_H
#define ABI_SCHED_H

#define SCHED_OTHER	0
#define SCHED_FIFO	1
#define SCHED_RR	2
#define SCHED_BATCH	3
#define SCHED_IDLE	5

#endif
