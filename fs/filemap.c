/*
 * mmap() itself: what is to be mapped, checked against the open file, and
 * msync(); mm/mapping.c does the rest.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mman.h>
#include <abi/mount.h>

#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)
#define OFFSET_PAGES	(1u << (32 - PAGE_SHIFT)) /* offsets have 32 bits */

/*
 * vm_ops: the page of a mapped file; -EIO, which becomes SIGBUS, for one beyond
 * its end. The caller gets a reference of its own to the frame.
 */
static int file_fault(struct vm_area *area, u32 offset, u32 *frame)
{
	struct inode *inode = area->object;
	struct cached_page *page;
	int error;

	for (;;) {
		if (offset >= PAGE_ROUND_UP(inode->i_size))
			return -EIO;
		page = get_cached_page(inode, offset / PAGE_SIZE, GET_AROUND,
				       &error);
		if (!page)
			return error;
		if (page->uptodate && offset < PAGE_ROUND_UP(inode->i_size))
			break;
		put_cached_page(page);		/* cut off while it was read */
	}
	*frame = page->frame;
	page_of(page->frame)->count++;
	put_cached_page(page);
	return 0;
}

/*
 * Threads: a fault holds the address space, and who holds the file may be
 * waiting for just that, because write() reads a buffer in it. Such a fault
 * waits for the file without holding anything, and is tried again. Whether it
 * has waited.
 */
static bool wait_for_lock(struct inode *inode, struct mm *mm)
{
	if (!inode->i_locked || !mm->locked)
		return false;
	igrab(inode);
	mm_unlock(mm);
	lock_inode(inode);
	unlock_inode(inode);
	iput(inode);
	mm_lock(mm);
	return true;
}

/*
 * vm_ops: a program will write to a page of a file through a shared mapping.
 * Blocks for it are taken now: later nobody could be told that there are none.
 */
static int file_make_writable(struct vm_area *area, u32 offset)
{
	struct inode *inode = area->object;
	u32 first = offset / BLOCK_SIZE, where[BLOCKS_A_PAGE];
	struct cached_page *page = NULL;
	int error = -EIO;

	if (wait_for_lock(inode, current->mm))
		return -EAGAIN;
	/* first: the file must not be cut while the page is read */
	lock_inode(inode);
	if (offset < inode->i_size)
		page = get_cached_page(inode, offset / PAGE_SIZE, GET_AROUND,
				       &error);
	if (page) {
		error = inode->i_op->map_blocks(
			inode, first,
			min_u32((inode->i_size - offset + BLOCK_SIZE - 1) /
					BLOCK_SIZE,
				BLOCKS_A_PAGE),
			true, where);
		page->mapped_writable |= !error;
		/* also if some blocks were had: they hold old contents */
		page->dirty |= !error || inode->i_sb->s_type->needs_device;
		put_cached_page(page);
	}
	if (!error) {
		inode->i_mtime = inode->i_ctime = current_time();
		mark_inode_dirty(inode);
	}
	unlock_inode(inode);
	return error;
}

/*
 * vm_ops: what is only in memory, because its file system is, cannot be had
 * again.
 */
static u32 file_holds(const struct vm_area *area, u32 offset, u32 frame)
{
	const struct inode *inode = area->object;
	const struct cached_page *page = find_page(inode, offset / PAGE_SIZE);

	if (!page || page->frame != frame)
		return HOLDS_OTHER;
	return inode->i_sb->s_type->needs_device ? HOLDS_COPY : HOLDS_ONLY;
}

static void count_area(const struct vm_area *area, int n)
{
	area->object->i_mappings += n;
	if (area->flags & VM_PROGRAM)
		area->object->i_running += n;
	if (area->flags & VM_MAY_WRITE && area->flags & VM_SHARED)
		area->object->i_writers += n;
}

static void file_area_open(struct vm_area *area)
{
	igrab(area->object);
	count_area(area, 1);
}

static void file_area_close(struct vm_area *area)
{
	count_area(area, -1);
	iput(area->object);
}

/*
 * vm_ops: the bytes [start, end) of a file become a hole, if it can have some.
 */
static int file_remove(struct vm_area *area, u32 start, u32 end)
{
	struct inode *inode = area->object;

	if (!inode->i_op->punch)
		return -EOPNOTSUPP;
	if (wait_for_lock(inode, current->mm))
		return -EAGAIN;
	lock_inode(inode);
	inode->i_op->punch(inode, start, end);
	inode->i_mtime = inode->i_ctime = current_time();
	unlock_inode(inode);
	return 0;
}

/* vm_ops: those of a file without a name, which are nowhere else. */
static u32 file_kept(const struct vm_area *area)
{
	const struct inode *inode = area->object;

	return inode->i_nlink || inode->i_sb->s_type->needs_device
		       ? 0
		       : tmpfs_size(inode);
}

const struct vm_ops file_vm_ops = {
	.fault = file_fault,
	.make_writable = file_make_writable,
	.holds = file_holds,
	.remove = file_remove,
	.kept = file_kept,
	.open = file_area_open,
	.close = file_area_close,
};

/*
 * Make area one of the file: regular, open for reading, and for writing if that
 * is what a shared mapping wants. A reference to the file is taken.
 */
static int map_file(struct vm_area *area, int fd, u32 page, u32 length)
{
	struct file *file = fget(fd);
	u32 mode;

	if (!file)
		return -EBADF;
	mode = file->flags & O_ACCMODE;
	if (mode == O_WRONLY || (area->flags & VM_SHARED &&
				 area->flags & VM_WRITE && mode != O_RDWR))
		return -EACCES;
	if (!S_ISREG(file->inode->i_mode))
		return -ENODEV;
	if (on_mount_with(file->inode, MS_NOEXEC)) {
		if (area->flags & VM_EXEC)
			return -EPERM;
		area->flags |= VM_NEVER_EXEC;
	}
	if (page > FILE_SIZE_MAX >> PAGE_SHIFT ||
	    length >> PAGE_SHIFT >= OFFSET_PAGES - page)
		return -EOVERFLOW;
	if (mode == O_RDWR)
		area->flags |= VM_MAY_WRITE;
	area->object = igrab(file->inode);
	area->offset = page << PAGE_SHIFT;
	return 0;
}

/*
 * Memory that several processes shall share has a file without a name behind
 * it. It does not go to swap: more than there is of RAM could never be had.
 */
static int map_nameless(struct vm_area *area, u32 length)
{
	int error = 0;

	if (length == 0)
		error = -EINVAL;
	else if (length > FILE_SIZE_MAX || length >> PAGE_SHIFT > nr_ram_frames)
		error = -ENOMEM;
	if (!error)
		area->object = tmpfs_nameless(PAGE_ROUND_UP(length), &error);
	area->flags |= VM_MAY_WRITE;
	return error;
}

#define MAP_KNOWN \
	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | \
	 MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | \
	 MAP_POPULATE | MAP_NONBLOCK | MAP_STACK)

/*
 * Unknown flags are ignored, but for MAP_SHARED_VALIDATE, which a file must be
 * behind. There are no huge pages, and no stacks that are shared.
 */
static int check_flags(u32 flags)
{
	u32 type = flags & MAP_TYPE;

	if (flags & MAP_HUGETLB ||
	    (flags & MAP_GROWSDOWN && type != MAP_PRIVATE))
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && !(flags & MAP_ANONYMOUS))
		return flags & ~MAP_KNOWN ? -EOPNOTSUPP : 0;
	return type == MAP_PRIVATE || type == MAP_SHARED ? 0 : -EINVAL;
}

int sys_mmap2(u32 addr, u32 length, u32 prot, u32 flags, int fd, u32 page)
{
	struct vm_area area = { .flags = prot_flags(prot) };
	bool shared = flags & MAP_SHARED;	/* with MAP_PRIVATE: validate */
	int result = check_flags(flags);

	if (result)
		return result;
	if (shared)
		area.flags |= VM_SHARED;
	if (flags & MAP_GROWSDOWN)
		area.flags |= VM_GROWSDOWN;
	if (!(flags & MAP_ANONYMOUS))
		result = map_file(&area, fd, page, length);
	else if (shared)
		result = map_nameless(&area, length);
	if (result)
		return result;
	if (area.object)
		area.ops = &file_vm_ops;
	mm_lock(current->mm);
	result = do_mmap(&area, addr, length, flags);
	mm_unlock(current->mm);
	if (area.object)
		iput(area.object);	/* the area has its own reference */
	return result;
}

/*
 * The first mmap (90): its six arguments lie in memory, and the offset is in
 * bytes.
 */
int sys_mmap(const u32 __user *user_args)
{
	u32 a[6];

	if (copy_from_user(a, user_args, sizeof(a)) < 0)
		return -EFAULT;
	if (OFFSET_IN_PAGE(a[5]))
		return -EINVAL;
	return sys_mmap2(a[0], a[1], a[2], a[3], a[4], a[5] >> PAGE_SHIFT);
}

/*
 * Write what was changed through shared mappings in a range; with MS_ASYNC the
 * next sync does. A range with a gap is -ENOMEM, after the rest.
 */
int sys_msync(u32 addr, u32 length, u32 flags)
{
	u32 end = addr + PAGE_ROUND_UP(length);
	bool gap = length && end == addr;	/* more than there is */
	int error = 0;

	if (OFFSET_IN_PAGE(addr) || end < addr ||
	    flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
	    (flags & MS_ASYNC && flags & MS_SYNC))
		return -EINVAL;
	while (addr < end && !error) {
		struct vm_area *area = area_above(current->mm, addr);
		struct inode *inode;

		gap |= !area || area->start > addr;
		if (!area || area->start >= end)
			break;
		if (flags & MS_INVALIDATE && area->flags & VM_LOCKED)
			return -EBUSY;
		addr = area->end;
		if (!(area->flags & VM_SHARED) || !(flags & MS_SYNC))
			continue;
		inode = igrab(area->object);
		error = sync_inode(inode);
		iput(inode);
	}
	return !error && gap ? -ENOMEM : error;
}
