/*
 * The worlds of mm/ there are, and how a step of theirs is written in a number:
 * an act in 12 bits, which of its events fails in 4.
 */
#include "world.h"

static step_t number_of(const struct act *act, const struct plan *plan)
{
	return act->who | act->op << 2 | act->page << 7 | act->other << 9 |
	       plan->event << 12;
}

static struct act act_of(step_t step)
{
	u32 bits = step;

	return (struct act){ .who = bits & 3,
			     .op = bits >> 2 & 31,
			     .page = bits >> 7 & 3,
			     .other = bits >> 9 & 3 };
}

static struct plan plan_of(step_t step)
{
	return (struct plan){ .event = step >> 12 & 15 };
}

void run_step(step_t step)
{
	struct act act = act_of(step);
	struct plan plan = plan_of(step);

	carry_out(&act, &plan);
}

/* Tries an act with each of its events failing. */
static bool try_plans(const struct act *act, bool (*try)(step_t step))
{
	struct plan plan = { 0 };

	if (!try(number_of(act, &plan)))
		return false;
	if (!config->fails)
		return true;
	do {
		plan.event++;
		if (!try(number_of(act, &plan)))
			return false;
	} while (plan_came);
	return true;
}

void steps_of_world(bool (*try)(step_t step))
{
	struct act act;

	for (act.who = 0; act.who < config->processes; act.who++)
		for (act.op = 0; act.op < NR_OPS; act.op++)
			for (u32 i = 0;
			     i < pages_of_op(act.op) * others_of_op(act.op);
			     i++) {
				act.page = i % pages_of_op(act.op);
				act.other = i / pages_of_op(act.op);
				if (is_possible(&act) && !try_plans(&act, try))
					return;
			}
}

static void say_act(const struct act *act)
{
	print("process %u %s", act->who + 1, op_names[act->op]);
	if (act->op >= FORK_OLD)
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
	if (plan.event)
		print(", its allocation number %u fails", plan.event);
}

const char *pair_of_world(unsigned n)
{
	(void)n;
	return NULL;
}

#define NO_SWAP	(ALL_OPS & ~OP(PAGE_OUT))

static const struct mm_config one_page = {
	.processes = 2, .pages = 1, .lower = 1, .ops = NO_SWAP, .fails = true,
};
static const struct mm_config two_tables = {
	.processes = 2, .pages = 2, .lower = 1, .ops = NO_SWAP,
};
static const struct mm_config one_table = {
	.processes = 2, .pages = 2, .lower = 2, .ops = NO_SWAP, .fails = true,
};

#define MM_WORLD(what) \
	.config = &(what), .start = start_world, .steps = steps_of_world, \
	.run = run_step, .check = check_world, .canon = canonical_form, \
	.save = save_world, .restore = restore_world, .say = say_step, \
	.pair = pair_of_world, .saved_size = SAVED_SIZE

static const struct world one_page_world = {
	.name = "page", .about = "2 processes, 1 page, failures",
	MM_WORLD(one_page)
};
static const struct world two_tables_world = {
	.name = "tables", .about = "2 processes, 2 pages in 2 tables",
	.is_slow = true,
	MM_WORLD(two_tables)
};
static const struct world one_table_world = {
	.name = "table", .about = "2 processes, 2 pages in 1 table, failures",
	.is_slow = true,
	MM_WORLD(one_table)
};

const struct world *const worlds[] = {
	&one_page_world, &two_tables_world, &one_table_world, NULL
};
