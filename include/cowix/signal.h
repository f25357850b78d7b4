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

#endif
