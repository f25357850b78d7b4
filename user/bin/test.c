/*
 * test expression, [ expression ]
 * Evaluates POSIX's operators, with ! -a -o and brackets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static char **at;

static int or_expression(void);

static void bad(const char *what)
{
	complain(what, "unexpected in an expression");
	exit(2);
}

static long long integer(const char *s)
{
	char *end;
	long long value = strtoll(s, &end, 10);
	int any = end > s;

	end += strspn(end, " \t\n");
	if (!any || *end) {
		complain(s, "not a number");
		exit(2);
	}
	return value;
}

static int unary(char op, const char *arg)
{
	struct stat st;

	switch (op) {
	case 'n': return *arg != '\0';
	case 'z': return *arg == '\0';
	case 't': return isatty(integer(arg));
	case 'r': return access(arg, R_OK) == 0;
	case 'w': return access(arg, W_OK) == 0;
	case 'x': return access(arg, X_OK) == 0;
	}
	if ((op == 'L' || op == 'h' ? lstat : stat)(arg, &st) < 0)
		return 0;
	switch (op) {
	case 'e': return 1;
	case 'f': return S_ISREG(st.st_mode);
	case 'd': return S_ISDIR(st.st_mode);
	case 'c': return S_ISCHR(st.st_mode);
	case 'b': return S_ISBLK(st.st_mode);
	case 'p': return S_ISFIFO(st.st_mode);
	case 'S': return (st.st_mode & S_IFMT) == S_IFSOCK;
	case 'L':
	case 'h': return S_ISLNK(st.st_mode);
	case 's': return st.st_size > 0;
	case 'u': return (st.st_mode & S_ISUID) != 0;
	case 'g': return (st.st_mode & S_ISGID) != 0;
	case 'k': return (st.st_mode & S_ISVTX) != 0;
	case 'O': return st.st_uid == geteuid();
	case 'G': return st.st_gid == getegid();
	}
	bad((char[]){ '-', op, 0 });
	return 0;
}

static int newer(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && (stat(b, &y) < 0 || x.st_mtime > y.st_mtime);
}

/* Returns 1 if two names are of the same file. */
static int same(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/*
 * Returns 1 if s is an operator between two operands, and its result in *value.
 */
static int binary(const char *a, const char *op, const char *b, int *value)
{
	static const char *const compare[] = { "-eq", "-ne", "-lt",
					       "-le", "-gt", "-ge" };

	if (strcmp(op, "=") == 0 || strcmp(op, "==") == 0)
		return *value = strcmp(a, b) == 0, 1;
	if (strcmp(op, "!=") == 0)
		return *value = strcmp(a, b) != 0, 1;
	if (strcmp(op, "-nt") == 0)
		return *value = newer(a, b), 1;
	if (strcmp(op, "-ot") == 0)
		return *value = newer(b, a), 1;
	if (strcmp(op, "-ef") == 0)
		return *value = same(a, b), 1;
	if (strcmp(op, "<") == 0)
		return *value = strcmp(a, b) < 0, 1;
	if (strcmp(op, ">") == 0)
		return *value = strcmp(a, b) > 0, 1;
	for (int i = 0; i < 6; i++)
		if (strcmp(op, compare[i]) == 0) {
			long long x = integer(a), y = integer(b);
			const int results[] = { x == y, x != y,
						x<y, x <= y, x> y, x >= y };

			return *value = results[i], 1;
		}
	return 0;
}

static int primary(void)
{
	char *s = *at;
	int value;

	if (!s)
		bad("end");
	if (at[1] && at[2] && binary(s, at[1], at[2], &value)) {
		at += 3;
		return value;
	}
	at++;
	if (strcmp(s, "!") == 0 && *at)
		return !primary();
	if (strcmp(s, "(") == 0 && *at) {
		value = or_expression();
		if (!*at || strcmp(*at, ")") != 0)
			bad("(");
		at++;
		return value;
	}
	if (s[0] == '-' && s[1] && !s[2] && *at)
		return unary(s[1], *at++);
	return *s != '\0';
}

static int and_expression(void)
{
	int value = primary();

	while (*at && strcmp(*at, "-a") == 0) {
		at++;
		value &= primary();
	}
	return value;
}

static int or_expression(void)
{
	int value = and_expression();

	while (*at && strcmp(*at, "-o") == 0) {
		at++;
		value |= and_expression();
	}
	return value;
}

int main(int argc, char **argv)
{
	int value;

	util_init(argv[0]);
	if (strcmp(program_name, "[") == 0) {
		if (strcmp(argv[argc - 1], "]") != 0)
			bad("missing ]");
		argv[--argc] = NULL;
	}
	/* access() uses the real ids, test needs the effective ones */
	syscall(__NR_setregid32, getegid(), -1);
	syscall(__NR_setreuid32, geteuid(), -1);
	at = argv + 1;
	if (!*at)
		return 1;
	value = or_expression();
	if (*at)
		bad(*at);
	return !value;
}
