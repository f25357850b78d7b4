/*
 * Memory of another process, for ptrace and its relatives. The caller borrows
 * the other address space. It is loaded in the place of the caller's, and
 * counts one user more. So an access faults and breaks copy-on-write as the
 * program's own would. Other threads of the program wait for the lock. A core
 * dump reads current's own memory in the same way.
 *
 * A tracer also reaches what the program itself may not. It reads pages without
 * permission, and writes private ones that are only read. A write always gets
 * the program a page of its own. The area is opened while the lock is held. Its
 * entry is opened only when nothing sleeps any more. So other threads never
 * find the page writable.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "mm_internal.h"

/* Loads mm in the place of current's own address space, which it returns. */
struct mm *borrow_mm(struct mm *mm)
{
	struct mm *own = current->mm;

	mm->users++;
	current->mm = mm;
	use_mm(mm);
	return own;
}

/* Loads current's own address space again. */
void return_mm(struct mm *own)
{
	struct mm *borrowed = current->mm;

	current->mm = own;
	use_mm(own);
	mm_release(borrowed);
}

/*
 * Returns the permissions that an access needs and the area lacks. Returns all
 * of them if the area cannot have them.
 */
static u32 missing(const struct vm_area *area, bool write)
{
	if (!write)
		return area->flags & VM_PROT ? 0 : VM_READ;
	if (area->flags & VM_WRITE)
		return 0;
	return area->flags & VM_SHARED ? VM_PROT : VM_WRITE;
}

/* Has the page in memory, and writable to write. Returns as fault_in() does. */
static int have_page(struct mm *mm, u32 addr, bool write)
{
	u32 wanted = PTE_P | (write ? PTE_W : 0);
	const pte_t *entry;
	int error;

	do {
		error = fault_in(addr, write);
		entry = find_pte(mm, addr);
	} while (error == -EAGAIN ||
		 (!error && (!entry || (*entry & wanted) != wanted)));
	flush_page(addr);	/* a fault now would wait for the lock */
	return error;
}

/* Like have_page(), for an area that must be opened for it. */
static int open_page(struct mm *mm, struct vm_area *area, u32 addr, bool write,
		     u32 more)
{
	u32 page = PAGE_ROUND_DOWN(addr);

	if (own_tables(mm, page, page + PAGE_SIZE) < 0)
		return -ENOMEM;
	set_area_flags(mm, area, area->flags | more);
	protect_pages(mm, page, page + PAGE_SIZE, area->flags);
	return have_page(mm, addr, write);
}

/* Takes from an area what open_page() gave it. */
static void close_page(struct mm *mm, struct vm_area *area, u32 addr, u32 more)
{
	u32 page = PAGE_ROUND_DOWN(addr);

	set_area_flags(mm, area, area->flags & ~more);
	protect_pages(mm, page, page + PAGE_SIZE, area->flags);
}

static int copy_page_part(u32 addr, void *buf, u32 n, bool write)
{
	if (write)
		return copy_to_user((void __user *)addr, buf, n);
	return copy_from_user(buf, (const void __user *)addr, n);
}

/*
 * Returns the area of addr, to which a stack grows first. Returns NULL if there
 * is none. A read fault does that: a write's would begin with a page table.
 */
static struct vm_area *area_at_or_grown(struct mm *mm, u32 addr)
{
	struct vm_area *area = find_area(mm, addr);

	if (!area && have_page(mm, addr, false) == 0)
		area = find_area(mm, addr);
	return area;
}

/* Does the work of access_page(), which holds the lock. */
static int access_locked(struct mm *mm, u32 addr, void *buf, u32 n, bool write,
			 bool forced)
{
	struct vm_area *area = area_at_or_grown(mm, addr);
	u32 more;
	int error;

	if (!area)
		return -EFAULT;
	more = missing(area, write);
	if (!more) {
		error = have_page(mm, addr, write);
		return error ? error : copy_page_part(addr, buf, n, write);
	}
	if (!forced || more == VM_PROT)
		return -EFAULT;
	error = open_page(mm, area, addr, write, more);
	if (!error)
		error = copy_page_part(addr, buf, n, write);
	close_page(mm, area, addr, more);
	return error;
}

/*
 * Copies n bytes of one page between buf and current's borrowed memory. forced:
 * as a tracer does. Returns 0, -EFAULT, -ENOMEM, -EIO or -ENOSPC.
 */
int access_page(u32 addr, void *buf, u32 n, bool write, bool forced)
{
	struct mm *mm = current->mm;
	int error;

	if (addr >= TASK_SIZE)
		return -EFAULT;
	mm_lock(mm);
	error = access_locked(mm, addr, buf, n, write, forced);
	mm_unlock(mm);
	return error;
}

/*
 * Copies n bytes between buf and the borrowed memory, page by page. Returns how
 * many, or an error of access_page() if there were none.
 */
int access_memory(u32 addr, void *buf, u32 n, bool write, bool forced)
{
	u32 done = 0, part;
	int error = 0;

	while (done < n && !error) {
		part = min_u32(n - done, PAGE_SIZE - OFFSET_IN_PAGE(addr));
		error = access_page(addr, (u8 *)buf + done, part, write,
				    forced);
		if (error)
			break;
		done += part;
		addr += part;
	}
	return done ? (int)done : error;
}

/*
 * Returns true if a private area of a file has pages of the program's own.
 * Called for a core dump: such an area is not what the file holds. Does not
 * sleep.
 */
bool was_written(struct mm *mm, const struct vm_area *area)
{
	pte_t *entry;

	for_each_pte(mm, addr, entry, area->start, area->end) {
		u32 offset = addr - area->start + area->offset;
		u32 frame = PTE_FRAME(*entry);

		if (*entry && is_swapped(*entry))
			return true;
		if (*entry & PTE_MAPPED && frame != zero_page &&
		    area->ops->holds(area, offset, frame) == HOLDS_OTHER)
			return true;
	}
	return false;
}

/* Returns true if a page is as empty as it was in the beginning. */
bool is_untouched(struct mm *mm, u32 addr)
{
	const struct vm_area *area = find_area(mm, addr);
	const pte_t *entry = find_pte(mm, addr);

	if (entry && *entry)
		return PTE_FRAME(*entry) == zero_page && *entry & PTE_MAPPED;
	return area && !area->ops;
}
