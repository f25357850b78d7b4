/*
 * The expressions of test and [, for the program and for the shell's own. Up to
 * four arguments follow POSIX's rules by their number. Beyond them there are
 * -a, -o and brackets.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <test_expression.h>
#include <unistd.h>

static char **at, **end;
static jmp_buf bad_expression;

static int or_expression(void);

/* Complains, and ends the evaluation. */
static void bad(const char *what, const char *why)
{
	fprintf(stderr, "test: %s: %s\n", what, why);
	longjmp(bad_expression, 1);
}

/* Parses a decimal number. Anything else ends the test. */
static long long integer(const char *s)
{
	char *rest;
	long long value = strtoll(s, &rest, 10);

	if (rest == s || rest[strspn(rest, " \t\n")])
		bad(s, "not a number");
	return value;
}

static int is_unary(const char *s)
{
	return s[0] == '-' && s[1] && !s[2] &&
	       strchr("bcdefghknprstuwxzLOGS", s[1]);
}

/* Tests a file's kind and mode. */
static int file_test(char op, const char *path)
{
	struct stat st;

	if ((op == 'L' || op == 'h' ? lstat(path, &st) : stat(path, &st)) < 0)
		return 0;
	switch (op) {
	case 'f': return S_ISREG(st.st_mode);
	case 'd': return S_ISDIR(st.st_mode);
	case 'c': return S_ISCHR(st.st_mode);
	case 'b': return S_ISBLK(st.st_mode);
	case 'p': return S_ISFIFO(st.st_mode);
	case 'L':
	case 'h': return S_ISLNK(st.st_mode);
	case 's': return st.st_size > 0;
	case 'u': return (st.st_mode & S_ISUID) != 0;
	case 'g': return (st.st_mode & S_ISGID) != 0;
	case 'k': return (st.st_mode & S_ISVTX) != 0;
	case 'O': return st.st_uid == geteuid();
	case 'G': return st.st_gid == getegid();
	case 'S': return 0;
	default: return 1;
	}
}

/* Tests an operator and its operand. */
static int unary(char op, const char *s)
{
	switch (op) {
	case 'n': return *s != '\0';
	case 'z': return *s == '\0';
	case 't': return isatty(integer(s));
	case 'r': return access(s, R_OK) == 0;
	case 'w': return access(s, W_OK) == 0;
	case 'x': return access(s, X_OK) == 0;
	default: return file_test(op, s);
	}
}

static int newer(const char *a, const char *b)
{
	struct stat x, y;

	if (stat(a, &x) < 0)
		return 0;
	if (stat(b, &y) < 0)
		return 1;
	return x.st_mtime > y.st_mtime || (x.st_mtime == y.st_mtime &&
					   x.st_mtime_nsec > y.st_mtime_nsec);
}

static int same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_ino == y.st_ino &&
	       x.st_dev == y.st_dev;
}

static const char *const binaries[] = { "=",   "==",  "!=",  "<",   ">",
					"-nt", "-ot", "-ef", "-eq", "-ne",
					"-lt", "-le", "-gt", "-ge" };

static int is_binary(const char *s)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
		if (strcmp(s, binaries[i]) == 0)
			return i + 1;
	return 0;
}

/* Tests two operands and the operator between. */
static int binary(const char *a, const char *op, const char *b)
{
	long long x, y;
	int which = is_binary(op);

	switch (which) {
	case 1:
	case 2: return strcmp(a, b) == 0;
	case 3: return strcmp(a, b) != 0;
	case 4: return strcmp(a, b) < 0;
	case 5: return strcmp(a, b) > 0;
	case 6: return newer(a, b);
	case 7: return newer(b, a);
	case 8: return same_file(a, b);
	}
	x = integer(a);
	y = integer(b);
	switch (which) {
	case 9: return x == y;
	case 10: return x != y;
	case 11: return x < y;
	case 12: return x <= y;
	case 13: return x > y;
	default: return x >= y;
	}
}

/*
 * Parses a op b; -op a; ( expression ); a. An ambiguous word is taken as a
 * binary operator's operand.
 */
static int primary(void)
{
	char *s = *at;
	int value;

	if (at >= end)
		bad("end", "argument expected");
	if (end - at >= 3 && is_binary(at[1])) {
		at += 3;
		return binary(s, at[-2], at[-1]);
	}
	at++;
	if (strcmp(s, "!") == 0 && at < end)
		return !primary();
	if (strcmp(s, "(") == 0 && at < end) {
		value = or_expression();
		if (at >= end || strcmp(*at, ")") != 0)
			bad("(", "closing bracket expected");
		at++;
		return value;
	}
	if (is_unary(s) && at < end)
		return unary(s[1], *at++);
	return *s != '\0';
}

/* Parses primary [-a primary].... */
static int and_expression(void)
{
	int value = primary();

	while (at < end && strcmp(*at, "-a") == 0) {
		at++;
		value &= primary();
	}
	return value;
}

/* Parses and [-o and].... */
static int or_expression(void)
{
	int value = and_expression();

	while (at < end && strcmp(*at, "-o") == 0) {
		at++;
		value |= and_expression();
	}
	return value;
}

/*
 * Applies the rules for up to four arguments. Returns -1 if they do not decide.
 */
static int by_count(char **a, int count)
{
	int inner;

	if (count == 0)
		return 0;
	if (count == 1)
		return *a[0] != '\0';
	if (count == 3 && is_binary(a[1]))
		return binary(a[0], a[1], a[2]);
	if (count == 3 && strcmp(a[1], "-a") == 0)
		return *a[0] && *a[2];
	if (count == 3 && strcmp(a[1], "-o") == 0)
		return *a[0] || *a[2];
	if (count <= 4 && strcmp(a[0], "!") == 0) {
		inner = by_count(a + 1, count - 1);
		return inner < 0 ? inner : !inner;
	}
	if (count == 2 && is_unary(a[0]))
		return unary(a[0][1], a[1]);
	if ((count == 3 || count == 4) && strcmp(a[0], "(") == 0 &&
	    strcmp(a[count - 1], ")") == 0)
		return by_count(a + 1, count - 2);
	return -1;
}

int test_expression(int argc, char **argv)
{
	int value;

	at = argv + 1;
	end = argv + argc;
	if (setjmp(bad_expression))
		return 2;
	if (strcmp(argv[0], "[") == 0 && strcmp(*--end, "]") != 0)
		bad("[", "missing ]");
	value = by_count(at, end - at);
	if (value >= 0)
		return !value;
	value = or_expression();
	if (at < end)
		bad(*at, "unexpected operator");
	return !value;
}
