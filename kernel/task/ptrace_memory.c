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

/* A list of pieces of memory, and how far it has been used. */
struct pieces {
	const struct iovec __user *next;
	u32 left;			/* pieces behind this one */
	u32 addr, bytes;		/* of this one, what is left */
};

/* Goes on to the next piece that is not empty. Returns 0 or -EFAULT. */
static int next_piece(struct pieces *p)
{
	struct iovec piece;
	int error = 0;

	while (!error && !p->bytes && p->left) {
		error = copy_from_user(&piece, p->next++, sizeof(piece));
		p->left--;
		p->addr = (u32)piece.iov_base;
		p->bytes = error ? 0 : piece.iov_len;
	}
	return error;
}

/*
 * Returns 1 if all pieces of a list can be used, 0 if they are empty, -EINVAL
 * or -EFAULT.
 */
static int check_pieces(const struct iovec __user *list, u32 n, bool local)
{
	struct iovec piece;
	int some = 0;

	if (n > UIO_MAXIOV)
		return -EINVAL;
	for (u32 i = 0; i < n; i++) {
		if (copy_from_user(&piece, &list[i], sizeof(piece)) < 0)
			return -EFAULT;
		if ((s32)piece.iov_len < 0)
			return -EINVAL;
		if (local && !access_ok(piece.iov_base, piece.iov_len))
			return -EFAULT;
		some |= piece.iov_len != 0;
	}
	return some;
}

/* Copies n bytes of a page by way of buf. Returns 0 or an error. */
static int copy_piece(struct mm *mm, u32 local, u32 remote, u32 n, u8 *buf,
		      bool write)
{
	struct mm *own;
	int error = 0;

	if (write)
		error = copy_from_user(buf, (void __user *)local, n);
	if (error)
		return error;
	own = borrow_mm(mm);
	error = access_page(remote, buf, n, write, false);
	return_mm(own);
	if (!error && !write)
		error = copy_to_user((void __user *)local, buf, n);
	return error;
}

/* Copies as much as both lists have. Returns how many bytes, or an error. */
static int copy_pieces(struct mm *mm, struct pieces *local,
		       struct pieces *remote, u8 *buf, bool write)
{
	u32 done = 0, n;
	int error;

	for (;;) {
		error = next_piece(local);
		if (!error)
			error = next_piece(remote);
		n = min_u32(local->bytes, remote->bytes);
		n = min_u32(n, TRANSFER_MAX - done);
		if (error || !n)
			break;
		n = min_u32(n, PAGE_SIZE - OFFSET_IN_PAGE(remote->addr));
		error = copy_piece(mm, local->addr, remote->addr, n, buf,
				   write);
		if (error)
			break;
		done += n;
		local->addr += n;
		local->bytes -= n;
		remote->addr += n;
		remote->bytes -= n;
		if (current->work & WORK_RESCHED)
			schedule();
	}
	return done ? (int)done : error;
}

/* Copies between the memory of current and that of another process. */
static int copy_process(struct task_struct *task, struct pieces *local,
			struct pieces *remote, bool write)
{
	struct mm *mm = task->mm;
	u8 *buf;
	int n = -ENOMEM;

	mm->users++;
	buf = kpage_alloc(OWNER_CALL);
	if (buf) {
		n = copy_pieces(mm, local, remote, buf, write);
		kpage_free(buf);
	}
	mm_release(mm);
	return n;
}

static int process_vm(int pid, struct pieces local, struct pieces remote,
		      u32 flags, bool write)
{
	struct task_struct *task;
	int error = flags ? -EINVAL
			  : check_pieces(local.next, local.left, true);

	if (error > 0)
		error = check_pieces(remote.next, remote.left, false);
	if (error <= 0)
		return error;
	task = find_task(pid);
	if (!task || !task->mm)
		return -ESRCH;
	if (!may_inspect(task, current->uid, current->gid))
		return -EPERM;
	return copy_process(task, &local, &remote, write);
}

/* Reads memory of another process into current's. */
int sys_process_vm_readv(int pid, const struct iovec __user *local, u32 n,
			 const struct iovec __user *remote, u32 remote_n,
			 u32 flags)
{
	return process_vm(pid, (struct pieces){ local, n, 0, 0 },
			  (struct pieces){ remote, remote_n, 0, 0 }, flags,
			  false);
}

/* Writes current's memory into that of another process. */
int sys_process_vm_writev(int pid, const struct iovec __user *local, u32 n,
			  const struct iovec __user *remote, u32 remote_n,
			  u32 flags)
{
	return process_vm(pid, (struct pieces){ local, n, 0, 0 },
			  (struct pieces){ remote, remote_n, 0, 0 }, flags,
			  true);
}
