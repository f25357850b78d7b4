/*
 * The worlds of mm/ there are, and how a step of theirs is written in a number:
 * an act in 12 bits, which of its events fails or sleeps in 4, whether it sleeps,
 * and what happens meanwhile in 12.
 */
#include "world.h"

#define ACT_BITS	12
#define EVENTS_MAX	15u

static step_t bits_of_act(const struct act *act)
{
	return act->who | act->op << 2 | act->page << 7 | act->other << 9;
}

static struct act act_of(u32 bits)
{
	return (struct act){ .who = bits & 3,
			     .op = bits >> 2 & 31,
			     .page = bits >> 7 & 3,
			     .other = bits >> 9 & 3 };
}

static step_t number_of(const struct act *act, const struct plan *plan)
{
	return bits_of_act(act) | plan->event << ACT_BITS |
	       plan->sleeps << (ACT_BITS + 4) |
	       bits_of_act(&plan->meanwhile) << (ACT_BITS + 5);
}

static struct plan plan_of(step_t step)
{
	return (struct plan){ .event = step >> ACT_BITS & EVENTS_MAX,
			      .sleeps = step >> (ACT_BITS + 4) & 1,
			      .meanwhile = act_of(step >> (ACT_BITS + 5)) };
}

void run_step(step_t step)
{
	struct act act = act_of(step);
	struct plan plan = plan_of(step);

	carry_out(&act, &plan);
}

/*
 * Calls each for all acts of ops, as far as they can be written, until it
 * returns false.
 */
static bool for_each_act(u32 ops, bool (*each)(const struct act *act))
{
	struct act act;

	for (act.who = 0; act.who < config->processes; act.who++)
		for (act.op = 0; act.op < NR_OPS; act.op++) {
			u32 pages = pages_of_op(act.op);

			if (!(ops & OP(act.op)))
				continue;
			for (u32 i = 0; i < pages * others_of_op(act.op); i++) {
				act.page = i % pages;
				act.other = i / pages;
				if (!each(&act))
					return false;
			}
		}
	return true;
}

static bool (*try_step)(step_t step);
static const struct act *first;		/* the act that sleeps */
static u32 event;			/* where */

/* Tries the first act, and another one while it sleeps. */
static bool try_meanwhile(const struct act *act)
{
	struct plan plan = { event, true, *act };

	return !are_possible(first, act) || try_step(number_of(first, &plan));
}

/* Tries an act alone, and with each of its events failing or sleeping. */
static bool try_act(const struct act *act)
{
	struct plan plan = { 0 };

	if (!is_possible(act))
		return true;
	if (!try_step(number_of(act, &plan)))
		return false;
	if (!config->fails)
		return true;
	for (plan.event = 1; plan.event <= EVENTS_MAX; plan.event++) {
		if (!try_step(number_of(act, &plan)))
			return false;
		if (!plan_came)
			break;
		first = act;
		event = plan.event;
		if (!for_each_act(config->meanwhile, try_meanwhile))
			return false;
	}
	return true;
}

void steps_of_world(bool (*try)(step_t step))
{
	try_step = try;
	for_each_act(config->ops, try_act);
}

static void say_act(const struct act *act)
{
	print("process %u %s", act->who + 1, op_names[act->op]);
	if (act->op >= FORK_OLD && act->op <= EXEC)
		return;
	print(" page %u", act->page);
	if (act->op == MOVE)
		print(" to %u", act->other);
	else if (act->other)
		print(" to %u, all of them", act->page + act->other);
}

void say_step(step_t step)
{
	struct act act = act_of(step);
	struct plan plan = plan_of(step);

	say_act(&act);
	if (!plan.event)
		return;
	print(", and where it asks for something the %u. time it ", plan.event);
	print(plan.sleeps ? "sleeps, while " : "gets nothing");
	if (plan.sleeps)
		say_act(&plan.meanwhile);
}

/* Returns what an operation and an outcome are called, if both must meet. */
const char *pair_of_world(unsigned n)
{
	static const char *const outcomes[NR_OUTCOMES] = {
		[DONE] = "and it is done", [REFUSED] = "and is refused",
		[NO_MEMORY] = "and something fails", [SLEPT] = "and sleeps",
		[IO_ERROR] = "and cannot read it"
	};
	static char name[100];
	u32 op = n / NR_OUTCOMES, outcome = n % NR_OUTCOMES;

	if (op >= NR_OPS || !must_occur(op, outcome))
		return NULL;
	snprintf(name, sizeof(name), "a process %s something %s", op_names[op],
		 outcomes[outcome]);
	return name;
}

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
	.processes = 2, .pages = 2, .lower = 2, .ops = PLAIN | FILES,
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
	.states = 22476, MM_WORLD(swap)
};
static const struct world brothers_world = {
	.name = "brothers", .about = "threads, 2 pages in 2 tables, sleeps",
	.depth = 3, MM_WORLD(two_threads)
};
static const struct world table_world = {
	.name = "table", .about = "2 processes, 2 pages in 1 table, failures",
	.states = 383791, MM_WORLD(one_table), .is_slow = true,
};
static const struct world tables_world = {
	.name = "tables", .about = "2 processes, 2 pages in 2 tables",
	.states = 861974, MM_WORLD(two_tables), .is_slow = true,
};
static const struct world mixed_world = {
	.name = "mixed", .about = "threads and swap, failures, sleeps",
	.states = 89352, MM_WORLD(swap_threads), .is_slow = true,
};

static const struct world file_world = {
	.name = "file", .about = "2 processes, 1 page, a file, failures, sleeps",
	.states = 34205, MM_WORLD(files)
};
static const struct world file_pages_world = {
	.name = "pages", .about = "2 processes, 2 pages of a file, failures",
	.depth = 4, MM_WORLD(two_file_pages)
};
static const struct world file_threads_world = {
	.name = "library", .about = "threads and a file, failures, sleeps",
	.is_slow = true, MM_WORLD(file_threads)
};
static const struct world file_swap_world = {
	.name = "all", .about = "a file and swap, failures, sleeps",
	.is_slow = true, MM_WORLD(file_and_swap)
};

const struct world *const worlds[] = {
	&page_world, &three_world, &threads_world, &swap_world, &file_world,
	&brothers_world, &file_pages_world, &table_world, &tables_world,
	&mixed_world, &file_threads_world, &file_swap_world, NULL
};
