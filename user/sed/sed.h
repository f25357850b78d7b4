/*
 * sed: its script as commands, and what its two parts share
 * (user/sed/sed_parse.c, user/sed/sed.c).
 */
#ifndef SED_H
#define SED_H
#include <regex.h>
#include <stddef.h>
#include <stdio.h>

struct text {
	char *s;			/* always ended by a zero */
	size_t length, room;
};

struct output {
	FILE *f;
	const char *name;
	/* the last line had no newline: it gets one when another follows */
	int unended;
	struct output *next;
};

struct address {
	enum { NONE, LINE, STEP, LAST, PLUS, RE } kind;
	long line, step;
	regex_t *re;			/* NULL: the one used last */
};

struct command {
	struct address from, to;
	int negate, active, begun;	/* inside the range; was already */
	long end;		/* its last line, if it ends by number */
	char name;
	/* of a c i; file of r; label of : b t T; the two halves of y */
	char *text;
	int target;		/* of b t T, and of { when it is not obeyed */
	regex_t *re;			/* s */
	char *replacement;
	int nth, global, print, groups;	/* groups: the highest \1 to \9 */
	struct output *output;		/* w, s///w */
};

struct script {
	struct command *commands;
	int count, silent, extended;
};

extern struct output standard_output;
int close_outputs(void);	/* of w; -1: it was said which is not whole */
void append_replacement(struct text *to, const char *r, const char *s,
			const regmatch_t *m);
void translate(char *s, const struct command *c);
void make_visible(const char *text, struct text *to);
void add_source(struct text *source, const char *s, int is_file);
void parse_script(struct script *script, char *source);
void append(struct text *t, const char *s, size_t n);
#endif
