/*
 * Planned failures and sleeps, for tests. Code that allocates, reads or copies
 * asks here, and knows nothing of the planner (kernel/debug/fail.c).
 */
#ifndef COWIX_PLAN_H
#define COWIX_PLAN_H

#include <cowix/types.h>
#include <abi/plan.h>

extern bool (*planner)(u32 event);	/* kernel/plan.c; NULL: no plan */

/*
 * Tells the planner of an event (PLAN_*). current may sleep here. Returns true
 * if what the event announces must fail.
 */
static inline bool planned(u32 event)
{
	return unlikely(planner) && planner(event);
}

#endif
