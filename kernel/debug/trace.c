/*
 * The trace of what happens to page frames: /proc/vmtrace has a line for each
 * event. With trace=vm it begins with the first program, and goes to port 0xE9
 * too. Time is the number of the event, so that the same program gives the same
 * text on every machine. With trace=step, whoever sits behind port 0xEC, as the
 * page in web/ does, sees each event before the kernel goes on.
 *
 * While the trace is off it costs one test in each place where something
 * happens to a frame or a table.
 *
 * The last 4,096 events are kept in frames that are taken when the trace is
 * switched on.
 */
#include <cowix/kernel.h>
#include <cowix/params.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "mm/mm_internal.h"

#define RING_PAGES	32u
#define COUNT_MAX	9999999u	/* a line has room for seven digits */
#define PAGE_EVENTS	(PAGE_SIZE / sizeof(struct event))
#define RING_EVENTS	(RING_PAGES * PAGE_EVENTS)
#define STEP_PORT	0xEC
#define STEP_WAIT	0	/* what it reads while the event is looked at */

struct event {
	u32 kind;
	int pid;
	union {
		struct {
			u32 addr, frame, before, after, other;
		};
		char text[24];
	};
};
_Static_assert(sizeof(struct event) == 32, "events fill a page");

static const struct {
	char name[6];
	signed char step;	/* by how much it changes the frame's count */
	bool done;		/* it has changed it before it is recorded */
} kinds[] = {
	[TRACE_SHARE] = { "share", 1, false },
	[TRACE_DUP] = { "dup", 0, true },
	[TRACE_FAULT] = { "fault", 1, true },
	[TRACE_PUT] = { "put", 1, true },
	[TRACE_COPY] = { "copy", -1, true },
	[TRACE_REUSE] = { "reuse", 0, true },
	[TRACE_FREE] = { "free", -1, false },
	[TRACE_TABLE] = { "table", 1, true },
	[TRACE_TABLE_SHARE] = { "lend", 1, false },
	[TRACE_TABLE_COPY] = { "split", -1, false },
	[TRACE_TABLE_FREE] = { "tfree", -1, false },
	[TRACE_SWAP_OUT] = { "out", -1, false },
	[TRACE_SWAP_IN] = { "in", 1, true },
	[TRACE_FORK] = { "fork", 0, false },
	[TRACE_EXEC] = { "exec", 0, false },
	[TRACE_NAME] = { "name", 0, false },
};

static struct event *ring[RING_PAGES];
static u32 events;			/* recorded since it was switched on */
static bool to_port, in_steps;

static struct event *event_at(u32 number)
{
	number %= RING_EVENTS;
	return &ring[number / PAGE_EVENTS][number % PAGE_EVENTS];
}

/*
 * Returns the number of the first event that is still in the ring. *end: the
 * number behind the last one.
 */
u32 trace_first(u32 *end)
{
	*end = ring[RING_PAGES - 1] ? events : 0;
	return *end - min_u32(*end, RING_EVENTS);
}

/* Writes an event as a line of TRACE_LINE characters and a NUL. */
void trace_line(u32 number, char *line)
{
	const struct event *e = event_at(number);
	int n = snprintf(line, TRACE_LINE + 1, "%8u %-5s %5d ", number,
			 kinds[e->kind].name, e->pid);

	if (e->kind >= TRACE_FORK)
		snprintf(line + n, TRACE_LINE + 1 - n, "%-42s\n", e->text);
	else
		snprintf(line + n, TRACE_LINE + 1 - n,
			 "%08x %08x %7u %7u %08x\n", e->addr, e->frame,
			 min_u32(e->before, COUNT_MAX),
			 min_u32(e->after, COUNT_MAX), e->other);
}

/* Returns the next event. The caller fills it in and calls event_ends(). */
static struct event *event_begins(u32 kind, int pid)
{
	struct event *e = event_at(events++);

	e->kind = kind;
	e->pid = pid;
	return e;
}

/*
 * Tells STEP_PORT of the event that is complete, by the frame pointer: with it
 * all callers are found. Waits as long as the port wants. A port without a
 * device reads 0xFF.
 */
static void offer_step(void)
{
	outl(STEP_PORT, (u32)__builtin_frame_address(0));
	while (inb(STEP_PORT) == STEP_WAIT)
		;
}

/* Sends the event that is complete to the ports, if it is wanted there. */
static void event_ends(void)
{
	char line[TRACE_LINE + 1];

	if (to_port) {
		trace_line(events - 1, line);
		e9_write(line, TRACE_LINE);
	}
	if (in_steps)
		offer_step();
}

static void record(u32 kind, u32 addr, u32 frame, u32 before, u32 other)
{
	struct event *e = event_begins(kind, current->pid);

	e->addr = PAGE_ROUND_DOWN(addr);
	e->frame = frame;
	e->before = before;
	e->after = before + kinds[kind].step;
	e->other = other;
	event_ends();
}

static void record_page(u32 kind, u32 addr, u32 frame, u32 other)
{
	u32 before = page_of(frame)->count;

	if (kinds[kind].done)
		before -= kinds[kind].step;
	record(kind, addr, frame, before, other);
}

/*
 * Records an event for each of n entries of an area. Of all frames, only the
 * zero page may be there more than once.
 */
static void record_entries(u32 kind, u32 addr, const pte_t *entries, u32 n,
			   u32 other)
{
	u32 zeroes = 0;

	for (; n > 0; n--, entries++, addr += PAGE_SIZE) {
		u32 frame = PTE_FRAME(*entries), before;

		if (!(*entries & PTE_MAPPED))
			continue;
		before = page_of(frame)->count;
		if (frame == zero_page)
			before += kinds[kind].step * zeroes++;
		record(kind, addr, frame, before, other);
	}
}

/* Returns true if a page table is lent to others, or about to be: kind. */
static bool is_lent(u32 kind, pte_t pde)
{
	if (!(pde & PTE_P))
		return false;
	if (kind == TRACE_TABLE_SHARE)
		return true;
	return pde & PAGE_COW && page_of(PTE_FRAME(pde))->count > 1;
}

static void record_tables(u32 kind, struct mm *mm)
{
	for (u32 i = 0; i < USER_PDES; i++) {
		u32 table = PTE_FRAME(mm->pgdir[i]);

		if (is_lent(kind, mm->pgdir[i]))
			record_page(kind, i << PGDIR_SHIFT, table, 0);
	}
}

static void record_word(u32 kind, int pid, const char *word)
{
	struct event *e = event_begins(kind, pid);

	strlcpy(e->text, word, sizeof(e->text));
	event_ends();
}

/* Process pid is about to run with what current has just shared. */
static void record_fork(int pid)
{
	char number[12];

	snprintf(number, sizeof(number), "%d", pid);
	record_word(TRACE_FORK, current->pid, number);
}

/*
 * current has another name now. All that it has had goes, except what exec has
 * just put into its memory.
 */
static void record_exec(void)
{
	record_word(TRACE_EXEC, current->pid, current->comm);
}

static const struct tracer recorder = {
	.page = record_page, .entries = record_entries, .tables = record_tables,
	.fork = record_fork, .exec = record_exec,
};

bool trace_is_on(void)
{
	return tracer == &recorder;
}

/* Names the programs that are there when the trace begins. */
static void name_tasks(void)
{
	list_for_each(node, &all_tasks) {
		const struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (task->mm)
			record_word(TRACE_NAME, task->pid, task->comm);
	}
}

static void free_ring(void)
{
	for (u32 i = 0; i < RING_PAGES; i++)
		if (ring[i]) {
			kpage_free(ring[i]);
			ring[i] = NULL;
		}
}

static void recount_ring(found_page *found)
{
	for (u32 i = 0; i < RING_PAGES; i++)
		if (ring[i])
			found(OWNER_TRACE, ring[i]);
}

/* Returns the first place in the ring without a frame, or NULL. */
static struct event **missing_page(void)
{
	for (u32 i = 0; i < RING_PAGES; i++)
		if (!ring[i])
			return &ring[i];
	return NULL;
}

/*
 * Completes the ring. Looking for a frame may sleep, and meanwhile somebody
 * else may switch the trace on or off. Returns 0 or -ENOMEM.
 */
static int take_ring(void)
{
	struct event **place;

	while (missing_page()) {
		void *page = kpage_alloc(OWNER_TRACE);

		place = missing_page();
		if (!page && place) {
			free_ring();
			return -ENOMEM;
		}
		if (page && place)
			*place = page;
		else if (page)
			kpage_free(page);
	}
	return 0;
}

/*
 * Switches the trace on or off. What was recorded can be read until it is
 * switched once more. Returns 0 or -ENOMEM.
 */
int trace_switch(bool on)
{
	int error = 0;

	if (on) {
		tracer = NULL;		/* taking frames may sleep */
		events = 0;
		error = take_ring();
	} else if (!trace_is_on()) {
		free_ring();
	}
	tracer = on && !error ? &recorder : NULL;
	if (trace_is_on())
		name_tasks();
	return error;
}

/* Called by start_kernel before there are programs. Looks for trace=. */
void trace_init(void)
{
	const char *what = param_get("trace");

	register_owner(recount_ring);
	if (!what)
		return;
	to_port = strcmp(what, "vm") == 0;
	in_steps = strcmp(what, "step") == 0;
	if ((to_port || in_steps) && trace_switch(true) < 0)
		to_port = in_steps = false;
}
