/*
 * The kernel fuzzer. A supervisor (main.c, round.c) starts rounds of workers
 * (worker.c). They make calls by a grammar (grammar_*.c, arguments.c). They
 * also do deeds of several calls each, in the files named below. After each
 * round everything is killed, and the machine must be as before (verdict.c,
 * canary.c, victim.c). All dice follow from one seed (dice.c).
 */
#ifndef FUZZ_H
#define FUZZ_H
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cowix.h>

#define PAGE		4096
#define CALLS		520		/* numbers that are counted */
#define STRANGER	1000		/* the ordinary user */
#define PLACE		"/tmp/fuzz"	/* the folder that workers live in */
#define SECRET		"/root/secret"	/* what they must not read */
#define VICTIM		"/tests/victim"	/* their set-user-id program */
#define MARKS		"/root/marks"	/* what that has to say */
#define ARRAY(a)	(sizeof(a) / sizeof((a)[0]))

/* Shared by all processes of a run. A worker may scribble over it. */
struct shared {
	unsigned tried[CALLS], succeeded[CALLS];
	unsigned hole;			/* HOLE + its number, see report() */
};
#define HOLE	0x484F4C00u
enum { HOLE_ROOT = 1, HOLE_SECRET, HOLE_DIRTY, HOLE_CHANGED };
extern struct shared *shared;
extern int as_root;			/* workers are the superuser */
extern const char *left_out;		/* names of deeds, or NULL */
int is_left_out(const char *name);
extern int protected_pids;		/* processes up to this one must live */

/* dice.c */
extern unsigned dice;
unsigned word(void);
unsigned roll(unsigned sides);		/* 0 .. sides - 1 */
int chance(unsigned percent);

/* pool.c: what exists, so that calls hit it */
#define FDS	16
#define PIDS	16
#define PLACES	16
void add_fd(int fd);
void add_pid(int pid);
void add_place(unsigned addr);
int some_fd(void), some_pid(void);
unsigned some_place(void);		/* the address of a page */
const char *some_path(void), *some_work_path(void);
const char *work_path(unsigned number);
void make_pools(void);

/* arguments.c and inputs.c: an argument of the kind that a letter names */
unsigned argument(char kind);
unsigned wild_word(void);
unsigned plan(void);			/* of fail_alloc() */
unsigned input(char kind);		/* the address of a structure, or 0 */
void make_name(unsigned *w), make_header(unsigned *w);	/* sockets.c */

/* grammar.c */
enum gives { NOTHING, FD, PID, ADDRESS };
#define ROOT	0x80			/* not for the ordinary user */
struct call {
	short number;
	unsigned char weight, gives;
	const char *arguments;
};
extern const struct call file_calls[], task_calls[], memory_calls[];
extern const struct call old_calls[], socket_calls[];
void grammar_call(void);
long call(int number, ...);		/* syscall(), counted */

/* worker.c */
void become_worker(unsigned seed, int calls);
void work(unsigned seed, int calls, int depth);
void worker_main(int argc, char **argv);
void landed(void) __attribute__((noreturn));
extern char landing[];			/* from where landed() is called */
extern int depth_left;
#define ALTERNATE	8192
extern char alternate_stack[];		/* for signals */

/* The deeds. */
void births(void);			/* births.c */
void threads(void);
void odd_code(void);			/* code.c */
void pending_fpu(void);
void forged_frame(void);		/* frames.c */
void odd_stack(void);
void trace_child(void);			/* tracer.c */
void trace_somebody(void);
void run_program(void);			/* programs.c */
void run_victim(void);
void make_pipes(void);			/* objects.c */
void make_terminal(void);
void make_files(void);
void make_sockets(void);		/* sockets.c */
void map_things(void);			/* memory.c */
void fork_and_write(void);
void mount_things(void);		/* mounts.c */

/* Of the supervisor */
void report(int hole);
void victim_main(void) __attribute__((noreturn));
int start_canary(void);
void leave_canary(void);
const char *ask_canary(void);		/* what is wrong, or NULL */
void take_baseline(void);
const char *verdict(void);
const char *run_round(unsigned seed);
void remove_tree(const char *path, int depth);
void remove_litter(void);
void sleep_us(long us);
long now_us(void);
#endif
