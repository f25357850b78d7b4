/*
 * Tasks. A task structure and its kernel stack share one page frame. The
 * structure lies at the bottom, and the stack grows down from the top. Each
 * switch checks stack_guard, which is between them.
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
struct fs_struct;		/* root, working directory: fs/fs_struct.c */
struct file;
struct inode;
struct program;
struct tty;
struct fpu_state;
struct switch_frame;		/* cowix/entry.h */
struct vfork_wait;
struct debug_regs;

enum task_state {
	TASK_RUNNING,
	TASK_INTERRUPTIBLE,
	TASK_UNINTERRUPTIBLE,
	TASK_KILLABLE,		/* asleep; only the process's end wakes it */
	TASK_STOPPED,
	TASK_TRACED,		/* only its tracer, or its end, wakes it */
	TASK_ZOMBIE,
};

#define PRIORITIES	40		/* 0 is the most urgent */
#define NICE_TO_PRIORITY(nice)	((nice) + 20)
#define STACK_GUARD_VALUE	0x57AC6D1E

/* task->work: what to do before the return to user mode */
#define WORK_RESCHED	1
#define WORK_SIGNAL	2
#define WORK_FILE	4		/* drop held_file: see fget() */

#define NGROUPS_MAX		32
#define NR_STANDARD_SIGNALS	31

/* task->ptrace */
#define PT_TRACED	1
#define PT_SYSCALL	2	/* stop before and after system calls */
#define PT_SYSEMU	4	/* stop before each call, and leave it out */
#define PT_PRIVILEGED	8	/* the superuser began to trace */
#define PT_SEIZED	0x10
#define PT_STEP		0x20	/* the tracer has set TF */
#define PT_INTERRUPT	0x40	/* stop soon */
#define PT_NOTIFY	0x80	/* the same: a group stop began or ended */
#define PT_LISTENING	0x100	/* stopped, and PT_NOTIFY wakes it */
#define PT_TOOK_PART	0x200	/* in the group stop: it may run on */
#define PT_TRAP		(PT_INTERRUPT | PT_NOTIFY)
#define PT_ENTRY	(PT_SYSCALL | PT_SYSEMU)
#define PT_EXIT		(PT_SYSCALL | PT_STEP)

/* process->group_work: what all threads of a process are to do next */
#define GROUP_EXIT	1	/* end, with the process's exit_status */
#define GROUP_EXEC	2	/* end; the first one runs the successor */
#define GROUP_STOP	4	/* stop until SIGCONT */
#define GROUP_KILL	8	/* with GROUP_EXIT: by SIGKILL */

/* User or group ids: both follow the same rules. */
struct ids {
	u32 real, effective, saved;
	u32 fs;				/* for files */
};

struct itimer {
	u64 left, interval;	/* ticks; of ITIMER_REAL nanoseconds */
};

/*
 * A thread. A process is its first thread, which stays until the others have
 * gone (exit and exec see to that). What belongs to the process as a whole is
 * kept there and reached through `process`. Fields marked "process" mean
 * nothing in other threads.
 */
struct task_struct {
	/* identity */
	int pid;			/* the thread's number */
	int tgid;			/* the process's: its first thread's */
	char comm[16];			/* name of the program */
	struct list pid_link;		/* pid hash chain */

	/* running */
	enum task_state state;
	u32 work;			/* WORK_* */
	u32 stack_top;			/* esp on entry from user mode */
	struct switch_frame *switch_frame;	/* while it does not run */
	struct fpu_state *fpu;		/* NULL before its first FPU use */

	/* scheduling */
	struct list run_link;	/* in a run queue: runnable, not current */
	u32 priority;
	int time_slice;			/* ticks left in this epoch */
	int fresh_ticks;	/* with as many left it has hardly run */
	u32 epoch;			/* to which time_slice belongs */
	bool borrows;		/* no slice yet: its maker's process pays */

	/* threads */
	struct task_struct *process;	/* the first thread, perhaps itself */
	struct list threads;	/* circle of all threads of the process */
	u32 group_work;			/* process: GROUP_* */
	struct program *successor;	/* process: with GROUP_EXEC */
	struct task_struct *dead_thread; /* process: ended last; to free */
	struct task_struct *dumper; /* process: writes the core file */
	bool parked;		/* a core dump need not wait for it */
	bool waits_for_core;	/* and it stays until that is written */

	/* what the C library asked for; addresses in the program */
	u32 set_child_tid, clear_child_tid, robust_list;
	u64 tls[TLS_ENTRIES];		/* its own GDT entries */
	bool switches_more;		/* it has tls[] or debug registers */

	/* family, all of it the process's */
	struct list all_link;		/* all processes */
	struct list group_link, session_link;	/* pid.c finds them by these */
	struct task_struct *parent;
	struct list children, sibling;
	struct wait_queue child_exit;	/* waitpid() sleeps here */
	struct vfork_wait *vfork_wait;	/* the parent sleeps in vfork() */
	int maker;		/* the thread of the parent that made it */
	int exit_signal;	/* tells the parent of the end; 0: none */
	int parent_signal;	/* the thread's: tells it of its maker's end */
	int exit_status;		/* as wait() reports it */
	int stop_signal;	/* a stop that wait() has not reported yet */
	int stopped_by;			/* the signal of GROUP_STOP */
	bool continued;		/* a continuation, not reported yet */
	bool claimed;		/* a thread is just reporting its news */
	bool did_exec;

	/* job control, the process's */
	int pgrp, session;
	bool leader;			/* session leader */
	u16 tty;		/* controlling terminal's device, 0: none */

	/* credentials */
	union {
		struct ids user;
		struct {
			u32 uid, euid, suid, fsuid;
		};
	};
	union {
		struct ids group;
		struct {
			u32 gid, egid, sgid, fsgid;
		};
	};
	u32 nr_groups, groups[NGROUPS_MAX];	/* supplementary */
	u32 personality;		/* what personality() keeps */
	bool no_new_privs;		/* programs give it no rights */

	/* memory */
	struct mm *mm;			/* NULL: a kernel task */
	u32 minor_faults;	/* process: and its ended threads' */
	u32 child_faults;	/* process: of children that were waited for */
	u32 oom_pages;			/* process: scratch of mm/oom.c */
	u32 oom_since;		/* process: when it was told to end, or 0 */

	/* files */
	struct files_struct *files;
	struct fs_struct *fs;
	struct file *held_file;		/* with WORK_FILE */
	u32 links_followed;	/* dangling links that open() went through */
	int waits_for_lock_of;	/* a pid, in fcntl() for a record lock */

	/* signals */
	struct sigaction_table *sigactions;
	struct pending_signals pending;	/* for this thread */
	struct pending_signals shared;	/* process: for any of its threads */
	struct wait_queue signal_wait;	/* process: for its signals */
	u64 sig_blocked;
	u64 sig_saved;		/* mask from before a wait, if restore_mask */
	u64 sig_awaited;	/* blocked or not, these end sigtimedwait() */
	bool restore_mask;
	u32 restarting;		/* the call that begins again, 0: none */
	u64 restart_end;		/* the time at which that call ends */
	u32 altstack_sp, altstack_size;	/* size 0: none */

	/* the last exception that was the program's fault */
	u32 trap_vector, trap_error;
	u32 trap_cr2;			/* address of the last page fault */
	u32 fault_addr;			/* si_addr */

	/* being traced */
	u32 ptrace;			/* PT_*, 0: not at all */
	u32 ptrace_options;		/* PTRACE_O_* */
	struct task_struct *tracer;	/* the thread that traces it */
	struct list tracees, tracee_link;
	int trace_code;	/* why it stopped, until told; what to deliver */
	u32 ptrace_message;		/* PTRACE_GETEVENTMSG */
	int ptrace_signal;		/* of the stop's siginfo, 0: none */
	struct signal_source ptrace_source;
	struct debug_regs *debug;	/* NULL: none is set */

	/* time, in ticks; the process's but for run_ticks */
	u32 run_ticks;
	u32 utime, stime, cutime, cstime, start_time;
	struct timer alarm;		/* ITIMER_REAL */
	struct itimer itimers[ITIMER_PROF + 1];
	struct list timers;		/* process: made by timer_create() */
	u32 nr_timers;			/* process: how many they are */
	int next_timer;			/* process: the next one's number */

	/* limits of the process; each thread has a copy */
	struct rlimit rlimits[RLIM_NLIMITS];
	bool over_nproc;	/* setuid() to a user with too many tasks */

	/* fork copies what stands above */
	struct signal_source sig_sources[NR_STANDARD_SIGNALS]; /* of pending */
	u32 stack_guard;		/* STACK_GUARD_VALUE */
};

#define TASK_FRAME_SIZE	PAGE_SIZE

/* kernel/task/task.c */
extern struct task_struct *const idle_task;
extern struct task_struct *current;
extern struct task_struct *init_task;	/* pid 1; inherits orphans */
extern struct list all_tasks;		/* first threads of all processes */
struct pt_regs *task_regs(struct task_struct *task);
char state_letter(const struct task_struct *task);

static inline bool single_threaded(const struct task_struct *task)
{
	return list_empty(&task->threads);
}

/* Returns the thread after this one, NULL after the last. */
static inline struct task_struct *next_thread(const struct task_struct *task)
{
	struct task_struct *next =
		list_entry(task->threads.next, struct task_struct, threads);

	return next == task->process ? NULL : next;
}

/* Walks all threads of a process, beginning with the first. */
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

/* Returns true if current is the superuser where files are concerned. */
static inline bool fs_suser(void)
{
	return current->fsuid == 0;
}

#endif
