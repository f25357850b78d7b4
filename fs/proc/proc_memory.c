/*
 * /proc: what the memory management has in its tables, as text: the count of
 * each frame, a process's pages. Lines have a fixed length where there may be
 * many, so that what lies before and behind the page that is read needs no
 * printing.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/swap.h>
#include <abi/audit.h>
#include <abi/errno.h>
#include "proc.h"

#define FRAMES_A_LINE	64u
#define FRAMES_LINE	(8 + 1 + FRAMES_A_LINE + 1)
#define PAGES_LINE	39u
#define COUNT_MAX	999999u		/* that a line has room for */

/* Its owner's letter, or '.' free, the count up to 9, '+' more. */
static char frame_letter(u32 frame, const char *letters)
{
	u32 count = mem_map[frame].count;

	if (letters)
		return letters[count ? page_owner(frame << PAGE_SHIFT) : 0];
	return count > 9 ? '+' : count ? '0' + count : '.';
}

static void show_all_frames(struct seq *s, const char *letters)
{
	char line[FRAMES_LINE + 1];

	for (u32 frame = 0; frame < nr_frames; frame += FRAMES_A_LINE) {
		u32 n;

		if (seq_skip(s, FRAMES_LINE))
			continue;
		n = snprintf(line, sizeof(line), "%08x ", frame << PAGE_SHIFT);
		for (u32 i = frame; i < frame + FRAMES_A_LINE; i++)
			line[n++] = i < nr_frames ? frame_letter(i, letters) :
				    ' ';
		line[n++] = '\n';
		seq_write(s, line, n);
	}
}

/* A character a frame: its count. */
void show_frames(struct seq *s)
{
	show_all_frames(s, NULL);
}

/* The same with the letter of each frame's owner (abi/audit.h). */
void show_owners(struct seq *s)
{
	static const char letters[] = OWNER_LETTERS;

	show_all_frames(s, letters);
}

/*
 * A run of pages that differ in nothing but their frames, which follow each
 * other, or are all the zero page.
 */
struct run {
	u32 start, pages, frame, count, flags;
};

static void show_run(struct seq *s, const struct run *run)
{
	u32 flags = run->flags;

	if (run->pages && !seq_skip(s, PAGES_LINE))
		seq_printf(s, "%08x %6u %08x %6u %c%c%c%c%c%c\n", run->start,
			   run->pages, run->frame,
			   min_u32(run->count, COUNT_MAX),
			   flags & PTE_P ? 'r' : '-', flags & PTE_W ? 'w' : '-',
			   flags & PAGE_COW ? 'c' : '-',
			   flags & PTE_D ? 'd' : '-', flags & PTE_A ? 'a' : '-',
			   run->frame == zero_page ? 'z'
			   : flags                 ? '-'
						   : 's');
}

static void add_page(struct seq *s, struct run *run, u32 addr, pte_t entry)
{
	struct run page = { addr, 1, PTE_FRAME(entry),
			    is_swapped(entry)
				    ? 0
				    : page_of(PTE_FRAME(entry))->count,
			    OFFSET_IN_PAGE(entry) };
	u32 next = run->frame +
		   (run->frame == zero_page ? 0 : run->pages << PAGE_SHIFT);

	if (run->pages && addr == run->start + (run->pages << PAGE_SHIFT) &&
	    page.frame == next && page.count == run->count &&
	    page.flags == run->flags) {
		run->pages++;
		return;
	}
	show_run(s, run);
	*run = page;
}

/*
 * Address, pages, first frame, its count, what the entry says: read, write,
 * PAGE_COW, dirty, accessed, zero page; in swap: the frame is a slot.
 */
void show_pages(struct seq *s)
{
	struct task_struct *task = proc_task(s->inode);
	struct run run = { 0 };

	if (!task->mm)
		return;
	for (u32 i = 0; i < USER_PDES; i++) {
		const pte_t *table = find_pte(task->mm, i << PGDIR_SHIFT);

		for (u32 n = 0; table && n < PTES_PER_TABLE; n++)
			if (table[n])
				add_page(s, &run,
					 i << PGDIR_SHIFT | n << PAGE_SHIFT,
					 table[n]);
	}
	show_run(s, &run);
}
