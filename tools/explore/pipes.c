/*
 * Worlds of pipes: fs/pipe.c as it is, between two to four processes. It is
 * included here, so that its variables can be looked at.
 */
#include "fs/pipe.c"
#include "pipes.h"

#define WRAP_SOON	(0u - 2 * PAGE_SIZE)	/* head and tail at first */
#define LITTLE_MEMORY	8u		/* frames: a pipe gets two */

const struct pipe_config *config;
u32 nr_processes, nr_frames, nr_calls, used_calls;
bool may_fail;

_Static_assert(sizeof(struct pipe) <= PIPE_BYTES, "");

static struct super_block any_super;
static u32 opens_before[PROCESSES];	/* of the other side; open waits */
static bool waits_to_open[PROCESSES];
static struct watcher watcher;

const struct call calls[] = {
	{ "reads 1 unit", READ_IT, 1, 0 },
	{ "reads 2 units", READ_IT, 2, 0 },
	{ "reads 4 units", READ_IT, 4, 0 },
	{ "reads 4 units, and does not wait", READ_IT, 4, O_NONBLOCK },
	{ "writes 1 unit", WRITE_IT, 1, 0 },
	{ "writes 2 units, a page", WRITE_IT, 2, 0 },
	{ "writes 3 units, more than goes in whole", WRITE_IT, 3, 0 },
	{ "writes 2 units, and does not wait", WRITE_IT, 2, O_NONBLOCK },
	{ "writes 3 units, and does not wait", WRITE_IT, 3, O_NONBLOCK },
	{ "closes the pipe", CLOSE_IT, 0, 0 },
	{ "opens the pipe", OPEN_IT, 0, 0 },
	{ "opens the pipe, and does not wait", OPEN_IT, 0, O_NONBLOCK },
	{ "gives the pipe 2 pages", RESIZE_IT, 2, 0 },
	{ "gives the pipe 3 pages", RESIZE_IT, 3, 0 },
};

const char *call_name(u32 call)
{
	return calls[call - FIRST_CALL].name;
}

/* What the model may know of a pipe. */

static bool has_pipe(void)
{
	return the_inode.i_pipe;
}

u32 units_in_pipe(void)
{
	return units_by_model();
}

/* Returns how many units fit in without the page that is being read. */
u32 units_of_room(void)
{
	struct pipe *pipe = the_inode.i_pipe;
	u32 before = OFFSET_IN_PAGE(pipe->tail) / UNIT;

	return pipe->size / UNIT - units_by_model() - before;
}

/* Returns how many readers ('r') or writers ('w') there are. */
u32 count_open(char role)
{
	u32 n = 0;

	for (u32 who = 0; who < nr_processes; who++)
		n += is_role(who, role) &&
			(model.side[who].is_open || waits_to_open[who]);
	return n;
}

static u32 mode_of(u32 who)
{
	if (config->roles[who] == 'b')
		return O_RDWR;
	return config->roles[who] == 'r' ? O_RDONLY : O_WRONLY;
}

/* Returns true if the other side has come since a process waits for it. */
bool other_has_come(u32 who)
{
	const struct pipe *pipe = the_inode.i_pipe;

	return opens_before[who] != (mode_of(who) == O_RDONLY ?
		pipe->writer_opens : pipe->reader_opens);
}

/* Calls. */

bool can_begin(u32 who, u32 number)
{
	const struct call *call = &calls[number - FIRST_CALL];
	bool is_open = model.side[who].is_open;

	if (!(config->calls & 1u << (number - FIRST_CALL)))
		return false;
	switch (call->kind) {
	case READ_IT:	return is_open && is_role(who, 'r');
	case WRITE_IT:	return is_open && is_role(who, 'w');
	case OPEN_IT:	return !is_open && config->has_name;
	default:	return is_open;
	}
}

bool can_get_signal(u32 who)
{
	return config->signals && processes[who].in_call &&
		call_of(who)->kind != CLOSE_IT &&
		!signal_pending(task_of(who));
}

/* Called before a process sleeps in a queue: notes what an open waits for. */
void falls_asleep(u32 who)
{
	const struct pipe *pipe = the_inode.i_pipe;

	if (call_of(who)->kind != OPEN_IT || waits_to_open[who])
		return;
	waits_to_open[who] = true;
	opens_before[who] = mode_of(who) == O_RDONLY ? pipe->writer_opens :
		pipe->reader_opens;
}

static void close_it(u32 who)
{
	model.side[who].is_open = false;
	fput(&files[who]);
}

static int open_it(u32 who, u32 flags)
{
	struct file *file = &files[who];
	int error;

	the_inode.i_count++;
	*file = (struct file){ .flags = flags | mode_of(who),
			       .inode = &the_inode, .fop = the_inode.i_fop };
	error = file->fop->open(&the_inode, file);
	waits_to_open[who] = false;
	if (!error)
		model.side[who].is_open = true;
	else
		iput(&the_inode);
	return error;
}

int carry_out(u32 number)
{
	const struct call *call = &calls[number - FIRST_CALL];
	u32 who = who_runs(), bytes = call->units * UNIT;
	struct file *file = &files[who];
	char *buffer = (char *)BUFFER;
	loff_t pos = 0;

	file->flags = (file->flags & ~O_NONBLOCK) | call->flags;
	switch (call->kind) {
	case READ_IT:
		return file->fop->read(file, buffer, bytes, &pos);
	case WRITE_IT:
		return file->fop->write(file, buffer, bytes, &pos);
	case OPEN_IT:
		return open_it(who, call->flags);
	case CLOSE_IT:
		close_it(who);
		return 0;
	case RESIZE_IT:
		return set_pipe_size(&the_inode, call->units * PAGE_SIZE);
	}
	return 0;
}

/* Rules. */

/* Returns how many units the pipe itself says that it holds. */
static u32 units_held(const struct pipe *pipe)
{
	return pipe ? (pipe->head - pipe->tail) / UNIT : 0;
}

static u32 found_pages_count;

static void count_page(enum page_owner owner, const void *page)
{
	(void)owner;
	rule(is_page_used(page), "the pipe has a page that is free");
	found_pages_count++;
}

static void check_memory(void)
{
	u32 attaching = 0;

	found_pages_count = 0;
	recount_pipes(count_page);
	rule(found_pages_count == pages_used(),
	     "a page is lost");
	for (u32 who = 0; who < nr_processes; who++)
		attaching += processes[who].is_paused;
	rule(pipes_used() <= attaching + has_pipe(),
	     "a pipe is lost");
}

static u32 ready_before[2];	/* for a reader and a writer, by poll */

static void ask_poll(u32 *ready)
{
	struct file reader = { .flags = O_RDONLY, .inode = &the_inode };
	struct file writer = { .flags = O_WRONLY, .inode = &the_inode };

	ready[0] = has_pipe() ? pipe_poll(&reader, NULL) : 0;
	ready[1] = has_pipe() ? pipe_poll(&writer, NULL) : 0;
}

/*
 * Poll tells the truth, and who polls is told of news. It may come late, from
 * somebody who has just to fetch a page.
 */
static void check_poll(void)
{
	u32 ready[2];

	if (!has_pipe())
		return;
	ask_poll(ready);
	rule(!(ready[0] & POLLIN) == !units_by_model(), "POLLIN is wrong");
	rule(!(ready[1] & POLLOUT) == (units_of_room() < RECORD_MAX),
	     "POLLOUT is wrong");
	rule(!(ready[1] & POLLERR) == (count_open('r') > 0),
	     "POLLERR is wrong");
	if (!watcher.owner)
		return;
	for (u32 i = 0; i < 2; i++) {
		model.untold[i] |= ready[i] & ~ready_before[i];
		model.untold[i] &= ready[i] & ~model.told;
		rule(!model.untold[i] || somebody_inside(),
		     "who polls is not told of events %x", model.untold[i]);
	}
}

static void check_pipe(bool is_new)
{
	struct pipe *pipe = the_inode.i_pipe;

	(void)is_new;
	if (pipe) {
		rule(pipe->readers == count_open('r') &&
			     pipe->writers == count_open('w'),
		     "%u readers and %u writers are counted", pipe->readers,
		     pipe->writers);
		rule(units_held(pipe) * UNIT <= pipe->size, "it is too full");
	}
	if (!count_open('r') && !count_open('w'))
		rule(!pipe, units_held(pipe) ?
		     "nobody has the pipe, which holds data" :
		     "nobody has the pipe, which is still there");
	rule(units_held(pipe) == units_by_model(),
	     "the pipe holds %u units, and should hold %u", units_held(pipe),
	     units_by_model());
	check_memory();
	if (pipe) {
		check_sleepers();
		check_poll();
	}
}

/* The first state. */

static void note_told(struct watcher *w, u32 events)
{
	(void)w;
	model.told |= events;
}

static void watch(void)
{
	watcher.woken = note_told;
	watcher.owner = &model;
	list_add(&watcher.sleeper.link, &the_inode.i_pipe->wait.sleepers);
}

static void open_all(void)
{
	for (u32 who = 0; who < nr_processes; who++) {
		current = task_of(who);
		pipe_end(&the_inode, mode_of(who));
		model.side[who].is_open = true;
	}
	if (config->near_wrap)
		the_inode.i_pipe->head = the_inode.i_pipe->tail = WRAP_SOON;
	the_inode.i_pipe->size = config->pages * PAGE_SIZE;
	iput(&the_inode);
}

static void start_pipe(const struct world *world)
{
	the_world = world;
	config = world->config;
	nr_processes = strlen(config->roles);
	nr_calls = ARRAY_SIZE(calls);
	used_calls = config->calls;
	may_fail = config->fails;
	nr_frames = config->has_name ? LITTLE_MEMORY : 1u << 20;
	for (u32 who = 0; who < PROCESSES; who++) {
		task_of(who)->pid = who + 1;
		task_of(who)->uid = task_of(who)->euid = 1000;
	}
	if (!config->has_name) {
		pipe_inode();
		open_all();
	} else {
		the_inode = (struct inode){ .i_count = 1, .i_sb = &any_super,
					    .i_fop = &fifo_fops };
	}
	if (config->watched)
		watch();
	ask_poll(ready_before);
}

static void run_pipe(step_t step)
{
	model.told = 0;
	ask_poll(ready_before);
	run_several(step);
	if (!count_open('r') && !count_open('w'))
		nobody_has_it();
}

/* Forms. */

static u8 *form_of_process(u8 *to, u32 who)
{
	const struct process *p = &processes[who];
	const struct side *side = &model.side[who];

	*to++ = p->call;
	*to++ = p->place;
	*to++ = p->in_call | p->is_paused << 1 | p->has_failed << 2 |
		can_go_on(who) << 3 | side->is_open << 4 | side->inside << 5 |
		side->killed << 6 | signal_pending(task_of(who)) << 7;
	*to++ = side->moved;
	*to++ = (side->written - side->read) & 63;
	*to++ = waits_to_open[who] ? 1 + other_has_come(who) : 0;
	*to++ = has_pipe() && files[who].pos == the_inode.i_pipe->writer_opens;
	return to;
}

/* Writes the units that the pipe holds, with new numbers for processes. */
static u8 *form_of_units(u8 *to, struct pipe *pipe, const u8 *new_number)
{
	for (u32 at = pipe->tail; at != pipe->head; at += UNIT) {
		u32 unit = *(u32 *)(*page_slot(pipe, at) + OFFSET_IN_PAGE(at));
		u32 who = unit >> 8 & 3;

		*to++ = new_number[who] << 4 | (unit >> 16 & 3);
		*to++ = (unit - model.side[who].read) & 63;
	}
	return to;
}

static u8 *form_of_pipe(u8 *to, const u8 *new_number)
{
	struct pipe *pipe = the_inode.i_pipe;

	*to++ = pipe->size / PAGE_SIZE;
	*to++ = pipe->copying;
	*to++ = OFFSET_IN_PAGE(pipe->tail) / UNIT;
	*to++ = units_held(pipe);
	*to++ = pipe->head >> 31 | pipe->tail >> 31 << 1;
	for (u32 i = 0; i < PIPE_PAGES; i++)
		*to++ = !!*page_slot(pipe, pipe->tail + i * PAGE_SIZE);
	return form_of_units(to, pipe, new_number);
}

/* Writes the form with processes in another order: order[0] comes first. */
static u32 form_in_order(u8 *form, const u8 *order)
{
	u8 new_number[PROCESSES] = { 0 }, *to = form;

	for (u32 i = 0; i < nr_processes; i++) {
		new_number[order[i]] = i;
		to = form_of_process(to, order[i]);
	}
	*to++ = model.owed;
	*to++ = model.owed ? new_number[model.owed_by] : 0;
	*to++ = model.untold[0];
	*to++ = model.untold[1];
	*to++ = has_pipe();
	if (has_pipe())
		to = form_of_pipe(to, new_number);
	return to - form;
}

static bool have_same_role(u32 a, u32 b)
{
	return config->roles[a] == config->roles[b];
}

static unsigned canonical_form(unsigned char *form)
{
	return least_form(form, have_same_role, form_in_order);
}

/* Worlds. */

#define CALL(n)		(1u << (n))
#define READ_WRITE	(CALL(0) | CALL(2) | CALL(5) | CALL(6) | CALL(9))
#define NOT_WAITING	(CALL(3) | CALL(7) | CALL(8))
#define OPENING		(CALL(10) | CALL(11))
#define RESIZING	(CALL(12) | CALL(13))

static const struct pipe_config two_writers = {
	.roles = "wwr", .fails = true, .pages = 2, .calls = READ_WRITE,
};
static const struct pipe_config two_readers = {
	.roles = "wrr", .fails = true, .pages = 2, .signals = true,
	.watched = true, .calls = READ_WRITE,
};
static const struct pipe_config both_sides = {
	.roles = "bb", .fails = true, .pages = 2, .watched = true,
	.calls = READ_WRITE | RESIZING,
};
static const struct pipe_config two = {
	.roles = "wr", .fails = true, .pages = 2, .near_wrap = true,
	.signals = true, .watched = true,
	.calls = READ_WRITE | NOT_WAITING | CALL(1) | CALL(4),
};
static const struct pipe_config four = {
	.roles = "wwrr", .pages = 2, .calls = READ_WRITE,
};
static const struct pipe_config named = {
	.roles = "wrr", .has_name = true, .fails = true, .signals = true,
	.calls = CALL(2) | CALL(5) | CALL(9) | OPENING,
};
static const struct pipe_config named_by_both = {
	.roles = "wrb", .has_name = true, .fails = true, .signals = true,
	.calls = CALL(2) | CALL(5) | CALL(9) | OPENING,
};

#define PIPE_WORLD(what) \
	.config = &(what), .start = start_pipe, .steps = steps_of_several, \
	.run = run_pipe, .check = check_pipe, .canon = canonical_form, \
	.save = save_several, .restore = restore_several, \
	.say = say_several, .pair = pair_of_several, .saved_size = 60000

static const struct world writers_world = {
	.name = "writers", .states = 41983,
	.about = "a pipe with 2 writers and a reader",
	PIPE_WORLD(two_writers)
};
static const struct world readers_world = {
	.name = "readers", .states = 34978,
	.about = "a pipe with 2 readers and a writer",
	PIPE_WORLD(two_readers)
};
static const struct world both_world = {
	.name = "both", .states = 97959,
	.about = "2 processes that read and write, sizes",
	PIPE_WORLD(both_sides)
};
static const struct world four_world = {
	.name = "four", .states = 18002,
	.about = "a pipe between 4 processes, no failures",
	PIPE_WORLD(four)
};
static const struct world two_world = {
	.name = "two", .states = 44466,
	.about = "a pipe between 2 processes, all calls",
	PIPE_WORLD(two)
};
static const struct world named_world = {
	.name = "named", .states = 5626,
	.about = "a named pipe, a writer, 2 readers",
	PIPE_WORLD(named)
};
static const struct world named_both_world = {
	.name = "named3", .states = 18384,
	.about = "a named pipe, all kinds of users",
	PIPE_WORLD(named_by_both)
};

const struct world *const worlds[] = {
	&writers_world, &readers_world, &both_world, &two_world,
	&named_world, &named_both_world, &four_world, NULL
};
