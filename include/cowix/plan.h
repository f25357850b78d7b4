/* Planned failures and sleeps, for tests (mm/fail.c). */
#ifndef COWIX_PLAN_H
#define COWIX_PLAN_H

#include <cowix/types.h>
#include <abi/plan.h>

extern bool failure_planned;
bool must_fail(u32 event);		/* PLAN_*; may sleep */
void forget_failure(void);		/* current exits */

/* Called where current may sleep, but for the moment need not. */
static inline void might_sleep(u32 event)
{
	if (unlikely(failure_planned))
		must_fail(event);
}

#endif
