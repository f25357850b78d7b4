/*
 * Who holds which frame: asked by the audit, which compares the answers with
 * what was noted at each frame (owners.c).
 *
 * OWNER_CALL is different. Such a frame is known only to local variables of a
 * task that is in the kernel, so it is the task's number that tells whether it
 * is lost: the task has ended, or runs the audit itself. What several steps
 * build up belongs to the call until it is complete and can be found.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "mm/mm_internal.h"

/*
 * Calls found for each frame that a task in the kernel may have in its hands.
 * current, which runs the audit, has so many as it says: held.
 */
static void recount_calls(found_page *found, u32 held)
{
	for (u32 frame = 1; frame < nr_frames; frame++) {
		int pid = mem_map[frame].next >> PAGE_SHIFT;

		if (!mem_map[frame].count ||
		    page_owner(frame << PAGE_SHIFT) != OWNER_CALL)
			continue;
		if (pid == current->pid ? held > 0 : !pid || find_task(pid))
			found(OWNER_CALL, __va(frame << PAGE_SHIFT));
		held -= pid == current->pid && held > 0;
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
