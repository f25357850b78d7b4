/*
 * The pages of areas: made at the first access, given other permissions, moved,
 * dropped. What makes them copies of other processes' pages is in memory.c,
 * whose text says which change of an entry needs which flush of the TLB.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <asm/string.h>
#include "mm_internal.h"

/*
 * Maps frame at addr, whose entry lies in a table of mm's own. Takes over the
 * caller's reference, which is dropped if there is a page already: one in
 * swap, which comes from there, or one that came while the caller slept.
 */
static inline int map_page(struct mm *mm, u32 addr, pte_t *entry, u32 frame,
			   u32 bits)
{
	if (unlikely(*entry)) {
		free_page(frame);
		return is_swapped(*entry) ? do_swap_page(mm, addr) : 0;
	}
	*entry = frame | bits;
	mm->nr_resident++;
	trace_page(TRACE_FAULT, addr, frame, 0);
	return 0;
}

/*
 * Where no page was: a page of zeroes, referenced for the entry, or 0. Reading
 * maps the one shared zero page, PAGE_COW where writing is allowed; *bits are
 * the entry's.
 */
static inline u32 anonymous_page(const struct vm_area *area, u32 write,
				 u32 *bits)
{
	if (likely(write)) {
		*bits = PRIVATE_BITS | PTE_W;
		return get_zeroed_page();
	}
	page_of(zero_page)->count++;
	*bits = PRIVATE_BITS | (area->flags & VM_WRITE ? PAGE_COW : 0);
	return zero_page;
}

/*
 * Bytes of the page at addr that come from the area's object; the rest of the
 * page is zero.
 */
static inline u32 backed_bytes(const struct vm_area *area, u32 addr)
{
	if (addr >= area->file_end)
		return 0;
	return min_u32(area->file_end - addr, PAGE_SIZE);
}

/*
 * A page of a file. The object's own frame is mapped read-only, shared by all
 * who run the file, unless the page must differ from it at once: because it is
 * being written, or because only its first bytes come from the file.
 */
static int do_private_page(struct vm_area *area, u32 addr, u32 write,
			   u32 *frame, u32 *bits)
{
	u32 bytes = backed_bytes(area, addr), source;
	u32 offset = addr - area->start + area->offset;
	u8 *page;
	int error;

	if (bytes == PAGE_SIZE && !write) {
		*bits = PRIVATE_BITS | (area->flags & VM_WRITE ? PAGE_COW : 0);
		return area->ops->fault(area, offset, frame);
	}
	page = kpage_alloc(OWNER_CALL);	/* first: reading the file sleeps */
	if (!page)
		return -ENOMEM;
	error = area->ops->fault(area, offset, &source);
	if (error) {
		kpage_free(page);
		return error;
	}
	copy_page(page, __va(source));
	memset(page + bytes, 0, PAGE_SIZE - bytes);
	free_page(source);
	*frame = __pa(page);
	own_page(*frame, OWNER_USER);
	*bits = PRIVATE_BITS | (area->flags & VM_WRITE ? PTE_W : 0);
	return 0;
}

/*
 * A page of a shared mapping is the object's own frame, for everybody; writable
 * when the object knows that it will be written.
 */
static int do_shared_page(struct vm_area *area, u32 addr, u32 write, u32 *frame,
			  u32 *bits)
{
	u32 offset = addr - area->start + area->offset;
	int error = write ? area->ops->make_writable(area, offset) : 0;

	*bits = PRIVATE_BITS | (write ? PTE_W : 0);
	return error ? error : area->ops->fault(area, offset, frame);
}

/*
 * A write to a page of a shared mapping that is present and was only read so
 * far. Called by do_page_fault(), which has checked that the area allows it.
 * While the object makes ready the page may have gone: then the access simply
 * faults again.
 */
int make_page_writable(struct mm *mm, struct vm_area *area, u32 addr)
{
	int error = area->ops->make_writable(
		area, PAGE_ROUND_DOWN(addr) - area->start + area->offset);
	pte_t *entry = error ? NULL : get_pte(mm, addr);

	if (!entry)
		return error ? error : -ENOMEM;
	if (*entry & PTE_P)
		*entry |= PTE_W;
	flush_page(addr);
	return 0;
}

/*
 * do_no_page() where the page comes from the area's file. Apart, so that the
 * more frequent case has the shorter path.
 */
static int do_mapped_page(struct mm *mm, struct vm_area *area, u32 page,
			  u32 write)
{
	/* first: the file must not be cut before the page is mapped */
	pte_t *entry = get_pte(mm, page);
	u32 frame, bits = 0;
	int error;

	if (!entry)
		return -ENOMEM;
	if (is_swapped(*entry))
		return do_swap_page(mm, page);
	error = area->flags & VM_SHARED
			? do_shared_page(area, page, write, &frame, &bits)
			: do_private_page(area, page, write, &frame, &bits);
	return error ? error : map_page(mm, page, entry, frame, bits);
}

/*
 * First access to a page of one of current's areas, or the first since it went
 * to swap: find or make its frame and map it. Called by do_page_fault(), which
 * has checked that the area allows the access. 0, -ENOMEM, or -EIO when the
 * page could not be read; nothing is mapped then.
 */
int do_no_page(struct vm_area *area, u32 addr, u32 code)
{
	struct mm *mm = current->mm;
	u32 frame, bits;
	pte_t *entry;

	if (area->ops && PAGE_ROUND_DOWN(addr) < area->file_end)
		return do_mapped_page(mm, area, PAGE_ROUND_DOWN(addr),
				      code & PF_WRITE);
	entry = get_pte(mm, addr);
	frame = entry ? anonymous_page(area, code & PF_WRITE, &bits) : 0;
	if (unlikely(!frame))
		return -ENOMEM;
	return map_page(mm, addr, entry, frame, bits);
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
 * Give the pages of [start, end) that are there the permissions flags (VM_*).
 * Called by mprotect(), after the areas have them and own_tables().
 */
void protect_pages(struct mm *mm, u32 start, u32 end, u32 flags)
{
	for (u32 addr = start; addr < end; addr += PAGE_SIZE) {
		pte_t *entry = find_pte(mm, addr);

		if (!entry)
			addr = table_end(addr, end) - PAGE_SIZE;
		else if (*entry & PTE_MAPPED)
			*entry = protect_entry(*entry, flags);
	}
	flush_address_space();
}

/*
 * Move the pages of a range to another, where there are none, for mremap().
 * -ENOMEM: nothing has moved.
 */
int move_pages(struct mm *mm, u32 from, u32 to, u32 length)
{
	if (own_tables(mm, from, from + length) < 0)
		return -ENOMEM;
	for (u32 done = 0; done < length; done += PAGE_SIZE)
		if (find_pte(mm, from + done) && !get_pte(mm, to + done))
			/* empty tables stay for the next who needs them */
			return -ENOMEM;
	for (u32 done = 0; done < length; done += PAGE_SIZE) {
		pte_t *old = find_pte(mm, from + done);

		if (!old)
			continue;
		*get_pte(mm, to + done) = *old;
		*old = 0;
	}
	flush_address_space();
	return 0;
}

/*
 * Drop the references of count entries and clear them; how many were present.
 */
static u32 drop_entries(pte_t *table, u32 count)
{
	u32 present = 0;

	for (u32 i = 0; i < count; i++) {
		pte_t entry = table[i];

		if (!(entry & PTE_MAPPED))
			continue;
		table[i] = 0;
		present++;
		if (--mem_map[entry >> PAGE_SHIFT].count == 0)
			release_frame(entry >> PAGE_SHIFT);
	}
	return present;
}

/*
 * Drop every reference that the entries of [start, end) hold; the caller
 * flushes the TLB.
 */
void zap_page_range(struct mm *mm, u32 start, u32 end)
{
	for (u32 addr = start, next; addr < end; addr = next) {
		pte_t *entry = find_pte(mm, addr);

		next = table_end(addr, end);
		trace_entries(TRACE_FREE, addr, entry,
			      (next - addr) >> PAGE_SHIFT, 0);
		if (!entry)
			continue;
		mm->nr_resident -=
			drop_entries(entry, (next - addr) >> PAGE_SHIFT);
		if (unlikely(mm->nr_swapped))
			mm->nr_swapped -= drop_swapped(
				entry, (next - addr) >> PAGE_SHIFT);
	}
}

/*
 * Free the pages of [start, end) and the page tables that lie wholly in [floor,
 * ceiling), the unmapped room around it. Called by exit, exec (mm_release) and
 * unmap_range. Never fails.
 */
void free_page_tables(struct mm *mm, u32 start, u32 end, u32 floor, u32 ceiling)
{
	u32 first = (floor + LARGE_PAGE_SIZE - 1) >> PGDIR_SHIFT,
	    last = ceiling >> PGDIR_SHIFT;

	zap_page_range(mm, start, end);
	first = max_u32(first, start >> PGDIR_SHIFT);
	last = min_u32(last, (end + LARGE_PAGE_SIZE - 1) >> PGDIR_SHIFT);
	for (u32 i = first; i < last; i++)
		if (mm->pgdir[i] & PTE_P) {
			trace_page(TRACE_TABLE_FREE, i << PGDIR_SHIFT,
				   PTE_FRAME(mm->pgdir[i]), 0);
			free_page(PTE_FRAME(mm->pgdir[i]));
			mm->pgdir[i] = 0;
		}
	if (current->mm == mm)
		flush_address_space();
}
