/*
 * sed: its script as commands, and the declarations shared by its files.
 * Reading order: sed.c, sed_parse.c, sed_select.c, sed_commands.c, sed_text.c,
 * sed_files.c.
 */
#ifndef SED_H
#define SED_H
#include <regex.h>
#include <stddef.h>
#include <stdio.h>

struct text {
	char *s;			/* NUL-terminated */
	size_t length, room;
};

struct output {
	FILE *f;
	const char *name;
	/* the last line had no newline; it gets one if another line follows */
	int unended;
	struct output *next;
};

struct address {
	enum { NONE, LINE, STEP, LAST, PLUS, RE } kind;
	long line, step;
	regex_t *re;			/* NULL: the last one used */
};

struct command {
	struct address from, to;
	/* active: in the range; begun: it has been */
	int negate, active, begun;
	long end;		/* the range's last line, if it is a number */
	char name;
	/* of a c i; file of r; label of : b t T; the two halves of y */
	char *text;
	int target;		/* of b t T, and of { when not obeyed */
	regex_t *re;			/* s */
	char *replacement;
	int nth, global, print, groups;	/* groups: the highest \1 to \9 */
	struct output *output;		/* w, s///w */
};

struct script {
	struct command *commands;
	int count, silent, extended;
};

/*
 * The next step after a command. CONTINUE: the next command. PRINT, DELETE: the
 * end of the cycle, with or without printing the pattern space. RESTART: DELETE
 * without a new line. The others: the end of sed.
 */
enum result { CONTINUE, PRINT, DELETE, RESTART, QUIT, QUIT_SILENTLY };

extern struct script script;
extern struct text pattern, hold;	/* the two spaces */

/* sed_parse.c */
void add_source(struct text *source, const char *s, int is_file);
void parse_script(char *source);
int close_outputs(void);	/* of w; -1 after an error message */

/* sed_select.c */
extern regex_t *last_re;		/* the last one used */
int match(regex_t *re, const char *s, regmatch_t *m, int flags);
int selected(struct command *c);
void reset_ranges(void);

/* sed_commands.c */
extern int quit_status;			/* of q and Q */
int begin_line(void);
enum result cycle(void);

/* sed_text.c */
void append(struct text *t, const char *s, size_t n);
void set_text(struct text *t, const char *s, size_t n);
void append_replacement(struct text *to, const char *r, const char *s,
			const regmatch_t *m);
void translate(char *s, const struct command *c);
void make_visible(const char *text, struct text *to);

/* sed_files.c */
extern struct output standard_output, *out;
extern int has_newline;		/* the last line read ended in a newline */
extern long line_number;
void set_input(char **names);
void close_input(void);
int at_end(void);
int next_line(void);
void put(struct output *o, const char *s, size_t n, int newline);
void enqueue(struct command *c);
void flush_queue(void);
#endif
