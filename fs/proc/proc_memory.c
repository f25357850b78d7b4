/*
 * /proc: the tables of the memory management as text: the count of each frame,
 * the pages of a process. Where there may be many lines, they have a fixed
 * length: so only those in the page that is read are printed.
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
#define COUNT_MAX	999999u		/* for which a line has room */

/*
 * Returns the letter of the frame's owner if there are letters, else its count:
 * '.' for 0, '+' for more than 9.
 */
static char frame_letter(u32 frame, const char *letters)
{
	u32 count = mem_map[frame].count;

	if (letters)
		return letters[count ? page_owner(frame << PAGE_SHIFT) : 0];
	if (count > 9)
		return '+';
	return count ? '0' + count : '.';
}

static void show_all_frames(struct seq *s, const char *letters)
{
	char line[FRAMES_LINE + 1];

	for (u32 frame = 0; frame < nr_frames; frame += FRAMES_A_LINE) {
		u32 n;

		if (seq_skip(s, FRAMES_LINE))
			continue;
		n = snprintf(line, sizeof(line), "%08x ", frame << PAGE_SHIFT);
		for (u32 i = frame; i < frame + FRAMES_A_LINE; i++) {
			line[n] = ' ';
			if (i < nr_frames)
				line[n] = frame_letter(i, letters);
			n++;
		}
		line[n++] = '\n';
		seq_write(s, line, n);
	}
}

/* Prints the count of each frame, one character a frame. */
void show_frames(struct seq *s)
{
	show_all_frames(s, NULL);
}

/* Prints the letter of each frame's owner (abi/audit.h). */
void show_owners(struct seq *s)
{
	static const char letters[] = OWNER_LETTERS;

	show_all_frames(s, letters);
}

/*
 * A run of pages with the same count and flags. Their frames follow each other,
 * or all are the zero page.
 */
struct page_run {
	u32 start, pages, frame, count, flags;
};

/* Returns the last character of a line: zero page, in swap, or neither. */
static char run_kind(const struct page_run *run)
{
	if (run->frame == zero_page)
		return 'z';
	return run->flags ? '-' : 's';
}

static void show_run(struct seq *s, const struct page_run *run)
{
	u32 flags = run->flags;

	if (!run->pages || seq_skip(s, PAGES_LINE))
		return;
	seq_printf(s, "%08x %6u %08x %6u %c%c%c%c%c%c\n", run->start,
		   run->pages, run->frame, min_u32(run->count, COUNT_MAX),
		   flags & PTE_P ? 'r' : '-', flags & PTE_W ? 'w' : '-',
		   flags & PAGE_COW ? 'c' : '-', flags & PTE_D ? 'd' : '-',
		   flags & PTE_A ? 'a' : '-', run_kind(run));
}

/* Adds a page to the run, or prints the run and begins a new one. */
static void add_page(struct seq *s, struct page_run *run, u32 addr,
		     pte_t entry)
{
	struct page_run page = { .start = addr,
				 .pages = 1,
				 .frame = PTE_FRAME(entry),
				 .flags = OFFSET_IN_PAGE(entry) };
	u32 next = run->frame;

	if (!is_swapped(entry))
		page.count = page_of(page.frame)->count;
	if (run->frame != zero_page)
		next += run->pages << PAGE_SHIFT;
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
 * Prints a process's pages. A line has the address, the number of pages, the
 * first frame and its count, then r(ead), w(rite), c (PAGE_COW), d(irty),
 * a(ccessed), and z for the zero page or s for pages in swap. In swap the frame
 * is a slot.
 */
void show_pages(struct seq *s)
{
	struct task_struct *task = proc_task(s->inode);
	struct page_run run = { 0 };

	if (!task->mm)
		return;
	for (u32 i = 0; i < USER_PDES; i++) {
		const pte_t *table = find_pte(task->mm, i << PGDIR_SHIFT);

		for (u32 n = 0; table && n < PTES_PER_TABLE; n++) {
			u32 addr = i << PGDIR_SHIFT | n << PAGE_SHIFT;

			if (table[n])
				add_page(s, &run, addr, table[n]);
		}
	}
	show_run(s, &run);
}
