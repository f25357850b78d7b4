/*
 * The fields of a command while its words are expanded, and the functions that
 * add to them.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include "sh.h"

enum quoting { Q_NONE, Q_DOUBLE, Q_HERE };

/*
 * In a field under construction, a backslash marks each quoted character that
 * glob could misread. The last step removes the backslashes.
 */
struct fields {
	char **list;
	int count, room;
	struct text now;		/* the field under construction */
	int started; /* it exists, even if empty ("" was written) */
	int split; /* unquoted expansions are cut at IFS */
	int pattern;	/* result is a pattern: quote backslashes of values */
	/* an assignment's value: a ~ behind a colon means a home as well */
	int assigned;
	int after_space; /* white space of IFS ended the last field */
	int empty_at;			/* "$@" without parameters was met */
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
