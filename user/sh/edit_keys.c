/*
 * What the keys do while a line is typed: moving, deleting, history, search,
 * completion.
 */
#include "edit.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTROL(c)	((c) & 31)
#define SHOWN_MAX	300	/* completions, at most */

/* Returns the key that ESC [ number ~ stands for. */
static int numbered_key(int number)
{
	switch (number) {
	case 1:
	case 7: return KEY_HOME;
	case 3: return KEY_DELETE;
	case 4:
	case 8: return KEY_END;
	default: return KEY_NONE;
	}
}

/* Reads an escape sequence behind its ESC. Returns the key it stands for. */
int decode_escape(void)
{
	static const char letters[] = "ABCDHF";
	static const short keys[] = { KEY_UP,   KEY_DOWN, KEY_RIGHT,
				      KEY_LEFT, KEY_HOME, KEY_END };
	int c = read_key(), number = 0, last = 0;

	switch (c) {
	case 'b': return KEY_WORD_LEFT;
	case 'f': return KEY_WORD_RIGHT;
	case 'd': return KEY_KILL_WORD;
	case '[':
	case 'O': break;
	default: return KEY_NONE;
	}
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
	if (c != '~')
		return KEY_NONE;
	return numbered_key(last ? last : number);
}

/* Moves the cursor; beyond the ends it stays. */
static void move_to(struct editor *e, size_t at)
{
	if (at > e->length)
		return;
	if (at < e->at && goes_back_one(e, at))
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

/* Returns where the word in front of the cursor begins. */
static size_t word_left(const struct editor *e, int (*in_word)(int))
{
	size_t at = e->at;

	while (at > 0 && !in_word((unsigned char)e->line[at - 1]))
		at--;
	while (at > 0 && in_word((unsigned char)e->line[at - 1]))
		at--;
	return at;
}

/* A byte of a longer character is taken for one of a letter. */
static int is_letter(int c)
{
	return isalnum(c) || c > 127;
}

/* Returns where the word behind the cursor ends. */
static size_t word_right(const struct editor *e)
{
	size_t at = e->at;

	while (at < e->length && !is_letter((unsigned char)e->line[at]))
		at++;
	while (at < e->length && is_letter((unsigned char)e->line[at]))
		at++;
	return at;
}

static int is_no_space(int c)
{
	return !isspace(c);
}

/* Shows an older line, or a newer one; the new line is kept meanwhile. */
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

/*
 * Searches the history backwards from a line on. Returns 0 if nothing is found.
 */
static int search(const char *wanted, int from)
{
	for (int back = from; back <= history_count(); back++)
		if (strstr(history_get(back), wanted))
			return back;
	return 0;
}

/* Searches from the line found before or, if it has no such text, from 1 on. */
static int search_again(const char *wanted, int found)
{
	int line = found ? search(wanted, found) : 0;

	return line ? line : search(wanted, 1);
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

/*
 * ^R: each key narrows the search, ^R goes on to an older line; any other key
 * takes the line found, and is then handled as usual.
 */
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
		found = *wanted.s ? search_again(wanted.s, found) : 0;
	}
	set_prompt(e, prompt);
	if (key == CONTROL('G') || key == -2)
		replace_line(e, before);
	redraw(e);
	if (key == -2)
		return CANCEL;
	if (key == -1)
		return AT_END;
	return handle_key(e, key == '\033' ? decode_escape() : key);
}

static int is_control(char c)
{
	return (unsigned char)c < ' ' || c == 127;
}

/* Puts a control character in as one of $'...'. */
static void add_control(struct text *t, char c)
{
	static const char names[] = "abefnrtv", values[] = "\a\b\033\f\n\r\t\v";
	const char *known = strchr(values, c);
	char octal[8];

	if (known) {
		text_put(t, '\\');
		text_put(t, names[known - values]);
		return;
	}
	snprintf(octal, sizeof(octal), "\\%03o", c);
	text_puts(t, octal);
}

/* Returns the characters that need a backslash within quotes, or none. */
static const char *special_in(char quote)
{
	switch (quote) {
	case '\0': return " '\"\\$`*?[]|&;<>()#~{}!";
	case '"': return "\"\\$`";
	case '$': return "\\'";
	default: return "";
	}
}

/* Puts a character of a name in so that the shell takes it for itself. */
static void add_quoted(struct text *t, char c, char quote)
{
	char mark[2] = { quote == '$' ? '\'' : quote, '\0' };

	if (is_control(c)) {
		text_puts(t, quote == '$' ? "" : mark);
		text_puts(t, quote == '$' ? "" : "$'");
		add_control(t, c);
		text_puts(t, quote == '$' ? "" : "'");
		text_puts(t, quote == '$' ? "" : mark);
	} else if (quote == '\'' && c == '\'') {
		text_puts(t, "'\\''");
	} else {
		if (strchr(special_in(quote), c))
			text_put(t, '\\');
		text_put(t, c);
	}
}

/* Puts in what all completions have in common. */
static void insert_common(struct editor *e, const struct completion *c)
{
	struct text t = { 0 };

	for (size_t i = c->typed; i < c->common; i++)
		add_quoted(&t, c->list[0][i], c->quote);
	if (c->count == 1 && c->list[0][c->common - 1] != '/') {
		if (c->quote)
			text_put(&t, c->quote == '$' ? '\'' : c->quote);
		text_put(&t, ' ');
	}
	insert(e, text_end(&t), t.length);
}

/* Shows all completions in columns, and the line again below. */
static void list_completions(struct editor *e, const struct completion *c)
{
	size_t width = 0, per_row, rows;

	for (int i = 0; i < c->count; i++)
		if (text_width(e, c->list[i]) + 2 > width)
			width = text_width(e, c->list[i]) + 2;
	per_row = e->columns > width ? e->columns / width : 1;
	rows = (c->count + per_row - 1) / per_row;
	show_at_end(e, "\n");
	for (size_t row = 0; row < rows && c->count <= SHOWN_MAX; row++) {
		for (size_t i = row; i < (size_t)c->count; i += rows) {
			put_shown(e, c->list[i], strlen(c->list[i]));
			for (size_t n = text_width(e, c->list[i]);
			     i + rows < (size_t)c->count && n < width; n++)
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
	size_t middle = e->at == e->length ? char_before(e, e->at) : e->at;
	size_t start = char_before(e, middle), end = char_behind(e, middle);
	char *first = arena_strndup(e->line + start, middle - start);

	if (start == middle || middle == end)
		return;
	memmove(e->line + start, e->line + middle, end - middle);
	memcpy(e->line + end - (middle - start), first, middle - start);
	e->at = end;
	redraw(e);
}

/* Keys that move the cursor or go through the history. */
static void move_key(struct editor *e, int key)
{
	switch (key) {
	case KEY_LEFT:
	case CONTROL('B'): move_to(e, char_before(e, e->at)); break;
	case KEY_RIGHT:
	case CONTROL('F'): move_to(e, char_behind(e, e->at)); break;
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
	case CONTROL('H'): delete(e, char_before(e, e->at), e->at); break;
	case KEY_DELETE:
	case CONTROL('D'): delete(e, e->at, char_behind(e, e->at)); break;
	case CONTROL('U'): kill_range(e, 0, e->at); break;
	case CONTROL('K'): kill_range(e, e->at, e->length); break;
	case CONTROL('W'):
		kill_range(e, word_left(e, is_no_space), e->at);
		break;
	case KEY_KILL_WORD: kill_range(e, e->at, word_right(e)); break;
	case CONTROL('Y'):
		insert(e, e->killed ? e->killed : "",
		       e->killed ? strlen(e->killed) : 0);
		break;
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

/* The bytes of one character go in together, so that it is drawn whole. */
static enum outcome insert_long(struct editor *e, int key)
{
	char bytes[4] = { key };
	int n = 1, length = 1;

	if (e->utf8)
		length += (key >= 0xC0) + (key >= 0xE0) + (key >= 0xF0);
	for (; n < length; n++) {
		key = read_key();
		if (key < 0x80 || key > 0xBF)
			break;
		bytes[n] = key;
	}
	insert(e, bytes, n);
	if (n == length)
		return GO_ON;
	if (key < 0)
		return key == -2 ? CANCEL : AT_END;
	return handle_key(e, key == '\033' ? decode_escape() : key);
}

/* Does what a key means. Returns what becomes of the line. */
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
	if (key > 127 && key < 256)
		return insert_long(e, key);
	if (key >= ' ' && key < 127)
		insert(e, (char[]){ key, 0 }, 1);
	else
		edit_key(e, key);
	return GO_ON;
}
