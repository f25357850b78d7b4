/*
 * Page frames: which frame is free, who holds how many references (mem_map, see cowix/mm.h).
 *
 * Frames lie in two zones, below and above 16 MB, so that ordinary allocations leave the memory that ISA DMA can reach
 * alone as long as there is other memory. In each zone, free frames are a linked list through mem_map[].next; frames that
 * were never used are not on the list but above `fresh`, so that booting does not touch every entry. Allocating and
 * freeing take constant time. Process context only: interrupt handlers never allocate frames.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <asm/string.h>
#include "internal.h"

#define DMA_LIMIT_FRAME		((16u << 20) >> PAGE_SHIFT)

struct zone {
	u32 free_list;		/* frame number of the first free frame, 0: none */
	u32 fresh, fresh_end;	/* frames in one piece that were not handed out since boot */
};

static struct zone dma_zone, high_zone;
static struct zone hidden_dma, hidden_high;	/* the same while a failure is planned, see hide_zones() */

struct page *mem_map;
u32 nr_frames, nr_free_pages, nr_ram_frames, zero_page;

/*
 * Give a zone the frames [first, end): up to the first hole they are its fresh ones; what lies behind, on machines that have holes there, goes
 * to the free list.
 */
static COLD void fill_zone(struct zone *zone, u32 first, u32 end)
{
	u32 frame = first;

	while (frame < end && mem_map[frame].count == 0)
		frame++;
	zone->fresh = first;
	zone->fresh_end = frame;
	nr_free_pages += frame - first;
	for (; frame < end; frame++)
		if (mem_map[frame].count == 0)
			release_frame(frame);
}

/* Called once by frames_init(): the frames from first on whose count is 0 are free. */
COLD void fill_zones(u32 first)
{
	fill_zone(&dma_zone, first, min_u32(nr_frames, DMA_LIMIT_FRAME));
	fill_zone(&high_zone, DMA_LIMIT_FRAME, max_u32(nr_frames, DMA_LIMIT_FRAME));
}

/* Number of a frame taken off the zone, or 0. */
static inline u32 take_frame(struct zone *zone)
{
	u32 frame = zone->free_list;

	if (likely(frame)) {
		zone->free_list = mem_map[frame].next;
		return frame;
	}
	frame = zone->fresh;
	if (frame == zone->fresh_end)
		return 0;
	zone->fresh++;
	return frame;
}

/* The first reference to a frame that was taken. */
static inline void claim_frame(u32 frame)
{
	mem_map[frame].count = 1;
	nr_free_pages--;
}

/*
 * While a failure is planned (fail.c) the zones look empty: each allocation then comes to take_slowly(), and the fast path need not ask.
 * Frames that are freed meanwhile go to the hidden zones too.
 */
COLD void hide_zones(bool hide)
{
	const struct zone none = { 0 };

	if (hide) {
		hidden_dma = dma_zone;
		hidden_high = high_zone;
		dma_zone = high_zone = none;
	} else {
		dma_zone = hidden_dma;
		high_zone = hidden_high;
		hidden_dma = hidden_high = none;
	}
}

static u32 take_from_zones(bool only_dma)
{
	u32 frame = only_dma ? 0 : take_frame(failure_planned ? &hidden_high : &high_zone);

	return frame ? frame : take_frame(failure_planned ? &hidden_dma : &dma_zone);
}

/* Out of frames, or so it looks: have caches and programs give up pages until a frame turns up or nobody can. */
static COLD u32 take_slowly(bool only_dma)
{
	u32 frame;

	if (failure_planned && must_fail())
		return 0;
	do
		frame = take_from_zones(only_dma);
	while (!frame && reclaim() > 0);
	return frame;
}

/* The common part of both; high memory first. The number of a frame with one reference, or 0. */
static inline u32 allocate(void)
{
	u32 frame = take_frame(&high_zone);

	if (unlikely(!frame))
		frame = take_frame(&dma_zone);
	if (unlikely(!frame))
		frame = take_slowly(false);
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

/* As get_free_page(), but below 16 MB, where ISA DMA reaches. */
COLD u32 get_dma_page(void)
{
	u32 frame = take_frame(&dma_zone);

	if (!frame)
		frame = take_slowly(true);
	if (frame)
		claim_frame(frame);
	return frame << PAGE_SHIFT;
}

/* Put a frame whose last reference is gone back into its zone. Called by free_page() and by the loop in memory.c. */
void release_frame(u32 frame)
{
	struct zone *zone = frame < DMA_LIMIT_FRAME ? &dma_zone : &high_zone;

	if (unlikely(failure_planned))
		zone = frame < DMA_LIMIT_FRAME ? &hidden_dma : &hidden_high;
	mem_map[frame].next = zone->free_list;
	zone->free_list = frame;
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

/* For the audit: call visit for each free frame that is on a list; fresh frames are those from fresh to fresh_end. */
COLD u32 for_each_free_frame(void (*visit)(u32 frame))
{
	static const struct zone *const zones[] = { &dma_zone, &high_zone, &hidden_dma, &hidden_high };
	u32 seen = 0;

	for (u32 z = 0; z < ARRAY_SIZE(zones); z++) {
		for (u32 frame = zones[z]->free_list; frame && seen <= nr_frames; frame = mem_map[frame].next, seen++)
			visit(frame);
		for (u32 frame = zones[z]->fresh; frame < zones[z]->fresh_end; frame++, seen++)
			visit(frame);
	}
	return seen;
}
