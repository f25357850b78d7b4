/*
 * Page frames: which frame is free, who holds how many references (mem_map, see
 * cowix/mm.h).
 *
 * Free frames are a linked list through mem_map[].next. Frames that were never
 * used are in ranges instead, so that booting does not touch every entry. Those
 * that hold only zeroes are in cleared.c.
 * Allocating and freeing take constant time. Process context only: interrupt
 * handlers never allocate frames.
 *
 * So that the superuser can still look and kill, ordinary users leave him a few
 * frames. A process that is to end may use these too: its end gives back more.
 */
#include <cowix/kernel.h>
#include <cowix/plan.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <asm/string.h>
#include "mm_internal.h"

#define RESERVED_PART	32u /* of the frames: Linux's admin reserve is 3 % */
#define RESERVED_MAX	((8u << 20) >> PAGE_SHIFT)

static u32 free_list;		/* number of the first free frame, 0: none */
static u32 fresh, fresh_end;	/* rest of the range in use: new since boot */
static struct range {
	u32 first, end;
} ranges[4];			/* in the order of their use */
static u32 nr_ranges, ranges_used;

struct page *mem_map;
u32 nr_frames, nr_free_pages, nr_ram_frames, zero_page;
u32 reserved_frames;
int (*reclaim)(void);
const struct tracer *tracer;

/* Called once by frames_init(), which has counted the frames. */
void reserve_init(void)
{
	reserved_frames = min_u32(nr_ram_frames / RESERVED_PART, RESERVED_MAX);
}

/* Returns true if current may take the last frames. */
bool may_use_reserve(void)
{
	return suser() || !current->mm ||
	       (current->process->group_work & GROUP_EXIT &&
		!current->process->dumper);
}

/*
 * Called by frames_init(), in the order of use: the frames [first, end) whose
 * count is 0 are free. Up to the first hole they are fresh. Those behind a hole
 * go to the free list. With a sanitizer all do: see free_frame_last().
 */
void add_range(u32 first, u32 end)
{
	u32 frame = first;

	while (!SANITIZED && frame < end && mem_map[frame].count == 0)
		frame++;
	ranges[nr_ranges++] = (struct range){ first, frame };
	nr_free_pages += frame - first;
	for (; frame < end; frame++)
		if (mem_map[frame].count == 0)
			release_frame(frame);
}

/*
 * Goes on to the next range of fresh frames when one is used up. Returns false
 * if it is not, or was the last.
 */
static bool next_range(void)
{
	if (fresh != fresh_end || ranges_used == nr_ranges)
		return false;
	fresh = ranges[ranges_used].first;
	fresh_end = ranges[ranges_used++].end;
	return true;
}

/* Returns the number of a frame taken off the list or the range, or 0. */
static inline u32 take_frame(void)
{
	u32 frame = free_list;

	if (likely(frame)) {
		free_list = mem_map[frame].next;
		return frame;
	}
	if (fresh == fresh_end)
		return 0;
	return fresh++;
}

/*
 * Finds a frame when current may take none of the list. Begins the next range,
 * or has caches and programs give up pages until nobody can.
 */
static u32 take_slowly(void)
{
	do {
		u32 frame = 0;

		if (nr_free_pages > reserved_frames || may_use_reserve())
			frame = take_frame();
		if (frame)
			return frame;
	} while (next_range() || use_cleared() || (reclaim && reclaim() > 0));
	return 0;
}

/*
 * The common part of all. Returns the number of a frame with one reference,
 * noted as owner's (struct page), or 0.
 */
static inline u32 allocate(u32 owner)
{
	u32 frame;

	if (planned(PLAN_ALLOC))
		return 0;
	frame = likely(nr_free_pages > reserved_frames) ? take_frame() : 0;
	if (unlikely(!frame))
		frame = take_slowly();
	if (likely(frame)) {
		mem_map[frame] = (struct page){ 1, owner };
		nr_free_pages--;
		unpoison(__va(frame << PAGE_SHIFT), PAGE_SIZE);
	}
	return frame;
}

/*
 * Allocate a frame: its physical address, with one reference that the caller
 * owns, or 0. The contents are whatever they were. Reclaiming may sleep.
 */
u32 get_free_page(void)
{
	return allocate(OWNER_USER) << PAGE_SHIFT;
}

u32 get_zeroed_page(void)
{
	u32 frame = allocate(OWNER_USER);

	if (likely(frame))
		clear_page(__va(frame << PAGE_SHIFT));
	return frame << PAGE_SHIFT;
}

/*
 * Puts a frame behind all others that are free. With a sanitizer each frame
 * stays free, and poisoned, as long as can be: who uses it late is found.
 */
static inline void free_frame_last(u32 frame)
{
	static u32 last;

	poison(__va(frame << PAGE_SHIFT), PAGE_SIZE, POISON_FREE_FRAME);
	mem_map[frame].next = 0;
	if (free_list)
		mem_map[last].next = frame;
	else
		free_list = frame;
	last = frame;
	nr_free_pages++;
}

/*
 * Put a frame whose last reference is gone back. Called by free_page() and by
 * the loops that drop entries.
 */
void release_frame(u32 frame)
{
	if (SANITIZED) {
		free_frame_last(frame);
		return;
	}
	mem_map[frame].next = free_list;
	free_list = frame;
	nr_free_pages++;
}

/*
 * Drop one reference to a frame; the last one frees it. A frame that is free
 * already means a broken count: panic.
 */
void free_page(u32 phys)
{
	struct page *page = page_of(phys);

	if (unlikely(page->count == 0))
		panic("free_page: frame %x is free already", phys);
	if (--page->count == 0)
		release_frame(phys >> PAGE_SHIFT);
}

/* Returns a page whose contents are undefined, or NULL. May sleep. */
void *kpage_alloc(enum page_owner owner)
{
	u32 frame = allocate(owner | current->pid << PAGE_SHIFT);

	return frame ? __va(frame << PAGE_SHIFT) : NULL;
}

void kpage_free(void *page)
{
	free_page(__pa(page));
}

/*
 * For the audit: calls visit for each free frame. Returns how many there are.
 * Cleared ones become ordinary.
 */
u32 for_each_free_frame(void (*visit)(u32 frame))
{
	u32 frame, seen = 0;

	while (use_cleared())
		;
	for (frame = free_list; frame && seen <= nr_frames; seen++) {
		visit(frame);
		frame = mem_map[frame].next;
	}
	for (frame = fresh; frame < fresh_end; frame++, seen++)
		visit(frame);
	for (u32 i = ranges_used; i < nr_ranges; i++)
		for (frame = ranges[i].first; frame < ranges[i].end;
		     frame++, seen++)
			visit(frame);
	return seen;
}
