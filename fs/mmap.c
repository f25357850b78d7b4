/* mmap() itself: what is to be mapped, checked against the open file; mm/mmap.c does the rest. Shared writable mappings do not exist yet: -ENODEV. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mman.h>

/* Make area one of the file: regular, open for reading. The file's data is shared until it is written to. */
static int map_file(struct vm_area *area, int fd, u32 page)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return -EACCES;
	if (!S_ISREG(file->inode->i_mode))
		return -ENODEV;
	if (page > FILE_SIZE_MAX >> PAGE_SHIFT)
		return -EOVERFLOW;
	area->ops = &file_vm_ops;
	area->object = file->inode;
	area->offset = page << PAGE_SHIFT;
	return 0;
}

asmlinkage int sys_mmap2(u32 addr, u32 length, u32 prot, u32 flags, int fd, u32 page)
{
	struct vm_area area = { .flags = prot_flags(prot) };
	u32 type = flags & MAP_TYPE;
	int error = 0;

	if ((type != MAP_PRIVATE && type != MAP_SHARED) || prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EINVAL;
	if (type == MAP_SHARED && (flags & MAP_ANONYMOUS || prot & PROT_WRITE))
		return -ENODEV;
	if (type == MAP_SHARED)
		area.flags |= VM_SHARED;
	if (!(flags & MAP_ANONYMOUS))
		error = map_file(&area, fd, page);
	if (error)
		return error;
	mm_lock(current->mm);
	error = do_mmap(&area, addr, length, flags);
	mm_unlock(current->mm);
	return error;
}

/* The first mmap (90): its six arguments lie in memory, and the offset is in bytes. */
asmlinkage int sys_mmap(const u32 __user *user_args)
{
	u32 a[6];

	if (copy_from_user(a, user_args, sizeof(a)) < 0)
		return -EFAULT;
	if (PAGE_OFFSET(a[5]))
		return -EINVAL;
	return sys_mmap2(a[0], a[1], a[2], a[3], a[4], a[5] >> PAGE_SHIFT);
}
