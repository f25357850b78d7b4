/* The worlds of mm/ there are: what can happen in each of them. */
#include "world.h"

#define PLAIN	(OP(CLONE) - 1)		/* no threads, no swap */
#define THREADS	(OP(CLONE) | OP(EXEC))
#define FILES	(OP(FILE_PRIVATE) | OP(FILE_SHARED) | FILE_OPS | OP(PAGE_OUT))
#define SWAP	(OP(PAGE_OUT) | OP(BRING_BACK))

static const struct mm_config one_page = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN, .fails = true,
	.meanwhile = PLAIN,
};
static const struct mm_config two_tables = {
	.processes = 2, .pages = 2, .lower = 1, .ops = PLAIN,
};
static const struct mm_config one_table = {
	.processes = 2, .pages = 2, .lower = 2, .ops = PLAIN, .fails = true,
};
static const struct mm_config three_processes = {
	.processes = 3, .pages = 1, .lower = 1, .ops = PLAIN, .fails = true,
	.meanwhile = PLAIN,
};
static const struct mm_config swap = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | SWAP,
	.fails = true, .meanwhile = PLAIN | SWAP | OP(EVICT), .swaps = true,
};
static const struct mm_config threads = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | THREADS,
	.fails = true, .meanwhile = PLAIN | THREADS, .have_two_threads = true,
};
static const struct mm_config two_threads = {
	.processes = 2, .pages = 2, .lower = 1, .ops = PLAIN | THREADS,
	.fails = true, .meanwhile = PLAIN | THREADS, .have_two_threads = true,
};
static const struct mm_config swap_threads = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | SWAP | THREADS,
	.fails = true, .meanwhile = PLAIN | SWAP | THREADS | OP(EVICT),
	.have_two_threads = true, .swaps = true,
};

static const struct mm_config files = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | FILES,
	.fails = true, .meanwhile = PLAIN | FILES | OP(EVICT),
	.has_file = true,
};

static const struct mm_config two_file_pages = {
	.processes = 2, .pages = 2, .lower = 2,
	.ops = (PLAIN | FILES) & ~OP(MOVE),
	.fails = true, .has_file = true,
};
static const struct mm_config file_threads = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | FILES | THREADS,
	.fails = true, .meanwhile = PLAIN | FILES | THREADS | OP(EVICT),
	.have_two_threads = true, .has_file = true,
};
static const struct mm_config file_and_swap = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | FILES | SWAP,
	.fails = true, .meanwhile = PLAIN | FILES | SWAP | OP(EVICT),
	.swaps = true, .has_file = true,
};

static const struct mm_config twice = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN, .fails = true,
	.meanwhile = PLAIN, .twice = true,
};
static const struct mm_config swap_twice = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN | SWAP,
	.fails = true, .meanwhile = PLAIN | SWAP | OP(EVICT), .twice = true,
	.swaps = true,
};

static const struct mm_config heap = {
	.processes = 2, .pages = 2, .lower = 1,
	.ops = OP(READ_PAGE) | OP(WRITE_PAGE) | OP(UNMAP) | OP(MAP) |
	       OP(BRK) | OP(GROW_MAPPING) | OP(SHRINK_MAPPING) |
	       OP(FORK_COW) | OP(FORK_LAZY) | OP(EXIT),
	.fails = true,
};
static const struct mm_config crowd = {
	.processes = 2, .pages = 1, .lower = 1, .ops = PLAIN, .fails = true,
	.meanwhile = PLAIN, .crowd = 65534,
};

#define MM_WORLD(what) \
	.config = &(what), .start = start_world, .steps = steps_of_world, \
	.run = run_step, .check = check_world, .canon = canonical_form, \
	.save = save_world, .restore = restore_world, .say = say_step, \
	.pair = pair_of_world, .saved_size = SAVED_SIZE

static const struct world page_world = {
	.name = "page", .about = "2 processes, 1 page, failures, sleeps",
	.states = 1176, MM_WORLD(one_page)
};
static const struct world three_world = {
	.name = "three", .about = "3 processes, 1 page, failures, sleeps",
	.states = 29655, MM_WORLD(three_processes)
};
static const struct world threads_world = {
	.name = "threads", .about = "2 processes with threads, exec, 1 page, "
				    "failures, sleeps",
	.states = 4541, MM_WORLD(threads)
};
static const struct world swap_world = {
	.name = "swap", .about = "2 processes, 1 page, swap, failures, sleeps",
	.states = 22248, MM_WORLD(swap)
};
static const struct world twice_world = {
	.name = "twice", .about = "2 processes, 1 page, two acts meanwhile",
	.states = 1176, MM_WORLD(twice)
};
static const struct world swap_twice_world = {
	.name = "thrash", .about = "the same with swap",
	.depth = 2, MM_WORLD(swap_twice)
};

static const struct world heap_world = {
	.name = "heap", .about = "brk(), mremap() to other sizes, failures",
	.states = 43115, MM_WORLD(heap)
};
static const struct world crowd_world = {
	.name = "crowd", .about = "a page that 65,535 processes have",
	.states = 1504, MM_WORLD(crowd)
};
static const struct world brothers_world = {
	.name = "brothers", .about = "threads, 2 pages in 2 tables, sleeps",
	.depth = 3, MM_WORLD(two_threads)
};
static const struct world table_world = {
	.name = "table", .about = "2 processes, 2 pages in 1 table, failures",
	.states = 383791, MM_WORLD(one_table),
};
static const struct world tables_world = {
	.name = "tables", .about = "2 processes, 2 pages in 2 tables",
	.states = 861974, MM_WORLD(two_tables),
};
static const struct world mixed_world = {
	.name = "mixed", .about = "threads and swap, failures, sleeps",
	.states = 89352, MM_WORLD(swap_threads),
};

static const struct world file_world = {
	.name = "file", .about = "2 processes, 1 page of a file, failures, "
				 "sleeps",
	.states = 34205, MM_WORLD(files)
};
static const struct world file_pages_world = {
	.name = "pages", .about = "2 processes, 2 pages of a file, failures",
	.depth = 4, MM_WORLD(two_file_pages)
};
static const struct world file_threads_world = {
	.name = "library", .about = "threads and a file, failures, sleeps",
	.depth = 3, MM_WORLD(file_threads)
};
static const struct world file_swap_world = {
	.name = "all", .about = "a file and swap, failures, sleeps",
	.depth = 3, MM_WORLD(file_and_swap)
};

const struct world *const worlds[] = {
	&page_world, &three_world, &threads_world, &crowd_world, &swap_world,
	&file_world, &heap_world, &brothers_world, &file_pages_world,
	&table_world, &tables_world, &mixed_world, &file_threads_world,
	&file_swap_world, &twice_world, &swap_twice_world, NULL
};
