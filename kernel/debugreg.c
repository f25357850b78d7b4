/*
 * Debug registers: the CPU watches four addresses for a task, DR0 to DR3. DR7
 * says how: execution, writes, or reads and writes. A hit raises exception 1,
 * and DR6 tells which (Intel SDM volume 3, "Debug Registers"). They are loaded
 * when the task runs. A debugger sets them: kernel/task/ptrace_debug.c. What
 * the kernel itself reads or writes for the program is no hit.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <asm/debugreg.h>
#include <asm/system.h>

#define DR6_STEP	0x4000u
#define DR7_FIXED	0x700u		/* exact data breakpoints; reads as 1 */
#define DR7_CONDITIONS	0xFFFF00FFu	/* without the kernel's protection */

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

/* Returns the bits of those of current's breakpoints that were hit. */
static u32 find_hits(u32 status)
{
	u32 hits = 0;

	for (u32 i = 0; i < DEBUG_ADDRESSES; i++)
		if (status >> i & 1 &&
		    debugreg_is_on(current->debug->control, i))
			hits |= 1u << i;
	return hits;
}

/* Lets the program execute the instruction that it has stopped before. */
static void step_over(struct pt_regs *regs, u32 hits)
{
	for (u32 i = 0; i < DEBUG_ADDRESSES; i++)
		if (hits >> i & 1 &&
		    debugreg_type(current->debug->control, i) == ON_EXECUTE)
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
