/* Shared by signal.c and sigframe.c. */
#ifndef KERNEL_SIGNAL_INTERNAL_H
#define KERNEL_SIGNAL_INTERNAL_H

#include <cowix/sched.h>

#define NSIG_MAX	64
#define SIGBIT(sig)	(1ull << ((sig) - 1))
#define SIGNAL_DEFAULT	0u
#define SIGNAL_IGNORE	1u
#define STOP_SIGNALS	(SIGBIT(SIGSTOP) | SIGBIT(SIGTSTP) | SIGBIT(SIGTTIN) | SIGBIT(SIGTTOU))

struct k_sigaction {
	u32 handler, flags, restorer;
	u64 mask;
};

struct sigaction_table {
	struct k_sigaction action[NSIG_MAX];
};

bool default_stops(int sig);
bool signal_default_ignored(struct task_struct *task, int sig);
void recalc_signals(struct task_struct *task);
void set_blocked(u64 blocked);

#endif
