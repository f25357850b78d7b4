/*
 * /proc: how much of each area of a process is in memory, and how much of that
 * is shared: after a fork all of it, less with every page that is copied. A
 * page that n others share counts as one part in n in the proportional size.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/swap.h>
#include "proc.h"

enum { SHARED_CLEAN, SHARED_DIRTY, PRIVATE_CLEAN, PRIVATE_DIRTY, KINDS };

/* Sizes in pages; the proportional one in bytes. */
struct usage {
	u32 present, swapped;
	u32 of_kind[KINDS];
	u32 proportional;
};

/* Returns how many map a frame: all that count it but the page cache. */
static u32 mappings(u32 frame)
{
	u32 count = page_of(frame)->count;

	return page_owner(frame) == OWNER_CACHE && count > 1 ? count - 1
							     : count;
}

static void add_entry(struct usage *u, pte_t entry)
{
	u32 frame = PTE_FRAME(entry), n;

	if (is_swapped(entry))
		u->swapped++;
	if (!(entry & PTE_MAPPED) || frame == zero_page)
		return;
	n = mappings(frame);
	u->present++;
	u->of_kind[(n > 1 ? SHARED_CLEAN : PRIVATE_CLEAN) +
		   (entry & PTE_D ? 1 : 0)]++;
	u->proportional += PAGE_SIZE / n;
}

static struct usage usage_of(struct mm *mm, const struct vm_area *area)
{
	struct usage u = { 0 };

	for (u32 addr = area->start; addr < area->end; addr += PAGE_SIZE) {
		const pte_t *entry = find_pte(mm, addr);

		if (entry)
			add_entry(&u, *entry);
	}
	return u;
}

static void show_kb(struct seq *s, const char *name, u32 pages)
{
	seq_printf(s, "%-16s%8u kB\n", name, pages * (PAGE_SIZE / 1024));
}

/* Prints an area's line, and its sizes. Finding its name may sleep. */
static void show_usage(struct seq *s, struct mm *mm, const struct vm_area *area,
		       char *page)
{
	struct usage u = usage_of(mm, area);
	u32 size = (area->end - area->start) / PAGE_SIZE;
	u32 locked = area->flags & VM_LOCKED ? u.present : 0;
	static const char *const kinds[KINDS] = {
		"Shared_Clean:", "Shared_Dirty:", "Private_Clean:",
		"Private_Dirty:",
	};

	show_area_line(s, area, mm, page);
	show_kb(s, "Size:", size);
	show_kb(s, "Rss:", u.present);
	seq_printf(s, "%-16s%8u kB\n", "Pss:", u.proportional / 1024);
	for (u32 i = 0; i < KINDS; i++)
		show_kb(s, kinds[i], u.of_kind[i]);
	show_kb(s, "Swap:", u.swapped);
	show_kb(s, "Locked:", locked);
}

void show_smaps(struct seq *s)
{
	char *page = kpage_alloc(OWNER_CALL);
	struct vm_area part = { 0 };
	struct mm *mm = page ? next_part(s, &part) : NULL;

	for (; mm; mm = next_part(s, &part))
		show_usage(s, mm, &part, page);
	if (page)
		kpage_free(page);
}
