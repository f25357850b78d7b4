/*
 * What holds between parents and children. Each child that has ended is reaped
 * once, by its parent, who is told the right status. Orphans belong to init.
 * Nobody waits who need not.
 */
#include <abi/errno.h>
#include <abi/wait.h>
#include "kernel/signal/signal_internal.h"
#include "waits.h"

void note_fork(u32 parent, u32 child)
{
	people[child] = (struct person){
		.exists = true,
		.parent = parent,
		.lender = call_of(parent)->kind == VFORK ? parent : NOBODY,
		.pid = task_of(child)->pid,
		.ignores_children = people[parent].ignores_children,
		.target = -1,
	};
}

/* A process has become a zombie. Its children are init's. */
void note_end(u32 who)
{
	struct person *p = &people[who];
	int sig = WTERMSIG(task_of(who)->exit_status);

	p->is_dead = true;
	p->lender = NOBODY;
	p->status = task_of(who)->exit_status;
	rule(p->causes & 1ull << sig, "process %u ends by %d for no reason",
	     who + 1, sig);
	if (people[p->parent].ignores_children)
		p->parent = INIT;
	for (u32 i = 0; i < nr_processes; i++)
		if (people[i].exists && people[i].parent == who) {
			people[i].parent = INIT;
			people[i].lender = NOBODY;
		}
}

/* A process is freed, by who has waited for it. */
void note_freed(u32 who)
{
	struct person *p = &people[who];
	u32 by = who_runs();

	rule(p->is_dead, "process %u is freed alive", who + 1);
	rule(p->parent == by, "process %u is freed by process %u, not by %u",
	     who + 1, by + 1, p->parent + 1);
	rule(people[by].told == p->status,
	     "process %u ended with status %x, its parent learns of %x",
	     who + 1, p->status, people[by].told);
	p->exists = false;
}

/* Returns true if a wait of this process means another one. */
static bool is_meant(u32 who, u32 child)
{
	const struct person *p = &people[child];

	return p->exists && p->parent == who && child != INIT &&
		(people[who].target == -1 || people[who].target == p->pid);
}

/* Returns true if a child that a wait means has something to tell. */
static bool has_news(u32 who, u32 child)
{
	const struct task_struct *task = task_of(child);

	if (people[child].is_dead)
		return true;
	return call_of(who)->kind == WAIT_STOPPED &&
		(task->stop_signal || task->continued);
}

static bool is_wait(u32 kind)
{
	return kind >= WAIT_ANY && kind <= WAIT_FOR;
}

static void check_wait(u32 who)
{
	int result = processes[who].result;
	bool any = false, news = false, killed = false;

	for (u32 i = 0; i < nr_processes; i++)
		if (is_meant(who, i)) {
			any = true;
			news |= has_news(who, i);
			killed |= task_of(i)->group_work & GROUP_KILL;
		}
	rule(result != 0 || (any && !news && call_of(who)->kind == LOOK_ANY),
	     "process %u gets 0 from a wait", who + 1);
	rule(result != -ECHILD || !any, "process %u has children, and is told "
	     "that it has none", who + 1);
	rule(result != -EFAULT || processes[who].has_failed,
	     "process %u gets error %d", who + 1, -result);
	rule(result != -EFAULT || news || killed,
	     "what process %u was not told is forgotten", who + 1);
	rule(result >= 0 || result == -ECHILD || result == -EFAULT ||
		     result == -ERESTARTSYS,
	     "process %u gets error %d from a wait", who + 1, -result);
}

void check_result(u32 who)
{
	u32 kind = call_of(who)->kind;
	int result = processes[who].result;

	if (is_wait(kind))
		check_wait(who);
	if (kind == FORK || kind == VFORK)
		rule(result > 0 || result == -ENOMEM ||
			     result == -ERESTARTNOINTR,
		     "process %u gets error %d from a fork", who + 1, -result);
	if (kind == KILL)
		rule(result == 0 || result == -ESRCH, "kill: error %d",
		     -result);
	people[who].target = people[who].told = -1;
}

/* Returns true if a child runs in the memory of this process, after vfork(). */
static bool lends(u32 who)
{
	for (u32 i = 0; i < nr_processes; i++)
		if (people[i].exists && people[i].lender == who)
			return true;
	return false;
}

/* Nobody waits who need not, or sleeps with a signal that wakes. */
static void check_sleeper(u32 who)
{
	struct task_struct *task = task_of(who);
	bool any = false;

	if (task->state == TASK_INTERRUPTIBLE) {
		rule(!signal_pending(task), "process %u sleeps with a signal",
		     who + 1);
		for (u32 i = 0; i < nr_processes; i++)
			if (is_meant(who, i)) {
				any = true;
				rule(!has_news(who, i), "process %u waits, and "
				     "process %u has news", who + 1, i + 1);
			}
		rule(any, "process %u waits for nobody", who + 1);
	}
	if (task->state == TASK_KILLABLE) {
		rule(!is_dying(task), "process %u sleeps, and should end",
		     who + 1);
		rule(lends(who), "process %u sleeps for ever in vfork()",
		     who + 1);
	}
	if (task->state == TASK_STOPPED)
		rule(task->process->group_work == GROUP_STOP,
		     "process %u is stopped without a reason", who + 1);
}

/* Returns how often a child stands in the list of a parent. */
static u32 times_in_list(u32 parent, u32 child)
{
	u32 n = 0;

	list_for_each(node, &task_of(parent)->children)
		n += list_entry(node, struct task_struct, sibling) ==
			task_of(child);
	return n;
}

static void check_child(u32 who)
{
	const struct person *p = &people[who];
	struct task_struct *task = task_of(who);

	rule(find_task(p->pid) == task, "process %u cannot be found", who + 1);
	if (who == INIT)
		return;
	rule(task->parent == task_of(p->parent),
	     "process %u is a child of process %u, and should be of %u",
	     who + 1, slot_of(task->parent) + 1, p->parent + 1);
	rule(people[p->parent].exists && !people[p->parent].is_dead,
	     "process %u is an orphan", who + 1);
	for (u32 i = 0; i < nr_processes; i++)
		if (people[i].exists)
			rule(times_in_list(i, who) == (i == p->parent),
			     "process %u is in a wrong list", who + 1);
	rule(p->is_dead == (task->state == TASK_ZOMBIE),
	     "process %u is not as dead as it should be", who + 1);
	rule(!p->is_dead || task->exit_status == p->status,
	     "the status of process %u has changed", who + 1);
}

/* Zombies stand in front, where waitpid() looks. */
static void check_order(u32 who)
{
	bool alive = false;

	list_for_each(node, &task_of(who)->children) {
		u32 i = slot_of(list_entry(node, struct task_struct, sibling));

		rule(!alive || !people[i].is_dead,
		     "a zombie is not in front of the children");
		alive |= !people[i].is_dead;
	}
}

/* What processes had is given back, but what a fork has taken so far. */
static void check_counts(u32 count, u32 alive, u32 lasting, u32 making)
{
	rule(nr_tasks >= count && nr_tasks <= count + making,
	     "there are %u processes, and %u are counted", count, nr_tasks);
	rule(tables_used() >= alive && tables_used() <= alive + making,
	     "a table of actions is lost");
	rule(memories_used() >= lasting && memories_used() <= lasting + making,
	     "an address space is lost");
}

void check_waits(bool is_new)
{
	u32 count = 0, alive = 0, lasting = 0, making = 0;

	(void)is_new;
	for (u32 who = 0; who < nr_processes && !is_broken(); who++) {
		making += processes[who].is_paused;
		if (!people[who].exists)
			continue;
		count++;
		alive += task_of(who)->sigactions != NULL;
		lasting += task_of(who)->mm != NULL;
		check_child(who);
		check_order(who);
		if (is_asleep(who))
			check_sleeper(who);
	}
	check_counts(count, alive, lasting, making);
}

/* Forms. */

/* Returns the new number of the process that a wait means. */
static u8 form_of_target(u32 who, const u8 *new_number)
{
	if (!processes[who].in_call || !is_wait(call_of(who)->kind))
		return 0;
	if (people[who].target == -1)
		return 1;
	for (u32 i = 0; i < nr_processes; i++)
		if (people[i].exists && people[i].pid == people[who].target)
			return 3 + new_number[i];
	return 2;
}

static u8 *form_of_person(u8 *to, u32 who, const u8 *new_number)
{
	const struct person *p = &people[who];
	const struct process *of = &processes[who];
	const struct task_struct *task = task_of(who);

	*to++ = p->exists;
	if (!p->exists)
		return to;
	*to++ = new_number[p->parent];
	*to++ = task->state | p->ignores_children << 4;
	*to++ = p->causes | p->causes >> 8;
	*to++ = p->causes >> 16;
	*to++ = task->exit_status;
	*to++ = task->exit_status >> 8;
	*to++ = task->work;
	*to++ = task->group_work;
	memcpy(to, &task->shared.set, sizeof(u64));
	to += sizeof(u64);
	*to++ = task->stop_signal;
	*to++ = task->continued | task->claimed << 1 | of->in_call << 2 |
		of->is_paused << 3 | of->has_failed << 4 |
		(task->vfork_wait != NULL) << 5;
	*to++ = of->in_call && !p->is_dead ? 1 + call_of(who)->kind : 0;
	*to++ = of->place;
	*to++ = form_of_target(who, new_number);
	*to++ = task->vfork_wait ? p->parent : 0;
	list_for_each(node, &task->children)
		*to++ = new_number[slot_of(
			list_entry(node, struct task_struct, sibling))];
	*to++ = NOBODY;
	return to;
}

/* Writes the form with processes in another order: order[0] comes first. */
static u32 form_in_order(u8 *form, const u8 *order)
{
	u8 new_number[PROCESSES] = { 0 }, *to = form;

	for (u32 i = 0; i < nr_processes; i++)
		new_number[order[i]] = i;
	for (u32 i = 0; i < nr_processes; i++)
		to = form_of_person(to, order[i], new_number);
	return to - form;
}

static bool are_both_others(u32 a, u32 b)
{
	return a == b || (a != INIT && b != INIT);
}

unsigned form_of_waits(unsigned char *form)
{
	return least_form(form, are_both_others, form_in_order);
}
