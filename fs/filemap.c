/*
 * mmap() and msync() of files: what is to be mapped is checked against the open
 * file. mm/mapping.c does the rest.
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
#define NEIGHBOURS	24u	/* pages looked at beside one that is mapped */
#define OFFSET_PAGES	(1u << (32 - PAGE_SHIFT)) /* offsets have 32 bits */

/*
 * vm_ops: finds the page of a mapped file. The caller gets a reference of its
 * own to the frame. Returns -EIO, which becomes SIGBUS, beyond the end.
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
 * vm_ops: maps pages that stand behind the one at offset in the file's list,
 * until one is mapped already. They were read after it: together with it, or
 * when an earlier program came to them.
 */
static void file_around(struct mm *mm, const struct vm_area *area, u32 offset)
{
	const struct inode *inode = area->object;
	const struct cached_page *page = find_page(inode, offset / PAGE_SIZE);
	const struct list *node = page ? page->inode_link.next : &inode->pages;
	u32 length = whole_pages(area);

	for (u32 i = 0; i < NEIGHBOURS && node != &inode->pages; i++) {
		page = list_entry(node, struct cached_page, inode_link);
		offset = page->index * PAGE_SIZE;
		if (page->uptodate && offset - area->offset < length &&
		    offset < inode->i_size &&
		    !map_neighbour(mm, area, offset, page->frame))
			break;
		node = node->next;
	}
}

/*
 * Waits until a file is not locked. A fault holds the address space, and the
 * thread that holds the file may be waiting for just that: write() reads a
 * buffer in it. So this waits without holding anything. Returns true if it has
 * waited: then the fault is tried again.
 */
static bool wait_for_lock(struct inode *inode, struct mm *mm)
{
	if (!inode->i_locked || mm->locker != current)
		return false;
	igrab(inode);
	mm_unlock(mm);
	lock_inode(inode);
	unlock_inode(inode);
	iput(inode);
	mm_lock(mm);
	return true;
}

/* Makes sure that the page at offset, inside a locked file, has its blocks. */
static int allocate_page(struct inode *inode, u32 offset)
{
	u32 where[BLOCKS_A_PAGE];
	u32 left = (inode->i_size - offset + BLOCK_SIZE - 1) / BLOCK_SIZE;

	return inode->i_op->map_blocks(inode, offset / BLOCK_SIZE,
				       min_u32(left, BLOCKS_A_PAGE), true,
				       where);
}

/*
 * vm_ops: makes a page of a file ready to be written to through a shared
 * mapping. It gets its blocks now: later nobody could be told that there are
 * none.
 */
static int file_make_writable(struct vm_area *area, u32 offset)
{
	struct inode *inode = area->object;
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
		error = allocate_page(inode, offset);
		page->mapped_writable |= !error;
		/* some new blocks, after an error, hold stale data */
		if (!error || inode->i_sb->s_type->needs_device)
			set_page_dirty(page);
		put_cached_page(page);
	}
	if (!error)
		touch_inode(inode);
	unlock_inode(inode);
	return error;
}

/*
 * vm_ops: finds out if a frame is this page of the file, and if it can be read
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

/* vm_ops: makes a hole of the bytes [start, end) of a file. */
static int file_remove(struct vm_area *area, u32 start, u32 end)
{
	struct inode *inode = area->object;

	if (!inode->i_op->punch)
		return -EOPNOTSUPP;
	if (wait_for_lock(inode, current->mm))
		return -EAGAIN;
	lock_inode(inode);
	inode->i_op->punch(inode, start, end);
	touch_inode(inode);
	unlock_inode(inode);
	return 0;
}

/* vm_ops: returns how many pages would go with the mapping of a file. */
static u32 file_kept(const struct vm_area *area)
{
	const struct inode *inode = area->object;

	if (inode->i_nlink || inode->i_sb->s_type->needs_device)
		return 0;
	return tmpfs_size(inode);
}

const struct vm_ops file_vm_ops = {
	.fault = file_fault,
	.around = file_around,
	.make_writable = file_make_writable,
	.holds = file_holds,
	.remove = file_remove,
	.kept = file_kept,
	.open = file_area_open,
	.close = file_area_close,
};

/*
 * Makes area one of memory that processes share: a file without a name. That
 * does not go to swap, so it cannot be larger than RAM.
 */
static int map_nameless(struct vm_area *area, u32 length)
{
	int error = 0;

	if (length == 0)
		return -EINVAL;
	if (length > FILE_SIZE_MAX || length >> PAGE_SHIFT > nr_ram_frames)
		return -ENOMEM;
	area->object = tmpfs_nameless(PAGE_ROUND_UP(length), &error);
	area->flags |= VM_MAY_WRITE;
	return error;
}

/*
 * Makes area one of a file, and takes a reference to that. The file must be
 * regular, or /dev/zero, and open for reading; for writing, too, if a shared
 * mapping wants it.
 */
static int map_file(struct vm_area *area, int fd, u32 page, u32 length)
{
	struct file *file = fget(fd);
	u32 mode;

	if (!file)
		return -EBADF;
	mode = file->flags & O_ACCMODE;
	if (mode == O_WRONLY)
		return -EACCES;
	if (area->flags & VM_SHARED && area->flags & VM_WRITE && mode != O_RDWR)
		return -EACCES;
	if (is_zero_device(file->inode))
		return area->flags & VM_SHARED ? map_nameless(area, length) : 0;
	/* a file of /proc has no pages */
	if (!S_ISREG(file->inode->i_mode) || !file->inode->i_op->map_blocks)
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

#define MAP_KNOWN \
	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | \
	 MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | \
	 MAP_POPULATE | MAP_NONBLOCK | MAP_STACK)

/*
 * Returns 0 if mmap() can do what flags ask. Unknown flags are ignored, except
 * with MAP_SHARED_VALIDATE, which needs a file. There are no huge pages, and no
 * shared stacks.
 */
static int check_flags(u32 flags)
{
	u32 type = flags & MAP_TYPE;

	if (flags & MAP_HUGETLB ||
	    (flags & MAP_GROWSDOWN && type != MAP_PRIVATE))
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && !(flags & MAP_ANONYMOUS))
		return flags & ~MAP_KNOWN ? -EOPNOTSUPP : 0;
	if (type != MAP_PRIVATE && type != MAP_SHARED)
		return -EINVAL;
	return 0;
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

static int sync_area(const struct vm_area *area)
{
	struct inode *inode = igrab(area->object);
	int error = sync_inode(inode);

	iput(inode);
	return error;
}

/*
 * Writes what was changed through shared mappings in [addr, end). Returns
 * -ENOMEM, after all the rest, if the range has a gap.
 */
static int sync_range(u32 addr, u32 end, u32 flags)
{
	bool gap = false;
	int error = 0;

	while (addr < end && !error) {
		struct vm_area *area = area_above(current->mm, addr);

		gap |= !area || area->start > addr;
		if (!area || area->start >= end)
			break;
		if (flags & MS_INVALIDATE && area->flags & VM_LOCKED)
			return -EBUSY;
		addr = area->end;
		if (area->flags & VM_SHARED && flags & MS_SYNC)
			error = sync_area(area);
	}
	return !error && gap ? -ENOMEM : error;
}

/* msync(). With MS_ASYNC, the next sync writes what was changed. */
int sys_msync(u32 addr, u32 length, u32 flags)
{
	u32 end = addr + PAGE_ROUND_UP(length);

	if (OFFSET_IN_PAGE(addr) || end < addr ||
	    flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
	    (flags & MS_ASYNC && flags & MS_SYNC))
		return -EINVAL;
	if (length && end == addr)	/* more than there is */
		return -ENOMEM;
	return sync_range(addr, end, flags);
}
