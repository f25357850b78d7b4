/*
 * Several processes in the kernel at once. A process has a stack of its own,
 * and gives the processor back to the search where it sleeps. So each order in
 * which they can go on is tried.
 *
 * They sleep in two ways. In a wait queue they sleep until they are woken, or
 * until a signal comes. Amid something, such as a copy whose page must be
 * fetched, they wake by themselves at any time.
 *
 * A state is all that the variables of this file, of the world and of the
 * kernel's files hold. The Makefile has put them into sections of their own.
 */
#include <abi/errno.h>
#include "host.h"
#include "several.h"

struct process processes[PROCESSES];
union task_frame frames[PROCESSES] ALIGNED(PAGE_SIZE);
struct task_struct *current = &frames[0].task;
static u32 search_esp;
static u8 stacks[PROCESSES][CALL_STACK] ALIGNED(16);

NORETURN void panic(const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	broken("panic: %s", text);
	give_up();
}

u32 who_runs(void)
{
	return (union task_frame *)current - frames;
}

/* Gives the processor back. Returns when the search chooses current again. */
void leave(void)
{
	switch_stacks(&processes[who_runs()].esp, search_esp);
}

/* Lets a process run until it sleeps, or until its call is over. */
void go_on(u32 who)
{
	struct process *p = &processes[who];

	current = task_of(who);
	p->is_paused = false;
	p->place = 0;
	switch_stacks(&search_esp, p->esp);
	if (p->in_call)
		return;
	check_result(who);
	p->call = 0;
	task_of(who)->work = 0;		/* the signal is delivered */
}

static void call_and_return(void)
{
	struct process *p = &processes[who_runs()];

	p->result = carry_out(p->call);
	p->in_call = false;
	leave();
}

void begin_call(u32 who, u32 call)
{
	struct process *p = &processes[who];
	u32 *top = (u32 *)stacks[who + 1] - 4;

	*--top = 0;			/* it never returns */
	*--top = (u32)call_and_return;
	top -= 4;			/* what switch_stacks() pops */
	p->esp = (u32)top;
	p->in_call = true;
	p->call = call;
	p->has_failed = false;
	seen(call - FIRST_CALL);
	go_on(who);
}

/* Returns the process whose stack an object lies on. */
u32 whose_stack(const void *object)
{
	return ((u32)object - (u32)stacks) / CALL_STACK;
}

bool is_asleep(u32 who)
{
	return processes[who].in_call && task_of(who)->state != TASK_RUNNING;
}

bool can_go_on(u32 who)
{
	return processes[who].in_call && task_of(who)->state == TASK_RUNNING;
}

/*
 * Called where the kernel needs something that may not be there at once, or not
 * at all. Returns true if it cannot have it.
 */
bool fails_here(u32 place)
{
	struct process *p = &processes[who_runs()];
	bool fails;

	while (is_planned(&fails)) {
		if (fails) {
			p->has_failed = true;
			return true;
		}
		p->is_paused = true;
		p->place = place;
		leave();
	}
	return false;
}

/* The kernel's sched.c, as far as its callers can tell. */
void sleep_in(struct wait_queue *q, enum task_state state)
{
	struct sleeper me;

	falls_asleep(who_runs());
	me.task = current;
	current->state = state;
	list_add_tail(&me.link, &q->sleepers);
	leave();
	list_unlink(&me.link);
}

void sleep_on(struct wait_queue *q)
{
	sleep_in(q, TASK_UNINTERRUPTIBLE);
}

int interruptible_sleep_on(struct wait_queue *q)
{
	if (!signal_pending(current))
		sleep_in(q, TASK_INTERRUPTIBLE);
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

void wake_up_task(struct task_struct *task)
{
	if (task->state != TASK_ZOMBIE)
		task->state = TASK_RUNNING;
}

void wake_up_poll(struct wait_queue *q, u32 events)
{
	list_for_each(node, &q->sleepers) {
		struct sleeper *s = list_entry(node, struct sleeper, link);
		struct watcher *w = container_of(s, struct watcher, sleeper);

		if (s->task)
			wake_up_task(s->task);
		else
			w->woken(w, events);
	}
}

void save_several(void *state)
{
	if (variables_size() > the_world->saved_size)
		panic("a state has %u bytes", variables_size());
	save_variables(state);
}

void restore_several(const void *state)
{
	restore_variables(state);
}

/* What least_form() is called for, and the best so far. */
static bool (*are_alike)(u32 a, u32 b);
static u32 (*form_in_order)(u8 *form, const u8 *order);
static u8 *least;
static u32 least_size;

/* Tries all orders that differ from one place on. */
static void try_orders(u8 *order, u32 from)
{
	u8 form[FORM_MAX];
	u32 size;

	for (u32 i = from; i < nr_processes; i++) {
		u8 was = order[from];

		if (!are_alike(order[i], was))
			continue;
		order[from] = order[i];
		order[i] = was;
		try_orders(order, from + 1);
		order[i] = order[from];
		order[from] = was;
	}
	if (from < nr_processes)
		return;
	size = form_in_order(form, order);
	if (!least_size || size < least_size ||
	    (size == least_size && memcmp(form, least, size) < 0)) {
		memcpy(least, form, size);
		least_size = size;
	}
}

/*
 * Writes the least of the forms with processes in any order. Only processes
 * that are alike change places. Returns how long it is.
 */
u32 least_form(u8 *form, bool (*alike)(u32 a, u32 b),
	       u32 (*in_order)(u8 *form, const u8 *order))
{
	u8 order[PROCESSES] = { 0, 1, 2, 3 };

	are_alike = alike;
	form_in_order = in_order;
	least = form;
	least_size = 0;
	try_orders(order, 0);
	return least_size;
}
