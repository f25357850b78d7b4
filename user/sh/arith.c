/*
 * $((...)): C's integer operators with ?: and the assignments, by precedence
 * climbing. Names are variables; unset ones are 0.
 */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *at;
/* in the branch that && || ?: skip: no assignment, no division */
static int skipping;

/*
 * Longer operators come first. Level 0 is no operator here, but prevents the
 * match of a shorter one.
 */
static const struct {
	const char *text;
	int level;
} operators[] = {
	{ "<<=", 0 }, { ">>=", 0 }, { "||", 1 }, { "&&", 2 }, { "==", 6 },
	{ "!=", 6 },  { "<=", 7 },  { ">=", 7 }, { "<<", 8 }, { ">>", 8 },
	{ "|=", 0 },  { "^=", 0 },  { "&=", 0 }, { "+=", 0 }, { "-=", 0 },
	{ "*=", 0 },  { "/=", 0 },  { "%=", 0 }, { "|", 3 },  { "^", 4 },
	{ "&", 5 },   { "<", 7 },   { ">", 7 },  { "+", 9 },  { "-", 9 },
	{ "*", 10 },  { "/", 10 },  { "%", 10 },
};
#define OPERATORS (int)(sizeof(operators) / sizeof(operators[0]))

static long long conditional(void);
static long long assignment(void);

static void bad(void)
{
	fail("arithmetic: syntax error at \"%s\"", at);
}

static void skip(void)
{
	while (isspace(*at))
		at++;
}

/* Parses a constant: decimal, 0 octal, 0x hexadecimal. */
static long long number(void)
{
	char *end;
	long long value = strtoll(at, &end, 0);

	if (end == at || isalnum(*end) || *end == '_')
		bad();
	at = end;
	return value;
}

/*
 * Returns a variable's value, which must be a number. Unset or empty it counts
 * as 0.
 */
static long long variable(const char *name)
{
	const char *text = get_var(name);
	char *end;
	long long value;

	if (!text || !text[strspn(text, " \t\n")])
		return 0;
	value = strtoll(text, &end, 0);
	if (end[strspn(end, " \t\n")])
		fail("arithmetic: %s is no number: \"%s\"", name, text);
	return value;
}

/* Parses a name. */
static char *name(void)
{
	size_t n = 0;
	char *s;

	while (isalnum(at[n]) || at[n] == '_')
		n++;
	s = arena_strndup(at, n);
	at += n;
	return s;
}

/*
 * Parses a bracket, a sign or negation with its operand, a variable or a
 * constant.
 */
static long long primary(void)
{
	long long value;
	char c;

	skip();
	c = *at;
	if (c == '(') {
		at++;
		value = assignment();
		skip();
		if (*at != ')')
			bad();
		at++;
		return value;
	}
	if (c == '-' || c == '+' || c == '!' || c == '~') {
		at++;
		value = primary();
		switch (c) {
		case '-': return -value;
		case '!': return !value;
		case '~': return ~value;
		default: return value;
		}
	}
	if (isalpha(c) || c == '_')
		return variable(name());
	return number();
}

static long long divide(char op, long long a, long long b)
{
	if (b == 0 && !skipping)
		fail("arithmetic: division by zero");
	if (b == 0 || b == -1)
		return op == '/' ? -a : 0;
	return op == '/' ? a / b : a % b;
}

/*
 * Returns the result of a binary operator. op may be followed by an =, which is
 * ignored.
 */
static long long apply(const char *op, long long a, long long b)
{
	switch (op[0] << 8 | (op[1] == '=' && op[0] != '=' && op[0] != '!' &&
					      op[0] != '<' && op[0] != '>'
				      ? 0
				      : op[1])) {
	case '|' << 8 | '|': return a || b;
	case '&' << 8 | '&': return a && b;
	case '=' << 8 | '=': return a == b;
	case '!' << 8 | '=': return a != b;
	case '<' << 8 | '=': return a <= b;
	case '>' << 8 | '=': return a >= b;
	case '<' << 8 | '<': return a << (b & 63);
	case '>' << 8 | '>': return a >> (b & 63);
	case '|' << 8: return a | b;
	case '^' << 8: return a ^ b;
	case '&' << 8: return a & b;
	case '<' << 8: return a < b;
	case '>' << 8: return a > b;
	case '+' << 8: return a + b;
	case '-' << 8: return a - b;
	case '*' << 8: return a * b;
	default: return divide(op[0], a, b);
	}
}

/* Returns the operator that comes next, or -1 if there is none. */
static int next_operator(void)
{
	skip();
	for (int i = 0; i < OPERATORS; i++)
		if (strncmp(at, operators[i].text, strlen(operators[i].text)) ==
		    0)
			return i;
	return -1;
}

/* Parses binary operators of at least this level, by precedence climbing. */
static long long expression(int level)
{
	long long value = primary(), right;

	for (;;) {
		int i = next_operator(), idle;

		if (i < 0 || operators[i].level == 0 ||
		    operators[i].level < level)
			return value;
		at += strlen(operators[i].text);
		idle = (operators[i].level == 1 && value) ||
		       (operators[i].level == 2 && !value);
		skipping += idle;
		right = expression(operators[i].level + 1);
		skipping -= idle;
		value = apply(operators[i].text, value, right);
	}
}

/*
 * Parses a ? b : c, which binds to the right. The branch not taken is parsed
 * but has no effect.
 */
static long long conditional(void)
{
	long long condition = expression(1), yes, no;

	skip();
	if (*at != '?')
		return condition;
	at++;
	skipping += !condition;
	yes = assignment();
	skipping -= !condition;
	skip();
	if (*at != ':')
		bad();
	at++;
	skipping += !!condition;
	no = conditional();
	skipping -= !!condition;
	return condition ? yes : no;
}

/* Returns the length of an assignment operator at s, or 0 if there is none. */
static size_t assignment_operator(const char *s)
{
	if (s[0] == '=' && s[1] != '=')
		return 1;
	if (s[0] && strchr("+-*/%&|^", s[0]) && s[1] == '=')
		return 2;
	return (s[0] == '<' || s[0] == '>') && s[1] == s[0] && s[2] == '=' ? 3
									   : 0;
}

/*
 * Parses name = value, name += value and so on, or anything that binds closer.
 */
static long long assignment(void)
{
	const char *start, *op;
	long long value;
	char *to, text[24];
	size_t n;

	skip();
	start = at;
	if (!isalpha(*at) && *at != '_')
		return conditional();
	to = name();
	skip();
	op = at;
	n = assignment_operator(op);
	if (n == 0) {
		at = start;
		return conditional();
	}
	at += n;
	value = assignment();
	if (n > 1)
		value = apply(op, skipping ? 0 : variable(to), value);
	snprintf(text, sizeof(text), "%lld", value);
	if (!skipping)
		set_var(to, text);
	return value;
}

/*
 * Returns the value of an expression whose substitutions are done. An error
 * ends the command.
 */
long long arithmetic(const char *text)
{
	long long value;

	at = text;
	skipping = 0;
	skip();
	if (!*at)
		return 0;
	value = assignment();
	skip();
	if (*at)
		bad();
	return value;
}
