/*
 * Expansion of words: tilde, parameters, command output, arithmetic, then splitting into fields and matching file names. While a field is built,
 * a backslash stands before each character that was quoted and could mean something to glob; the last step takes it away.
 */
#include "sh.h"
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The fields of a command line as they come. */
struct fields {
	char **list;
	int count, room;
	struct text now;		/* the field being built */
	int started;			/* it exists, even if it is empty ("" was written) */
	int split;			/* unquoted expansions are cut at white space */
};

static void add_field(struct fields *f, char *s)
{
	if (f->count + 2 > f->room) {
		char **bigger;

		f->room = f->room ? f->room * 2 : 16;
		bigger = arena_alloc(f->room * sizeof(char *));
		memcpy(bigger, f->list, f->count * sizeof(char *));
		f->list = bigger;
	}
	f->list[f->count++] = s;
	f->list[f->count] = NULL;
}

static void end_field(struct fields *f)
{
	if (f->started)
		add_field(f, f->now.s ? f->now.s : arena_strndup("", 0));
	f->now = (struct text){ 0 };
	f->started = 0;
}

static void put_quoted(struct fields *f, char c)
{
	if (strchr("*?[]\\!-", c))
		text_put(&f->now, '\\');
	text_put(&f->now, c);
	f->started = 1;
}

/* The value of an expansion: inside quotes as it is, outside cut into fields. */
static void put_value(struct fields *f, const char *value, int quoted)
{
	const char *ifs = get_var("IFS");

	for (; *value; value++) {
		if (quoted) {
			put_quoted(f, *value);
		} else if (f->split && strchr(ifs ? ifs : " \t\n", *value)) {
			end_field(f);
		} else {
			if (*value == '\\')
				text_put(&f->now, '\\');
			text_put(&f->now, *value);
			f->started = 1;
		}
	}
}

/* $@ and $*: within quotes $@ makes a field of each parameter. */
static void put_positional(struct fields *f, int quoted, char which)
{
	for (char **p = positional + 1; *p; p++) {
		put_value(f, *p, quoted);
		if (!p[1])
			break;
		if (quoted && which == '*')
			put_quoted(f, ' ');
		else if (quoted)
			f->started = 1, end_field(f);
		else
			end_field(f);
	}
	if (quoted && which == '@' && positional[1])
		f->started = 1;
}

static int parameter_count(void)
{
	int n = 0;

	while (positional[n + 1])
		n++;
	return n;
}

/* The value of the parameter with this name; NULL: unset. */
static const char *parameter(const char *name)
{
	static char number[16];
	int value;

	if (isdigit(name[0])) {
		value = atoi(name);
		return value == 0 ? positional[0] : value <= parameter_count() ? positional[value] : NULL;
	}
	if (name[1] || !strchr("?$!#-", name[0]))
		return get_var(name);
	if (name[0] == '-')
		return interactive ? "i" : "";
	value = name[0] == '?' ? last_status : name[0] == '$' ? shell_pid : name[0] == '!' ? last_background : parameter_count();
	snprintf(number, sizeof(number), "%d", value);
	return number;
}

/* Cut the shortest or longest match of a pattern off the start or the end of a value. */
static char *trim(const char *value, const char *pattern, int at_end, int longest)
{
	size_t length = strlen(value);
	char *copy = arena_strndup(value, length);

	for (size_t i = 0; i <= length; i++) {
		size_t n = longest ? length - i : i;		/* characters to be cut */
		char saved = copy[n];
		int match;

		if (at_end)
			match = fnmatch(pattern, copy + length - n, 0) == 0;
		else {
			copy[n] = '\0';
			match = fnmatch(pattern, copy, 0) == 0;
			copy[n] = saved;
		}
		if (match)
			return at_end ? arena_strndup(copy, length - n) : copy + n;
	}
	return copy;
}

/* ${name}, ${#name}, ${name:-word} and its relatives, ${name#pattern} and its. text is what stands between the braces. */
static void expand_braces(struct fields *f, char *text, int quoted)
{
	size_t n = text[0] == '#' && text[1] ? 1 : 0;
	char *name, *rest;
	const char *value;
	int colon, set;

	if (n) {
		char number[16];

		value = parameter(text + 1);
		snprintf(number, sizeof(number), "%u", (unsigned)(value ? strlen(value) : 0));
		put_value(f, number, quoted);
		return;
	}
	while (isalnum(text[n]) || text[n] == '_')
		n++;
	if (n == 0 && text[0])
		n = 1;
	name = arena_strndup(text, n);
	rest = text + n;
	if (strcmp(name, "@") == 0 || strcmp(name, "*") == 0) {
		put_positional(f, quoted, name[0]);
		return;
	}
	value = parameter(name);
	colon = *rest == ':';
	rest += colon;
	set = value && (!colon || *value);
	switch (*rest) {
	case '-':
		put_value(f, set ? value : expand_string(rest + 1), quoted);
		return;
	case '=':
		if (!set)
			set_var(name, value = expand_string(rest + 1));
		break;
	case '+':
		if (set)
			put_value(f, expand_string(rest + 1), quoted);
		return;
	case '?':
		if (!set) {
			fprintf(stderr, "sh: %s: %s\n", name, rest[1] ? expand_string(rest + 1) : "parameter not set");
			exit(2);
		}
		break;
	case '#':
	case '%':
		if (value) {
			int longest = rest[1] == rest[0];

			value = trim(value, expand_pattern(rest + 1 + longest), *rest == '%', longest);
		}
		break;
	}
	if (value)
		put_value(f, value, quoted);
}

/* Length of the text up to the bracket that closes what was opened before s, quotes skipped. */
static size_t nested_length(const char *s, char open, char close)
{
	int depth = 1;
	size_t n = 0;

	for (; s[n]; n++) {
		if (s[n] == '\\' && s[n + 1])
			n++;
		else if (s[n] == '\'' && open == '(')
			for (n++; s[n] && s[n] != '\''; n++)
				;
		else if (s[n] == open)
			depth++;
		else if (s[n] == close && --depth == 0)
			break;
		if (!s[n])
			break;
	}
	return n;
}

/* What begins with $ at s; how many characters behind the $ it takes. */
static size_t expand_dollar(struct fields *f, const char *s, int quoted)
{
	size_t n = 0;
	char number[16];

	if (s[0] == '(' && s[1] == '(') {
		n = nested_length(s + 2, '(', ')');
		snprintf(number, sizeof(number), "%ld", arithmetic(expand_string(arena_strndup(s + 2, n))));
		put_value(f, number, quoted);
		return n + 2 + (s[n + 2] == ')') + (s[n + 3] == ')');
	}
	if (s[0] == '(') {
		n = nested_length(s + 1, '(', ')');
		put_value(f, command_output(arena_strndup(s + 1, n)), quoted);
		return n + 2;
	}
	if (s[0] == '{') {
		n = nested_length(s + 1, '{', '}');
		expand_braces(f, arena_strndup(s + 1, n), quoted);
		return n + 2;
	}
	if (s[0] == '@' || s[0] == '*') {
		put_positional(f, quoted, s[0]);
		return 1;
	}
	if (isalpha(s[0]) || s[0] == '_')
		while (isalnum(s[n]) || s[n] == '_')
			n++;
	else if (isdigit(s[0]) || (s[0] && strchr("?$!#-", s[0])))
		n = 1;
	if (n == 0) {
		put_quoted(f, '$');
		return 0;
	}
	if (parameter(arena_strndup(s, n)))
		put_value(f, parameter(arena_strndup(s, n)), quoted);
	return n;
}

/* `command`: a backslash before ` $ or \ is taken away first. Returns how many characters behind the first ` it takes. */
static size_t expand_backquote(struct fields *f, const char *s, int quoted)
{
	struct text command = { 0 };
	size_t n = 0;

	text_puts(&command, "");
	for (; s[n] && s[n] != '`'; n++) {
		if (s[n] == '\\' && s[n + 1] && strchr("`$\\", s[n + 1]))
			n++;
		text_put(&command, s[n]);
	}
	put_value(f, command_output(command.s ? command.s : ""), quoted);
	return n + (s[n] == '`');
}

static size_t expand_double_quotes(struct fields *f, const char *s, int here)
{
	size_t n = 0;

	f->started |= !(s[0] == '$' && s[1] == '@' && s[2] == '"');	/* "$@" without parameters is nothing */
	while (s[n] && (here || s[n] != '"')) {
		if (s[n] == '\\' && s[n + 1] && strchr(here ? "$`\\" : "$`\"\\", s[n + 1])) {
			put_quoted(f, s[n + 1]);
			n += 2;
		} else if (s[n] == '\\' && s[n + 1] == '\n') {
			n += 2;
		} else if (s[n] == '$') {
			n += 1 + expand_dollar(f, s + n + 1, 1);
		} else if (s[n] == '`') {
			n += 1 + expand_backquote(f, s + n + 1, 1);
		} else {
			put_quoted(f, s[n++]);
		}
	}
	return n + (s[n] == '"');
}

static size_t expand_tilde(struct fields *f, const char *s)
{
	const char *home = get_var("HOME");

	if (s[1] && s[1] != '/')
		return 0;
	put_value(f, home ? home : "/", 1);
	return 1;
}

/* Expand a word into f, without ending its last field. */
static void expand_into(struct fields *f, const char *s)
{
	if (*s == '~')
		s += expand_tilde(f, s);
	while (*s) {
		if (*s == '\'') {
			f->started = 1;
			for (s++; *s && *s != '\''; s++)
				put_quoted(f, *s);
			s += *s == '\'';
		} else if (*s == '"') {
			s += 1 + expand_double_quotes(f, s + 1, 0);
		} else if (*s == '\\' && s[1]) {
			put_quoted(f, s[1]);
			s += 2;
		} else if (*s == '$') {
			s += 1 + expand_dollar(f, s + 1, 0);
		} else if (*s == '`') {
			s += 1 + expand_backquote(f, s + 1, 0);
		} else {
			text_put(&f->now, *s++);
			f->started = 1;
		}
	}
}

static char *unescape(char *s)
{
	char *to = s, *start = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		*to++ = *s;
	}
	*to = '\0';
	return start;
}

static int has_pattern(const char *s)
{
	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (strchr("*?[", *s))
			return 1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Match the rest of a pattern below a directory (text ends in / or is empty); matches are added to f. */
static void glob_in(struct fields *f, const char *directory, const char *pattern)
{
	size_t n = strcspn(pattern, "/");
	char *part = arena_strndup(pattern, n);
	const char *rest = pattern + n + strspn(pattern + n, "/");
	DIR *dir = opendir(*directory ? directory : ".");
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		struct text path = { 0 };

		if ((d->d_name[0] == '.' && part[0] != '.') || fnmatch(part, d->d_name, 0) != 0)
			continue;
		text_puts(&path, directory);
		text_puts(&path, d->d_name);
		if (!pattern[n]) {
			add_field(f, path.s);
			continue;
		}
		text_put(&path, '/');
		if (access(path.s, 1) != 0)
			continue;
		if (*rest)
			glob_in(f, path.s, rest);
		else
			add_field(f, path.s);
	}
	if (dir)
		closedir(dir);
}

/* Replace a field by the sorted names it matches, or by itself when there are none. */
static void glob_field(struct fields *out, char *field)
{
	int before = out->count;
	size_t slashes = strspn(field, "/");

	if (has_pattern(field))
		glob_in(out, arena_strndup(field, slashes), field + slashes);
	if (out->count == before)
		add_field(out, unescape(field));
	else
		qsort(out->list + before, out->count - before, sizeof(char *), compare);
}

char **expand_words(const struct word *words, int *count)
{
	struct fields f = { .split = 1 }, out = { 0 };

	for (; words; words = words->next) {
		expand_into(&f, words->text);
		end_field(&f);
	}
	for (int i = 0; i < f.count; i++)
		glob_field(&out, f.list[i]);
	if (!out.list)
		out.list = arena_alloc(sizeof(char *));
	*count = out.count;
	return out.list;
}

char *expand_pattern(const char *word)
{
	struct fields f = { 0 };

	expand_into(&f, word);
	return f.now.s ? f.now.s : arena_strndup("", 0);
}

char *expand_string(const char *word)
{
	return unescape(expand_pattern(word));
}

char *expand_here(const char *text)
{
	struct fields f = { 0 };

	expand_double_quotes(&f, text, 1);
	return f.now.s ? unescape(f.now.s) : "";
}
