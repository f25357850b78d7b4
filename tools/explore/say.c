/* What happens in the worlds of mm/, as sentences. */
#include "world.h"

/* The first argument is who does it, the second where. */
static const char *const sentences[NR_OPS] = {
	[READ_PAGE] = "%1$s reads %2$s",
	[WRITE_PAGE] = "%1$s writes %2$s",
	[WRITE_STALE] = "%1$s writes %2$s, which the TLB holds read-only",
	[PROTECT_READ] = "%1$s makes %2$s read-only",
	[PROTECT_WRITE] = "%1$s makes %2$s writable",
	[PROTECT_NONE] = "%1$s forbids all access to %2$s",
	[UNMAP] = "%1$s unmaps %2$s",
	[MAP] = "%1$s maps %2$s anew",
	[DROP] = "%1$s drops the contents of %2$s",
	[MOVE] = "%1$s moves %2$s",
	[PEEK] = "a tracer of %1$s reads %2$s",
	[POKE] = "a tracer of %1$s writes %2$s",
	[FORK_OLD] = "%1$s forks by OLD",
	[FORK_COW] = "%1$s forks by COW",
	[FORK_LAZY] = "%1$s forks by LAZY",
	[EXIT] = "%1$s exits",
	[CLONE] = "%1$s gets a second thread",
	[EXEC] = "%1$s calls exec",
	[PAGE_OUT] = "%1$s asks for %2$s to go",
	[EVICT] = "somebody needs memory, and %1$s loses %2$s",
	[BRING_BACK] = "swapoff brings back for %1$s %2$s",
	[FILE_PRIVATE] = "%1$s maps the file, private, as %2$s",
	[FILE_SHARED] = "%1$s maps the file, shared, as %2$s",
	[CUT_FILE] = "the file is cut to nothing",
	[GROW_FILE] = "the file is as long as before again",
	[PUNCH_FILE] = "the file becomes one large hole",
	[WRITE_FILE] = "write() changes in the file %2$s",
	[BRK] = "%1$s sets the end of its heap to %2$s",
	[GROW_MAPPING] = "%1$s grows the mapping of %2$s by a page",
	[SHRINK_MAPPING] = "%1$s shrinks the mapping of %2$s by a page",
	[FORGET_FILE] = "the page cache gives up %2$s",
};

static const char *const outcomes[NR_OUTCOMES] = {
	[DONE] = "done", [REFUSED] = "refused", [NO_MEMORY] = "no memory",
	[IO_ERROR] = "an error", [SLEPT] = "a sleep"
};

static void name_pages(const struct act *act, char *text, u32 size)
{
	if (act->op == MOVE)
		snprintf(text, size, "page %u to %u", act->page, act->other);
	else if (act->other)
		snprintf(text, size, "pages %u to %u", act->page,
			 act->page + act->other);
	else
		snprintf(text, size, "page %u", act->page);
}

/* Prints an act; first is the one that sleeps meanwhile, or NULL. */
static void say_act(const struct act *act, const struct act *first)
{
	char who[40], where[40];
	bool other_thread = first && first->who == act->who &&
			    !((OP(act->op) | OP(first->op)) & BY_KERNEL);

	snprintf(who, sizeof(who), "%sprocess %u",
		 other_thread ? "another thread of " : "", act->who + 1);
	name_pages(act, where, sizeof(where));
	print(sentences[act->op], who, where);
}

void say_step(step_t step)
{
	struct act act = act_of(step);
	struct plan plan = plan_of(step);

	say_act(&act, NULL);
	if (!plan.event)
		return;
	print("; its request number %u ", plan.event);
	print(plan.sleeps ? "sleeps; meanwhile " : "fails");
	if (plan.sleeps)
		say_act(&plan.meanwhile, &act);
	if (!plan.has_more)
		return;
	print("; then ");
	say_act(&plan.more, &act);
}

/* Returns what an operation and an outcome are called, if both must meet. */
const char *pair_of_world(unsigned n)
{
	static char name[100];
	u32 op = n / NR_OUTCOMES, outcome = n % NR_OUTCOMES;

	if (op >= NR_OPS || !must_occur(op, outcome))
		return NULL;
	print_to(name, sizeof(name), "%s: ", outcomes[outcome]);
	print_to(name + strlen(name), sizeof(name) - strlen(name),
		 sentences[op], "a process", "a page");
	return name;
}
