/*
 * Searches all states that a world can be in. A world is a small model of a
 * machine, around code of the kernel that runs in it. The search knows only
 * what is said here. It is linked with the C library, worlds are compiled as
 * the kernel is: so this file needs no other header.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>

/* One thing that can happen, as the world writes it in a number. */
typedef unsigned long long step_t;

struct world {
	const char *name, *about;
	const void *config;	/* the world's own: many differ by it only */
	unsigned states;	/* how many there are; 0: nobody knows yet */
	unsigned depth;		/* look no further than so many steps; 0: all */

	/* Makes the first state. Called once in a process. */
	void (*start)(const struct world *world);
	/* Calls try for each step of the present state, until it is false. */
	void (*steps)(bool (*try)(step_t step));
	/* Takes a step. Rules that it breaks are told by broken(). */
	void (*run)(step_t step);
	/* Checks the rules, with is_new also those that take long. */
	void (*check)(bool is_new);
	/*
	 * Writes what the future depends on, and returns how many bytes. Two
	 * states with equal forms count as one.
	 */
	unsigned (*canon)(unsigned char *form);
	/* A state in so many bytes; it is restored in the same process. */
	unsigned saved_size;
	void (*save)(void *state);
	void (*restore)(const void *state);
	/* Prints a step as a sentence without an end. */
	void (*say)(step_t step);
	/*
	 * Returns the name of pair n of a step and its outcome, if it must
	 * occur in this world; else NULL.
	 */
	const char *(*pair)(unsigned n);
};

#define FORM_MAX	2048	/* bytes of a form */
#define PAIRS_MAX	1024

/* main.c: what may be searched, up to NULL. Each program has its own. */
extern const struct world *const worlds[];

/* search.c, for main.c */
struct result {
	unsigned states, depth;
	unsigned long long transitions;
	double seconds;
	bool complete;
	bool full;		/* more states than there is room for */
	const char *rule;		/* NULL: none is broken */
};
void search(const struct world *world, unsigned jobs, unsigned depth,
	    double seconds, struct result *result);
bool was_seen(unsigned pair);

/* For worlds. */
void broken(const char *rule, ...) __attribute__((format(printf, 1, 2)));
bool is_broken(void);
/* Ends a step in the middle, after broken(). */
void give_up(void) __attribute__((noreturn));
void seen(unsigned pair);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_to(char *text, unsigned size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Zeroed memory at a given address. Ends the program if that is taken. */
void map_memory(void *at, unsigned size);

#endif
