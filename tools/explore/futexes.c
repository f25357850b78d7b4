/*
 * Worlds of futexes: kernel/task/futex.c as it is, under a lock and a condition
 * variable as C libraries build them. The program's part runs here, too. It can
 * be interrupted before each access to the words in its memory. The kernel's
 * file is included, so that its queues can be looked at.
 */
#include "kernel/task/futex.c"
#include "several.h"

#define BOOT_BYTES	4096u
#define PROGRAM		0x10000u	/* where its words seem to lie */
#define LOCK		PROGRAM		/* 0: free; 1: taken; 2: wanted, too */
#define CONDITION	(PROGRAM + 4)	/* counts the signals */

enum kind { TAKE, GIVE, AWAIT, BROADCAST, SIGNAL_ONE };

/* Where a process is interrupted. */
enum {
	BEFORE_TAKING = 1, BEFORE_MARKING, BEFORE_TRYING,
	BEFORE_FREEING, BEFORE_WAKING, BEFORE_WAITING, BEFORE_RETAKING,
	AFTER_COUNTING, IN_KERNEL,
};

static const char *const names[] = {
	"takes the lock", "gives the lock back", "waits for the condition",
	"wakes all who wait for the condition",
	"wakes one who waits for the condition",
};

struct futex_config {
	u32 processes;
	bool shared;		/* the words are in a file */
	bool signals;
	u32 kinds;
};

static const struct futex_config *config;
u32 nr_processes, nr_frames = 1, nr_calls = ARRAY_SIZE(names),
	used_calls;
bool may_fail;

static struct mm memory;
static struct inode file;
static struct vm_area area = { .end = KERNEL_BASE,
			       .flags = VM_READ | VM_WRITE };
static u8 boot_bytes[BOOT_BYTES];
static u32 words[2];
static int holder = -1;
static u32 condition[PROCESSES];	/* as a process has seen it */
static bool is_retaking[PROCESSES];	/* the lock, after the condition */

const char *call_name(u32 call)
{
	return names[call - FIRST_CALL];
}

static u32 kind_of(u32 who)
{
	return processes[who].call - FIRST_CALL;
}

/* The rest of the kernel. */

void *boot_alloc(u32 size)
{
	return size <= BOOT_BYTES ? boot_bytes : NULL;
}

static u32 *word_at(const void __user *at)
{
	return &words[((u32)at - PROGRAM) / sizeof(u32)];
}

int get_user_u32(u32 *to, const void __user *from)
{
	if (fails_here(IN_KERNEL))
		return -EFAULT;
	*to = *word_at(from);
	return 0;
}

int put_user_u32(u32 value, void __user *to)
{
	*word_at(to) = value;
	return 0;
}

int cmpxchg_user_u32(u32 *old, u32 value, void __user *to)
{
	u32 now = *word_at(to);

	if (now == *old)
		*word_at(to) = value;
	*old = now;
	return 0;
}

struct vm_area *search_area(struct mm *mm, u32 addr)
{
	(void)addr;
	return mm->last_area;
}

int get_deadline(struct deadline *end, int clock, bool absolute,
		 const void __user *time, bool wide)
{
	(void)clock, (void)absolute, (void)time, (void)wide;
	end->kind = DEADLINE_NEVER;
	return 0;
}

int sleep_until(struct wait_queue *q, const struct deadline *end)
{
	(void)end;
	return interruptible_sleep_on(q);
}

void iput(struct inode *inode)
{
	if (!inode->i_count--)
		panic("the file is released twice");
}

struct task_struct *find_task(int pid)
{
	(void)pid;
	return NULL;
}

bool may_inspect(const struct task_struct *task, u32 uid, u32 gid)
{
	(void)task, (void)uid, (void)gid;
	return false;
}

bool await_memory(u32 addr)
{
	(void)addr;
	return false;
}

void falls_asleep(u32 who)
{
	(void)who;
}

/* The program. */

static u32 count_asleep(void)
{
	u32 n = 0;

	for (u32 who = 0; who < nr_processes; who++)
		n += is_asleep(who);
	return n;
}

/* Changes a word if it is as expected. Returns what it was. */
static u32 change(u32 place, u32 at, u32 expected, u32 value)
{
	u32 was;

	fails_here(place);
	was = *word_at((void *)at);
	if (was == expected)
		*word_at((void *)at) = value;
	return was;
}

static u32 exchange(u32 place, u32 at, u32 value)
{
	u32 was;

	fails_here(place);
	was = *word_at((void *)at);
	*word_at((void *)at) = value;
	return was;
}

/* Waits on a word. On the way back the handler of a signal runs. */
static void wait_on(u32 at, u32 value)
{
	fails_here(BEFORE_WAITING);
	sys_futex(at, FUTEX_WAIT, value, 0, 0, 0);
	current->work = 0;
}

/* Returns how many stand in the queue of a word and were not woken. */
static u32 count_waiting(u32 at)
{
	struct futex_key key;
	u32 n = 0;

	find_key(at, 0, &key);
	list_for_each(node, futex_bucket(&key)) {
		struct futex_sleeper *s =
			list_entry(node, struct futex_sleeper, link);

		n += same_key(&s->key, &key) && !s->woken;
	}
	return n;
}

/* Wakes one who waits on a word, if there is one. */
static void wake_one(u32 at)
{
	u32 before = count_waiting(at);
	int woken = sys_futex(at, FUTEX_WAKE, 1, 0, 0, 0);

	rule(woken == (before > 0), "futex wakes %d of %u", woken, before);
	rule(count_waiting(at) + woken == before,
	     "futex wakes others than it says");
}

static void take_contended(u32 place)
{
	while (exchange(place, LOCK, 2))
		wait_on(LOCK, 2);
}

static void take(void)
{
	u32 was = change(BEFORE_TAKING, LOCK, 0, 1);

	while (was) {
		if (was == 2 || change(BEFORE_MARKING, LOCK, 1, 2))
			wait_on(LOCK, 2);
		was = change(BEFORE_TRYING, LOCK, 0, 2);
	}
}

static void give(void)
{
	holder = -1;
	if (words[0]-- == 1)
		return;
	exchange(BEFORE_FREEING, LOCK, 0);
	fails_here(BEFORE_WAKING);
	wake_one(LOCK);
}

static void note_holder(u32 who)
{
	rule(holder < 0, "processes %d and %u have the lock", holder + 1,
	     who + 1);
	holder = who;
}

static void await_condition(u32 who)
{
	condition[who] = words[1];
	give();
	wait_on(CONDITION, condition[who]);
	is_retaking[who] = true;
	take_contended(BEFORE_RETAKING);
	is_retaking[who] = false;
	note_holder(who);
}

/* Wakes one who waits for the condition. The others wait for the lock now. */
static void broadcast(u32 who)
{
	words[1]++;
	do {
		fails_here(AFTER_COUNTING);
		condition[who] = words[1];
	} while (sys_futex(CONDITION, FUTEX_CMP_REQUEUE, 1, FUTEX_ALL, LOCK,
			   condition[who]) < 0);
	rule(!count_waiting(CONDITION), "somebody is left in the queue");
}

static void signal_one(void)
{
	words[1]++;
	fails_here(AFTER_COUNTING);
	wake_one(CONDITION);
}

bool can_begin(u32 who, u32 number)
{
	u32 kind = number - FIRST_CALL;

	if (!(config->kinds & 1u << kind))
		return false;
	return kind == TAKE ? holder != (int)who :
		kind >= BROADCAST || holder == (int)who;
}

bool can_get_signal(u32 who)
{
	return config->signals && is_asleep(who);
}

int carry_out(u32 number)
{
	u32 who = who_runs();

	switch ((enum kind)(number - FIRST_CALL)) {
	case TAKE:
		take();
		note_holder(who);
		break;
	case GIVE:
		give();
		break;
	case AWAIT:
		await_condition(who);
		break;
	case BROADCAST:
		broadcast(who);
		break;
	case SIGNAL_ONE:
		signal_one();
		break;
	}
	return 0;
}

void check_result(u32 who)
{
	(void)who;
}

/* Returns true if a process sleeps until somebody wakes the condition. */
static bool may_sleep_on(u32 who)
{
	if (kind_of(who) != AWAIT || is_retaking[who])
		return false;
	return condition[who] == words[1] ||
		config->kinds & 1u << SIGNAL_ONE;
}

/*
 * If the lock is free, and nobody is about to do something, nobody may wait for
 * it: he was forgotten.
 */
static void check_futexes(bool is_new)
{
	u32 asleep = count_asleep();

	(void)is_new;
	if (config->shared)
		rule(file.i_count <= 1 + nr_processes &&
			     file.i_count >= 1 + asleep,
		     "the file has %u references", file.i_count);
	if (holder >= 0)
		return;
	for (u32 who = 0; who < nr_processes; who++)
		if (can_go_on(who))
			return;
	for (u32 who = 0; who < nr_processes; who++)
		rule(!is_asleep(who) || may_sleep_on(who),
		     "process %u sleeps for ever", who + 1);
	rule(!words[0], "nobody has the lock, which is taken");
}

/* The first state: nobody has the lock. */
static void start_futexes(const struct world *world)
{
	the_world = world;
	config = world->config;
	nr_processes = config->processes;
	used_calls = config->kinds;
	may_fail = true;
	futex_init();
	file.i_count = 1;
	memory.last_area = &area;
	if (config->shared) {
		area.flags |= VM_SHARED;
		area.object = &file;
	}
	for (u32 who = 0; who < nr_processes; who++) {
		task_of(who)->pid = who + 1;
		task_of(who)->mm = &memory;
	}
}

/* Forms. */

/* Writes who stands in the queue of a word, and who of them was woken. */
static u8 *form_of_queue(u8 *to, u32 at, const u8 *new_number)
{
	struct futex_key key;

	current = task_of(0);
	find_key(at, 0, &key);
	list_for_each(node, futex_bucket(&key)) {
		struct futex_sleeper *s =
			list_entry(node, struct futex_sleeper, link);

		if (same_key(&s->key, &key))
			*to++ = new_number[whose_stack(s)] | s->woken << 4;
	}
	*to++ = 0xFF;
	return to;
}

static u32 form_in_order(u8 *form, const u8 *order)
{
	u8 new_number[PROCESSES] = { 0 }, *to = form;

	for (u32 i = 0; i < nr_processes; i++)
		new_number[order[i]] = i;
	for (u32 i = 0; i < nr_processes; i++) {
		u32 who = order[i];
		const struct process *p = &processes[who];

		*to++ = p->call;
		*to++ = p->place;
		*to++ = p->in_call | p->is_paused << 1 | can_go_on(who) << 2 |
			signal_pending(task_of(who)) << 3 |
			is_retaking[who] << 4 | (holder == (int)who) << 5 |
			(p->in_call && kind_of(who) >= AWAIT &&
			 condition[who] == words[1]) << 6;
	}
	*to++ = words[0];
	to = form_of_queue(to, LOCK, new_number);
	return form_of_queue(to, CONDITION, new_number) - form;
}

static bool are_alike(u32 a, u32 b)
{
	(void)a, (void)b;
	return true;
}

static unsigned form_of_futexes(unsigned char *form)
{
	return least_form(form, are_alike, form_in_order);
}

/* Worlds. */

#define KIND(kind)	(1u << (kind))

static const struct futex_config lock = {
	.processes = 3, .signals = true, .kinds = KIND(TAKE) | KIND(GIVE),
};
static const struct futex_config waking_all = {
	.processes = 3, .shared = true, .signals = true,
	.kinds = KIND(TAKE) | KIND(GIVE) | KIND(AWAIT) | KIND(BROADCAST),
};
static const struct futex_config waking_one = {
	.processes = 3, .signals = true,
	.kinds = KIND(TAKE) | KIND(GIVE) | KIND(AWAIT) | KIND(SIGNAL_ONE),
};
static const struct futex_config four = {
	.processes = 4,
	.kinds = KIND(TAKE) | KIND(GIVE) | KIND(AWAIT) | KIND(BROADCAST),
};

#define FUTEX_WORLD(what) \
	.config = &(what), .start = start_futexes, .steps = steps_of_several, \
	.run = run_several, .check = check_futexes, \
	.canon = form_of_futexes, .save = save_several, \
	.restore = restore_several, .say = say_several, \
	.pair = pair_of_several, .saved_size = 60000

static const struct world lock_world = {
	.name = "lock", .states = 377,
	.about = "3 threads and a lock",
	FUTEX_WORLD(lock)
};
static const struct world all_world = {
	.name = "all", .states = 16249,
	.about = "a lock and a condition that wakes all",
	FUTEX_WORLD(waking_all)
};
static const struct world one_world = {
	.name = "one", .states = 11070,
	.about = "a lock and a condition that wakes one",
	FUTEX_WORLD(waking_one)
};
static const struct world crowd_world = {
	.name = "crowd", .states = 99665,
	.about = "4 threads, no signals",
	FUTEX_WORLD(four)
};

const struct world *const worlds[] = {
	&lock_world, &all_world, &one_world, &crowd_world, NULL
};
