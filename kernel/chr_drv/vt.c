/*
 * What is written to a console: text, and the control sequences of a VT100
 * (ECMA-48) and of Linux's console. These move the cursor, erase, scroll
 * regions, insert and delete, set tab stops and modes, and ask for reports.
 * vt_attributes.c has those for colours. An unknown sequence is read to its end
 * and ignored.
 */
#include <cowix/kernel.h>
#include "console.h"

#define EVERY_EIGHTH	0x01010101
#define ARG_MAX		10000
#define SHIFT_OUT	0x0E
#define SHIFT_IN	0x0F
#define CANCEL		0x18
#define SUBSTITUTE	0x1A
#define DELETE		0x7F
#define PALETTE_DIGITS	7	/* of ESC ] P: a colour, red, green, blue */

/*
 * The special graphics of a VT100 and of Linux's console, from + to ~, in the
 * PC's character set. What it does not have stays as it is.
 */
static const char graphics[] =
	"\x1A\x1B\x18\x19/\xDB" "123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"[\\]^ \x04\xB1" "bcde\xF8\xF1\xB0i\xD9\xBF\xDA\xC0\xC5"
	"op\xC4r_\xC3\xB4\xC1\xC2\xB3\xF3\xF2\xE3|\x9C\xFA";

static int clamp(int value, int low, int high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

/* Moves the cursor. Where rows count from the region's top it stays in it. */
static void go_to(struct console *c, int row, int column)
{
	if (c->origin)
		c->cursor.row = clamp(row, c->top, c->bottom);
	else
		c->cursor.row = clamp(row, 0, ROWS - 1);
	c->cursor.column = clamp(column, 0, COLUMNS - 1);
	c->cursor.wrap_pending = false;
}

/* Like go_to(), but with rows as a program counts them. */
static void go_to_origin(struct console *c, int row, int column)
{
	go_to(c, row + (c->origin ? c->top : 0), column);
}

static void restore_cursor(struct console *c)
{
	c->cursor = c->saved;
	go_to(c, c->cursor.row, c->cursor.column);
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
	c->cursor.wrap_pending = false;
}

/*
 * Makes room for n characters at the cursor. Those that cross the right edge
 * are lost; the room is blank.
 */
static void insert_chars(struct console *c, int n)
{
	int column = c->cursor.column;
	u16 *at = console_row(c, c->cursor.row) + column;

	n = clamp(n, 1, COLUMNS - column);
	memmove(at + n, at, (COLUMNS - column - n) * sizeof(u16));
	console_fill(c, c->cursor.row, column, n);
}

/* Takes n characters away at the cursor. The end of the line becomes blank. */
static void delete_chars(struct console *c, int n)
{
	int column = c->cursor.column;
	u16 *at = console_row(c, c->cursor.row) + column;

	n = clamp(n, 1, COLUMNS - column);
	memmove(at, at + n, (COLUMNS - column - n) * sizeof(u16));
	console_fill(c, c->cursor.row, COLUMNS - n, n);
}

/*
 * Writes a character at the cursor. At the right edge the cursor stays on the
 * last column until another character comes.
 */
static void put_char(struct console *c, u8 ch)
{
	struct cursor *cursor = &c->cursor;
	u16 *row;

	if (cursor->wrap_pending) {
		cursor->column = 0;
		line_feed(c);
	}
	if (cursor->graphics[cursor->charset] && ch >= '+' && ch <= '~')
		ch = graphics[ch - '+'];
	if (c->insert)
		insert_chars(c, 1);
	row = console_row(c, cursor->row);
	row[cursor->column] = vt_attribute(cursor) << 8 | ch;
	if (cursor->column < COLUMNS - 1)
		cursor->column++;
	else
		cursor->wrap_pending = c->autowrap;
}

static bool is_tab_stop(const struct console *c, int column)
{
	return c->tabs[column / 32] & 1u << column % 32;
}

/* Goes to the next tab stop. At the right edge nothing changes. */
static void tab(struct console *c)
{
	int column = c->cursor.column + 1;

	while (column < COLUMNS - 1 && !is_tab_stop(c, column))
		column++;
	c->cursor.column = min_u32(column, COLUMNS - 1);
}

/* Obeys a control character, even inside a sequence. */
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

/*
 * ESC [ n K: erases from the cursor to the end of the line (0), from its start
 * to the cursor (1) or all of it (2).
 */
static void erase_line(struct console *c, int which)
{
	int from = which == 0 ? c->cursor.column : 0;
	int to = which == 1 ? c->cursor.column + 1 : COLUMNS;

	console_fill(c, c->cursor.row, from, to - from);
}

/* ESC [ n J: the same for the screen. 3 erases the history, too. */
static void erase_screen(struct console *c, int which)
{
	int from = which == 0 ? c->cursor.row + 1 : 0;
	int to = which == 1 ? c->cursor.row : ROWS;

	for (int row = from; row < to; row++)
		console_fill(c, row, 0, COLUMNS);
	if (which < 2)
		erase_line(c, which);
	if (which == 3)
		c->history = 0;
}

/* Answers a program: the text is typed. */
static void reply(struct console *c, const char *s)
{
	while (*s)
		tty_input(&c->tty, *s++);
}

/* ESC [ n: 5 asks for the state, 6 for the place of the cursor. */
static void report(struct console *c)
{
	char answer[20];

	if (vt_arg(c, 0, 0) == 5)
		reply(c, "\033[0n");
	if (vt_arg(c, 0, 0) != 6)
		return;
	snprintf(answer, sizeof(answer), "\033[%d;%dR",
		 c->cursor.row + 1 - (c->origin ? c->top : 0),
		 c->cursor.column + 1);
	reply(c, answer);
}

/* ESC [ first ; last r: sets the scrolling region. */
static void set_region(struct console *c)
{
	int first = vt_arg(c, 0, 1) - 1, last = vt_arg(c, 1, ROWS) - 1;

	if (first < last && last < ROWS) {
		c->top = first;
		c->bottom = last;
		go_to_origin(c, 0, 0);
	}
}

/* ESC [ ... h and l: sets and clears modes. Those of DEC come after a ?. */
static void set_modes(struct console *c, bool on)
{
	for (u32 i = 0; i < c->nr_args; i++) {
		switch (c->prefix << 16 | c->args[i]) {
		case 4: c->insert = on; break;
		case '?' << 16 | 1: c->application_keys = on; break;
		case '?' << 16 | 6:
			c->origin = on;
			go_to_origin(c, 0, 0);
			break;
		case '?' << 16 | 7: c->autowrap = on; break;
		case '?' << 16 | 25: c->visible = on; break;
		}
	}
}

/* ESC [ n g: clears the tab stop at the cursor (0), or all (3). */
static void clear_tabs(struct console *c)
{
	if (vt_arg(c, 0, 0) == 0)
		c->tabs[c->cursor.column / 32] &=
			~(1u << c->cursor.column % 32);
	else if (vt_arg(c, 0, 0) == 3)
		memset(c->tabs, 0, sizeof(c->tabs));
}

/* Obeys the commands that change what is on the screen. */
static void csi_change(struct console *c, u8 command)
{
	int n = clamp(vt_arg(c, 0, 1), 1, COLUMNS), row = c->cursor.row;
	bool inside = row >= c->top && row <= c->bottom;

	if ((command == 'J' && vt_arg(c, 0, 0) > 3) ||
	    (command == 'K' && vt_arg(c, 0, 0) > 2))
		return;
	switch (command) {
	case 'J': erase_screen(c, vt_arg(c, 0, 0)); break;
	case 'K': erase_line(c, vt_arg(c, 0, 0)); break;
	case 'L': if (inside) console_scroll(c, row, c->bottom, -n); break;
	case 'M': if (inside) console_scroll(c, row, c->bottom, n); break;
	case 'S': console_scroll(c, c->top, c->bottom, n); break;
	case 'T': console_scroll(c, c->top, c->bottom, -n); break;
	case '@': insert_chars(c, n); break;
	case 'P': delete_chars(c, n); break;
	case 'X':
		console_fill(c, row, c->cursor.column,
			     clamp(n, 1, COLUMNS - c->cursor.column));
		break;
	default: return;
	}
	c->cursor.wrap_pending = false;
}

/* Obeys ESC [ ... with that final character. */
static void csi_command(struct console *c, u8 command)
{
	int n = vt_arg(c, 0, 1), row = c->cursor.row, column = c->cursor.column;

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
	case 'f': go_to_origin(c, n - 1, vt_arg(c, 1, 1) - 1); break;
	case 'c': reply(c, "\033[?6c"); break;
	case 'g': clear_tabs(c); break;
	case 'h':
	case 'l': set_modes(c, command == 'h'); break;
	case 'm': vt_set_attributes(c); break;
	case 'n': report(c); break;
	case 'r': set_region(c); break;
	case 's': c->saved = c->cursor; break;
	case 'u': restore_cursor(c); break;
	default: csi_change(c, command);
	}
}

/* Sets everything as after a start. The screen stays. */
void vt_reset(struct console *c)
{
	memset(&c->cursor, 0, sizeof(c->cursor));
	vt_reset_attributes(&c->cursor);
	c->cursor.graphics[1] = true;
	c->saved = c->cursor;
	c->top = 0;
	c->bottom = ROWS - 1;
	c->insert = c->application_keys = c->origin = false;
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

/* Takes the character after ESC. */
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
	case '8': restore_cursor(c); break;
	case 'c': vt_reset(c); erase_screen(c, 2); break;
	}
}

/* A ; or a : begins the next argument. */
static void next_arg(struct console *c, bool sub)
{
	if (c->nr_args == ARGS_MAX) {
		c->too_many = true;
		return;
	}
	c->sub |= sub << c->nr_args;
	c->nr_args++;
}

/*
 * Returns whether ESC [ ... with this final character is known. With a prefix
 * only modes are.
 */
static bool csi_known(const struct console *c, u8 command)
{
	if (c->sub)
		return command == 'm' && !c->prefix;
	return !c->prefix ||
	       (c->prefix == '?' && (command == 'h' || command == 'l'));
}

/* Takes a character after ESC [. */
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
 * Takes the character after ESC ]. A digit begins a string. P begins the digits
 * of a palette, which is ignored. R and others stand alone, as on Linux.
 */
static void osc_char(struct console *c, u8 ch)
{
	if (ch >= '0' && ch <= '9')
		c->parse = STRING;
	else if (ch == 'P')
		c->parse = PALETTE;
	else
		c->parse = TEXT;
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

/* Ignores a string. It ends at a bell, a cancel, or ESC with a \. */
static void string_char(struct console *c, u8 ch)
{
	if (ch == '\033')
		c->parse = ESCAPE;
	else if (ch == '\a' || ch == CANCEL || ch == SUBSTITUTE)
		c->parse = TEXT;
}

/* Takes a character that is no control character. */
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

/* Takes a character written to a console. The caller shows the result. */
void vt_write(struct console *c, u8 ch)
{
	if (c->parse == STRING)
		string_char(c, ch);
	else if (ch < ' ')
		control(c, ch);
	else if (ch != DELETE)
		graphic(c, ch);
}
