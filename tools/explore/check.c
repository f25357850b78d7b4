/*
 * The rules. What is counted is counted here a second time, from nothing but
 * the page tables, and what is in a page is compared with the model. Each rule
 * has a sentence of its own, which the explorer prints when it is broken.
 */
#include "world.h"

static u32 references[FRAMES];	/* found to each frame */
static u32 slot_references[SWAP_BATCH];
static u32 free_frames, of_file;	/* areas of the file */

/* An entry of a page table, which is not 0, and whose it is. */
struct found {
	u32 who, page;
	pte_t entry;
	bool is_first;	/* its table was not visited before */
};

/* What a page has at its ends is its value. */
static void check_value(u32 frame, u8 value)
{
	const u32 *words = __va(frame);

	rule(words[0] == value && words[LAST_WORD] == value,
	     "a page holds another value");
}

/* The protection bits of a page that is in memory. */
static void check_bits(pte_t entry, u8 protection)
{
	bool writable = protection & VM_WRITE;

	rule(!(entry & PTE_W) || writable, "an entry may write, its area not");
	rule(!(entry & PTE_W) || page_of(PTE_FRAME(entry))->count == 1,
	     "a shared page may be written");
	rule(!(entry & PTE_W) || !(entry & PAGE_COW),
	     "an entry is writable and PAGE_COW");
	rule(!(entry & PAGE_COW) || writable,
	     "PAGE_COW where nobody may write");
	rule(!writable || entry & (PTE_W | PAGE_COW),
	     "an entry of a writable area is neither writable nor PAGE_COW");
	rule(!!(entry & PTE_P) == (protection != 0) &&
		     !!(entry & PAGE_NONE) == (protection == 0),
	     "presence does not fit the protection");
}

/* A page of the file that is mapped shared. */
static void check_shared(const struct found *at)
{
	u8 protection = state.protection[at->who][at->page];

	rule(!(at->entry & PTE_W) || protection & VM_WRITE,
	     "an entry may write, its area not");
	rule(!(at->entry & PTE_W) || state.file.is_dirty[at->page],
	     "a page may be written, and the file does not know");
	rule(!(at->entry & PAGE_COW), "PAGE_COW on a page that is shared");
	rule(!!(at->entry & PTE_P) == (protection != 0),
	     "presence does not fit the protection");
	rule(PTE_FRAME(at->entry) == state.file.frame[at->page],
	     "a shared page is not the file's");
}

static void check_mapped(const struct found *at)
{
	u32 frame = PTE_FRAME(at->entry);

	if (frame >> PAGE_SHIFT >= FRAMES || !page_of(frame)->count) {
		broken("an entry maps a frame that is free, or none");
		return;
	}
	if (at->is_first)
		references[frame >> PAGE_SHIFT]++;
	if (state.kind[at->who][at->page] == SHARED_PAGE)
		check_shared(at);
	else
		check_bits(at->entry, state.protection[at->who][at->page]);
	check_value(frame, expected_value(at->who, at->page));
}

static void check_swapped(const struct found *at)
{
	const struct slot *slot = slot_of(at->entry);
	u8 value = state.value[at->who][at->page];
	u32 number;

	if (!slot) {
		broken("an entry is for no slot of swap");
		return;
	}
	number = slot_number(at->entry);
	if (at->is_first)
		slot_references[number]++;
	if (slot->frame)
		check_value(PTE_FRAME(slot->frame), value);
	else
		rule(state.disk[number] == value,
		     "a page in swap holds another value");
}

/* An entry: it is for a page of an area. Returns false if it is not. */
static bool check_entry(const struct found *at)
{
	if (at->page >= config->pages ||
	    state.protection[at->who][at->page] == UNMAPPED) {
		broken("an entry outside of all areas");
		return false;
	}
	if (is_swapped(at->entry))
		check_swapped(at);
	else
		check_mapped(at);
	return true;
}

static void check_directory_entry(const struct mm *mm, pte_t pde)
{
	u32 frame = pde >> PAGE_SHIFT;

	rule(frame < FRAMES && pde & PTE_U && state.map[frame].count,
	     "a directory entry is for no table");
	if (pde & PAGE_COW)
		rule(!(pde & PTE_W) && mm->shares_tables,
		     "a lent table may be written");
	else
		rule(pde & PTE_W && state.map[frame].count == 1,
		     "a table is shared, but not lent");
}

/* A table: visits its entries, and counts those in memory and in swap. */
static void check_table(u32 who, u32 index, u32 *resident, u32 *swapped)
{
	pte_t pde = state.mm[who]->pgdir[index];
	bool is_first = references[pde >> PAGE_SHIFT]++ == 0;

	for (u32 i = 0; i < PTES_PER_TABLE; i++) {
		pte_t entry = table_of(pde)[i];
		u32 addr = index << PGDIR_SHIFT | i << PAGE_SHIFT;
		struct found at = { who, (addr - address_of(0)) >> PAGE_SHIFT,
				    entry, is_first };

		if (i == PAGES)		/* all between is empty */
			i = PTES_PER_TABLE - PAGES - 1;
		if (!entry)
			continue;
		*(is_swapped(entry) ? swapped : resident) += 1;
		if (!check_entry(&at))
			return;
	}
}

static void check_tables(u32 who)
{
	struct mm *mm = state.mm[who];
	u32 resident = 0, swapped = 0;

	references[__pa(mm->pgdir) >> PAGE_SHIFT]++;
	for (u32 i = FIRST_PDE; i < FIRST_PDE + TABLES; i++) {
		if (!(mm->pgdir[i] & PTE_P)) {
			rule(!mm->pgdir[i], "an odd directory entry");
			continue;
		}
		check_directory_entry(mm, mm->pgdir[i]);
		if (is_broken())
			return;
		check_table(who, i, &resident, &swapped);
	}
	rule(resident == mm->nr_resident, "nr_resident is wrong");
	rule(swapped == mm->nr_swapped, "nr_swapped is wrong");
}

/* A page that is nowhere was never written. */
static void check_missing(u32 who)
{
	for (u32 page = 0; page < config->pages; page++) {
		const pte_t *entry = entry_of(state.mm[who], page);

		rule((entry && *entry) || !state.value[who][page],
		     "a page is lost");
		rule(state.kind[who][page] != OWN_COPY || (entry && *entry),
		     "a copy of the file's page is lost");
	}
}

/* The areas are what the calls have asked for. Returns how many there are. */
static u32 check_areas(u32 who)
{
	struct mm *mm = state.mm[who];
	bool found_last = !mm->last_area;
	u8 protection[PAGES];
	u32 n = 0;

	memset(protection, UNMAPPED, PAGES);
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		n++;
		of_file += area->ops != NULL;
		found_last |= area == mm->last_area;
		for (u32 page = 0; page < config->pages; page++)
			if (address_of(page) >= area->start &&
			    address_of(page) < area->end)
				protection[page] = area->flags & VM_PROT;
		rule(area->start >= address_of(0) &&
			     area->end <= address_of(config->pages),
		     "an area is too large");
	}
	rule(found_last, "last_area is no area");
	rule(memcmp(protection, state.protection[who], PAGES) == 0,
	     "areas are not what was asked for");
	return n;
}

static void check_slot(pte_t entry, const struct slot *slot)
{
	u32 number = slot_number(entry);

	rule(slot->count == slot_references[number], "a slot's count is wrong");
	rule(!(slot->frame & SLOT_BUSY), "a transfer does not end");
	rule(!state.is_bad[number] || slot->count,
	     "a slot that could not be written is free again");
	if (!slot->frame)
		return;
	references[slot->frame >> PAGE_SHIFT]++;
	rule(slot->count, "a slot of nobody's is in the swap cache");
	rule(slot_of_frame(PTE_FRAME(slot->frame)) == entry,
	     "a frame of the swap cache is not found");
	if (!(slot->frame & SLOT_FAILED))
		check_value(PTE_FRAME(slot->frame), state.disk[number]);
}

static void visit_free(u32 frame)
{
	free_frames++;
	rule(!state.map[frame].count && !references[frame],
	     "a free frame is in use");
}

/* A page of the cache that is not dirty is as on disk. */
static void check_cache(void)
{
	for (u32 page = 0; page < config->pages; page++) {
		u32 frame = state.file.frame[page];

		if (!frame)
			continue;
		references[frame >> PAGE_SHIFT]++;
		if (!state.file.is_dirty[page])
			check_value(frame, state.file.disk[page]);
	}
}

/* Each frame has as many references as were found. */
static void check_counts(void)
{
	references[spare_frame >> PAGE_SHIFT]++;
	references[crowd_frame >> PAGE_SHIFT] += config->crowd;
	references[zero_page >> PAGE_SHIFT]++;
	check_cache();
	for (u32 i = 0; i < 2; i++) {
		references[slab_frames[i] >> PAGE_SHIFT]++;
		if (config->swaps)
			references[swap_frames[i] >> PAGE_SHIFT]++;
	}
	for (u32 f = 1; f < FRAMES; f++)
		rule(references[f] == state.map[f].count,
		     references[f] < state.map[f].count
			     ? "a count is too high: a frame is lost"
			     : "a count is too low: a frame in use is freed");
	free_frames = 0;
	for_each_free_frame(visit_free);
	rule(free_frames == nr_free_pages, "nr_free_pages is wrong");
	rule(!*(u32 *)__va(zero_page), "the zero page was written");
}

/* Nothing else is left: no object, no address space. */
static void check_objects(u32 areas)
{
	u32 alive = 0, spaces = 0;

	for (u32 p = 0; p < config->processes; p++)
		alive += state.alive[p];
	list_for_each(node, &all_mms)
		spaces++;
	rule(spaces == alive, "all_mms has another number");
	/* two were taken for good */
	rule(kmalloc_objects == alive + areas + 2, "an object is lost");
}

static bool plan_nothing(u32 event)
{
	(void)event;
	return false;
}

/*
 * The kernel's own audit. It has its counters in the spare frame, since no
 * other may be left dirty. While there is a plan no cleared frame is preferred.
 */
static void check_audit(void)
{
	run_kernel();
	free_page(spare_frame);
	planner = plan_nothing;
	rule(mm_audit() == 0, "the audit complains");
}

/* All that holds whenever no act is in the middle. */
void check_world(bool is_new)
{
	u32 areas = 0;

	memset(references, 0, sizeof(references));
	memset(slot_references, 0, sizeof(slot_references));
	of_file = 0;
	for (u32 p = 0; p < config->processes; p++) {
		const struct mm *mm = state.mm[p];

		if (!state.alive[p] || is_broken())
			continue;
		rule(!(config->ops & OP(BRK)) ||
			     mm->brk == address_of(state.brk[p]),
		     "the heap ends elsewhere");
		rule(mm->users == state.threads[p], "users is wrong");
		rule(!mm->holders && !mm->locker && !mm->building &&
			     list_empty(&mm->unlocked.sleepers),
		     "an act has left something behind");
		check_tables(p);
		check_missing(p);
		areas += check_areas(p);
	}
	if (config->swaps)
		for_each_slot(check_slot);
	check_counts();
	rule(state.file.areas == of_file, "the file has lost count of areas");
	check_objects(areas);
	if (is_new && !is_broken())
		check_audit();
}
