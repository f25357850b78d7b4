/*
 * Tasks. A task structure and its kernel stack share one page frame: the
 * structure at the bottom, the stack growing down from the top; stack_guard
 * between them is checked at every switch.
 */
#ifndef COWIX_TASK_H
#define COWIX_TASK_H

#include <cowix/types.h>
#include <cowix/list.h>
#include <cowix/wait.h>
#include <cowix/time.h>
#include <cowix/mm.h>
#include <cowix/signal.h>
#include <asm/segment.h>
#include <abi/resource.h>
#include <asm/ptrace.h>

struct files_struct;		/* open files: fs/file_table.c */
struct fs_struct;	/* root, working directory, umask: fs/fs_struct.c */
struct file;
struct inode;
struct program;
struct tty;
struct fpu_state;

enum task_state {
	TASK_RUNNING,
	TASK_INTERRUPTIBLE,
	TASK_UNINTERRUPTIBLE,
	TASK_KILLABLE,		/* only the end of the process ends it */
	TASK_STOPPED,
	TASK_ZOMBIE,
};

#define PRIORITIES	40 /* 0 is the most urgent; nice n is priority n + 20 */
#define NICE_TO_PRIORITY(nice)	((nice) + 20)
#define STACK_GUARD_VALUE	0x57AC6D1E

/* task->work: what to do before the return to user mode */
#define WORK_RESCHED	1
#define WORK_SIGNAL	2
/* a reference was taken for the time of the call: fget() */
#define WORK_FILE	4

#define NGROUPS_MAX		32
#define NR_STANDARD_SIGNALS	31

/* task->ptrace */
#define PT_TRACED	1
#define PT_SYSCALL	2		/* stop before and after system calls */
#define PT_SYSGOOD	4
#define PT_PRIVILEGED	8	/* who began to trace was the superuser */

/* process->group_work: what all threads of a process are to do next */
#define GROUP_EXIT	1	/* end, with the process's exit_status */
#define GROUP_EXEC	2 /* end, but the first thread runs the successor */
#define GROUP_STOP	4		/* stop until SIGCONT */

struct itimer {
	u64 left, interval;		/* ticks */
};

/*
 * A thread. A process is its first thread, which is there until the others have
 * gone (exit and exec see to that): what belongs to the process as a whole is
 * kept there and reached through `process`. Fields so marked mean nothing in
 * other threads.
 */
struct task_struct {
	u32 kernel_esp;			/* where schedule() left the stack */
	u32 work;
	enum task_state state;
	int pid, tgid;			/* its own number, and the process's */
	struct mm *mm;			/* NULL: a kernel task */
	u32 stack_top;			/* esp on entry from user mode */
	struct fpu_state *fpu;	/* NULL until the first FPU instruction */

	/* scheduling */
	/* in a run queue while TASK_RUNNING and not current */
	struct list run_link;
	u32 priority;
	int time_slice;			/* ticks left in this epoch */
	u32 epoch;			/* whose slice that is */
	bool borrows;		/* has none yet: its maker's process pays */

	/* threads */
	/* its first thread; itself in a process of one */
	struct task_struct *process;
	struct list threads;	/* all threads of the process in a circle */
	struct list pid_link;		/* pid hash chain */
	u32 group_work;			/* process: GROUP_* */
	struct program *successor;	/* process: with GROUP_EXEC */
	/* process: the frame of the thread that ended last, not freed yet */
	struct task_struct *dead_thread;

	/* files */
	struct files_struct *files;
	struct fs_struct *fs;
	struct file *held_file;		/* with WORK_FILE */

	/* credentials */
	u32 uid, euid, suid, fsuid;	/* fsuid and fsgid are for files */
	u32 gid, egid, sgid, fsgid;
	u32 nr_groups;
	u32 personality;		/* what personality() keeps */

	/* family; all of it the process's */
	struct list all_link;		/* all processes */
	struct task_struct *parent;
	struct list children, sibling;
	struct wait_queue child_exit;	/* waitpid() sleeps here */
	/* the vfork parent sleeps until exec or exit */
	struct vfork_wait *vfork_wait;
	int exit_signal;	/* that tells the parent of the end; 0: none */
	int maker;		/* the thread of the parent that made it */
	int exit_status;		/* as wait() reports it */
	/* stopped and not yet reported to a wait() with WUNTRACED */
	int stop_signal;
	bool continued;			/* and the same for WCONTINUED */
	bool claimed;	/* a thread of the parent is just telling its news */
	int pgrp, session;
	bool leader;			/* session leader */
	bool did_exec;
	u16 tty;	/* controlling terminal's device number, 0: none */

	/* mm/oom.c; the process's */
	u32 oom_pages;			/* scratch */
	u32 oom_since;			/* when it was told to end, or 0 */
	bool over_nproc;		/* setuid() to a user with too many */

	/* signals */
	struct sigaction_table *sigactions;
	/* for this thread; process: for any of its threads */
	struct pending_signals pending, shared;
	u64 sig_blocked;
	/* the mask to come back after sigsuspend(), if restore_mask */
	u64 sig_saved;
	/*
	 * sigtimedwait() sleeps until one of these comes, though they are
	 * blocked
	 */
	u64 sig_awaited;
	bool restore_mask;
	/*
	 * the number of a system call that is being restarted and keeps the end
	 * it had; 0: none
	 */
	u32 restarting;
	u64 restart_end;		/* that end, a tick */
	u32 altstack_sp, altstack_size;	/* size 0: none */
	/* si_addr of the last exception that was the program's fault */
	u32 fault_addr;
	/*
	 * and its number, its error code, and the address of the last page
	 * fault, for handlers
	 */
	u32 trap_vector, trap_error, trap_cr2;

	/* being traced */
	u32 ptrace;			/* PT_*, 0: not at all */
	/* why it stopped, then what the tracer wants delivered */
	int ptrace_signal;
	struct signal_source ptrace_source;

	u32 groups[NGROUPS_MAX];	/* supplementary, nr_groups of them */
	/* the process's; each thread has a copy */
	struct rlimit rlimits[RLIM_NLIMITS];
	/* from one dangling link to the next, by an open() that makes a file */
	u32 links_followed;
	/* a pid, while fcntl() waits for a record lock */
	int waits_for_lock_of;

	/* time, in ticks, and timers; the process's */
	u32 run_ticks;			/* but this is the thread's own */
	u32 utime, stime, cutime, cstime, start_time;
	u32 minor_faults, child_faults;
	struct timer alarm;		/* ITIMER_REAL */
	struct itimer itimers[ITIMER_PROF + 1];

	u64 tls[TLS_ENTRIES];		/* GDT entries of its own */
	u32 uses_tls;			/* one of them was ever set */
	/* what its C library asked for: addresses in the program */
	u32 set_child_tid, clear_child_tid, robust_list;
	union {				/* while not running */
		struct {
			u16 user_fs, user_gs;
		};
		u32 user_segments;
	};
	char comm[16];
	/* of pending standard signals; the process's if they are for all */
	struct signal_source sig_sources[NR_STANDARD_SIGNALS];
	u32 stack_guard;
};

#define TASK_FRAME_SIZE	PAGE_SIZE

/* kernel/task/task.c */
extern struct task_struct *const idle_task;
extern struct task_struct *current;
extern struct task_struct *init_task;	/* pid 1, who inherits orphans */
extern struct list all_tasks;		/* the first threads of all processes */
struct pt_regs *task_regs(struct task_struct *task);
char state_letter(const struct task_struct *task);

static inline bool single_threaded(const struct task_struct *task)
{
	return list_empty(&task->threads);
}

/* The thread behind this one, NULL behind the last. */
static inline struct task_struct *next_thread(const struct task_struct *task)
{
	struct task_struct *next =
		list_entry(task->threads.next, struct task_struct, threads);

	return next == task->process ? NULL : next;
}

/* All threads of a process, the first one first. */
#define for_each_thread(t, of) \
	for (struct task_struct *t = (of)->process; t; t = next_thread(t))

static inline bool signal_pending(const struct task_struct *task)
{
	return task->work & WORK_SIGNAL;
}

static inline bool suser(void)
{
	return current->euid == 0;
}

/* Whether current is the superuser where files are concerned. */
static inline bool fs_suser(void)
{
	return current->fsuid == 0;
}

#endif
