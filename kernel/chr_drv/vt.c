/*
 * What is written to a console: text, and the control sequences of a VT100
 * (ECMA-48) and of Linux's console: cursor movement, erasing, colours,
 * scrolling regions, inserting and deleting, tab stops, modes, lines of boxes,
 * reports. What is unknown is read to its end and ignored.
 */
#include <cowix/kernel.h>
#include "console.h"

#define WHITE		0x07
#define UNDERLINE	0x03	/* VGA cannot underline in colour: cyan */
#define BOLD		0x08
#define BLINK		0x80
#define EVERY_EIGHTH	0x01010101
#define ARG_MAX		10000
#define SHIFT_OUT	0x0E
#define SHIFT_IN	0x0F
#define CANCEL		0x18
#define SUBSTITUTE	0x1A
#define DELETE		0x7F
#define PALETTE_DIGITS	7	/* of ESC ] P: a colour, red, green, blue */

/* The special graphics of a VT100, from _ to ~, in the PC's character set. */
static const char graphics[] =
	" \x04\xB1\t\f\r\n\xF8\xF1\n\v\xD9\xBF\xDA\xC0\xC5\xC4\xC4\xC4\xC4_\xC3\xB4\xC1\xC2\xB3\xF3\xF2\xE3=\x9C\xFA";

/* ANSI's colours are numbered red, green, blue; VGA's blue, green, red. */
static const u8 vga_colour[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static void go_to(struct console *c, int row, int column)
{
	c->cursor.row = clamp(row, 0, ROWS - 1);
	c->cursor.column = clamp(column, 0, COLUMNS - 1);
	c->cursor.wrap_pending = false;
}

/* The same for rows as a program counts them. */
static void go_to_origin(struct console *c, int row, int column)
{
	if (c->cursor.origin)
		row = clamp(row + c->top, c->top, c->bottom);
	go_to(c, row, column);
}

static void line_feed(struct console *c)
{
	if (c->cursor.row == c->bottom)
		console_scroll(c, c->top, c->bottom, 1);
	else
		go_to(c, c->cursor.row + 1, c->cursor.column);
	c->cursor.wrap_pending = false;
}

static void reverse_line_feed(struct console *c)
{
	if (c->cursor.row == c->top)
		console_scroll(c, c->top, c->bottom, -1);
	else
		go_to(c, c->cursor.row - 1, c->cursor.column);
}

static u8 attribute(const struct cursor *cursor)
{
	u8 colour = cursor->colour;

	if (cursor->underline)
		colour = (colour & 0xF0) | UNDERLINE;
	if (cursor->reverse)
		colour = (colour & 7) << 4 | (colour >> 4 & 7) |
			 (colour & (BOLD | BLINK));
	return colour | (cursor->bold ? BOLD : 0) | (cursor->blink ? BLINK : 0);
}

/*
 * Make room for n characters at the cursor, or take n away; what crosses the
 * right edge is lost, what comes free is blank.
 */
static void move_in_line(struct console *c, int n, bool insert)
{
	int column = c->cursor.column, keep;
	u16 *at = console_row(c, c->cursor.row) + column;

	n = clamp(n, 1, COLUMNS - column);
	keep = COLUMNS - column - n;
	memmove(insert ? at + n : at, insert ? at : at + n, keep * sizeof(u16));
	console_fill(c, c->cursor.row, insert ? column : column + keep, n);
}

/*
 * At the right edge the cursor stays on the last column until another character
 * comes.
 */
static void put_char(struct console *c, u8 ch)
{
	struct cursor *cursor = &c->cursor;

	if (cursor->wrap_pending) {
		cursor->column = 0;
		line_feed(c);
	}
	if (cursor->graphics[cursor->charset] && ch >= '_' && ch <= '~')
		ch = graphics[ch - '_'];
	if (c->insert)
		move_in_line(c, 1, true);
	console_row(c, cursor->row)[cursor->column] = attribute(cursor) << 8 |
						      ch;
	if (cursor->column < COLUMNS - 1)
		cursor->column++;
	else
		cursor->wrap_pending = c->autowrap;
}

static void tab(struct console *c)
{
	int column = c->cursor.column + 1;

	while (column < COLUMNS - 1 &&
	       !(c->tabs[column / 32] & 1u << column % 32))
		column++;
	go_to(c, c->cursor.row, column);
}

/* Control characters have their effect even inside a sequence. */
static void control(struct console *c, u8 ch)
{
	switch (ch) {
	case '\n':
	case '\v':
	case '\f': line_feed(c); break;
	case '\r': go_to(c, c->cursor.row, 0); break;
	case '\b': go_to(c, c->cursor.row, c->cursor.column - 1); break;
	case '\t': tab(c); break;
	case '\a': console_bell(); break;
	case SHIFT_OUT:
	case SHIFT_IN: c->cursor.charset = ch == SHIFT_OUT; break;
	case CANCEL:
	case SUBSTITUTE: c->parse = TEXT; break;
	case '\033': c->parse = ESCAPE; break;
	}
}

static int arg(const struct console *c, u32 n, int missing)
{
	return n < c->nr_args && c->args[n] ? c->args[n] : missing;
}

/* ESC [ ... m: one attribute. */
static void set_attribute(struct cursor *cursor, int code)
{
	u8 *colour = &cursor->colour;

	if (code == 0) {
		*colour = WHITE;
		cursor->bold = cursor->blink = cursor->reverse =
			cursor->underline = false;
	} else if (code == 1 || code == 2 || code == 22) {
		cursor->bold = code == 1;
	} else if (code == 4 || code == 24) {
		cursor->underline = code == 4;
	} else if (code == 5 || code == 25) {
		cursor->blink = code == 5;
	} else if (code == 7 || code == 27) {
		cursor->reverse = code == 7;
	} else if (code >= 30 && code <= 37) {
		*colour = (*colour & 0xF0) | vga_colour[code - 30];
	} else if (code == 39) {
		*colour = (*colour & 0xF0) | WHITE;
	} else if (code >= 40 && code <= 47) {
		*colour = (*colour & 0x0F) | vga_colour[code - 40] << 4;
	} else if (code == 49) {
		*colour &= 0x0F;
	} else if (code >= 90 && code <= 97) {
		*colour = (*colour & 0xF0) | vga_colour[code - 90] | BOLD;
	} else if (code >= 100 && code <= 107) {
		*colour = (*colour & 0x0F) | vga_colour[code - 100] << 4;
	}
}

/* Sets one of 256 colours, of which the first 16 are known. code: 38 or 48. */
static void set_indexed(struct cursor *cursor, int code, int number)
{
	if (number < 8)
		set_attribute(cursor, code - 8 + number);
	else if (number < 16)
		set_attribute(cursor, code - 8 + number - 8 + 60);
}

/*
 * Sets what a parameter with sub-parameters says (ITU-T T.416): 4:3 is a kind
 * of underline, 38:5:9 a colour. 38:2 with red, green and blue is not known.
 */
static void set_grouped(struct console *c, u32 i)
{
	int code = arg(c, i, 0), kind = arg(c, i + 1, 0);

	if (code == 4)
		set_attribute(&c->cursor, kind ? 4 : 24);
	else if ((code == 38 || code == 48) && kind == 5)
		set_indexed(&c->cursor, code, arg(c, i + 2, 0));
}

/*
 * Sets a parameter that stands alone; returns how many it takes. 38 and 48
 * bring others of their own: 5 and a number, or 2 and red, green, blue.
 */
static u32 set_plain(struct console *c, u32 i)
{
	int code = arg(c, i, 0), kind = arg(c, i + 1, 0);

	if (code != 38 && code != 48) {
		set_attribute(&c->cursor, code);
		return 1;
	}
	if (kind == 5)
		set_indexed(&c->cursor, code, arg(c, i + 2, 0));
	return kind == 5 ? 3 : kind == 2 ? 5 : 1;
}

static void set_attributes(struct console *c)
{
	u32 i = 0, n;

	do {
		n = 1;
		while (i + n < c->nr_args && c->sub & 1u << (i + n))
			n++;
		if (n > 1)
			set_grouped(c, i);
		else
			n = set_plain(c, i);
		i += n;
	} while (i < c->nr_args);
}

/*
 * ESC [ n J: 0 from the cursor to the end, 1 from the start to it, 2
 * everything, 3 the history too. ESC [ n K: the same within the line.
 */
static void erase_line(struct console *c, int which)
{
	int column = c->cursor.column, from = which == 0 ? column : 0;

	console_fill(c, c->cursor.row, from,
		     (which == 1 ? column + 1 : COLUMNS) - from);
}

static void erase_screen(struct console *c, int which)
{
	int here = c->cursor.row;

	for (int row = which == 0 ? here + 1 : 0;
	     row < (which == 1 ? here : ROWS); row++)
		console_fill(c, row, 0, COLUMNS);
	if (which < 2)
		erase_line(c, which);
	if (which == 3)
		c->history = 0;
}

static void reply(struct console *c, const char *s)
{
	while (*s)
		tty_input(&c->tty, *s++);
}

static void report(struct console *c)
{
	char answer[20];

	if (arg(c, 0, 0) == 5)
		reply(c, "\033[0n");
	if (arg(c, 0, 0) != 6)
		return;
	snprintf(answer, sizeof(answer), "\033[%d;%dR",
		 c->cursor.row + 1 - (c->cursor.origin ? c->top : 0),
		 c->cursor.column + 1);
	reply(c, answer);
}

static void set_region(struct console *c)
{
	int first = arg(c, 0, 1) - 1, last = arg(c, 1, ROWS) - 1;

	if (first < last && last < ROWS) {
		c->top = first;
		c->bottom = last;
		go_to_origin(c, 0, 0);
	}
}

/* ESC [ ... h and l. Those of DEC come after a ?. */
static void set_modes(struct console *c, bool on)
{
	for (u32 i = 0; i < c->nr_args; i++) {
		switch (c->prefix << 16 | c->args[i]) {
		case 4: c->insert = on; break;
		case '?' << 16 | 1: c->application_keys = on; break;
		case '?' << 16 | 6:
			c->cursor.origin = on;
			go_to_origin(c, 0, 0);
			break;
		case '?' << 16 | 7: c->autowrap = on; break;
		case '?' << 16 | 25: c->visible = on; break;
		}
	}
}

static void clear_tabs(struct console *c)
{
	if (arg(c, 0, 0) == 0)
		c->tabs[c->cursor.column / 32] &=
			~(1u << c->cursor.column % 32);
	else if (arg(c, 0, 0) == 3)
		memset(c->tabs, 0, sizeof(c->tabs));
}

/* The commands that change what is on the screen. */
static void csi_change(struct console *c, u8 command)
{
	int n = clamp(arg(c, 0, 1), 1, COLUMNS), row = c->cursor.row;
	bool inside = row >= c->top && row <= c->bottom;

	switch (command) {
	case 'J': erase_screen(c, arg(c, 0, 0)); break;
	case 'K': erase_line(c, arg(c, 0, 0)); break;
	case 'L': if (inside) console_scroll(c, row, c->bottom, -n); break;
	case 'M': if (inside) console_scroll(c, row, c->bottom, n); break;
	case 'S': console_scroll(c, c->top, c->bottom, n); break;
	case 'T': console_scroll(c, c->top, c->bottom, -n); break;
	case '@': move_in_line(c, n, true); break;
	case 'P': move_in_line(c, n, false); break;
	case 'X':
		console_fill(c, row, c->cursor.column,
			     clamp(n, 1, COLUMNS - c->cursor.column));
		break;
	}
}

/* The final character of ESC [ ... */
static void csi_command(struct console *c, u8 command)
{
	int n = arg(c, 0, 1), row = c->cursor.row, column = c->cursor.column;

	switch (command) {
	case 'A': go_to(c, row - n, column); break;
	case 'e':
	case 'B': go_to(c, row + n, column); break;
	case 'a':
	case 'C': go_to(c, row, column + n); break;
	case 'D': go_to(c, row, column - n); break;
	case 'E': go_to(c, row + n, 0); break;
	case 'F': go_to(c, row - n, 0); break;
	case '`':
	case 'G': go_to(c, row, n - 1); break;
	case 'd': go_to_origin(c, n - 1, column); break;
	case 'H':
	case 'f': go_to_origin(c, n - 1, arg(c, 1, 1) - 1); break;
	case 'c': reply(c, "\033[?6c"); break;
	case 'g': clear_tabs(c); break;
	case 'h':
	case 'l': set_modes(c, command == 'h'); break;
	case 'm': set_attributes(c); break;
	case 'n': report(c); break;
	case 'r': set_region(c); break;
	case 's': c->saved = c->cursor; break;
	case 'u': c->cursor = c->saved; break;
	default: csi_change(c, command);
	}
}

/* As switched on; the screen stays. */
void vt_reset(struct console *c)
{
	memset(&c->cursor, 0, sizeof(c->cursor));
	set_attribute(&c->cursor, 0);
	c->saved = c->cursor;
	c->top = 0;
	c->bottom = ROWS - 1;
	c->insert = c->application_keys = false;
	c->autowrap = c->visible = true;
	for (u32 i = 0; i < ARRAY_SIZE(c->tabs); i++)
		c->tabs[i] = EVERY_EIGHTH;
	c->parse = TEXT;
}

static void begin_csi(struct console *c)
{
	c->parse = CSI;
	c->nr_args = 0;
	c->prefix = 0;
	c->sub = 0;
	c->too_many = false;
	memset(c->args, 0, sizeof(c->args));
}

/* The character after ESC. */
static void escape_char(struct console *c, u8 ch)
{
	c->parse = TEXT;
	switch (ch) {
	case '[': begin_csi(c); break;
	case ']': c->parse = OSC; break;
	case 'P':
	case 'X':
	case '^':
	case '_': c->parse = STRING; break;
	case '(':
	case ')': c->parse = CHARSET; c->prefix = ch; break;
	case ' ':
	case '#':
	case '%':
	case '*' ... '/': c->parse = IGNORE_ONE; break;
	case 'D': line_feed(c); break;
	case 'M': reverse_line_feed(c); break;
	case 'E': go_to(c, c->cursor.row, 0); line_feed(c); break;
	case 'H':
		c->tabs[c->cursor.column / 32] |= 1u << c->cursor.column % 32;
		break;
	case 'Z': reply(c, "\033[?6c"); break;
	case '7': c->saved = c->cursor; break;
	case '8': c->cursor = c->saved; break;
	case 'c': vt_reset(c); erase_screen(c, 2); break;
	}
}

static void next_arg(struct console *c, bool sub)
{
	if (c->nr_args == ARGS_MAX) {
		c->too_many = true;
		return;
	}
	c->sub |= sub << c->nr_args;
	c->nr_args++;
}

/* Whether ESC [ ... with this end is known: with a prefix only modes are. */
static bool csi_known(const struct console *c, u8 command)
{
	if (c->sub)
		return command == 'm' && !c->prefix;
	return !c->prefix ||
	       (c->prefix == '?' && (command == 'h' || command == 'l'));
}

static void csi_char(struct console *c, u8 ch)
{
	if (c->nr_args == 0 && ch >= '0' && ch <= ';')
		c->nr_args = 1;
	if (ch >= '0' && ch <= '9') {
		u16 *arg = &c->args[c->nr_args - 1];

		if (!c->too_many)
			*arg = min_u32(*arg * 10 + ch - '0', ARG_MAX);
	} else if (ch == ';' || ch == ':') {
		next_arg(c, ch == ':');
	} else if (ch < '@') {
		c->prefix = ch;
	} else {
		c->parse = TEXT;
		if (csi_known(c, ch))
			csi_command(c, ch);
	}
}

/*
 * The character after ESC ]: a digit begins a string, P the digits of a
 * palette, which nothing here has; R and whatever else stand alone, as on
 * Linux.
 */
static void osc_char(struct console *c, u8 ch)
{
	c->parse = ch >= '0' && ch <= '9' ? STRING : ch == 'P' ? PALETTE : TEXT;
	c->nr_args = PALETTE_DIGITS;
}

static bool is_hex(u8 ch)
{
	ch |= 0x20;
	return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f');
}

static void palette_char(struct console *c, u8 ch)
{
	if (!is_hex(ch) || --c->nr_args == 0)
		c->parse = TEXT;
}

/* A string is not for us: it ends at a bell, a cancel, or ESC with a \. */
static void string_char(struct console *c, u8 ch)
{
	if (ch == '\033')
		c->parse = ESCAPE;
	else if (ch == '\a' || ch == CANCEL || ch == SUBSTITUTE)
		c->parse = TEXT;
}

static void graphic(struct console *c, u8 ch)
{
	switch (c->parse) {
	case TEXT: put_char(c, ch); break;
	case ESCAPE: escape_char(c, ch); break;
	case CHARSET:
		c->cursor.graphics[c->prefix == ')'] = ch == '0';
		c->parse = TEXT;
		break;
	case IGNORE_ONE: c->parse = TEXT; break;
	case CSI: csi_char(c, ch); break;
	case OSC: osc_char(c, ch); break;
	case PALETTE: palette_char(c, ch); break;
	case STRING: break;
	}
}

/* A character written to a console; the caller shows the result. */
void vt_write(struct console *c, u8 ch)
{
	if (c->parse == STRING)
		string_char(c, ch);
	else if (ch < ' ')
		control(c, ch);
	else if (ch != DELETE)
		graphic(c, ch);
}
