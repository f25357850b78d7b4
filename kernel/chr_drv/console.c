/*
 * The VGA text screen, 80 by 25, with the control sequences of a VT100 (ECMA-48): cursor movement, erasing, colours, scrolling regions,
 * inserting and deleting. printk and the console terminal both write here; any context.
 */
#include <cowix/kernel.h>
#include <cowix/boot_params.h>
#include <asm/io.h>
#include <asm/mmu.h>
#include <asm/system.h>
#include "tty_driver.h"

#define COLUMNS		80
#define ROWS		25
#define VGA_TEXT	0xB8000
#define CRTC_INDEX	0x3D4
#define CRTC_DATA	0x3D5
#define CRTC_CURSOR_HIGH 14
#define CRTC_CURSOR_LOW	15
#define ATTR_NORMAL	0x07
#define ATTR_BOLD	0x08
#define ATTR_BLINK	0x80
#define ARGS_MAX	8
#define TAB		8

static u16 *const screen = __va(VGA_TEXT);
static int row, column, saved_row, saved_column;
static int top, bottom = ROWS - 1;	/* the scrolling region */
static u8 attr = ATTR_NORMAL;
static bool reverse, wrap_pending;
struct tty console_tty;

/* The parser: text, after ESC, inside ESC [ ... */
static enum { TEXT, ESCAPE, CSI } parse;
static int args[ARGS_MAX];
static u32 nr_args;
static bool private_mode;

static u8 attribute(void)
{
	return reverse ? (attr & (ATTR_BOLD | ATTR_BLINK)) | (attr & 7) << 4 | (attr >> 4 & 7) : attr;
}

static void fill(int from, int n)
{
	for (int i = 0; i < n; i++)
		screen[from + i] = attribute() << 8 | ' ';
}

/* Move rows of the region up (n > 0) or down, and clear those that come free. */
static void scroll(int first, int last, int n)
{
	int keep = last - first + 1 - (n > 0 ? n : -n);

	if (keep < 0)
		keep = 0;
	if (n > 0) {
		memmove(screen + first * COLUMNS, screen + (last + 1 - keep) * COLUMNS, keep * COLUMNS * 2);
		fill((first + keep) * COLUMNS, (last + 1 - first - keep) * COLUMNS);
	} else {
		memmove(screen + (last + 1 - keep) * COLUMNS, screen + first * COLUMNS, keep * COLUMNS * 2);
		fill(first * COLUMNS, (last + 1 - first - keep) * COLUMNS);
	}
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static void go_to(int new_row, int new_column)
{
	row = clamp(new_row, 0, ROWS - 1);
	column = clamp(new_column, 0, COLUMNS - 1);
	wrap_pending = false;
}

static void line_feed(void)
{
	if (row == bottom)
		scroll(top, bottom, 1);
	else if (row < ROWS - 1)
		row++;
	wrap_pending = false;
}

static void reverse_line_feed(void)
{
	if (row == top)
		scroll(top, bottom, -1);
	else if (row > 0)
		row--;
}

/* At the right edge the cursor stays on the last column until another character comes. */
static void put_char(u8 c)
{
	if (wrap_pending) {
		column = 0;
		line_feed();
	}
	screen[row * COLUMNS + column] = attribute() << 8 | c;
	if (column < COLUMNS - 1)
		column++;
	else
		wrap_pending = true;
}

static void control(u8 c)
{
	switch (c) {
	case '\n':
		line_feed();
		break;
	case '\r':
		go_to(row, 0);
		break;
	case '\b':
		go_to(row, column - 1);
		break;
	case '\t':
		go_to(row, (column / TAB + 1) * TAB);
		break;
	case '\033':
		parse = ESCAPE;
		break;
	}
}

/* ESC [ ... m: attributes. ANSI's colours are numbered red, green, blue; VGA's blue, green, red. */
static void set_attribute(int code)
{
	static const u8 vga_colour[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };

	if (code == 0) {
		attr = ATTR_NORMAL;
		reverse = false;
	} else if (code == 1) {
		attr |= ATTR_BOLD;
	} else if (code == 5) {
		attr |= ATTR_BLINK;
	} else if (code == 7 || code == 27) {
		reverse = code == 7;
	} else if (code == 22) {
		attr &= ~ATTR_BOLD;
	} else if (code >= 30 && code <= 37) {
		attr = (attr & ~7) | vga_colour[code - 30];
	} else if (code == 39) {
		attr = (attr & ~7) | 7;
	} else if (code >= 40 && code <= 47) {
		attr = (attr & ~0x70) | vga_colour[code - 40] << 4;
	} else if (code == 49) {
		attr &= ~0x70;
	} else if (code >= 90 && code <= 97) {
		attr = (attr & ~7) | vga_colour[code - 90] | ATTR_BOLD;
	}
}

/* ESC [ n J: 0 from the cursor to the end, 1 from the start to it, 2 everything. ESC [ n K: the same within the line. */
static void erase(int which, int start, int end)
{
	int here = row * COLUMNS + column;

	if (which == 0)
		fill(here, end - here);
	else if (which == 1)
		fill(start, here - start + 1);
	else
		fill(start, end - start);
}

static void move_in_line(int n, bool insert)
{
	u16 *line = screen + row * COLUMNS;
	int keep;

	n = clamp(n, 1, COLUMNS - column);
	keep = COLUMNS - column - n;
	if (insert)
		memmove(line + column + n, line + column, keep * 2);
	else
		memmove(line + column, line + column + n, keep * 2);
	fill(row * COLUMNS + (insert ? column : column + keep), n);
}

static void report_position(void)
{
	char answer[16];
	int n = snprintf(answer, sizeof(answer), "\033[%d;%dR", row + 1, column + 1);

	for (int i = 0; i < n; i++)
		tty_input(&console_tty, answer[i]);
}

static int arg(u32 n, int missing)
{
	return n < nr_args && args[n] ? args[n] : missing;
}

static void set_region(void)
{
	int first = arg(0, 1) - 1, last = arg(1, ROWS) - 1;

	if (first < last && last < ROWS) {
		top = first;
		bottom = last;
		go_to(0, 0);
	}
}

static void set_attributes(void)
{
	if (nr_args == 0)
		set_attribute(0);
	for (u32 i = 0; i < nr_args; i++)
		set_attribute(args[i]);
}

/* The final character of ESC [ ... */
static void csi_command(u8 c)
{
	switch (c) {
	case 'A': go_to(row - arg(0, 1), column); break;
	case 'B': go_to(row + arg(0, 1), column); break;
	case 'C': go_to(row, column + arg(0, 1)); break;
	case 'D': go_to(row, column - arg(0, 1)); break;
	case 'E': go_to(row + arg(0, 1), 0); break;
	case 'F': go_to(row - arg(0, 1), 0); break;
	case 'G': go_to(row, arg(0, 1) - 1); break;
	case 'd': go_to(arg(0, 1) - 1, column); break;
	case 'H':
	case 'f': go_to(arg(0, 1) - 1, arg(1, 1) - 1); break;
	case 'J': erase(arg(0, 0), 0, ROWS * COLUMNS); break;
	case 'K': erase(arg(0, 0), row * COLUMNS, (row + 1) * COLUMNS); break;
	case 'L': scroll(row, bottom, -clamp(arg(0, 1), 1, ROWS)); break;
	case 'M': scroll(row, bottom, clamp(arg(0, 1), 1, ROWS)); break;
	case 'S': scroll(top, bottom, clamp(arg(0, 1), 1, ROWS)); break;
	case 'T': scroll(top, bottom, -clamp(arg(0, 1), 1, ROWS)); break;
	case '@': move_in_line(arg(0, 1), true); break;
	case 'P': move_in_line(arg(0, 1), false); break;
	case 'm': set_attributes(); break;
	case 'r': set_region(); break;
	case 's': saved_row = row; saved_column = column; break;
	case 'u': go_to(saved_row, saved_column); break;
	case 'n': if (arg(0, 0) == 6) report_position(); break;
	}
}

static void reset_terminal(void)
{
	set_attribute(0);
	top = 0;
	bottom = ROWS - 1;
	fill(0, ROWS * COLUMNS);
	go_to(0, 0);
}

static void escape_char(u8 c)
{
	parse = TEXT;
	switch (c) {
	case '[':
		parse = CSI;
		nr_args = 0;
		private_mode = false;
		memset(args, 0, sizeof(args));
		break;
	case 'D': line_feed(); break;
	case 'M': reverse_line_feed(); break;
	case 'E': go_to(row, 0); line_feed(); break;
	case '7': saved_row = row; saved_column = column; break;
	case '8': go_to(saved_row, saved_column); break;
	case 'c': reset_terminal(); break;
	}
}

static void csi_char(u8 c)
{
	if (c == '?') {
		private_mode = true;
	} else if (c >= '0' && c <= '9') {
		if (nr_args == 0)
			nr_args = 1;
		if (args[nr_args - 1] < 1000)
			args[nr_args - 1] = args[nr_args - 1] * 10 + c - '0';
	} else if (c == ';') {
		if (nr_args == 0)
			nr_args = 1;
		if (nr_args < ARGS_MAX)
			nr_args++;
	} else {
		parse = TEXT;
		if (!private_mode)
			csi_command(c);
	}
}

static void output(u8 c)
{
	if (parse == ESCAPE)
		escape_char(c);
	else if (parse == CSI)
		csi_char(c);
	else if (c < ' ')
		control(c);
	else
		put_char(c);
}

static void show_cursor(void)
{
	u16 at = row * COLUMNS + column;

	outb(CRTC_INDEX, CRTC_CURSOR_HIGH);
	outb(CRTC_DATA, at >> 8);
	outb(CRTC_INDEX, CRTC_CURSOR_LOW);
	outb(CRTC_DATA, at & 0xFF);
}

/* Kernel messages: a newline starts a new line, as on a terminal with ONLCR. */
void console_write(const char *s, size_t n)
{
	u32 flags = irq_save();

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			output('\r');
		output(s[i]);
	}
	show_cursor();
	irq_restore(flags);
}

static u32 console_put(struct tty *tty, const char *s, u32 n)
{
	u32 flags = irq_save();

	(void)tty;
	for (u32 i = 0; i < n; i++)
		output(s[i]);
	show_cursor();
	irq_restore(flags);
	return n;
}

static int console_nothing(struct tty *tty)
{
	(void)tty;
	return 0;
}

/* Called first of all: continue where the BIOS left the cursor. */
void console_init(void)
{
	const struct boot_params *bp = __va(BOOT_PARAMS);

	go_to(bp->cursor_row, bp->cursor_column);
}

void console_tty_init(void)
{
	tty_init_struct(&console_tty, MKDEV(TTY_MAJOR, 1));
	console_tty.put = console_put;
	console_tty.wait_room = console_tty.drain = console_nothing;
}
