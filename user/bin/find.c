/*
 * find [path...] [expression]: -name -iname -path -type -size -newer -mtime -perm -user -group -links -empty -print -print0 -prune -delete
 * -exec ; and +, -quit -true -maxdepth -mindepth -depth -xdev, with ! -a -o and brackets. Links are not followed.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <names.h>
#include <owner.h>
#include <run.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

#define GROUP_WORDS 1000	/* words and bytes a command of -exec + */
#define GROUP_SIZE 32768

struct file {
	const char *path;
	struct stat st;
};

/* A node of the expression. */
struct expr {
	int (*test)(struct expr *e, const struct file *f);
	struct expr *a, *b;		/* and, or, not */
	char *text;			/* an argument, or a number with the kind of comparison in front of it */
	char sign;			/* + more than, - less than, else exactly */
	long number, unit;
	char **words;			/* -exec: the command; the files of + are collected behind it */
	int word_count, file_count, size;
};

static char **at;
static int depth_first, one_device, pruned, has_action, min_depth, max_depth = 0x7FFFFFFF;
static unsigned long device;
static time_t now;
static struct expr *groups[8];		/* each -exec + */
static int group_count;

static struct expr *or_expression(void);

/* End because of a bad expression. */
static void fail(const char *what, const char *why)
{
	complain(what, why);
	exit(1);
}

static struct expr *make(int (*test)(struct expr *, const struct file *), struct expr *a, struct expr *b)
{
	struct expr *e = calloc(1, sizeof(*e));

	if (!e)
		die("memory");
	e->test = test;
	e->a = a;
	e->b = b;
	return e;
}

static int test_and(struct expr *e, const struct file *f)
{
	return e->a->test(e->a, f) && e->b->test(e->b, f);
}

static int test_or(struct expr *e, const struct file *f)
{
	return e->a->test(e->a, f) || e->b->test(e->b, f);
}

static int test_not(struct expr *e, const struct file *f)
{
	return !e->a->test(e->a, f);
}

static int test_true(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	return 1;
}

/* The last part of a path, without slashes behind it; malloc'ed. */
static char *last_part(const char *path)
{
	size_t n = strlen(path);
	char *copy;

	while (n > 1 && path[n - 1] == '/')
		n--;
	copy = strndup(path, n);
	if (!copy)
		die(path);
	memmove(copy, base_name(copy), strlen(base_name(copy)) + 1);
	return copy;
}

static int test_name(struct expr *e, const struct file *f)
{
	char *name = last_part(f->path);
	int matches;

	for (char *s = name; e->sign && *s; s++)
		*s = tolower(*s);
	matches = fnmatch(e->text, name, 0) == 0;
	free(name);
	return matches;
}

static int test_path(struct expr *e, const struct file *f)
{
	return fnmatch(e->text, f->path, 0) == 0;
}

static int test_type(struct expr *e, const struct file *f)
{
	static const char letters[] = "?pc?d?b?f?l?s???";

	return strchr(e->text, letters[f->st.st_mode >> 12 & 15]) != NULL;
}

/* Compare with the number of the argument. */
static int compare(const struct expr *e, long value)
{
	return e->sign == '+' ? value > e->number : e->sign == '-' ? value < e->number : value == e->number;
}

static int test_size(struct expr *e, const struct file *f)
{
	return compare(e, f->st.st_size / e->unit + (f->st.st_size % e->unit != 0));
}

static int test_age(struct expr *e, const struct file *f)
{
	return compare(e, (long)(now - f->st.st_mtime) / e->unit);
}

static int test_links(struct expr *e, const struct file *f)
{
	return compare(e, f->st.st_nlink);
}

static int test_newer(struct expr *e, const struct file *f)
{
	return (long)f->st.st_mtime > e->number || ((long)f->st.st_mtime == e->number && (long)f->st.st_mtime_nsec > e->unit);
}

static int test_permissions(struct expr *e, const struct file *f)
{
	long mode = f->st.st_mode & 07777;

	return e->sign == '-' ? (mode & e->number) == e->number : e->sign == '/' ? !e->number || mode & e->number : mode == e->number;
}

static int test_user(struct expr *e, const struct file *f)
{
	return f->st.st_uid == e->number;
}

static int test_group(struct expr *e, const struct file *f)
{
	return f->st.st_gid == e->number;
}

static int test_empty(struct expr *e, const struct file *f)
{
	char **names;
	int empty;

	(void)e;
	if (!S_ISDIR(f->st.st_mode))
		return S_ISREG(f->st.st_mode) && f->st.st_size == 0;
	names = sorted_names(f->path);
	empty = names && !names[0];
	free_names(names);
	return empty;
}

static int test_print(struct expr *e, const struct file *f)
{
	(void)e;
	return puts(f->path) >= 0;
}

static int test_print0(struct expr *e, const struct file *f)
{
	(void)e;
	fputs(f->path, stdout);
	putchar('\0');
	return 1;
}

static int test_prune(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	pruned = 1;
	return 1;
}

static int test_delete(struct expr *e, const struct file *f)
{
	(void)e;
	if (strcmp(f->path, ".") == 0 || (S_ISDIR(f->st.st_mode) ? rmdir : unlink)(f->path) == 0)
		return 1;
	warn(f->path);
	return 0;
}

static int test_quit(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	exit(exit_status);
}

/* A word of -exec with the path in the place of each {}; malloc'ed. */
static char *with_path(const char *word, const char *path)
{
	size_t room = strlen(word) + 1, n = 0;
	char *result;

	for (const char *p = word; (p = strstr(p, "{}")); p += 2)
		room += strlen(path);
	result = malloc(room);
	if (!result)
		die(path);
	while (*word)
		if (strncmp(word, "{}", 2) == 0) {
			strcpy(result + n, path);
			n += strlen(path);
			word += 2;
		} else {
			result[n++] = *word++;
		}
	result[n] = '\0';
	return result;
}

/* -exec ... ; */
static int test_exec(struct expr *e, const struct file *f)
{
	char *command[e->word_count + 1];
	int status;

	for (int i = 0; i < e->word_count; i++)
		command[i] = with_path(e->words[i], f->path);
	command[e->word_count] = NULL;
	status = run_program(command, NULL);
	if (status < 0)
		warn(command[0]);
	for (int i = 0; i < e->word_count; i++)
		free(command[i]);
	return status == 0;
}

/* Run the command of an -exec + with the files collected so far. */
static void run_group(struct expr *e)
{
	if (!e->file_count)
		return;
	e->words[e->word_count + e->file_count] = NULL;
	if (run_program(e->words, NULL) != 0)
		exit_status = 1;
	while (e->file_count > 0)
		free(e->words[e->word_count + --e->file_count]);
	e->size = 0;
}

/* -exec ... {} + */
static int test_exec_group(struct expr *e, const struct file *f)
{
	e->size += strlen(f->path) + 1;
	if (e->file_count == GROUP_WORDS || e->size > GROUP_SIZE)
		run_group(e);
	e->words[e->word_count + e->file_count] = strdup(f->path);
	if (!e->words[e->word_count + e->file_count++])
		die(f->path);
	return 1;
}

/* The number in an argument: [+-]n. What follows it in *rest. */
static void set_number(struct expr *e, const char *arg, char **rest, int base)
{
	const char *digits = arg + (*arg == '+' || *arg == '-' || *arg == '/');

	e->sign = *arg;
	e->number = strtol(digits, rest, base);
	if (!isdigit(*digits))
		fail(arg, "not a number");
}

/* -size n[cwbkM] */
static void set_size(struct expr *e, const char *arg)
{
	static const char letters[] = "cwbkM";
	static const int units[] = { 1, 2, 512, 1024, 1024 * 1024 };
	const char *unit;
	char *rest;

	set_number(e, arg, &rest, 10);
	unit = strchr(letters, *rest ? *rest : 'b');
	if (!unit || (*rest && rest[1]))
		fail(arg, "not a size");
	e->unit = units[unit - letters];
}

/* What an argument means, for each letter of the table below. */
static void set_argument(struct expr *e, char kind, char *arg)
{
	struct stat st;
	char *rest = "";

	e->text = arg;
	switch (kind) {
	case 's': set_size(e, arg); return;
	case 'n': set_number(e, arg, &rest, 10); break;
	case 'p': set_number(e, arg, &rest, 8); break;
	case 'u': e->number = user_id(arg); break;
	case 'g': e->number = group_id(arg); break;
	case 'd': min_depth = number(arg); break;
	case 'D': max_depth = number(arg); break;
	case 'f':
		if (stat(arg, &st) < 0)
			die(arg);
		e->number = st.st_mtime;
		e->unit = st.st_mtime_nsec;
		return;
	case 'i':
		e->sign = 1;
		for (e->text = arg = strdup(arg); arg && *arg; arg++)
			*arg = tolower(*arg);
	}
	if (*rest)
		fail(e->text, "not a number");
	if (e->number < 0 && strchr("ug", kind))
		fail(arg, "no such name");
	e->unit = 86400;
}

/* -exec: its words up to ; or {} + */
static struct expr *parse_exec(void)
{
	struct expr *e = make(test_exec, NULL, NULL);

	has_action = 1;
	e->words = at;
	for (; *at && strcmp(*at, ";") != 0; at++)
		if (strcmp(*at, "+") == 0 && at > e->words && strcmp(at[-1], "{}") == 0)
			break;
	e->word_count = at - e->words;
	if (!*at || e->word_count == 0)
		fail("-exec", "its command has no end");
	if (**at++ == '+') {
		char **words = malloc((--e->word_count + GROUP_WORDS + 1) * sizeof(*words));

		if (!words || group_count == 8)
			fail("-exec", "too many");
		e->words = memcpy(words, e->words, e->word_count * sizeof(*words));
		e->test = test_exec_group;
		groups[group_count++] = e;
	}
	return e;
}

/* The primaries: what kind of argument each takes, whether it is an action, and what it tests. */
static const struct primary {
	const char *name;
	char argument, action;
	int (*test)(struct expr *e, const struct file *f);
} primaries[] = {
	{ "-name", 't', 0, test_name }, { "-iname", 'i', 0, test_name }, { "-path", 't', 0, test_path }, { "-type", 't', 0, test_type },
	{ "-size", 's', 0, test_size }, { "-mtime", 'n', 0, test_age }, { "-newer", 'f', 0, test_newer },
	{ "-perm", 'p', 0, test_permissions }, { "-user", 'u', 0, test_user }, { "-group", 'g', 0, test_group },
	{ "-links", 'n', 0, test_links }, { "-empty", 0, 0, test_empty }, { "-true", 0, 0, test_true },
	{ "-print", 0, 1, test_print }, { "-print0", 0, 1, test_print0 }, { "-prune", 0, 0, test_prune },
	{ "-delete", 0, 1, test_delete }, { "-quit", 0, 0, test_quit }, { "-mindepth", 'd', 0, test_true },
	{ "-maxdepth", 'D', 0, test_true }, { "-depth", 0, 0, test_true }, { "-xdev", 0, 0, test_true },
};

static struct expr *parse_primary(void)
{
	char *word = *at++;
	const struct primary *p = primaries;
	struct expr *e;

	if (strcmp(word, "-exec") == 0)
		return parse_exec();
	while (strcmp(word, p->name) != 0)
		if (++p == primaries + sizeof(primaries) / sizeof(primaries[0]))
			fail(word, "unknown");
	e = make(p->test, NULL, NULL);
	has_action |= p->action;
	depth_first |= p->test == test_delete || strcmp(word, "-depth") == 0;
	one_device |= strcmp(word, "-xdev") == 0;
	if (p->argument && !*at)
		fail(word, "wants an argument");
	if (p->argument)
		set_argument(e, p->argument, *at++);
	return e;
}

/* Whether the next word is this one; if so it is taken. */
static int take(const char *word)
{
	if (!*at || strcmp(*at, word) != 0)
		return 0;
	at++;
	return 1;
}

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

static struct expr *and_expression(void)
{
	struct expr *e = not_expression();

	while (*at && strcmp(*at, "-o") != 0 && strcmp(*at, ")") != 0) {
		take("-a");
		e = make(test_and, e, not_expression());
	}
	return e;
}

static struct expr *or_expression(void)
{
	struct expr *e = and_expression();

	while (take("-o"))
		e = make(test_or, e, and_expression());
	return e;
}

/* Test a file and everything below it. */
static void walk(struct expr *e, const char *path, int depth)
{
	struct file f = { .path = path };
	char **names;

	if (lstat(path, &f.st) < 0) {
		warn(path);
		return;
	}
	if (depth == 0)
		device = f.st.st_dev;
	pruned = 0;
	if (!depth_first && depth >= min_depth)
		e->test(e, &f);
	names = S_ISDIR(f.st.st_mode) && !(pruned && !depth_first) && depth < max_depth && !(one_device && f.st.st_dev != device) ?
		sorted_names(path) : NULL;
	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		walk(e, full, depth + 1);
		free(full);
	}
	free_names(names);
	if (depth_first && depth >= min_depth)
		e->test(e, &f);
}

int main(int argc, char **argv)
{
	struct expr *e;
	int paths = 1;

	(void)argc;
	util_init(argv[0]);
	now = time(NULL);
	while (argv[paths] && argv[paths][0] != '-' && strcmp(argv[paths], "!") != 0 && strcmp(argv[paths], "(") != 0)
		paths++;
	at = argv + paths;
	e = *at ? or_expression() : make(test_true, NULL, NULL);
	if (*at)
		fail(*at, "unexpected");
	if (!has_action)
		e = make(test_and, e, make(test_print, NULL, NULL));
	if (paths == 1)
		walk(e, ".", 0);
	for (int i = 1; i < paths; i++)
		walk(e, argv[i], 0);
	for (int i = 0; i < group_count; i++)
		run_group(groups[i]);
	return exit_status;
}
