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

const char *const op_names[NR_OPS] = {
	[READ_PAGE] = "reads",
	[WRITE_PAGE] = "writes",
	[WRITE_STALE] = "writes, though the TLB holds it read-only,",
	[PROTECT_READ] = "makes read-only",
	[PROTECT_WRITE] = "makes writable",
	[PROTECT_NONE] = "forbids itself",
	[UNMAP] = "unmaps",
	[MAP] = "maps anew",
	[DROP] = "gives up the contents of",
	[MOVE] = "moves",
	[PAGE_OUT] = "has swapped out",
	[PEEK] = "is traced: read is",
	[POKE] = "is traced: written is",
	[FORK_OLD] = "forks by OLD",
	[FORK_COW] = "forks by COW",
	[FORK_LAZY] = "forks by LAZY",
	[EXIT] = "exits",
	[CLONE] = "gets a second thread",
	[EXEC] = "calls exec",
	[BRING_BACK] = "gets back, by swapoff,",
	[FILE_PRIVATE] = "maps the file, private, as",
	[FILE_SHARED] = "maps the file, shared, as",
	[CUT_FILE] = "cuts the file",
	[GROW_FILE] = "extends the file",
	[PUNCH_FILE] = "makes a hole of the file",
	[WRITE_FILE] = "writes, by write(), into the file's",
	[FORGET_FILE] = "has the cache give up the file's",
	[EVICT] = "is robbed, by one who needs memory, of",
};

static u8 *protection_of(const struct act *act)
{
	return &state.protection[act->who][act->page];
}

static u8 *value_of(const struct act *act)
{
	return &state.value[act->who][act->page];
}

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
 * Returns true while a tracer opens this page in order to write. That sleeps,
 * and meanwhile other threads can read the page whatever its protection says.
 */
static bool is_open(const struct act *act)
{
	const struct act *other = sleeping_act();

	return other && other->op == POKE && other->who == act->who &&
	       other->page == act->page;
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

static enum outcome read_page(const struct act *act)
{
	return access_page_of(act, false, VM_READ);
}

static enum outcome write_page(const struct act *act)
{
	return access_page_of(act, act->op == WRITE_STALE, VM_WRITE);
}

/* What the model says of a range when a call has succeeded. */
static void set_protection(const struct act *act, u8 protection)
{
	for (u32 page = act->page; page <= act->page + act->other; page++)
		state.protection[act->who][page] = protection;
}

/* Pages that were given up are as they were at first, or as the file has them. */
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

enum outcome failed_call(int result)
{
	rule(may_fail(result), "a call fails (%d)", result);
	return result == -EIO ? IO_ERROR : NO_MEMORY;
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

/* A tracer reads or writes whatever is mapped. */
static enum outcome trace(const struct act *act)
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

/* Returns the place of a process that does not exist. */
static u32 free_process(void)
{
	u32 p = 0;

	while (p < config->processes && (state.alive[p] || state.in_making[p]))
		p++;
	return p;
}

/* Returns what a page has in it, wherever it is. */
static u8 contents(const struct mm *mm, u32 page)
{
	const pte_t *entry = entry_of(mm, page);
	const struct slot *slot;

	if (!entry || !*entry)
		return 0;
	if (!is_swapped(*entry))
		return *(u8 *)__va(PTE_FRAME(*entry));
	slot = slot_of(*entry);
	return slot->frame ? *(u8 *)__va(PTE_FRAME(slot->frame))
			   : state.disk[slot_number(*entry)];
}

/*
 * A child has what its parent has. What another thread writes while fork sleeps
 * the child may have or not. Of a page of the file it may have its own copy.
 */
static void inherit_page(u32 child, u32 page, u8 before)
{
	const struct mm *mm = state.mm[child];
	const pte_t *entry = entry_of(mm, page);
	u8 *kind = &state.kind[child][page];

	if (*kind == PRIVATE_PAGE && entry && *entry & PTE_MAPPED &&
	    PTE_FRAME(*entry) != state.file.frame[page]) {
		*kind = OWN_COPY;
		state.value[child][page] = file_value(page);
	}
	if ((*kind == ANONYMOUS_PAGE || *kind == OWN_COPY) &&
	    contents(mm, page) == before)
		state.value[child][page] = before;
}

static void make_process(u32 child, const struct act *act, struct mm *mm,
			 const u8 *before)
{
	state.mm[child] = mm;
	state.alive[child] = true;
	state.threads[child] = 1;
	memcpy(state.protection[child], state.protection[act->who], PAGES);
	memcpy(state.value[child], state.value[act->who], PAGES);
	memcpy(state.kind[child], state.kind[act->who], PAGES);
	for (u32 page = 0; page < config->pages; page++)
		inherit_page(child, page, before[page]);
	link_tasks();
}

static enum outcome fork(const struct act *act)
{
	static int (*const copy[])(struct mm *, struct mm *) = {
		copy_pages_now, copy_page_table, share_page_tables
	};
	u32 child = free_process();
	u8 before[PAGES];
	struct mm *mm;

	state.in_making[child] = true;
	mm_lock(current->mm);		/* as kernel/task/fork.c has it */
	for (u32 page = 0; page < config->pages; page++)
		before[page] = expected_value(act->who, page);
	mm = mm_dup(current->mm, copy[act->op - FORK_OLD]);
	mm_unlock(current->mm);
	state.in_making[child] = false;
	if (!mm) {
		rule(has_failed, "fork fails");
		return NO_MEMORY;
	}
	make_process(child, act, mm, before);
	return DONE;
}

/* A second thread, or the child of vfork(): both share the memory. */
static enum outcome clone(const struct act *act)
{
	state.mm[act->who]->users++;
	state.threads[act->who]++;
	return DONE;
}

/* A thread leaves its address space, and runs in another, or none. */
static void leave_for(const struct act *act, struct mm *to)
{
	struct mm *mm = current->mm;

	current->mm = to;
	use_mm(to);
	if (--state.threads[act->who] == 0) {
		state.alive[act->who] = false;
		state.mm[act->who] = NULL;
		memset(state.protection[act->who], UNMAPPED, PAGES);
		memset(state.value[act->who], 0, PAGES);
		memset(state.kind[act->who], ANONYMOUS_PAGE, PAGES);
	}
	mm_release(mm);
	link_tasks();
}

static enum outcome leave(const struct act *act)
{
	leave_for(act, NULL);
	return DONE;
}

/* Makes the memory of a program with an argument, in page 0. NULL: no memory */
static struct mm *load_program(u8 argument)
{
	struct vm_area area = { .start = address_of(0),
				.end = address_of(config->pages),
				.flags = VM_READ | VM_WRITE };
	struct mm *mm = mm_alloc();
	u32 *words;

	if (!mm)
		return NULL;
	words = map_area(mm, &area) < 0 ? NULL : kpage_zalloc(OWNER_CALL);
	if (words) {
		words[0] = words[LAST_WORD] = argument;
		if (put_page_at(mm, address_of(0), __pa(words),
				PRIVATE_BITS | PTE_W) == 0)
			return mm;
	}
	mm_release(mm);
	return NULL;
}

/*
 * Exec. Of two threads it is the child of vfork() that calls it, and is a
 * process of its own from then on.
 */
static enum outcome exec(const struct act *act)
{
	u32 who = state.threads[act->who] > 1 ? free_process() : act->who;
	u8 argument = new_value();
	struct mm *mm;

	state.in_making[who] = true;
	mm = load_program(argument);
	state.in_making[who] = false;
	if (!mm) {
		rule(has_failed, "exec fails");
		return NO_MEMORY;
	}
	leave_for(act, mm);
	state.mm[who] = mm;
	state.alive[who] = true;
	state.threads[who] = 1;
	memset(state.protection[who], VM_READ | VM_WRITE, config->pages);
	state.value[who][0] = argument;
	link_tasks();
	return DONE;
}

static enum outcome (*const operations[NR_OPS])(const struct act *act) = {
	[READ_PAGE] = read_page,    [WRITE_PAGE] = write_page,
	[WRITE_STALE] = write_page, [PROTECT_READ] = protect,
	[PROTECT_WRITE] = protect,  [PROTECT_NONE] = protect,
	[UNMAP] = unmap,	    [MAP] = map,
	[DROP] = drop,		    [MOVE] = move,
	[PAGE_OUT] = page_out_now,  [PEEK] = trace,
	[POKE] = trace,		    [FORK_OLD] = fork,
	[FORK_COW] = fork,	    [FORK_LAZY] = fork,
	[EXIT] = leave,		    [EVICT] = evict,
	[BRING_BACK] = bring_back,
	[FILE_PRIVATE] = map_file,  [FILE_SHARED] = map_file,
	[CUT_FILE] = change_file,   [GROW_FILE] = change_file,
	[PUNCH_FILE] = change_file, [WRITE_FILE] = change_file,
	[FORGET_FILE] = change_file,
	[CLONE] = clone,	    [EXEC] = exec,
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

/* Returns how many pages an operation can begin at. */
u32 pages_of_op(u32 op)
{
	if (op == CUT_FILE || op == GROW_FILE || op == PUNCH_FILE)
		return 1;
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
	const u32 allocating = access | RANGES | OP(MOVE) | MAKERS;

	switch (outcome) {
	case REFUSED:
		return access;
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
