/*
 * Swap areas and their slots. A slot is a page of an area; its count is the
 * number of page-table entries that say that their page is there, and the last
 * one that goes frees it: the law of mem_map[] once more (cowix/mm.h).
 *
 * The swap cache. While a page is written, and while only some of those who
 * share it have it in memory, it is both in a slot and in a frame. The slot
 * then knows the frame and holds a reference to it, so that all who come for
 * the page get the same frame; and with that reference the frame's count tells
 * do_wp_page() that others still want the page as it is. The way back, from
 * frame to slot, is mem_map[].next, believed if the slot agrees.
 *
 * Nothing here takes memory in order to write, so that writing is possible when
 * there is none.
 */
#include <cowix/kernel.h>
#include <cowix/plan.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

#define SLOTS_A_PAGE	(PAGE_SIZE / sizeof(struct slot))
#define SLOT_PAGES	(SWAP_PAGES_MAX / SLOTS_A_PAGE)
#define SLOT_EXCLUDED	0xFFFFFFFFu /* count of a page that cannot be used */

_Static_assert(SLOT_PAGES * sizeof(struct slot *) <= PAGE_SIZE,
	       "their addresses fit in a page");

struct swap_area {
	struct swap_medium *medium;	/* NULL: there is no such area */
	struct slot **slots;	/* a page of pointers to pages of them */
	u32 usable, free;		/* slots */
	u32 next;		/* where the search for a free one goes on */
	bool active, stopping;	/* may be filled; is being emptied for good */
	/*
	 * swapoff is at work, even where memory ran out and the area is in use
	 * again
	 */
	bool leaving;
};

static struct swap_area areas[SWAP_AREAS];
static struct wait_queue transferred = WAIT_QUEUE_INIT(transferred);
u32 nr_swap_pages, nr_free_swap, nr_swap_cached;

static struct swap_area *area_of(pte_t entry)
{
	return &areas[entry >> SWAP_AREA_SHIFT];
}

static u32 page_in_area(pte_t entry)
{
	return (entry & ((1u << SWAP_AREA_SHIFT) - 1)) >> PAGE_SHIFT;
}

static struct slot *slot_at(const struct swap_area *area, u32 page)
{
	return &area->slots[page / SLOTS_A_PAGE][page % SLOTS_A_PAGE];
}

/*
 * The slot that an entry, or a number that may be none, names; NULL: there is
 * no such slot.
 */
struct slot *slot_of(pte_t entry)
{
	const struct swap_area *area = area_of(entry);
	u32 page = page_in_area(entry);

	return area->medium && !OFFSET_IN_PAGE(entry) && page &&
			       page < area->medium->pages
		       ? slot_at(area, page)
		       : NULL;
}

/*
 * The slot that holds a copy of a frame in the swap cache, as an entry; 0: none
 * does.
 */
pte_t slot_of_frame(u32 frame)
{
	pte_t entry = page_of(frame)->next & ~OWNER_MASK;
	const struct slot *slot = slot_of(entry);

	return slot && PTE_FRAME(slot->frame) == frame ? entry : 0;
}

/*
 * A free slot of the area that has one and the highest priority, as an entry
 * that refers to it not yet; 0: swap is full.
 */
static pte_t alloc_slot(void)
{
	struct swap_area *best = NULL;
	struct slot *slot;

	for (struct swap_area *area = areas; area < areas + SWAP_AREAS; area++)
		if (area->active && area->free &&
		    (!best || area->medium->priority > best->medium->priority))
			best = area;
	if (!best)
		return 0;
	do {
		if (++best->next >= best->medium->pages)
			best->next = 1;
		slot = slot_at(best, best->next);
	} while (slot->count || slot->frame);
	best->free--;
	nr_free_swap--;
	return (best - areas) << SWAP_AREA_SHIFT | best->next << PAGE_SHIFT;
}

static void enter_cache(pte_t entry, u32 frame)
{
	slot_of(entry)->frame = frame | SLOT_BUSY;
	page_of(frame)->next = entry | OWNER_USER;
	nr_swap_cached++;
}

static void leave_cache(struct slot *slot)
{
	u32 frame = PTE_FRAME(slot->frame);

	slot->frame = 0;
	nr_swap_cached--;
	free_page(frame);
}

/*
 * Nobody refers to a slot any more, and it is not being transferred. One that
 * could not be written is not used again.
 */
static void release_slot(pte_t entry)
{
	struct swap_area *area = area_of(entry);
	struct slot *slot = slot_of(entry);
	bool failed = slot->frame & SLOT_FAILED;

	if (slot->frame)
		leave_cache(slot);
	if (failed) {
		slot->count = SLOT_EXCLUDED;
		area->usable--;
		nr_swap_pages -= area->active;
	} else {
		area->free++;
		nr_free_swap += area->active;
	}
}

/* One entry less refers to a slot. */
void swap_drop(pte_t entry)
{
	struct slot *slot = slot_of(entry);

	if (!slot || slot->count == 0)
		panic("swap_drop: %x is free already", entry);
	if (--slot->count == 0 && !(slot->frame & SLOT_BUSY))
		release_slot(entry);
}

/*
 * Drop a frame from the cache that nobody maps and that can be read again.
 * Whether it was one.
 */
static bool drop_unmapped(struct slot *slot)
{
	if (!slot->frame || slot->frame & (SLOT_BUSY | SLOT_FAILED) ||
	    page_of(slot->frame)->count > 1)
		return false;
	leave_cache(slot);
	return true;
}

/*
 * Called when memory is short: the frames of the cache that nobody maps; how
 * many.
 */
int shrink_swap_cache(void)
{
	int dropped = 0;

	for (struct swap_area *area = areas;
	     nr_swap_cached && area < areas + SWAP_AREAS; area++)
		for (u32 page = 1; area->medium && page < area->medium->pages;
		     page++)
			dropped += drop_unmapped(slot_at(area, page));
	return dropped;
}

/*
 * The slot for a frame that an entry gives up, as an entry that is counted: the
 * one that it has already, or a new one, which is then busy and must be
 * written; in that case, *new, the reference to the frame becomes the cache's.
 * 0: swap is full, the page cannot be written, or swapoff wants it here.
 */
pte_t swap_slot_for(u32 frame, bool *new)
{
	pte_t entry = slot_of_frame(frame);

	*new = !entry;
	if (!entry) {
		entry = alloc_slot();
		if (!entry)
			return 0;
		enter_cache(entry, frame);
	} else if (slot_of(entry)->frame & SLOT_FAILED ||
		   !area_of(entry)->active) {
		return 0;
	}
	slot_of(entry)->count++;
	return entry;
}

/* An entry to a frame has become one to the slot that the frame had already. */
void swap_settle(pte_t entry, u32 frame)
{
	free_page(frame);
	drop_unmapped(slot_of(entry));
}

/*
 * A transfer is over. What could not be written stays in its frame, what could
 * not be read is not there.
 */
static void finish_transfer(pte_t entry, bool write, int error)
{
	struct slot *slot = slot_of(entry);

	slot->frame &= ~SLOT_BUSY;
	if (error && write)
		slot->frame |= SLOT_FAILED;
	else if (error)
		leave_cache(slot);
	if (slot->count == 0)
		release_slot(entry);
	else if (write)
		drop_unmapped(slot);
}

/*
 * Write n new slots, and let their frames go if nobody maps them any more.
 * Called by reclaim, by one task at a time.
 */
void swap_write(const pte_t *entries, u32 n)
{
	static struct swap_io io[SWAP_BATCH];
	u32 count;

	for (; n > 0; n -= count, entries += count) {
		struct swap_area *area = area_of(entries[0]);

		for (count = 0; count < n && area_of(entries[count]) == area;
		     count++)
			io[count] = (struct swap_io){
				.page = page_in_area(entries[count]),
				.frame = PTE_FRAME(
					slot_of(entries[count])->frame)
			};
		area->medium->transfer(area->medium, true, io, count);
		for (u32 i = 0; i < count; i++)
			finish_transfer(entries[i], true, io[i].error);
	}
	wake_up(&transferred);
}

/* Read a slot, which has no frame, into one, which the cache takes over. */
static int read_slot(pte_t entry, u32 frame)
{
	struct swap_io io = { .page = page_in_area(entry), .frame = frame };
	struct swap_medium *medium = area_of(entry)->medium;

	enter_cache(entry, frame);
	planned(PLAN_PAGE);
	medium->transfer(medium, false, &io, 1);
	finish_transfer(entry, false, io.error);
	wake_up(&transferred);
	return io.error;
}

/*
 * Have the page of a slot in the cache. 0: it is there for as long as the
 * caller does not sleep; -ENOMEM, -EIO; -EAGAIN: had to wait, and the caller's
 * entry may not be what it was.
 */
int swap_fetch(pte_t entry)
{
	struct slot *slot = slot_of(entry);
	u32 frame;

	if (slot->frame & SLOT_BUSY) {
		sleep_on(&transferred);
		return -EAGAIN;
	}
	if (slot->frame)
		return 0;
	frame = get_free_page();
	if (!frame)
		return -ENOMEM;
	slot = slot_of(entry);			/* reclaim may have slept */
	if (slot && slot->count && slot->count != SLOT_EXCLUDED && !slot->frame)
		return read_slot(entry, frame);
	free_page(frame);
	return -EAGAIN;
}

/* Leaves the area as one that is not there. */
static void free_slots(struct swap_area *area)
{
	struct slot **slots = area->slots;

	*area = (struct swap_area){ 0 };
	for (u32 i = 0; slots && i < SLOT_PAGES && slots[i]; i++)
		kpage_free(slots[i]);
	if (slots)
		kpage_free(slots);
}

/* Gives the area slots, all free. -ENOMEM */
static int alloc_slots(struct swap_area *area, u32 pages)
{
	area->slots = kpage_zalloc(OWNER_SWAP);
	for (u32 i = 0; area->slots && i * SLOTS_A_PAGE < pages; i++) {
		area->slots[i] = kpage_zalloc(OWNER_SWAP);
		if (!area->slots[i])
			return -ENOMEM;
	}
	return area->slots ? 0 : -ENOMEM;
}

/*
 * Adds an area with the medium's pages. None of them is in use, and none will
 * be before swap_start(). Returns its number, -EPERM if there are enough, or
 * -ENOMEM. Called by one task at a time.
 */
int swap_add(struct swap_medium *medium)
{
	struct swap_area *area = areas;

	while (area < areas + SWAP_AREAS && area->medium)
		area++;
	if (area == areas + SWAP_AREAS)
		return -EPERM;
	if (alloc_slots(area, medium->pages) < 0) {
		free_slots(area);
		return -ENOMEM;
	}
	area->medium = medium;
	area->usable = medium->pages - 1;
	return area - areas;
}

/* Calls found for each page of slots. */
void recount_swap(found_page *found)
{
	for (struct swap_area *area = areas; area < areas + SWAP_AREAS;
	     area++) {
		if (area->slots)
			found(OWNER_SWAP, area->slots);
		for (u32 i = 0; area->slots && i < SLOT_PAGES; i++)
			if (area->slots[i])
				found(OWNER_SWAP, area->slots[i]);
	}
}

void swap_exclude(int number, u32 page)
{
	struct slot *slot = slot_at(&areas[number], page);

	areas[number].usable -= slot->count == 0;
	slot->count = SLOT_EXCLUDED;
}

static void activate(struct swap_area *area, bool on)
{
	area->active = on;
	nr_swap_pages += on ? area->usable : -area->usable;
	nr_free_swap += on ? area->free : -area->free;
}

void swap_start(int number)
{
	areas[number].free = areas[number].usable;
	activate(&areas[number], true);
}

bool swap_stopping(int number)
{
	return areas[number].stopping;
}

/* An area that is being emptied is in use again. Whether it was one. */
static bool resume(struct swap_area *area)
{
	if (!area->stopping)
		return false;
	area->stopping = false;
	activate(area, true);
	return true;
}

/*
 * The same for all: called when there is no memory, which swapoff must pay for
 * and nobody else. Whether there was one.
 */
bool resume_swap(void)
{
	bool resumed = false;

	for (struct swap_area *area = areas; area < areas + SWAP_AREAS; area++)
		resumed |= resume(area);
	return resumed;
}

/*
 * Begins to end an area's use: it takes no more pages. Called by swapoff, which
 * then empties it. -EBUSY: another does so already.
 */
int swap_retire(int number)
{
	struct swap_area *area = &areas[number];

	if (!area->active || area->leaving)
		return -EBUSY;
	activate(area, false);
	area->stopping = area->leaving = true;
	return 0;
}

/* Returns true if an area that is being emptied has pages left. */
bool swap_is_used(int number)
{
	return areas[number].stopping &&
	       areas[number].free < areas[number].usable;
}

/* Waits a tick, or until some transfer has ended. -EINTR */
int swap_await_release(void)
{
	int error = interruptible_sleep_on_timeout(&transferred, 1);

	return error == -ERESTARTSYS ? -EINTR : 0;
}

/*
 * Ends what swap_retire() has begun: the area is given up, or, on an error, or
 * if somebody needed it meanwhile (-ENOMEM), in use again.
 */
int swap_end(int number, int error)
{
	struct swap_area *area = &areas[number];

	if (error)
		resume(area);
	area->leaving = false;
	if (area->active)
		return error ? error : -ENOMEM;
	free_slots(area);
	return 0;
}

/*
 * For the audit: slots numbered through all areas; entry 0: how many there are.
 */
u32 slot_number(pte_t entry)
{
	u32 number = 0;

	for (struct swap_area *area = areas; area < areas + SWAP_AREAS;
	     area++) {
		if (entry && area == area_of(entry))
			return number + page_in_area(entry);
		number += area->medium ? area->medium->pages : 0;
	}
	return number;
}

/*
 * Call visit for each slot that can be used; how many of those that may be
 * filled are free.
 */
u32 for_each_slot(void (*visit)(pte_t entry, const struct slot *slot))
{
	u32 free = 0;

	for (struct swap_area *area = areas; area < areas + SWAP_AREAS; area++)
		for (u32 page = 1; area->medium && page < area->medium->pages;
		     page++) {
			const struct slot *slot = slot_at(area, page);

			if (slot->count == SLOT_EXCLUDED)
				continue;
			visit((area - areas) << SWAP_AREA_SHIFT |
				      page << PAGE_SHIFT,
			      slot);
			free += area->active && !slot->count && !slot->frame;
		}
	return free;
}

struct swap_medium *swap_medium_of(u32 number, u32 *used)
{
	*used = areas[number].usable - areas[number].free;
	return areas[number].medium;
}
