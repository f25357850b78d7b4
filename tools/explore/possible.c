/*
 * What can happen in a state, and what must have happened when a world has been
 * searched.
 */
#include "world.h"

/* Returns how many pages an operation can begin at. */
u32 pages_of_op(u32 op)
{
	if (op == CUT_FILE || op == GROW_FILE || op == PUNCH_FILE)
		return 1;
	if (op == BRK)
		return config->pages + 1;
	return op < FORK_OLD || op >= PAGE_OUT ? config->pages : 1;
}

/* Returns how many values act->other can have. */
u32 others_of_op(u32 op)
{
	return op == MOVE || OP(op) & RANGES ? config->pages : 1;
}

static bool can_write_stale(const struct act *act)
{
	const struct mm *mm = state.mm[act->who];
	const pte_t *entry = entry_of(mm, act->page);

	return loaded_process() == (int)act->who && entry &&
	       *entry & PTE_P &&
	       *entry & directory_entry_of(mm, act->page) & PTE_W &&
	       may_be_stale(act->page);
}

/* Returns true if a range is as an operation needs it. */
static bool range_fits(const struct act *act)
{
	u32 mapped = 0;

	if (act->page + act->other >= config->pages)
		return false;
	for (u32 page = act->page; page <= act->page + act->other; page++)
		mapped += state.protection[act->who][page] != UNMAPPED;
	if (act->op == MAP || act->op >= FILE_PRIVATE)
		return true;
	return act->op == UNMAP ? mapped : mapped == act->other + 1;
}

/* Returns true if an act changes something or shows something. */
bool is_possible(const struct act *act)
{
	if (OP(act->op) & FILE_OPS)
		return can_change_file(act);
	if (!state.alive[act->who])
		return false;
	if (OP(act->op) & RANGES)
		return range_fits(act);
	switch (act->op) {
	case WRITE_STALE:
		return can_write_stale(act);
	case MOVE:
		return act->other != act->page &&
		       *protection_of(act) != UNMAPPED &&
		       state.protection[act->who][act->other] == UNMAPPED;
	case PAGE_OUT:
	case EVICT:
	case BRING_BACK:
		return *protection_of(act) != UNMAPPED;
	case FORK_OLD:
	case FORK_COW:
	case FORK_LAZY:
		return free_process() < config->processes;
	case BRK:
		return act->page != state.brk[act->who];
	case GROW_MAPPING:
	case SHRINK_MAPPING:
		return act->page + 1 < config->pages &&
		       *protection_of(act) != UNMAPPED;
	case CLONE:
		return state.threads[act->who] == 1;
	case EXEC:
		return state.threads[act->who] == 1 ||
		       free_process() < config->processes;
	}
	return true;
}

static u32 free_processes(void)
{
	u32 n = 0;

	for (u32 p = 0; p < config->processes; p++)
		n += !state.alive[p];
	return n;
}

/*
 * Returns true if one act can happen while the other sleeps. A process does one
 * thing at a time, but others may need its memory.
 */
bool are_possible(const struct act *act, const struct act *meanwhile)
{
	if (!(config->meanwhile & OP(meanwhile->op)) || !is_possible(meanwhile))
		return false;
	if (act->who == meanwhile->who && state.threads[act->who] == 1 &&
	    !((OP(act->op) | OP(meanwhile->op)) & BY_KERNEL))
		return false;
	return !(OP(act->op) & MAKERS) || !(OP(meanwhile->op) & MAKERS) ||
	       free_processes() > 1;
}

/* Returns the operations that must have an outcome, in a large world. */
static u32 ops_with(u32 outcome)
{
	const u32 access = OP(READ_PAGE) | OP(WRITE_PAGE) | OP(PEEK) | OP(POKE);
	const u32 allocating = access | RANGES | OP(MOVE) | MAKERS |
			       OP(BRK) | OP(SHRINK_MAPPING);

	switch (outcome) {
	case REFUSED:
		return access | OP(BRK) | OP(GROW_MAPPING);
	case NO_MEMORY:
		return config->fails ? allocating : 0;
	case IO_ERROR:
		return config->swaps ? access | OP(BRING_BACK) : 0;
	case SLEPT:
		return config->meanwhile ? allocating : 0;
	}
	return ALL_OPS;
}

/* Returns the operations that never can happen in this world. */
static u32 impossible_ops(void)
{
	bool have_neighbours = config->pages > 1 &&
			       (config->lower > 1 || config->pages > 2);

	return (config->pages > 1 ? 0 : OP(MOVE)) |
	       (have_neighbours ? 0 : OP(WRITE_STALE));
}

/* Returns true if an operation must end so at least once. */
bool must_occur(u32 op, u32 outcome)
{
	u32 ops = (config->ops | config->meanwhile) & ~impossible_ops();

	return ops & ops_with(outcome) & OP(op);
}
