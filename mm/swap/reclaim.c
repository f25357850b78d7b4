/*
 * What happens when there is no free frame. The caches give up what is clean,
 * then what they can write; then pages of programs go, those that were not used
 * lately: a hand turns through the entries of all programs, as on a clock. An
 * entry whose accessed bit is set loses it and stays for this time; one that
 * has lost it and did not get it back goes, to be read from its file again or,
 * if there is only this copy, to swap.
 *
 * The hand does not sleep while it turns, so that it needs no locks; what it
 * has found is written together afterwards. Whoever takes a frame may sleep
 * here, and must then look at page-table entries again, its own program's as
 * well.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "mm/mm_internal.h"

#define WANTED		32	/* pages given up at a time */
/*
 * one takes the accessed bits, and may have begun in the middle; one finds
 * those that did not get them back
 */
#define ROUNDS		3u
/* then there is no memory, though something could still go */
#define FUTILE_TURNS	100u

static int (*reclaim_caches)(int wanted);
static struct place hand;
static pte_t found[SWAP_BATCH];		/* slots that are to be written */
static u32 nr_found;
static bool turning;			/* by a task that writes them */
static struct wait_queue turned = WAIT_QUEUE_INIT(turned);

/* Called by fs/ for its caches. */
void set_reclaim(int (*shrink)(int wanted))
{
	reclaim_caches = shrink;
}

/* A page of a file that the cache has too: it can be had from there. */
static void unmap_page(struct mm *mm, u32 addr, pte_t *entry)
{
	u32 frame = PTE_FRAME(*entry);

	trace_page(TRACE_FREE, addr, frame, 0);
	*entry = 0;
	change_counts(mm, addr, -1, 0);
	free_page(frame);
}

/*
 * Give up the page of an entry if it can be had again and was not used since
 * the hand last came by, or now says so. Whether it was.
 */
static bool give_up(struct mm *mm, const struct vm_area *area, u32 addr,
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
	held = area->ops ? area->ops->holds(area,
					    addr - area->start + area->offset,
					    frame)
			 : HOLDS_OTHER;
	if (held == HOLDS_COPY)
		unmap_page(mm, addr, entry);
	else if (held != HOLDS_OTHER || area->flags & VM_SHARED ||
		 !swap_out_entry(mm, addr, entry, &new))
		return false;
	else if (new)
		found[nr_found++] = *entry;
	return true;
}

/* Returns false if an area's pages can only go to swap, and there is none. */
static bool can_go(const struct vm_area *area)
{
	return area->ops || nr_swap_pages;
}

/*
 * Give up pages of [start, end) until there are *wanted or found is full. Where
 * to go on; end: nowhere.
 */
static u32 scan(struct mm *mm, u32 start, u32 end, int *wanted, bool now)
{
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);
		u32 stop = min_u32(area->end, end);

		if (area->flags & VM_LOCKED || !can_go(area))
			continue;
		for (u32 addr = max_u32(area->start, start); addr < stop;
		     addr += PAGE_SIZE) {
			pte_t *entry = find_pte(mm, addr);

			if (*wanted <= 0 || nr_found == SWAP_BATCH)
				return addr;
			if (!entry)
				addr = table_end(addr, stop) - PAGE_SIZE;
			else
				*wanted -= give_up(mm, area, addr, entry, now);
		}
	}
	return end;
}

/* The programs that are being made come last. */
static void scan_built(int *wanted)
{
	list_for_each(node, &all_mms) {
		struct mm *mm = list_entry(node, struct mm, link);

		if (mm->building)
			scan(mm, 0, TASK_SIZE, wanted, false);
	}
}

/*
 * Only one task at a time turns the hand. Whether the caller had to wait for
 * another.
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

/* The hand stands: nobody may use what was given up, then it is written. */
static void end_turning(void)
{
	flush_address_space();
	swap_write(found, nr_found);
	nr_found = 0;
	turning = false;
	wake_up(&turned);
}

/*
 * Lets interrupts in, and others run whose turn it is. Called between turns: a
 * fault comes here with interrupts masked, and may turn a hundred times.
 */
static void let_others_in(void)
{
	u32 flags = irq_save();

	sti();
	if (current->work & WORK_RESCHED)
		schedule();
	irq_restore(flags);
}

/*
 * Turn the hand until there is enough, but not round again for more once there
 * is something. Without slots for as many, less is enough, or programs' code,
 * the only thing that can still go, would pay for all. Where all that can go
 * was used since the last turn, time after time, a program's next instruction
 * takes the place of the data that it is about to use, and the other way round
 * for ever: that is want of memory, too.
 */
static int turn_hand(void)
{
	/* turns one after the other in which the hand came round */
	static u32 futile;
	int wanted = max_u32(min_u32(WANTED, nr_free_swap), 1), left = wanted;
	u32 rounds = 0;

	let_others_in();
	if (!begin_turning())
		return 1;
	while (rounds < ROUNDS && left > 0 && nr_found < SWAP_BATCH &&
	       (rounds == 0 || left == wanted)) {
		struct task_struct *task = task_at(&hand);

		hand.pid = task->pid;
		hand.addr = task->mm ? scan(task->mm, hand.addr, TASK_SIZE,
					    &left, false)
				     : TASK_SIZE;
		if (hand.addr == TASK_SIZE && next_task(&hand, task)) {
			scan_built(&left);
			rounds++;
		}
	}
	end_turning();
	futile = rounds ? futile + 1 : 0;
	if (futile < FUTILE_TURNS)
		return wanted - left;
	futile = 0;
	return 0;
}

/*
 * Called by the allocator when it has no frame. Returns how many things were
 * given up, of which a frame need not be one; 0: there is nothing more. The
 * caller may be a fork: other threads must not write what it shares already
 * while it sleeps here, so the TLB goes first.
 */
static int give_up_something(void)
{
	int n;

	flush_address_space();
	n = reclaim_caches ? reclaim_caches(WANTED) : 0;
	if (!n)
		n = shrink_swap_cache();
	if (!n)
		n = turn_hand();
	return n ? n : resume_swap();
}

/* Called once by start_kernel. */
void reclaim_init(void)
{
	reclaim = give_up_something;
	register_owner(recount_swap);
}

/* MADV_PAGEOUT: give up the pages of [start, end) now. */
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
