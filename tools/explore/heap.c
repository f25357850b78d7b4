/* Memory that grows and shrinks: brk(), and mremap() to another size. */
#include <abi/errno.h>
#include <cowix/syscalls.h>
#include "world.h"

static void set_page(const struct act *act, u32 page, u8 protection)
{
	state.protection[act->who][page] = protection;
	state.value[act->who][page] = 0;
	state.kind[act->who][page] = ANONYMOUS_PAGE;
}

/* Returns true if no page from..to - 1 is mapped. */
static bool is_free(const struct act *act, u32 from, u32 to)
{
	for (; from < to; from++)
		if (state.protection[act->who][from] != UNMAPPED)
			return false;
	return true;
}

/* The heap ends where page act->page begins. It grows only into free room. */
enum outcome move_brk(const struct act *act)
{
	u32 old = state.brk[act->who], new = act->page;
	bool is_refused = !is_free(act, old, new);
	u32 result = sys_brk(address_of(new));

	if (result != address_of(new)) {
		rule(result == address_of(old), "brk() returns nonsense");
		rule(is_refused || has_failed, "brk() fails");
		return is_refused ? REFUSED : NO_MEMORY;
	}
	rule(!is_refused, "the heap grows over other memory");
	for (; old < new; old++)
		set_page(act, old, VM_READ | VM_WRITE);
	for (; old > new; old--)
		set_page(act, old - 1, UNMAPPED);
	state.brk[act->who] = new;
	return DONE;
}

/* By a page, where it is. */
enum outcome grow_mapping(const struct act *act)
{
	u32 next = act->page + 1, addr = address_of(act->page);
	bool is_refused = !is_free(act, next, next + 1);
	int result = sys_mremap(addr, PAGE_SIZE, 2 * PAGE_SIZE, 0, 0);

	if (result == -ENOMEM && is_refused)
		return REFUSED;
	if (result != (int)addr)
		return failed_call(result);
	rule(!is_refused, "a mapping grows over other memory");
	set_page(act, next, *protection_of(act));
	return DONE;
}

enum outcome shrink_mapping(const struct act *act)
{
	u32 addr = address_of(act->page);
	int result = sys_mremap(addr, 2 * PAGE_SIZE, PAGE_SIZE, 0, 0);

	if (result != (int)addr)
		return failed_call(result);
	set_page(act, act->page + 1, UNMAPPED);
	return DONE;
}
