/*
 * vi's commands: one key each, with a count and a register before it. A key
 * that is no command is a motion.
 */
#include "vi.h"
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCROLL_OVERLAP 2
#define OFTEN_MAX 9999

static int times(int count)
{
	return count ? count : 1;
}

/* Limits the count of commands that take ever longer when repeated. */
static int few_times(int count)
{
	if (count > OFTEN_MAX)
		fail("Not so often");
	return times(count);
}

static struct place line_end(void)
{
	return (struct place){ cursor.row, lines[cursor.row].n };
}

void clamp_cursor(void)
{
	int last;

	if (cursor.row >= nr_lines)
		cursor.row = nr_lines - 1;
	last = lines[cursor.row].n - 1;
	if (cursor.col > last)
		cursor.col = last;
	if (cursor.col < 0)
		cursor.col = 0;
}

static void delete_chars(int key, int count)
{
	struct place to = cursor;

	to.col += key == 'X' ? -times(count) : times(count);
	if (to.col < 0)
		to.col = 0;
	if (to.col > lines[to.row].n)
		to.col = lines[to.row].n;
	if (to.col == cursor.col && key != 's')
		fail("");
	change_range(key == 's' ? 'c' : 'd', cursor, to, EXCLUSIVE);
}

static void to_line_end(int key, int count)
{
	(void)count;
	change_range(key == 'C' ? 'c' : 'd', cursor, line_end(), EXCLUSIVE);
}

/* Does Y and S, which mean yy and cc. */
static void whole_lines(int key, int count)
{
	struct place to = { cursor.row + times(count) - 1, 0 };

	if (to.row >= nr_lines)
		fail("");
	change_range(key == 'Y' ? 'y' : 'c', cursor, to, LINEWISE);
}

static void replace_chars(int key, int count)
{
	int n = times(count);
	char *text;

	key = get_key();
	if (key == ESCAPE || key > 255 || cursor.col + n > lines[cursor.row].n)
		fail("");
	text = need(n);
	memset(text, key, n);
	if (key == '\r') {
		delete_text(cursor,
			    (struct place){ cursor.row, cursor.col + n });
		cursor = insert_text(cursor, "\n", 1);
	} else {
		replace_in_line(cursor, n, text, n);
		cursor.col += n - 1;
	}
	free(text);
}

static void change_case(int key, int count)
{
	for (int n = times(count); n > 0 && cursor.col < lines[cursor.row].n;
	     n--) {
		char c = char_at(cursor);

		key = islower(c) ? toupper(c) : tolower(c);
		c = key;
		replace_in_line(cursor, 1, &c, 1);
		cursor.col++;
	}
}

static void insert(int key, int count)
{
	if (key == 'A')
		cursor = line_end();
	else if (key == 'a' && lines[cursor.row].n > 0)
		cursor.col++;
	else if (key == 'I')
		cursor.col = first_text(cursor.row);
	insert_mode(few_times(count), 0);
}

static void open_new_line(int key, int count)
{
	int n = few_times(count);

	open_line(cursor.row + (key == 'o'));
	insert_mode(n, 1);
}

static void replace(int key, int count)
{
	(void)key, (void)count;
	replace_mode();
}

static void join(int key, int count)
{
	(void)key;
	join_lines(cursor.row, count, 0);
}

static void put(int key, int count)
{
	put_register(key == 'P', times(count));
}

static void undo_or_redo(int key, int count)
{
	for (int n = times(count); n > 0; n--)
		key == 'u' ? undo() : redo();
}

static void restore_line(int key, int count)
{
	(void)key, (void)count;
	undo_line();
}

/* Does &. */
static void substitute_again(int key, int count)
{
	(void)key, (void)count;
	ex_command("s");
}

/* Does ^^. */
static void edit_other(int key, int count)
{
	(void)key, (void)count;
	ex_command("e #");
}

static void execute(int key, int count)
{
	(void)key;
	execute_register(get_key(), few_times(count));
}

static void repeat(int key, int count)
{
	(void)key;
	replay(count);
}

static void set_mark(int key, int count)
{
	(void)count;
	key = get_key();
	if (!mark(key))
		fail("");
	*mark(key) = cursor;
}

static void colon(int key, int count)
{
	const char *line = prompt(key);

	(void)count;
	if (line)
		ex_command(line);
}

/* Does ZZ: writes if needed and leaves; ZQ: leaves. */
static void leave_by_z(int key, int count)
{
	(void)count;
	key = get_key();
	if (key == 'Z')
		ex_command("x");
	if (key == 'Q')
		ex_command("q!");
	fail("");
}

/* Does z and the place for the cursor's line: Enter or t, . or z, - or b. */
static void place_line(int key, int count)
{
	(void)key;
	(void)count;
	switch (get_key()) {
	case '\r':
	case 't': show_row(cursor.row, 0); break;
	case '-':
	case 'b': show_row(cursor.row, 2); break;
	default: show_row(cursor.row, 1);
	}
}

static void page(int key, int count)
{
	for (int n = times(count); n > 0; n--) {
		if (key == CTRL('F') || key == KEY_PAGE_DOWN) {
			int last = last_row_shown() + 1;

			if (last >= nr_lines)
				fail("");
			cursor.row = last > SCROLL_OVERLAP + top
					     ? last - SCROLL_OVERLAP
					     : last;
			show_row(cursor.row, 0);
		} else {
			if (top == 0)
				fail("");
			cursor.row = top + SCROLL_OVERLAP - 1 < nr_lines
					     ? top + SCROLL_OVERLAP - 1
					     : nr_lines - 1;
			show_row(cursor.row, 2);
			cursor.row = last_row_shown() < cursor.row
					     ? last_row_shown()
					     : cursor.row;
		}
	}
	cursor.col = first_text(cursor.row);
}

/* Does ^D and ^U: moves half a screen, the cursor with it. */
static void half_page(int key, int count)
{
	int n = count ? count : (rows - 1) / 2;

	if (key == CTRL('U'))
		n = -n;
	if (cursor.row == (n < 0 ? 0 : nr_lines - 1))
		fail("");
	cursor.row = row_in_text(cursor.row + n);
	top = row_in_text(top + n);
	cursor.col = first_text(cursor.row);
}

/* Does ^E and ^Y: moves the screen below the cursor. */
static void scroll_line(int key, int count)
{
	int new = top + (key == CTRL('E') ? times(count) : -times(count));

	if (new < 0 || new >= nr_lines)
		fail("");
	show_row(new, 0);
	if (cursor.row < top)
		cursor.row = top;
	if (cursor.row > last_row_shown())
		cursor.row = last_row_shown();
}

static void status(int key, int count)
{
	(void)count;
	if (key == CTRL('L'))
		forget_screen();
	else
		file_status();
}

/*
 * Does ^Z, but only if the shell has job control. Otherwise this program has no
 * process group of its own, and nobody would wake it.
 */
static void suspend(int key, int count)
{
	(void)key, (void)count;
	if (syscall(__NR_getsid, 0) == getpgrp())
		fail("No job control");
	cooked_terminal();
	kill(0, SIGTSTP);
	raw_terminal();
	measure_screen();
}

static void operator(int key, int count)
{
	operator_command(key, count);
}

static const struct {
	short key, changes;			/* changes: . repeats it */
	void (*run)(int key, int count);
} commands[] = { { 'c', 1, operator},
		   { 'd', 1, operator},
		     { '<', 1, operator},
		       { '>', 1, operator},
			 { 'y', 0, operator},
			   {
				   '!',
				   1,
				   operator},
				   { '&', 1, substitute_again },
				   { 'U', 0, restore_line },
				   { '@', 0, execute },
				   { CTRL('^'), 0, edit_other },
				   { 'x', 1, delete_chars },
				   { 'X', 1, delete_chars },
				   { 's', 1, delete_chars },
				   { KEY_DELETE, 1, delete_chars },
				   { 'D', 1, to_line_end },
				   { 'C', 1, to_line_end },
				   { 'S', 1, whole_lines },
				   { 'Y', 0, whole_lines },
				   { 'i', 1, insert },
				   { 'a', 1, insert },
				   { 'I', 1, insert },
				   { 'A', 1, insert },
				   { KEY_INSERT, 1, insert },
				   { 'o', 1, open_new_line },
				   { 'O', 1, open_new_line },
				   { 'R', 1, replace },
				   { 'r', 1, replace_chars },
				   { '~', 1, change_case },
				   { 'J', 1, join },
				   { 'p', 1, put },
				   { 'P', 1, put },
				   { 'u', 0, undo_or_redo },
				   { CTRL('R'), 0, undo_or_redo },
				   { '.', 0, repeat },
				   { 'm', 0, set_mark },
				   { ':', 0, colon },
				   { 'Z', 0, leave_by_z },
				   { 'z', 0, place_line },
				   { CTRL('F'), 0, page },
				   { CTRL('B'), 0, page },
				   { KEY_PAGE_DOWN, 0, page },
				   { KEY_PAGE_UP, 0, page },
				   { CTRL('D'), 0, half_page },
				   { CTRL('U'), 0, half_page },
				   { CTRL('E'), 0, scroll_line },
				   { CTRL('Y'), 0, scroll_line },
				   { CTRL('L'), 0, status },
				   { CTRL('G'), 0, status },
				   { CTRL('Z'), 0, suspend },
			 };

/* Reads the key of a command, behind its count and register. */
static int read_command(int *count)
{
	int key = get_key();

	message("%s", "");
	for (;; key = get_key()) {
		if (key == '"')
			reg = get_key();
		else if (isdigit(key) && (key != '0' || *count) &&
			 *count < 100000) {
			*count = *count * 10 + key - '0';
			unrecord_key();
		} else {
			break;
		}
	}
	record_count(*count);
	return key;
}

static void run(int key, int count)
{
	struct place to;

	for (int i = 0; i < COUNT(commands); i++)
		if (commands[i].key == key) {
			commands[i].run(key, count);
			if (commands[i].changes)
				keep_recording();
			return;
		}
	if (key == ESCAPE || motion(key, count, &to) == NO_MOTION)
		fail("");
	cursor = to;
}

void command(void)
{
	int count = 0, key;

	for_operator = inserting = reg = in_global = 0;
	clamp_cursor();
	start_recording();
	begin_change();
	note_line();
	key = read_command(&count);
	run(key, count);
	clamp_cursor();
	if (key != 'j' && key != 'k' && key != '$' && key != KEY_UP &&
	    key != KEY_DOWN && key != KEY_END && key != CTRL('N') &&
	    key != CTRL('P'))
		wanted_column = display_column(cursor.row, cursor.col);
}
