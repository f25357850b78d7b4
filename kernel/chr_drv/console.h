/*
 * The virtual consoles: console.c keeps their screens, vt.c understands what is
 * written to them, keyboard.c types at the one in front.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "tty_driver.h"

#define NR_CONSOLES	4
#define COLUMNS		80
#define ROWS		25
/* of a console: the screen and what has left it at the top */
#define LINES		100
#define ARGS_MAX	16

/* What ESC 7 saves and ESC 8 brings back. */
struct cursor {
	int row, column;
	u8 colour;			/* VGA: background << 4 | foreground */
	bool bold, blink, reverse, underline;
	bool origin;	/* rows count from the top of the scrolling region */
	/* at the right edge: the next character goes to the next line */
	bool wrap_pending;
	u8 charset;			/* which of the two is in use */
	bool graphics[2]; /* whether it is the one with the lines of boxes */
};

struct console {
	/* vt.c */
	struct cursor cursor, saved;
	int top, bottom;		/* the scrolling region */
	bool insert, autowrap, visible, application_keys;
	u32 tabs[(COLUMNS + 31) / 32];
	enum {
		TEXT,
		ESCAPE,
		CHARSET,
		IGNORE_ONE,
		CSI,
		OSC,
		PALETTE,
		STRING
	} parse;
	/*
	 * the ( or ) of a charset; a character such as ? that gives ESC [
	 * another meaning; 0: none
	 */
	u8 prefix;
	u32 nr_args;			/* of a palette: digits that are due */
	u16 args[ARGS_MAX];
	u16 sub;		/* bit n: argument n came after a colon */
	bool too_many;			/* arguments: the rest is dropped */

	/* console.c */
	u32 first;		/* the line that is the screen's first row */
	u32 history;		/* how many before it can be looked at */
	u32 back;			/* by how many the view is moved back */
	/* rows that VGA memory does not have yet: [from, to) */
	int dirty_from, dirty_to;
	u16 lines[LINES][COLUMNS];	/* a ring */

	struct tty tty;
};

extern struct console consoles[NR_CONSOLES], *front;

/* console.c */
/* blanks, within a row */
void console_fill(struct console *c, int row, int column, int n);
/* rows up by n, down if negative */
void console_scroll(struct console *c, int first, int last, int n);
void console_switch(u32 n);
void console_look_back(int lines);		/* negative: forth again */
void console_bell(void);
u16 *console_row(struct console *c, int row);	/* to be written to */

/* vt.c */
void vt_reset(struct console *c);
void vt_write(struct console *c, u8 ch);

/* keyboard.c */
void keyboard_leds(void);

#endif
