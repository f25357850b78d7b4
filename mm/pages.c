/*
 * The pages of areas are mapped at the first access, get other permissions,
 * move, go. In fault.c it is decided which of the map_* functions an access
 * needs. See memory.c for how pages are shared and copied, and for the flushes
 * of the TLB.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

/*
 * Maps frame at addr, whose entry lies in a table of mm's own. Takes over the
 * caller's reference. Returns -EAGAIN and drops the reference if the entry is
 * in use: another page came while the caller slept.
 */
static inline int install_page(struct mm *mm, u32 addr, pte_t *entry, u32 frame,
			       u32 bits)
{
	if (unlikely(*entry)) {
		free_page(frame);
		return -EAGAIN;
	}
	*entry = frame | bits;
	mm->nr_resident++;
	trace_page(TRACE_FAULT, addr, frame, 0);
	return 0;
}

/*
 * Row 8 of the fault table: a read where no page was. Maps the one page of
 * zeroes; the first write copies it. -ENOMEM
 */
int map_zero_page(struct mm *mm, const struct vm_area *area, u32 addr)
{
	pte_t *entry = get_pte(mm, addr);

	if (!entry)
		return -ENOMEM;
	page_of(zero_page)->count++;
	return install_page(mm, addr, entry, zero_page, shared_bits(area));
}

/* Row 9: a write where no page was. Maps a page of zeroes. -ENOMEM */
int map_fresh_page(struct mm *mm, u32 addr)
{
	pte_t *entry = get_pte(mm, addr);
	u32 frame = entry ? get_zeroed_page() : 0;

	if (unlikely(!frame))
		return -ENOMEM;
	return install_page(mm, addr, entry, frame, PRIVATE_BITS | PTE_W);
}

/*
 * Row 10: a page of a shared mapping is the object's own frame. It is writable
 * only if the object knows that it will be written. -ENOMEM, -EIO, -ENOSPC
 */
int map_shared_page(struct mm *mm, struct vm_area *area, u32 addr, u32 write)
{
	u32 offset = object_offset(area, addr), frame;
	/* first: the file must not be cut before the page is mapped */
	pte_t *entry = get_pte(mm, addr);
	int error = 0;

	if (!entry)
		return -ENOMEM;
	if (write)
		error = area->ops->make_writable(area, offset);
	if (!error)
		error = area->ops->fault(area, offset, &frame);
	if (error)
		return error;
	return install_page(mm, addr, entry, frame,
			    PRIVATE_BITS | (write ? PTE_W : 0));
}

/*
 * Row 11: a private page that is read. Maps the object's own frame read-only,
 * shared with all who run the file. -ENOMEM, -EIO
 */
int map_cached_page(struct mm *mm, struct vm_area *area, u32 addr)
{
	u32 offset = object_offset(area, addr), frame;
	pte_t *entry = get_pte(mm, addr);	/* first, as for row 10 */
	int error;

	if (!entry)
		return -ENOMEM;
	error = area->ops->fault(area, offset, &frame);
	if (error)
		return error;
	error = install_page(mm, addr, entry, frame, shared_bits(area));
	if (!error)
		area->ops->around(mm, area, offset);
	return error;
}

/*
 * Row 12: a private page that differs from the object's. Maps a copy: of the
 * bytes that come from the object, with zeroes behind them. -ENOMEM, -EIO
 */
int map_copied_page(struct mm *mm, struct vm_area *area, u32 addr)
{
	pte_t *entry = get_pte(mm, addr);	/* first, as for row 10 */
	u32 bytes = file_bytes(area, addr), bits, source;
	/* before the file is read, which sleeps */
	u8 *page = entry ? kpage_alloc(OWNER_CALL) : NULL;
	int error;

	if (!page)
		return -ENOMEM;
	error = area->ops->fault(area, object_offset(area, addr), &source);
	if (error) {
		kpage_free(page);
		return error;
	}
	memcpy(page, __va(source), bytes);
	memset(page + bytes, 0, PAGE_SIZE - bytes);
	free_page(source);
	own_page(__pa(page), OWNER_USER);
	bits = PRIVATE_BITS | (area->flags & VM_WRITE ? PTE_W : 0);
	return install_page(mm, addr, entry, __pa(page), bits);
}

/*
 * Row 5: the first write to a page of a shared mapping that was only read so
 * far. The object makes ready. If the page has gone meanwhile, the access
 * faults again. -ENOMEM, -EIO, -ENOSPC
 */
int make_page_writable(struct mm *mm, struct vm_area *area, u32 addr)
{
	int error = area->ops->make_writable(area, object_offset(area, addr));
	pte_t *entry;

	if (error)
		return error;
	entry = get_pte(mm, addr);
	if (!entry)
		return -ENOMEM;
	if (*entry & PTE_P)
		*entry |= PTE_W;
	flush_page(addr);
	return 0;
}

/* Called by exec for its argument pages: a frame of its own becomes mm's. */
int put_page_at(struct mm *mm, u32 addr, u32 frame, u32 bits)
{
	pte_t *entry = get_pte(mm, addr);

	if (!entry) {
		free_page(frame);
		return -ENOMEM;
	}
	own_page(frame, OWNER_USER);
	*entry = frame | bits;
	mm->nr_resident++;
	trace_page(TRACE_PUT, addr, frame, 0);
	return 0;
}

/*
 * The entry of a page whose area gets new permissions. Writing always waits for
 * a fault, which looks at the count.
 */
static pte_t protect_entry(pte_t entry, u32 flags)
{
	entry &= ~(PTE_P | PTE_W | PAGE_COW | PAGE_NONE);
	if (!(flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return entry | PAGE_NONE;
	/* a shared page waits for make_page_writable() */
	if (flags & VM_WRITE && !(flags & VM_SHARED))
		entry |= PAGE_COW;
	return entry | PTE_P;
}

/*
 * Gives the pages of [start, end) that are there the permissions flags (VM_*).
 * Called by mprotect(), after the areas have them and own_tables().
 */
void protect_pages(struct mm *mm, u32 start, u32 end, u32 flags)
{
	pte_t *entry;

	for_each_pte(mm, addr, entry, start, end)
		if (*entry & PTE_MAPPED)
			*entry = protect_entry(*entry, flags);
	flush_address_space();
}

/*
 * Moves the pages of a range to another, where there are none, for mremap().
 * On -ENOMEM nothing has moved; the tables made so far stay for later use.
 */
int move_pages(struct mm *mm, u32 from, u32 to, u32 length)
{
	pte_t *entry;

	if (own_tables(mm, from, from + length) < 0)
		return -ENOMEM;
	for_each_pte(mm, addr, entry, from, from + length)
		if (!get_pte(mm, to + (addr - from)))
			return -ENOMEM;
	for_each_pte(mm, addr, entry, from, from + length) {
		*get_pte(mm, to + (addr - from)) = *entry;
		*entry = 0;
	}
	flush_address_space();
	return 0;
}

/*
 * Drops the references of count entries, which lie in one table of mm, and
 * clears them. Large areas are mostly empty: it skips what is zero.
 */
static void drop_entries(struct mm *mm, pte_t *at, u32 count)
{
	const pte_t *end = at + count;
	u32 resident = 0;

	for (; at < end; at++) {
		pte_t entry = *at;

		if (entry & PTE_MAPPED) {
			*at = 0;
			resident++;
			if (--page_of(PTE_FRAME(entry))->count == 0)
				release_frame(entry >> PAGE_SHIFT);
		} else if (entry) {
			*at = 0;
			swap_drop(entry);
			mm->nr_swapped--;
		} else {
			at += zero_words(at, end - at) - 1;
		}
	}
	mm->nr_resident -= resident;
}

/*
 * Returns the first address from addr on for which there is a page table, or
 * end if there is none below it. Large areas have few.
 */
static u32 skip_missing(const struct mm *mm, u32 addr, u32 end)
{
	u32 i = PGDIR_INDEX(addr), last = PGDIR_INDEX(end - 1);

	i += zero_words(mm->pgdir + i, last + 1 - i);
	return i > last ? end : i << PGDIR_SHIFT;
}

/*
 * Drops all references that the entries of [start, end) hold. The caller
 * flushes the TLB.
 */
void zap_page_range(struct mm *mm, u32 start, u32 end)
{
	for_each_table(addr, next, start, end) {
		u32 count = (next - addr) >> PAGE_SHIFT;
		pte_t *entry = find_pte(mm, addr);

		if (!entry) {
			next = skip_missing(mm, addr, end);
			continue;
		}
		trace_entries(TRACE_FREE, addr, entry, count, 0);
		drop_entries(mm, entry, count);
	}
}

/*
 * Drops the page tables numbered first to last - 1, which nobody else uses and
 * whose entries are all dropped.
 */
static void drop_tables(struct mm *mm, u32 first, u32 last)
{
	for (u32 i = first; i < last; i++) {
		if (!(mm->pgdir[i] & PTE_P)) {
			i += zero_words(mm->pgdir + i, last - i) - 1;
			continue;
		}
		trace_page(TRACE_TABLE_FREE, i << PGDIR_SHIFT,
			   PTE_FRAME(mm->pgdir[i]), 0);
		kpage_free_cleared(table_of(mm->pgdir[i]));
		mm->pgdir[i] = 0;
	}
}

/* Frees all page tables, whose entries are all dropped. */
void free_all_tables(struct mm *mm)
{
	u32 i = zero_words(mm->pgdir, USER_PDES);

	while (i < USER_PDES) {
		drop_tables(mm, i, i + 1);
		i += zero_words(mm->pgdir + i, USER_PDES - i);
	}
}

/*
 * Frees the pages of [start, end). Frees also the page tables that lie wholly
 * in [floor, ceiling), the unmapped room around it. Called by exec and
 * unmap_range. Never fails.
 */
void free_page_tables(struct mm *mm, u32 start, u32 end, u32 floor, u32 ceiling)
{
	u32 first = (floor + LARGE_PAGE_SIZE - 1) >> PGDIR_SHIFT;
	u32 last = ceiling >> PGDIR_SHIFT;

	zap_page_range(mm, start, end);
	first = max_u32(first, start >> PGDIR_SHIFT);
	last = min_u32(last, (end + LARGE_PAGE_SIZE - 1) >> PGDIR_SHIFT);
	drop_tables(mm, first, last);
	if (current->mm == mm)
		flush_address_space();
}
