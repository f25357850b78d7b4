/*
 * Planned failures. The kernel's files tell of each allocation and each
 * transfer before it happens (cowix/plan.h). One of them fails.
 */
#include "world.h"

bool plan_came, has_failed, has_slept;
static u32 awaited, counted;

/* The kernel's planner: returns true if the event must fail. */
static bool event_comes(u32 event)
{
	(void)event;
	if (++counted < awaited)
		return false;
	planner = NULL;
	plan_came = has_failed = true;
	return true;
}

/* Carries out an act by a plan. plan_came says whether the event has come. */
void carry_out(const struct act *act, const struct plan *plan)
{
	plan_came = has_failed = has_slept = false;
	counted = 0;
	awaited = plan->event;
	planner = awaited ? event_comes : NULL;
	do_act(act);
	planner = NULL;
}
