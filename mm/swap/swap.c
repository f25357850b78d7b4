/*
 * The swap cache. While a page is written, it is both in a slot and in a frame.
 * It is so, too, while only some of its users have it in memory. The slot then
 * knows the frame and holds a reference to it. So all who come for the page get
 * the same frame. And the frame's count tells do_wp_page() that others still
 * want the page as it is.
 *
 * The way back, from frame to slot, is mem_map[].next. It is believed if the
 * slot agrees.
 *
 * Nothing here takes memory in order to write, so that writing is possible when
 * there is none.
 */
#include <cowix/kernel.h>
#include <cowix/plan.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "swap_internal.h"

u32 nr_swap_cached;
static struct wait_queue transferred = WAIT_QUEUE_INIT(transferred);

/*
 * Returns the slot that has a copy of a frame of the swap cache, as an entry,
 * or 0.
 */
pte_t slot_of_frame(u32 frame)
{
	pte_t entry = page_of(frame)->next & ~OWNER_MASK;
	const struct slot *slot = slot_of(entry);

	return slot && PTE_FRAME(slot->frame) == frame ? entry : 0;
}

/* The cache takes over the caller's reference to frame. */
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
 * Frees a slot that no entry names and that is not being transferred. One that
 * could not be written is not used again.
 */
static void release_slot(pte_t entry)
{
	struct slot *slot = slot_of(entry);
	bool failed = slot->frame & SLOT_FAILED;

	if (slot->frame)
		leave_cache(slot);
	slot_free(entry, !failed);
}

/* Drops an entry's reference to its slot. */
void swap_drop(pte_t entry)
{
	struct slot *slot = slot_of(entry);

	if (!slot || slot->count == 0)
		panic("swap_drop: %x is free already", entry);
	if (--slot->count == 0 && !(slot->frame & SLOT_BUSY))
		release_slot(entry);
}

/*
 * Drops a slot's frame from the cache if nobody maps it and it can be read
 * again. Returns false if it stays, or if there is none.
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
 * Drops the frames of the cache that nobody maps. Called when memory is short.
 * Returns how many there were.
 */
int shrink_swap_cache(void)
{
	int dropped = 0;

	for (struct swap_area *area = swap_areas;
	     nr_swap_cached && area < swap_areas + SWAP_AREAS; area++)
		for (u32 page = 1; area->medium && page < area->medium->pages;
		     page++)
			dropped += drop_unmapped(slot_at(area, page));
	return dropped;
}

/*
 * Returns the slot for a frame that an entry gives up, as an entry, which is
 * counted. Usually the frame has a slot already. A new one (*new) is busy and
 * must be written; the cache then takes over the reference to the frame.
 * Returns 0 if swap is full, the page cannot be written, or swapoff wants it.
 */
pte_t swap_slot_for(u32 frame, bool *new)
{
	pte_t entry = slot_of_frame(frame);

	*new = !entry;
	if (!entry) {
		entry = slot_alloc();
		if (!entry)
			return 0;
		enter_cache(entry, frame);
	} else if (slot_of(entry)->frame & SLOT_FAILED ||
		   !swap_area_of(entry)->active) {
		return 0;
	}
	slot_of(entry)->count++;
	return entry;
}

/*
 * Gives up the reference to frame of an entry that names now the slot which the
 * frame had already.
 */
void swap_settle(pte_t entry, u32 frame)
{
	free_page(frame);
	drop_unmapped(slot_of(entry));
}

/*
 * Ends a transfer. A page that could not be written stays in its frame; one
 * that could not be read is not there.
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

/* Writes the first of n new slots, those of one area. Returns how many. */
static u32 write_in_one_area(const pte_t *entries, u32 n)
{
	static struct swap_io io[SWAP_BATCH];
	struct swap_area *area = swap_area_of(entries[0]);
	u32 count = 0;

	while (count < n && swap_area_of(entries[count]) == area) {
		u32 frame = PTE_FRAME(slot_of(entries[count])->frame);
		u32 page = page_in_area(entries[count]);

		io[count++] = (struct swap_io){ .page = page, .frame = frame };
	}
	area->medium->transfer(area->medium, true, io, count);
	for (u32 i = 0; i < count; i++)
		finish_transfer(entries[i], true, io[i].error);
	return count;
}

/*
 * Writes n new slots, and lets their frames go if nobody maps them any more.
 * Called by reclaim, by one task at a time.
 */
void swap_write(const pte_t *entries, u32 n)
{
	while (n > 0) {
		u32 count = write_in_one_area(entries, n);

		n -= count;
		entries += count;
	}
	wake_up(&transferred);
}

/*
 * Reads a slot, which has no frame, into one. The cache takes over the frame.
 * Returns 0 or -EIO.
 */
static int read_swap_slot(pte_t entry, u32 frame)
{
	struct swap_io io = { .page = page_in_area(entry), .frame = frame };
	struct swap_medium *medium = swap_area_of(entry)->medium;

	enter_cache(entry, frame);
	planned(PLAN_PAGE);
	medium->transfer(medium, false, &io, 1);
	finish_transfer(entry, false, io.error);
	wake_up(&transferred);
	return io.error;
}

/* Returns true if a slot, or NULL, must be read for those who name it. */
static bool must_read(const struct slot *slot)
{
	return slot && slot->count && slot->count != SLOT_EXCLUDED &&
	       !slot->frame;
}

/*
 * Brings the page of a slot into the cache. Returns 0 if it is there, for as
 * long as the caller does not sleep. Returns -ENOMEM or -EIO if it is not.
 * Returns -EAGAIN if it had to wait, and the caller's entry may have changed.
 */
int swap_fetch(pte_t entry)
{
	const struct slot *slot = slot_of(entry);
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
	if (must_read(slot_of(entry)))		/* reclaim may have slept */
		return read_swap_slot(entry, frame);
	free_page(frame);
	return -EAGAIN;
}

/* Waits a tick, or until some transfer has ended. Returns 0 or -EINTR. */
int swap_await_release(void)
{
	int error = interruptible_sleep_on_timeout(&transferred, 1);

	return error == -ERESTARTSYS ? -EINTR : 0;
}
