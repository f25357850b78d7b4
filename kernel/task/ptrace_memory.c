/*
 * The memory of another process, in words for a tracer, and in pieces:
 * process_vm_readv() and process_vm_writev().
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/uio.h>

#define WORD		sizeof(u32)

/*
 * Reads or writes a word of a tracee's memory. Private memory that is only
 * read, such as code, can be written, too: breakpoints are set like that.
 * Returns 0 or -EIO.
 */
static int access_word(struct task_struct *tracee, u32 addr, u32 *word,
		       bool write)
{
	struct mm *mm = tracee->mm, *own;
	int n;

	if (!mm || (!mm->dumpable && !(tracee->ptrace & PT_PRIVILEGED)))
		return -EIO;
	own = borrow_mm(mm);
	n = access_memory(addr, word, WORD, write, true);
	return_mm(own);
	return n == WORD ? 0 : -EIO;
}

int peek_word(struct task_struct *tracee, u32 addr, u32 __user *to)
{
	u32 word;
	int error = access_word(tracee, addr, &word, false);

	return error ? error : put_user_u32(word, to);
}

int poke_word(struct task_struct *tracee, u32 addr, u32 word)
{
	return access_word(tracee, addr, &word, true);
}

/* A copy between current's memory and that of another process. */
struct copying {
	struct mm *mm;			/* the other's */
	bool write;			/* to it */
	bool force;	/* as a tracer: also what the process itself may not */
	u8 *page;			/* on the way */
	struct pieces local, remote;
};

/* Copies n bytes of a page. Returns 0 or an error. */
static int copy_piece(const struct copying *c, u32 n)
{
	struct mm *own;
	int error = 0;

	if (c->write)
		error = copy_from_user(c->page, c->local.at, n);
	if (error)
		return error;
	own = borrow_mm(c->mm);
	error = access_page((u32)c->remote.at, c->page, n, c->write, c->force);
	return_mm(own);
	if (error)
		return error == -EFAULT && c->force ? -EIO : error;
	return c->write ? 0 : copy_to_user(c->local.at, c->page, n);
}

/* Copies length bytes. Returns how many were copied, or an error. */
static int copy_pieces(struct copying *c, u32 length)
{
	u32 done = 0;
	int error = 0;

	while (done < length) {
		u32 n = length - done;

		error = begin_piece(&c->local);
		if (!error)
			error = begin_piece(&c->remote);
		if (error)
			break;
		n = min_u32(n, min_u32(c->local.left, c->remote.left));
		n = min_u32(n, PAGE_SIZE - OFFSET_IN_PAGE((u32)c->remote.at));
		error = copy_piece(c, n);
		if (error)
			break;
		done += n;
		skip_in_piece(&c->local, n);
		skip_in_piece(&c->remote, n);
		if (current->work & WORK_RESCHED)
			schedule();
	}
	return done ? (int)done : error;
}

/* Copies as much as both sides have. Returns how many bytes, or an error. */
static int copy_process(struct copying *c, u32 length)
{
	struct mm *mm = c->mm;
	int n = -ENOMEM;

	mm->users++;
	c->page = kpage_alloc(OWNER_CALL);
	if (c->page) {
		n = copy_pieces(c, length);
		kpage_free(c->page);
	}
	mm_release(mm);
	return n;
}

/*
 * Reads or writes memory of a process as its tracer does. Returns how many
 * bytes, or -EIO where there is no memory, -EFAULT for buf, -ENOMEM.
 */
int access_process(struct mm *mm, u32 addr, char __user *buf, u32 count,
		   bool write)
{
	struct copying c = {
		.mm = mm, .write = write, .force = true,
		.local = { .at = (u8 __user *)buf, .left = count },
		.remote = { .at = (u8 __user *)addr, .left = count },
	};

	return copy_process(&c, count);
}

static int process_vm(int pid, const struct iovec __user *list, u32 count,
		      const struct iovec __user *remote_list, u32 remote_count,
		      u32 flags, bool write)
{
	struct task_struct *task;
	struct copying c = { .write = write };
	u32 length, remote_length;
	int error = flags ? -EINVAL
			  : get_pieces(&c.local, list, count, true, &length);

	if (error || !length)
		return error;
	error = get_pieces(&c.remote, remote_list, remote_count, false,
			   &remote_length);
	length = min_u32(length, remote_length);
	if (error || !length)
		return error;
	task = find_task(pid);
	if (!task || !task->mm)
		return -ESRCH;
	if (!may_inspect(task, current->uid, current->gid))
		return -EPERM;
	c.mm = task->mm;
	return copy_process(&c, length);
}

/* Reads memory of another process into current's. */
int sys_process_vm_readv(int pid, const struct iovec __user *local, u32 n,
			 const struct iovec __user *remote, u32 remote_n,
			 u32 flags)
{
	return process_vm(pid, local, n, remote, remote_n, flags, false);
}

/* Writes current's memory into that of another process. */
int sys_process_vm_writev(int pid, const struct iovec __user *local, u32 n,
			  const struct iovec __user *remote, u32 remote_n,
			  u32 flags)
{
	return process_vm(pid, local, n, remote, remote_n, flags, true);
}
