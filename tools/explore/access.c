/* Accesses of programs and tracers, and what the model says of them. */
#include <abi/errno.h>
#include <abi/mman.h>
#include <abi/signal.h>
#include "world.h"

static bool is_used(u8 value)
{
	for (u32 p = 0; p < PROCESSES; p++)
		for (u32 page = 0; state.alive[p] && page < PAGES; page++)
			if (state.value[p][page] == value)
				return true;
	for (u32 page = 0; page < config->pages; page++)
		if (config->has_file && file_value(page) == value)
			return true;
	return false;
}

/* Returns a value that no page has, nor will have by the other act. */
u8 new_value(void)
{
	static u8 chosen;
	u8 value = 1;

	while (is_used(value) || (this_side() && value == chosen))
		value++;
	if (!this_side())
		chosen = value;
	return value;
}

/* A call may fail only if memory was refused or a transfer failed. */
static bool may_fail(int result)
{
	return has_failed && (result == -ENOMEM || result == -EIO ||
			      result == SIGBUS);
}

enum outcome failed_call(int result)
{
	rule(may_fail(result), "a call fails (%d)", result);
	return result == -EIO ? IO_ERROR : NO_MEMORY;
}

/* Returns true if there is no such page of the file any more. */
static bool is_beyond_end(const struct act *act)
{
	u8 kind = state.kind[act->who][act->page];

	return (kind == SHARED_PAGE || kind == PRIVATE_PAGE) &&
	       act->page >= state.file.pages;
}

/* A page was written: it may have become the writer's own. */
static void note_write(const struct act *act, u8 value)
{
	u8 *kind = &state.kind[act->who][act->page];

	if (*kind == PRIVATE_PAGE)
		*kind = OWN_COPY;
	if (*kind != SHARED_PAGE)
		*value_of(act) = value;
}

/*
 * Returns true while a tracer has opened this page, and sleeps. Meanwhile the
 * program can read the page, whatever its protection says.
 */
static bool is_open(const struct act *act)
{
	const struct act *other = sleeping_act();

	return other && OP(other->op) & (OP(PEEK) | OP(POKE)) &&
	       other->who == act->who && other->page == act->page;
}

static enum outcome access_page_of(const struct act *act, bool stale, u32 need)
{
	bool write = need & VM_WRITE;
	u8 value = new_value(), protection;
	int failed = touch(act->page, write, stale, &value);

	/* only now: another thread may have come first */
	protection = *protection_of(act);
	if (protection == UNMAPPED || !(protection & need)) {
		if (!failed && !write && is_open(act))
			return DONE;
		rule(failed == SIGSEGV, "an access must be refused");
		return REFUSED;
	}
	if (is_beyond_end(act)) {
		rule(failed == SIGBUS, "an access beyond the end of the file");
		return REFUSED;
	}
	if (failed) {
		rule(may_fail(failed), "an access must be allowed");
		return IO_ERROR;
	}
	if (write)
		note_write(act, value);
	rule(value == expected_value(act->who, act->page),
	     "a read finds another value");
	return DONE;
}

enum outcome read_page(const struct act *act)
{
	return access_page_of(act, false, VM_READ);
}

enum outcome write_page(const struct act *act)
{
	return access_page_of(act, act->op == WRITE_STALE, VM_WRITE);
}

/* A tracer reads or writes whatever is mapped. */
enum outcome trace(const struct act *act)
{
	bool write = act->op == POKE;
	u8 value = new_value();
	struct mm *mm = state.mm[act->who], *own = borrow_mm(mm);
	int result;

	result = access_memory(address_of(act->page), &value, 1, write, true);
	check_tlb();
	return_mm(own);
	if (state.mm[act->who] != mm)
		return REFUSED;		/* it has ended meanwhile */
	if (*protection_of(act) == UNMAPPED) {
		rule(result == -EFAULT, "a tracer must be refused");
		return REFUSED;
	}
	if (!write && *protection_of(act) == PROT_NONE && result == -EFAULT)
		return REFUSED;
	if (is_beyond_end(act) && result == -EIO)
		return REFUSED;
	if (write && result == -EFAULT &&
	    state.kind[act->who][act->page] == SHARED_PAGE &&
	    !(*protection_of(act) & PROT_WRITE))
		return REFUSED;
	if (result != 1)
		return failed_call(result);
	if (write)
		note_write(act, value);
	rule(value == expected_value(act->who, act->page),
	     "a tracer finds another value");
	return DONE;
}
