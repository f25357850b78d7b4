/*
 * Planned failures and sleeps, for tests. One allocation of one thread fails
 * (tests/guest/sweep.h). Or it sleeps in one place where it might: then all
 * others run, and would see what is half done (tests/guest/sleep.h). Without a
 * plan each place costs one comparison.
 */
#include <cowix/kernel.h>
#include <cowix/plan.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "mm/mm_internal.h"

#define SLEEP_TICKS	(HZ / 10)	/* at most, if others never sleep */

static int victim;		/* its pid */
static u32 what;		/* PLAN_* */
static u32 awaited, counted;	/* the event's number; events so far */

/*
 * Counts an event of current's if the plan is for it. Returns true if the event
 * must fail; sleeps if that is the plan. Either happens once. The end of the
 * thread ends the plan, since its pid may be another's next.
 */
static bool event_comes(u32 event)
{
	if (current->pid != victim)
		return false;
	if (event != PLAN_END && (!(what & event) || ++counted < awaited))
		return false;
	planner = NULL;
	if (event == PLAN_END || !(what & PLAN_SLEEP))
		return event != PLAN_END;
	let_others_run(SLEEP_TICKS);
	return false;
}

/*
 * fail_alloc(n, plan) (516): the n-th event of the calling thread fails or
 * sleeps; with n 0 none does. Only an allocation can fail. Returns how many
 * events were counted for the plan before this one: its n if it was carried
 * out. Returns -EPERM unless the superuser calls, -EINVAL if there is no such
 * plan.
 */
int sys_fail_alloc(u32 n, u32 plan)
{
	int before = counted;

	if (!suser())
		return -EPERM;
	if (plan & ~(PLAN_EVENTS | PLAN_SLEEP))
		return -EINVAL;
	if (n && !(plan & PLAN_SLEEP) && plan != PLAN_ALLOC)
		return -EINVAL;
	victim = current->pid;
	what = plan;
	awaited = n;
	counted = 0;
	planner = n ? event_comes : NULL;
	return before;
}
