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
	if (area->flags & VM_WRITE && !(flags & MAP_NORESERVE) && length >> PAGE_SHIFT > nr_ram_frames)
		return -ENOMEM;
	if (exceeds_as_limit(mm, length))
		return -ENOMEM;
	area->start = choose_address(mm, addr, length, flags);
	if (PAGE_OFFSET(area->start) || area->start > TASK_SIZE - length)
		return -EINVAL;
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

	if (error || end == addr)
		return -EINVAL;
	mm_lock(current->mm);
	error = unmap_range(current->mm, addr, end);
	mm_unlock(current->mm);
	return error;
}

/* Up to where areas cover [start, end) without a gap. */
static u32 covered_end(struct mm *mm, u32 start, u32 end)
{
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		if (area->start <= start && start < area->end)
			start = area->end;
	}
	return min_u32(start, end);
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

/* The pages of a range and the areas themselves get new permissions. What lies before a gap has them when the call says -ENOMEM, as on Linux. */
static int change_protection(struct mm *mm, u32 addr, u32 length, u32 prot)
{
	u32 end, gap;
	int error = range_end(addr, length, &end);

	if (error || prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN))
		return -EINVAL;
	if (end == addr)
		return 0;
	gap = covered_end(mm, addr, end);
	if (prot & PROT_WRITE && has_shared(mm, addr, end))
		return -EACCES;
	error = split_at(mm, addr);
	if (!error && gap == end && end < TASK_SIZE)
		error = split_at(mm, end);
	if (error)
		return error;
	list_for_each(node, &mm->areas) {
		struct vm_area *area = area_at(node);

		if (area->end <= addr || area->start >= gap)
			continue;
		area->flags = (area->flags & ~VM_PROT) | prot_flags(prot);
		protect_pages(mm, area->start, area->end, area->flags);
	}
	return gap == end ? 0 : -ENOMEM;
}

asmlinkage int sys_mprotect(u32 addr, u32 length, u32 prot)
{
	struct mm *mm = current->mm;
	int error;

	mm_lock(mm);
	error = change_protection(mm, addr, length, prot);
	mm_unlock(mm);
	return error;
}

static void set_writable(struct mm *mm, u32 addr, u32 bytes, bool on)
{
	for (u32 page = PAGE_ROUND_DOWN(addr); page < addr + bytes; page += PAGE_SIZE) {
		struct vm_area *area = find_area(mm, page);

		if (!area)		/* another thread has unmapped it */
			return;
		area->flags = on ? area->flags | VM_WRITE : area->flags & ~VM_WRITE;
		protect_pages(mm, page, page + PAGE_SIZE, area->flags);
	}
}

/*
 * A tracer is about to write to a few bytes of a program's: if they lie in one private area that is only read, it is opened for writing, and
 * the write gets a page that belongs to the program alone. Whether it was; then stop_tracer_writing() must follow.
 */
bool let_tracer_write(struct mm *mm, u32 addr, u32 bytes)
{
	struct vm_area *area = find_area(mm, addr);

	if (!area || addr + bytes > area->end || (area->flags & (VM_READ | VM_WRITE | VM_SHARED)) != VM_READ)
		return false;
	set_writable(mm, addr, bytes, true);
	return true;
}

void stop_tracer_writing(struct mm *mm, u32 addr, u32 bytes)
{
	set_writable(mm, addr, bytes, false);
}

/* MADV_DONTNEED throws private pages away: the next access finds zeroes or the file. All other advice is taken and ignored. */
asmlinkage int sys_madvise(u32 addr, u32 length, u32 advice)
{
	struct mm *mm = current->mm;
	u32 end;
	int error = range_end(addr, length, &end);

	if (error || advice > MADV_HIGHEST)
		return -EINVAL;
	if (covered_end(mm, addr, end) != end)
		return -ENOMEM;
	if (advice == MADV_DONTNEED) {
		zap_page_range(mm, addr, end);
		write_cr3(read_cr3());
	}
	return 0;
}
