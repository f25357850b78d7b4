/* $((...)): C's integer operators by precedence climbing. Names are variables; unset ones are 0. */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *at;

static const struct {
	const char *text;
	int level;
} operators[] = {
	{ "||", 1 }, { "&&", 2 }, { "==", 6 }, { "!=", 6 }, { "<=", 7 }, { ">=", 7 }, { "<<", 8 }, { ">>", 8 }, { "|", 3 }, { "^", 4 },
	{ "&", 5 }, { "<", 7 }, { ">", 7 }, { "+", 9 }, { "-", 9 }, { "*", 10 }, { "/", 10 }, { "%", 10 },
};

static long expression(int level);

static void bad(void)
{
	fprintf(stderr, "sh: arithmetic: syntax error at \"%s\"\n", at);
	exit(2);
}

static void skip(void)
{
	while (isspace(*at))
		at++;
}

static long primary(void)
{
	long value;

	skip();
	if (*at == '(') {
		at++;
		value = expression(1);
		skip();
		if (*at++ != ')')
			bad();
		return value;
	}
	if (*at == '-' || *at == '+' || *at == '!' || *at == '~') {
		char c = *at++;

		value = primary();
		return c == '-' ? -value : c == '!' ? !value : c == '~' ? ~value : value;
	}
	if (isalpha(*at) || *at == '_') {
		size_t n = 0;
		const char *text;

		while (isalnum(at[n]) || at[n] == '_')
			n++;
		text = get_var(arena_strndup(at, n));
		at += n;
		return text ? strtol(text, NULL, 0) : 0;
	}
	if (!isdigit(*at))
		bad();
	return strtol(at, (char **)&at, 0);
}

static long apply(const char *op, long a, long b)
{
	if ((*op == '/' || *op == '%') && b == 0) {
		fputs("sh: arithmetic: division by zero\n", stderr);
		exit(2);
	}
	switch (op[0] << 8 | op[1]) {
	case '|' << 8 | '|': return a || b;
	case '&' << 8 | '&': return a && b;
	case '=' << 8 | '=': return a == b;
	case '!' << 8 | '=': return a != b;
	case '<' << 8 | '=': return a <= b;
	case '>' << 8 | '=': return a >= b;
	case '<' << 8 | '<': return a << b;
	case '>' << 8 | '>': return a >> b;
	case '|' << 8: return a | b;
	case '^' << 8: return a ^ b;
	case '&' << 8: return a & b;
	case '<' << 8: return a < b;
	case '>' << 8: return a > b;
	case '+' << 8: return a + b;
	case '-' << 8: return a - b;
	case '*' << 8: return a * b;
	case '/' << 8: return a / b;
	default: return a % b;
	}
}

static long expression(int level)
{
	long value = primary();

	for (;;) {
		size_t i, n = sizeof(operators) / sizeof(operators[0]);

		skip();
		for (i = 0; i < n; i++)
			if (strncmp(at, operators[i].text, strlen(operators[i].text)) == 0)
				break;
		if (i == n || operators[i].level < level)
			return value;
		at += strlen(operators[i].text);
		value = apply(operators[i].text, value, expression(operators[i].level + 1));
	}
}

long arithmetic(const char *text)
{
	long value;

	at = text;
	skip();
	if (!*at)
		return 0;
	value = expression(1);
	skip();
	if (*at)
		bad();
	return value;
}
