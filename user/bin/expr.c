/*
 * expr expression
 * Evaluates an expression. Operators: | & = != < <= > >= + - * / % : and
 * brackets. Functions: match, substr, index and length.
 */
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static char **at;
/* the current part does not count: the other side of | or & */
static int skipping;

static char *or_expression(void);

/*
 * Prints a message and exits: with 2 for a bad expression, 3 for anything else.
 */
static void fail(const char *what, const char *why, int status)
{
	complain(what, why);
	exit(status);
}

/* Takes the next word if it is this one. Returns 1 if so. */
static int take(const char *word)
{
	if (!*at || strcmp(*at, word) != 0)
		return 0;
	at++;
	return 1;
}

/* Returns 1 if s is an integer, and its value. */
static int is_integer(const char *s, long long *value)
{
	char *end;

	errno = 0;
	*value = strtoll(s, &end, 10);
	if (!*s || *end || !isdigit(end[-1]) || *s == '+' || isspace(*s))
		return 0;
	if (errno == ERANGE)
		fail(s, strerror(ERANGE), 3);
	return 1;
}

/* Returns the value of an operand of arithmetic. */
static long long integer(const char *s)
{
	long long value;

	if (!is_integer(s, &value) && !skipping)
		fail(s, "not an integer", 2);
	return value;
}

/* Returns a number as a string. */
static char *text(long long value)
{
	char *s = malloc(24);

	if (!s)
		die("memory");
	sprintf(s, "%lld", value);
	return s;
}

/* Returns a part of a string. */
static char *part(const char *s, size_t n)
{
	char *copy = strndup(s, n);

	if (!copy)
		die("memory");
	return copy;
}

/* Returns 1 if s is empty or zero. */
static int is_null(const char *s)
{
	s += *s == '-' && s[1];
	return s[strspn(s, "0")] == '\0';
}

/* Returns 1 if a pattern has a group. */
static int has_group(const char *pattern)
{
	for (; *pattern; pattern++)
		if (*pattern == '\\' && *++pattern == '(')
			return 1;
	return 0;
}

/*
 * Evaluates string : pattern. Returns what the first group matched, or the
 * length of the match.
 */
static char *match(const char *s, const char *pattern)
{
	regmatch_t m[2];
	regex_t re;

	if (regcomp(&re, pattern, 0) != 0)
		fail(pattern, "bad regular expression", 2);
	if (regexec(&re, s, 2, m, 0) != 0 || m[0].rm_so != 0)
		return has_group(pattern) ? "" : "0";
	if (!has_group(pattern))
		return text(m[0].rm_eo);
	return m[1].rm_so < 0 ? ""
			      : part(s + m[1].rm_so, m[1].rm_eo - m[1].rm_so);
}

/* Evaluates substr string position length. */
static char *substr(const char *s, const char *position, const char *length)
{
	long long from, n, all = strlen(s);

	if (!is_integer(position, &from) || !is_integer(length, &n) ||
	    from < 1 || n < 1 || from > all)
		return "";
	return part(s + from - 1, n < all ? n : all);
}

/* Parses a word, an expression in brackets or one of the functions. */
static char *primary(void)
{
	char *a, *b;

	if (!*at)
		fail("expression", "an operand is missing", 2);
	if (take("(")) {
		a = or_expression();
		if (!take(")"))
			fail("(", "is not closed", 2);
		return a;
	}
	if (take("+") && *at)
		return *at++;
	if (!at[1])
		return *at++;
	if (take("length"))
		return text(strlen(primary()));
	if (take("match")) {
		a = primary();
		return match(a, primary());
	}
	if (take("index")) {
		a = primary();
		b = primary();
		return text(a[strcspn(a, b)] ? strcspn(a, b) + 1 : 0);
	}
	if (take("substr")) {
		a = primary();
		b = primary();
		return substr(a, b, primary());
	}
	return *at++;
}

/* Parses string : pattern. */
static char *match_expression(void)
{
	char *a = primary();

	while (take(":"))
		a = match(a, primary());
	return a;
}

/* Returns a result as text. Exits on overflow. */
static char *checked(long long value, int overflow)
{
	if (overflow)
		fail("result", strerror(ERANGE), 3);
	return text(value);
}

/* Computes one multiplication or division. */
static char *multiply(char op, long long a, long long b)
{
	long long product;

	if (skipping)
		return "0";
	if (op != '*' && b == 0)
		fail(op == '/' ? "/" : "%", "division by zero", 2);
	if (op == '%')
		return text(b == -1 ? 0 : a % b);
	if (op == '/')
		return checked(a / (b == -1 ? 1 : b) * (b == -1 ? -1 : 1),
			       b == -1 && a == -a && a);
	product = (unsigned long long)a * b;
	return checked(product,
		       a && (product / a != b || (a == -1 && b == -b && b)));
}

/* Parses products and quotients. */
static char *term(void)
{
	char *a = match_expression();

	while (*at && strchr("*/%", **at) && **at && !(*at)[1]) {
		char op = *(*at++);
		long long x = integer(a);

		a = multiply(op, x, integer(match_expression()));
	}
	return a;
}

/* Parses sums and differences. */
static char *sum(void)
{
	char *a = term();

	while (*at && (strcmp(*at, "+") == 0 || strcmp(*at, "-") == 0)) {
		int minus = **at++ == '-';
		long long x = integer(a), y = integer(term());
		long long z = minus ? (unsigned long long)x - y
				    : (unsigned long long)x + y;

		a = checked(z, (y < 0) != minus ? z > x : z < x);
	}
	return a;
}

/*
 * Returns the comparison that a word stands for, as the orders that satisfy it:
 * bit 0 less, 1 equal, 2 greater.
 */
static int comparison(const char *s)
{
	static const struct {
		const char *name;
		int orders;
	} operators[] = { { "=", 2 },  { "==", 2 }, { "!=", 5 }, { "<", 1 },
			  { "<=", 3 }, { ">", 4 },  { ">=", 6 } };

	for (size_t i = 0; s && i < sizeof(operators) / sizeof(operators[0]);
	     i++)
		if (strcmp(s, operators[i].name) == 0)
			return operators[i].orders;
	return 0;
}

/* Parses comparisons. They compare numbers if both sides are numbers. */
static char *compare_expression(void)
{
	char *a = sum();
	int orders;

	while ((orders = comparison(*at))) {
		long long x, y;
		char *b;
		int order;

		at++;
		b = sum();
		order = strcmp(a, b);
		if (is_integer(a, &x) && is_integer(b, &y))
			order = (x > y) - (x < y);
		a = orders >> (order > 0 ? 2 : order == 0) & 1 ? "1" : "0";
	}
	return a;
}

/* Parses &: the left side if neither is null, else 0. */
static char *and_expression(void)
{
	char *a = compare_expression(), *b;

	while (take("&")) {
		skipping += is_null(a);
		b = compare_expression();
		skipping -= is_null(a);
		if (is_null(a) || is_null(b))
			a = "0";
	}
	return a;
}

/* Parses |: the left side unless that is null, else the right one. */
static char *or_expression(void)
{
	char *a = and_expression(), *b;

	while (take("|")) {
		skipping += !is_null(a);
		b = and_expression();
		skipping -= !is_null(a);
		if (is_null(a))
			a = is_null(b) ? "0" : b;
	}
	return a;
}

int main(int argc, char **argv)
{
	char *result;

	util_start(argv);
	failure_status = 3;
	if (argc < 2)
		usage();
	at = argv + 1;
	take("--");
	result = or_expression();
	if (*at)
		fail(*at, "unexpected in an expression", 2);
	puts(result);
	return is_null(result);
}
