/*
 * diff: the two files, their changes, and the options shared by its files.
 * Reading order: diff.c, changes.c, differences.c, output.c.
 */
#ifndef DIFF_H
#define DIFF_H
#include <stddef.h>
#include <sys/stat.h>

struct line {
	const char *s;
	int length;
};

struct file {
	const char *name;
	struct stat st;
	char *text;
	size_t length;
	struct line *lines;
	int count;
	int *same;	/* a number a line; equal lines share it */
	char *changed;	/* a mark a line; a zero before and after */
};

/* Lines a0 up to a1 of the first file became b0 up to b1 of the second. */
struct change {
	int a0, a1, b0, b1;
};

extern struct file files[2];

/* diff.c */
extern int fold_blanks, no_blanks, fold_case;	/* -b -w -i */
extern int context;		/* lines around changes; -1: normal output */

/* changes.c */
extern struct change *changes;
extern int change_count;
void find_changes(void);

/* output.c */
void print_changes(void);
#endif
