/* What the keys do while a line is typed: moving, deleting, history, search, completion. */
#include "edit.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL(c)	((c) & 31)
#define SHOWN_MAX	300	/* completions, at most */

/* The key that an escape sequence stands for; ESC was read. */
int decode_escape(void)
{
	static const char letters[] = "ABCDHF";
	static const short keys[] = { KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END };
	int c = read_key(), number = 0, last = 0;

	if (c == 'b' || c == 'f' || c == 'd')
		return c == 'b' ? KEY_WORD_LEFT : c == 'f' ? KEY_WORD_RIGHT : KEY_KILL_WORD;
	if (c != '[' && c != 'O')
		return KEY_NONE;
	for (c = read_key(); isdigit(c) || c == ';'; c = read_key()) {
		if (c == ';')
			last = number, number = 0;
		else
			number = number * 10 + c - '0';
	}
	if (last && (c == 'C' || c == 'D'))
		return c == 'C' ? KEY_WORD_RIGHT : KEY_WORD_LEFT;
	if (c > 0 && strchr(letters, c))
		return keys[strchr(letters, c) - letters];
	number = last ? last : number;
	if (c == '~')
		return number == 3 ? KEY_DELETE : number == 1 || number == 7 ? KEY_HOME : number == 4 || number == 8 ? KEY_END : KEY_NONE;
	return KEY_NONE;
}

/* Move the cursor; beyond the ends it stays. */
static void move_to(struct editor *e, size_t at)
{
	if (at > e->length)
		return;
	if (at + 1 == e->at && (e->prompt_width + e->at) % e->columns != 0)
		text_put(&e->out, '\b');
	else if (at != e->at) {
		e->at = at;
		redraw(e);
	}
	e->at = at;
}

/* Delete and keep it for ^Y. */
static void kill_range(struct editor *e, size_t from, size_t to)
{
	if (from >= to)
		return;
	free(e->killed);
	e->killed = strndup(e->line + from, to - from);
	delete(e, from, to);
}

/* Where the word in front of the cursor begins. */
static size_t word_left(const struct editor *e, int (*in_word)(int))
{
	size_t at = e->at;

	while (at > 0 && !in_word((unsigned char)e->line[at - 1]))
		at--;
	while (at > 0 && in_word((unsigned char)e->line[at - 1]))
		at--;
	return at;
}

/* Where the word behind the cursor ends. */
static size_t word_right(const struct editor *e)
{
	size_t at = e->at;

	while (at < e->length && !isalnum(e->line[at]))
		at++;
	while (at < e->length && isalnum(e->line[at]))
		at++;
	return at;
}

static int is_letter(int c)
{
	return isalnum(c);
}

static int is_no_space(int c)
{
	return !isspace(c);
}

/* Show an older line, or a newer one; the new line is kept meanwhile. */
static void show_history(struct editor *e, int back)
{
	const char *line;

	if (back < 0 || back > history_count())
		return;
	if (e->back == 0) {
		free(e->new_line);
		e->new_line = strdup(e->line);
	}
	e->back = back;
	line = back ? history_get(back) : e->new_line;
	replace_line(e, line ? line : "");
}

/* Search the history backwards from a line on; 0: nothing. */
static int search(const char *wanted, int from)
{
	for (int back = from; back <= history_count(); back++)
		if (strstr(history_get(back), wanted))
			return back;
	return 0;
}

/* The prompt of the search, and the line found. */
static void show_search(struct editor *e, const char *wanted, int found)
{
	struct text prompt = { 0 };

	text_puts(&prompt, found || !*wanted ? "(search)`" : "(not found)`");
	text_puts(&prompt, wanted);
	text_puts(&prompt, "': ");
	set_prompt(e, prompt.s);
	if (found) {
		e->back = found;
		replace_line(e, history_get(found));
	} else {
		redraw(e);
	}
	flush_output(e);
}

/* ^R: each key narrows the search, ^R goes on to an older line; any other key takes the line found, and is then handled as usual. */
static enum outcome search_history(struct editor *e)
{
	const char *prompt = e->prompt, *before = arena_strdup(e->line);
	struct text wanted = { 0 };
	int found = 0, key;

	if (e->back == 0) {
		free(e->new_line);
		e->new_line = strdup(e->line);
	}
	for (;;) {
		show_search(e, text_end(&wanted), found);
		key = read_key();
		if (key == CONTROL('R')) {
			int older = *wanted.s ? search(wanted.s, found + 1) : 0;

			found = older ? older : found;
			continue;
		}
		if ((key == 127 || key == CONTROL('H')) && wanted.length > 0)
			wanted.s[--wanted.length] = '\0';
		else if (key >= ' ' && key < 256 && key != 127)
			text_put(&wanted, key);
		else
			break;
		found = *wanted.s ? search(wanted.s, found && search(wanted.s, found) ? found : 1) : 0;
	}
	set_prompt(e, prompt);
	if (key == CONTROL('G') || key == -2)
		replace_line(e, before);
	redraw(e);
	if (key == -2)
		return CANCEL;
	return key == -1 ? AT_END : handle_key(e, key == '\033' ? decode_escape() : key);
}

/* Put in what all completions have in common; characters that mean something get a backslash. */
static void insert_common(struct editor *e, const struct completion *c)
{
	struct text t = { 0 };

	for (size_t i = c->typed; i < c->common; i++) {
		if (!c->quote && strchr(" \t'\"\\$`*?[]|&;<>()#~{}!", c->list[0][i]))
			text_put(&t, '\\');
		text_put(&t, c->list[0][i]);
	}
	if (c->count == 1 && c->list[0][c->common - 1] != '/') {
		if (c->quote)
			text_put(&t, c->quote);
		text_put(&t, ' ');
	}
	insert(e, text_end(&t), t.length);
}

/* Show all completions in columns, and the line again below. */
static void list_completions(struct editor *e, const struct completion *c)
{
	size_t width = 0, per_row, rows;

	for (int i = 0; i < c->count; i++)
		if (strlen(c->list[i]) + 2 > width)
			width = strlen(c->list[i]) + 2;
	per_row = e->columns > width ? e->columns / width : 1;
	rows = (c->count + per_row - 1) / per_row;
	show_at_end(e, "\n");
	for (size_t row = 0; row < rows && c->count <= SHOWN_MAX; row++) {
		for (size_t i = row; i < (size_t)c->count; i += rows) {
			text_puts(&e->out, c->list[i]);
			for (size_t n = strlen(c->list[i]); i + rows < (size_t)c->count && n < width; n++)
				text_put(&e->out, ' ');
		}
		text_put(&e->out, '\n');
	}
	if (c->count > SHOWN_MAX)
		text_puts(&e->out, "too many to show\n");
	redraw(e);
}

/* TAB: put in what is sure; when nothing is, show the choice. */
static void complete_word(struct editor *e)
{
	struct completion c;

	complete(e->line, e->at, &c);
	if (c.count == 0)
		text_put(&e->out, '\a');
	else if (c.count == 1 || c.common > c.typed)
		insert_common(e, &c);
	else
		list_completions(e, &c);
}

/* ^T: the two characters around the cursor change places. */
static void transpose(struct editor *e)
{
	size_t at = e->at == e->length ? e->at - 1 : e->at;
	char c;

	if (e->length < 2 || e->at == 0)
		return;
	c = e->line[at];
	e->line[at] = e->line[at - 1];
	e->line[at - 1] = c;
	e->at = at + 1;
	redraw(e);
}

/* Keys that move the cursor or go through the history. */
static void move_key(struct editor *e, int key)
{
	switch (key) {
	case KEY_LEFT:
	case CONTROL('B'): move_to(e, e->at - 1); break;
	case KEY_RIGHT:
	case CONTROL('F'): move_to(e, e->at + 1); break;
	case KEY_HOME:
	case CONTROL('A'): move_to(e, 0); break;
	case KEY_END:
	case CONTROL('E'): move_to(e, e->length); break;
	case KEY_WORD_LEFT: move_to(e, word_left(e, is_letter)); break;
	case KEY_WORD_RIGHT: move_to(e, word_right(e)); break;
	case KEY_UP:
	case CONTROL('P'): show_history(e, e->back + 1); break;
	case KEY_DOWN:
	case CONTROL('N'): show_history(e, e->back - 1); break;
	}
}

/* Keys that change the line. */
static void edit_key(struct editor *e, int key)
{
	switch (key) {
	case 127:
	case CONTROL('H'): delete(e, e->at ? e->at - 1 : 0, e->at); break;
	case KEY_DELETE:
	case CONTROL('D'): delete(e, e->at, e->at + (e->at < e->length)); break;
	case CONTROL('U'): kill_range(e, 0, e->at); break;
	case CONTROL('K'): kill_range(e, e->at, e->length); break;
	case CONTROL('W'): kill_range(e, word_left(e, is_no_space), e->at); break;
	case KEY_KILL_WORD: kill_range(e, e->at, word_right(e)); break;
	case CONTROL('Y'): insert(e, e->killed ? e->killed : "", e->killed ? strlen(e->killed) : 0); break;
	case CONTROL('T'): transpose(e); break;
	case CONTROL('L'):
		text_puts(&e->out, "\033[H");
		e->row = 0;
		redraw(e);
		break;
	case '\t': complete_word(e); break;
	default: move_key(e, key);
	}
}

/* Do what a key means; whether the line is finished. */
enum outcome handle_key(struct editor *e, int key)
{
	if (key == '\r' || key == '\n')
		return ACCEPT;
	if (key == CONTROL('C'))
		return CANCEL;
	if (key == CONTROL('D') && e->length == 0)
		return AT_END;
	if (key == CONTROL('R'))
		return search_history(e);
	if ((key >= ' ' && key < 127) || (key > 127 && key < 256))
		insert(e, (char[]){ key, 0 }, 1);
	else
		edit_key(e, key);
	return GO_ON;
}
