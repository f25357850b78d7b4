/* mmap() and its relatives, as far as areas and pages go. What a file's mapping needs of the file is fs/mmap.c's business. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/mman.h>
#include "internal.h"

static inline struct vm_area *area_at(struct list *node)
{
	return list_entry(node, struct vm_area, link);
}

/* Where the new area goes: at addr if it must or can, else the highest gap. 0: nowhere. */
static u32 choose_address(struct mm *mm, u32 addr, u32 length, u32 flags)
{
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		return addr;
	addr = PAGE_ROUND_UP(addr);
	if (addr >= PAGE_SIZE && addr < MMAP_TOP && length <= MMAP_TOP - addr && area_is_free(mm, addr, addr + length))
		return addr;
	return find_gap(mm, length);
}

/*
 * Map area, whose permissions and object are set, into current's address space: length bytes at or near addr (MAP_* in flags). The address, or -EINVAL,
 * -ENOMEM, -EEXIST. The object gets a reference of its own.
 */
int do_mmap(struct vm_area *area, u32 addr, u32 length, u32 flags)
{
	struct mm *mm = current->mm;
	int error = 0;

	if (length == 0 || length > TASK_SIZE)
		return length ? -ENOMEM : -EINVAL;
	length = PAGE_ROUND_UP(length);
	if (length >> PAGE_SHIFT > nr_ram_frames || exceeds_as_limit(mm, length))
		return -ENOMEM;
	area->start = choose_address(mm, addr, length, flags);
	if (PAGE_OFFSET(area->start))
		return -EINVAL;
	if (area->start > TASK_SIZE - length)
		return -ENOMEM;
	if (area->start < PAGE_SIZE)
		return flags & MAP_FIXED ? -EPERM : -ENOMEM;
	area->end = area->start + length;
	area->file_end = area->ops ? area->end : 0;
	if (flags & MAP_FIXED_NOREPLACE && !area_is_free(mm, area->start, area->end))
		return -EEXIST;
	if (flags & MAP_FIXED)
		error = unmap_range(mm, area->start, area->end);
	if (!error)
		error = map_area(mm, area);
	return error ? error : (int)area->start;
}

/* The page-aligned end of a range that a program names; -EINVAL: unaligned, or it wraps. */
static int range_end(u32 addr, u32 length, u32 *end)
{
	*end = addr + PAGE_ROUND_UP(length);
	return PAGE_OFFSET(addr) || length > TASK_SIZE || addr > TASK_SIZE || *end < addr || *end > TASK_SIZE ? -EINVAL : 0;
}

asmlinkage int sys_munmap(u32 addr, u32 length)
{
	u32 end;
	int error = range_end(addr, length, &end);

	return error || end == addr ? -EINVAL : unmap_range(current->mm, addr, end);
}

/* Whether areas cover [start, end) without a gap. */
static bool covered(struct mm *mm, u32 start, u32 end)
{
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		if (area->start <= start && start < area->end)
			start = area->end;
	}
	return start >= end;
}

/* A shared mapping, which so far is read-only, must not become one that writes to copies of its own. */
static bool has_shared(struct mm *mm, u32 start, u32 end)
{
	list_for_each(node, &mm->areas)
		if (area_at(node)->flags & VM_SHARED && area_at(node)->start < end && area_at(node)->end > start)
			return true;
	return false;
}

/* Have area edges at addr, so that what lies above it can be treated apart. */
static int split_at(struct mm *mm, u32 addr)
{
	struct vm_area *area = find_area(mm, addr);

	if (!area || area->start == addr)
		return 0;
	return split_area(area, addr) ? 0 : -ENOMEM;
}

/* The pages of a range and the areas themselves get new permissions. A range with a gap is refused whole (-ENOMEM), as are unknown bits. */
asmlinkage int sys_mprotect(u32 addr, u32 length, u32 prot)
{
	struct mm *mm = current->mm;
	u32 end;
	int error = range_end(addr, length, &end);

	if (error || prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN))
		return -EINVAL;
	if (end == addr)
		return 0;
	if (!covered(mm, addr, end))
		return -ENOMEM;
	if (prot & PROT_WRITE && has_shared(mm, addr, end))
		return -EACCES;
	error = split_at(mm, addr);
	if (!error && end < TASK_SIZE)
		error = split_at(mm, end);
	if (error)
		return error;
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		if (area->end <= addr || area->start >= end)
			continue;
		area->flags = (area->flags & ~VM_PROT) | prot_flags(prot);
		protect_pages(mm, area->start, area->end, area->flags);
	}
	return 0;
}

/*
 * Write a word where current's program itself may not, but could have its own copy of the page: a debugger's breakpoint in the text. The page is writable
 * meanwhile, for the kernel's sake; nobody else runs in this address space.
 */
int force_user_u32(u32 value, u32 addr)
{
	struct vm_area *area = find_area(current->mm, addr);
	u32 page = PAGE_ROUND_DOWN(addr), flags = area ? area->flags : 0;
	int error;

	if (!area || flags & (VM_WRITE | VM_SHARED))
		return put_user_u32(value, (void __user *)addr);
	area->flags |= VM_WRITE;
	protect_pages(current->mm, page, page + PAGE_SIZE, area->flags);
	error = put_user_u32(value, (void __user *)addr);
	area->flags = flags;
	protect_pages(current->mm, page, page + PAGE_SIZE, flags);
	return error;
}

/* MADV_DONTNEED throws private pages away: the next access finds zeroes or the file. All other advice is taken and ignored. */
asmlinkage int sys_madvise(u32 addr, u32 length, u32 advice)
{
	struct mm *mm = current->mm;
	u32 end;
	int error = range_end(addr, length, &end);

	if (error || advice > MADV_HIGHEST)
		return -EINVAL;
	if (!covered(mm, addr, end))
		return -ENOMEM;
	if (advice == MADV_DONTNEED) {
		zap_page_range(mm, addr, end);
		write_cr3(read_cr3());
	}
	return 0;
}
