/* sub(), gsub() and match(). */
#include "awk.h"
#include <string.h>

/* Appends the replacement: & stands for the match, \& for itself. */
static void append_replacement(struct text *t, const char *r, const char *match,
			       size_t n)
{
	for (; *r; r++) {
		if (*r == '\\' && (r[1] == '&' || r[1] == '\\'))
			append(t, ++r, 1);
		else if (*r == '&')
			append(t, match, n);
		else
			append(t, r, 1);
	}
}

/*
 * Copies s to t with matches replaced, the first one or all. An empty match
 * does not count right behind another one. Returns their number.
 */
static int replace(struct text *t, const char *s, regex_t *re,
		   const char *replacement, int all)
{
	const char *at = s, *last = NULL;	/* last: where the last ended */
	int count = 0;
	regmatch_t m;

	while ((count == 0 || all) &&
	       regexec(re, at, 1, &m, at == s ? 0 : REG_NOTBOL) == 0) {
		size_t n = m.rm_eo - m.rm_so;

		append(t, at, m.rm_so);
		at += m.rm_so;
		if (n || at != last) {
			append_replacement(t, replacement, at, n);
			count++;
		}
		at += n;
		last = at;
		if (n == 0) {
			if (!*at)
				return count;
			append(t, at++, 1);
		}
	}
	append(t, at, strlen(at));
	return count;
}

struct value substitute(struct node *args, int all)
{
	struct node *target = args->next->next;
	const char *replacement = to_string(evaluate(args->next))->s;
	struct place place = { NULL, NULL, 0 };
	struct text text = { NULL, 0, 0 };
	struct string *s;
	int count;

	if (target && is_variable(target))
		place = find_place(target);
	if (target && !is_variable(target))
		s = to_string(evaluate(target));
	else
		s = to_string(read_place(place));
	count = replace(&text, s->s, regexp_of(args), replacement, all);
	s = finish(&text);
	if (count && (!target || is_variable(target)))
		write_place(place, string_value(s));
	return number_value(count);
}

struct value match_text(struct node *args)
{
	struct string *s = to_string(evaluate(args));
	int start = 0, length = -1;
	regmatch_t m;

	if (regexec(regexp_of(args->next), s->s, 1, &m, 0) == 0) {
		start = m.rm_so + 1;
		length = m.rm_eo - m.rm_so;
	}
	set_variable(RSTART, number_value(start));
	set_variable(RLENGTH, number_value(length));
	return number_value(start);
}
