/* read: splits a line from standard input into variables. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * A line as it was read. For each character it also says if a backslash stood
 * before it.
 */
struct line {
	struct text text, escaped;
};

static void put(struct line *l, char c, int escaped)
{
	text_put(&l->text, c);
	text_put(&l->escaped, escaped ? 'e' : ' ');
}

/*
 * Reads one character. Returns 0 at the end of the input, or -1 when a signal
 * must be handled.
 */
static int read_char(char *c)
{
	for (;;) {
		ssize_t n = read(0, c, 1);

		if (n >= 0)
			return n;
		if (errno != EINTR)
			return 0;
		if (interrupted)
			return -1;
		if (trap_pending)
			run_traps();
	}
}

/*
 * Reads up to a newline, a byte at a time so that the rest stays for others.
 * Returns 0 if the input ended first.
 */
static int read_input_line(struct line *l, int raw)
{
	char c;
	int got;

	while ((got = read_char(&c)) > 0 && c != '\n') {
		if (c != '\\' || raw) {
			if (c)
				put(l, c, 0);
			continue;
		}
		if (read_char(&c) <= 0)
			return 0;
		if (c != '\n')
			put(l, c, 1);
	}
	text_end(&l->text);
	text_end(&l->escaped);
	return got > 0;
}

/*
 * Returns 1 if the i-th character is a separator of white space, 2 if it is
 * another separator, else 0.
 */
static int separator(const struct line *l, size_t i, const char *ifs)
{
	char c = l->text.s[i];

	if (!c || l->escaped.s[i] == 'e' || !strchr(ifs, c))
		return 0;
	return isspace(c) ? 1 : 2;
}

static size_t skip_space(const struct line *l, size_t i, const char *ifs)
{
	while (separator(l, i, ifs) == 1)
		i++;
	return i;
}

/*
 * Returns the end of the field at i. *next becomes the start of the next field.
 */
static size_t field_end(const struct line *l, size_t i, const char *ifs,
			size_t *next)
{
	while (l->text.s[i] && !separator(l, i, ifs))
		i++;
	*next = skip_space(l, i, ifs);
	if (separator(l, *next, ifs) == 2)
		*next = skip_space(l, *next + 1, ifs);
	return i;
}

/*
 * Returns the end of the rest, which the last variable takes, without white
 * space at its end. A single field loses its separator.
 */
static size_t rest_end(const struct line *l, size_t i, const char *ifs)
{
	size_t next, end = field_end(l, i, ifs, &next), n = l->text.length;

	if (next >= n)
		return end;
	while (n > i && separator(l, n - 1, ifs) == 1)
		n--;
	return n;
}

/* Cuts the line at IFS and assigns the fields to the variables. */
static void assign_fields(const struct line *l, char **names, int count)
{
	const char *ifs = get_var("IFS") ? get_var("IFS") : " \t\n";
	size_t i = skip_space(l, 0, ifs);

	for (int k = 0; k < count; k++) {
		size_t next = l->text.length, end;

		if (k + 1 < count)
			end = field_end(l, i, ifs, &next);
		else
			end = rest_end(l, i, ifs);
		set_var(names[k], arena_strndup(l->text.s + i, end - i));
		i = next;
	}
}

/* Runs read [-r] [-p prompt] name.... */
int do_read(int argc, char **argv)
{
	struct line l = { 0 };
	int i = 1, raw = 0, whole;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (argv[i][1] == 'r') {
			raw = 1;
		} else if (strcmp(argv[i], "-p") == 0 && i + 1 < argc) {
			i++;
			if (isatty(0))
				fputs(argv[i], stderr);
		} else {
			return complain("read: %s: no such option", argv[i]);
		}
	}
	if (i >= argc)
		return complain("read: a name is wanted");
	fflush(stdout);
	whole = read_input_line(&l, raw);
	text_end(&l.text);
	text_end(&l.escaped);
	assign_fields(&l, argv + i, argc - i);
	return !whole;
}
