/*
 * FPU and SSE state, kept per task and switched lazily: the CPU holds the state of the task that used it last (the owner). A switch to any
 * other task sets CR0.TS; its first FPU instruction raises exception 7, which saves the owner's state and loads its own.
 * A task that never uses the FPU pays nothing.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/fpu.h>
#include <asm/system.h>

#define MXCSR_DEFAULT	0x1F80u		/* all exceptions masked, round to nearest */
#define MXCSR_VALID	0xFFBFu		/* bits that every SSE CPU has; loading others faults */
#define MXCSR_OFFSET	24		/* in the FXSAVE image */

struct fpu_state {
	u8 image[FPU_STATE_SIZE];
};

static struct task_struct *owner;

/* Called once by start_kernel: native exceptions (16), and SSE if the CPU has it. */
void fpu_init(void)
{
	write_cr0((read_cr0() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_TS);
	if (cpu_has_fxsr)
		write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
}

static void save(struct task_struct *task)
{
	if (cpu_has_fxsr)
		fxsave(task->fpu->image);
	else
		fnsave(task->fpu->image);
}

static void restore(const struct task_struct *task)
{
	if (cpu_has_fxsr)
		fxrstor(task->fpu->image);
	else
		frstor(task->fpu->image);
}

/* Called at every switch: the next task may use the FPU at once only if its state is the one that is loaded. */
void fpu_switch(struct task_struct *next)
{
	if (!owner)
		return;			/* TS is set, and stays so */
	if (owner == next)
		clts();
	else
		write_cr0(read_cr0() | CR0_TS);
}

static void init_state(struct task_struct *task)
{
	fninit();
	if (cpu_has_fxsr) {
		u32 mxcsr = MXCSR_DEFAULT;

		clear_xmm();
		ldmxcsr(&mxcsr);
	}
	save(task);
}

/* Exception 7: current wants the FPU. Without memory for its state it is killed. */
void fpu_restore_current(void)
{
	clts();
	if (owner == current)
		return;
	if (owner)
		save(owner);
	owner = NULL;
	if (!current->fpu) {
		current->fpu = kmalloc(sizeof(struct fpu_state));
		if (!current->fpu) {
			write_cr0(read_cr0() | CR0_TS);
			printk("out of memory: pid %d (%s) killed at its first FPU instruction\n", current->pid, current->comm);
			send_fault_signal(SIGKILL, 0, 0);
			return;
		}
		init_state(current);
	}
	restore(current);
	owner = current;
}

/* Bring the copy in memory up to date with the registers. */
static void sync_state(struct task_struct *task)
{
	if (owner != task)
		return;
	clts();
	save(task);
	restore(task);			/* FNSAVE has cleared the registers */
}

int fpu_fork(struct task_struct *child)
{
	child->fpu = NULL;
	if (!current->fpu)
		return 0;
	child->fpu = kmalloc(sizeof(struct fpu_state));
	if (!child->fpu)
		return -ENOMEM;
	sync_state(current);
	*child->fpu = *current->fpu;
	return 0;
}

/* The task ends, or exec gives it a fresh state. */
void fpu_release(struct task_struct *task)
{
	if (owner == task) {
		owner = NULL;
		write_cr0(read_cr0() | CR0_TS);
	}
	kfree(task->fpu);
	task->fpu = NULL;
}

int fpu_save_to_user(void __user *to)
{
	sync_state(current);
	return copy_to_user(to, current->fpu->image, FPU_STATE_SIZE);
}

/* The image is the program's and may hold anything: reserved MXCSR bits, which would fault in the kernel, are cleared. */
int fpu_restore_from_user(const void __user *from)
{
	int error;

	if (!current->fpu) {
		fpu_restore_current();
		if (!current->fpu)
			return -ENOMEM;
	}
	if (owner == current) {
		owner = NULL;
		write_cr0(read_cr0() | CR0_TS);
	}
	error = copy_from_user(current->fpu->image, from, FPU_STATE_SIZE);
	if (cpu_has_fxsr)
		*(u32 *)&current->fpu->image[MXCSR_OFFSET] &= MXCSR_VALID;
	return error;
}
