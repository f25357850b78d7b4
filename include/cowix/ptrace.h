/* Tracing: what the files of kernel/task/ptrace*.c offer to each other. */
#ifndef COWIX_PTRACE_H
#define COWIX_PTRACE_H

#include <cowix/task.h>
#include <abi/ptrace.h>

struct fork_request;
struct siginfo;
struct user_desc;

/* kernel/task/ptrace_stop.c: where a traced task stops */
void trap_in_place(struct task_struct *task);
void ptrace_trap(void);
int ptrace_signal(int sig, struct signal_source *source);
void ptrace_event(int event, u32 message);
void ptrace_exec(int caller);
void ptrace_handler(void);
u32 syscall_trace_enter(void);
void syscall_trace_exit(void);

/* kernel/task/ptrace_attach.c: who traces whom */
int ptrace_traceme(void);
int ptrace_attach(u32 request, int pid, u32 addr, u32 options);
int ptrace_fork(struct task_struct *child, const struct fork_request *want);
void ptrace_hand_over(struct task_struct *to);
void untrace(struct task_struct *task);
void reap_traced(struct task_struct *task);
void exit_tracer(struct task_struct *task);
struct task_struct *stopped_tracee(int pid);

/* kernel/task/ptrace_memory.c */
int access_process(struct mm *mm, u32 addr, char __user *buf, u32 count,
		   bool write);
int peek_word(struct task_struct *tracee, u32 addr, u32 __user *to);
int poke_word(struct task_struct *tracee, u32 addr, u32 word);

/* kernel/task/ptrace_regs.c */
struct user_regs get_regs(struct task_struct *task);
int peek_user(struct task_struct *tracee, u32 offset, u32 __user *to);
int poke_user(struct task_struct *tracee, u32 offset, u32 value);
int regset_request(struct task_struct *tracee, u32 note, void __user *user,
		   u32 size, bool set);
int regset_iovec(struct task_struct *tracee, u32 note, void __user *iovec,
		 bool set);

/* kernel/task/tls.c */
int tracee_thread_area(struct task_struct *task, u32 index,
		       struct user_desc __user *user_desc, bool set);
void get_tls(const struct task_struct *task, struct user_desc *to);
int set_tls(struct task_struct *task, const struct user_desc *from);

/* kernel/task/ptrace_debug.c */
u32 get_debugreg(const struct task_struct *task, u32 n);
int set_debugreg(int pid, u32 n, u32 value);
void release_debugregs(struct task_struct *task);

/* Returns true if current's process traces a task. */
static inline bool traced_here(const struct task_struct *task)
{
	return task->tracer && task->tracer->process == current->process;
}

/* Returns true if another process than its parent traces a task. */
static inline bool traced_elsewhere(const struct task_struct *task)
{
	return task->tracer &&
	       task->tracer->process != task->process->parent;
}

#endif
