/*
 * FPU and SSE state. Each task has its own, and it is switched lazily. The
 * registers hold the state of the task that used them last: the owner. A switch
 * to any other task sets CR0.TS. Its first FPU instruction then raises
 * exception 7, which saves the owner's state and loads the task's. A task that
 * never uses the FPU pays nothing.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/ptrace.h>
#include <asm/fpu.h>
#include <asm/system.h>

#define MXCSR_DEFAULT	0x1F80u	/* all exceptions masked, round to nearest */
#define MXCSR_VALID	0xFFBFu	/* bits that every SSE CPU has */
#define MXCSR_OFFSET	24	/* in the FXSAVE image */
#define MXCSR_MASK	28	/* likewise: the bits that this CPU has */
#define MXCSR_MASK_SHIFT 7	/* from an exception's bit to its mask */

struct fpu_state {
	u8 image[FPU_STATE_SIZE];
} __attribute__((aligned(16)));

/*
 * What FNSAVE stores, and two words of Linux's. A signal frame begins with it.
 * An FXSAVE image follows; when the frame comes back, only what FNSAVE does not
 * know is taken from there.
 */
struct fnsave_state {
	u32 control, status, tags, ip, cs_opcode, operand, operand_segment;
	u8 registers[8][10];
	u16 status_again;
	u16 magic;		/* 0: there is an FXSAVE image; else all ones */
};

_Static_assert(sizeof(struct fnsave_state) + FPU_STATE_SIZE == FPU_FRAME_SIZE,
	       "a signal frame's FPU state");

static struct fpu_state initial;
static u32 mxcsr_valid;			/* loading other bits faults */
struct task_struct *fpu_owner;		/* NULL: nobody */

static void save(struct fpu_state *state)
{
	if (cpu_has_fxsr)
		fxsave(state->image);
	else
		fnsave(state->image);
}

/*
 * Called once by start_kernel. Has FPU errors raise exception 16, and switches
 * SSE on if the CPU has it.
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
 * Loads the registers with a task's state. They may hold a dead task's, with an
 * exception pending, which FRSTOR would raise here. So FNINIT comes first.
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
 * Called at every switch while there is an owner; without one TS stays set. The
 * next task may use the FPU at once only if it is the owner.
 */
void fpu_switch(struct task_struct *next)
{
	if (fpu_owner == next)
		clts();
	else
		write_cr0(read_cr0() | CR0_TS);
}

/* Returns a new initial state, or NULL if there was no memory. */
struct fpu_state *fpu_new_state(void)
{
	struct fpu_state *state = kmalloc(sizeof(*state));

	if (state)
		*state = initial;
	return state;
}

/* Gives current, which has none, an initial state. Returns 0 or -ENOMEM. */
static int make_state(void)
{
	struct fpu_state *state = fpu_new_state();

	if (!state)
		return -ENOMEM;
	current->fpu = state;
	return 0;
}

/* Loads current's state, which must exist, into the registers. */
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
 * Gives current the FPU. The memory for its state comes first, since meanwhile
 * others use the FPU. Returns 0 or -ENOMEM.
 */
int fpu_restore_current(void)
{
	int error = current->fpu ? 0 : make_state();

	if (!error)
		load_current();
	return error;
}

/* Brings a task's state in memory up to date with the registers. */
static void sync_state(struct task_struct *task)
{
	if (fpu_owner != task)
		return;
	clts();
	save(task->fpu);
	restore(task);			/* FNSAVE has cleared the registers */
}

/* Copies current's state for its child. Returns 0 or -ENOMEM. */
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

/* Forgets what the registers hold of a task; its state in memory counts. */
static void disown(struct task_struct *task)
{
	if (fpu_owner == task) {
		fpu_owner = NULL;
		write_cr0(read_cr0() | CR0_TS);
	}
}

/* Called when a task ends, or has a new program: frees its state. */
void fpu_release(struct task_struct *task)
{
	disown(task);
	kfree(task->fpu);
	task->fpu = NULL;
}

/*
 * Gives current an initial state, since a signal handler begins. The code that
 * it interrupts may have unmasked exceptions, and one of them may be pending.
 */
void fpu_reset_current(void)
{
	disown(current);
	if (current->fpu)
		*current->fpu = initial;
}

/*
 * Returns the exceptions that are raised and not masked, as bits. simd: those
 * of SSE.
 */
static u32 unmasked_exceptions(const u8 *image, bool simd)
{
	u32 mxcsr = *(const u32 *)&image[MXCSR_OFFSET];
	u16 control = *(const u16 *)image;
	u16 status = *(const u16 *)&image[cpu_has_fxsr ? 2 : 4];

	if (simd)
		return mxcsr & ~(mxcsr >> MXCSR_MASK_SHIFT);
	return status & ~control;
}

/* Returns FPE_FLT*: the reason for current's exception 16, or 19 (simd). */
int fpu_exception_code(bool simd)
{
	static const struct {
		u8 bits, code;
	} causes[] = {
		{ 0x01, FPE_FLTINV }, { 0x04, FPE_FLTDIV },
		{ 0x08, FPE_FLTOVF }, { 0x12, FPE_FLTUND },
		{ 0x20, FPE_FLTRES },
	};
	u32 raised;

	sync_state(current);
	raised = unmasked_exceptions(current->fpu->image, simd);
	for (u32 i = 0; i < ARRAY_SIZE(causes); i++)
		if (raised & causes[i].bits)
			return causes[i].code;
	return FPE_FLTINV;
}

/*
 * Stores current's state, which must exist, in a signal frame: FPU_FRAME_SIZE
 * bytes, aligned to 16. Returns 0, -EFAULT or -ENOMEM.
 */
int fpu_save_to_user(void __user *to)
{
	u8 __user *fxsave_image = (u8 __user *)to + sizeof(struct fnsave_state);
	struct fnsave_state old;
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
		error = copy_to_user(fxsave_image, current->fpu->image,
				     FPU_STATE_SIZE);
	return error;
}

/*
 * Puts FNSAVE's fields into an FXSAVE image. FNSAVE has two bits for each
 * register, which are 3 if it is empty. FXSAVE has one: it is in use.
 */
static void fxsave_from_fnsave(u8 *image, const struct fnsave_state *old)
{
	u16 *words = (u16 *)image;
	u32 *longs = (u32 *)image;
	u8 in_use = 0;

	for (u32 i = 0; i < 8; i++) {
		if ((old->tags >> 2 * i & 3) != 3)
			in_use |= 1 << i;
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
 * Restores current's state from a signal frame. The program may have written
 * anything there. Reserved bits of MXCSR would fault in the kernel: they are
 * cleared. Returns 0, -EFAULT or -ENOMEM.
 */
int fpu_restore_from_user(const void __user *from)
{
	const u8 __user *fxsave_image = (const u8 __user *)from +
					sizeof(struct fnsave_state);
	struct fnsave_state old;
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
	error = copy_from_user(current->fpu->image, fxsave_image,
			       FPU_STATE_SIZE);
	fxsave_from_fnsave(current->fpu->image, &old);
	*(u32 *)&current->fpu->image[MXCSR_OFFSET] &= mxcsr_valid;
	return error;
}

/*
 * Has the FPU convert a state to FNSAVE's format. The registers belong to
 * nobody afterwards.
 */
static void fnsave_from_fxsave(struct fnsave_state *to, const u8 *image)
{
	clts();
	if (fpu_owner)
		save(fpu_owner->fpu);
	fninit();
	fxrstor(image);
	fnsave(to);
	fpu_owner = NULL;
	write_cr0(read_cr0() | CR0_TS);
}

/*
 * Stores a task's state as FNSAVE or as FXSAVE does: FPREGS_SIZE or
 * FPXREGS_SIZE bytes. Returns 0, or -ENODEV if the CPU has no FXSAVE.
 */
int fpu_get_regs(struct task_struct *task, u8 *to, bool fxsave_format)
{
	const struct fpu_state *state = task->fpu ? task->fpu : &initial;
	struct fnsave_state old;

	if (fxsave_format && !cpu_has_fxsr)
		return -ENODEV;
	sync_state(task);
	if (fxsave_format) {
		memcpy(to, state->image, FPXREGS_SIZE);
		return 0;
	}
	if (cpu_has_fxsr)
		fnsave_from_fxsave(&old, state->image);
	else
		memcpy(&old, state->image, sizeof(old));
	memcpy(to, &old, FPREGS_SIZE);
	return 0;
}

/*
 * Sets a task's state, which must exist, from the same formats. Returns 0,
 * -ENODEV, or -EINVAL for bits of MXCSR that the CPU does not have.
 */
int fpu_set_regs(struct task_struct *task, const u8 *from, bool fxsave_format)
{
	u8 *image = task->fpu->image;
	struct fnsave_state old;

	if (fxsave_format && !cpu_has_fxsr)
		return -ENODEV;
	if (fxsave_format && *(const u32 *)&from[MXCSR_OFFSET] & ~mxcsr_valid)
		return -EINVAL;
	sync_state(task);
	disown(task);
	if (fxsave_format) {
		memcpy(image, from, FPXREGS_SIZE);
	} else if (cpu_has_fxsr) {
		memcpy(&old, from, FPREGS_SIZE);
		fxsave_from_fnsave(image, &old);
	} else {
		memcpy(image, from, FPREGS_SIZE);
	}
	return 0;
}
