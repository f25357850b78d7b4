/*
 * find [-H | -L | -P] [path...] [expression]
 * Walks over trees of files and evaluates an expression for each file. -L
 * follows links, -H only those among the paths.
 * Primaries: -name -iname -path -type -size -newer -mtime -atime -ctime -mmin
 * -perm -user -group -nouser -nogroup -links -inum -empty -print -print0 -prune
 * -delete -exec ; and +, -ok, -quit -true -false -maxdepth -mindepth -depth
 * -xdev. Operators: ! -a -o and brackets.
 */
#include <ctype.h>
#include "find.h"
#include <names.h>
#include <owner.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

static char **at;
static int depth_first, one_device, has_action, min_depth,
	max_depth = 0x7FFFFFFF;
static unsigned long device;
static int follow;			/* L, H, P or 0 */

static struct expr *or_expression(void);

/* Reports a bad expression and exits. */
static void fail(const char *what, const char *why)
{
	complain(what, why);
	exit(1);
}

/* Returns a new node of the expression with its test. */
static struct expr *make(int (*test)(struct expr *, const struct file *),
			 struct expr *a, struct expr *b)
{
	struct expr *e = calloc(1, sizeof(*e));

	if (!e)
		die("memory");
	e->test = test;
	e->a = a;
	e->b = b;
	return e;
}

/* Parses a number [+-]n. *rest becomes what follows it. */
static void set_number(struct expr *e, const char *arg, char **rest, int base)
{
	const char *digits = arg + (*arg == '+' || *arg == '-' || *arg == '/');

	e->sign = *arg;
	e->number = strtol(digits, rest, base);
	if (!isdigit(*digits))
		fail(arg, "not a number");
}

/* Parses the argument of -size: n[cwbkM]. */
static void set_size(struct expr *e, const char *arg)
{
	static const char letters[] = "cwbkMG";
	static const int units[] = { 1, 2, 512, 1 << 10, 1 << 20, 1 << 30 };
	const char *unit;
	char *rest;

	set_number(e, arg, &rest, 10);
	unit = strchr(letters, *rest ? *rest : 'b');
	if (!unit || (*rest && rest[1]))
		fail(arg, "not a size");
	e->unit = units[unit - letters];
}

/* Parses the argument of -perm: [-/]mode. */
static void set_mode(struct expr *e, const char *arg)
{
	e->sign = *arg == '-' || *arg == '/' ? *arg : '=';
	e->number = change_mode(arg + (e->sign != '='), 0, 0);
	if (e->number < 0)
		fail(arg, "not a mode");
}

/* Checks the argument of -type: letters separated by commas. */
static void check_types(const char *arg)
{
	for (const char *s = arg; !*s || !strchr("bcdflps", *s) || s[1]; s += 2)
		if (!*s || !strchr("bcdflps", *s) || s[1] != ',')
			fail(arg, "not a type");
}

/* Parses the argument of -mindepth and -maxdepth. */
static int depth_number(const char *arg)
{
	if (!isdigit(*arg))
		fail(arg, "not a number");
	return number(arg);
}

/* Sets an argument, according to its letter in the table below. */
static void set_argument(struct expr *e, char kind, char *arg)
{
	struct stat st;
	char *rest = "";

	e->text = arg;
	switch (kind) {
	case 's': set_size(e, arg); return;
	case 'n': set_number(e, arg, &rest, 10); break;
	case 'm': set_number(e, arg, &rest, 10); break;
	case 'p': set_mode(e, arg); return;
	case 'y': check_types(arg); return;
	case 'u': e->number = user_id(arg); break;
	case 'g': e->number = group_id(arg); break;
	case 'd': min_depth = depth_number(arg); break;
	case 'D': max_depth = depth_number(arg); break;
	case 'f':
		if (stat(arg, &st) < 0)
			die(arg);
		e->number = st.st_mtime;
		e->unit = st.st_mtime_nsec;
		return;
	case 'i':
		e->sign = 1;
		e->text = arg = strdup(arg);
		if (!arg)
			die("memory");
		for (; *arg; arg++)
			*arg = tolower(*arg);
	}
	if (*rest)
		fail(e->text, "not a number");
	if (e->number < 0 && strchr("ug", kind))
		fail(arg, "no such name");
	e->unit = kind == 'm' ? 60 : 86400;
}

/* Parses the words of -exec or -ok, up to ; or {} +. */
static struct expr *parse_exec(int ask_first)
{
	struct expr *e = make(ask_first ? test_ok : test_exec, NULL, NULL);

	has_action = 1;
	e->words = at;
	for (; *at && strcmp(*at, ";") != 0; at++)
		if (!ask_first && strcmp(*at, "+") == 0 && at > e->words &&
		    strcmp(at[-1], "{}") == 0)
			break;
	e->word_count = at - e->words;
	if (!*at || e->word_count == 0)
		fail("-exec", "its command has no end");
	if (**at++ == '+') {
		char **words = malloc((--e->word_count + GROUP_WORDS + 1) *
				      sizeof(*words));

		if (!words)
			die("memory");
		for (int i = 0; i < e->word_count; i++)
			if (strcmp(e->words[i], "{}") == 0)
				fail("-exec", "only one {} goes with +");
		e->words =
			memcpy(words, e->words, e->word_count * sizeof(*words));
		e->test = test_exec_group;
		add_group(e);
	}
	return e;
}

/* The primaries: the kind of argument, 1 for an action, and the test. */
static const struct primary {
	const char *name;
	char argument, action;
	int (*test)(struct expr *e, const struct file *f);
} primaries[] = {
	{ "-name", 't', 0, test_name },
	{ "-iname", 'i', 0, test_name },
	{ "-path", 't', 0, test_path },
	{ "-type", 'y', 0, test_type },
	{ "-size", 's', 0, test_size },
	{ "-mtime", 'n', 0, test_modified },
	{ "-newer", 'f', 0, test_newer },
	{ "-perm", 'p', 0, test_permissions },
	{ "-user", 'u', 0, test_user },
	{ "-group", 'g', 0, test_group },
	{ "-links", 'n', 0, test_links },
	{ "-inum", 'n', 0, test_inode },
	{ "-atime", 'n', 0, test_accessed },
	{ "-ctime", 'n', 0, test_changed },
	{ "-mmin", 'm', 0, test_modified },
	{ "-nouser", 0, 0, test_no_user },
	{ "-nogroup", 0, 0, test_no_group },
	{ "-false", 0, 0, test_false },
	{ "-mount", 0, 0, test_true },
	{ "-empty", 0, 0, test_empty },
	{ "-true", 0, 0, test_true },
	{ "-print", 0, 1, test_print },
	{ "-print0", 0, 1, test_print0 },
	{ "-prune", 0, 0, test_prune },
	{ "-delete", 0, 1, test_delete },
	{ "-quit", 0, 0, test_quit },
	{ "-mindepth", 'd', 0, test_true },
	{ "-maxdepth", 'D', 0, test_true },
	{ "-depth", 0, 0, test_true },
	{ "-xdev", 0, 0, test_true },
};

/* Parses one word of the table, with its argument. */
static struct expr *parse_primary(void)
{
	char *word = *at++;
	const struct primary *p = primaries;
	struct expr *e;

	if (strcmp(word, "-exec") == 0 || strcmp(word, "-ok") == 0)
		return parse_exec(word[1] == 'o');
	while (strcmp(word, p->name) != 0)
		if (++p == primaries + sizeof(primaries) / sizeof(primaries[0]))
			fail(word, "unknown");
	e = make(p->test, NULL, NULL);
	has_action |= p->action;
	depth_first |= p->test == test_delete || strcmp(word, "-depth") == 0;
	one_device |= strcmp(word, "-xdev") == 0 || strcmp(word, "-mount") == 0;
	if (p->argument && !*at)
		fail(word, "wants an argument");
	if (p->argument)
		set_argument(e, p->argument, *at++);
	return e;
}

/* Takes the next word if it is this one. Returns 1 if so. */
static int take(const char *word)
{
	if (!*at || strcmp(*at, word) != 0)
		return 0;
	at++;
	return 1;
}

/* Parses a primary, ! before another, or an expression in brackets. */
static struct expr *not_expression(void)
{
	struct expr *e;

	if (!*at)
		fail("expression", "something is missing at its end");
	if (take("!") || take("-not"))
		return make(test_not, not_expression(), NULL);
	if (!take("("))
		return parse_primary();
	e = or_expression();
	if (!take(")"))
		fail("(", "is not closed");
	return e;
}

/* Parses adjacent expressions, with or without -a between them. */
static struct expr *and_expression(void)
{
	struct expr *e = not_expression();

	while (*at && strcmp(*at, "-o") != 0 && strcmp(*at, "-or") != 0 &&
	       strcmp(*at, ")") != 0) {
		if (!take("-a"))
			take("-and");
		e = make(test_and, e, not_expression());
	}
	return e;
}

/* Parses expressions with -o between them. */
static struct expr *or_expression(void)
{
	struct expr *e = and_expression();

	while (take("-o") || take("-or"))
		e = make(test_or, e, and_expression());
	return e;
}

/* Tests a file and everything below it. */
static void walk(struct expr *e, const char *path, int depth,
		 const struct level *above)
{
	int followed = follow == 'L' || (follow == 'H' && depth == 0);
	struct file f = { .path = path };
	struct level level;
	char **names;

	if ((!followed || stat(path, &f.st) < 0) && lstat(path, &f.st) < 0) {
		warn(path);
		return;
	}
	if (S_ISDIR(f.st.st_mode) && is_loop(above, &f.st)) {
		complain(path, "a loop of directories");
		return;
	}
	level = next_level(above, &f.st);
	if (depth == 0)
		device = f.st.st_dev;
	find_pruned = 0;
	if (!depth_first && depth >= min_depth)
		e->test(e, &f);
	names = S_ISDIR(f.st.st_mode) && !(find_pruned && !depth_first) &&
				depth < max_depth &&
				!(one_device && f.st.st_dev != device)
			? sorted_names(path)
			: NULL;
	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		walk(e, full, depth + 1, &level);
		free(full);
	}
	free_names(names);
	if (depth_first && depth >= min_depth)
		e->test(e, &f);
}

int main(int argc, char **argv)
{
	struct expr *e;
	int first, paths, option;

	util_start(argv);
	find_started = time(NULL);
	while (argv[optind] && strlen(argv[optind]) == 2 &&
	       strchr("HLP-", argv[optind][1]) &&
	       (option = getopt(argc, argv, "HLP")) != -1)
		follow = option;
	first = paths = optind;
	while (argv[paths] && argv[paths][0] != '-' &&
	       strcmp(argv[paths], "!") != 0 && strcmp(argv[paths], "(") != 0)
		paths++;
	at = argv + paths;
	e = *at ? or_expression() : make(test_true, NULL, NULL);
	if (*at)
		fail(*at, "unexpected");
	if (!has_action)
		e = make(test_and, e, make(test_print, NULL, NULL));
	if (paths == first)
		walk(e, ".", 0, NULL);
	for (int i = first; i < paths; i++)
		walk(e, argv[i], 0, NULL);
	run_groups();
	return exit_status;
}
