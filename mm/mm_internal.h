/* What the files of mm/ share among themselves. */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include <cowix/mm.h>
#include <cowix/swap.h>

extern pte_t pg0[]; /* head.asm: the first table of the kernel's directory */

static inline struct vm_area *area_at(struct list *node)
{
	return list_entry(node, struct vm_area, link);
}

static inline struct vm_area *area_of_node(struct tree_node *node)
{
	return container_of(node, struct vm_area, node);
}

/* Returns the next higher area, or NULL. */
static inline struct vm_area *area_next(struct mm *mm, struct vm_area *area)
{
	struct list *next = area->link.next;

	return next == &mm->areas ? NULL : area_at(next);
}

/* Goes over the areas of which a part lies in [from, to). */
#define for_each_area(area, mm, from, to) \
	for (struct vm_area *area = area_above(mm, from); \
	     area && area->start < (to); area = area_next(mm, area))

/* Returns how much of an area lies in [start, end), where part of it is. */
static inline u32 bytes_within(const struct vm_area *area, u32 start, u32 end)
{
	return min_u32(end, area->end) - max_u32(start, area->start);
}

/* frames.c */
void add_range(u32 first, u32 end);
void release_frame(u32 frame);
extern int (*reclaim)(void);	/* of reclaim.c */
extern u32 reserved_frames;	/* for the superuser and processes that end */
void reserve_init(void);
bool may_use_reserve(void);
u32 for_each_free_frame(void (*visit)(u32 frame));

/* cleared.c */
bool use_cleared(void);

/* owners.c, recount.c */
extern const char *const owner_names[NR_OWNERS];
extern found_pages *recounts[];
extern u32 nr_recounts;
void recount_owners(found_page *found, u32 held);

/* kernel/debug/audit_areas.c */
const char *broken_areas(const struct mm *mm);

/* uaccess.asm */
int __clear_user(void *to, u32 n);
int __strncpy_from_user(char *to, const char *from, u32 n);
int __strnlen_user(const char *s, u32 n);

/* Page tables: table.c, lazy.c, memory.c */
#define REUSE_PAGES	16u		/* made writable by one fault at most */
#define PRIVATE_BITS	(PTE_P | PTE_U | PTE_A)
#define TABLE_BITS	(PTE_P | PTE_W | PTE_U | PTE_A)

int make_table(pte_t *pde);
pte_t *next_pte(struct mm *mm, u32 *addr, u32 end);
void count_entries(struct mm *mm);
int own_table(struct mm *mm, u32 addr);
bool join_shared_table(struct mm *child, struct mm *parent, u32 addr);
void count_for_sharers(const struct mm *mm, u32 addr, int resident,
		       int swapped);
void share_entries(const struct vm_area *area, pte_t *to, pte_t *from,
		   u32 count);
int copy_entries(struct mm *child, struct mm *parent,
		 const struct vm_area *area, u32 addr, u32 next);

/* Returns the page table that a directory entry refers to. */
static inline pte_t *table_of(pte_t pde)
{
	return __va(PTE_FRAME(pde));
}

/* Returns the end of the part of [addr, end) that one page table covers. */
static inline u32 table_end(u32 addr, u32 end)
{
	u32 next = (addr & ~(LARGE_PAGE_SIZE - 1)) + LARGE_PAGE_SIZE;

	return next - 1 < end - 1 ? next : end;
}

/*
 * Goes over [start, end) by page tables, whether they exist or not. One of them
 * covers [addr, next).
 */
#define for_each_table(addr, next, start, end) \
	for (u32 addr = (start), next = table_end(addr, end); addr < (end); \
	     addr = next, next = table_end(addr, end))

/* Goes over the numbers of the directory entries for [start, end). */
#define for_each_pde(i, start, end) \
	for (u32 i = PGDIR_INDEX(start); i <= PGDIR_INDEX((end) - 1); i++)

/*
 * Goes over those addresses of [start, end) that have a page table; entry is
 * the entry of addr.
 */
#define for_each_pte(mm, addr, entry, start, end) \
	for (u32 addr = (start); \
	     (entry = next_pte(mm, &addr, end)) != NULL; addr += PAGE_SIZE)

/*
 * Returns the entry for addr, in a table that may be changed; the table is made
 * if it is missing. NULL: no memory.
 */
static inline pte_t *get_pte(struct mm *mm, u32 addr)
{
	const pte_t *pde = &mm->pgdir[PGDIR_INDEX(addr)];
	bool own = (*pde & (PTE_P | PAGE_COW)) == PTE_P;

	if (unlikely(!own) && own_table(mm, addr) < 0)
		return NULL;
	return &table_of(*pde)[PGTBL_INDEX(addr)];
}

static inline void flush_page(u32 addr)
{
	invlpg(addr);
}

static inline void flush_address_space(void)
{
	write_cr3(read_cr3());
}

/* swap_area.c, swap.c */
struct slot {
	u32 count;	/* page-table entries that refer to it */
	u32 frame;	/* 0: the page is not in memory; and flags */
};

#define SLOT_BUSY	1	/* being transferred */
#define SLOT_FAILED	2	/* could not be written: it is the only copy */

struct slot *slot_of(pte_t entry);
pte_t slot_of_frame(u32 frame);
pte_t swap_slot_for(u32 frame, bool *new);
void swap_settle(pte_t entry, u32 frame);
void swap_drop(pte_t entry);
void swap_write(const pte_t *entries, u32 n);
int swap_fetch(pte_t entry);
int shrink_swap_cache(void);
bool swap_stopping(int number);
bool resume_swap(void);
int swap_retire(int number);
bool swap_is_used(int number);
int swap_await_release(void);
int swap_end(int number, int error);
u32 slot_number(pte_t entry);
void recount_swap(found_page *found);
u32 for_each_slot(void (*visit)(pte_t entry, const struct slot *slot));

/* swap_entry.c */
struct place {				/* in the memory of all programs */
	int pid;
	u32 addr;
};

extern u32 entry_changes;	/* made by others than the program itself */
struct task_struct *task_at(struct place *at);
bool place_next(struct place *at, const struct task_struct *task);
void change_counts(struct mm *mm, u32 addr, int resident, int swapped);
bool swap_out_entry(struct mm *mm, u32 addr, pte_t *entry, bool *new);

/* reclaim.c */
void page_out(struct mm *mm, u32 start, u32 end);

/* pages.c: a page that a fault found missing, or not writable */
int map_zero_page(struct mm *mm, const struct vm_area *area, u32 addr);
int map_fresh_page(struct mm *mm, u32 addr);
int map_shared_page(struct mm *mm, struct vm_area *area, u32 addr, u32 write);
int map_cached_page(struct mm *mm, struct vm_area *area, u32 addr);
int map_copied_page(struct mm *mm, struct vm_area *area, u32 addr);
int make_page_writable(struct mm *mm, struct vm_area *area, u32 addr);

/* Returns the bits of a private page that others may share. */
static inline pte_t shared_bits(const struct vm_area *area)
{
	return PRIVATE_BITS | (area->flags & VM_WRITE ? PAGE_COW : 0);
}

/* Returns how many bytes of the page at addr come from the area's object. */
static inline u32 file_bytes(const struct vm_area *area, u32 addr)
{
	addr = PAGE_ROUND_DOWN(addr);
	if (!area->ops || addr >= area->file_end)
		return 0;
	return min_u32(area->file_end - addr, PAGE_SIZE);
}

/* Returns where in the area's object the page at addr lies. */
static inline u32 object_offset(const struct vm_area *area, u32 addr)
{
	return PAGE_ROUND_DOWN(addr) - area->start + area->offset;
}

/* fault.c */
int fault_in(u32 addr, bool write);

/* mlock.c */
void populate_new(struct mm *mm, u32 start, u32 length);
void populate_grown(struct mm *mm, u32 start, u32 end);

/* mapping.c */
int range_end(u32 addr, u32 length, u32 *end);
bool promises_too_much(u32 area_flags, u32 bytes);
int place_area(struct mm *mm, struct vm_area *area, u32 addr, u32 length,
	       u32 flags);

/* area_tree.c */
u32 room_below(const struct mm *mm, struct list *prev);
u32 room_above(struct mm *mm, struct list *next);
u32 free_above(const struct vm_area *area);
u32 gap_below(const struct mm *mm, const struct vm_area *area);
void tree_add_area(struct mm *mm, struct vm_area *area);
void tree_remove_area(struct mm *mm, struct vm_area *area);
void gap_changed(struct mm *mm, struct list *node);

/* area.c */
void area_free(struct mm *mm, struct vm_area *area);
void area_drop(struct vm_area *area);
void enter_area(struct mm *mm, struct vm_area *area);
struct vm_area *area_dup(const struct vm_area *area);
struct vm_area *area_new(const struct mm *mm, const struct vm_area *area);
void area_add(struct mm *mm, struct vm_area *area, struct list *behind);
u32 covered_end(struct mm *mm, u32 start, u32 end);
int split_at(struct mm *mm, u32 addr);
int split_edges(struct mm *mm, u32 start, u32 end);
u32 locked_bytes(struct mm *mm, u32 start, u32 end);
int check_lock_limit(const struct mm *mm, u32 bytes);
bool may_lock(const struct mm *mm, u32 flags, u32 bytes);
bool may_grow(const struct mm *mm, u32 flags, u32 bytes);
bool may_hold_data(const struct mm *mm, u32 bytes);
bool is_data(u32 flags);
struct vm_area *find_stack_above(struct mm *mm, u32 addr);

#endif
