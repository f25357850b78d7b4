/* Carries out sed's commands. */
#include "sed.h"
#include <stdlib.h>
#include <string.h>
#include <util.h>

struct text pattern, hold;
int quit_status;

static int substituted;		/* s replaced something; for t and T */
static struct text result;	/* of s */

/*
 * Does s. An empty match right behind another does not count. Returns 1 if
 * anything was replaced.
 */
static int substitute(const struct command *c)
{
	int count = 0, done = 0;
	size_t from = 0, last_end = (size_t)-1;
	regmatch_t m[10];

	set_text(&result, "", 0);
	if (c->groups && !c->re && last_re &&
	    c->groups > (int)last_re->re_nsub) {
		complain("\\1 to \\9", "no such group");
		exit(1);
	}
	while (from <= pattern.length &&
	       match(c->re, pattern.s + from, m, from ? REG_NOTBOL : 0)) {
		const char *s = pattern.s + from;
		size_t end = from + m[0].rm_eo;
		int empty = m[0].rm_so == m[0].rm_eo;

		append(&result, s, m[0].rm_so);
		if (!(empty && end == last_end) && ++count >= c->nth) {
			append_replacement(&result, c->replacement, s, m);
			done = 1;
		} else {
			append(&result, s + m[0].rm_so,
			       m[0].rm_eo - m[0].rm_so);
		}
		from = last_end = end;
		if (empty && end < pattern.length)
			append(&result, pattern.s + end, 1);
		from += empty;
		if (done && !c->global)
			break;
	}
	if (done) {
		if (from < pattern.length)
			append(&result, pattern.s + from,
			       pattern.length - from);
		set_text(&pattern, result.s, result.length);
	}
	return done;
}

/* Does l: prints the pattern space with all characters visible. */
static void list(void)
{
	struct text t = { 0 };

	make_visible(pattern.s, &t);
	put(out, t.s, t.length, 1);
	free(t.s);
}

/* Does =: prints the number of the line. */
static void put_number(long n)
{
	char digits[16];

	put(out, digits, sprintf(digits, "%ld", n), 1);
}

/* Returns the length of the pattern space up to its first newline. */
static size_t first_part(void)
{
	return strcspn(pattern.s, "\n");
}

/* Prints and writes as the flags of s demand, after a replacement. */
static void print_substituted(const struct command *c)
{
	substituted = 1;
	if (c->print)
		put(out, pattern.s, pattern.length, has_newline);
	if (c->output)
		put(c->output, pattern.s, pattern.length, 1);
}

/* Does x: exchanges pattern space and hold space. */
static void exchange(void)
{
	struct text t = pattern;

	pattern = hold;
	hold = t;
}

/* Carries out commands that change the pattern space, or print. */
static enum result obey_simple(struct command *c)
{
	switch (c->name) {
	case 'g': set_text(&pattern, hold.s, hold.length); break;
	case 'h': set_text(&hold, pattern.s, pattern.length); break;
	case 'G':
		append(&pattern, "\n", 1);
		append(&pattern, hold.s, hold.length);
		break;
	case 'H':
		append(&hold, "\n", 1);
		append(&hold, pattern.s, pattern.length);
		break;
	case 'i': put(out, c->text, strlen(c->text) - 1, 1); break;
	case 'l': list(); break;
	case 'p': put(out, pattern.s, pattern.length, has_newline); break;
	case 'P':
		put(out, pattern.s, first_part(),
		    first_part() < pattern.length || has_newline);
		break;
	case 'w': put(c->output, pattern.s, pattern.length, 1); break;
	case 'y': translate(pattern.s, c); break;
	case '=': put_number(line_number); break;
	case 'x': exchange(); break;
	case 's':
		if (substitute(c))
			print_substituted(c);
		break;
	case 'a':
	case 'r':
		enqueue(c);
	}
	return CONTINUE;
}

/*
 * Does n and N: the next line replaces the pattern space or is appended to it.
 * Without a next line sed ends.
 */
static enum result obey_next(int append_it)
{
	if (at_end())
		return QUIT;
	if (!append_it && !script.silent)
		put(out, pattern.s, pattern.length, has_newline);
	flush_queue();
	if (append_it)
		append(&pattern, "\n", 1);
	else
		set_text(&pattern, "", 0);
	next_line();
	substituted = 0;
	return CONTINUE;
}

/* Carries out a command that does not jump. */
static enum result obey(struct command *c)
{
	size_t n;

	switch (c->name) {
	case 'd':
		return DELETE;
	case 'D':
		n = first_part();
		if (n == pattern.length)
			return DELETE;
		pattern.length -= n + 1;
		memmove(pattern.s, pattern.s + n + 1, pattern.length + 1);
		return RESTART;
	case 'c':
		if (!c->active || c->negate)
			put(out, c->text, strlen(c->text) - 1, 1);
		return DELETE;
	case 'n':
	case 'N':
		return obey_next(c->name == 'N');
	case 'q':
	case 'Q':
		quit_status = c->nth;
		return c->name == 'q' ? QUIT : QUIT_SILENTLY;
	}
	return obey_simple(c);
}

/* Returns 1 if a command jumps to its target. */
static int jumps(const struct command *c, int obeyed)
{
	int before = substituted;

	if (c->name == '{')
		return !obeyed;
	if (!obeyed || !strchr("btT", c->name))
		return 0;
	if (c->name != 'b')
		substituted = 0;
	return c->name == 'b' || before == (c->name == 't');
}

/* Runs the script once, for one line. */
enum result cycle(void)
{
	enum result r = CONTINUE;

	for (int i = 0; i < script.count && r == CONTINUE;) {
		struct command *c = &script.commands[i++];
		int obeyed = selected(c);

		if (jumps(c, obeyed))
			i = c->target;
		else if (obeyed)
			r = obey(c);
	}
	return r == CONTINUE ? PRINT : r;
}

/*
 * Starts a new line with an empty pattern space; nothing is replaced in it yet.
 */
int begin_line(void)
{
	if (at_end())
		return 0;
	set_text(&pattern, "", 0);
	next_line();
	substituted = 0;
	return 1;
}
