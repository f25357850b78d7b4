/*
 * The canonical form of a state: what its future depends on, and nothing else.
 * Two states are one if they differ only in which frames are used, which
 * values were written, which slots of swap, or which process is which. So
 * frames, values and slots are numbered in the order in which they are met,
 * and of all orders of the processes the one with the least form is taken.
 */
#include "world.h"

static unsigned char *form;
static u32 length;
static u8 frame_names[FRAMES], value_names[256], slot_names[SWAP_BATCH];
static u32 names, values;

static void put(u32 byte)
{
	form[length++] = byte;
}

/* Writes a name. Returns true if it is a new one. */
static bool put_name(u8 *name)
{
	bool is_new = !*name;

	if (is_new)
		*name = ++names;
	put(*name);
	return is_new;
}

static void put_value(u32 value)
{
	if (value && !value_names[(u8)value])
		value_names[(u8)value] = ++values;
	put(value ? value_names[(u8)value] : 0);
}

static void put_frame_value(u32 frame)
{
	put_value(*(u32 *)__va(frame));
}

static void put_slot(pte_t entry)
{
	const struct slot *slot = slot_of(entry);
	u32 number = slot_number(entry);

	if (!put_name(&slot_names[number]))
		return;
	put(slot->count);
	put(OFFSET_IN_PAGE(slot->frame));
	put(state.is_bad[number]);
	if (!slot->frame)
		put_value(state.disk[number]);
}

static void put_frame(u32 frame)
{
	pte_t slot;

	if (frame == zero_page) {
		put(0xFF);
		return;
	}
	if (!put_name(&frame_names[frame >> PAGE_SHIFT]))
		return;
	put(page_of(frame)->count);
	slot = slot_of_frame(frame);
	if (slot) {
		put(0xFE);
		put_slot(slot);
	}
	put_frame_value(frame);
}

static void put_bits(pte_t entry)
{
	put((entry & (PTE_P | PTE_W | PTE_U)) |
	    (entry & (PAGE_COW | PAGE_NONE)) >> 4);
}

static void put_entry(pte_t entry)
{
	u32 frame;

	if (!entry) {
		put(0);
		return;
	}
	if (!is_swapped(entry)) {
		put_bits(entry);
		put_frame(PTE_FRAME(entry));
		return;
	}
	put(0xFD);
	put_slot(entry);
	frame = PTE_FRAME(slot_of(entry)->frame);
	if (frame)
		put_frame(frame);
}

static void put_table(const struct mm *mm, u32 index)
{
	pte_t pde = mm->pgdir[index];
	u32 frame = pde >> PAGE_SHIFT;

	put_bits(pde);
	if (!(pde & PTE_P) || !put_name(&frame_names[frame]))
		return;
	put(state.map[frame].count);
	for (u32 page = 0; page < config->pages; page++)
		if (PGDIR_INDEX(address_of(page)) == index)
			put_entry(*entry_of(mm, page));
}

static void put_areas(struct mm *mm)
{
	list_for_each(node, &mm->areas) {
		const struct vm_area *area = area_at(node);

		put(1 + ((area->start - address_of(0)) >> PAGE_SHIFT));
		put(1 + ((area->end - address_of(0)) >> PAGE_SHIFT));
		put(area->flags);
		put(area->ops != NULL);
		put((area->file_end - address_of(0)) >> PAGE_SHIFT);
	}
	put(0);
}

/* Of the TLB only this matters: a page that it may hold read-only is not. */
static void put_tlb(u32 who)
{
	const struct mm *mm = state.mm[who];
	bool is_loaded = loaded_process() == (int)who;

	for (u32 page = 0; page < config->pages; page++) {
		const pte_t *entry = entry_of(mm, page);

		put(is_loaded && entry && *entry & PTE_P &&
		    *entry & directory_entry_of(mm, page) & PTE_W &&
		    may_be_stale(page));
	}
}

static void put_process(u32 who)
{
	struct mm *mm = state.mm[who];

	put(state.alive[who]);
	if (!state.alive[who])
		return;
	put(state.threads[who]);
	put(mm->shares_tables | mm->keeps_back << 1);
	if (config->ops & OP(BRK))
		put(state.brk[who]);
	put_areas(mm);
	for (u32 i = FIRST_PDE; i < FIRST_PDE + TABLES; i++)
		put_table(mm, i);
	put_tlb(who);
}

static void put_file(void)
{
	const struct file_state *file = &state.file;

	put(file->pages);
	for (u32 page = 0; page < config->pages; page++) {
		put(file->is_dirty[page]);
		if (file->frame[page])
			put_frame(file->frame[page]);
		else
			put_value(file->disk[page]);
	}
}

/* Writes the form with the processes in this order. Returns its length. */
static u32 write_form(unsigned char *to, const u8 *order)
{
	form = to;
	length = names = values = 0;
	memset(frame_names, 0, sizeof(frame_names));
	memset(value_names, 0, sizeof(value_names));
	memset(slot_names, 0, sizeof(slot_names));
	for (u32 i = 0; i < config->processes; i++)
		put_process(order[i]);
	if (config->has_file)
		put_file();
	put(nr_free_pages);
	put(nr_free_swap);
	return length;
}

/* Returns true if the living processes come first. */
static bool is_living_first(const u8 *order)
{
	for (u32 i = 1; i < config->processes; i++)
		if (state.alive[order[i]] && !state.alive[order[i - 1]])
			return false;
	return true;
}

unsigned canonical_form(unsigned char *least)
{
	static const u8 orders[][PROCESSES] = {
		{ 0, 1, 2 }, { 1, 0, 2 }, { 0, 2, 1 },
		{ 2, 1, 0 }, { 1, 2, 0 }, { 2, 0, 1 }
	};
	static const u32 nr_orders[] = { 0, 1, 2, 6 };
	static unsigned char other[FORM_MAX];
	u32 size = 0;

	for (u32 i = 0; i < nr_orders[config->processes]; i++) {
		u32 n;

		if (!is_living_first(orders[i]))
			continue;
		n = write_form(other, orders[i]);
		if (size && (n > size ||
			     (n == size && memcmp(other, least, n) >= 0)))
			continue;
		memcpy(least, other, n);
		size = n;
	}
	return size;
}
