/*
 * The steps of the worlds of mm/, and how one is written in a number: an act in
 * 12 bits, which of its events fails or sleeps in 4, whether it sleeps, and
 * what happens meanwhile in 12, and what happens then, perhaps, in 13.
 */
#include "world.h"

#define ACT_BITS	12

static step_t bits_of_act(const struct act *act)
{
	return act->who | act->op << 2 | act->page << 7 | act->other << 9;
}

struct act act_of(u32 bits)
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
	       bits_of_act(&plan->meanwhile) << (ACT_BITS + 5) |
	       (step_t)plan->has_more << (2 * ACT_BITS + 5) |
	       bits_of_act(&plan->more) << (2 * ACT_BITS + 6);
}

struct plan plan_of(step_t step)
{
	return (struct plan){ .event = step >> ACT_BITS & EVENTS_MAX,
			      .sleeps = step >> (ACT_BITS + 4) & 1,
			      .meanwhile = act_of(step >> (ACT_BITS + 5)),
			      .has_more = step >> (2 * ACT_BITS + 5) & 1,
			      .more = act_of(step >> (2 * ACT_BITS + 6)) };
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
static struct act meanwhile;		/* what happens then */

/* Tries two more acts while the first one sleeps. */
static bool try_more(const struct act *act)
{
	struct plan plan = { event, true, meanwhile, true, *act };

	return try_step(number_of(first, &plan));
}

/* Tries the first act, and another one while it sleeps. */
static bool try_meanwhile(const struct act *act)
{
	struct plan plan = { .event = event, .sleeps = true,
			     .meanwhile = *act };

	if (!are_possible(first, act))
		return true;
	if (!try_step(number_of(first, &plan)))
		return false;
	meanwhile = *act;
	return !config->twice || for_each_act(config->meanwhile, try_more);
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
