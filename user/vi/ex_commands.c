/* Carries out the commands behind a colon; their names. */
#include "vi.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void ex_write(struct ex *x)
{
	int append = strncmp(x->argument, ">>", 2) == 0;
	const char *name = skip_blanks(x->argument + 2 * append);
	int to_command = *x->argument == '!' && !x->force;

	if (!x->given) {
		x->first = 0;
		x->last = nr_lines - 1;
	}
	if (to_command)
		write_to_command(x->argument + 1, x->first, x->last);
	else
		write_file(*name ? name : NULL, x->first, x->last,
			   append, x->force);
}

static void check_unsaved(int force)
{
	if (modified && !force)
		fail("The changes are not written (! gives them up)");
}

static void ex_quit(struct ex *x)
{
	check_unsaved(x->force);
	leave(0);
}

static void ex_write_quit(struct ex *x)
{
	ex_write(x);
	check_unsaved(x->force);
	leave(0);
}

static void ex_exit(struct ex *x)
{
	if (modified || *x->argument)
		ex_write(x);
	check_unsaved(x->force);
	leave(0);
}

static void ex_edit(struct ex *x)
{
	const char *name = *x->argument ? x->argument : file_name;

	check_unsaved(x->force);
	if (!name)
		fail("No file name");
	load_file(name);
}

static void ex_next(struct ex *x)
{
	check_unsaved(x->force);
	if (!*file_list)
		fail("No more files");
	load_file(*file_list++);
}

/* Does :rewind: edits the first of the files once more. */
static void ex_rewind(struct ex *x)
{
	check_unsaved(x->force);
	if (!first_file || !*first_file)
		fail("No files");
	file_list = first_file;
	load_file(*file_list++);
}

static void ex_read(struct ex *x)
{
	if (*x->argument == '!') {
		read_command_into(x->last, x->argument + 1);
		return;
	}
	if (!*x->argument && !file_name)
		fail("No file name");
	read_into(x->last, *x->argument ? x->argument : file_name);
}

/* Parses [register] [count]: the lines that a command applies to. */
static void take_register_and_count(struct ex *x)
{
	char *s = x->argument;
	int count;

	if (isalpha(*s))
		reg = *s++;
	s = (char *)skip_blanks(s);
	count = isdigit(*s) ? strtol(s, &s, 10) : 0;
	if (*s)
		fail("More than the command takes");
	if (!count)
		return;
	x->first = x->last;
	x->last = count > nr_lines - x->first ? nr_lines - 1 :
		  x->first + count - 1;
}

static void ex_delete(struct ex *x)
{
	take_register_and_count(x);
	change_range('d', (struct place){ x->first, 0 },
		     (struct place){ x->last, 0 }, LINEWISE);
}

static void ex_yank(struct ex *x)
{
	struct place before = cursor;

	take_register_and_count(x);
	change_range('y', (struct place){ x->first, 0 },
		     (struct place){ x->last, 0 }, LINEWISE);
	cursor = before;
}

/*
 * Does :put. It puts lines, whatever the register holds; :0put puts them before
 * all others.
 */
static void ex_put(struct ex *x)
{
	reg = *x->argument;
	cursor = (struct place){ x->last < 0 ? 0 : x->last, 0 };
	put_lines(x->last < 0);
}

/* Does :< and :>, as often as the sign is repeated. */
static void ex_shift(struct ex *x)
{
	int by = 1 + strspn(x->argument, x->name);

	x->argument = (char *)skip_blanks(x->argument + by - 1);
	if (isdigit(*x->argument))
		take_register_and_count(x);
	shift_lines(x->first, x->last, *x->name == '>' ? by : -by);
	cursor = (struct place){ x->last, first_text(x->last) };
}

static void ex_join(struct ex *x)
{
	if (isdigit(*x->argument))
		x->last = x->first + atoi(x->argument) - 1;
	join_lines(x->first, x->last - x->first + 1, x->force);
}

static int target(struct ex *x)
{
	int row;

	if (x->argument[0] == '0' && !x->argument[1])
		return -1;
	address(x->argument, &row);
	if (row < 0 || row >= nr_lines)
		fail("Where to?");
	return row;
}

/* Copies the lines behind a row. */
static int copy_lines(struct ex *x, int row)
{
	int n = x->last - x->first + 1;
	struct line *new = need(n * sizeof(*new));

	for (int i = 0; i < n; i++)
		new[i] =
			make_line(lines[x->first + i].s, lines[x->first + i].n);
	replace_lines(row + 1, 0, new, n);
	free(new);
	cursor = (struct place){ row + n, 0 };
	return n;
}

static void ex_copy(struct ex *x)
{
	copy_lines(x, target(x));
}

static void ex_move(struct ex *x)
{
	int row = target(x), n;

	if (row >= x->first && row < x->last)
		fail("Lines cannot move into themselves");
	n = copy_lines(x, row);
	if (row < x->first) {
		x->first += n;
		x->last += n;
	} else {
		cursor.row -= n;
	}
	delete_lines(x->first, x->last);
}

static void ex_mark(struct ex *x)
{
	if (!islower(*x->argument))
		fail("Which mark?");
	*mark(*x->argument) = (struct place){ x->last, 0 };
}

static void ex_file(struct ex *x)
{
	if (*x->argument)
		set_name(x->argument);
	file_status();
}

static void ex_number(struct ex *x)
{
	message("%d", x->given ? x->last + 1 : nr_lines);
}

static void ex_undo(struct ex *x)
{
	(void)x;
	undo();
}

static void ex_redo(struct ex *x)
{
	(void)x;
	redo();
}

static void ex_print(struct ex *x)
{
	if (!x->given)
		return;
	if (x->last >= nr_lines)
		x->last = nr_lines - 1;
	*mark('\'') = cursor;
	cursor = (struct place){ x->last < 0 ? 0 : x->last, 0 };
	cursor.col = first_text(cursor.row);
}

/*
 * Does :s. Also repeats it for :&, and for :~ with the last pattern searched.
 */
static void ex_again(struct ex *x)
{
	ex_substitute(x->first, x->last, x->argument, *x->name == '~');
}

static void ex_global_lines(struct ex *x)
{
	int all = !x->given;

	ex_global(all ? 0 : x->first, all ? nr_lines - 1 : x->last,
		  x->argument, *x->name == 'g' && !x->force);
}

/* Does :!, with addresses for lines that go through the command. */
static void ex_bang(struct ex *x)
{
	if (x->given)
		filter_lines(x->first, x->last, x->argument);
	else
		ex_shell(x);
}

/* A name may be cut to its first letters, at least `least` of them. */
const struct ex_name ex_names[] = {
	{ "", 0, WORDS, ex_print },
	{ "write", 1, FILES, ex_write },
	{ "quit", 1, WORDS, ex_quit },
	{ "wq", 2, FILES, ex_write_quit },
	{ "xit", 1, FILES, ex_exit },
	{ "edit", 1, FILES, ex_edit },
	{ "next", 1, WORDS, ex_next },
	{ "rewind", 3, WORDS, ex_rewind },
	{ "read", 1, FILES | ZERO, ex_read },
	{ "delete", 1, WORDS, ex_delete },
	{ "yank", 1, WORDS, ex_yank },
	{ "put", 2, ZERO, ex_put },
	{ "join", 1, WORDS, ex_join },
	{ "t", 1, WORDS, ex_copy },
	{ "copy", 2, WORDS, ex_copy },
	{ "move", 1, WORDS, ex_move },
	{ "mark", 2, WORDS, ex_mark },
	{ "k", 1, WORDS, ex_mark },
	{ "file", 1, FILES, ex_file },
	{ "undo", 1, WORDS, ex_undo },
	{ "redo", 3, WORDS, ex_redo },
	{ "set", 2, WORDS, ex_set },
	{ "print", 1, WORDS, ex_print },
	{ "number", 2, WORDS, ex_print },
	{ "#", 1, WORDS, ex_print },
	{ "s", 1, PATTERN, ex_again },
	{ "substitute", 2, PATTERN, ex_again },
	{ "&", 1, PATTERN, ex_again },
	{ "~", 1, PATTERN, ex_again },
	{ "global", 1, LINE, ex_global_lines },
	{ "v", 1, LINE, ex_global_lines },
	{ "!", 1, LINE | FILES, ex_bang },
	{ "=", 1, WORDS, ex_number },
	{ "<", 1, WORDS, ex_shift },
	{ ">", 1, WORDS, ex_shift },
	{ NULL, 0, 0, NULL },
};
