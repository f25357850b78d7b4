/*
 * The virtual consoles: console.c keeps their screens, vt.c and
 * vt_attributes.c understand what is written to them, keyboard.c types at the
 * one in front.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "tty_driver.h"

#define NR_CONSOLES	4
#define COLUMNS		80
#define ROWS		25
#define LINES		100	/* the screen, and what left it at the top */
#define ARGS_MAX	16

enum { NORMAL, BOLD, DIM };

/* What ESC 7 saves and ESC 8 brings back. */
struct cursor {
	int row, column;
	u8 colour;		/* VGA: background << 4 | foreground */
	u8 intensity;		/* normal, BOLD or DIM */
	bool italic, underline, blink, reverse;
	bool wrap_pending;	/* the next character goes to the next line */
	u8 charset;		/* which of the two is in use */
	bool graphics[2];	/* that one has the lines of boxes */
};

/* What is due while a control sequence is read. */
enum vt_state {
	TEXT,
	ESCAPE,			/* the character after ESC */
	CHARSET,		/* the name of a character set */
	IGNORE_ONE,
	CSI,			/* arguments and the final character */
	OSC,			/* the character after ESC ] */
	PALETTE,		/* hexadecimal digits */
	STRING			/* up to its end */
};

struct console {
	/* vt.c */
	struct cursor cursor, saved;
	int top, bottom;	/* the scrolling region */
	bool insert, autowrap, visible, application_keys;
	bool origin;		/* rows count from the region's top */
	u32 tabs[(COLUMNS + 31) / 32];
	enum vt_state parse;
	u8 prefix;		/* the ( or ) of a charset, the ? of ESC [ ? */
	u32 nr_args;		/* of a palette: digits that are due */
	u16 args[ARGS_MAX];
	u16 sub;		/* bit n: argument n came after a colon */
	bool too_many;		/* arguments: the rest is dropped */

	/* console.c */
	u32 first;		/* the line that is the screen's first row */
	u32 history;		/* lines before it that can be looked at */
	u32 back;		/* by how many lines the view is moved back */
	int dirty_from;		/* rows that VGA memory does not have yet: */
	int dirty_to;		/* [from, to) */
	u16 lines[LINES][COLUMNS];	/* a ring */

	struct tty tty;
	u8 typed[INPUT_SIZE];
};

/* Returns an argument of the sequence, or `missing` if it is absent or 0. */
static inline int vt_arg(const struct console *c, u32 n, int missing)
{
	return n < c->nr_args && c->args[n] ? c->args[n] : missing;
}

extern struct console consoles[NR_CONSOLES], *front;

/* console.c */
void console_fill(struct console *c, int row, int column, int n);
void console_scroll(struct console *c, int first, int last, int n);
void console_switch(u32 n);
void console_look_back(int lines);
void console_bell(void);
u16 *console_row(struct console *c, int row);

/* vt.c */
void vt_reset(struct console *c);
void vt_write(struct console *c, u8 ch);

/* vt_attributes.c */
u8 vt_attribute(const struct cursor *cursor);
void vt_reset_attributes(struct cursor *cursor);
void vt_set_attributes(struct console *c);

#endif
