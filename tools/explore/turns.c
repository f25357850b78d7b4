/*
 * How a step of several processes is written in a number: who does what, and
 * which of the things that it asks for then comes late, or not at all. Nothing
 * here is part of a state.
 */
#include "several.h"

#define EVENTS_MAX	15u	/* of a step; the last one must never come */

const struct world *the_world;

static u32 event, counted;	/* which is planned (0: none); so far */
static bool event_fails, has_come;

static step_t number_of(u32 who, u32 call, u32 planned, bool fails)
{
	return who | call << 3 | planned << 9 | fails << 13;
}

/* Returns true if something planned happens now, and whether that fails. */
bool is_planned(bool *fails)
{
	if (!event || ++counted != event)
		return false;
	rule(counted < EVENTS_MAX, "a call asks for more than is tried");
	has_come = true;
	*fails = event_fails;
	return true;
}

void run_several(step_t step)
{
	u32 who = step & 7, call = step >> 3 & 63;

	event = step >> 9 & EVENTS_MAX;
	event_fails = step >> 13 & 1;
	counted = 0;
	has_come = false;
	if (call == SIGNAL) {
		task_of(who)->work |= WORK_SIGNAL;
		if (task_of(who)->state == TASK_INTERRUPTIBLE)
			task_of(who)->state = TASK_RUNNING;
	} else if (call == GO_ON) {
		go_on(who);
	} else {
		begin_call(who, call);
	}
	event = 0;
}

/* Tries a step, and what may happen in it. Returns false to end the search. */
static bool try_all(bool (*try)(step_t step), u32 who, u32 call)
{
	if (!try(number_of(who, call, 0, false)))
		return false;
	if (!may_fail || call == SIGNAL)
		return true;
	for (u32 n = 1; n <= EVENTS_MAX; n++) {
		if (!try(number_of(who, call, n, false)))
			return false;
		if (!has_come)
			return true;
		if (!try(number_of(who, call, n, true)))
			return false;
	}
	return true;
}

static bool is_possible(u32 who, u32 call)
{
	if (call == GO_ON)
		return can_go_on(who);
	if (call == SIGNAL)
		return can_get_signal(who);
	return !processes[who].in_call && can_begin(who, call);
}

void steps_of_several(bool (*try)(step_t step))
{
	for (u32 who = 0; who < nr_processes; who++)
		for (u32 call = 0; call < FIRST_CALL + nr_calls; call++)
			if (is_possible(who, call) && !try_all(try, who, call))
				return;
}

void say_several(step_t step)
{
	u32 who = step & 7, call = step >> 3 & 63;
	u32 planned = step >> 9 & EVENTS_MAX;

	print("process %u ", who + 1);
	if (call == GO_ON)
		print("goes on");
	else if (call == SIGNAL)
		print("gets a signal");
	else
		print("%s", call_name(call));
	if (planned)
		print("; its request number %u %s", planned,
		      step >> 13 & 1 ? "fails" : "comes late");
}

/* Each call must occur: seen() is told when it begins. */
const char *pair_of_several(unsigned n)
{
	bool must_occur = n < nr_calls && used_calls & 1u << n;

	return must_occur ? call_name(FIRST_CALL + n) : NULL;
}
