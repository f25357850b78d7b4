/*
 * Breadth-first search. All states that are found are numbered in that order.
 * Of each only a hash of its form is kept, and how it was reached: from which
 * state, by which step. To have a state again, the steps that lead to it are
 * taken again. So a state costs 28 to 44 bytes, and its way is known.
 *
 * As all states with n steps are looked at before those with n + 1, the way to
 * a broken rule is one of the shortest.
 *
 * The states of a level are shared out among processes, which are made anew
 * for each level and have the tables in common. A process is also a fence: if
 * the kernel's code crashes or never ends, that is one more broken rule.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "search.h"

#define JOBS_MAX	64
#define STATES_MAX	(12u << 20)	/* where nobody knows how many */
#define WAY_MAX		1000u
#define PATIENCE	20		/* seconds of CPU time for a step */

/* How a state was reached. State 0 is the first. */
struct reached {
	uint32_t from;
	uint32_t step[2];	/* step_t, without padding */
};

struct trial {
	uint32_t state;
	step_t step;
};

/* What the processes have in common. */
static struct shared {
	uint32_t states, next;		/* found; to be looked at next */
	uint64_t transitions;
	uint32_t found, full;		/* a broken rule; no room */
	struct trial failed, trying[JOBS_MAX];
	char rule[256];
	uint8_t seen[PAIRS_MAX];
} *shared;

static const struct world *world;
static uint64_t *hashes;		/* an open hash table */
static uint32_t hash_mask, states_max;
static struct reached *reached;
static void *first_state, *here;	/* saved */
static uint32_t here_number;
static struct trial *trying;		/* this process's */
static uint64_t transitions;		/* this process's */
static double stop_at;			/* by now() */
static char rule[sizeof(shared->rule)];
static jmp_buf gave_up;

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

void print_to(char *text, unsigned size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
}

void map_memory(void *at, unsigned size)
{
	void *got = mmap(at, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			 0);

	if (got != at) {
		fprintf(stderr, "no memory at %p: %s\n", at, strerror(errno));
		exit(2);
	}
}

/* Notes the first rule that is broken. */
void broken(const char *format, ...)
{
	va_list args;

	if (rule[0])
		return;
	va_start(args, format);
	vsnprintf(rule, sizeof(rule), format, args);
	va_end(args);
}

bool is_broken(void)
{
	return rule[0];
}

void give_up(void)
{
	longjmp(gave_up, 1);
}

void seen(unsigned pair)
{
	shared->seen[pair] = 1;
}

bool was_seen(unsigned pair)
{
	return shared->seen[pair];
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Returns memory that all processes have in common. */
static void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		fprintf(stderr, "no memory for %zu bytes\n", size);
		exit(2);
	}
	return memory;
}

static void make_tables(void)
{
	uint32_t size = 1024;

	states_max = world->states ? world->states + world->states / 8 + 1000
				   : STATES_MAX;
	while (size < 2 * states_max)
		size *= 2;
	hash_mask = size - 1;
	shared = share(sizeof(*shared));
	hashes = share((size_t)size * sizeof(*hashes));
	reached = share((size_t)states_max * sizeof(*reached));
	first_state = malloc(world->saved_size);
	here = malloc(world->saved_size);
}

static void free_tables(void)
{
	munmap(hashes, (hash_mask + (size_t)1) * sizeof(*hashes));
	munmap(reached, states_max * sizeof(*reached));
	free(first_state);
	free(here);
}

/* Returns a hash of a form, never 0. */
static uint64_t hash_of(unsigned char *form, unsigned size)
{
	uint64_t hash = 0x9E3779B97F4A7C15ull ^ size, word;

	memset(form + size, 0, sizeof(word));
	for (unsigned i = 0; i < size; i += sizeof(word)) {
		memcpy(&word, form + i, sizeof(word));
		hash = (hash ^ word) * 0xFF51AFD7ED558CCDull;
		hash ^= hash >> 32;
	}
	hash *= 0xC4CEB9FE1A85EC53ull;
	hash ^= hash >> 29;
	return hash ? hash : 1;
}

/* Enters a hash. Returns false if it is there already. */
static bool is_new(uint64_t hash)
{
	uint32_t i = hash & hash_mask;

	for (;; i = (i + 1) & hash_mask) {
		uint64_t was = __atomic_load_n(&hashes[i], __ATOMIC_RELAXED);

		if (!was && __atomic_compare_exchange_n(
				    &hashes[i], &was, hash, false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return true;
		if (was == hash)
			return false;
	}
}

/* Enters the present state, which step leads to. Returns true if it is new. */
static bool enter_state(step_t step)
{
	static unsigned char form[FORM_MAX + 8];
	unsigned size = world->canon(form);
	uint32_t number;

	if (size > FORM_MAX)
		abort();
	if (!is_new(hash_of(form, size)))
		return false;
	number = __atomic_fetch_add(&shared->states, 1, __ATOMIC_RELAXED);
	if (number >= states_max) {
		shared->states = states_max;
		shared->full = 1;
		return false;
	}
	reached[number].from = here_number;
	memcpy(reached[number].step, &step, sizeof(step));
	return true;
}

/* Takes a step, which may end in the middle. */
static void run(step_t step)
{
	if (!setjmp(gave_up))
		world->run(step);
}

/* Notes where a rule was broken, unless another process has found one. */
static void note_failure(const struct trial *trial, const char *text)
{
	if (__atomic_exchange_n(&shared->found, 1, __ATOMIC_RELAXED))
		return;
	shared->failed = *trial;
	snprintf(shared->rule, sizeof(shared->rule), "%s", text);
}

/* Takes a step from here, looks at the outcome, and comes back. */
static bool try_step(step_t step)
{
	trying->step = step;
	transitions++;
	run(step);
	if (!is_broken())
		world->check(false);
	if (!is_broken() && enter_state(step))
		world->check(true);
	if (is_broken()) {
		note_failure(trying, rule);
		return false;
	}
	world->restore(here);
	return !shared->found && !shared->full;
}

/* Writes the way to a state. Returns how many steps it has. */
static unsigned way_to(uint32_t state, step_t *way)
{
	unsigned n = 0, i = 0;

	for (uint32_t at = state; at; at = reached[at].from)
		n++;
	if (n > WAY_MAX)
		abort();
	for (; state; state = reached[state].from)
		memcpy(&way[n - ++i], reached[state].step, sizeof(step_t));
	return n;
}

/* Takes all steps from a state. */
static void expand(uint32_t state)
{
	static step_t way[WAY_MAX];
	unsigned n = way_to(state, way);

	world->restore(first_state);
	for (unsigned i = 0; i < n; i++)
		run(way[i]);
	world->save(here);
	here_number = trying->state = state;
	if (is_broken())
		note_failure(trying, "the same steps end otherwise now");
	else
		world->steps(try_step);
}

static uint64_t transitions_before;
static int seconds_without;

/* Called each second of CPU time: a step that takes long never ends. */
static void look_at_clock(int signal)
{
	(void)signal;
	if (transitions != transitions_before)
		seconds_without = 0;
	else if (++seconds_without == PATIENCE) {
		note_failure(trying, "this never ends");
		_exit(0);
	}
	transitions_before = transitions;
}

static void watch_clock(void)
{
	struct itimerval each_second = { { 1, 0 }, { 1, 0 } };
	struct sigaction action = { .sa_handler = look_at_clock,
				    .sa_flags = SA_RESTART };

	sigaction(SIGVTALRM, &action, NULL);
	setitimer(ITIMER_VIRTUAL, &each_second, NULL);
}

/* A process's part of a level that ends with state end - 1. */
static void work(unsigned job, uint32_t end)
{
	uint32_t state;

	trying = &shared->trying[job];
	watch_clock();
	while (!shared->found && !shared->full && now() < stop_at) {
		state = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED);
		if (state >= end)
			break;
		expand(state);
	}
	__atomic_fetch_add(&shared->transitions, transitions,
			   __ATOMIC_RELAXED);
	fflush(stdout);
	_exit(0);
}

/* Returns the number of the job that a process had. */
static unsigned job_of(const pid_t *pids, pid_t pid)
{
	unsigned job = 0;

	while (pids[job] != pid)
		job++;
	return job;
}

/* Looks at all states of a level, by several processes. */
static void search_level(uint32_t end, unsigned jobs)
{
	pid_t pids[JOBS_MAX];
	char text[80];
	int status;

	fflush(stdout);
	for (unsigned job = 0; job < jobs; job++) {
		pids[job] = fork();
		if (pids[job] == 0)
			work(job, end);
		if (pids[job] < 0) {
			perror("fork");
			exit(2);
		}
	}
	for (unsigned job = 0; job < jobs; job++) {
		pid_t pid = wait(&status);

		if (!status)
			continue;
		snprintf(text, sizeof(text), "the code crashes: %s",
			 WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
					     : "it calls exit()");
		note_failure(&shared->trying[job_of(pids, pid)], text);
	}
}

/* Tells how a broken rule is reached. */
static void tell_story(void)
{
	static step_t way[WAY_MAX + 1];
	unsigned n = way_to(shared->failed.state, way);

	way[n++] = shared->failed.step;
	printf("VIOLATION in the world \"%s\": %s\n", world->name,
	       shared->rule);
	for (unsigned i = 0; i < n; i++) {
		printf("  %u. ", i + 1);
		world->say(way[i]);
		printf("%s\n", i + 1 < n ? ";" : ".");
	}
}

/* Enters and checks the first state. Returns false if it breaks a rule. */
static bool begin(void)
{
	static struct trial none;

	trying = &none;
	world->start(world);
	world->save(first_state);
	world->check(true);
	world->restore(first_state);
	enter_state(0);
	if (is_broken())
		printf("VIOLATION in the first state of \"%s\": %s\n",
		       world->name, rule);
	return !is_broken();
}

/* Searches level after level. Returns how many there were. */
static unsigned search_levels(unsigned jobs, unsigned depth)
{
	uint32_t begin = 0, end = 1;
	unsigned level = 0;

	while (begin < end && (!depth || level < depth)) {
		unsigned wanted = (end - begin) / 8 + 1;

		shared->next = begin;
		search_level(end, wanted < jobs ? wanted : jobs);
		if (shared->found || shared->full || now() >= stop_at)
			break;
		begin = end;
		end = shared->states;
		level++;
	}
	shared->next = begin;
	return level;
}

/*
 * Searches a world, no deeper than depth (0: all) and for no more than seconds.
 * Prints the story of a broken rule.
 */
void search(const struct world *what, unsigned jobs, unsigned depth,
	    double seconds, struct result *result)
{
	double start = now();

	world = what;
	stop_at = start + seconds;
	rule[0] = 0;
	make_tables();
	if (begin()) {
		result->depth = search_levels(jobs ? jobs : 1, depth);
		if (shared->found)
			tell_story();
	}
	result->states = shared->states;
	result->transitions = shared->transitions;
	result->seconds = now() - start;
	result->full = shared->full;
	if (is_broken() || shared->found)
		result->rule = shared->found ? shared->rule : rule;
	result->complete = !result->rule && shared->next == shared->states;
	free_tables();
}
