/*
 * Planned failures: one allocation of one process fails, so that a test can try each place where memory may run out (tests/guest/sweep.h). Frames and
 * objects of kmalloc() both count. Without a plan it costs two instructions to free a frame and nothing to allocate.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include "internal.h"

bool failure_planned;
static int victim;		/* its pid */
static u32 failing, counted;	/* the number of the allocation that fails, and how many there were */

static void plan(bool planned)
{
	if (planned != failure_planned)
		hide_frames(planned);
	kmalloc_asks(planned);
	failure_planned = planned;
}

/* Asked by the allocators while there is a plan. It fails once. */
bool must_fail(void)
{
	if (current->pid != victim || ++counted < failing)
		return false;
	plan(false);
	return true;
}

/* Called by do_exit(): the pid may be another's next. */
void forget_failure(void)
{
	if (unlikely(failure_planned) && current->pid == victim)
		plan(false);
}

/*
 * fail_alloc(n) (516): the n-th allocation by the calling process from now on fails; 0: none does. How many were counted for the plan before,
 * whoever's it was: n of it if it came to the failure. -EPERM: not the superuser.
 */
asmlinkage int sys_fail_alloc(u32 n)
{
	int before = counted;

	if (!suser())
		return -EPERM;
	victim = current->pid;
	failing = n;
	counted = 0;
	plan(n > 0);
	return before;
}
