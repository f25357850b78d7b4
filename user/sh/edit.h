/*
 * The line editor: declarations shared by edit.c, edit_chars.c and edit_keys.c.
 */
#ifndef EDIT_H
#define EDIT_H

#include "sh.h"

struct editor {
	char *line;			/* malloc'ed */
	size_t length, at, room;	/* at: the cursor */
	const char *prompt;
	size_t prompt_width;		/* of its last line */
	size_t row; /* row of the cursor, from the prompt's row */
	size_t columns;
	int utf8;			/* the terminal uses UTF-8: IUTF8 */
	int back;	/* line of the history that is shown; 0: the new one */
	char *new_line;		/* the new one, while an older one is shown */
	char *killed;			/* what ^Y brings back */
	struct text out;		/* for the terminal */
};

/* edit.c */
void redraw(struct editor *e);
void insert(struct editor *e, const char *s, size_t n);
void delete(struct editor *e, size_t from, size_t to);
void replace_line(struct editor *e, const char *s);
void show_at_end(struct editor *e, const char *s);
void flush_output(struct editor *e);
void set_prompt(struct editor *e, const char *prompt);
int read_key(void);				/* -1: the end; -2: ^C */

/* edit_chars.c: characters, of one or more bytes */
size_t char_before(const struct editor *e, size_t at);	/* where it begins */
size_t char_behind(const struct editor *e, size_t at);	/* where it ends */
int char_width(const struct editor *e, const char *s);	/* in columns */
size_t text_width(const struct editor *e, const char *s);
size_t cell_of(const struct editor *e, size_t at); /* from the prompt's row */
int goes_back_one(const struct editor *e, size_t at);
void put_shown(struct editor *e, const char *s, size_t n);

/* edit_keys.c */
enum {
	KEY_UP = 256,
	KEY_DOWN,
	KEY_RIGHT,
	KEY_LEFT,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	KEY_KILL_WORD,
	KEY_NONE
};
enum outcome { GO_ON, ACCEPT, CANCEL, AT_END };
enum outcome handle_key(struct editor *e, int key);
int decode_escape(void);

#endif
