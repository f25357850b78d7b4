/*
 * Which subsystem holds which frame. The audit asks, and compares the answers
 * with what was noted at each frame (owners.c).
 *
 * OWNER_CALL is different: such a frame is known only to local variables of a
 * task that is in the kernel. What several steps build up belongs to the call
 * until it is complete and can be found. The frame is lost if the task, whose
 * number is noted, has ended, or runs the audit itself.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "mm/mm_internal.h"

/*
 * Calls found for each frame that a task in the kernel may have in its hands.
 * current, which runs the audit, has as many as it says: held.
 */
static void recount_calls(found_page *found, u32 held)
{
	for (u32 frame = 1; frame < nr_frames; frame++) {
		int pid = mem_map[frame].next >> PAGE_SHIFT;
		bool is_held;

		if (!mem_map[frame].count ||
		    page_owner(frame << PAGE_SHIFT) != OWNER_CALL)
			continue;
		if (pid == current->pid) {
			is_held = held > 0;
			held -= is_held;
		} else {
			is_held = !pid || find_task(pid);
		}
		if (is_held)
			found(OWNER_CALL, __va(frame << PAGE_SHIFT));
	}
}

/* Calls found for each frame that some subsystem holds. */
void recount_owners(found_page *found, u32 held)
{
	for (u32 i = 0; i < nr_recounts; i++)
		recounts[i](found);
	recount_calls(found, held);
	found(OWNER_ZERO, __va(zero_page));
}
