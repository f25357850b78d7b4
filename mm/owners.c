/*
 * Owners of page frames. Each frame that is not free has an owner
 * (abi/audit.h), noted when it is taken. A subsystem that holds frames of its
 * own registers a function that names each of them; the audit compares both.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "mm_internal.h"

#define RECOUNTS_MAX	16u

const char *const owner_names[NR_OWNERS] = OWNER_NAMES;
found_pages *recounts[RECOUNTS_MAX];
u32 nr_recounts;

/* Called by each subsystem when it is set up. recount must not sleep. */
void register_owner(found_pages *recount)
{
	if (nr_recounts == RECOUNTS_MAX)
		panic("register_owner: there are %u already", nr_recounts);
	recounts[nr_recounts++] = recount;
}
