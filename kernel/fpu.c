/*
 * FPU and SSE state, kept per task and switched lazily: the CPU holds the state
 * of the task that used it last (the owner). A switch to any other task sets
 * CR0.TS; its first FPU instruction raises exception 7, which saves the owner's
 * state and loads its own. A task that never uses the FPU pays nothing.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <asm/fpu.h>
#include <asm/system.h>

#define MXCSR_DEFAULT	0x1F80u	/* all exceptions masked, round to nearest */
#define MXCSR_VALID	0xFFBFu		/* bits that every SSE CPU has */
#define MXCSR_OFFSET	24		/* in the FXSAVE image */
#define MXCSR_MASK	28		/* there: the bits that this CPU has */
/* the bits that mask exceptions are so far left of those that tell them */
#define MXCSR_MASKS	7

struct fpu_state {
	u8 image[FPU_STATE_SIZE];
} __attribute__((aligned(16)));

/*
 * What FNSAVE stores, and two words of Linux's. A signal frame begins with it;
 * an FXSAVE image follows, of which only what is new in it counts when the
 * frame comes back.
 */
struct old_state {
	u32 control, status, tags, ip, cs_opcode, operand, operand_segment;
	u8 registers[8][10];
	/* magic is 0 where there is an FXSAVE image, else all ones */
	u16 status_again, magic;
};

_Static_assert(sizeof(struct old_state) + FPU_STATE_SIZE == FPU_FRAME_SIZE,
	       "a signal frame's FPU state");

static struct fpu_state initial;
static u32 mxcsr_valid;			/* loading other bits faults */
struct task_struct *fpu_owner;

static void save(struct fpu_state *state)
{
	if (cpu_has_fxsr)
		fxsave(state->image);
	else
		fnsave(state->image);
}

/*
 * Called once by start_kernel: native exceptions (16), and SSE if the CPU has
 * it.
 */
void fpu_init(void)
{
	write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE);
	fninit();
	if (cpu_has_fxsr) {
		u32 mxcsr = MXCSR_DEFAULT;

		write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
		clear_xmm();
		ldmxcsr(&mxcsr);
	}
	save(&initial);
	mxcsr_valid = *(u32 *)&initial.image[MXCSR_MASK];
	if (!mxcsr_valid)
		mxcsr_valid = MXCSR_VALID;
	write_cr0(read_cr0() | CR0_TS);
}

/*
 * Loads the registers with a task's state. What they hold may be a dead task's,
 * with an exception pending, which FRSTOR would raise here: FNINIT first.
 */
static void restore(const struct task_struct *task)
{
	fninit();
	if (cpu_has_fxsr)
		fxrstor(task->fpu->image);
	else
		frstor(task->fpu->image);
}

/*
 * Called at every switch, except while there is no owner: then TS stays set.
 * The next task may use the FPU at once only if its state is the one that is
 * loaded.
 */
void fpu_switch(struct task_struct *next)
{
	if (fpu_owner == next)
		clts();
	else
		write_cr0(read_cr0() | CR0_TS);
}

/* Makes a state for current, which has none. Returns 0 or -ENOMEM. */
static int make_state(void)
{
	struct fpu_state *state = kmalloc(sizeof(*state));

	if (!state)
		return -ENOMEM;
	*state = initial;
	current->fpu = state;
	return 0;
}

/* Has current's state, which is there, in the registers. */
static void load_current(void)
{
	clts();
	if (fpu_owner == current)
		return;
	if (fpu_owner)
		save(fpu_owner->fpu);
	restore(current);
	fpu_owner = current;
}

/*
 * Gives current the FPU, which it wants. The memory for its state comes first:
 * meanwhile others use the FPU. Returns 0 or -ENOMEM.
 */
int fpu_restore_current(void)
{
	int error = current->fpu ? 0 : make_state();

	if (!error)
		load_current();
	return error;
}

/* Bring the copy in memory up to date with the registers. */
static void sync_state(struct task_struct *task)
{
	if (fpu_owner != task)
		return;
	clts();
	save(task->fpu);
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

/* What the registers hold is not wanted any more: the copy in memory counts. */
static void disown(struct task_struct *task)
{
	if (fpu_owner == task) {
		fpu_owner = NULL;
		write_cr0(read_cr0() | CR0_TS);
	}
}

/* The task ends, or exec gives it a fresh state. */
void fpu_release(struct task_struct *task)
{
	disown(task);
	kfree(task->fpu);
	task->fpu = NULL;
}

/*
 * A signal handler starts with a fresh state: what it interrupted may have
 * unmasked exceptions, and one of them may be pending.
 */
void fpu_reset_current(void)
{
	disown(current);
	if (current->fpu)
		*current->fpu = initial;
}

/* The first of the exceptions that the state says are raised and not masked. */
int fpu_exception_code(bool simd)
{
	static const struct { u8 bits, code;
	} causes[] = {
		{ 0x01, FPE_FLTINV }, { 0x04, FPE_FLTDIV },
		{ 0x08, FPE_FLTOVF }, { 0x12, FPE_FLTUND },
		{ 0x20, FPE_FLTRES },
	};
	const u8 *image = current->fpu->image;
	u32 raised;

	sync_state(current);
	if (simd)
		raised = *(const u32 *)&image[MXCSR_OFFSET] &
			 ~(*(const u32 *)&image[MXCSR_OFFSET] >> MXCSR_MASKS);
	else
		raised = *(const u16 *)&image[cpu_has_fxsr ? 2 : 4] &
			 ~*(const u16 *)image;
	for (u32 i = 0; i < ARRAY_SIZE(causes); i++)
		if (raised & causes[i].bits)
			return causes[i].code;
	return FPE_FLTINV;
}

int fpu_save_to_user(void __user *to)
{
	struct old_state old;
	int error;

	load_current();
	save(current->fpu);
	if (cpu_has_fxsr)
		fnsave(&old);
	else
		memcpy(&old, current->fpu->image, sizeof(old));
	restore(current);
	old.status_again = (u16)old.status;
	old.magic = cpu_has_fxsr ? 0 : 0xFFFF;
	error = copy_to_user(to, &old, sizeof(old));
	if (!error && cpu_has_fxsr)
		error = copy_to_user((u8 __user *)to + sizeof(old),
				     current->fpu->image, FPU_STATE_SIZE);
	return error;
}

/*
 * FNSAVE's fields into an FXSAVE image, whose tags have a bit a register:
 * whether it is in use.
 */
static void convert(u8 *image, const struct old_state *old)
{
	u16 *words = (u16 *)image;
	u32 *longs = (u32 *)image;
	u8 in_use = 0;

	for (u32 i = 0; i < 8; i++) {
		in_use |= (old->tags >> 2 * i & 3) != 3 ? 1 << i : 0;
		memcpy(image + 32 + 16 * i, old->registers[i], 10);
	}
	words[0] = (u16)old->control;
	words[1] = (u16)old->status;
	words[2] = in_use;
	words[3] = (u16)(old->cs_opcode >> 16);
	longs[2] = old->ip;
	longs[3] = (u16)old->cs_opcode;
	longs[4] = old->operand;
	longs[5] = (u16)old->operand_segment;
}

/*
 * The frame is the program's and may hold anything: reserved MXCSR bits, which
 * would fault in the kernel, are cleared. Returns 0, -EFAULT or -ENOMEM.
 */
int fpu_restore_from_user(const void __user *from)
{
	struct old_state old;
	int error = current->fpu ? 0 : make_state();

	if (error)
		return error;
	disown(current);
	error = copy_from_user(&old, from, sizeof(old));
	if (error)
		return error;
	if (!cpu_has_fxsr) {
		memcpy(current->fpu->image, &old, sizeof(old));
		return 0;
	}
	error = copy_from_user(current->fpu->image,
			       (const u8 __user *)from + sizeof(old),
			       FPU_STATE_SIZE);
	convert(current->fpu->image, &old);
	*(u32 *)&current->fpu->image[MXCSR_OFFSET] &= mxcsr_valid;
	return error;
}
