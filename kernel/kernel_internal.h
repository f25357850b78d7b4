/* What the files of kernel/ share among themselves. */
#ifndef KERNEL_INTERNAL_H
#define KERNEL_INTERNAL_H

#include <cowix/sched.h>

struct user_desc;
struct boot_params;

/* kernel/main.c */
void start_kernel(struct boot_params *bp);

union task_frame {
	struct task_struct task;
	u8 frame[TASK_FRAME_SIZE];
};

/*
 * The kernel's functions, which tools/ksyms lists: the lowest address in four
 * bytes, then the names with their NUL. Between two of them stands the distance
 * to the next function in seven bits a byte, the lowest first.
 */
extern const char ksyms[], ksyms_end[];

/* What the child is to be like: CLONE_* flags, and what some of them need. */
struct fork_request {
	u32 flags;
	int (*copy_mm)(struct mm *child, struct mm *parent); /* not CLONE_VM */
	u32 stack;			/* 0: the parent's stack pointer */
	u32 parent_tid, child_tid, tls;	/* addresses in the program */
	u32 pid;			/* 0: the next that is free */
	int exit_signal;
	bool clear_handlers;
};

/* On the kernel stack of a parent in vfork(); the child knows it until then. */
struct vfork_wait {
	struct wait_queue queue;
	bool over;
};

/* kernel/task/task.c */
extern union task_frame init_task_union;
void task_init(void);

/* kernel/task/sched.c */
void sleep_in(struct wait_queue *q, enum task_state state);
u32 slice_ticks(const struct task_struct *task);

/* kernel/task/fork.c */
void fork_init(void);
int copy_memory(struct mm *child, struct mm *parent);
int do_fork(const struct fork_request *want);

/* kernel/task/threads.c */
void free_dead_thread(struct task_struct *process);

/* kernel/task/orphans.c */
bool could_continue(const struct task_struct *parent,
		    const struct task_struct *child);
void hangup_if_orphaned(int pgrp);

/* kernel/task/stack.c */
void stack_init(void);
void paint_stack(struct task_struct *task);
void free_task(struct task_struct *task);

/* kernel/task/rlimit.c */
void rlimit_init(void);
bool may_fork(void);
void note_new_user(void);
void check_cpu_limit(void);

/* kernel/task/futex.c */
void futex_init(void);
void futex_wake_all(u32 addr);
void futex_owner_died(void);

/* kernel/task/tls.c */
int set_thread_area(struct task_struct *task,
		    struct user_desc __user *user_desc, bool may_allocate);

/* kernel/task/exit.c */
void announce_end(struct task_struct *task);

/* kernel/signal/signal.c */
int fatal_signal(struct task_struct *task);
bool is_dying(struct task_struct *task);

/* kernel/signal/sigaction.c */
int copy_signals(struct task_struct *child, bool share);
void exit_signals(struct task_struct *task);

/* kernel/signal/kill.c */
void tell_child(struct task_struct *child);

/* kernel/signal/sigqueue.c */
void recalc_signals(struct task_struct *task);

/* kernel/time/pit.c */
#define NEVER	(~(u64)0)
extern u64 alarm_time;
void set_alarm(u64 when);
void hasten_alarm(u64 when);

/* kernel/time/timer.c */
void run_timers(u64 now);
void set_next_alarm(u64 latest);

/* kernel/time/itimer.c */
void itimer_tick(bool user);

/* kernel/time/clock.c */
int read_clock(int clock, struct timespec64 *ts);

/* kernel/time/cpu_clock.c */
int cpu_clock_number(int clock);
struct task_struct *cpu_clock_task(int clock);
int read_cpu_clock(int clock, struct timespec64 *ts);

/* kernel/time/time.c */
void wall_tick(u64 now);

#endif
