/*
 * Regular expressions, basic and extended (POSIX), by backtracking over a tree: characters, . [set] ^ $ * + ? {n,m} groups, | and references
 * back to groups; \< \> \b \B, \w \W \s \S as GNU has them. Of all matches at a place the first in order of preference is taken, or with alternatives the longest: other matches are
 * looked for as long as that takes a bounded number of steps.
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS 10		/* the whole match and \1 to \9 */

const char *__match_class(const char *p, char c, int *matched);	/* charclass.c */

#define STEPS_MAX 20000		/* nodes tried for a longer match once there is one */

enum kind { CHAR, ANY, SET, BOL, EOL, EDGE, GROUP, BACK, EMPTY };

struct re_node {
	enum kind kind;
	char c;				/* CHAR; EDGE of a word: < > b B as behind the backslash */
	unsigned char set[32];
	struct re_node *group;		/* GROUP: its first alternative */
	int number;			/* GROUP, BACK: which group; 0 beyond the ninth */
	struct re_node *or;		/* the next alternative, in an alternative's first node */
	int min, max;			/* repetitions; max -1: no limit */
	struct re_node *next;
};

struct parser {
	const char *at;
	int extended, icase, depth, bad, groups, alternatives;
};

struct longest {
	const char *end;		/* NULL: none yet */
	int steps;
	regmatch_t groups[GROUPS];
};

struct matcher {
	const char *start, *string;	/* where ^ matches, and what offsets count from */
	int flags;			/* of regcomp() */
	regmatch_t *groups;
	struct longest *longest;	/* NULL: the first match will do */
};

/* What comes after the node that is being matched: the rest of its sequence, then the rest around it. */
struct rest {
	struct re_node *node;
	const struct rest *outer;
	struct re_node *loop;		/* a group that may be repeated: how often it was, and where this turn began */
	int count;
	const char *turn;
};

static struct re_node *parse_alternatives(struct parser *p);

static struct re_node *make(enum kind kind)
{
	struct re_node *n = calloc(1, sizeof(*n));

	if (n) {
		n->kind = kind;
		n->min = n->max = 1;
	}
	return n;
}

/* A character that words are made of. */
static int is_word(unsigned char c)
{
	return c < 128 && (isalnum(c) || c == '_');
}

static int in_set(const struct re_node *n, unsigned char c)
{
	return n->set[c / 8] >> c % 8 & 1;
}

static void add_to_set(struct re_node *n, unsigned char c)
{
	n->set[c / 8] |= 1 << c % 8;
}

/* [:alpha:] and its like, behind the first bracket; where it ends, or NULL. */
static const char *add_class(struct re_node *n, const char *s)
{
	const char *end = NULL;

	for (int c = 0; c < 128; c++) {
		int matched = 0;

		end = __match_class(s, c, &matched);
		if (!end)
			break;
		if (matched)
			add_to_set(n, c);
	}
	return end;
}

/* One end of a range: a character, or one written as [.x.] or [=x=]. */
static unsigned char set_member(struct parser *p)
{
	const char *s = p->at;

	if (s[0] == '[' && (s[1] == '.' || s[1] == '=') && s[2] && s[3] == s[1] && s[4] == ']') {
		p->at += 5;
		return s[2];
	}
	if (s[0] == '[' && strchr(".=:", s[1]))
		p->bad |= s[1] != '\0';
	p->at++;
	return s[0];
}

static struct re_node *parse_set(struct parser *p)
{
	struct re_node *n = make(SET);
	int negate = *p->at == '^', first = 1;

	for (p->at += negate; n && *p->at && (first || *p->at != ']'); first = 0) {
		const char *end = *p->at == '[' ? add_class(n, p->at + 1) : NULL;
		unsigned char low, high;

		if (end) {
			p->at = end;
			continue;
		}
		low = high = set_member(p);
		if (*p->at == '-' && p->at[1] && p->at[1] != ']') {
			p->at++;
			high = set_member(p);
			p->bad |= high < low;
		}
		for (int c = low; c <= high; c++)
			add_to_set(n, c);
	}
	if (*p->at != ']')
		p->bad = 1;
	else
		p->at++;
	for (int c = 'a'; n && p->icase && c <= 'z'; c++)
		if (in_set(n, c) || in_set(n, toupper(c))) {
			add_to_set(n, c);
			add_to_set(n, toupper(c));
		}
	if (n && negate)
		for (int i = 0; i < 32; i++)
			n->set[i] ^= 0xFF;
	return n;
}

/* \w and \s, and all others as \W and \S. */
static struct re_node *parse_escape(char c)
{
	struct re_node *n = make(SET);

	for (int i = 1; n && i < 256; i++)
		if ((c == 'w' || c == 'W' ? is_word(i) : i < 128 && isspace(i)) != (c < 'a'))
			add_to_set(n, i);
	return n;
}

static int at_close(const struct parser *p)
{
	return p->depth && (p->extended ? p->at[0] == ')' : p->at[0] == '\\' && p->at[1] == ')');
}

static int at_or(const struct parser *p)
{
	return p->extended ? p->at[0] == '|' : p->at[0] == '\\' && p->at[1] == '|';
}

static struct re_node *parse_group(struct parser *p)
{
	struct re_node *n = make(GROUP);

	p->depth++;
	p->groups++;
	if (n)
		n->number = p->groups < GROUPS ? p->groups : 0;
	if (n)
		n->group = parse_alternatives(p);
	if (!at_close(p))
		p->bad = 1;
	else
		p->at += p->extended ? 1 : 2;
	p->depth--;
	return n;
}

/* \1 to \9. */
static struct re_node *parse_back(struct parser *p, int number)
{
	struct re_node *n = make(BACK);

	if (n)
		n->number = number;
	if (number > p->groups)
		p->bad = 1;
	return n;
}

static struct re_node *parse_atom(struct parser *p, int first)
{
	char c = *p->at++;
	struct re_node *n;

	if (c == '.')
		return make(ANY);
	if (c == '[')
		return parse_set(p);
	if (c == '^' && (p->extended || first))
		return make(BOL);
	if (c == '$' && (p->extended || !*p->at || at_close(p) || at_or(p)))
		return make(EOL);
	if (c == '(' && p->extended)
		return parse_group(p);
	if (c == '\\' && *p->at) {
		c = *p->at++;
		if (c == '(' && !p->extended)
			return parse_group(p);
		if (c >= '1' && c <= '9')
			return parse_back(p, c - '0');
		if (strchr("wWsS", c))
			return parse_escape(c);
		if (strchr("<>bB", c)) {
			n = make(EDGE);
			if (n)
				n->c = c;
			return n;
		}
	} else if (c == '\\') {
		p->bad = 1;
	}
	n = make(CHAR);
	if (n)
		n->c = c;
	return n;
}

/* {n}, {n,}, {n,m} behind an atom. */
static void parse_bounds(struct parser *p, struct re_node *n)
{
	n->min = strtol(p->at, (char **)&p->at, 10);
	n->max = n->min;
	if (*p->at == ',') {
		p->at++;
		n->max = isdigit(*p->at) ? strtol(p->at, (char **)&p->at, 10) : -1;
	}
	if (!p->extended && *p->at == '\\')
		p->at++;
	if (*p->at++ != '}' || (n->max >= 0 && n->max < n->min))
		p->bad = 1;
}

static void parse_repeat(struct parser *p, struct re_node *n)
{
	for (;;) {
		int escaped = !p->extended && *p->at == '\\';
		char c = p->at[escaped];

		if (c == '*' && !escaped) {
			n->min = 0;
			n->max = -1;
		} else if (c == '+' && (p->extended || escaped)) {
			n->max = -1;
		} else if (c == '?' && (p->extended || escaped)) {
			n->min = 0;
		} else if (c == '{' && (p->extended || escaped) && isdigit(p->at[escaped + 1])) {
			p->at += escaped + 1;
			parse_bounds(p, n);
			continue;
		} else {
			return;
		}
		p->at += escaped + 1;
	}
}

static struct re_node *parse_sequence(struct parser *p)
{
	struct re_node *first = make(EMPTY), *last = first;

	while (first && *p->at && !at_close(p) && !at_or(p) && !p->bad) {
		int star = last == first && *p->at == '*';
		struct re_node *n = star ? make(CHAR) : parse_atom(p, last == first);

		if (!n)
			break;
		if (star)
			n->c = *p->at++;
		last = last->next = n;
		if (n->kind != BOL && n->kind != EDGE)
			parse_repeat(p, n);
	}
	return first;
}

static struct re_node *parse_alternatives(struct parser *p)
{
	struct re_node *first = parse_sequence(p), *last = first;

	while (last && at_or(p) && !p->bad) {
		p->at += p->extended ? 1 : 2;
		p->alternatives = 1;
		last = last->or = parse_sequence(p);
	}
	return first;
}

static void free_nodes(struct re_node *n)
{
	while (n) {
		struct re_node *next = n->next;

		free_nodes(n->group);
		free_nodes(n->or);
		free(n);
		n = next;
	}
}

void regfree(regex_t *re)
{
	free_nodes(re->first);
}

int regcomp(regex_t *re, const char *pattern, int flags)
{
	struct parser p = { .at = pattern, .extended = flags & REG_EXTENDED, .icase = flags & REG_ICASE };

	re->flags = flags;
	re->first = parse_alternatives(&p);
	re->alternatives = p.alternatives;
	if (!p.bad && !*p.at)
		return 0;
	regfree(re);
	return REG_BADPAT;
}

static const char *match_rest(const struct matcher *m, const struct rest *rest, const char *s);
static const char *match_node(const struct matcher *m, struct re_node *n, const struct rest *outer, const char *s);

static int matches_one(const struct matcher *m, const struct re_node *n, char c)
{
	unsigned char u = c;

	if (!c)
		return 0;
	if (n->kind == ANY)
		return 1;
	if (n->kind == SET)
		return in_set(n, u);
	return c == n->c || (m->flags & REG_ICASE && tolower(u) == tolower((unsigned char)n->c));
}

/* One more turn of a group, each alternative in order. */
static const char *match_turn(const struct matcher *m, struct re_node *n, const struct rest *outer, int count, const char *s)
{
	struct rest after = { .outer = outer, .loop = n, .count = count + 1, .turn = s };

	for (struct re_node *a = n->group; a; a = a->or) {
		const char *end = match_node(m, a, &after, s);

		if (end)
			return end;
	}
	return NULL;
}

static const char *match_group(const struct matcher *m, struct re_node *n, const struct rest *outer, int count, const char *s)
{
	struct rest after = { .node = n->next, .outer = outer };
	const char *end = NULL;

	if (n->max < 0 || count < n->max)
		end = match_turn(m, n, outer, count, s);
	return end || count < n->min ? end : match_rest(m, &after, s);
}

/* A turn of a group ends at s: note what the group matched, for as long as that leads to a match. */
static const char *end_turn(const struct matcher *m, const struct rest *rest, const char *s)
{
	regmatch_t *group = &m->groups[rest->loop->number], before = *group;
	const char *end;

	if (s == rest->turn && rest->count > 1 && rest->count > rest->loop->min)
		return NULL;			/* an empty turn leads nowhere new */
	*group = (regmatch_t){ rest->turn - m->string, s - m->string };
	end = match_group(m, rest->loop, rest->outer, rest->count, s);
	if (!end)
		*group = before;
	return end;
}

/* The character before s, 0 at the beginning of the line. */
static char before(const struct matcher *m, const char *s)
{
	return s == m->start ? '\0' : s[-1];
}

/* Whether a word begins (<), ends (>), does one of these (b) or none (B) at s. */
static int at_edge(const struct matcher *m, char kind, const char *s)
{
	int left = is_word(before(m, s)), right = is_word(*s);

	return kind == '<' ? !left && right : kind == '>' ? left && !right : (left != right) == (kind == 'b');
}

/* A match ends at s. It is taken at once, or noted if it is the longest so far while others are looked for. */
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

static const char *match_rest(const struct matcher *m, const struct rest *rest, const char *s)
{
	if (!rest)
		return end_match(m, s);
	if (rest->loop)
		return end_turn(m, rest, s);
	return rest->node ? match_node(m, rest->node, rest->outer, s) : match_rest(m, rest->outer, s);
}

static int same_text(const struct matcher *m, const char *a, const char *b, int n)
{
	while (n > 0 && (*a == *b || (m->flags & REG_ICASE && tolower((unsigned char)*a) == tolower((unsigned char)*b))))
		a++, b++, n--;
	return n == 0;
}

/* What a group matched, once more, as often as it may. */
static const char *match_back(const struct matcher *m, const struct re_node *n, const struct rest *after, const char *s)
{
	const regmatch_t *group = &m->groups[n->number];
	int size = group->rm_eo - group->rm_so, count = 0;

	if (group->rm_so < 0)
		return NULL;
	if (size == 0)
		return match_rest(m, after, s);
	while ((n->max < 0 || count < n->max) && same_text(m, m->string + group->rm_so, s + count * size, size))
		count++;
	for (; count >= n->min; count--) {
		const char *end = match_rest(m, after, s + count * size);

		if (end)
			return end;
	}
	return NULL;
}

/* Match n, what follows it in its sequence, and what follows outside; where the match ends, or NULL. */
static const char *match_node(const struct matcher *m, struct re_node *n, const struct rest *outer, const char *s)
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
		while ((n->max < 0 || count < n->max) && matches_one(m, n, s[count]))
			count++;
		for (; count >= n->min; count--) {
			const char *end = match_rest(m, &after, s + count);

			if (end)
				return end;
		}
		return NULL;
	}
}

/* Match at one place; where the match ends, or NULL. */
static const char *match_at(const struct matcher *m, struct re_node *first, const char *s)
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

int regexec(const regex_t *re, const char *s, size_t nmatch, regmatch_t *match, int flags)
{
	regmatch_t groups[GROUPS];
	struct longest longest = { .end = NULL };
	struct matcher m = { flags ? NULL : s, s, re->flags, groups, nmatch && re->alternatives ? &longest : NULL };

	for (const char *at = s;; at++) {
		const char *end = re->flags & REG_WORD && is_word(before(&m, at)) ? NULL : match_at(&m, re->first, at);

		if (end) {
			groups[0] = (regmatch_t){ at - s, end - s };
			for (size_t i = 0; i < nmatch; i++)
				match[i] = i < GROUPS ? groups[i] : (regmatch_t){ -1, -1 };
			return 0;
		}
		if (!*at || re->flags & REG_LINE)
			return REG_NOMATCH;
	}
}
