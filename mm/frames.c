/*
 * Page frames: which frame is free, who holds how many references (mem_map, see cowix/mm.h).
 *
 * Free frames are a linked list through mem_map[].next; frames that were never used are not on the list but in ranges, so that booting does not
 * touch every entry. Allocating and freeing take constant time. Process context only: interrupt handlers never allocate frames.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <asm/string.h>
#include "internal.h"

struct pool {
	u32 free_list;		/* number of the first free frame, 0: none */
	u32 fresh, fresh_end;	/* what is left of the range that is in use: not handed out since boot */
};

static struct pool pool;
static struct pool hidden;	/* the same while a failure is planned, see hide_frames() */
static struct range {
	u32 first, end;
} ranges[3];			/* in the order of their use */
static u32 nr_ranges, ranges_used;

struct page *mem_map;
u32 nr_frames, nr_free_pages, nr_ram_frames, zero_page;

/*
 * Called by frames_init(), in the order of use: the frames [first, end) whose count is 0 are free. Up to the first hole they are fresh; what lies
 * behind, on machines that have holes there, goes to the free list.
 */
COLD void add_range(u32 first, u32 end)
{
	u32 frame = first;

	while (frame < end && mem_map[frame].count == 0)
		frame++;
	ranges[nr_ranges++] = (struct range){ first, frame };
	nr_free_pages += frame - first;
	for (; frame < end; frame++)
		if (mem_map[frame].count == 0)
			release_frame(frame);
}

/* The fresh frames are used up: go on with the next range. False: that was the last. */
static COLD bool next_range(struct pool *to)
{
	if (ranges_used == nr_ranges)
		return false;
	to->fresh = ranges[ranges_used].first;
	to->fresh_end = ranges[ranges_used++].end;
	return true;
}

/* Number of a frame taken off the pool, or 0. */
static inline u32 take_frame(struct pool *from)
{
	u32 frame = from->free_list;

	if (likely(frame)) {
		from->free_list = mem_map[frame].next;
		return frame;
	}
	frame = from->fresh;
	if (frame == from->fresh_end)
		return 0;
	from->fresh++;
	return frame;
}

/* The first reference to a frame that was taken. */
static inline void claim_frame(u32 frame)
{
	mem_map[frame].count = 1;
	nr_free_pages--;
}

/*
 * While a failure is planned (fail.c) the pool looks empty: each allocation then comes to take_slowly(), and the fast path need not ask.
 * Frames that are freed meanwhile go to the hidden pool too.
 */
COLD void hide_frames(bool hide)
{
	const struct pool none = { 0 };

	if (hide) {
		hidden = pool;
		pool = none;
	} else {
		pool = hidden;
		hidden = none;
	}
}

/* Out of frames, or so it looks: have caches and programs give up pages until a frame turns up or nobody can. */
static COLD u32 take_slowly(void)
{
	if (failure_planned && must_fail())
		return 0;
	for (;;) {
		struct pool *from = failure_planned ? &hidden : &pool;
		u32 frame = take_frame(from);

		if (frame || (!next_range(from) && reclaim() <= 0))
			return frame;
	}
}

/* The common part of both. The number of a frame with one reference, or 0. */
static inline u32 allocate(void)
{
	u32 frame = take_frame(&pool);

	if (unlikely(!frame))
		frame = take_slowly();
	if (likely(frame))
		claim_frame(frame);
	return frame;
}

/*
 * Allocate a frame: its physical address, with one reference that the caller owns, or 0. The contents are whatever they
 * were. Reclaiming may sleep.
 */
u32 get_free_page(void)
{
	return allocate() << PAGE_SHIFT;
}

u32 get_zeroed_page(void)
{
	u32 frame = allocate();

	if (likely(frame))
		clear_page(__va(frame << PAGE_SHIFT));
	return frame << PAGE_SHIFT;
}

/* Put a frame whose last reference is gone back. Called by free_page() and by the loops that drop entries. */
void release_frame(u32 frame)
{
	struct pool *to = unlikely(failure_planned) ? &hidden : &pool;

	mem_map[frame].next = to->free_list;
	to->free_list = frame;
	nr_free_pages++;
}

/* Drop one reference to a frame; the last one frees it. A frame that is free already means a broken count: panic. */
void free_page(u32 phys)
{
	struct page *page = page_of(phys);

	if (unlikely(page->count == 0))
		panic("free_page: frame %x is free already", phys);
	if (--page->count == 0)
		release_frame(phys >> PAGE_SHIFT);
}

void *kpage_alloc(void)
{
	u32 phys = get_free_page();

	return phys ? __va(phys) : NULL;
}

void kpage_free(void *page)
{
	free_page(__pa(page));
}

/* For the audit: call visit for each free frame, on the list or fresh. How many there were. */
COLD u32 for_each_free_frame(void (*visit)(u32 frame))
{
	const struct pool *all = failure_planned ? &hidden : &pool;
	u32 seen = 0;

	for (u32 frame = all->free_list; frame && seen <= nr_frames; frame = mem_map[frame].next, seen++)
		visit(frame);
	for (u32 frame = all->fresh; frame < all->fresh_end; frame++, seen++)
		visit(frame);
	for (u32 i = ranges_used; i < nr_ranges; i++)
		for (u32 frame = ranges[i].first; frame < ranges[i].end; frame++, seen++)
			visit(frame);
	return seen;
}
