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

/* Copies length bytes. Returns how many were copied, or an error. */
static int copy_pieces(struct mm *mm, struct pieces *local,
		       struct pieces *remote, u32 length, u8 *buf, bool write)
{
	u32 done = 0;
	int error = 0;

	while (done < length) {
		u32 n = length - done, addr;

		error = begin_piece(local);
		if (!error)
			error = begin_piece(remote);
		if (error)
			break;
		addr = (u32)remote->at;
		n = min_u32(n, min_u32(local->left, remote->left));
		n = min_u32(n, PAGE_SIZE - OFFSET_IN_PAGE(addr));
		error = copy_piece(mm, (u32)local->at, addr, n, buf, write);
		if (error)
			break;
		done += n;
		skip_in_piece(local, n);
		skip_in_piece(remote, n);
		if (current->work & WORK_RESCHED)
			schedule();
	}
	return done ? (int)done : error;
}

/* Copies between the memory of current and that of another process. */
static int copy_process(struct task_struct *task, struct pieces *local,
			struct pieces *remote, u32 length, bool write)
{
	struct mm *mm = task->mm;
	u8 *buf;
	int n = -ENOMEM;

	mm->users++;
	buf = kpage_alloc(OWNER_CALL);
	if (buf) {
		n = copy_pieces(mm, local, remote, length, buf, write);
		kpage_free(buf);
	}
	mm_release(mm);
	return n;
}

static int process_vm(int pid, const struct iovec __user *list, u32 count,
		      const struct iovec __user *remote_list, u32 remote_count,
		      u32 flags, bool write)
{
	struct task_struct *task;
	struct pieces local, remote;
	u32 length, remote_length;
	int error = flags ? -EINVAL
			  : get_pieces(&local, list, count, true, &length);

	if (error || !length)
		return error;
	error = get_pieces(&remote, remote_list, remote_count, false,
			   &remote_length);
	length = min_u32(length, remote_length);
	if (error || !length)
		return error;
	task = find_task(pid);
	if (!task || !task->mm)
		return -ESRCH;
	if (!may_inspect(task, current->uid, current->gid))
		return -EPERM;
	return copy_process(task, &local, &remote, length, write);
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
