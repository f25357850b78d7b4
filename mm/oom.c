/*
 * Out of memory. When nothing can be given up any more, a process must end so
 * that the others can go on. It is the largest one of the user who holds most,
 * never init. Tasks that found no frame wait until it has given its memory
 * back, and try again. The reserve is kept by frames.c.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "mm_internal.h"

#define PATIENCE	(5 * HZ)	/* ticks for a process to end */

static bool is_ending(const struct task_struct *process)
{
	return process->group_work & GROUP_EXIT;
}

static bool memory_is_back(void)
{
	return nr_free_pages > (may_use_reserve() ? 0 : reserved_frames);
}

static struct task_struct *process_at(struct list *node)
{
	return list_entry(node, struct task_struct, all_link);
}

/* Returns the pages of shared memory, which a process need not have mapped. */
static u32 pages_behind(const struct vm_area *area)
{
	return area->ops && area->flags & VM_SHARED ? area->ops->kept(area) : 0;
}

/* Returns what a process's end would give back, about; 0: it must not end. */
static u32 pages_of(const struct task_struct *process)
{
	const struct mm *mm = process->mm;
	u32 pages;

	if (!mm || process == init_task || mm == init_task->mm)
		return 0;
	pages = mm->nr_resident + mm->nr_swapped + 1;
	for (u32 i = 0; i < USER_PDES; i++)
		pages += (mm->pgdir[i] & PTE_P) != 0;
	list_for_each(node, &mm->areas)
		pages += pages_behind(area_at(node));
	return pages + mm->nr_areas * sizeof(struct vm_area) / PAGE_SIZE;
}

static u32 pages_of_user(u32 uid)
{
	u32 pages = 0;

	list_for_each(node, &all_tasks)
		if (process_at(node)->uid == uid)
			pages += process_at(node)->oom_pages;
	return pages;
}

/* Returns the largest process of the user who holds most, or NULL. */
static struct task_struct *largest_process(void)
{
	struct task_struct *largest = NULL;
	u32 most = 0;

	list_for_each(node, &all_tasks)
		process_at(node)->oom_pages = pages_of(process_at(node));
	list_for_each(node, &all_tasks) {
		struct task_struct *process = process_at(node);
		u32 pages = process->oom_pages, all;

		if (!pages || process->oom_since)
			continue;
		all = pages_of_user(process->uid);
		if (all > most || (all == most && pages > largest->oom_pages)) {
			largest = process;
			most = all;
		}
	}
	return largest;
}

/*
 * Returns true if some process is about to end and give back its memory. One
 * that does not within PATIENCE, as it waits for a disk, counts no longer.
 */
static bool somebody_ends(void)
{
	list_for_each(node, &all_tasks) {
		struct task_struct *process = process_at(node);

		if (!is_ending(process) || process->state == TASK_ZOMBIE)
			continue;
		if (!process->oom_since)
			process->oom_since = jiffies;
		if (jiffies - process->oom_since < PATIENCE)
			return true;
	}
	return false;
}

/* Ends a process, and those that share its memory: else none would be free. */
static void end_process(struct task_struct *victim, u32 eip, u32 addr)
{
	const struct mm *mm = victim->mm;

	printk("out of memory: pid %d (%s) killed, %u KB, uid %u; "
	       "pid %d (%s) needs page %x at address %x\n", victim->pid,
	       victim->comm, victim->oom_pages * (PAGE_SIZE / 1024),
	       victim->uid, current->pid, current->comm, addr, eip);
	list_for_each(node, &all_tasks)
		if (process_at(node)->mm == mm)
			send_signal(SIGKILL, process_at(node));
}

/*
 * current needs memory for the page of addr and holds nothing that others wait
 * for. Makes some process end, unless one does already, and waits for that. To
 * look for memory again meanwhile would only keep the processor from it. Called
 * by faults and await_memory(): they try again.
 */
void out_of_memory(u32 eip, u32 addr)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);

	if (memory_is_back() || is_ending(current->process))
		return;
	if (!somebody_ends()) {
		struct task_struct *victim = largest_process();

		if (!victim && current->process == init_task)
			panic("out_of_memory: init at address %x, page %x",
			      eip, addr);
		if (victim)
			end_process(victim, eip, addr);
	}
	do {
		if (is_ending(current->process))
			return;
		sleep_on_timeout(&nobody, 1);
	} while (!memory_is_back() && somebody_ends());
}

/*
 * current needs memory, for the page of addr (or 0), in something that cannot
 * be refused. Returns true when it is to be tried again, false if current is to
 * end.
 */
bool await_memory(u32 addr)
{
	out_of_memory(task_regs(current)->eip, addr);
	return !is_ending(current->process);
}
