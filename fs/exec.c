/*
 * execve: replace the program that runs in a process. The new address space,
 * its stack with arguments, environment and auxiliary vector is complete before
 * the old one is given up: every failure up to then leaves the caller as it
 * was.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/stat.h>
#include <asm/string.h>
#include "exec.h"

#define INTERPRETERS_MAX 5		/* nesting of #! */

static void close_program(struct program *p)
{
	if (p->inode) {
		p->inode->i_running--;
		iput(p->inode);
	}
	p->inode = NULL;
}

/*
 * The file is open for execution, if nobody writes to it, until
 * close_program().
 */
static int read_header(struct program *p, const char *path)
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
	p->inode = inode;
	memset(p->header, 0, HEADER_SIZE);
	n = kernel_read(p->inode, 0, p->header, HEADER_SIZE);
	return n < 0 ? n : 0;
}

/* The file is a script: path is overwritten with its interpreter's. */
static int use_interpreter(struct program *p, char *path)
{
	char *argument, *name;
	int error = parse_script(p->header, &name, &argument);

	if (!error)
		error = replace_argv0(p, path, argument, name);
	if (!error)
		strlcpy(path, name, HEADER_SIZE);
	close_program(p);
	return error;
}

/* Open the file and, through scripts, the program that really runs. */
static int find_program(struct program *p, char *path)
{
	for (int depth = 0; depth <= INTERPRETERS_MAX; depth++) {
		int error = read_header(p, path);

		if (error || p->header[0] != '#' || p->header[1] != '!')
			return error;
		error = use_interpreter(p, path);
		if (error)
			return error;
	}
	return -ELOOP;
}

/* The last component of the path names the process, of a script's too. */
static void set_comm(struct program *p, const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/' && path[1])
			name = path + 1;
	strlcpy(p->comm, name, sizeof(p->comm));
}

/*
 * Becomes the program, for others as well: from here on they meet its rights
 * and its memory. Both change in one step, for nothing here sleeps.
 */
static struct mm *become(struct program *p)
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

/* Drops what exec does not keep. There is no way back: it waits for memory. */
static void drop_shares(void)
{
	while (unshare_signals() < 0 || unshare_files() < 0)
		if (!await_memory(0))
			return;
	exec_signals(current);
	close_on_exec(current);
}

/*
 * With which signals children tell of their end was arranged with the old
 * program; the new one, perhaps of other rights, gets the ordinary one.
 */
static void forget_exit_signals(void)
{
	list_for_each(node, &current->children)
		list_entry(node, struct task_struct, sibling)->exit_signal =
			SIGCHLD;
}

static void start_at(struct pt_regs *regs, u32 entry, u32 stack)
{
	set_fs_gs(0, 0);
	memset(regs, 0, sizeof(*regs));
	regs->orig_eax = -1;
	regs->ds = regs->es = regs->ss = USER_DS;
	regs->cs = USER_CS;
	regs->eflags = EFLAGS_IF;
	regs->eip = entry;
	regs->esp = stack;
}

/* The point of no return. Called in the first thread, when it is alone. */
static void commit(struct program *p, struct pt_regs *regs)
{
	struct mm *old = become(p);

	forget_exit_signals();
	vfork_release(current);
	if (old)
		mm_release(old);
	drop_shares();
	fpu_release(current);
	tls_clear(current);
	current->did_exec = true;
	ptrace_exec();
	start_at(regs, p->entry, p->at);
}

/*
 * Everything between the arguments and the point of no return. A program that
 * its user may not read is not to be read in memory either.
 */
static int build(struct program *p, char *path)
{
	int error = find_program(p, path);

	if (error)
		return error;
	p->mm->dumpable = permission(p->inode, R_OK) == 0;
	error = load_elf(p);
	return error ? error : finish_stack(p);
}

static void release(struct program *p)
{
	if (p->mm)
		mm_release(p->mm);
	close_program(p);
	kfree(p);
}

/*
 * The first thread, current, becomes the program that it or another thread has
 * prepared. The others end.
 */
void exec_take_over(void)
{
	struct program *p = current->successor;

	leave_locks();
	await_threads();
	current->group_work &= ~GROUP_EXEC;
	current->sig_blocked = p->sig_blocked;
	current->restore_mask = false;
	commit(p, task_regs(current));
	release(p);
}

/*
 * Let p, which is complete, run: the process's first thread goes on with it.
 * Not if all threads are to end anyhow.
 */
static int run(struct program *p)
{
	struct task_struct *process = current->process;

	if (process->group_work & (GROUP_EXIT | GROUP_EXEC))
		return -EAGAIN;
	p->sig_blocked = current->sig_blocked;
	save_identity(&p->identity);
	process->successor = p;
	process->group_work |= GROUP_EXEC;
	if (!single_threaded(process))
		alert_group(process);
	if (current == process)
		exec_take_over();
	return 0;
}

/*
 * Run the file at path, a buffer of a page that is overwritten. Returns only to
 * the new program's first instruction, or an error.
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
		error = build(p, path);
	if (!error)
		error = run(p);
	if (error)
		release(p);
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
 * Turn the kernel task that calls it into the first program. Called by main.c;
 * returns an error, or not at all.
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
		error = build(p, path);
	if (!error)
		error = run(p);
out:
	if (p && error)
		release(p);
	if (path)
		kpage_free(path);
	if (!error)
		enter_user_mode(task_regs(current));
	return error;
}
