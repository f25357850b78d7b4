/*
 * Registers of a stopped task, as a tracer and a core file see them: in the
 * sets that the notes of a core file have, and in words of struct user.
 */
#include <cowix/kernel.h>
#include <cowix/entry.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/ldt.h>
#include <abi/uio.h>
#include <asm/system.h>

#define WORD		sizeof(u32)

/* Returns a task's flags without what a single step has added. */
static u32 own_eflags(struct task_struct *task)
{
	u32 eflags = task_regs(task)->eflags;

	return task->ptrace & PT_STEP ? eflags & ~EFLAGS_TF : eflags;
}

/* Returns the general registers of a task that does not run, or of current. */
struct user_regs get_regs(struct task_struct *task)
{
	const struct pt_regs *r = task_regs(task);
	const struct switch_frame *frame = task->switch_frame;
	bool self = task == current;

	return (struct user_regs){
		.ebx = r->ebx, .ecx = r->ecx, .edx = r->edx, .esi = r->esi,
		.edi = r->edi, .ebp = r->ebp, .eax = r->eax,
		.ds = r->ds, .es = r->es,
		.fs = self ? read_fs() : (u16)frame->fs,
		.gs = self ? read_gs() : (u16)frame->gs,
		.orig_eax = r->orig_eax, .eip = r->eip, .cs = r->cs,
		.eflags = own_eflags(task), .esp = r->esp, .ss = r->ss,
	};
}

/* Returns true if a program may have a selector: none, or with privilege 3. */
static bool valid_selector(u32 selector)
{
	return !(u16)selector || (selector & 3) == 3;
}

/* Returns true if a program can run with these segments. */
static bool segments_valid(const struct user_regs *r)
{
	return valid_selector(r->ds) && valid_selector(r->es) &&
	       valid_selector(r->fs) && valid_selector(r->gs) &&
	       (u16)r->cs == USER_CS && (r->ss & 3) == 3;
}

static void set_segments(struct task_struct *task, const struct user_regs *from)
{
	struct pt_regs *r = task_regs(task);

	r->ds = (u16)from->ds;
	r->es = (u16)from->es;
	r->ss = (u16)from->ss;
	task->switch_frame->fs = (u16)from->fs;
	task->switch_frame->gs = (u16)from->gs;
}

/*
 * Sets the flags that a program may have. A single step stays one, unless the
 * tracer sets TF itself: then the flag is the program's.
 */
static void set_eflags(struct task_struct *task, u32 eflags)
{
	struct pt_regs *r = task_regs(task);

	if (eflags & EFLAGS_TF)
		task->ptrace &= ~PT_STEP;
	else if (task->ptrace & PT_STEP)
		eflags |= EFLAGS_TF;
	r->eflags = (r->eflags & ~EFLAGS_USER) | (eflags & EFLAGS_USER);
}

/* Sets the general registers of a stopped task. Returns 0 or -EIO. */
static int set_regs(struct task_struct *task, const struct user_regs *from)
{
	struct pt_regs *r = task_regs(task);

	if (!segments_valid(from))
		return -EIO;
	set_segments(task, from);
	set_eflags(task, from->eflags);
	r->ebx = from->ebx;
	r->ecx = from->ecx;
	r->edx = from->edx;
	r->esi = from->esi;
	r->edi = from->edi;
	r->ebp = from->ebp;
	r->eax = from->eax;
	r->orig_eax = from->orig_eax;
	r->eip = from->eip;
	r->esp = from->esp;
	return 0;
}

/*
 * Tells a word of the structure that PEEKUSER shows. It begins with the general
 * registers and ends with the debug registers; the rest is 0. Returns 0, -EIO
 * or -EFAULT.
 */
int peek_user(struct task_struct *tracee, u32 offset, u32 __user *to)
{
	struct user_regs regs = get_regs(tracee);
	u32 word = 0;

	if (offset % WORD || offset >= USER_SIZE)
		return -EIO;
	if (offset < sizeof(regs))
		word = ((u32 *)&regs)[offset / WORD];
	else if (offset >= USER_DEBUGREG)
		word = get_debugreg(tracee, (offset - USER_DEBUGREG) / WORD);
	return put_user_u32(word, to);
}

/* Sets one register, named by its offset in that structure. */
int poke_user(struct task_struct *tracee, u32 offset, u32 value)
{
	struct user_regs regs = get_regs(tracee);

	if (offset % WORD || offset >= USER_SIZE)
		return -EIO;
	if (offset >= USER_DEBUGREG)
		return set_debugreg(tracee->pid,
				    (offset - USER_DEBUGREG) / WORD, value);
	if (offset >= sizeof(regs))
		return -EIO;
	((u32 *)&regs)[offset / WORD] = value;
	return set_regs(tracee, &regs);
}

/* A set of registers has the number of its note in a core file. */
static const struct regset {
	u32 note, size, unit;
} regsets[] = {
	{ NT_PRSTATUS, sizeof(struct user_regs), WORD },
	{ NT_PRFPREG, FPREGS_SIZE, WORD },
	{ NT_PRXFPREG, FPXREGS_SIZE, WORD },
	{ NT_386_TLS, TLS_ENTRIES * sizeof(struct user_desc),
	  sizeof(struct user_desc) },
};

static const struct regset *find_regset(u32 note)
{
	for (u32 i = 0; i < ARRAY_SIZE(regsets); i++)
		if (regsets[i].note == note)
			return &regsets[i];
	return NULL;
}

static int read_regset(struct task_struct *task, u32 note, void *to)
{
	switch (note) {
	case NT_PRSTATUS:
		*(struct user_regs *)to = get_regs(task);
		return 0;
	case NT_386_TLS:
		get_tls(task, to);
		return 0;
	}
	return fpu_get_regs(task, to, note == NT_PRXFPREG);
}

/* *fpu: a state for a task that has none. NULL afterwards if it was used. */
static int write_regset(struct task_struct *task, u32 note, const void *from,
			struct fpu_state **fpu)
{
	switch (note) {
	case NT_PRSTATUS:
		return set_regs(task, from);
	case NT_386_TLS:
		return set_tls(task, from);
	}
	if (!task->fpu) {
		task->fpu = *fpu;
		*fpu = NULL;
	}
	return fpu_set_regs(task, from, note == NT_PRXFPREG);
}

/*
 * Changes the first bytes of a set, by way of buf. The tracee may be killed
 * while the program's memory is read. Returns 0 or an error.
 */
static int change_regset(int pid, u32 note, u8 *buf, const void __user *user,
			 u32 size)
{
	struct fpu_state *fpu = fpu_new_state();
	struct task_struct *tracee;
	int error = fpu ? copy_from_user(buf, user, size) : -ENOMEM;

	tracee = stopped_tracee(pid);	/* it may have been killed meanwhile */
	if (!error)
		error = tracee ? write_regset(tracee, note, buf, &fpu) : -ESRCH;
	kfree(fpu);
	return error;
}

/*
 * Reads or sets the first size bytes of a set of registers, or all if there are
 * fewer. Returns 0 or an error.
 */
int regset_request(struct task_struct *tracee, u32 note, void __user *user,
		   u32 size, bool set)
{
	u32 whole = find_regset(note)->size;
	int error, pid = tracee->pid;
	u8 *buf = kmalloc(whole);

	if (!buf)
		return -ENOMEM;
	size = min_u32(size, whole);
	tracee = stopped_tracee(pid);
	error = tracee ? read_regset(tracee, note, buf) : -ESRCH;
	if (!error && set)
		error = change_regset(pid, note, buf, user, size);
	else if (!error)
		error = copy_to_user(user, buf, size);
	kfree(buf);
	return error;
}

/* The same; the size is in a structure, and what was copied is told there. */
int regset_iovec(struct task_struct *tracee, u32 note, void __user *user,
		 bool set)
{
	const struct regset *regset = find_regset(note);
	int error, pid = tracee->pid;
	struct iovec piece;

	if (copy_from_user(&piece, user, sizeof(piece)) < 0)
		return -EFAULT;
	if (note == NT_X86_XSTATE)
		return -ENODEV;		/* the CPU's XSAVE is not used */
	if (!regset || piece.iov_len % regset->unit)
		return -EINVAL;
	tracee = stopped_tracee(pid);
	if (!tracee)
		return -ESRCH;
	piece.iov_len = min_u32(piece.iov_len, regset->size);
	error = regset_request(tracee, note, piece.iov_base, piece.iov_len,
			       set);
	if (error)
		return error;
	return copy_to_user(user, &piece, sizeof(piece));
}
