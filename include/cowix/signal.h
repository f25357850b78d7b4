/* Signals, as the rest of the kernel sees them. */
#ifndef COWIX_SIGNAL_H
#define COWIX_SIGNAL_H

#include <cowix/types.h>
#include <cowix/list.h>
#include <abi/signal.h>

struct task_struct;
struct pt_regs;
struct deadline;

/*
 * Results of a system call that a signal interrupts. do_signal() begins the
 * call again, or makes -EINTR of it. Only a tracer sees the numbers, which are
 * Linux's.
 */
#define ERESTARTSYS	512	/* again after SA_RESTART or no handler */
#define ERESTARTNOINTR	513	/* again in any case */
#define ERESTARTNOHAND	514	/* again if there was no handler */
#define ERESTART_RESTARTBLOCK 516	/* the same, until the end it had */

/* Where a signal comes from, for siginfo. */
struct signal_source {
	int code;			/* SI_* or the exception's */
	union {
		struct {
			int pid;	/* the sender's */
			u32 uid;
		};
		u32 addr;		/* the exception's */
	};
	int value;			/* SIGCHLD: status; sigqueue(): value */
	u32 utime, stime;		/* SIGCHLD */
};

struct pending_signals {
	u64 set;
	struct list queue;		/* of real-time signals */
	u32 queued;			/* how many */
};

/* kernel/signal/signal.c */
void send_signal(int sig, struct task_struct *task);
void send_fault_signal(int sig, int code, u32 addr);
void alert_group(struct task_struct *process);
void tell_parent(struct task_struct *task, int code, int status);
bool blocks_or_ignores(struct task_struct *task, int sig);
void signal_sets(const struct task_struct *task, u64 *ignored, u64 *caught);

/* kernel/signal/sigaction.c */
int await_signal(const u64 *set, const struct deadline *end,
		 struct signal_source *source);
void wait_with_mask(u64 mask);
void restore_mask(void);

/* kernel/signal/kill.c */
int kill_pgrp(int pgrp, int sig);

/* kernel/signal/deliver.c */
void do_signal(struct pt_regs *regs);

/* kernel/task/orphans.c */
bool is_orphaned(int pgrp);
void hangup_group(int pgrp);

/* Converts between a 64-bit set and the two words that programs see. */
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
