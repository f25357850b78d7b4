/*
 * The sweep of planned sleeps. Two acts meet on the same objects. The subject
 * goes to sleep at the first, second, ... place where its call might. Such a
 * place is an allocation, a block, a user copy or a page. The sweep ends when a
 * try passes untouched. While the subject sleeps, the rival acts. A third
 * process then fills all free frames with a pattern. The results and the state
 * must be as if one had acted after the other, which was tried before. The
 * pattern stands only where it was written. The audit is clean, and no frame or
 * object is lost.
 */
#ifndef SLEEP_H
#define SLEEP_H
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "thread.h"

#define MOST 600		/* events of one call */
#define FILLED 48		/* pages */
#define PATTERN 0xA7
#define ANYTHING (PLAN_SLEEP | PLAN_EVENTS)

struct act {
	const char *name;
	int (*run)(void);	/* -1 with errno, as calls do */
	void (*check)(void);	/* by the same process, after both; or NULL */
	int only_rival, only_subject;
};

struct scene {
	const char *name;
	const struct act *acts;
	int n;
	void (*prepare)(void);	/* in a process for each try; or NULL */
	void (*judge)(void);	/* after both have acted, undoes all; or NULL */
	int threads;		/* the rival is a thread, not a child */
	void (*describe)(char *to);	/* writes the state, in STATE bytes */
};

#define STATE 700

struct fate {
	int result, error;
};

/* The results of both acts, and the state after them. */
struct outcome {
	struct fate subject, rival;
	char state[STATE];
};

enum {
	SUBJECT_FIRST, RIVAL_FIRST, SUBJECT_ALONE, RIVAL_ALONE, AT_ONCE, ORDERS
};

/* Memory that all processes share. */
static struct meeting {
	struct outcome outcomes[ORDERS];
	volatile int rival_done;
} *shared;

static struct outcome *meeting;		/* the present one */
static int order;

static const struct act *subject, *rival;
static int subject_tid;
static unsigned salt;		/* the try's number, to vary data */
static int go[2], act_end[2], fill_up[2];

static inline int both(const char *a, const char *b)
{
	return (!strcmp(subject->name, a) && !strcmp(rival->name, b)) ||
	       (!strcmp(subject->name, b) && !strcmp(rival->name, a));
}

/* Returns how many of the two acts have that name. */
static inline int acted(const char *name)
{
	return !strcmp(subject->name, name) + !strcmp(rival->name, name);
}

static void say(int fd)
{
	CHECK(write(fd, "x", 1) == 1);
}

static void hear(int fd)
{
	char c;

	CHECK(read(fd, &c, 1) == 1);
}

/*
 * Runs as the third process. Fills memory when first told, and checks it when
 * told again.
 */
static void fill_memory(void)
{
	char *p = mmap(NULL, FILLED * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*p = p[FILLED * PAGE - 1] = 0;	/* allocates its page tables */
	hear(fill_up[0]);
	memset(p, PATTERN, FILLED * PAGE);
	hear(fill_up[0]);
	for (int i = 0; i < FILLED * PAGE; i++)
		if (p[i] != (char)PATTERN)
			_exit(1);
	_exit(0);
}

static void act(const struct act *a, struct fate *fate)
{
	errno = 0;
	fate->result = a->run();
	fate->error = fate->result < 0 ? errno : 0;
}

static void be_rival(void *arg)
{
	(void)arg;
	hear(go[0]);
	if (order != SUBJECT_ALONE)
		act(rival, &meeting->rival);
	shared->rival_done = 1;
	say(fill_up[1]);
	hear(act_end[0]);
	if (rival->check)
		rival->check();
}

static int start_child(void (*run)(void *))
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		run(NULL);
		_exit(0);
	}
	return pid;
}

static void start_filling(void *arg)
{
	(void)arg;
	fill_memory();
}

static void await_rival(void)
{
	for (int i = 0; i < 10 && !shared->rival_done; i++)
		sched_yield();
	for (int i = 0; i < 2000 && !shared->rival_done; i++)
		sleep_ms(1);
	CHECK(shared->rival_done);
}

/* Runs both acts, the subject with its n-th event. Returns 1 if it slept. */
static int act_both(unsigned n)
{
	int slept;

	if (order != SUBJECT_FIRST)
		say(go[1]);
	if (order == RIVAL_FIRST)
		await_rival();
	plan_event(order == AT_ONCE ? n : 0, ANYTHING);
	if (order != RIVAL_ALONE)
		act(subject, &meeting->subject);
	slept = plan_event(0, 0) >= (int)n;
	if (order == SUBJECT_FIRST)
		say(go[1]);
	await_rival();
	return slept;
}

static int same_fate(const struct fate *a, const struct fate *b)
{
	return a->result == b->result && a->error == b->error;
}

/*
 * Returns 1 for a call that failed without effect. One that looks at two names
 * at different times may give an error that no order gives.
 */
static int failed_cleanly(const struct fate *f)
{
	return f->result < 0 && f->error != EIO && f->error != ENOMEM &&
	       f->error != EFAULT;
}

/* Returns 1 if the meeting ended as that order did. */
static int ended_as(int when)
{
	const struct outcome *o = &shared->outcomes[when];
	const struct fate *s = &meeting->subject, *r = &meeting->rival;

	if (strcmp(meeting->state, o->state))
		return 0;
	if (when == SUBJECT_ALONE)
		return same_fate(s, &o->subject) && failed_cleanly(r);
	if (when == RIVAL_ALONE)
		return failed_cleanly(s) && same_fate(r, &o->rival);
	return same_fate(s, &o->subject) && same_fate(r, &o->rival);
}

static void show_outcome(const char *when, const struct outcome *o)
{
	printf("  %s: %d (%s), %d (%s): %s\n", when, o->subject.result,
	       strerror(o->subject.error), o->rival.result,
	       strerror(o->rival.error), o->state);
}

static void compare_outcomes(void)
{
	const struct outcome *o = shared->outcomes;

	for (int i = 0; i < AT_ONCE; i++)
		if (ended_as(i))
			return;
	show_outcome("subject first", &o[SUBJECT_FIRST]);
	show_outcome("rival first", &o[RIVAL_FIRST]);
	show_outcome("at once", meeting);
	CHECK(!"as one after the other");
}

/* Runs one try in its own process. Returns 1 if the subject slept. */
static int meet(const struct scene *s, unsigned n)
{
	int filler = start_child(start_filling), child = 0, slept;
	static struct thread thread;

	meeting = &shared->outcomes[order];
	memset(meeting, 0, sizeof(*meeting));
	shared->rival_done = 0;
	subject_tid = my_tid();
	salt = n;
	if (s->prepare)
		s->prepare();
	if (s->threads)
		start(&thread, be_rival, NULL);
	else
		child = start_child(be_rival);
	slept = act_both(n);
	if (subject->check)
		subject->check();
	say(act_end[1]);
	if (s->threads)
		join(&thread);
	else
		CHECK(wait_status(child) == 0);
	if (s->describe)
		s->describe(meeting->state);
	if (s->judge)
		s->judge();
	if (s->describe && order == AT_ONCE)
		compare_outcomes();
	say(fill_up[1]);
	CHECK(wait_status(filler) == 0);
	return slept;
}

static unsigned held(const struct audit_report *r)
{
	return r->frames_free + r->frames_cache + r->frames_kernel;
}

static int differs(const struct audit_report *a, const struct audit_report *b)
{
	return b->mismatches || held(a) != held(b) ||
	       a->kernel_objects - a->frames_cache !=
	       b->kernel_objects - b->frames_cache;
}

static int lost(const struct audit_report *before)
{
	struct audit_report now;

	for (int i = 0; i < 20; i++) {
		mm_audit(&now, AUDIT_DROP_CACHES);
		if (!differs(before, &now))
			return 0;
		sleep_ms(10);
	}
	printf("  mismatches %u; frames: %u were held, %u are\n",
	       now.mismatches, held(before), held(&now));
	return 1;
}

/* Tries with the n-th event. Returns 1 if there were fewer. */
static int try_once(const struct scene *s, int when, unsigned n)
{
	int pid, status;

	order = when;
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		int slept;

		alarm(10);
		slept = meet(s, n);
		fflush(stdout);
		_exit(slept ? 2 : 3);
	}
	status = wait_status(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 2)
		return WEXITSTATUS(status) == 3;
	printf("  %s: %s against %s, event %u: status %x\n", s->name,
	       subject->name, rival->name, n, status);
	CHECK(!"judged well");
	return 1;
}

static void sweep_pair(const struct scene *s)
{
	struct audit_report before;
	unsigned n = 1;

	for (int when = 0; when < AT_ONCE; when++)
		if (when < SUBJECT_ALONE || s->describe)
			try_once(s, when, 1);
	mm_audit(&before, AUDIT_DROP_CACHES);
	while (n < MOST && !try_once(s, AT_ONCE, n))
		n++;
	CHECK(n < MOST);
	if (lost(&before)) {
		printf("  %s: %s against %s\n", s->name, subject->name,
		       rival->name);
		CHECK(!"nothing lost");
	}
}

static void make_pipes(void)
{
	CHECK(pipe(go) == 0 && pipe(act_end) == 0 && pipe(fill_up) == 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
}

/* Lets each act meet each. */
static void sweep_scene(const struct scene *s)
{
	if (!on_cowix())
		return;
	make_pipes();
	for (int i = 0; i < s->n; i++)
		for (int k = 0; k < s->n; k++) {
			if (s->acts[i].only_rival || s->acts[k].only_subject)
				continue;
			subject = &s->acts[i];
			rival = &s->acts[k];
			sweep_pair(s);
		}
}

#define SCENE(called, all, ...) \
	{ .name = called, .acts = all, .n = sizeof(all) / sizeof((all)[0]), \
	  __VA_ARGS__ }

#endif
