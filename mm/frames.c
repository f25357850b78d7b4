/*
 * Page frames: which RAM there is, which frame is free, who holds how many references (mem_map, see cowix/mm.h).
 *
 * Frames lie in two zones, below and above 16 MB, so that ordinary allocations leave the memory that ISA DMA can reach
 * alone as long as there is other memory. In each zone, free frames are a linked list through mem_map[].next; frames that
 * were never used are not on the list but above `fresh`, so that booting does not touch every entry. Allocating and
 * freeing take constant time. Process context only: interrupt handlers never allocate frames.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/boot_params.h>
#include <asm/string.h>
#include "internal.h"

#define DMA_LIMIT_FRAME		((16u << 20) >> PAGE_SHIFT)
#define LOW_RAM_START		0x100000u	/* above the BIOS, its tables and the VGA memory */
#define E820_RAM		1

struct zone {
	u32 free_list;		/* frame number of the first free frame, 0: none */
	u32 fresh, fresh_end;	/* frames in one piece that were not handed out since boot */
};

static struct zone dma_zone, high_zone;
static struct zone hidden_dma, hidden_high;	/* the same while a failure is planned, see hide_zones() */
static u32 boot_next;		/* boot_alloc() takes from here upward */

struct page *mem_map;
u32 nr_frames, nr_free_pages, nr_ram_frames, zero_page;

/* Kilobytes above 1 MB as the older BIOS calls report them; they are used when e820 is missing. */
static u32 ram_end_without_e820(const struct boot_params *bp)
{
	if (bp->e801_high)
		return (16u << 20) + bp->e801_high * 65536u;
	if (bp->e801_low)
		return LOW_RAM_START + bp->e801_low * 1024u;
	return LOW_RAM_START + bp->mem88 * 1024u;
}

/* The end of usable RAM: the highest byte of RAM that starts below the linear map's limit, cut to that limit. */
static u32 ram_end(const struct boot_params *bp)
{
	u64 end = 0;

	for (u32 i = 0; i < bp->e820_count; i++) {
		const struct e820_entry *e = &bp->e820[i];

		if (e->type == E820_RAM && e->base < LINEAR_MAP_MAX && e->base + e->length > end)
			end = e->base + e->length;
	}
	if (end <= LOW_RAM_START)
		end = ram_end_without_e820(bp);
	return end > LINEAR_MAP_MAX ? LINEAR_MAP_MAX : PAGE_ROUND_DOWN((u32)end);
}

/* mem=64M limits the memory used; suffixes K and M, plain bytes without. Values below 2 MB are refused. */
static u32 apply_mem_param(u32 end)
{
	const char *text = param_get("mem"), *rest;
	u32 limit;

	if (!text)
		return end;
	limit = simple_strtoul(text, &rest, 0);
	if (*rest == 'K' || *rest == 'k')
		limit <<= 10;
	else if (*rest == 'M' || *rest == 'm')
		limit <<= 20;
	if (limit < (2u << 20)) {
		printk("mem=%s: ignored, at least 2M are needed\n", text);
		return end;
	}
	return limit < end ? PAGE_ROUND_DOWN(limit) : end;
}

/*
 * Take memory for good before the frame allocator works: page tables of the linear map, mem_map itself. The memory lies
 * from 1 MB up, in the 4 MB that head.asm mapped. Panics when it would leave them.
 */
void *boot_alloc(u32 size)
{
	u32 at = boot_next;

	boot_next += PAGE_ROUND_UP(size);
	if (boot_next > LARGE_PAGE_SIZE || boot_next > nr_frames << PAGE_SHIFT)
		panic("boot_alloc: %u bytes do not fit", size);
	return __va(at);
}

/* Called first: sizes memory, so that paging_init() knows how much to map. */
void memory_size_init(const struct boot_params *bp)
{
	nr_frames = apply_mem_param(ram_end(bp)) >> PAGE_SHIFT;
	boot_next = LOW_RAM_START;
}

/* Give the kernel a reference to all frames that touch [start, end): they are never free. */
static void reserve_range(u32 start, u32 end)
{
	for (u32 frame = start >> PAGE_SHIFT; frame < PAGE_ROUND_UP(end) >> PAGE_SHIFT && frame < nr_frames; frame++)
		mem_map[frame].count = 1;
}

/* Everything in e820 that is not RAM, and the gaps between its entries, is reserved. */
static void reserve_holes(const struct boot_params *bp)
{
	u32 at = LOW_RAM_START, end = nr_frames << PAGE_SHIFT;

	while (bp->e820_count && at < end) {
		u32 next = end;
		bool ram = false;

		for (u32 i = 0; i < bp->e820_count; i++) {
			const struct e820_entry *e = &bp->e820[i];

			if (e->type != E820_RAM || e->base >= end || e->base + e->length <= at)
				continue;
			if (e->base <= at) {
				u64 stop = (e->base + e->length) & ~(u64)(PAGE_SIZE - 1);

				ram = true;
				next = stop < end ? (u32)stop : end;
				break;
			}
			next = min_u32(next, PAGE_ROUND_UP((u32)e->base));
		}
		if (!ram)
			reserve_range(at, next);
		if (next <= at)
			next = at + PAGE_SIZE;
		at = next;
	}
}

/* RAM below 640 KB that neither the BIOS nor the kernel uses is given to the DMA zone. */
static void release_low_memory(u32 ebda)
{
	u32 kernel_end = PAGE_ROUND_UP(__pa(_end));

	for (u32 phys = kernel_end; phys + PAGE_SIZE <= ebda; phys += PAGE_SIZE) {
		mem_map[phys >> PAGE_SHIFT].count = 1;
		free_page(phys);
	}
}

/*
 * Give a zone the frames [first, end): up to the first hole they are its fresh ones; what lies behind, on machines that have holes there, goes
 * to the free list.
 */
static void fill_zone(struct zone *zone, u32 first, u32 end)
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

/*
 * Set up mem_map and the free frames. Called once by start_kernel after paging_init has mapped all of RAM. Frame 0 is never
 * free, so that physical address 0 can mean "none".
 */
void frames_init(struct boot_params *bp)
{
	mem_map = boot_alloc(nr_frames * sizeof(struct page));
	rep_stosl(mem_map, 0, nr_frames * sizeof(struct page) / 4);
	reserve_range(0, boot_next);
	reserve_holes(bp);
	fill_zone(&dma_zone, boot_next >> PAGE_SHIFT, min_u32(nr_frames, DMA_LIMIT_FRAME));
	fill_zone(&high_zone, DMA_LIMIT_FRAME, max_u32(nr_frames, DMA_LIMIT_FRAME));
	release_low_memory(bp->base_memory_kb << 10);
	nr_ram_frames = nr_free_pages;
	zero_page = get_zeroed_page();
	printk("memory: %u KB, %u KB free\n", nr_frames * (PAGE_SIZE / 1024), nr_free_pages * (PAGE_SIZE / 1024));
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
void hide_zones(bool hide)
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
static u32 take_slowly(bool only_dma)
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
u32 get_dma_page(void)
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

/* For the audit: call visit for each free frame that is on a list; fresh frames are those from fresh to fresh_end. */
u32 for_each_free_frame(void (*visit)(u32 frame))
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
