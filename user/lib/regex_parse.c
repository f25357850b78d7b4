/* Parses a regular expression into a tree of nodes. */
#include "regex_internal.h"
#include <stdlib.h>
#include <string.h>

/* charclass.c */
const char *__match_class(const char *p, char c, int *matched);

struct parser {
	const char *at;
	int extended, icase, escapes, depth, bad, groups, alternatives;
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

static void add_to_set(struct re_node *n, unsigned char c)
{
	n->set[c / 8] |= 1 << c % 8;
}

/*
 * Adds a class like [:alpha:]; s points behind its first bracket. Returns where
 * it ends, or NULL if it is none.
 */
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

/* Parses one end of a range: a character, [.x.] or [=x=]. */
static unsigned char set_member(struct parser *p)
{
	const char *s = p->at;

	if (s[0] == '[' && (s[1] == '.' || s[1] == '=') && s[2] &&
	    s[3] == s[1] && s[4] == ']') {
		p->at += 5;
		return s[2];
	}
	if (s[0] == '[' && strchr(".=:", s[1]))
		p->bad |= s[1] != '\0';
	if (p->escapes && s[0] == '\\' && s[1]) {
		p->at += 2;
		return s[1];
	}
	p->at++;
	return s[0];
}

static struct re_node *parse_set(struct parser *p)
{
	struct re_node *n = make(SET);
	int negate = *p->at == '^', first = 1;

	for (p->at += negate; n && *p->at && (first || *p->at != ']');
	     first = 0) {
		const char *end = *p->at == '[' ? add_class(n, p->at + 1)
						: NULL;
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

/* Parses \w and \s; \W and \S stand for all other characters. */
static struct re_node *parse_escape(char c)
{
	struct re_node *n = make(SET);

	for (int i = 1; n && i < 256; i++)
		if ((c == 'w' || c == 'W' ? is_word(i)
					  : i < 128 && isspace(i)) != (c < 'a'))
			add_to_set(n, i);
	return n;
}

static int at_close(const struct parser *p)
{
	return p->depth && (p->extended ? p->at[0] == ')'
					: p->at[0] == '\\' && p->at[1] == ')');
}

static int at_or(const struct parser *p)
{
	return p->extended ? p->at[0] == '|'
			   : p->at[0] == '\\' && p->at[1] == '|';
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

/* Parses \1 to \9. */
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

/* Parses {n}, {n,} or {n,m} behind an atom. */
static void parse_bounds(struct parser *p, struct re_node *n)
{
	n->min = strtol(p->at, (char **)&p->at, 10);
	n->max = n->min;
	if (*p->at == ',') {
		p->at++;
		n->max = isdigit(*p->at) ? strtol(p->at, (char **)&p->at, 10)
					 : -1;
	}
	if (!p->extended && *p->at == '\\')
		p->at++;
	if (*p->at != '}' || (n->max >= 0 && n->max < n->min))
		p->bad = 1;
	else
		p->at++;
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
		} else if (c == '{' && (p->extended || escaped) &&
			   isdigit(p->at[escaped + 1])) {
			p->at += escaped + 1;
			parse_bounds(p, n);
			if (p->bad)
				return;
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
		struct re_node *n = star ? make(CHAR)
					 : parse_atom(p, last == first);

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
	struct parser p = { .at = pattern,
			    .extended = flags & REG_EXTENDED,
			    .icase = flags & REG_ICASE,
			    .escapes = flags & REG_ESCAPES };

	re->flags = flags;
	re->first = parse_alternatives(&p);
	re->alternatives = p.alternatives;
	re->re_nsub = p.groups;
	if (!p.bad && !*p.at)
		return 0;
	regfree(re);
	return REG_BADPAT;
}
