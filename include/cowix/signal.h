/*
 * Signals: kernel/signal/signal.c (sending, system calls),
 * kernel/signal/sigframe.c (delivery and return).
 */
#ifndef COWIX_SIGNAL_H
#define COWIX_SIGNAL_H

#include <cowix/types.h>
#include <cowix/list.h>
#include <abi/signal.h>

struct task_struct;
struct pt_regs;

/*
 * What a call returns that a signal interrupts. do_signal() begins it again, or
 * makes -EINTR of it; only a tracer sees the numbers, which are Linux's.
 */
#define ERESTARTSYS	512 /* again, unless by a handler without SA_RESTART */
#define ERESTARTNOINTR	513	/* again in any case */
#define ERESTARTNOHAND	514	/* again, unless by a handler */
#define ERESTART_RESTARTBLOCK 516	/* the same, until the end it had */

/* Where a signal comes from, for siginfo. */
struct signal_source {
	int code;			/* SI_* or the exception's */
	union {
		struct {
			int pid;
			u32 uid;
		};
		u32 addr;
	};
	int value;		/* SIGCHLD: the status; sigqueue(): its value */
	u32 utime, stime;
};

struct pending_signals {
	u64 set;
	struct list queue;		/* of real-time signals */
	u32 queued;			/* how many */
};

/* to its process, from the kernel: any context */
void send_signal(int sig, struct task_struct *task);
/* its threads look at group_work now */
void alert_group(struct task_struct *process);
void tell_parent(struct task_struct *task, int code, int status);
/* to current, by the CPU's fault; cannot be ignored or blocked */
void send_fault_signal(int sig, int code, u32 addr);
int kill_pgrp(int pgrp, int sig);	/* -ESRCH when the group has nobody */
bool is_orphaned(int pgrp);			/* kernel/task/orphans.c */
void hangup_group(int pgrp);
/* until restore_mask(), or, when a signal comes, until its handler is done */
void wait_with_mask(u64 mask);
void restore_mask(void);
void do_signal(struct pt_regs *regs);	/* on the way back to user mode */
/* blocked or ignored: for the terminal's SIGTTIN and SIGTTOU */
bool signal_is_ignored(struct task_struct *task, int sig);
void signal_sets(const struct task_struct *task, u64 *ignored, u64 *caught);

/* A 64-bit set and the two words that programs see. */
static inline u64 sigset_to_u64(const unsigned long *set)
{
	return (u64)set[1] << 32 | set[0];
}

static inline void sigset_from_u64(unsigned long *set, u64 mask)
{
	set[0] = (u32)mask;
	set[1] = (u32)(mask >> 32);
}

#endif
