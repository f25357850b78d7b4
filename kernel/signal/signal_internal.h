/* What the files of kernel/signal/ share, also with those that wait. */
#ifndef KERNEL_SIGNAL_INTERNAL_H
#define KERNEL_SIGNAL_INTERNAL_H

#include <cowix/sched.h>
#include <asm/system.h>

#define NSIG_MAX	64
#define RT_SIGNALS	32		/* the first signal that is queued */
#define SIGBIT(sig)	(1ull << ((sig) - 1))
#define SIGNAL_DEFAULT	0u
#define SIGNAL_IGNORE	1u
#define TIMER_SIGNALS	(SIGBIT(SIGALRM) | SIGBIT(SIGVTALRM) | SIGBIT(SIGPROF))
#define STOP_SIGNALS \
	(SIGBIT(SIGSTOP) | SIGBIT(SIGTSTP) | SIGBIT(SIGTTIN) | SIGBIT(SIGTTOU))

struct k_sigaction {
	u32 handler, flags, restorer;
	u64 mask;
};

struct sigaction_table {
	u32 users;			/* tasks that share it */
	struct k_sigaction action[NSIG_MAX];
};

struct queued_signal {
	struct list link;
	int sig;
	struct signal_source source;
	/* called when a timer's was taken; NULL: it is then freed */
	void (*taken)(struct queued_signal *q);
	void *owner;			/* the timer */
	struct pending_signals *pending;	/* where a timer's is queued */
};

static inline struct k_sigaction *action_of(struct task_struct *task, int sig)
{
	return &task->sigactions->action[sig - 1];
}

static inline bool valid_signal(int sig)
{
	return sig >= 1 && sig <= NSIG_MAX;
}

/* Returns all signals that are pending for current. */
static inline u64 pending_now(void)
{
	return current->pending.set | current->process->shared.set;
}

/* Returns the lowest signal of a set, or 0 if that is empty. */
static inline int lowest_signal(u64 set)
{
	u32 low = (u32)set, high = (u32)(set >> 32);

	if (low)
		return 1 + bit_scan_forward(low);
	return high ? 33 + bit_scan_forward(high) : 0;
}

/* signal.c */
int post_signal(int sig, struct task_struct *task, bool alone,
		const struct signal_source *source);
bool post_queued(struct queued_signal *q, struct task_struct *task, bool alone);
bool default_stops(int sig);
bool dumps_core(int sig);
bool ignores_signal(struct task_struct *task, int sig);
bool ignores_by_default(struct task_struct *task, int sig);
void tell_end(struct task_struct *task);
void tell_tracer(struct task_struct *task, int why, int status);
void tell_trap(struct task_struct *task);
u32 group_work_of(const struct task_struct *task);
void begin_group_stop(struct task_struct *process, int sig);
void tell_some_thread(struct task_struct *process, u64 signals);

/* sigqueue.c */
extern u32 nr_kept_signals;
int reserve_signals(int sig, u32 n);
void release_reserved(void);
int add_pending(struct task_struct *task, struct pending_signals *pending,
		int sig, const struct signal_source *source);
void add_queued(struct pending_signals *pending, struct queued_signal *q);
void drop_queued(struct queued_signal *q);
bool queue_is_full(const struct task_struct *task);
void flush_pending(struct pending_signals *pending, u64 signals);
void dequeue_signal(int sig, struct signal_source *source);
void flush_signal(struct task_struct *process, int sig);
void fill_siginfo(struct siginfo *info, int sig,
		  const struct signal_source *source);

/* sigframe.c */
void start_handler(int sig, struct pt_regs *regs,
		   const struct signal_source *source);

/* sigaction.c */
void set_blocked(u64 blocked);
void clear_handlers(struct task_struct *task);
bool on_altstack(u32 esp);
stack_t get_altstack(u32 esp);
int set_altstack(const stack_t *new, u32 esp);

#endif
