/*
 * The audit recounts every reference on the machine and compares with mem_map.
 * It is the copy-on-write law written down a second time, independently of the
 * code that keeps it.
 *
 * It visits each address space's page directory, page tables and entries, the
 * swap cache, and what each subsystem holds for itself (owners.c). Each frame
 * must have exactly as many references as were found, and the owner that was
 * noted for it. Free frames and owned ones together are all frames. The slots
 * of swap are recounted likewise.
 *
 * It also checks these rules:
 *
 * PAGE_COW: the entry is not writable; its area is private and writable a
 * writable entry of a private area: the frame's count is 1 each entry: it lies
 * in an area; its frame is RAM and not free the free list: it holds exactly the
 * frames with count 0
 *
 * The rules of areas are in audit_areas.c.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>
#include <cowix/tty.h>
#include <abi/audit.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

/*
 * The references found: 16 bits for each frame and each slot, in frames that
 * are taken for the time of the audit. Only the zero page may have more
 * references; its low 16 bits are compared.
 */
#define COUNTERS_PER_PAGE	(PAGE_SIZE / sizeof(u16))
#define COUNTER_PAGES \
	(((LINEAR_MAP_MAX >> PAGE_SHIFT) + SWAP_AREAS * SWAP_PAGES_MAX) / \
	 COUNTERS_PER_PAGE)

static u16 *counters[COUNTER_PAGES];
static u32 mismatches, user_entries, swap_entries, table_frames, slots_cached;
static u32 owned[NR_OWNERS];		/* frames */
static bool auditing;			/* somebody has the counters */
static struct wait_queue audited = WAIT_QUEUE_INIT(audited);
static u32 print_max = 100;		/* mismatches; more are only counted */

static void release_counters(void)
{
	for (u32 i = 0; i < COUNTER_PAGES; i++)
		if (counters[i]) {
			kpage_free(counters[i]);
			counters[i] = NULL;
		}
}

static void recount_counters(found_page *found)
{
	for (u32 i = 0; i < COUNTER_PAGES && counters[i]; i++)
		found(OWNER_AUDIT, counters[i]);
}

/* Takes counters for all frames and slots. Returns 0 or -ENOMEM. */
static int take_counters(void)
{
	u32 wanted = nr_frames + slot_number(0);

	for (u32 i = 0; i * COUNTERS_PER_PAGE < wanted; i++) {
		counters[i] = kpage_zalloc(OWNER_AUDIT);
		if (!counters[i]) {
			release_counters();
			return -ENOMEM;
		}
	}
	return 0;
}

/* Returns the counter of a frame or, with a number behind them, of a slot. */
static u16 *counter(u32 frame)
{
	return &counters[frame / COUNTERS_PER_PAGE][frame % COUNTERS_PER_PAGE];
}

/*
 * Returns the first task that has an address space. NULL: it is being made, or
 * others hold it whose process has ended.
 */
static const struct task_struct *user_of(const struct mm *mm)
{
	list_for_each(node, &all_tasks) {
		const struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->mm == mm)
			return task;
	}
	return NULL;
}

/*
 * Returns the owner that is noted for a frame, if it is in use. The number may
 * be nonsense.
 */
static u32 owner_of(u32 frame)
{
	u32 owner = page_owner(frame << PAGE_SHIFT);

	return mem_map[frame].count && owner < NR_OWNERS ? owner : OWNER_NONE;
}

/* Counts a mismatch, and prints it with all that is known of the frame. */
static void audit_complain(const char *rule, u32 frame, u32 addr,
			   const struct mm *mm)
{
	const struct task_struct *task = mm ? user_of(mm) : NULL;
	u32 count = 0, recounted = 0, owner = OWNER_NONE;

	if (++mismatches > print_max)
		return;
	if (frame < nr_frames) {
		count = mem_map[frame].count;
		recounted = *counter(frame);
		owner = owner_of(frame);
	}
	printk("audit: %s: frame %x, count %u, recounted %u, owner %s, "
	       "address %x, pid %d (%s)\n", rule, frame << PAGE_SHIFT, count,
	       recounted, owner_names[owner], addr, task ? task->pid : 0,
	       task ? task->comm : "-");
}

/* Checks an entry's frame. */
static void audit_mapped_frame(struct mm *mm, u32 addr, u32 frame)
{
	u32 owner = owner_of(frame);

	if (mem_map[frame].count == 0)
		audit_complain("mapped frame is free", frame, addr, mm);
	else if (owner < OWNER_USER || owner > OWNER_CACHE)
		audit_complain("mapped frame is the kernel's", frame, addr, mm);
}

/* Returns the rule of its area that an entry breaks, or NULL. */
static const char *broken_rule(const struct vm_area *area, pte_t entry)
{
	u32 flags;

	if (!area)
		return "entry outside every area";
	flags = area->flags;
	if (entry & PAGE_NONE && flags & (VM_READ | VM_WRITE | VM_EXEC))
		return "PAGE_NONE in an area that allows access";
	if (entry & PTE_W && !(flags & VM_WRITE))
		return "writable entry in a read-only area";
	if (entry & PAGE_COW && (entry & PTE_W || !(flags & VM_WRITE) ||
				 flags & VM_SHARED))
		return "PAGE_COW where it must not be";
	if (entry & PTE_W && !(flags & VM_SHARED) &&
	    mem_map[entry >> PAGE_SHIFT].count != 1)
		return "writable private page is shared";
	return NULL;
}

/*
 * Counts and checks a present entry. Counts are compared when everything is
 * counted. first: nobody else with this page table was visited before.
 */
static void audit_entry(struct mm *mm, u32 addr, pte_t entry, bool first)
{
	u32 frame = entry >> PAGE_SHIFT;
	const char *rule;

	user_entries++;
	if (frame >= nr_frames) {
		audit_complain("entry maps no RAM", frame, addr, mm);
		return;
	}
	if (first)
		(*counter(frame))++;
	audit_mapped_frame(mm, addr, frame);
	rule = broken_rule(find_area(mm, addr), entry);
	if (rule)
		audit_complain(rule, frame, addr, mm);
}

/* Counts and checks an entry whose page is in swap. */
static void audit_swapped(struct mm *mm, u32 addr, pte_t entry, bool first)
{
	struct vm_area *area = find_area(mm, addr);

	swap_entries++;
	if (!slot_of(entry) || !area || area->flags & VM_SHARED)
		audit_complain("entry for swap where it must not be", 0, addr,
			       mm);
	else if (first)
		(*counter(nr_frames + slot_number(entry)))++;
}

/*
 * Checks a slot's count. If the slot is in the swap cache, counts and checks
 * its reference to a frame.
 */
static void audit_slot(pte_t entry, const struct slot *slot)
{
	u16 found = *counter(nr_frames + slot_number(entry));

	if (found != (u16)slot->count) {
		printk("audit: slot %x: count %u, recounted %u\n", entry,
		       slot->count, found);
		mismatches++;
	}
	if (!slot->frame)
		return;
	slots_cached++;
	(*counter(slot->frame >> PAGE_SHIFT))++;
	if (slot_of_frame(PTE_FRAME(slot->frame)) != entry ||
	    (!slot->count && !(slot->frame & SLOT_BUSY)))
		audit_complain("frame in the swap cache for no slot",
			       slot->frame >> PAGE_SHIFT, entry, NULL);
}

static void audit_swap(void)
{
	slots_cached = 0;
	if (for_each_slot(audit_slot) != nr_free_swap ||
	    slots_cached != nr_swap_cached)
		audit_complain("wrong number of free or cached slots", 0,
			       nr_free_swap, NULL);
}

/* Counts a frame that a subsystem or the audit has found, and its owner. */
static void audit_owned(enum page_owner owner, const void *page)
{
	u32 frame = __pa(page) >> PAGE_SHIFT;

	if (frame >= nr_frames) {
		audit_complain("owned frame is no RAM", frame, 0, NULL);
		return;
	}
	(*counter(frame))++;
	if (owner_of(frame) == owner)
		return;
	audit_complain("held by another than its owner", frame, 0, NULL);
	if (mismatches <= print_max)
		printk("audit: it is held as %s\n", owner_names[owner]);
}

static void audit_table(struct mm *mm, u32 pde_index, pte_t pde)
{
	pte_t *table = __va(PTE_FRAME(pde));
	u32 frame = PTE_FRAME(pde) >> PAGE_SHIFT;
	u32 addr = pde_index << PGDIR_SHIFT;
	/* what a shared table refers to counts once */
	bool first = *counter(frame) == 0;

	audit_owned(OWNER_TABLE, table);
	table_frames += first;
	if (pde & PAGE_COW ? pde & PTE_W : mem_map[frame].count != 1)
		audit_complain("page table is shared and may be written", frame,
			       addr, mm);
	for (u32 i = 0; i < PTES_PER_TABLE; i++, addr += PAGE_SIZE)
		if (table[i] & PTE_MAPPED)
			audit_entry(mm, addr, table[i], first);
		else if (table[i])
			audit_swapped(mm, addr, table[i], first);
}

/*
 * Visits an address space: its directory, tables and entries. Checks its own
 * counts of pages too, if a process has it: a fork that waits for memory makes
 * them last.
 */
static void audit_mm(struct mm *mm)
{
	u32 before = user_entries, swapped_before = swap_entries;
	const char *rule;

	audit_owned(OWNER_DIRECTORY, mm->pgdir);
	for (u32 i = 0; i < USER_PDES; i++)
		if (mm->pgdir[i] & PTE_P)
			audit_table(mm, i, mm->pgdir[i]);
	if (memcmp(mm->pgdir + USER_PDES, swapper_pg_dir + USER_PDES,
		   (PTES_PER_TABLE - USER_PDES) * sizeof(pte_t)) != 0)
		audit_complain("kernel half of a directory differs",
			       __pa(mm->pgdir) >> PAGE_SHIFT, 0, mm);
	if (!user_of(mm))
		return;
	rule = broken_areas(mm);
	if (rule)
		audit_complain(rule, 0, 0, mm);
	if (user_entries - before != mm->nr_resident)
		audit_complain("wrong number of resident pages", 0,
			       user_entries - before, mm);
	if (swap_entries - swapped_before != mm->nr_swapped)
		audit_complain("wrong number of pages in swap", 0,
			       swap_entries - swapped_before, mm);
}

static void audit_free_frame(u32 frame)
{
	if (mem_map[frame].count != 0 || *counter(frame) != 0)
		audit_complain("frame is free and in use", frame, 0, NULL);
}

/* Prints where the page table for [addr, addr + 4 MB) maps a frame. */
static void name_mappings(const struct task_struct *task, const pte_t *table,
			  u32 addr, u32 frame)
{
	for (u32 i = 0; i < PTES_PER_TABLE; i++, addr += PAGE_SIZE)
		if (table[i] & PTE_MAPPED && table[i] >> PAGE_SHIFT == frame)
			printk("audit: it is mapped at %x by pid %d (%s)\n",
			       addr, task ? task->pid : 0,
			       task ? task->comm : "-");
}

static void name_owners_in(const struct mm *mm, u32 frame)
{
	const struct task_struct *task = user_of(mm);

	for (u32 i = 0; i < USER_PDES; i++) {
		pte_t pde = mm->pgdir[i];
		u32 addr = i << PGDIR_SHIFT;

		if (!(pde & PTE_P))
			continue;
		if (pde >> PAGE_SHIFT == frame)
			printk("audit: it is the page table for %x of "
			       "pid %d (%s)\n", addr, task ? task->pid : 0,
			       task ? task->comm : "-");
		name_mappings(task, __va(PTE_FRAME(pde)), addr, frame);
	}
}

/* Prints what refers to a frame whose count is wrong, if that can be found. */
static void name_owners(u32 frame)
{
	list_for_each(node, &all_mms)
		name_owners_in(list_entry(node, struct mm, link), frame);
	if (frame == zero_page >> PAGE_SHIFT)
		printk("audit: it is the zero page\n");
	if (slot_of_frame(frame << PAGE_SHIFT))
		printk("audit: it is in the swap cache\n");
}

static void audit_count(u32 frame, u32 found)
{
	if ((u16)found == (u16)mem_map[frame].count)
		return;
	audit_complain("wrong count", frame, 0, NULL);
	if (mismatches <= print_max)
		name_owners(frame);
}

/* Compares the recount with mem_map, and counts the frames of each owner. */
static void compare_counts(void)
{
	u32 sum = nr_free_pages;

	memset(owned, 0, sizeof(owned));
	for (u32 frame = 0; frame < nr_frames; frame++) {
		u32 owner = owner_of(frame);

		if (owner == OWNER_BOOT)
			(*counter(frame))++;
		audit_count(frame, *counter(frame));
		owned[owner]++;
		sum += owner != OWNER_NONE;
	}
	if (sum != nr_frames || nr_frames - owned[OWNER_BOOT] != nr_ram_frames)
		audit_complain("free and owned are not all", 0, sum, NULL);
}

/* Recounts all and compares. The counters are there. Does not sleep. */
static void audit_all(u32 held)
{
	u32 free;

	mismatches = user_entries = swap_entries = table_frames = 0;
	list_for_each(node, &all_mms)
		audit_mm(list_entry(node, struct mm, link));
	audit_swap();
	recount_owners(audit_owned, held);
	recount_counters(audit_owned);
	free = for_each_free_frame(audit_free_frame);
	if (free != nr_free_pages)
		audit_complain("free list and nr_free_pages differ", 0, free,
			       NULL);
	compare_counts();
	if (!(read_cr0() & CR0_WP))
		audit_complain("CR0.WP is clear", 0, 0, NULL);
}

/*
 * Audits for a task that has some frames in its hands: held (recount_calls()).
 * There is one set of counters, and taking them may sleep: so one audit waits
 * for another. Returns the number of mismatches, or -ENOMEM.
 */
static int audit_holding(u32 held)
{
	int error;

	while (auditing)
		sleep_on(&audited);
	auditing = true;
	error = take_counters();
	if (!error) {
		audit_all(held);
		release_counters();
	}
	auditing = false;
	wake_up(&audited);
	return error ? error : (int)mismatches;
}

/*
 * Runs the audit. Prints each broken rule with frame and owner. Returns their
 * number, or -ENOMEM. Called by the system call, by a key, and by the debugger
 * (gdb's `audit`).
 */
int mm_audit(void)
{
	return audit_holding(0);
}

/* Like mm_audit(), with all counts. For the system call and /proc/audit. */
int mm_audit_report(struct audit_report *report, u32 held)
{
	int found = audit_holding(held);

	if (found < 0)
		return found;
	memset(report, 0, sizeof(*report));
	fs_audit_counts(report);
	report->mismatches = found;
	report->frames_total = nr_ram_frames;
	report->frames_free = nr_free_pages;
	report->frames_user = user_entries;
	report->frames_tables = table_frames;
	report->swap_entries = swap_entries;
	report->swap_used = nr_swap_pages - nr_free_swap;
	report->frames_kernel = kmalloc_pages;
	report->kernel_objects = kmalloc_objects;
	memcpy(report->owned, owned, sizeof(owned));
	list_for_each(node, &all_tasks)
		report->tasks++;
	return found;
}

/*
 * Called by panic(): was the law broken before? Prints few mismatches, since
 * what the panic said must stay on the screen. It must not sleep. So there is
 * no audit in the middle of another, nor without frames for the counters.
 */
static void audit_panic(void)
{
	print_max = 4;
	if (!auditing && nr_free_pages > nr_frames / COUNTERS_PER_PAGE)
		printk("audit: %d mismatches\n", mm_audit());
}

/* Called once by start_kernel. */
void audit_init(void)
{
	at_panic(audit_panic);
}
