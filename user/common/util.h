/*
 * Functions for all utilities (user/lib/util.c, mode.c, change_mode.c,
 * human.c).
 */
#ifndef UTIL_H
#define UTIL_H
#include <stddef.h>
#include <sys/types.h>
extern const char *program_name;	/* set by util_init(argv[0]) */
extern int exit_status;			/* warn() sets it to 1 */
/* exit status of die() and of lost output: 1 unless the program changes it */
extern int failure_status;
void util_init(const char *argv0);
void util_start(char **argv);		/* the same, and answers --help */
void warn(const char *what);		/* prog: what: strerror(errno) */
void die(const char *what);		/* the same, and exits */
void complain(const char *what, const char *why);
/* prints the synopses of the program's page and exits with 2 */
void usage(void) __attribute__((noreturn));
/* copies all bytes; -1 with errno: cannot read, -2: cannot write */
int copy_fd(int from, int to);
int write_all(int fd, const void *buf, size_t n);
int open_file(const char *name); /* "-": standard input; -1 after a warning */
/* Calls fn for each file argument, or for standard input ("-") without any. */
void for_each_file(char **files, void (*fn)(int fd, const char *name));
long number(const char *s);	/* parses a decimal argument, or exits with 2 */
/*
 * Parses a mode for chmod: octal, or changes of the old mode. mask withholds
 * bits from changes that name nobody. Returns -1 if it is neither.
 */
long change_mode(const char *s, mode_t old, mode_t mask);
/* like 1.5M; at most 8 characters and a NUL */
void human_size(unsigned long long bytes, char *to);
void mode_string(mode_t mode, char *to);	/* 10 characters and a NUL */
/*
 * Prints a name; with hide, shows control characters as ?. Returns its length.
 */
int put_name(const char *name, int hide);
char *join_path(const char *dir, const char *name);	/* malloc'ed */
const char *base_name(const char *path);
char *last_part(const char *path); /* no slashes behind it; malloc'ed */
int is_directory(const char *path);
int ask(const char *question, const char *what); /* returns 1 after y */
/*
 * The options of head and tail: -n [+]number, -c [+]number, -number, and -f if
 * the letters for getopt() hold it. Returns the file arguments that follow.
 */
struct count_options {
	long limit;
	int bytes, from_start, headings, follow;
};
char **count_options(int argc, char **argv, const char *letters,
		     struct count_options *options);
void print_heading(struct count_options *options, const char *name);
#endif
