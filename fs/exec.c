/*
 * execve: replaces the program that runs in a process. It completes the new
 * address space before it gives up the old one: also the stack with arguments,
 * environment and auxiliary vector. A failure before that changes nothing.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/trace.h>
#include <cowix/ptrace.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/stat.h>
#include <abi/unistd.h>
#include <asm/string.h>
#include "exec.h"

#define INTERPRETERS_MAX 5		/* nesting of #! */

static void close_program(struct inode *inode)
{
	inode->i_running--;
	iput(inode);
}

/*
 * Opens a file for execution, until close_program(), and reads its header.
 * Returns -ETXTBSY if the file is open for writing.
 */
static int open_program(const char *path, u8 *header, struct inode **program)
{
	struct inode *inode;
	int n = open_exec(path, &inode);

	if (n < 0)
		return n;
	if (inode->i_writers) {
		iput(inode);
		return -ETXTBSY;
	}
	inode->i_running++;
	*program = inode;
	memset(header, 0, HEADER_SIZE);
	n = kernel_read(inode, 0, header, HEADER_SIZE);
	return n < 0 ? n : 0;
}

/* Called if the file is a script: sets path to its interpreter's. */
static int use_script(struct program *p, char *path)
{
	char *argument, *name;
	int error = parse_script(p->header, &name, &argument);

	if (!error)
		error = replace_argv0(p, path, argument, name);
	if (!error)
		strlcpy(path, name, HEADER_SIZE);
	close_program(p->inode);
	p->inode = NULL;
	return error;
}

/* Opens the file or, if it is a script, the program that runs it. */
static int find_program(struct program *p, char *path)
{
	for (int depth = 0; depth <= INTERPRETERS_MAX; depth++) {
		int error = open_program(path, p->header, &p->inode);

		if (error || p->header[0] != '#' || p->header[1] != '!')
			return error;
		error = use_script(p, path);
		if (error)
			return error;
	}
	return -ELOOP;
}

/* Names the process after the last component of the path. */
static void set_comm(struct program *p, const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/' && path[1])
			name = path + 1;
	strlcpy(p->comm, name, sizeof(p->comm));
}

/*
 * Gives current the program's memory and rights. Nothing here sleeps, so other
 * processes see both change at once. Returns the old address space.
 */
static struct mm *take_identity(struct program *p)
{
	struct mm *old = current->mm;

	tell_identity(p, exec_credentials(&p->identity, p->inode, p->mm));
	strlcpy(current->comm, p->comm, sizeof(current->comm));
	trace_exec();
	current->mm = p->mm;
	use_mm(p->mm);
	p->mm = NULL;
	return old;
}

/*
 * Gives up what exec does not keep. There is no way back, so it waits if there
 * is no memory.
 */
static void drop_shares(void)
{
	while (unshare_signals() < 0 || unshare_files() < 0)
		if (!await_memory(0))
			return;
	exec_signals(current);
	delete_timers(current);
	close_on_exec(current);
}

/*
 * Makes all children announce their end with SIGCHLD. Other signals were agreed
 * with the old program; the new one may have other rights.
 */
static void forget_exit_signals(void)
{
	list_for_each(node, &current->children)
		list_entry(node, struct task_struct, sibling)->exit_signal =
			SIGCHLD;
}

/* Sets the registers with which the program begins. */
static void start_at(struct pt_regs *regs, u32 entry, u32 stack)
{
	set_fs_gs(0, 0);
	memset(regs, 0, sizeof(*regs));
	regs->orig_eax = __NR_execve;	/* where its tracer sees it begin */
	regs->ds = regs->es = regs->ss = USER_DS;
	regs->cs = USER_CS;
	regs->eflags = EFLAGS_IF;
	regs->eip = entry;
	regs->esp = stack;
}

/* The point of no return. Called in the first thread when it is alone. */
static void commit_exec(struct program *p, struct pt_regs *regs)
{
	struct mm *old = take_identity(p);

	forget_exit_signals();
	vfork_release(current);
	if (old)
		mm_release(old);
	drop_shares();
	fpu_release(current);
	release_debugregs(current);
	tls_clear(current);
	current->did_exec = true;
	start_at(regs, p->start, p->at);
	ptrace_exec(p->caller);
}

/* Loads the dynamic linker that an ELF program names, if it names one. */
static int add_interpreter(struct program *p, const char *path)
{
	struct inode *inode = NULL;
	int error;

	if (!*path)
		return 0;
	error = open_program(path, p->header, &inode);
	if (!error) {
		p->mm->dumpable &= permission(inode, R_OK) == 0;
		error = load_interpreter(p, inode);
	}
	if (inode)
		close_program(inode);
	return error;
}

/*
 * Completes the address space after the arguments. If the user may not read
 * a file of which the program consists, nobody may read its memory either.
 */
static int build_program(struct program *p, char *path)
{
	int error = find_program(p, path);

	if (error)
		return error;
	p->mm->dumpable = permission(p->inode, R_OK) == 0;
	error = load_elf(p, path);
	if (!error)
		error = add_interpreter(p, path);
	return error ? error : finish_stack(p);
}

static void free_program(struct program *p)
{
	if (p->mm)
		mm_release(p->mm);
	if (p->inode)
		close_program(p->inode);
	kfree(p);
}

/*
 * Called in the first thread: runs the program that this or another thread has
 * prepared. The other threads end.
 */
void exec_take_over(void)
{
	struct program *p = current->successor;

	leave_locks();
	await_threads();
	current->group_work &= ~GROUP_EXEC;
	current->sig_blocked = p->sig_blocked;
	current->restore_mask = false;
	current->parked = false;
	commit_exec(p, task_regs(current));
	free_program(p);
}

/*
 * Makes the process's first thread run p, which is complete. Returns -EAGAIN if
 * all threads are about to end.
 */
static int start_program(struct program *p)
{
	struct task_struct *process = current->process;

	if (process->group_work & (GROUP_EXIT | GROUP_EXEC))
		return -EAGAIN;
	p->sig_blocked = current->sig_blocked;
	save_identity(&p->identity);
	p->caller = current->pid;
	if (current != process)
		ptrace_hand_over(process);
	process->successor = p;
	process->group_work |= GROUP_EXEC;
	if (!single_threaded(process))
		alert_group(process);
	if (current == process)
		exec_take_over();
	return 0;
}

/*
 * Runs the file at path, a page that is overwritten. Returns to the first
 * instruction of the new program, or an error.
 */
static int do_execve(char *path, const u32 __user *argv, const u32 __user *envp)
{
	struct program *p = kzalloc(sizeof(*p));
	int error;

	if (!p)
		return -ENOMEM;
	set_comm(p, path);
	error = may_exec() ? push_arguments(p, path, argv, envp) : -EAGAIN;
	if (!error)
		error = build_program(p, path);
	if (!error)
		error = start_program(p);
	if (error)
		free_program(p);
	return error;
}

int sys_execve(const char __user *user_path, const u32 __user *argv,
	       const u32 __user *envp)
{
	char *path = kpage_alloc(OWNER_CALL);
	int error;

	if (!path)
		return -ENOMEM;
	error = strncpy_from_user(path, user_path, PAGE_SIZE);
	if (error >= 0)
		error = do_execve(path, argv, envp);
	kpage_free(path);
	return error;
}

/*
 * Turns the calling kernel task into the first program. Called by main.c.
 * Returns only an error.
 */
int kernel_execve(const char *init_path, char *const envp[])
{
	struct program *p = kzalloc(sizeof(*p));
	char *path = kpage_alloc(OWNER_CALL);
	int error = -ENOMEM;

	if (!p || !path)
		goto out;
	strlcpy(path, init_path, PAGE_SIZE);
	set_comm(p, path);
	error = push_kernel_arguments(p, path, envp);
	if (!error)
		error = build_program(p, path);
	if (!error)
		error = start_program(p);
out:
	if (p && error)
		free_program(p);
	if (path)
		kpage_free(path);
	if (!error)
		enter_user_mode(task_regs(current));
	return error;
}
