/*
 * Debug registers: the CPU watches four addresses for a task, DR0 to DR3. DR7
 * says how: execution, writes, or reads and writes. A hit raises exception 1,
 * and DR6 tells which. A debugger sets them by PTRACE_POKEUSER (Intel SDM
 * volume 3, "Debug Registers"). They are loaded when the task runs. Only
 * addresses of programs can be watched. What the kernel itself reads or writes
 * there for the program is no hit.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <abi/errno.h>
#include <asm/debugreg.h>
#include <asm/system.h>

#define ADDRESSES	4
#define DR6_STEP	0x4000u
#define DR6_RESERVED	0xFFFF0FF0u	/* these read as 1 */
#define DR7_FIXED	0x700u		/* exact data breakpoints; reads as 1 */
#define DR7_CONDITIONS	0xFFFF00FFu	/* without the kernel's protection */

enum { ON_EXECUTE, ON_WRITE, ON_PORT, ON_ACCESS };

struct debug_regs {
	u32 addr[ADDRESSES];
	u32 hits;			/* DR6's bits that are not reserved */
	u32 control;			/* DR7 as the debugger wrote it */
};

/* Returns nonzero if DR7 has breakpoint i switched on. */
static u32 is_on(u32 control, u32 i)
{
	return control >> 2 * i & 3;
}

static u32 type_of(u32 control, u32 i)
{
	return control >> (16 + 4 * i) & 3;
}

/* Returns true if a breakpoint can be where it is, as long as it is. */
static bool is_possible(const struct debug_regs *regs, u32 i)
{
	u32 type = type_of(regs->control, i);
	u32 last = regs->control >> (18 + 4 * i) & 3;	/* bytes - 1 */

	if (type == ON_PORT || last == 2 || (type == ON_EXECUTE && last))
		return false;
	return !(regs->addr[i] & last);
}

/* Returns true if the CPU may have all of them. */
static bool are_possible(const struct debug_regs *regs)
{
	for (u32 i = 0; i < ADDRESSES; i++)
		if (regs->addr[i] >= TASK_SIZE ||
		    (is_on(regs->control, i) && !is_possible(regs, i)))
			return false;
	return true;
}

/* Loads a task's registers; without any, switches all breakpoints off. */
void load_debugregs(const struct task_struct *task)
{
	const struct debug_regs *regs = task->debug;

	if (regs) {
		write_dr0(regs->addr[0]);
		write_dr1(regs->addr[1]);
		write_dr2(regs->addr[2]);
		write_dr3(regs->addr[3]);
	}
	write_dr7(regs ? (regs->control & DR7_CONDITIONS) | DR7_FIXED
		       : DR7_FIXED);
}

/* Returns debug register n of a task. */
u32 get_debugreg(const struct task_struct *task, u32 n)
{
	const struct debug_regs *regs = task->debug;

	if (n < ADDRESSES)
		return regs ? regs->addr[n] : 0;
	if (n == 6)
		return DR6_RESERVED ^ (regs ? regs->hits : 0);
	return n == 7 && regs ? regs->control : 0;
}

/* Stores a value in a set of registers. Returns 0, -EIO or -EINVAL. */
static int change_register(struct debug_regs *regs, u32 n, u32 value)
{
	struct debug_regs new = *regs;

	if (n < ADDRESSES)
		new.addr[n] = value;
	else if (n == 6)
		new.hits = value ^ DR6_RESERVED;
	else if (n == 7)
		new.control = value;
	else
		return -EIO;
	if (!are_possible(&new))
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

/* Returns the bits of those of current's breakpoints that were hit. */
static u32 find_hits(u32 status)
{
	u32 hits = 0;

	for (u32 i = 0; i < ADDRESSES; i++)
		if (status >> i & 1 && is_on(current->debug->control, i))
			hits |= 1u << i;
	return hits;
}

/* Lets the program execute the instruction that it has stopped before. */
static void step_over(struct pt_regs *regs, u32 hits)
{
	for (u32 i = 0; i < ADDRESSES; i++)
		if (hits >> i & 1 &&
		    type_of(current->debug->control, i) == ON_EXECUTE)
			regs->eflags |= EFLAGS_RF;
}

/*
 * Finds out why exception 1 came. Returns TRAP_TRACE, TRAP_HWBKPT or, for an
 * INT1 instruction, TRAP_BRKPT.
 */
int debug_trap_code(struct pt_regs *regs)
{
	u32 status = read_dr6(), hits = 0;

	write_dr6(DR6_RESERVED);
	if (current->debug) {
		hits = find_hits(status);
		current->debug->hits = hits | (status & DR6_STEP);
		if (user_mode(regs))
			step_over(regs, hits);
	}
	if (status & DR6_STEP)
		return TRAP_TRACE;
	return hits ? TRAP_HWBKPT : TRAP_BRKPT;
}
