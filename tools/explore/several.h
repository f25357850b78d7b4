/*
 * Worlds in which several processes are in the kernel at once: what their files
 * share. Each process has a stack, and runs until it sleeps or its call is
 * over. Then the search chooses who goes on. See docs/explore.md.
 */
#ifndef SEVERAL_H
#define SEVERAL_H

#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "kernel/kernel_internal.h"
#include "search.h"

#define PROCESSES	4u	/* at most */
#define CALL_STACK	4096u

/* What a process can do. A world numbers its calls from FIRST_CALL on. */
enum { GO_ON, SIGNAL, FIRST_CALL, CALLS_MAX = 40 };

struct process {
	u32 esp;		/* while it does not run */
	bool in_call;
	bool is_paused;		/* amid something, and wakes by itself */
	u8 place;		/* there, as the world numbers such places */
	u8 call;
	int result;		/* of the call that is over */
	bool has_failed;	/* something that this call needed */
};

/* several.c: all of it, as all of a world's variables, is part of a state */
extern struct process processes[PROCESSES];
extern union task_frame frames[PROCESSES];	/* of the processes */
bool fails_here(u32 place);
void leave(void);
u32 who_runs(void);
u32 whose_stack(const void *object);
bool is_asleep(u32 who);
bool can_go_on(u32 who);
void go_on(u32 who);
void begin_call(u32 who, u32 call);
void save_several(void *state);
void restore_several(const void *state);
u32 least_form(u8 *form, bool (*alike)(u32 a, u32 b),
	       u32 (*in_order)(u8 *form, const u8 *order));

/* turns.c: how a step is written in a number; no part of a state */
extern const struct world *the_world;
bool is_planned(bool *fails);
void steps_of_several(bool (*try)(step_t step));
void run_several(step_t step);
void say_several(step_t step);
const char *pair_of_several(unsigned n);

/* What each world has. */
extern u32 nr_processes, nr_calls, used_calls; /* bit n: call n */
extern bool may_fail;
const char *call_name(u32 call);
/* Returns true if a process that is in no call can begin this one. */
bool can_begin(u32 who, u32 call);
bool can_get_signal(u32 who);
/* Carries out a call of current. Returns its result. */
int carry_out(u32 call);
/* Called before a process sleeps in a queue. */
void falls_asleep(u32 who);
/* Checks what a call has returned. */
void check_result(u32 who);

static inline struct task_struct *task_of(u32 who)
{
	return &frames[who].task;
}

/* Breaks a rule unless ok. */
#define rule(ok, ...) \
	do { \
		if (!(ok)) \
			broken(__VA_ARGS__); \
	} while (0)

#endif
