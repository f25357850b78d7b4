/*
 * Planned failures and sleeps. The kernel's files tell of each allocation
 * before it happens (cowix/plan.h), and of each transfer the world knows. One
 * of these events of an act fails, or the act sleeps there, and another
 * process does something meanwhile.
 *
 * An allocation sleeps where it does in the kernel: in reclaim, while caches
 * are asked to give up something.
 *
 * The other act has a stack of its own. So it may have to sleep as well, such
 * as for a lock that the first one has. Then the first one goes on. At the end
 * everybody must be done: who then still sleeps was never woken.
 */
#include "host.h"
#include "world.h"

#define STACK_SIZE	(64u << 10)

bool plan_came, has_failed, has_slept;

static struct act begun;	/* the act that may sleep */
static struct plan plan;
static const struct act *second; /* what goes on meanwhile */
static u32 counted;		/* events so far */

/* The act that began, and the one that goes on while it sleeps. */
static struct side {
	struct task_struct *current;
	u32 esp;			/* while it does not run */
	bool is_woken, is_done;
	bool has_failed, has_slept;
	struct sleeper sleeper;
} sides[2];
static struct side *running = &sides[0];
static u8 stack[STACK_SIZE] ALIGNED(16);

/* Returns which of the two acts goes on: 0 is the one that began. */
u32 this_side(void)
{
	return running - sides;
}

/* Returns true if the other act is one of the same process. */
bool is_second_thread(void)
{
	return running != sides && second->who == begun.who;
}

/* Returns the act that sleeps while this one goes on, or NULL. */
const struct act *sleeping_act(void)
{
	return running != sides && !sides[0].is_done ? &begun : NULL;
}

/* Goes on with the other side. Returns when that gives the processor back. */
static void run_other_side(void)
{
	struct side *from = running, *to = from == sides ? sides + 1 : sides;

	from->current = current;
	from->has_failed = has_failed;
	from->has_slept = has_slept;
	running = to;
	switch_stacks(&from->esp, to->esp);
	has_failed = from->has_failed;
	has_slept = from->has_slept;
	current = from->current;
	if (current->mm)
		use_mm(current->mm);
}

/* What the second side does from the beginning to the end. */
static void second_side(void)
{
	has_failed = has_slept = false;
	do_act(second);
	if (plan.has_more && are_possible(&begun, &plan.more)) {
		second = &plan.more;
		has_slept = false;
		do_act(second);
	}
	running->is_done = true;
	run_other_side();
}

/* Prepares the second side so that it begins with second_side(). */
static void make_second_side(void)
{
	u32 *top = (u32 *)(stack + STACK_SIZE) - 4;

	*--top = 0;			/* it never returns */
	*--top = (u32)second_side;
	top -= 4;			/* what switch_stacks() pops */
	sides[1] = (struct side){ .esp = (u32)top, .is_woken = true };
}

/* The act in progress sleeps, and another one is carried out. */
static void sleep_by_plan(void)
{
	has_slept = true;
	fill_tlb();
	if (plan.meanwhile.who == begun.who ||
	    (plan.has_more && plan.more.who == begun.who))
		check_tlb();
	second = &plan.meanwhile;
	make_second_side();
	run_other_side();
}

/* Called by reclaim_something(), which should give up something. */
static int shrink(int wanted)
{
	(void)wanted;
	sleep_by_plan();
	return 1;
}

void plan_init(void)
{
	set_reclaim(shrink);
}

/* Returns true if this is the event of the plan. */
static bool is_awaited(void)
{
	if (!plan.event || ++counted < plan.event)
		return false;
	rule(counted < EVENTS_MAX, "an act has more events than are tried");
	plan.event = 0;
	planner = NULL;
	plan_came = true;
	return true;
}

/* The kernel's planner: returns true if an allocation must fail. */
static bool allocation_fails(u32 event)
{
	if (event != PLAN_ALLOC || !is_awaited())
		return false;
	if (plan.sleeps)
		reclaim();
	else
		has_failed = true;
	return !plan.sleeps;
}

/* Called for each transfer. Returns true if it must fail. */
bool transfer_fails(void)
{
	if (!is_awaited())
		return false;
	if (plan.sleeps)
		sleep_by_plan();
	else
		has_failed = true;
	return !plan.sleeps;
}

/* Sleeps until woken. The other side must do that. */
void sleep_on(struct wait_queue *q)
{
	struct side *other = running == sides ? sides + 1 : sides;
	struct side *self = running;

	self->is_woken = false;
	has_slept = true;
	self->sleeper.task = current;
	list_add_tail(&self->sleeper.link, &q->sleepers);
	while (!self->is_woken) {
		if (other->is_done || !other->is_woken) {
			broken("everybody sleeps");
			give_up();
		}
		run_other_side();
	}
	list_unlink(&self->sleeper.link);
}

void wake_up_poll(struct wait_queue *q, u32 events)
{
	(void)events;
	list_for_each(node, &q->sleepers) {
		const struct sleeper *sleeper =
			list_entry(node, struct sleeper, link);

		for (u32 i = 0; i < ARRAY_SIZE(sides); i++)
			if (sides + i != running &&
			    sides[i].current == sleeper->task)
				sides[i].is_woken = true;
	}
}

/* Has the second side, if there is one, come to its end. */
static void finish_other_side(void)
{
	while (!sides[1].is_done) {
		if (!sides[1].is_woken) {
			broken("somebody was never woken");
			give_up();
		}
		run_other_side();
	}
}

/* Carries out an act by a plan. plan_came says whether the event has come. */
void carry_out(const struct act *act, const struct plan *by)
{
	begun = *act;
	plan = *by;
	plan_came = has_failed = has_slept = false;
	counted = 0;
	running = sides;
	sides[0] = (struct side){ .is_woken = true };
	sides[1] = (struct side){ .is_done = true };
	planner = plan.event ? allocation_fails : NULL;
	do_act(act);
	sides[0].is_done = true;
	plan.event = 0;
	planner = NULL;
	finish_other_side();
}
