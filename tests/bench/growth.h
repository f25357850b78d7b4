/*
 * growth: what an operation costs beside a growing number of things. A group
 * makes n things and measures operations on few of them.
 */
#ifndef GROWTH_H
#define GROWTH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define PAGE	4096
#define OFTEN	63		/* times that a cheap operation is done */
#define MOST	200

typedef unsigned long long u64;

/*
 * A group's run() gets the number of things. before of them are there already,
 * if they outlive the process, as files do.
 */
struct group {
	const char *name;
	void (*run)(unsigned n, unsigned before);
	unsigned sizes[6];		/* ascending, and a 0 */
};

extern const struct group *group;	/* which runs now */
extern unsigned size;			/* its number of things */
extern const char *ram_folder, *disk_folder;	/* on tmpfs, on Minix */

/* The time stamp counter: an emulator may make it count instructions. */
static inline u64 now(void)
{
	u64 t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

/*
 * Returns one of n; a different one for each i below n, which is no multiple of
 * the prime.
 */
static inline unsigned chosen(unsigned i, unsigned n)
{
	return (i % n * 7919u + 3) % n;
}

/* Returns how often things can be used up while most of the n stay. */
static inline unsigned some_of(unsigned n)
{
	return n > 2 * OFTEN ? OFTEN : n / 2;
}

/* Prints a row's figure at the present size. */
void report(const char *row, u64 figure);
/* Prints why a row has no figure; failed() has errno's reason. */
void note(const char *row, const char *why);
void failed(const char *row);
/*
 * Prints the median of what op(1) to op(times) cost, so that a tick does not
 * count. op(0) only warms up. If one returns a negative number, the row has no
 * figure.
 */
void measure(const char *row, unsigned times, int (*op)(unsigned i));
/* The same, divided by the number of things that each op() touches. */
void measure_each(const char *row, unsigned times, unsigned things,
		  int (*op)(unsigned i));
/* Sets a limit to n. A little later the kernel kills who ignores it. */
void set_limit(int resource, unsigned n);
/* The same, if it is lower. */
void raise_limit(int resource, unsigned n);
/* Sets a limit in /proc, if it is lower. Some systems have none. */
void raise_number(const char *path, unsigned n);
/* Runs fork(), exit() and wait() once. */
int fork_and_wait(unsigned i);
void sleep_ms(unsigned ms);		/* less than a second */
/* Starts n children, each of which runs run() for ever. */
int start_children(pid_t *pids, unsigned n, void (*run)(void));
/*
 * Starts a child that runs when nothing else does. What it runs is not counted:
 * measure() no longer counts how long the disk takes.
 */
void start_idler(void);
/* Returns how many instructions the idler has run. They wrap round. */
unsigned idled(void);
/* Kills the n children, and waits for them. */
void end_children(const pid_t *pids, unsigned n);

/* Does what init must if this is Linux's first process. */
void start_linux(void);

void base(unsigned n, unsigned before);
void areas(unsigned n, unsigned before);
void cached_ram(unsigned n, unsigned before);
void cached_disk(unsigned n, unsigned before);
void folder_ram(unsigned n, unsigned before);
void folder_disk(unsigned n, unsigned before);
void depth(unsigned n, unsigned before);
void letters(unsigned n, unsigned before);
void locks(unsigned n, unsigned before);
void sockets(unsigned n, unsigned before);
void many_mounts(unsigned n, unsigned before);
void yielders(unsigned n, unsigned before);
void hogs(unsigned n, unsigned before);
void futexes(unsigned n, unsigned before);
void timers(unsigned n, unsigned before);
void processes(unsigned n, unsigned before);
void descriptors(unsigned n, unsigned before);
void lateness(unsigned n, unsigned before);
void forks(unsigned n, unsigned before);
void disk(unsigned n, unsigned before);

#endif
