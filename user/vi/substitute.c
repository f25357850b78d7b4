/* :s and :g. */
#include "vi.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS 10

/* The line under construction. */
static struct {
	char *s;
	int n, room;
} new;

static void add(const char *s, int n)
{
	if (new.n + n > new.room) {
		char *more = need(2 * (new.n + n) + 64);

		memcpy(more, new.s ? new.s : "", new.n);
		free(new.s);
		new.s = more;
		new.room = 2 * (new.n + n) + 64;
	}
	memcpy(new.s + new.n, s, n);
	new.n += n;
}

/* \u \l: the next letter's case; \U \L: of all up to \E. */
static char next_case, all_case;

static void add_cased(const char *s, int n)
{
	for (; n > 0; n--, s++) {
		int wanted = tolower(next_case ? next_case : all_case);
		char c = *s;

		if (wanted == 'u')
			c = toupper(c);
		if (wanted == 'l')
			c = tolower(c);
		add(&c, 1);
		next_case = 0;
	}
}

/* Adds what a backslash and the next character stand for in a replacement. */
static void add_escape(char c, const char *line, const regmatch_t *match)
{
	int group = c - '0';

	if (c == 'U' || c == 'L')
		all_case = c;
	else if (c == 'E' || c == 'e')
		all_case = next_case = 0;
	else if (c == 'u' || c == 'l')
		next_case = c;
	else if (!isdigit(c))
		add_cased(c == 'n' ? "\n" : &c, 1);
	else if (match[group].rm_so >= 0)
		add_cased(line + match[group].rm_so,
			  match[group].rm_eo - match[group].rm_so);
}

/*
 * Adds the replacement for one match. & is the match, \1 to \9 are its groups.
 * A carriage return (typed behind ^V) and \n are new lines.
 */
static void add_replacement(const char *s, const char *line,
			    const regmatch_t *match)
{
	next_case = all_case = 0;
	for (; *s; s++)
		if (*s == '\\' && s[1])
			add_escape(*++s, line, match);
		else if (*s == '&')
			add_escape('0', line, match);
		else
			add_cased(*s == '\r' ? "\n" : s, 1);
}

/* The last :s, for the next one to repeat. */
static struct {
	char pattern[256], replacement[256];
	int known;
} last;

/* The options of this :s: c asks, i ignores case, g takes all of a line. */
static struct {
	int all, ask, any_case, over, found;
} how;

/* Asks if the match at a place is to be replaced. Returns 1 if so. */
static int confirmed(struct place at)
{
	int key;

	cursor = at;
	do {
		message("Replace it? (y, n, a: all, l: the last, q: no more)");
		key = get_key();
	} while (key != ESCAPE && (key > 127 || !strchr("ynalq", key)));
	how.ask = key != 'a';
	how.over = key == 'q' || key == 'l' || key == ESCAPE;
	return key == 'y' || key == 'a' || key == 'l';
}

/*
 * Builds the line with its replacements. Returns their number. An empty match
 * right behind another does not count.
 */
static int build(int row, int all)
{
	const struct line *l = &lines[row];
	regmatch_t match[GROUPS];
	int from = 0, count = 0, end = -1, empty, start;

	new.n = 0;
	while (!how.over && match_at(row, from, match, GROUPS)) {
		start = match->rm_so;
		add(l->s + from, start - from);
		empty = start == match->rm_eo;
		how.found = 1;
		if (!(empty && start == end) &&
		    (!how.ask || confirmed((struct place){ row, start }))) {
			add_replacement(last.replacement, l->s, match);
			count++;
		} else {
			add(l->s + start, match->rm_eo - start);
		}
		from = end = match->rm_eo;
		if (empty && from < l->n)
			add(l->s + from, 1);
		from += empty;
		if (from > l->n || !all)
			break;
	}
	if (from < l->n)
		add(l->s + from, l->n - from);
	return count;
}

/* Replaces a line by what was built. Returns how many lines were added. */
static int store(int row)
{
	struct place start = { row, 0 };
	int before = nr_lines;

	if (memchr(new.s ? new.s : "", '\n', new.n)) {
		replace_in_line(start, lines[row].n, "", 0);
		cursor = insert_text(start, new.s, new.n);
	} else {
		replace_in_line(start, lines[row].n, new.s, new.n);
		cursor = start;
	}
	return nr_lines - before;
}

/* Parses the replacement. ~ is the last one, and so is a % alone. */
static const char *read_replacement(const char *s, char delimiter)
{
	char text[sizeof(last.replacement)], whole[2 * sizeof(text)];
	char *to = whole, *at;

	s = cut_pattern(s, delimiter, text, sizeof(text));
	at = strcmp(text, "%") == 0 ? strcpy(text, "~") : text;
	for (; *at && to < whole + sizeof(text); at++)
		if (*at == '\\' && at[1] == '~')
			*to++ = *++at;
		else if (*at == '\\' && at[1]) {
			*to++ = *at++;
			*to++ = *at;
		} else if (*at == '~')
			to += sprintf(to, "%s", last.replacement);
		else
			*to++ = *at;
	*to = '\0';
	if (to - whole >= (int)sizeof(text))
		fail("Too long");
	strcpy(last.replacement, whole);
	return s;
}

/* Parses the letters and the count behind the last delimiter. */
static void read_options(const char *s, int *first, int *last_row)
{
	int count;

	for (; *s && !isdigit(*s); s++) {
		how.all |= *s == 'g';
		how.ask |= *s == 'c';
		how.any_case |= *s == 'i';
		if (!strchr("gci&p#l \t", *s))
			fail("More than :s takes");
	}
	if (!*s)
		return;
	count = strtol(s, (char **)&s, 10);
	if (count < 1 || s[strspn(s, "p#l \t")])
		fail("More than :s takes");
	*first = *last_row;
	*last_row = count > nr_lines - *first ? nr_lines - 1 :
		    *first + count - 1;
}

/*
 * Parses /pattern/replacement/options. Options alone repeat the last :s, for
 * its own pattern or the last one searched.
 */
static void read_substitution(const char *s, int *first, int *last_row,
			      int searched)
{
	char pattern[sizeof(last.pattern)], delimiter = *s;
	int case_before = ignore_case;
	int given = !searched && ispunct(*s) && !strchr("&#", *s);

	memset(&how, 0, sizeof(how));
	if (given) {
		s = cut_pattern(s + 1, delimiter, pattern, sizeof(pattern));
		s = read_replacement(s, delimiter);
	} else if (!last.known) {
		fail("No previous substitution");
	}
	read_options(s, first, last_row);
	ignore_case |= how.any_case;
	if (given)
		set_pattern(pattern);
	else
		set_pattern(searched ? "" : last.pattern);
	ignore_case = case_before;
	snprintf(last.pattern, sizeof(last.pattern), "%s", current_pattern());
	last.known = 1;
}

int in_global;

void ex_substitute(int first, int last_row, const char *s, int searched)
{
	int count = 0;

	read_substitution(s, &first, &last_row, searched);
	for (int row = first; row <= last_row && !how.over; row++) {
		int n = build(row, how.all), more;

		if (n == 0)
			continue;
		count += n;
		more = store(row);
		row += more;
		last_row += more;
	}
	if (!how.found && !in_global)
		fail("Pattern not found");
	cursor.col = first_text(cursor.row);
	message("%d replacement%s", count, count == 1 ? "" : "s");
}

/* Returns the row of a line, searched from a row on, or -1 if it is gone. */
static int find_line(const char *s, int from)
{
	for (int row = from; row < nr_lines; row++)
		if (lines[row].s == s)
			return row;
	return -1;
}

/*
 * Does :g and :v. First chooses the lines, by the addresses of their texts.
 * Then runs the command on each that is still there. A :s without a match is no
 * error.
 */
void ex_global(int first, int last, const char *s, int matching)
{
	char pattern[256], command[256];
	const char **chosen;
	regmatch_t match;
	int n = 0, row = 0;

	if (in_global)
		fail(":g inside :g");
	cut_pattern(cut_pattern(s + 1, *s, pattern, sizeof(pattern)), '\0',
		    command, sizeof(command));
	set_pattern(pattern);
	chosen = need((last - first + 1) * sizeof(*chosen));
	for (int i = first; i <= last; i++)
		if (match_at(i, 0, &match, 1) == matching)
			chosen[n++] = lines[i].s;
	for (int i = 0; i < n; i++) {
		int found = find_line(chosen[i], row);

		if (found < 0)
			continue;
		cursor = (struct place){ row = found, 0 };
		in_global = 1;
		ex_command(command);
		in_global = 0;
	}
	free(chosen);
	if (n == 0)
		fail("Pattern not found");
}
