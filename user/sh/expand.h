/*
 * What the files of the expansion share: the fields of a command as they come,
 * and who adds to them.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include "sh.h"

enum quoting { Q_NONE, Q_DOUBLE, Q_HERE };

/*
 * While a field is built, a backslash stands before each character that was
 * quoted and could mean something to glob; the last step takes it away.
 */
struct fields {
	char **list;
	int count, room;
	struct text now;		/* the field being built */
	int started; /* it exists, even if it is empty ("" was written) */
	int split; /* unquoted expansions are cut at the characters of IFS */
	int pattern;	/* a pattern is wanted: a backslash in a value quotes */
	/* an assignment's value: a ~ behind a colon means a home as well */
	int assigned;
	int after_space; /* the last field was ended by white space of IFS */
	int empty_at;			/* a "$@" without parameters was met */
};

void add_field(struct fields *f, char *s);
void end_field(struct fields *f);
void put_quoted(struct fields *f, char c);
void put_value(struct fields *f, const char *value, int quoted);
const char *expand_text(struct fields *f, const char *s, const char *end,
			enum quoting q, int in_braces);

/* param.c */
const char *parameter(const char *name);
void put_positional(struct fields *f, int quoted, char which);
void expand_braces(struct fields *f, char *text, enum quoting q);
void unset_error(const char *name, const char *message)
	__attribute__((noreturn));

/* glob.c */
void glob_field(struct fields *out, char *field);
char *unescape(char *s);

#endif
