/*
 * What can happen in the worlds of mm/, and what the model says of it. The
 * model knows of each page what may be done with it, and what is in it. It
 * knows nothing of frames, tables, forks of different kinds or swap: that
 * programs cannot see any of it is what is to be shown.
 */
#include <abi/errno.h>
#include <abi/mman.h>
#include <abi/signal.h>
#include <cowix/syscalls.h>
#include "world.h"

/* What the model says of a range when a call has succeeded. */
static void set_protection(const struct act *act, u8 protection)
{
	for (u32 page = act->page; page <= act->page + act->other; page++)
		state.protection[act->who][page] = protection;
}

/* Pages that were given up are as at first, or as the file has them. */
static void set_empty(const struct act *act)
{
	for (u32 page = act->page; page <= act->page + act->other; page++) {
		state.value[act->who][page] = 0;
		if (state.kind[act->who][page] == OWN_COPY)
			state.kind[act->who][page] = PRIVATE_PAGE;
	}
}

/* Pages that were unmapped, or mapped anew. */
static void set_anonymous(const struct act *act, u8 protection)
{
	set_protection(act, protection);
	set_empty(act);
	memset(&state.kind[act->who][act->page], ANONYMOUS_PAGE,
	       act->other + 1);
}

/* Returns how many pages from the beginning of a range on are mapped. */
static u32 mapped_pages(const struct act *act)
{
	u32 n = 0;

	while (n <= act->other &&
	       state.protection[act->who][act->page + n] != UNMAPPED)
		n++;
	return n;
}

/* A call fails rightly if another thread has unmapped part of its range. */
static bool has_gap(const struct act *act, int result)
{
	return result == -ENOMEM && mapped_pages(act) <= act->other;
}

static u32 length_of(const struct act *act)
{
	return (act->other + 1) * PAGE_SIZE;
}

static enum outcome protect(const struct act *act)
{
	static const u32 prots[] = { PROT_READ, PROT_READ | PROT_WRITE,
				     PROT_NONE };
	u32 prot = prots[act->op - PROTECT_READ];
	int result = sys_mprotect(address_of(act->page), length_of(act), prot);

	if (has_gap(act, result)) {
		for (u32 n = mapped_pages(act); n-- > 0;)
			state.protection[act->who][act->page + n] = prot;
		return REFUSED;
	}
	if (result)
		return failed_call(result);
	set_protection(act, prot);
	return DONE;
}

static enum outcome unmap(const struct act *act)
{
	int result = sys_munmap(address_of(act->page), length_of(act));

	if (result)
		return failed_call(result);
	set_anonymous(act, UNMAPPED);
	return DONE;
}

static enum outcome map(const struct act *act)
{
	struct vm_area area = { .flags = VM_READ | VM_WRITE };
	int result;

	mm_lock(current->mm);		/* as fs/filemap.c has it */
	result = do_mmap(&area, address_of(act->page), length_of(act),
			 MAP_FIXED);
	mm_unlock(current->mm);
	if (result != (int)address_of(act->page))
		return failed_call(result);
	set_anonymous(act, VM_READ | VM_WRITE);
	return DONE;
}

/* Without memory, madvise() may have done a part: the first areas' pages. */
static enum outcome dropped_in_part(const struct act *act, int result)
{
	for (u32 page = act->page; page <= act->page + act->other; page++) {
		const pte_t *entry = entry_of(current->mm, page);

		if (entry && *entry)
			break;
		set_empty(&(struct act){ .who = act->who, .page = page });
	}
	return failed_call(result);
}

static enum outcome drop(const struct act *act)
{
	int result = sys_madvise(address_of(act->page), length_of(act),
				 MADV_DONTNEED);

	if (result && !has_gap(act, result))
		return dropped_in_part(act, result);
	set_empty(act);
	return result ? REFUSED : DONE;
}

static enum outcome move(const struct act *act)
{
	u32 to = address_of(act->other);
	int result = sys_mremap(address_of(act->page), PAGE_SIZE, PAGE_SIZE,
				MREMAP_MAYMOVE | MREMAP_FIXED, to);

	if (result == -EFAULT && *protection_of(act) == UNMAPPED)
		return REFUSED;
	if (result != (int)to)
		return failed_call(result);
	state.protection[act->who][act->other] = *protection_of(act);
	state.value[act->who][act->other] = *value_of(act);
	state.kind[act->who][act->other] = state.kind[act->who][act->page];
	state.kind[act->who][act->page] = ANONYMOUS_PAGE;
	*protection_of(act) = UNMAPPED;
	*value_of(act) = 0;
	return DONE;
}

static enum outcome page_out_now(const struct act *act)
{
	int result = sys_madvise(address_of(act->page), PAGE_SIZE,
				 MADV_PAGEOUT);

	if (has_gap(act, result))
		return REFUSED;
	rule(!result, "a page is not given up (%d)", result);
	return DONE;
}

/* What reclaim does for one who finds no frame: it takes no lock. */
static enum outcome evict(const struct act *act)
{
	u32 addr = address_of(act->page);

	page_out(state.mm[act->who], addr, addr + PAGE_SIZE);
	return DONE;
}

/* What swapoff does with each page: it takes no lock either. */
static enum outcome bring_back(const struct act *act)
{
	struct mm *mm = state.mm[act->who];
	int result;

	mm->users++;
	result = do_swap_page(mm, address_of(act->page));
	mm_release(mm);
	return result && result != -EAGAIN ? failed_call(result) : DONE;
}

static enum outcome (*const operations[NR_OPS])(const struct act *act) = {
	[READ_PAGE] = read_page,    [WRITE_PAGE] = write_page,
	[WRITE_STALE] = write_page, [PROTECT_READ] = protect,
	[PROTECT_WRITE] = protect,  [PROTECT_NONE] = protect,
	[UNMAP] = unmap,	    [MAP] = map,
	[DROP] = drop,		    [MOVE] = move,
	[PAGE_OUT] = page_out_now,  [PEEK] = trace,
	[POKE] = trace,		    [FORK_OLD] = fork_process,
	[FORK_COW] = fork_process,  [FORK_LAZY] = fork_process,
	[EXIT] = end_process,	    [EVICT] = evict,
	[BRING_BACK] = bring_back,
	[FILE_PRIVATE] = map_file,  [FILE_SHARED] = map_file,
	[CUT_FILE] = change_file,   [GROW_FILE] = change_file,
	[PUNCH_FILE] = change_file, [WRITE_FILE] = change_file,
	[FORGET_FILE] = change_file,
	[BRK] = move_brk,	    [GROW_MAPPING] = grow_mapping,
	[SHRINK_MAPPING] = shrink_mapping,
	[CLONE] = clone_thread,	    [EXEC] = exec_program,
};

/* Carries out an act, which is possible. */
void do_act(const struct act *act)
{
	enum outcome outcome;

	if (OP(act->op) & BY_KERNEL)
		run_kernel();
	else
		run_process(act->who);
	fill_tlb();
	outcome = operations[act->op](act);
	if (outcome == DONE && has_failed)
		outcome = NO_MEMORY;	/* and the access was tried again */
	if (outcome == DONE && has_slept)
		outcome = SLEPT;
	seen(act->op * NR_OUTCOMES + outcome);
	fill_tlb();
	check_tlb();
}
