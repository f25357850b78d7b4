/*
 * What the utilities share (user/lib/util.c, mode.c, change_mode.c, human.c).
 */
#ifndef UTIL_H
#define UTIL_H
#include <stddef.h>
#include <sys/types.h>
extern const char *program_name;	/* set by util_init(argv[0]) */
extern int exit_status;			/* warn() makes it 1 */
/* what die() and failed output end with: 1 unless a program says otherwise */
extern int failure_status;
void util_init(const char *argv0);
void warn(const char *what);		/* prog: what: strerror(errno) */
void die(const char *what);		/* the same, and exit */
void complain(const char *what, const char *why);
/* to standard error, exit 2 */
void usage(const char *synopsis) __attribute__((noreturn));
/* all bytes; with errno -1: cannot read, -2: cannot write */
int copy_fd(int from, int to);
int write_all(int fd, const void *buf, size_t n);
int open_file(const char *name);	/* "-": standard input; -1: it warned */
/* Call fn for each file argument, or for standard input ("-") without any. */
void for_each_file(char **files, void (*fn)(int fd, const char *name));
long number(const char *s);	/* a decimal argument, or complain and exit 2 */
/*
 * A mode as chmod takes it: octal, or changes of the old one where mask holds
 * back what is for nobody in particular; -1: neither.
 */
long change_mode(const char *s, mode_t old, mode_t mask);
/* like 1.5M; at most 8 characters and a NUL */
void human_size(unsigned long long bytes, char *to);
void mode_string(mode_t mode, char *to);	/* 10 characters and a NUL */
/* Prints a name; with hide, ? for control characters. Returns its length. */
int put_name(const char *name, int hide);
char *join_path(const char *dir, const char *name);	/* malloc'ed */
const char *base_name(const char *path);
char *last_part(const char *path); /* without slashes behind it; malloc'ed */
int is_directory(const char *path);
int ask(const char *question, const char *what); /* y on standard input? */
/*
 * The options of head and tail, -n [+]number, -c [+]number and -number, and -f
 * if it is in the letters for getopt; the file arguments that follow.
 */
struct count_options {
	long limit;
	int bytes, from_start, headings, follow;
};
char **count_options(int argc, char **argv, const char *letters,
		     struct count_options *options);
void print_heading(struct count_options *options, const char *name);
#endif
