/*
 * The machine's RAM at boot: how much there is, and which frames are free.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/boot_params.h>
#include <asm/string.h>
#include "mm_internal.h"

/* above the BIOS, its tables and the VGA memory */
#define LOW_RAM_START		0x100000u
/* these frames come first: they are the same whatever boot and BIOS take */
#define FIRST_USED		((16u << 20) >> PAGE_SHIFT)
#define BOOT_ALIGN		16u

static u32 boot_next;		/* boot_alloc() takes from here upward */
u32 boot_ramdisk, boot_ramdisk_end;	/* physical addresses, or 0 */

/*
 * Kilobytes above 1 MB as the older BIOS calls report them; they are used when
 * e820 is missing.
 */
static u32 ram_end_without_e820(const struct boot_params *bp)
{
	if (bp->e801_high)
		return (16u << 20) + bp->e801_high * 65536u;
	if (bp->e801_low)
		return LOW_RAM_START + bp->e801_low * 1024u;
	return LOW_RAM_START + bp->mem88 * 1024u;
}

/*
 * Returns the end of usable RAM that starts below the linear map's limit, cut
 * to that limit.
 */
static u32 ram_end(const struct boot_params *bp)
{
	u64 end = 0;

	for (u32 i = 0; i < bp->e820_count; i++) {
		const struct e820_entry *e = &bp->e820[i];

		if (e->type == E820_RAM && e->base < LINEAR_MAP_MAX &&
		    e->base + e->length > end)
			end = e->base + e->length;
	}
	if (end <= LOW_RAM_START)
		end = ram_end_without_e820(bp);
	return end > LINEAR_MAP_MAX ? LINEAR_MAP_MAX
				    : PAGE_ROUND_DOWN((u32)end);
}

/*
 * mem=64M limits the memory used; suffixes K and M, plain bytes without. Values
 * below 2 MB are refused.
 */
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
 * Takes memory for good before the frame allocator works, behind the kernel's
 * variables. First come the page tables of the linear map. They are few enough
 * for the 4 MB that head.asm mapped; what follows may leave these. Then come
 * hash tables, and mem_map itself. Panics if there is no more RAM.
 */
void *boot_alloc(u32 size)
{
	u32 at = boot_next;

	if (at < boot_ramdisk_end && at + size > boot_ramdisk)
		at = boot_ramdisk_end;
	boot_next = at + ((size + BOOT_ALIGN - 1) & ~(BOOT_ALIGN - 1));
	if (boot_next > nr_frames << PAGE_SHIFT)
		panic("boot_alloc: %u bytes do not fit", size);
	return __va(at);
}

/*
 * Notes where the boot loader has put a ramdisk. One that lies in memory which
 * is not used, or over the kernel, is ignored, and that is said.
 */
static void find_ramdisk(const struct boot_params *bp)
{
	u32 end = PAGE_ROUND_UP(bp->ramdisk_end);

	if (bp->ramdisk % PAGE_SIZE || bp->ramdisk < boot_next ||
	    end <= bp->ramdisk || end > nr_frames << PAGE_SHIFT) {
		if (bp->ramdisk_end)
			printk("ramdisk: ignored, no memory to use at %x-%x\n",
			       bp->ramdisk, bp->ramdisk_end);
		return;
	}
	boot_ramdisk = bp->ramdisk;
	boot_ramdisk_end = end;
}

/* Called first: sizes memory, so that paging_init() knows how much to map. */
void memory_size_init(const struct boot_params *bp)
{
	nr_frames = apply_mem_param(ram_end(bp)) >> PAGE_SHIFT;
	boot_next = PAGE_ROUND_UP(__pa(_end));
	find_ramdisk(bp);
}

/*
 * Give the kernel a reference to all frames that touch [start, end): they are
 * never free.
 */
static void reserve_range(u32 start, u32 end)
{
	for (u32 frame = start >> PAGE_SHIFT;
	     frame < PAGE_ROUND_UP(end) >> PAGE_SHIFT && frame < nr_frames;
	     frame++)
		mem_map[frame] = (struct page){ 1, OWNER_BOOT };
}

/* Gives the ramdisk its frames, before the driver is there. */
static void reserve_ramdisk(void)
{
	for (u32 at = boot_ramdisk; at < boot_ramdisk_end; at += PAGE_SIZE)
		*page_of(at) = (struct page){ 1, OWNER_RAMDISK };
}

/* Does add_range() for both sides of a ramdisk in the middle. */
static void add_ranges(u32 first, u32 end)
{
	u32 hole = boot_ramdisk >> PAGE_SHIFT;

	if (first <= hole && hole < end) {
		add_range(first, hole);
		first = boot_ramdisk_end >> PAGE_SHIFT;
	}
	add_range(first, end);
}

/*
 * Everything in e820 that is not RAM, and the gaps between its entries, is
 * reserved.
 */
static void reserve_holes(const struct boot_params *bp)
{
	u32 at = LOW_RAM_START, end = nr_frames << PAGE_SHIFT;

	while (bp->e820_count && at < end) {
		u32 next = end;
		bool ram = false;

		for (u32 i = 0; i < bp->e820_count; i++) {
			const struct e820_entry *e = &bp->e820[i];

			if (e->type != E820_RAM || e->base >= end ||
			    e->base + e->length <= at)
				continue;
			if (e->base <= at) {
				u64 stop = (e->base + e->length) &
					   ~(u64)(PAGE_SIZE - 1);

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

/*
 * Set up mem_map and the free frames. Called once by start_kernel after
 * paging_init has mapped all of RAM. Frame 0 is never free, so that physical
 * address 0 can mean "none".
 */
void frames_init(struct boot_params *bp)
{
	u32 ebda = bp->base_memory_kb << 10;

	mem_map = boot_alloc(nr_frames * sizeof(struct page));
	rep_stosl(mem_map, 0, nr_frames * sizeof(struct page) / 4);
	reserve_range(0, __pa(__data_end));
	reserve_range(ebda, boot_next);
	reserve_holes(bp);
	reserve_ramdisk();
	add_ranges(FIRST_USED, nr_frames);
	add_ranges(PAGE_ROUND_UP(boot_next) >> PAGE_SHIFT,
		   min_u32(FIRST_USED, nr_frames));
	/* below 640 KB, between the kernel and what the BIOS has */
	add_range(PAGE_ROUND_UP(__pa(__data_end)) >> PAGE_SHIFT,
		  ebda >> PAGE_SHIFT);
	nr_ram_frames = nr_free_pages +
			((boot_ramdisk_end - boot_ramdisk) >> PAGE_SHIFT);
	reserve_init();
	zero_page = get_zeroed_page();
	own_page(zero_page, OWNER_ZERO);
	printk("memory: %u KB, %u KB free\n", nr_frames * (PAGE_SIZE / 1024),
	       nr_free_pages * (PAGE_SIZE / 1024));
}
