/* :s and :g. */
#include "vi.h"
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

/* The replacement for one match: & is the match, \1 to \9 its groups, \n a new line. */
static void add_replacement(const char *s, const char *line, const regmatch_t *match)
{
	for (; *s; s++) {
		int group = *s == '&' ? 0 : -1;

		if (*s == '\\' && s[1]) {
			s++;
			if (*s >= '0' && *s <= '9')
				group = *s - '0';
		}
		if (group < 0)
			add(s[-1] == '\\' && *s == 'n' ? "\n" : s, 1);
		else if (match[group].rm_so >= 0)
			add(line + match[group].rm_so, match[group].rm_eo - match[group].rm_so);
	}
}

/* Build the line with its replacements; how many there were. */
static int build(int row, const char *replacement, int all)
{
	const struct line *l = &lines[row];
	regmatch_t match[GROUPS];
	int from = 0, count = 0;

	new.n = 0;
	while (match_at(row, from, match, GROUPS)) {
		add(l->s + from, match->rm_so - from);
		add_replacement(replacement, l->s, match);
		count++;
		from = match->rm_eo;
		if (match->rm_so == match->rm_eo && from < l->n)
			add(l->s + from++, 1);
		else if (match->rm_so == match->rm_eo)
			break;
		if (!all)
			break;
	}
	add(l->s + from, l->n - from);
	return count;
}

void ex_substitute(int first, int last, const char *s)
{
	char pattern[256], replacement[256], delimiter = *s;
	int count = 0, case_before = ignore_case, all, old_lines;

	s = cut_pattern(s + 1, delimiter, pattern, sizeof(pattern));
	s = cut_pattern(s, delimiter, replacement, sizeof(replacement));
	all = strchr(s, 'g') != NULL;
	ignore_case |= strchr(s, 'i') != NULL;
	set_pattern(pattern);
	ignore_case = case_before;
	for (int row = first; row <= last; row++) {
		struct place start = { row, 0 };
		int n = build(row, replacement, all);

		if (n == 0)
			continue;
		count += n;
		old_lines = nr_lines;
		if (memchr(new.s, '\n', new.n)) {
			replace_in_line(start, lines[row].n, "", 0);
			cursor = insert_text(start, new.s, new.n);
		} else {
			replace_in_line(start, lines[row].n, new.s, new.n);
			cursor = start;
		}
		row += nr_lines - old_lines;
		last += nr_lines - old_lines;
	}
	if (count == 0)
		fail("Pattern not found");
	cursor.col = first_text(cursor.row);
	message("%d replacement%s", count, count == 1 ? "" : "s");
}

/* The row of a line, searched from a row on; -1: it is gone. */
static int find_line(const char *s, int from)
{
	for (int row = from; row < nr_lines; row++)
		if (lines[row].s == s)
			return row;
	return -1;
}

/* :g and :v: choose the lines first, by the addresses of their texts, then run the command on each that is still there. */
void ex_global(int first, int last, const char *s, int matching)
{
	static int running;
	char pattern[256], command[256];
	const char **chosen;
	regmatch_t match;
	int n = 0, row = 0;

	if (running)
		fail(":g inside :g");
	cut_pattern(cut_pattern(s + 1, *s, pattern, sizeof(pattern)), '\0', command, sizeof(command));
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
		running = 1;
		ex_command(command);
		running = 0;
	}
	free(chosen);
	if (n == 0)
		fail("Pattern not found");
}
