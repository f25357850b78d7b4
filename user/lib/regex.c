/*
 * Regular expressions, basic and extended (POSIX), and GNU's \< \> \b \B, \w \W
 * \s \S. regex_parse.c makes a tree: characters, . [set] ^ $ * + ? {n,m}
 * groups, | and references back to groups. This file matches it by
 * backtracking.
 * Of all matches at a place the first in order of preference is taken. With
 * alternatives the longest is taken; the search for it is bounded.
 */
#include "regex_internal.h"
#include <string.h>

#define STEPS_MAX 20000	/* nodes tried for a longer match after the first */

struct longest {
	const char *end;		/* NULL: none yet */
	int steps;
	regmatch_t groups[GROUPS];
};

struct matcher {
	/* where ^ matches; what offsets count from */
	const char *start, *string;
	int flags;			/* as given to regcomp() */
	regmatch_t *groups;
	struct longest *longest;	/* NULL: the first match is enough */
};

/*
 * The nodes that follow the current one: the rest of its sequence, then the
 * rest around it.
 */
struct rest {
	struct re_node *node;
	const struct rest *outer;
	/* a repeated group: the turns so far, and where this turn began */
	struct re_node *loop;
	int count;
	const char *turn;
};

static const char *match_rest(const struct matcher *m, const struct rest *rest,
			      const char *s);
static const char *match_node(const struct matcher *m, struct re_node *n,
			      const struct rest *outer, const char *s);

static int matches_one(const struct matcher *m, const struct re_node *n, char c)
{
	unsigned char u = c;

	if (!c)
		return 0;
	if (n->kind == ANY)
		return 1;
	if (n->kind == SET)
		return in_set(n, u);
	return c == n->c || (m->flags & REG_ICASE &&
			     tolower(u) == tolower((unsigned char)n->c));
}

/* Matches one more turn of a group. Tries its alternatives in order. */
static const char *match_turn(const struct matcher *m, struct re_node *n,
			      const struct rest *outer, int count,
			      const char *s)
{
	struct rest after = {
		.outer = outer, .loop = n, .count = count + 1, .turn = s
	};

	for (struct re_node *a = n->group; a; a = a->or) {
		const char *end = match_node(m, a, &after, s);

		if (end)
			return end;
	}
	return NULL;
}

static const char *match_group(const struct matcher *m, struct re_node *n,
			       const struct rest *outer, int count,
			       const char *s)
{
	struct rest after = { .node = n->next, .outer = outer };
	const char *end = NULL;

	if (n->max < 0 || count < n->max)
		end = match_turn(m, n, outer, count, s);
	return end || count < n->min ? end : match_rest(m, &after, s);
}

/*
 * Ends a turn of a group at s. Notes what the group matched, as long as that
 * leads to a match.
 */
static const char *end_turn(const struct matcher *m, const struct rest *rest,
			    const char *s)
{
	regmatch_t *group = &m->groups[rest->loop->number], before = *group;
	int count = rest->count, min = rest->loop->min;
	const char *end;

	if (s == rest->turn && count > 1 && count > min)
		return NULL;		/* an empty turn leads nowhere new */
	if (s == rest->turn && count < min)
		count = min;	/* the turns that are due can be empty, too */
	*group = (regmatch_t){ rest->turn - m->string, s - m->string };
	end = match_group(m, rest->loop, rest->outer, count, s);
	if (!end)
		*group = before;
	return end;
}

/* Returns the character before s, or 0 at the beginning of the line. */
static char before(const struct matcher *m, const char *s)
{
	return s == m->start ? '\0' : s[-1];
}

/*
 * Returns 1 if a word edge of this kind is at s: a start (<), an end (>),
 * either (b) or neither (B).
 */
static int at_edge(const struct matcher *m, char kind, const char *s)
{
	int left = is_word(before(m, s)), right = is_word(*s);

	switch (kind) {
	case '<': return !left && right;
	case '>': return left && !right;
	case 'b': return left != right;
	default: return left == right;
	}
}

/*
 * Ends a match at s. Takes it at once, or notes it if it is the longest so far
 * and longer ones are sought.
 */
static const char *end_match(const struct matcher *m, const char *s)
{
	struct longest *l = m->longest;

	if ((m->flags & REG_WORD && is_word(*s)) || (m->flags & REG_LINE && *s))
		return NULL;
	if (!l)
		return s;
	if (!l->end || s > l->end) {
		l->end = s;
		memcpy(l->groups, m->groups, sizeof(l->groups));
	}
	return *s ? NULL : s;
}

static const char *match_rest(const struct matcher *m, const struct rest *rest,
			      const char *s)
{
	if (!rest)
		return end_match(m, s);
	if (rest->loop)
		return end_turn(m, rest, s);
	return rest->node ? match_node(m, rest->node, rest->outer, s)
			  : match_rest(m, rest->outer, s);
}

static int same_text(const struct matcher *m, const char *a, const char *b,
		     int n)
{
	while (n > 0 && (*a == *b || (m->flags & REG_ICASE &&
				      tolower((unsigned char)*a) ==
					      tolower((unsigned char)*b))))
		a++, b++, n--;
	return n == 0;
}

/* Matches what a group matched once more, as often as allowed. */
static const char *match_back(const struct matcher *m, const struct re_node *n,
			      const struct rest *after, const char *s)
{
	const regmatch_t *group = &m->groups[n->number];
	int size = group->rm_eo - group->rm_so, count = 0;

	if (group->rm_so < 0)
		return NULL;
	if (size == 0)
		return match_rest(m, after, s);
	while ((n->max < 0 || count < n->max) &&
	       same_text(m, m->string + group->rm_so, s + count * size, size))
		count++;
	for (; count >= n->min; count--) {
		const char *end = match_rest(m, after, s + count * size);

		if (end)
			return end;
	}
	return NULL;
}

/*
 * Matches n, the rest of its sequence, and what follows outside. Returns where
 * the match ends, or NULL.
 */
static const char *match_node(const struct matcher *m, struct re_node *n,
			      const struct rest *outer, const char *s)
{
	struct rest after = { .node = n->next, .outer = outer };
	int count = 0;

	if (m->longest && m->longest->end && ++m->longest->steps > STEPS_MAX)
		return m->longest->end;
	switch (n->kind) {
	case EMPTY:
		return match_rest(m, &after, s);
	case BOL:
		return s == m->start ? match_rest(m, &after, s) : NULL;
	case EOL:
		return !*s ? match_rest(m, &after, s) : NULL;
	case EDGE:
		return at_edge(m, n->c, s) ? match_rest(m, &after, s) : NULL;
	case GROUP:
		return match_group(m, n, outer, 0, s);
	case BACK:
		return match_back(m, n, &after, s);
	default:
		while ((n->max < 0 || count < n->max) &&
		       matches_one(m, n, s[count]))
			count++;
		for (; count >= n->min; count--) {
			const char *end = match_rest(m, &after, s + count);

			if (end)
				return end;
		}
		return NULL;
	}
}

/* Matches at one place. Returns where the match ends, or NULL. */
static const char *match_at(const struct matcher *m, struct re_node *first,
			    const char *s)
{
	const char *end = NULL;

	for (int i = 0; i < GROUPS; i++)
		m->groups[i] = (regmatch_t){ -1, -1 };
	for (struct re_node *a = first; a && !end; a = a->or)
		end = match_node(m, a, NULL, s);
	if (!m->longest || !m->longest->end)
		return end;
	memcpy(m->groups, m->longest->groups, sizeof(m->longest->groups));
	return m->longest->end;
}

int regexec(const regex_t *re, const char *s, size_t nmatch, regmatch_t *match,
	    int flags)
{
	regmatch_t groups[GROUPS];
	struct longest longest = { .end = NULL };
	struct matcher m = { flags ? NULL : s, s, re->flags, groups,
			     nmatch && re->alternatives ? &longest : NULL };

	for (const char *at = s;; at++) {
		const char *end = re->flags & REG_WORD &&
						  is_word(before(&m, at))
					  ? NULL
					  : match_at(&m, re->first, at);

		if (end) {
			groups[0] = (regmatch_t){ at - s, end - s };
			for (size_t i = 0; i < nmatch; i++)
				match[i] = i < GROUPS ? groups[i]
						      : (regmatch_t){ -1, -1 };
			return 0;
		}
		if (!*at || re->flags & REG_LINE)
			return REG_NOMATCH;
	}
}
