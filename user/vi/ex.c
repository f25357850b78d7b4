/* The commands behind a colon: addresses, a name, arguments. */
#include "vi.h"
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NONE (-2)

struct ex {
	int first, last, given;			/* rows; how many addresses there were */
	int force;				/* an exclamation mark behind the name */
	const char *argument;			/* "": none */
};

static const char *skip_blanks(const char *s)
{
	while (isblank(*s))
		s++;
	return s;
}

static const char *search_address(const char *s, int *row)
{
	struct place p = cursor;
	char pattern[256], delimiter = *s;

	s = cut_pattern(s + 1, delimiter, pattern, sizeof(pattern));
	set_pattern(pattern);
	p.col = delimiter == '/' ? lines[p.row].n : 0;
	if (!search(&p, delimiter == '/' ? 1 : -1))
		fail("Pattern not found");
	*row = p.row;
	return s;
}

/* One address: a number, ., $, 'm, /pattern/ or ?pattern?, then +n and -n; *row is NONE if there is none. */
static const char *address(const char *s, int *row)
{
	*row = NONE;
	s = skip_blanks(s);
	if (isdigit(*s))
		*row = strtol(s, (char **)&s, 10) - 1;
	else if (*s == '.' && s++)
		*row = cursor.row;
	else if (*s == '$' && s++)
		*row = nr_lines - 1;
	else if (*s == '\'' && islower(s[1])) {
		*row = marks[s[1] - 'a'];
		if (*row < 0)
			fail("Mark not set");
		s += 2;
	} else if (*s == '/' || *s == '?')
		s = search_address(s, row);
	else if (*s == '+' || *s == '-')
		*row = cursor.row;
	else
		return s;
	while (*s == '+' || *s == '-') {
		int by = *s++ == '+' ? 1 : -1;

		*row += by * (isdigit(*s) ? strtol(s, (char **)&s, 10) : 1);
	}
	return s;
}

static const char *range(const char *s, struct ex *x)
{
	int row;

	x->first = x->last = cursor.row;
	if (*s == '%') {
		x->first = 0;
		x->last = nr_lines - 1;
		x->given = 2;
		return s + 1;
	}
	for (;;) {
		s = address(s, &row);
		if (row == NONE && *s != ',')
			break;
		if (row == NONE)
			row = cursor.row;
		x->first = x->given++ ? x->last : row;
		x->last = row;
		if (*s != ',' && *s != ';')
			break;
		s++;
	}
	return s;
}

static void ex_write(struct ex *x)
{
	int append = strncmp(x->argument, ">>", 2) == 0;
	const char *name = skip_blanks(x->argument + 2 * append);

	if (!x->given) {
		x->first = 0;
		x->last = nr_lines - 1;
	}
	write_file(*name ? name : NULL, x->first, x->last, append, x->force);
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

static void ex_read(struct ex *x)
{
	if (!*x->argument && !file_name)
		fail("No file name");
	read_into(x->last, *x->argument ? x->argument : file_name);
}

static void ex_delete(struct ex *x)
{
	change_range('d', (struct place){ x->first, 0 }, (struct place){ x->last, 0 }, LINEWISE);
}

static void ex_yank(struct ex *x)
{
	struct place before = cursor;

	change_range('y', (struct place){ x->first, 0 }, (struct place){ x->last, 0 }, LINEWISE);
	cursor = before;
}

static void ex_shift(struct ex *x, int by)
{
	shift_lines(x->first, x->last, by);
}

static void ex_left(struct ex *x)
{
	ex_shift(x, -1);
}

static void ex_right(struct ex *x)
{
	ex_shift(x, 1);
}

static void ex_join(struct ex *x)
{
	join_lines(x->first, x->last - x->first + 1);
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

/* Copies of the lines behind a row. */
static int copy_lines(struct ex *x, int row)
{
	int n = x->last - x->first + 1;
	struct line *new = need(n * sizeof(*new));

	for (int i = 0; i < n; i++)
		new[i] = make_line(lines[x->first + i].s, lines[x->first + i].n);
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
	marks[*x->argument - 'a'] = x->last;
}

static void ex_file(struct ex *x)
{
	(void)x;
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

/* :set [no]number, autoindent, ignorecase */
static void ex_set(struct ex *x)
{
	static const struct {
		const char *name, *short_name;
		int *value;
	} options[] = { { "number", "nu", &show_numbers }, { "autoindent", "ai", &auto_indent }, { "ignorecase", "ic", &ignore_case } };
	const char *name = x->argument;
	int off = strncmp(name, "no", 2) == 0;

	for (int i = 0; i < COUNT(options); i++)
		if (strcmp(name + 2 * off, options[i].name) == 0 || strcmp(name + 2 * off, options[i].short_name) == 0) {
			*options[i].value = !off;
			return;
		}
	fail("Options: number, autoindent, ignorecase, and no before each");
}

/* :!command, with the terminal as the shell had it. */
static void ex_shell(struct ex *x)
{
	static const char press[] = "\r\n[Enter goes back]";
	int status, key;
	pid_t pid;

	put_string("\r\n", 2);
	flush_output();
	cooked_terminal();
	pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execv("/bin/sh", (char *[]){ "sh", "-c", (char *)x->argument, NULL });
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) != pid)
		;
	raw_terminal();
	put_string(press, sizeof(press) - 1);
	flush_output();
	do
		key = read(0, &(char){ 0 }, 1);
	while (key < 0 && !hung_up);
	forget_screen();
}

static void ex_print(struct ex *x)
{
	if (!x->given)
		return;
	if (x->last >= nr_lines)
		x->last = nr_lines - 1;
	cursor = (struct place){ x->last < 0 ? 0 : x->last, 0 };
	cursor.col = first_text(cursor.row);
}

/* A name may be cut to its first letters, at least `least` of them. */
static const struct {
	const char *name;
	int least;
	void (*run)(struct ex *x);
} ex_commands[] = {
	{ "write", 1, ex_write }, { "quit", 1, ex_quit }, { "wq", 2, ex_write_quit }, { "xit", 1, ex_exit }, { "edit", 1, ex_edit },
	{ "next", 1, ex_next }, { "read", 1, ex_read }, { "delete", 1, ex_delete }, { "yank", 1, ex_yank }, { "join", 1, ex_join },
	{ "t", 1, ex_copy }, { "copy", 2, ex_copy }, { "move", 1, ex_move }, { "mark", 2, ex_mark }, { "k", 1, ex_mark },
	{ "file", 1, ex_file }, { "undo", 1, ex_undo }, { "redo", 3, ex_redo }, { "set", 2, ex_set }, { "print", 1, ex_print },
};

static void run_named(const char *name, int length, struct ex *x)
{
	for (int i = 0; i < COUNT(ex_commands); i++)
		if (length >= ex_commands[i].least && strncmp(name, ex_commands[i].name, length) == 0) {
			ex_commands[i].run(x);
			return;
		}
	fail("Not an editor command");
}

static void check_range(const struct ex *x)
{
	if (x->first < 0 || x->last >= nr_lines || x->first > x->last)
		fail("No such lines");
}

/* Commands whose name is one character that is no letter, or is followed by a delimiter: 0 if s is none of them. */
static int special(const char *s, struct ex *x)
{
	static void (*const run[])(struct ex *) = { ex_print, ex_shell, ex_number, ex_left, ex_right };
	const char *here = strchr("!=<>", *s);
	int is_global = *s == 'g' || *s == 'v';

	if (!*s || here) {
		x->argument = skip_blanks(*s ? s + 1 : s);
		if (*s)
			check_range(x);
		run[*s ? here - "!=<>" + 1 : 0](x);
	} else if ((*s == 's' || is_global) && ispunct(s[1]) && (s[1] != '!' || is_global)) {
		check_range(x);
		if (!is_global)
			ex_substitute(x->first, x->last, s + 1);
		else
			ex_global(x->given ? x->first : 0, x->given ? x->last : nr_lines - 1, s + 1 + (s[1] == '!'),
				  *s == 'g' && s[1] != '!');
	} else {
		return 0;
	}
	return 1;
}

void ex_command(const char *s)
{
	struct ex x = { 0 };
	char argument[256];
	int length = 0, n;

	s = range(skip_blanks(s), &x);
	s = skip_blanks(s);
	if (special(s, &x))
		return;
	while (isalpha(s[length]))
		length++;
	if (s[0] == 'k')
		length = 1;
	x.force = s[length] == '!';
	snprintf(argument, sizeof(argument), "%s", skip_blanks(s + length + x.force));
	for (n = strlen(argument); n > 0 && isblank(argument[n - 1]); n--)
		argument[n - 1] = '\0';
	x.argument = argument;
	if (strncmp(s, "r", length) != 0)	/* :0r reads before the first line */
		check_range(&x);
	run_named(s, length, &x);
}
