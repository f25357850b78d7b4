/*
 * The line editor: the screen and the text of the line. edit_keys.c does what
 * the keys ask for. The terminal is in raw mode only while a line is typed.
 * Signals stay on, so that ^C interrupts as ever. It uses the sequences ESC [ A
 * C J H of Cowix's console and of every vt100.
 */
#include "edit.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <abi/poll.h>

void flush_output(struct editor *e)
{
	if (e->out.length && write(2, e->out.s, e->out.length) < 0)
		e->out.length = 0;
	e->out.length = 0;
}

static size_t terminal_columns(void)
{
	struct winsize size;

	return ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col
								   : 80;
}

/*
 * Sets the prompt, whose last line decides where the text begins. Sequences for
 * colours take no room.
 */
void set_prompt(struct editor *e, const char *prompt)
{
	const char *last = strrchr(prompt, '\n');

	e->prompt = last ? last + 1 : prompt;
	e->prompt_width = 0;
	for (const char *s = e->prompt; *s; s++) {
		if (*s == '\033' && s[1] == '[') {
			for (s += 2;
			     *s && !((*s | 32) >= 'a' && (*s | 32) <= 'z'); s++)
				;
			if (!*s)
				break;
		} else if ((unsigned char)*s >= ' ') {
			e->prompt_width += char_width(e, s);
		}
	}
}

/* Writes ESC [ n direction, or nothing for 0. */
static void move(struct editor *e, size_t n, char direction)
{
	char sequence[24];

	if (n == 0)
		return;
	snprintf(sequence, sizeof(sequence), "\033[%u%c", (unsigned)n,
		 direction);
	text_puts(&e->out, sequence);
}

/* Moves the cursor from the end of the text to its place in the line. */
static void place_cursor(struct editor *e)
{
	size_t end = cell_of(e, e->length), here = cell_of(e, e->at);

	if (end % e->columns == 0 && end > 0)
		/* terminals differ in when they begin a new row */
		text_puts(&e->out, " \r");
	text_puts(&e->out, "\033[J");
	move(e, end / e->columns - here / e->columns, 'A');
	if (end != here || end % e->columns == 0) {
		text_put(&e->out, '\r');
		move(e, here % e->columns, 'C');
	}
	e->row = here / e->columns;
}

/* Draws prompt and line anew. */
void redraw(struct editor *e)
{
	e->columns = terminal_columns();
	move(e, e->row, 'A');
	text_put(&e->out, '\r');
	text_puts(&e->out, e->prompt);
	put_shown(e, e->line, e->length);
	place_cursor(e);
}

/*
 * Writes s below the line. The line stays as it is, with its cursor behind its
 * end.
 */
void show_at_end(struct editor *e, const char *s)
{
	size_t at = e->at;

	e->at = e->length;
	redraw(e);
	text_puts(&e->out, s);
	e->row = 0;
	e->at = at;
}

/* Inserts text into the line, but not on the screen. */
static void put_in(struct editor *e, const char *s, size_t n)
{
	if (e->length + n + 1 > e->room) {
		size_t room = (e->length + n) * 2 + 64;
		char *more = realloc(e->line, room);

		if (!more) {
			text_put(&e->out, '\a');
			return;
		}
		e->line = more;
		e->room = room;
	}
	memmove(e->line + e->at + n, e->line + e->at, e->length - e->at + 1);
	memcpy(e->line + e->at, s, n);
	e->length += n;
	e->at += n;
}

/*
 * Inserts text at the cursor. At the end of the line, within a row, the text is
 * only written; otherwise the line is redrawn.
 */
void insert(struct editor *e, const char *s, size_t n)
{
	size_t end = cell_of(e, e->length), before = e->length;
	int simple = e->at == before;

	put_in(e, s, n);
	if (e->length == before)
		return;
	if (simple && end / e->columns == cell_of(e, e->length) / e->columns)
		put_shown(e, s, n);
	else
		redraw(e);
}

/*
 * Deletes a part of the line. The last character of the line, within a row, is
 * only wiped; otherwise the line is redrawn.
 */
void delete(struct editor *e, size_t from, size_t to)
{
	int simple = to == e->length && e->at == to && goes_back_one(e, from);

	if (from >= to)
		return;
	memmove(e->line + from, e->line + to, e->length - to + 1);
	e->length -= to - from;
	e->at = from;
	if (simple)
		text_puts(&e->out, "\b \b");
	else
		redraw(e);
}

void replace_line(struct editor *e, const char *s)
{
	e->length = e->at = 0;
	e->line[0] = '\0';
	put_in(e, s, strlen(s));
	redraw(e);
}

/*
 * Sleeps until there is a key or a signal, even one that came just before the
 * sleep. Returns what poll() says of the terminal.
 */
static int await_key(void)
{
	struct pollfd terminal = { 0, POLLIN, 0 };
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if (!interrupted && !trap_pending)
		syscall(__NR_ppoll, &terminal, 1, NULL, &before,
			sizeof(before));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return terminal.revents;
}

/*
 * Returns a byte from the terminal, -1 for the end, or -2 for ^C. The read does
 * not wait: after poll() has seen a byte, ^C may still discard it.
 */
int read_key(void)
{
	unsigned char c;

	for (;;) {
		int seen = await_key();
		ssize_t n = seen && !interrupted ? read(0, &c, 1) : 0;

		if (interrupted)
			return -2;
		if (n > 0)
			return c;
		if ((n < 0 && errno != EINTR) ||
		    seen & (POLLHUP | POLLERR | POLLNVAL))
			return -1;
		if (trap_pending)
			run_traps();
	}
}

/* Makes keys come at once and without echo. *before gets the old modes. */
static int make_raw(struct termios *before)
{
	struct termios raw;

	if (tcgetattr(0, before) < 0)
		return -1;
	raw = *before;
	raw.c_iflag &= ~(IXON | INLCR | IGNCR);
	raw.c_lflag &= ~(ICANON | ECHO | IEXTEN);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(0, TCSADRAIN, &raw);
}

/* Handles keys until the line is finished. Returns how it ended. */
static enum outcome type_line(struct editor *e)
{
	enum outcome outcome = GO_ON;

	while (outcome == GO_ON) {
		void *mark = arena_mark();
		int key;

		flush_output(e);
		key = read_key();
		if (key == -2)
			outcome = CANCEL;
		else if (key == -1)
			outcome = AT_END;
		else
			outcome = handle_key(e, key == '\033' ? decode_escape()
							      : key);
		flush_output(e);
		e->out = (struct text){ 0 };
		arena_release(mark);
	}
	return outcome;
}

/*
 * Returns a typed line with its newline. Returns NULL at the end of the input
 * or after ^C, which sets interrupted.
 */
char *edit_line(const char *prompt)
{
	struct editor e = { .line = calloc(1, 128),
			    .room = 128,
			    .columns = terminal_columns() };
	struct termios before;
	struct text result = { 0 };
	enum outcome outcome;

	if (!e.line || make_raw(&before) < 0)
		return NULL;
	e.utf8 = (before.c_iflag & IUTF8) != 0;
	fputs(prompt, stderr);
	set_prompt(&e, prompt);
	outcome = type_line(&e);
	e.at = e.length;
	if (e.row != cell_of(&e, e.length) / e.columns)
		redraw(&e);
	if (outcome == CANCEL)
		text_puts(&e.out, "^C\n");
	if (outcome == ACCEPT)
		text_puts(&e.out, "\n");
	flush_output(&e);
	tcsetattr(0, TCSADRAIN, &before);
	if (outcome == CANCEL)
		interrupted = INTERRUPTED_SAID;
	if (outcome == ACCEPT) {
		history_add(e.line);
		text_putn(&result, e.line, e.length);
		text_put(&result, '\n');
	}
	free(e.line);
	free(e.new_line);
	free(e.killed);
	return result.s;
}
