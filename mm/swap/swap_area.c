/*
 * Swap areas and their slots. A slot is a page of an area. Its count is the
 * number of page-table entries that refer to it; the last one that goes frees
 * it. This is the law of mem_map[] once more (cowix/mm.h).
 *
 * An area is added, started, retired and ended. Between the last two, swapoff
 * brings its pages back. If memory runs out meanwhile, the area resumes.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "swap_internal.h"

#define SLOTS_A_PAGE	(PAGE_SIZE / sizeof(struct slot))
#define SLOT_PAGES	(SWAP_PAGES_MAX / SLOTS_A_PAGE)

_Static_assert(SLOT_PAGES * sizeof(struct slot *) <= PAGE_SIZE,
	       "their addresses fit in a page");

struct swap_area swap_areas[SWAP_AREAS];
static struct swap_area *const areas_end = swap_areas + SWAP_AREAS;
u32 nr_swap_pages, nr_free_swap;

struct swap_area *swap_area_of(pte_t entry)
{
	return &swap_areas[entry >> SWAP_AREA_SHIFT];
}

u32 page_in_area(pte_t entry)
{
	return (entry & ((1u << SWAP_AREA_SHIFT) - 1)) >> PAGE_SHIFT;
}

struct slot *slot_at(const struct swap_area *area, u32 page)
{
	return &area->slots[page / SLOTS_A_PAGE][page % SLOTS_A_PAGE];
}

static pte_t entry_for(const struct swap_area *area, u32 page)
{
	u32 number = area - swap_areas;

	return number << SWAP_AREA_SHIFT | page << PAGE_SHIFT;
}

/*
 * Returns the slot that an entry names, or NULL if there is no such slot. The
 * entry may be any number.
 */
struct slot *slot_of(pte_t entry)
{
	const struct swap_area *area = swap_area_of(entry);
	u32 page = page_in_area(entry);

	if (!area->medium || OFFSET_IN_PAGE(entry))
		return NULL;
	if (!page || page >= area->medium->pages)
		return NULL;
	return slot_at(area, page);
}

/*
 * Takes a free slot of the area that has the highest priority of those with
 * one. Returns it as an entry, which is not counted yet, or 0: swap is full.
 */
pte_t slot_alloc(void)
{
	struct swap_area *best = NULL;
	struct slot *slot;

	for (struct swap_area *area = swap_areas; area < areas_end; area++)
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
	return entry_for(best, best->next);
}

/* Gives a slot back; one that is not usable is never taken again. */
void slot_free(pte_t entry, bool usable)
{
	struct swap_area *area = swap_area_of(entry);

	if (usable) {
		area->free++;
		nr_free_swap += area->active;
	} else {
		slot_of(entry)->count = SLOT_EXCLUDED;
		area->usable--;
		nr_swap_pages -= area->active;
	}
}

/* Makes the area one that is not there. */
static void free_slots(struct swap_area *area)
{
	struct slot **slots = area->slots;

	*area = (struct swap_area){ 0 };
	for (u32 i = 0; slots && i < SLOT_PAGES && slots[i]; i++)
		kpage_free(slots[i]);
	if (slots)
		kpage_free(slots);
}

/* Gives the area slots, all free. Returns 0 or -ENOMEM. */
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
	struct swap_area *area = swap_areas;

	while (area < areas_end && area->medium)
		area++;
	if (area == areas_end)
		return -EPERM;
	if (alloc_slots(area, medium->pages) < 0) {
		free_slots(area);
		return -ENOMEM;
	}
	area->medium = medium;
	area->usable = medium->pages - 1;
	return area - swap_areas;
}

/* Calls found for each page of slots. */
void recount_swap(found_page *found)
{
	for (struct swap_area *area = swap_areas; area < areas_end; area++) {
		if (area->slots)
			found(OWNER_SWAP, area->slots);
		for (u32 i = 0; area->slots && i < SLOT_PAGES; i++)
			if (area->slots[i])
				found(OWNER_SWAP, area->slots[i]);
	}
}

/* Excludes a bad page. Called between swap_add() and swap_start(). */
void swap_exclude(int number, u32 page)
{
	struct slot *slot = slot_at(&swap_areas[number], page);

	swap_areas[number].usable -= slot->count == 0;
	slot->count = SLOT_EXCLUDED;
}

static void activate(struct swap_area *area)
{
	area->active = true;
	nr_swap_pages += area->usable;
	nr_free_swap += area->free;
}

static void deactivate(struct swap_area *area)
{
	area->active = false;
	nr_swap_pages -= area->usable;
	nr_free_swap -= area->free;
}

void swap_start(int number)
{
	swap_areas[number].free = swap_areas[number].usable;
	activate(&swap_areas[number]);
}

bool swap_stopping(int number)
{
	return swap_areas[number].stopping;
}

/*
 * Has an area that is being emptied filled again. Returns false if it was not
 * being emptied.
 */
static bool resume_area(struct swap_area *area)
{
	if (!area->stopping)
		return false;
	area->stopping = false;
	activate(area);
	return true;
}

/*
 * Like resume_area(), for all areas. Called when there is no memory: swapoff
 * must pay for it, and nobody else. Returns false if none was being emptied.
 */
bool resume_swap(void)
{
	bool resumed = false;

	for (struct swap_area *area = swap_areas; area < areas_end; area++)
		resumed |= resume_area(area);
	return resumed;
}

/*
 * Begins to end an area's use: it takes no more pages. Called by swapoff, which
 * then empties it. Returns 0, or -EBUSY if another does so already.
 */
int swap_retire(int number)
{
	struct swap_area *area = &swap_areas[number];

	if (!area->active || area->leaving)
		return -EBUSY;
	deactivate(area);
	area->stopping = area->leaving = true;
	return 0;
}

/* Returns true if an area that is being emptied has pages left. */
bool swap_is_used(int number)
{
	const struct swap_area *area = &swap_areas[number];

	return area->stopping && area->free < area->usable;
}

/*
 * Ends what swap_retire() has begun. The area is given up. On an error it is in
 * use again, and also if somebody needed it meanwhile: then it returns -ENOMEM.
 */
int swap_end(int number, int error)
{
	struct swap_area *area = &swap_areas[number];

	if (error)
		resume_area(area);
	area->leaving = false;
	if (area->active)
		return error ? error : -ENOMEM;
	free_slots(area);
	return 0;
}

/* Returns an area's medium and its used slots. NULL: there is no such area. */
struct swap_medium *swap_medium_of(u32 number, u32 *used)
{
	*used = swap_areas[number].usable - swap_areas[number].free;
	return swap_areas[number].medium;
}

/*
 * For the audit. Returns the number of a slot, counted through all areas. For
 * entry 0 it returns how many slots there are.
 */
u32 slot_number(pte_t entry)
{
	u32 number = 0;

	for (struct swap_area *area = swap_areas; area < areas_end; area++) {
		if (entry && area == swap_area_of(entry))
			return number + page_in_area(entry);
		number += area->medium ? area->medium->pages : 0;
	}
	return number;
}

/* Calls visit for each usable slot of an area. Returns how many are free. */
static u32 visit_slots(const struct swap_area *area,
		       void (*visit)(pte_t entry, const struct slot *slot))
{
	u32 free = 0;

	for (u32 page = 1; page < area->medium->pages; page++) {
		const struct slot *slot = slot_at(area, page);

		if (slot->count == SLOT_EXCLUDED)
			continue;
		visit(entry_for(area, page), slot);
		free += !slot->count && !slot->frame;
	}
	return free;
}

/*
 * For the audit. Calls visit for each slot that can be used. Returns how many
 * are free, in the areas that may be filled.
 */
u32 for_each_slot(void (*visit)(pte_t entry, const struct slot *slot))
{
	u32 free = 0;

	for (struct swap_area *area = swap_areas; area < areas_end; area++)
		if (area->medium) {
			u32 found = visit_slots(area, visit);

			free += area->active ? found : 0;
		}
	return free;
}
