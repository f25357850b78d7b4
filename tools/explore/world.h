/* The worlds of mm/: what their files share. See docs/explore.md. */
#ifndef WORLD_H
#define WORLD_H

#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/plan.h>
#include "mm/mm_internal.h"
#include "search.h"

#define FRAMES		40u	/* of the machine; frame 0 is never used */
#define PROCESSES	3u	/* at most */
#define PAGES		3u	/* of each process, at most */
#define TABLES		2u	/* page tables that they may lie in */
#define FIRST_PDE	1u	/* the first table's entry in the directory */
#define LAST_WORD	(PAGE_SIZE / sizeof(u32) - 1)

#define UNMAPPED	0xFF	/* as a page's protection */

/* Another address space than the programs': the kernel's own, at start. */
#define NOBODY		(-1)

/* What can happen, by whom, where. Ranges go from page to page + other. */
enum op {
	READ_PAGE, WRITE_PAGE, WRITE_STALE,
	PROTECT_READ, PROTECT_WRITE, PROTECT_NONE,
	UNMAP, MAP, DROP, MOVE, PEEK, POKE,
	FORK_OLD, FORK_COW, FORK_LAZY, EXIT,
	/* with threads */
	CLONE, EXEC,
	/* with swap: by itself; by one who needs memory; by swapoff */
	PAGE_OUT, EVICT, BRING_BACK,
	/* with a file */
	FILE_PRIVATE, FILE_SHARED,
	CUT_FILE, GROW_FILE, PUNCH_FILE, WRITE_FILE, FORGET_FILE,
	/* with a heap */
	BRK, GROW_MAPPING, SHRINK_MAPPING,
	NR_OPS
};

#define OP(op)		(1u << (op))
#define ALL_OPS		(OP(NR_OPS) - 1)
#define RANGES		(OP(PROTECT_READ) | OP(PROTECT_WRITE) | \
			 OP(PROTECT_NONE) | OP(UNMAP) | OP(MAP) | OP(DROP) | \
			 OP(FILE_PRIVATE) | OP(FILE_SHARED))
/* to the file as a whole, or to a page of it */
#define FILE_OPS	(OP(CUT_FILE) | OP(GROW_FILE) | OP(PUNCH_FILE) | \
			 OP(WRITE_FILE) | OP(FORGET_FILE))
#define BY_KERNEL	(OP(PEEK) | OP(POKE) | OP(EVICT) | OP(BRING_BACK) | \
			 FILE_OPS)
/* what may need the place of a process that does not exist */
#define MAKERS		(OP(FORK_OLD) | OP(FORK_COW) | OP(FORK_LAZY) | OP(EXEC))

struct act {
	u32 op, who, page, other;
};

/* How an act ends, for the table of what has occurred. */
enum outcome { DONE, REFUSED, NO_MEMORY, IO_ERROR, SLEPT, NR_OUTCOMES };

/* What a world is made of. */
struct mm_config {
	u32 processes, pages;
	u32 lower;	/* pages in the lower table; the others lie behind */
	u32 ops;	/* OP() of what can happen */
	bool have_two_threads;	/* at first: the first process */
	bool fails;	/* each allocation may fail, each transfer */
	u32 meanwhile;	/* what others do while one of them sleeps */
	bool twice;	/* and again, before it goes on */
	bool swaps, has_file;
	u32 crowd;	/* so many others have the first page, too */
};

/* A translation that the CPU may still know. frame 0: none */
struct cached {
	u32 frame;
	bool writable;
};

#define CACHED_MAX	4u

/* What a page is: the file's own are seen by all who have not written them. */
enum { ANONYMOUS_PAGE, SHARED_PAGE, PRIVATE_PAGE, OWN_COPY };

struct file_state {
	u32 pages;		/* its length */
	u32 areas;		/* that map it */
	u32 frame[PAGES];	/* in the page cache, or 0 */
	bool is_dirty[PAGES];
	u8 disk[PAGES];
};

/* The state of the machine and of the model beside it. */
extern struct state {
	/* The model: what each process should find in its memory. */
	bool alive[PROCESSES], in_making[PROCESSES];
	u8 protection[PROCESSES][PAGES];	/* PROT_*, or UNMAPPED */
	u8 value[PROCESSES][PAGES];
	u8 kind[PROCESSES][PAGES];
	u8 brk[PROCESSES];			/* a page's number */
	u8 threads[PROCESSES];
	/* The machine. */
	struct mm *mm[PROCESSES];
	u32 cr3;
	struct cached page_tlb[PAGES][CACHED_MAX];
	struct cached table_tlb[TABLES][CACHED_MAX];
	struct page map[FRAMES];
	struct file_state file;
	u8 disk[SWAP_BATCH];
	bool is_bad[SWAP_BATCH];	/* it could not be written once */
} state;

extern const struct mm_config *config;
extern u32 crowd_frame, spare_frame, slab_frames[2], swap_frames[2];

/* Breaks a rule unless ok. */
#define rule(ok, ...) \
	do { \
		if (!(ok)) \
			broken(__VA_ARGS__); \
	} while (0)

static inline u32 address_of(u32 page)
{
	return ((FIRST_PDE + 1) << PGDIR_SHIFT) - config->lower * PAGE_SIZE +
	       page * PAGE_SIZE;
}

/* world.c */
extern struct task_struct tasks[PROCESSES], second_threads[PROCESSES],
	kernel_tasks[2];
void link_tasks(void);
void run_process(u32 who);
void run_kernel(void);

/* mmu.c */
int loaded_process(void);
pte_t *entry_of(const struct mm *mm, u32 page);
pte_t directory_entry_of(const struct mm *mm, u32 page);
void fill_tlb(void);
void check_tlb(void);
bool may_be_stale(u32 page);
int touch(u32 page, bool write, bool stale, u8 *value);

/* plan.c: planned failures and sleeps */
#define EVENTS_MAX	15u	/* of an act; the last one must never come */
struct plan {
	u32 event;		/* which event of the act; 0: none */
	bool sleeps;		/* else it fails */
	struct act meanwhile;
	bool has_more;		/* another act meanwhile: more */
	struct act more;
};
extern bool plan_came, has_failed, has_slept;
void plan_init(void);
void carry_out(const struct act *act, const struct plan *plan);
bool transfer_fails(void);
u32 this_side(void);
bool is_second_thread(void);
const struct act *sleeping_act(void);

static inline u8 *protection_of(const struct act *act)
{
	return &state.protection[act->who][act->page];
}

static inline u8 *value_of(const struct act *act)
{
	return &state.value[act->who][act->page];
}

/* access.c */
u8 new_value(void);
enum outcome failed_call(int result);
enum outcome read_page(const struct act *act);
enum outcome write_page(const struct act *act);
enum outcome trace(const struct act *act);

/* heap.c */
enum outcome move_brk(const struct act *act);
enum outcome grow_mapping(const struct act *act);
enum outcome shrink_mapping(const struct act *act);

/* lives.c */
u32 free_process(void);
enum outcome fork_process(const struct act *act);
enum outcome clone_thread(const struct act *act);
enum outcome end_process(const struct act *act);
enum outcome exec_program(const struct act *act);

/* possible.c */
bool is_possible(const struct act *act);
bool are_possible(const struct act *act, const struct act *meanwhile);
u32 pages_of_op(u32 op);
u32 others_of_op(u32 op);
bool must_occur(u32 op, u32 outcome);

/* file.c */
void start_file(void);
enum outcome map_file(const struct act *act);
enum outcome change_file(const struct act *act);
bool can_change_file(const struct act *act);
u8 file_value(u32 page);
u8 expected_value(u32 who, u32 page);

/* ops.c */
void do_act(const struct act *act);

/* check.c, canon.c */
void check_world(bool is_new);
unsigned canonical_form(unsigned char *form);

/* steps.c, say.c */
struct act act_of(u32 bits);
struct plan plan_of(step_t step);
#define SAVED_SIZE	(16u << 10)	/* bytes; more than a state needs */
void start_world(const struct world *world);
void save_world(void *to);
void restore_world(const void *from);
void steps_of_world(bool (*try)(step_t step));
void run_step(step_t step);
void say_step(step_t step);
const char *pair_of_world(unsigned n);

#endif
