/*
 * Planned failures and sleeps, for tests. Whoever allocates, reads or copies
 * asks here, and knows nothing of the planner (kernel/debug/fail.c).
 */
#ifndef COWIX_PLAN_H
#define COWIX_PLAN_H

#include <cowix/types.h>
#include <abi/plan.h>

extern bool (*planner)(u32 event);	/* kernel/plan.c; NULL: no plan */

/*
 * Tells of an event (PLAN_*), at which current may sleep. Returns true if what
 * it announces must fail.
 */
static inline bool planned(u32 event)
{
	return unlikely(planner) && planner(event);
}

#endif
