/* Signals: kernel/signal.c (sending, system calls), kernel/sigframe.c (delivery and return). */
#ifndef COWIX_SIGNAL_H
#define COWIX_SIGNAL_H

#include <cowix/types.h>
#include <abi/signal.h>

struct task_struct;
struct pt_regs;

void send_signal(int sig, struct task_struct *task);	/* from the kernel: any context */
void send_fault_signal(int sig, int code, u32 addr);	/* to current, by the CPU's fault; cannot be ignored or blocked */
int kill_pgrp(int pgrp, int sig);			/* -ESRCH when the group has nobody */
void do_signal(struct pt_regs *regs);			/* on the way back to user mode */
bool signal_is_ignored(struct task_struct *task, int sig);	/* blocked or ignored: for the terminal's SIGTTIN and SIGTTOU */
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
