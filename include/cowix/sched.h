/*
 * The scheduler, and what the tasks' parts of kernel/ offer to each other and
 * to fs/. Contracts stand at the definitions.
 */
#ifndef COWIX_SCHED_H
#define COWIX_SCHED_H

#include <cowix/task.h>

/* What a program inherits of the thread that has called execve(). */
struct identity {
	u32 uid, euid, gid, egid, personality;
	u32 nr_groups, groups[NGROUPS_MAX];
	bool no_new_privs;
	int parent_signal;
};

/* kernel/task/sched.c */
enum { CPU_USER, CPU_SYSTEM, CPU_IDLE, CPU_STATES };
extern u32 cpu_ticks[CPU_STATES];		/* since boot */
extern u32 context_switches;
void sched_init(void);
void schedule(void);
void yield(void);
void let_others_run(u32 ticks);
void wake_up_task(struct task_struct *task);
void sched_fork(struct task_struct *child);
void sched_independent(struct task_struct *task);
void sched_interrupt(void);
void sched_tick(struct pt_regs *regs);
void use_mm(struct mm *mm);
bool sched_is_idle(void);

/* kernel/time/loadavg.c */
#define LOAD_ONE	2048u			/* a load of 1 */
extern u32 load_average[3];			/* over 1, 5 and 15 minutes */
void loadavg_init(void);

/* kernel/task/pid.c */
#define PID_MAX		32767
extern int last_pid;				/* given out last */
extern u32 nr_forks;				/* tasks ever made */
extern u32 nr_tasks;		/* all there are or that are being made */
void pid_init(void);
int hold_pid(struct task_struct *task, u32 wanted);
void drop_pid(struct task_struct *task);
u32 tasks_of(u32 uid);
struct task_struct *find_task(int pid);
u32 next_process(u32 n);
struct task_struct *next_member(const struct task_struct *after, int pgrp);
struct task_struct *next_in_session(const struct task_struct *after,
				    int session);
void set_group(struct task_struct *process, int session, int pgrp);
void hash_task(struct task_struct *task);
void unhash_task(struct task_struct *task);

/* Walks the processes of a group, or all. The body must not sleep or move t. */
#define EVERYBODY	(-1)
#define for_each_member(t, pgrp) \
	for (struct task_struct *t = next_member(NULL, pgrp); t; \
	     t = next_member(t, pgrp))

/* kernel/task/fork.c */
struct task_struct *kernel_thread(void (*fn)(void *), void *arg,
				  const char *name);

/* kernel/task/exit.c */
void await_threads(void);
NORETURN void do_exit(int status);		/* one thread */
NORETURN void do_group_exit(int status);	/* the process */

/* kernel/task/threads.c */
void leave_locks(void);
void vfork_release(struct task_struct *task);

/* kernel/task/cred.c */
u32 wide_id(u32 id);
void save_identity(struct identity *to);
bool exec_credentials(const struct identity *was, const struct inode *inode,
		      struct mm *mm);

/* kernel/task/access.c */
bool in_group(u32 gid);
bool has_ids(const struct task_struct *task, u32 uid, u32 gid);
bool may_inspect(const struct task_struct *task, u32 uid, u32 gid);

/* kernel/task/rlimit.c */
bool may_exec(void);
int check_file_size(u64 size);

/* kernel/task/tls.c */
void tls_clear(struct task_struct *task);

/* kernel/signal/sigaction.c */
int unshare_signals(void);
void exec_signals(struct task_struct *task);

/* kernel/time/posix_timer.c */
void posix_timer_init(void);
void delete_timers(struct task_struct *process);

/* fs/exec.c */
int kernel_execve(const char *path, char *const envp[]);
void exec_take_over(void);

/* fs/file_table.c */
int copy_files(struct task_struct *child, bool share);
void drop_files(struct files_struct *files);
int unshare_files(void);
void drop_held_file(void);
void exit_files(struct task_struct *task);
void close_on_exec(struct task_struct *task);

/* fs/fs_struct.c */
int copy_fs(struct task_struct *child, bool share);
void exit_fs(struct task_struct *task);
int unshare_fs(void);

#endif
