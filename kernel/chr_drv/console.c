/*
 * Four virtual consoles on the VGA text screen, 80 by 25. Each has its lines in
 * a ring of its own: the screen is the last 25, and the lines before it can be
 * looked back at. Everything is written to the ring. What has changed on the
 * console in front is then copied to VGA memory. printk writes to the console
 * in front, in any context.
 */
#include <cowix/kernel.h>
#include <cowix/boot_params.h>
#include <cowix/time.h>
#include <asm/io.h>
#include <asm/mmu.h>
#include <asm/system.h>
#include "console.h"

#define VGA_TEXT	0xB8000
#define CRTC_INDEX	0x3D4
#define CRTC_DATA	0x3D5
#define CRTC_CURSOR_HIGH 14
#define CRTC_CURSOR_LOW	15
#define NOWHERE		(ROWS * COLUMNS) /* where no cursor is seen */
#define BLANK_ATTRIBUTES 0x77	/* the colours, without bold and blink */

#define PIT_CHANNEL2	0x42
#define PIT_COMMAND	0x43
#define PIT_SQUARE2	0xB6	/* channel 2, low then high byte, square wave */
#define PORT_B		0x61
#define PORT_B_SPEAKER	0x03		/* gate and output */
#define BELL_DIVISOR	(1193182 / 750)
#define BELL_TICKS	(HZ / 8)

static u16 *const screen = __va(VGA_TEXT);
struct console consoles[NR_CONSOLES], *front = &consoles[0];

static void mark_dirty(struct console *c, int from, int to)
{
	if (from < c->dirty_from)
		c->dirty_from = from;
	if (to > c->dirty_to)
		c->dirty_to = to;
}

/* Returns the line in a row of the screen. Negative rows are the history. */
static u16 *line(struct console *c, int row)
{
	return c->lines[(c->first + LINES + row) % LINES];
}

/* Returns the line in a row, which is going to be written to. */
u16 *console_row(struct console *c, int row)
{
	mark_dirty(c, row, row + 1);
	return line(c, row);
}

/* Fills a part of a row with blanks. */
void console_fill(struct console *c, int row, int column, int n)
{
	u16 *to = console_row(c, row) + column,
	    blank = (c->cursor.colour & BLANK_ATTRIBUTES) << 8 | ' ';

	while (n-- > 0)
		*to++ = blank;
}

static void copy_row(struct console *c, int to, int from)
{
	memcpy(line(c, to), line(c, from), COLUMNS * sizeof(u16));
}

/*
 * Moves the rows of a region up by n, or down if n is negative, and clears
 * those that come free. When the whole screen moves up, the rows that leave it
 * become history, and nothing is copied.
 */
void console_scroll(struct console *c, int first, int last, int n)
{
	int rows = last - first + 1, count = n < 0 ? -n : n;

	if (count > rows)
		count = rows;
	if (n > 0 && rows == ROWS) {
		c->first = (c->first + count) % LINES;
		c->history = min_u32(c->history + count, LINES - ROWS);
	} else if (n > 0) {
		for (int row = first; row <= last - count; row++)
			copy_row(c, row, row + count);
	} else {
		for (int row = last; row >= first + count; row--)
			copy_row(c, row, row - count);
	}
	for (int row = n > 0 ? last - count + 1 : first; count > 0; count--)
		console_fill(c, row++, 0, COLUMNS);
	mark_dirty(c, first, last + 1);
}

static void place_cursor(u16 at)
{
	outb(CRTC_INDEX, CRTC_CURSOR_HIGH);
	outb(CRTC_DATA, at >> 8);
	outb(CRTC_INDEX, CRTC_CURSOR_LOW);
	outb(CRTC_DATA, at & 0xFF);
}

/* Shows the console in front as it is now. */
static void show(void)
{
	struct console *c = front;
	int back = c->back;

	for (int row = c->dirty_from; row < c->dirty_to; row++)
		memcpy(screen + row * COLUMNS, line(c, row - back),
		       COLUMNS * sizeof(u16));
	c->dirty_from = ROWS;
	c->dirty_to = 0;
	if (c->visible && !back)
		place_cursor(c->cursor.row * COLUMNS + c->cursor.column);
	else
		place_cursor(NOWHERE);
}

static void show_all(void)
{
	mark_dirty(front, 0, ROWS);
	show();
}

/* Brings another console to the front. Interrupts are masked. */
void console_switch(u32 n)
{
	front = &consoles[n];
	show_all();
}

/*
 * Moves the view back into the history, or forth if lines is negative.
 * Interrupts are masked.
 */
void console_look_back(int lines)
{
	int back = (int)front->back + lines;

	front->back = back < 0 ? 0 : min_u32(back, front->history);
	show_all();
}

/* Shows the end again: what is new must be seen at once. */
static void look_at_end(struct console *c)
{
	if (c->back) {
		c->back = 0;
		mark_dirty(c, 0, ROWS);
	}
}

/*
 * Writes kernel messages. A newline starts a new line, as on a terminal with
 * ONLCR. A control sequence that a program has begun waits.
 */
static void console_write(const char *s, size_t n)
{
	struct console *c = front;
	enum vt_state parse = c->parse;
	u32 flags = irq_save();

	look_at_end(c);
	c->parse = TEXT;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			vt_write(c, '\r');
		vt_write(c, s[i]);
	}
	c->parse = parse;
	show();
	irq_restore(flags);
}

static void console_put(struct tty *tty, const char *s, u32 n)
{
	struct console *c = container_of(tty, struct console, tty);
	u32 flags = irq_save();

	look_at_end(c);
	for (u32 i = 0; i < n; i++)
		vt_write(c, s[i]);
	if (c == front)
		show();
	irq_restore(flags);
}

static u32 console_room(struct tty *tty)
{
	(void)tty;
	return PAGE_SIZE;
}

static bool ringing;			/* the bell is */

static void end_bell(struct timer *t)
{
	(void)t;
	outb(PORT_B, inb(PORT_B) & ~PORT_B_SPEAKER);
	ringing = false;
}

/* Sounds the bell for a moment. */
void console_bell(void)
{
	static struct timer bell;

	if (ringing)
		return;
	ringing = true;
	outb(PIT_COMMAND, PIT_SQUARE2);
	outb(PIT_CHANNEL2, BELL_DIVISOR & 0xFF);
	outb(PIT_CHANNEL2, BELL_DIVISOR >> 8);
	outb(PORT_B, inb(PORT_B) | PORT_B_SPEAKER);
	timer_add(&bell, BELL_TICKS, end_bell, NULL);
}

/*
 * Called first of all, so that printk can show its messages. The first console
 * continues where the BIOS left the screen.
 */
void console_init(void)
{
	static const struct tty_driver driver = {
		.put = console_put,
		.room = console_room,
	};
	const struct boot_params *bp = __va(BOOT_PARAMS);

	for (u32 i = 0; i < NR_CONSOLES; i++) {
		struct console *c = &consoles[i];

		tty_init_struct(&c->tty, MKDEV(TTY_MAJOR, 1 + i),
				c->typed, &driver);
		c->tty.winsize = (struct winsize){ ROWS, COLUMNS, 0, 0 };
		vt_reset(c);
	}
	memcpy(consoles[0].lines, screen, ROWS * COLUMNS * sizeof(u16));
	consoles[0].cursor.row = min_u32(bp->cursor_row, ROWS - 1);
	consoles[0].cursor.column = min_u32(bp->cursor_column, COLUMNS - 1);
	register_console(console_write);
}
