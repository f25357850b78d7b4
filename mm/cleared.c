/*
 * Free frames that hold only zeroes. A page table or directory that is given up
 * has lost all its entries. So the next one need not be cleared, which would be
 * most of what it costs. They are a linked list through mem_map[].next, like
 * the other free frames (frames.c), and count as free.
 */
#include <cowix/kernel.h>
#include <cowix/plan.h>
#include <cowix/sanitize.h>
#include <asm/string.h>
#include "mm_internal.h"

static u32 cleared_list;	/* number of the first one, 0: none */

/*
 * Frees a page of zeroes that only the caller has. With a sanitizer it gets no
 * list of its own: it would soon be used again.
 */
void kpage_free_cleared(void *page)
{
	u32 frame = __pa(page) >> PAGE_SHIFT;

	if (mem_map[frame].count != 1)
		panic("kpage_free_cleared: frame %u has count %u", frame,
		      mem_map[frame].count);
	if (SANITIZED) {
		kpage_free(page);
		return;
	}
	mem_map[frame] = (struct page){ 0, cleared_list };
	cleared_list = frame;
	nr_free_pages++;
}

/*
 * Makes a cleared frame an ordinary one, which is allocated next. Returns false
 * if there is none.
 */
bool use_cleared(void)
{
	u32 frame = cleared_list;

	if (!frame)
		return false;
	cleared_list = mem_map[frame].next;
	nr_free_pages--;
	release_frame(frame);
	return true;
}

/*
 * Returns a page of zeroes, or NULL. May sleep. A cleared frame is used only if
 * the allocator cannot sleep before it takes that one.
 */
void *kpage_zalloc(enum page_owner owner)
{
	bool cleared = !planner && nr_free_pages > reserved_frames &&
		       use_cleared();
	void *page = kpage_alloc(owner);

	if (page && !cleared)
		clear_page(page);
	return page;
}
