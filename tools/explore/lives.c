/*
 * Processes are made and end: fork, exec, threads. A second thread also stands
 * for the child of vfork(), which shares the memory until it calls exec.
 */
#include "world.h"

/* Returns the place of a process that does not exist. */
u32 free_process(void)
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
	state.brk[child] = state.brk[act->who];
	for (u32 page = 0; page < config->pages; page++)
		inherit_page(child, page, before[page]);
	link_tasks();
}

enum outcome fork_process(const struct act *act)
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
enum outcome clone_thread(const struct act *act)
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

enum outcome end_process(const struct act *act)
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
enum outcome exec_program(const struct act *act)
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
	state.brk[who] = 0;
	link_tasks();
	return DONE;
}
