/*
 * What happens when there is no free frame. The caches give up what is clean,
 * then what they can write. Then go the pages of programs that were not used
 * lately. A hand turns through the entries of all programs, as on a clock. An
 * entry whose accessed bit is set loses it and stays for this time. An entry
 * that did not get it back is evicted. Its page can be read again from its
 * file; if there is only this copy, it goes to swap.
 *
 * The hand does not sleep while it turns, so it needs no locks. What it has
 * found is written together afterwards. Whoever takes a frame may sleep here,
 * and must then look at page-table entries again, its own program's as well.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include "mm/mm_internal.h"

#define WANTED		32	/* pages evicted at a time */
#define FUTILE_TURNS	100u	/* after so many there is no memory */

/*
 * The first round may begin in the middle. The next takes the accessed bits.
 * The last finds those that did not come back.
 */
#define ROUNDS		3u

static int (*reclaim_caches)(int wanted);
static struct place hand;
static pte_t found[SWAP_BATCH];		/* slots that are to be written */
static u32 nr_found;
static u32 nr_in_want;			/* tasks in reclaim_something() */
static bool turning;			/* by a task that writes them */
static struct wait_queue turned = WAIT_QUEUE_INIT(turned);

/* Registers what shrinks the caches. Called by fs/. */
void set_reclaim(int (*shrink)(int wanted))
{
	reclaim_caches = shrink;
}

/* Unmaps a page of a file that the page cache has, too. */
static void unmap_page(struct mm *mm, u32 addr, pte_t *entry)
{
	u32 frame = PTE_FRAME(*entry);

	trace_page(TRACE_FREE, addr, frame, 0);
	*entry = 0;
	change_counts(mm, addr, -1, 0);
	free_page(frame);
}

/* Returns what an area's file has of the page at addr: HOLDS_*. */
static u32 held_by_file(const struct vm_area *area, u32 addr, u32 frame)
{
	if (!area->ops)
		return HOLDS_OTHER;
	return area->ops->holds(area, addr - area->start + area->offset, frame);
}

/*
 * Gives up the page of an entry if it can be had again. With `now`, a page that
 * was used since the hand last came by goes, too. Returns false if it stays.
 */
static bool evict_page(struct mm *mm, const struct vm_area *area, u32 addr,
		       pte_t *entry, bool now)
{
	u32 frame = PTE_FRAME(*entry), held;
	bool new;

	if (!(*entry & PTE_MAPPED) || frame == zero_page)
		return false;
	if (*entry & PTE_A && !now) {
		*entry &= ~PTE_A;
		return false;
	}
	held = held_by_file(area, addr, frame);
	if (held == HOLDS_COPY) {
		unmap_page(mm, addr, entry);
		return true;
	}
	if (held != HOLDS_OTHER || area->flags & VM_SHARED)
		return false;
	if (!swap_out_entry(mm, addr, entry, &new))
		return false;
	if (new)
		found[nr_found++] = *entry;
	return true;
}

/* Returns false if an area's pages can only go to swap, and there is none. */
static bool can_go(const struct vm_area *area)
{
	return area->ops || nr_swap_pages;
}

/*
 * Evicts pages of [start, end) until *wanted are gone or found is full. Returns
 * where to go on, or end.
 */
static u32 scan(struct mm *mm, u32 start, u32 end, int *wanted, bool now)
{
	for_each_area(area, mm, start, end) {
		u32 addr = max_u32(area->start, start);
		u32 stop = min_u32(area->end, end);

		if (!mm->nr_resident)
			break;		/* all is in swap */
		if (area->flags & VM_LOCKED || !can_go(area))
			continue;
		for (; addr < stop; addr += PAGE_SIZE) {
			pte_t *entry = find_pte(mm, addr);

			if (*wanted <= 0 || nr_found == SWAP_BATCH)
				return addr;
			if (!entry)
				addr = table_end(addr, stop) - PAGE_SIZE;
			else if (evict_page(mm, area, addr, entry, now))
				--*wanted;
		}
	}
	return end;
}

/* Scans the programs that are being made. They come last. */
static void scan_built(int *wanted)
{
	list_for_each(node, &all_mms) {
		struct mm *mm = list_entry(node, struct mm, link);

		if (mm->building)
			scan(mm, 0, TASK_SIZE, wanted, false);
	}
}

/*
 * Takes the hand, which only one task at a time turns. Returns false if the
 * caller had to wait for another.
 */
static bool begin_turning(void)
{
	if (turning) {
		sleep_on(&turned);
		return false;
	}
	turning = true;
	return true;
}

/*
 * Writes what was found. The TLB is flushed before, since nobody may use what
 * was given up.
 */
static void end_turning(void)
{
	flush_address_space();
	swap_write(found, nr_found);
	nr_found = 0;
	turning = false;
	wake_up(&turned);
}

/*
 * Scans the process at the hand, and moves the hand. Returns true if it has
 * come round.
 */
static bool scan_at_hand(int *left)
{
	struct task_struct *task = task_at(&hand);
	u32 next = TASK_SIZE;

	hand.pid = task->pid;
	if (task->mm)
		next = scan(task->mm, hand.addr, TASK_SIZE, left, false);
	hand.addr = next;
	if (next < TASK_SIZE || !place_next(&hand, task))
		return false;
	scan_built(left);
	return true;
}

/*
 * Turns the hand until there is enough. It does not go round again for more if
 * it has something. Returns how many pages are gone; 0: there is no memory.
 *
 * If there are few free slots, less is enough. Else programs' code, which is
 * then the only thing that can go, would pay for all.
 *
 * In turn after turn all that can go may have been used since the last one.
 * Then a program's next instruction takes the place of its data, and the other
 * way round, for ever. That is want of memory, too.
 */
static int turn_hand(void)
{
	static u32 futile;	/* turns without a break that came round */
	int wanted = max_u32(min_u32(WANTED, nr_free_swap), 1), left = wanted;
	u32 rounds = 0;

	if (!begin_turning())
		return 1;
	while (rounds < ROUNDS && left > 0 && nr_found < SWAP_BATCH &&
	       (rounds == 0 || left == wanted))
		rounds += scan_at_hand(&left);
	end_turning();
	futile = rounds ? futile + 1 : 0;
	if (futile < FUTILE_TURNS)
		return wanted - left;
	futile = 0;
	return 0;
}

/*
 * Lets interrupts in: a fault comes here with interrupts masked, and may turn
 * the hand a hundred times. Lets others run whose turn it is. Where several
 * want frames they wake each other all the time. A task that wants none would
 * have to wait until their slices are used up. So each goes behind all others
 * of its priority, unless it is the superuser's.
 */
static void let_others_in(void)
{
	u32 flags = irq_save();

	sti();
	if (nr_in_want > 1 && !may_use_reserve())
		yield();
	else if (current->work & WORK_RESCHED)
		schedule();
	irq_restore(flags);
}

/*
 * Called by the allocator when it has no frame. Returns how many things were
 * given up, though perhaps no frame among them, or 0: there is nothing more.
 * The caller may be a fork. While it sleeps here, other threads must not write
 * what it shares already: so the TLB is flushed first.
 */
static int reclaim_something(void)
{
	int n;

	flush_address_space();
	nr_in_want++;
	let_others_in();
	n = reclaim_caches ? reclaim_caches(WANTED) : 0;
	if (!n)
		n = shrink_swap_cache();
	if (!n)
		n = turn_hand();
	nr_in_want--;
	return n ? n : resume_swap();
}

/* Called once by start_kernel. */
void reclaim_init(void)
{
	reclaim = reclaim_something;
	register_owner(recount_swap);
}

/* Evicts the pages of [start, end) now. For MADV_PAGEOUT. */
void page_out(struct mm *mm, u32 start, u32 end)
{
	while (start < end) {
		int left = SWAP_BATCH;

		if (!begin_turning())
			continue;
		start = scan(mm, start, end, &left, true);
		end_turning();
	}
}
