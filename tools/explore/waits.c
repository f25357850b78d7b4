/*
 * Worlds of fork, exit and wait: the kernel's files as they are, between init
 * and up to three other processes. This file has the rest of the kernel, as far
 * as they need it, and what a process can do.
 */
#include <cowix/core.h>
#include <cowix/entry.h>
#include <cowix/plan.h>
#include <cowix/ptrace.h>
#include <cowix/syscalls.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/wait.h>
#include "kernel/signal/signal_internal.h"
#include "waits.h"

#define POOL_OBJECTS	(PROCESSES + 1)
#define STATUS_AT	((int __user *)0x10000)	/* in a program */
#define BOOT_BYTES	2048u
#define EXIT_CODE	5
#define CALL_BEGINS	2u	/* the program's eip behind a system call */

const struct wait_config *config;
u32 nr_processes, nr_frames, nr_calls, used_calls;
bool may_fail;
volatile u32 jiffies;
struct page *mem_map;
bool (*planner)(u32 event);

struct person people[PROCESSES];
struct task_struct *init_task;
LIST_HEAD(all_tasks);
static bool frame_used[PROCESSES];
static struct sigaction_table objects[POOL_OBJECTS];
static bool object_used[POOL_OBJECTS];
static struct mm memories[PROCESSES];
static u8 boot_bytes[BOOT_BYTES];
static u32 boot_used;
static struct page frame_map[PROCESSES];

const struct call calls[] = {
	{ "takes its signals", TAKE_SIGNALS, 0, 0 },
	{ "forks", FORK, 0, 0 },
	{ "vforks", VFORK, 0, 0 },
	{ "execs", EXEC, 0, 0 },
	{ "exits", EXIT, 0, 0 },
	{ "ignores SIGCHLD", IGNORE_CHILDREN, 0, 0 },
	{ "waits", WAIT_ANY, 0, 0 },
	{ "waits with WNOHANG", LOOK_ANY, 0, 0 },
	{ "waits with WUNTRACED and WCONTINUED", WAIT_STOPPED, 0, 0 },
	{ "waits for process 2", WAIT_FOR, 1, 0 },
	{ "waits for process 3", WAIT_FOR, 2, 0 },
	{ "waits for process 4", WAIT_FOR, 3, 0 },
	{ "sends process 2 SIGTERM", KILL, 1, SIGTERM },
	{ "sends process 3 SIGTERM", KILL, 2, SIGTERM },
	{ "sends process 4 SIGTERM", KILL, 3, SIGTERM },
	{ "sends process 2 SIGKILL", KILL, 1, SIGKILL },
	{ "sends process 3 SIGKILL", KILL, 2, SIGKILL },
	{ "sends process 4 SIGKILL", KILL, 3, SIGKILL },
	{ "sends process 2 SIGSTOP", KILL, 1, SIGSTOP },
	{ "sends process 3 SIGSTOP", KILL, 2, SIGSTOP },
	{ "sends process 2 SIGCONT", KILL, 1, SIGCONT },
	{ "sends process 3 SIGCONT", KILL, 2, SIGCONT },
};

const char *call_name(u32 call)
{
	return calls[call - FIRST_CALL].name;
}

const struct call *call_of(u32 who)
{
	return &calls[processes[who].call - FIRST_CALL];
}

u32 slot_of(const struct task_struct *task)
{
	return (const union task_frame *)task - frames;
}

/* Memory. */

void *boot_alloc(u32 size)
{
	boot_used += size;
	if (boot_used > BOOT_BYTES)
		panic("BOOT_BYTES is too small");
	return boot_bytes + boot_used - size;
}

void *kpage_alloc(enum page_owner owner)
{
	(void)owner;
	if (fails_here(AT_FRAME))
		return NULL;
	for (u32 i = 0; i < nr_processes; i++)
		if (!frame_used[i]) {
			frame_used[i] = true;
			return &frames[i];
		}
	return NULL;		/* so many processes there may be */
}

void kpage_free(void *page)
{
	u32 i = slot_of(page);

	if (i >= PROCESSES || !frame_used[i])
		panic("a task is freed twice");
	if (people[i].exists)
		note_freed(i);
	frame_used[i] = false;
	processes[i].in_call = false;
	memset(page, 0xEE, PAGE_SIZE);
}

void *kmalloc(size_t size)
{
	if (size != sizeof(objects[0]) || fails_here(AT_OBJECT))
		return NULL;
	for (u32 i = 0; i < POOL_OBJECTS; i++)
		if (!object_used[i]) {
			object_used[i] = true;
			return &objects[i];
		}
	panic("a table of actions is lost");
}

void kfree(void *object)
{
	u32 i = (struct sigaction_table *)object - objects;

	if (i >= POOL_OBJECTS || !object_used[i])
		panic("a table of actions is freed twice");
	object_used[i] = false;
}

u32 tables_used(void)
{
	u32 count = 0;

	for (u32 i = 0; i < POOL_OBJECTS; i++)
		count += object_used[i];
	return count;
}

/* Returns how many references to address spaces there are. */
u32 memories_used(void)
{
	u32 count = 0;

	for (u32 i = 0; i < PROCESSES; i++)
		count += memories[i].users;
	return count;
}

struct mm *mm_dup(struct mm *mm, int (*copy)(struct mm *, struct mm *))
{
	(void)mm, (void)copy;
	if (fails_here(AT_MEMORY))
		return NULL;
	for (u32 i = 0; i < PROCESSES; i++)
		if (!memories[i].users) {
			memories[i].users = 1;
			list_init(&memories[i].unlocked.sleepers);
			return &memories[i];
		}
	panic("an address space is lost");
}

void mm_release(struct mm *mm)
{
	fails_here(current->mm ? AT_MEMORY_UNDONE : AT_MEMORY_LEFT);
	if (!mm->users--)
		panic("an address space is released twice");
}

void mm_lock(struct mm *mm)
{
	(void)mm;
}

int put_user_u32(u32 value, void __user *to)
{
	(void)to;
	if (fails_here(AT_STATUS))
		return -EFAULT;
	people[who_runs()].told = value;
	return 0;
}

/* The scheduler. */

void schedule(void)
{
	if (current->state == TASK_ZOMBIE)
		note_end(who_runs());
	leave();
}

void sched_fork(struct task_struct *child)
{
	child->state = TASK_RUNNING;
	processes[slot_of(child)] = (struct process){ 0 };
	note_fork(who_runs(), slot_of(child));
}

int killable_sleep_on(struct wait_queue *q)
{
	if (!is_dying(current))
		sleep_in(q, TASK_KILLABLE);
	return is_dying(current) ? -EINTR : 0;
}

void falls_asleep(u32 who)
{
	(void)who;
}

/* Files. */

int copy_files(struct task_struct *child, bool share)
{
	(void)child, (void)share;
	return fails_here(AT_FILES) ? -ENOMEM : 0;
}

void exit_files(struct task_struct *task)
{
	fails_here(task == current ? AT_FILES_LEFT : AT_FILES_UNDONE);
}

/* Calls. */

static void set_up_task(u32 slot)
{
	struct task_struct *task = task_of(slot);

	frame_used[slot] = true;
	task->process = task;
	task->stack_top = (u32)task + TASK_FRAME_SIZE;
	task->stack_guard = STACK_GUARD_VALUE;
	list_init(&task->threads);
	list_init(&task->all_link);
	list_init(&task->group_link);
	list_init(&task->session_link);
	list_init(&task->children);
	list_init(&task->sibling);
	list_init(&task->tracees);
	list_init(&task->pending.queue);
	list_init(&task->shared.queue);
	wait_queue_init(&task->child_exit);
	wait_queue_init(&task->signal_wait);
}

static u32 calls_of(u32 who)
{
	return who == INIT ? config->inits : config->calls;
}

bool can_begin(u32 who, u32 number)
{
	const struct call *call = &calls[number - FIRST_CALL];
	struct task_struct *task = task_of(who);

	if (!people[who].exists || people[who].is_dead ||
	    task->state != TASK_RUNNING)
		return false;
	if (signal_pending(task) || call->kind == TAKE_SIGNALS)
		return signal_pending(task) && call->kind == TAKE_SIGNALS;
	if (!(calls_of(who) & 1u << (number - FIRST_CALL)))
		return false;
	if (call->kind == IGNORE_CHILDREN)
		return !people[who].ignores_children;
	if (call->kind == EXEC)
		return task->vfork_wait;
	return !call->target || people[call->target].exists;
}

/* All signals have a sender here. */
bool can_get_signal(u32 who)
{
	(void)who;
	return false;
}

static int wait_for(u32 who, int pid, int options)
{
	people[who].target = pid;
	people[who].told = -1;
	return sys_wait4(pid, STATUS_AT, options, NULL);
}

static int send(const struct call *call)
{
	struct person *to = &people[call->target];

	to->causes |= 1ull << call->sig;
	return sys_kill(to->pid, call->sig);
}

static int do_call(u32 who, const struct call *call)
{
	switch (call->kind) {
	case FORK:	return sys_fork();
	case VFORK:	return sys_vfork();
	case WAIT_ANY:	return wait_for(who, -1, 0);
	case LOOK_ANY:	return wait_for(who, -1, WNOHANG);
	case WAIT_STOPPED:
		return wait_for(who, -1, WUNTRACED | WCONTINUED);
	case WAIT_FOR:	return wait_for(who, people[call->target].pid, 0);
	case KILL:	return send(call);
	case EXEC:
		current->did_exec = true;
		people[who].lender = NOBODY;
		vfork_release(current);
		return 0;
	case IGNORE_CHILDREN:
		action_of(current, SIGCHLD)->handler = SIGNAL_IGNORE;
		people[who].ignores_children = true;
		return 0;
	case EXIT:
		people[who].causes |= 1;
		return sys_exit_group(EXIT_CODE);
	case TAKE_SIGNALS:
		break;
	}
	return 0;
}

/* Makes the call, as entry.asm does, until it need not begin again. */
int carry_out(u32 number)
{
	const struct call *call = &calls[number - FIRST_CALL];
	struct pt_regs *regs = task_regs(current);
	int result;

	do {
		*regs = (struct pt_regs){ .eip = CALL_BEGINS, .orig_eax = 1 };
		if (call->kind == TAKE_SIGNALS)
			regs->orig_eax = -1;
		result = regs->eax = do_call(who_runs(), call);
		while (signal_pending(current))
			do_signal(regs);
	} while (regs->eip != CALL_BEGINS);
	return result;
}

/* The first state: init, and a child of it. */

static void start_init(void)
{
	struct task_struct *init = task_of(INIT);

	set_up_task(INIT);
	current = init_task = init;
	init->parent = init;
	pid_init();
	hold_pid(init, 0);
	hash_task(init);
	copy_signals(init, false);
	init->mm = mm_dup(NULL, NULL);
	people[INIT] = (struct person){ .exists = true, .pid = init->pid,
					 .lender = NOBODY };
}

static void start_waits(const struct world *world)
{
	the_world = world;
	config = world->config;
	nr_processes = config->processes;
	nr_calls = ARRAY_SIZE(calls);
	used_calls = config->calls | config->inits;
	mem_map = frame_map - (__pa(frames) >> PAGE_SHIFT);
	start_init();
	begin_call(INIT, FIRST_CALL + FORK);
	may_fail = config->fails;
}

/* Worlds. */

#define CALL(n)		(1u << (n))
#define LIVES		(CALL(1) | CALL(4) | CALL(6))
#define VFORKS		(CALL(2) | CALL(3))
#define WAITS_FOR	(CALL(9) | CALL(10) | CALL(11))
#define KILLS		(CALL(12) | CALL(13) | CALL(15) | CALL(16))
#define STOPS		(CALL(18) | CALL(19) | CALL(20) | CALL(21))

static const struct wait_config three = {
	.processes = 3, .fails = true, .inits = CALL(6),
	.calls = LIVES | VFORKS | KILLS | CALL(5) | CALL(7) | CALL(9) |
		CALL(10),
};
static const struct wait_config stopping = {
	.processes = 3, .inits = CALL(6) | STOPS,
	.calls = LIVES | CALL(8) | STOPS | CALL(15) | CALL(16),
};
static const struct wait_config failing = {
	.processes = 3, .inits = CALL(6) | STOPS, .fails = true,
	.calls = LIVES | CALL(8) | STOPS | CALL(15) | CALL(16),
};
static const struct wait_config four = {
	.processes = 4, .inits = CALL(6), .fails = true,
	.calls = LIVES | CALL(5) | CALL(7) | WAITS_FOR,
};
static const struct wait_config four_killing = {
	.processes = 4, .inits = CALL(6),
	.calls = LIVES | KILLS | CALL(14) | CALL(17),
};

#define WAIT_WORLD(what) \
	.config = &(what), .start = start_waits, .steps = steps_of_several, \
	.run = run_several, .check = check_waits, .canon = form_of_waits, \
	.save = save_several, .restore = restore_several, \
	.say = say_several, .pair = pair_of_several, .saved_size = 80000

static const struct world family_world = {
	.name = "family", .states = 52369,
	.about = "init and 2 processes: all but stops",
	WAIT_WORLD(three)
};
static const struct world murders_world = {
	.name = "murders", .states = 7105,
	.about = "init and 3 processes: SIGTERM, SIGKILL",
	WAIT_WORLD(four_killing)
};
static const struct world stopping_world = {
	.name = "stopping", .states = 16860,
	.about = "init and 2 processes: with stops",
	WAIT_WORLD(stopping)
};
static const struct world failing_world = {
	.name = "failing", .states = 225476,
	.about = "the same, and what is needed fails or comes late",
	WAIT_WORLD(failing)
};
static const struct world clan_world = {
	.name = "clan", .states = 34777,
	.about = "init and 3 processes: fork, exit, wait",
	WAIT_WORLD(four)
};

const struct world *const worlds[] = {
	&family_world, &murders_world, &stopping_world, &clan_world,
	&failing_world, NULL
};
