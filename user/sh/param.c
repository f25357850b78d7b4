/* Parameters and the expansions of ${...}. */
#include "expand.h"
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parameter_count(void)
{
	int n = 0;

	while (positional[n + 1])
		n++;
	return n;
}

/*
 * Returns what separates the parameters when they become one string: the first
 * character of IFS.
 */
static const char *star_separator(void)
{
	const char *ifs = get_var("IFS");

	return ifs ? arena_strndup(ifs, *ifs != '\0') : " ";
}

/*
 * Expands $@ and $*. Within quotes $@ makes a field of each parameter, and $*
 * one of all. Where nothing is split both make one.
 */
void put_positional(struct fields *f, int quoted, char which)
{
	const char *separator = star_separator();

	if (quoted && which == '@' && !positional[1])
		f->empty_at = 1;
	for (char **p = positional + 1; *p; p++) {
		put_value(f, *p, quoted);
		if (!p[1]) {
			f->started |= quoted;
			break;
		}
		if (!f->split || (quoted && which == '*')) {
			put_value(f, separator, 1);
		} else {
			f->started |= quoted;
			end_field(f);
		}
	}
}

/* Returns the value of the parameter with this name, or NULL if it is unset. */
const char *parameter(const char *name)
{
	static char number[16];
	int value;

	if (isdigit(name[0])) {
		value = atoi(name);
		return value <= parameter_count() ? positional[value] : NULL;
	}
	if (name[1] || !strchr("?$!#-", name[0]))
		return get_var(name);
	if (name[0] == '-')
		return option_letters();
	if (name[0] == '!' && !last_background)
		return NULL;
	switch (name[0]) {
	case '?': value = last_status; break;
	case '$': value = shell_pid; break;
	case '!': value = last_background; break;
	default: value = parameter_count();
	}
	snprintf(number, sizeof(number), "%d", value);
	return number;
}

void unset_error(const char *name, const char *message)
{
	fail("%s: %s", name, message ? message : "parameter not set");
}

/*
 * Cuts the shortest or longest match of a pattern off the start or the end of a
 * value.
 */
static const char *trim(const char *value, const char *pattern, int at_end,
			int longest)
{
	size_t length = strlen(value);
	char *copy = arena_strndup(value, length);

	for (size_t i = 0; i <= length; i++) {
		size_t n = longest ? length - i : i; /* characters to cut */
		char saved = copy[n];
		int match;

		if (at_end) {
			match = fnmatch(pattern, copy + length - n, 0) == 0;
		} else {
			copy[n] = '\0';
			match = fnmatch(pattern, copy, 0) == 0;
			copy[n] = saved;
		}
		if (match)
			return at_end ? arena_strndup(copy, length - n)
				      : copy + n;
	}
	return copy;
}

/*
 * Returns the length of the parameter's name at s. It may be a number or one
 * special character.
 */
static size_t name_length(const char *s)
{
	size_t n = 0;

	if (isdigit(s[0]))
		return strspn(s, "0123456789");
	while (isalnum(s[n]) || s[n] == '_')
		n++;
	if (n)
		return n;
	return s[0] && strchr("?$!#-@*", s[0]) ? 1 : 0;
}

/* Expands ${#name}. */
static void put_length(struct fields *f, const char *name, int quoted)
{
	const char *value = strcmp(name, "@") == 0 || strcmp(name, "*") == 0
				    ? NULL
				    : parameter(name);
	char number[16];

	if (!value && (name[0] == '@' || name[0] == '*'))
		value = NULL,
		snprintf(number, sizeof(number), "%d", parameter_count());
	else if (!value && option['u'])
		unset_error(name, NULL);
	else
		snprintf(number, sizeof(number), "%u",
			 (unsigned)(value ? strlen(value) : 0));
	put_value(f, number, quoted);
}

/* Returns the word behind the operator, as one string. */
static char *word_string(const char *word, enum quoting q)
{
	struct fields inner = { 0 };

	expand_text(&inner, word, word + strlen(word), q, 1);
	return unescape(text_end(&inner.now));
}

static void assign_default(const char *name, const char *word, enum quoting q)
{
	if (!is_name(name))
		fail("%s: bad variable name", name);
	set_var(name, word_string(word, q));
}

/* Returns a value without the match of the pattern behind # ## % or %%. */
static const char *trimmed(const char *value, const char *rest)
{
	int longest = rest[1] == rest[0];

	return trim(value, expand_pattern(rest + 1 + longest), *rest == '%',
		    longest);
}

/* Expands ${name<operator>word}; rest begins with the operator. */
static void put_modified(struct fields *f, const char *name, const char *rest,
			 enum quoting q)
{
	int many = *name == '@' || *name == '*', colon = *rest == ':';
	const char *value, *word = rest + colon + 1;
	int set;

	if (many)
		value = positional[1] ? positional[1] : "";
	else
		value = parameter(name);
	set = value && (!colon || *value);
	switch (rest[colon]) {
	case '-':
	case '+':
		if (set == (rest[colon] == '+'))
			expand_text(f, word, word + strlen(word), q, 1);
		else if (set && many)
			put_positional(f, q, *name);
		else if (set)
			put_value(f, value, q);
		return;
	case '=':
		if (!set)
			assign_default(name, word, q);
		break;
	case '?':
		if (!set)
			unset_error(name, *word ? word_string(word, q) : NULL);
		break;
	default:
		if (!value && option['u'])
			unset_error(name, NULL);
		if (value)
			put_value(f, trimmed(value, rest), q);
		return;
	}
	if (many)
		put_positional(f, q, *name);
	else if (parameter(name))
		put_value(f, parameter(name), q);
}

/*
 * Expands ${name}, ${#name}, ${name:-word}, ${name#pattern} and their
 * relatives. text is what stands between the braces.
 */
void expand_braces(struct fields *f, char *text, enum quoting q)
{
	size_t n;
	char *name, *rest;

	if (text[0] == '#' && text[1] &&
	    text[1 + name_length(text + 1)] == '\0' && name_length(text + 1)) {
		put_length(f, text + 1, q);
		return;
	}
	n = name_length(text);
	name = arena_strndup(text, n);
	rest = text + n;
	if (n == 0 || (*rest && !strchr("-+=?#%", rest[*rest == ':'])) ||
	    (*rest == ':' && (!rest[1] || strchr("#%", rest[1]))))
		fail("${%s}: bad substitution", text);
	if (*rest) {
		put_modified(f, name, rest, q);
	} else if (*name == '@' || *name == '*') {
		put_positional(f, q, *name);
	} else {
		const char *value = parameter(name);

		if (!value && option['u'])
			unset_error(name, NULL);
		if (value)
			put_value(f, value, q);
	}
}
