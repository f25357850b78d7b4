/*
 * How a tracer sets its tracee's debug registers (kernel/debugreg.c), as Linux
 * checks them. Only addresses of programs can be watched.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <abi/errno.h>
#include <asm/debugreg.h>

/* Returns true if a breakpoint can be where it is, as long as it is. */
static bool can_watch(const struct debug_regs *regs, u32 i)
{
	u32 type = debugreg_type(regs->control, i);
	u32 last = regs->control >> (18 + 4 * i) & 3;	/* bytes - 1 */

	if (type == ON_PORT || last == 2 || (type == ON_EXECUTE && last))
		return false;
	return !(regs->addr[i] & last);
}

/* Returns true if the CPU may have all of them. */
static bool can_watch_all(const struct debug_regs *regs)
{
	for (u32 i = 0; i < DEBUG_ADDRESSES; i++)
		if (regs->addr[i] >= TASK_SIZE ||
		    (debugreg_is_on(regs->control, i) && !can_watch(regs, i)))
			return false;
	return true;
}

/* Returns debug register n of a task. */
u32 get_debugreg(const struct task_struct *task, u32 n)
{
	const struct debug_regs *regs = task->debug;

	if (n < DEBUG_ADDRESSES)
		return regs ? regs->addr[n] : 0;
	if (n == 6)
		return DR6_RESERVED ^ (regs ? regs->hits : 0);
	return n == 7 && regs ? regs->control : 0;
}

/* Stores a value in a set of registers. Returns 0, -EIO or -EINVAL. */
static int change_register(struct debug_regs *regs, u32 n, u32 value)
{
	struct debug_regs new = *regs;

	if (n < DEBUG_ADDRESSES)
		new.addr[n] = value;
	else if (n == 6)
		new.hits = value ^ DR6_RESERVED;
	else if (n == 7)
		new.control = value;
	else
		return -EIO;
	if (!can_watch_all(&new))
		return -EINVAL;
	*regs = new;
	return 0;
}

/*
 * Sets debug register n of current's tracee. The first time that needs memory,
 * and the tracee may be killed meanwhile. Returns 0, -ESRCH, -ENOMEM, -EIO or
 * -EINVAL.
 */
int set_debugreg(int pid, u32 n, u32 value)
{
	struct debug_regs *regs = kzalloc(sizeof(*regs));
	struct task_struct *task = stopped_tracee(pid);
	int error;

	if (!regs)
		return -ENOMEM;
	if (task && task->debug)
		*regs = *task->debug;
	error = task ? change_register(regs, n, value) : -ESRCH;
	if (error) {
		kfree(regs);
		return error;
	}
	kfree(task->debug);
	task->debug = regs;
	task->switches_more = true;
	return 0;
}

/* Takes a task's debug registers away. Called by exec and exit. */
void release_debugregs(struct task_struct *task)
{
	struct debug_regs *regs = task->debug;

	if (!regs)
		return;
	task->debug = NULL;
	load_debugregs(task);
	kfree(regs);
}

