/*
 * The audit: recount every reference on the machine and compare with mem_map.
 * It is the copy-on-write law written down a second time, independently of the
 * code that keeps it.
 *
 * Visited are each address space's page directory, page tables and entries, the
 * swap cache, and what each subsystem holds for itself (owners.c). Each frame
 * must have exactly as many references as were found, and the owner that was
 * noted for it. Free frames and owned ones together are all frames.
 *
 * Also checked: PAGE_COW implies not writable, and a private, writable area; a
 * writable entry of a private area implies count 1 (with the cache's references
 * counted); no entry outside every area; no entry for a frame that is free or
 * not RAM; the free list holds exactly the frames with count 0. Entries of
 * pages in swap are recounted for their slots, and the swap cache's references
 * for its frames.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/fs.h>
#include <cowix/tty.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/audit.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

/*
 * The recount: 16 bits of references a frame, in frames taken for the time of
 * the audit. (A frame with more references than that is the zero page at most;
 * its low 16 bits are compared.)
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
/* so many mismatches are printed, the others only counted */
static u32 told = 100;

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

static int take_counters(void)
{
	for (u32 i = 0; i * COUNTERS_PER_PAGE < nr_frames + slot_number(0);
	     i++) {
		counters[i] = kpage_zalloc(OWNER_AUDIT);
		if (!counters[i]) {
			release_counters();
			return -ENOMEM;
		}
	}
	return 0;
}

/* Of a frame or, behind them, of a slot. */
static u16 *counter(u32 frame)
{
	return &counters[frame / COUNTERS_PER_PAGE][frame % COUNTERS_PER_PAGE];
}

/*
 * The first task that has an address space; NULL: none, as when it is being
 * made, or is held by others when its process is gone.
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

/* What is noted, of a frame that is in use; the number may be nonsense. */
static u32 owner_of(u32 frame)
{
	u32 owner = page_owner(frame << PAGE_SHIFT);

	return mem_map[frame].count && owner < NR_OWNERS ? owner : OWNER_NONE;
}

static void complain(const char *rule, u32 frame, u32 addr, const struct mm *mm)
{
	const struct task_struct *task = mm ? user_of(mm) : NULL;
	bool ram = frame < nr_frames;

	if (++mismatches > told)
		return;
	printk("audit: %s: frame %x, count %u, recounted %u, owner %s, "
	       "address %x, pid %d (%s)\n", rule, frame << PAGE_SHIFT,
	       ram ? mem_map[frame].count : 0, ram ? *counter(frame) : 0,
	       owner_names[ram ? owner_of(frame) : OWNER_NONE], addr,
	       task ? task->pid : 0, task ? task->comm : "-");
}

/*
 * The rules for a single entry. The count rules wait until everything is
 * counted.
 */
static void audit_entry(struct mm *mm, u32 addr, pte_t entry, bool first)
{
	struct vm_area *area = find_area(mm, addr);
	u32 frame = entry >> PAGE_SHIFT;

	user_entries++;
	if (frame >= nr_frames) {
		complain("entry maps no RAM", frame, addr, mm);
		return;
	}
	if (first)
		(*counter(frame))++;
	if (mem_map[frame].count == 0)
		complain("mapped frame is free", frame, addr, mm);
	else if (owner_of(frame) < OWNER_USER || owner_of(frame) > OWNER_CACHE)
		complain("mapped frame is the kernel's", frame, addr, mm);
	if (!area)
		complain("entry outside every area", frame, addr, mm);
	else if (entry & PAGE_NONE &&
		 area->flags & (VM_READ | VM_WRITE | VM_EXEC))
		complain("PAGE_NONE in an area that allows access", frame, addr,
			 mm);
	else if (entry & PTE_W && !(area->flags & VM_WRITE))
		complain("writable entry in a read-only area", frame, addr, mm);
	else if (entry & PAGE_COW &&
		 (entry & PTE_W || !(area->flags & VM_WRITE) ||
		  area->flags & VM_SHARED))
		complain("PAGE_COW where it must not be", frame, addr, mm);
	else if (entry & PTE_W && !(area->flags & VM_SHARED) &&
		 mem_map[frame].count != 1)
		complain("writable private page is shared", frame, addr, mm);
}

/* The same for an entry whose page is in swap. */
static void audit_swapped(struct mm *mm, u32 addr, pte_t entry, bool first)
{
	struct vm_area *area = find_area(mm, addr);

	swap_entries++;
	if (!slot_of(entry) || !area || area->flags & VM_SHARED)
		complain("entry for swap where it must not be", 0, addr, mm);
	else if (first)
		(*counter(nr_frames + slot_number(entry)))++;
}

/*
 * A slot: its count, and, if it is in the swap cache, a reference to a frame.
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
		complain("frame in the swap cache for no slot",
			 slot->frame >> PAGE_SHIFT, entry, NULL);
}

static void audit_swap(void)
{
	slots_cached = 0;
	if (for_each_slot(audit_slot) != nr_free_swap ||
	    slots_cached != nr_swap_cached)
		complain("wrong number of free or cached slots", 0,
			 nr_free_swap, NULL);
}

/* A subsystem, or the audit itself, has come upon a frame of that owner. */
static void audit_owned(enum page_owner owner, const void *page)
{
	u32 frame = __pa(page) >> PAGE_SHIFT;

	if (frame >= nr_frames) {
		complain("owned frame is no RAM", frame, 0, NULL);
		return;
	}
	(*counter(frame))++;
	if (owner_of(frame) == owner)
		return;
	complain("held by another than its owner", frame, 0, NULL);
	if (mismatches <= told)
		printk("audit: it is held as %s\n", owner_names[owner]);
}

static void audit_table(struct mm *mm, u32 pde_index, pte_t pde)
{
	pte_t *table = __va(PTE_FRAME(pde));
	u32 frame = PTE_FRAME(pde) >> PAGE_SHIFT;
	/* what a shared table refers to counts once */
	bool first = *counter(frame) == 0;

	audit_owned(OWNER_TABLE, table);
	table_frames += first;
	if (pde & PAGE_COW ? pde & PTE_W : mem_map[frame].count != 1)
		complain("page table is shared and may be written", frame,
			 pde_index << PGDIR_SHIFT, mm);
	for (u32 i = 0; i < PTES_PER_TABLE; i++)
		if (table[i] & PTE_MAPPED)
			audit_entry(mm,
				    pde_index << PGDIR_SHIFT | i << PAGE_SHIFT,
				    table[i], first);
		else if (table[i])
			audit_swapped(
				mm, pde_index << PGDIR_SHIFT | i << PAGE_SHIFT,
				table[i], first);
}

/*
 * One address space: its directory, tables and entries, and its own counts of
 * pages, which a fork that waits for memory makes last.
 */
static void audit_mm(struct mm *mm)
{
	u32 before = user_entries, swapped_before = swap_entries;

	audit_owned(OWNER_DIRECTORY, mm->pgdir);
	for (u32 i = 0; i < USER_PDES; i++)
		if (mm->pgdir[i] & PTE_P)
			audit_table(mm, i, mm->pgdir[i]);
	if (memcmp(mm->pgdir + USER_PDES, swapper_pg_dir + USER_PDES,
		   (PTES_PER_TABLE - USER_PDES) * sizeof(pte_t)) != 0)
		complain("kernel half of a directory differs",
			 __pa(mm->pgdir) >> PAGE_SHIFT, 0, mm);
	if (!user_of(mm))
		return;
	if (user_entries - before != mm->nr_resident)
		complain("wrong number of resident pages", 0,
			 user_entries - before, mm);
	if (swap_entries - swapped_before != mm->nr_swapped)
		complain("wrong number of pages in swap", 0,
			 swap_entries - swapped_before, mm);
}

static void audit_free_frame(u32 frame)
{
	if (mem_map[frame].count != 0 || *counter(frame) != 0)
		complain("frame is free and in use", frame, 0, NULL);
}

static void name_owners_in(const struct mm *mm, u32 frame)
{
	const struct task_struct *task = user_of(mm);
	u32 pid = task ? task->pid : 0;
	const char *comm = task ? task->comm : "-";

	for (u32 i = 0; i < USER_PDES; i++) {
		const pte_t *table = __va(PTE_FRAME(mm->pgdir[i]));

		if (!(mm->pgdir[i] & PTE_P))
			continue;
		if (mm->pgdir[i] >> PAGE_SHIFT == frame)
			printk("audit: it is the page table for %x of pid %d (%s)\n",
			       i << PGDIR_SHIFT, pid, comm);
		for (u32 j = 0; j < PTES_PER_TABLE; j++)
			if (table[j] & PTE_MAPPED &&
			    table[j] >> PAGE_SHIFT == frame)
				printk("audit: it is mapped at %x by pid %d (%s)\n",
				       i << PGDIR_SHIFT | j << PAGE_SHIFT, pid,
				       comm);
	}
}

/*
 * Who refers to a frame whose count is wrong, as far as that can be found out.
 */
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
	complain("wrong count", frame, 0, NULL);
	if (mismatches <= told)
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
		complain("free and owned are not all", 0, sum, NULL);
}

/* Recounts all and compares, with counters at hand. Does not sleep. */
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
		complain("free list and nr_free_pages differ", 0, free, NULL);
	compare_counts();
	if (!(read_cr0() & CR0_WP))
		complain("CR0.WP is clear", 0, 0, NULL);
}

/*
 * The audit by a task that holds frames: as recount_calls() says. One at a
 * time: who takes counters may sleep, and there is one set of them.
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
 * Runs the audit. Returns the number of broken rules, each of them printed with
 * frame and owner; or -ENOMEM. Called by the system call, by a key, by the
 * debugger (gdb's `audit`), by the tests after everything.
 */
int mm_audit(void)
{
	return audit_holding(0);
}

/* For the system call and /proc/audit. */
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
 * mm_audit(report, flags) (513). AUDIT_DROP_CACHES first drops what can be had
 * again.
 */
int sys_mm_audit(struct audit_report __user *out, u32 flags)
{
	struct audit_report report;
	int found, error;

	if (flags & ~AUDIT_DROP_CACHES)
		return -EINVAL;
	if (flags & AUDIT_DROP_CACHES && !suser())
		return -EPERM;
	if (flags & AUDIT_DROP_CACHES) {
		fs_drop_caches();
		shrink_swap_cache();
	}
	found = mm_audit_report(&report, 0);
	if (found < 0 || !out)
		return found;
	error = copy_to_user(out, &report, sizeof(report));
	return error ? error : found;
}

/*
 * Called by panic(): was the law broken before? Shows few mismatches, or what
 * the panic said would leave the screen. Does not sleep: without frames, or in
 * the middle of an audit, there is none.
 */
static void audit_panic(void)
{
	told = 4;
	if (!auditing && nr_free_pages > nr_frames / COUNTERS_PER_PAGE)
		printk("audit: %d mismatches\n", mm_audit());
}

/*
 * Alt-F9 runs the memory audit. Its tables need frames, so it is left to a
 * task.
 */
static struct wait_queue audit_wanted = WAIT_QUEUE_INIT(audit_wanted);

static void audit_key(void)
{
	wake_up(&audit_wanted);
}

static void audit_task(void *unused)
{
	(void)unused;
	for (;;) {
		sleep_on(&audit_wanted);
		printk("audit: %d mismatches\n", mm_audit());
	}
}

/* Called once by start_kernel. Audits at a panic too. */
void audit_init(void)
{
	at_panic(audit_panic);
	keyboard_hotkey(KEY_F9, audit_key);
	if (!kernel_thread(audit_task, NULL, "audit"))
		panic("audit_init: no memory for the task");
}
