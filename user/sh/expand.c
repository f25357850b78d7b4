/*
 * Expands words: tilde, parameters, command output, arithmetic. Then splits
 * them into fields and matches file names (glob.c).
 */
#include "expand.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Adds a finished field to the list. */
void add_field(struct fields *f, char *s)
{
	if (f->count + 2 > f->room) {
		char **bigger;

		f->room = f->room ? f->room * 2 : 16;
		bigger = arena_alloc(f->room * sizeof(char *));
		if (f->count)
			memcpy(bigger, f->list, f->count * sizeof(char *));
		f->list = bigger;
	}
	f->list[f->count++] = s;
	f->list[f->count] = NULL;
}

void end_field(struct fields *f)
{
	if (f->started)
		add_field(f, text_end(&f->now));
	f->now = (struct text){ 0 };
	f->started = 0;
}

void put_quoted(struct fields *f, char c)
{
	if (strchr("*?[]\\!-^", c))
		text_put(&f->now, '\\');
	text_put(&f->now, c);
	f->started = 1;
}

/*
 * Ends a field at a separator. White space beside another separator belongs to
 * it.
 */
static void put_separator(struct fields *f, char c)
{
	int space = isspace(c);

	if (f->started) {
		end_field(f);
		f->after_space = space;
	} else if (!space) {
		if (!f->after_space) {
			f->started = 1;
			end_field(f);
		}
		f->after_space = 0;
	}
}

/*
 * Adds the value of an expansion: inside quotes as it is, otherwise split into
 * fields.
 */
void put_value(struct fields *f, const char *value, int quoted)
{
	const char *ifs = get_var("IFS");

	for (; *value; value++) {
		if (quoted) {
			put_quoted(f, *value);
		} else if (f->split && strchr(ifs ? ifs : " \t\n", *value)) {
			put_separator(f, *value);
		} else {
			if (*value == '\\' && !f->pattern)
				text_put(&f->now, '\\');
			text_put(&f->now, *value);
			f->started = 1;
			f->after_space = 0;
		}
	}
}

/*
 * Expands $(command); s points behind the $. The parser finds its end and
 * returns the tree to run.
 */
static size_t expand_substitution(struct fields *f, const char *s, int quoted)
{
	struct lexer l;
	struct node *n;

	lex_init(&l, s + 1, NULL, NULL);
	n = parse_substitution(&l);
	if (l.failed)
		fail("bad substitution");
	put_value(f, command_output(n, NULL), quoted);
	return l.at + 1;
}

/*
 * Expands $((expression)); s points behind the $. Returns how many characters
 * it takes.
 */
static size_t expand_arithmetic(struct fields *f, const char *s, int quoted)
{
	ssize_t n = arithmetic_length(s + 2);
	struct fields inner = { 0 };
	char number[24];

	if (n < 0)
		return expand_substitution(f, s, quoted);
	expand_text(&inner, s + 2, s + 2 + n, Q_DOUBLE, 1);
	snprintf(number, sizeof(number), "%lld",
		 arithmetic(unescape(text_end(&inner.now))));
	put_value(f, number, quoted);
	return n + 4;
}

/*
 * Expands $name, $1, $?. Returns the length of the name, or 0 if the $ stands
 * for itself.
 */
static size_t expand_name(struct fields *f, const char *s, int quoted)
{
	size_t n = 0;
	const char *value;
	char *name;

	if (isalpha(s[0]) || s[0] == '_')
		while (isalnum(s[n]) || s[n] == '_')
			n++;
	else if (isdigit(s[0]) || (s[0] && strchr("?$!#-@*", s[0])))
		n = 1;
	if (n == 0) {
		put_quoted(f, '$');
		return 0;
	}
	if (s[0] == '@' || s[0] == '*') {
		put_positional(f, quoted, s[0]);
		return 1;
	}
	name = arena_strndup(s, n);
	value = parameter(name);
	if (!value && option['u'])
		unset_error(name, NULL);
	if (value)
		put_value(f, value, quoted);
	return n;
}

/*
 * Expands what begins with $ at s. Returns how many characters behind the $ it
 * takes.
 */
static size_t expand_dollar(struct fields *f, const char *s, enum quoting q)
{
	if (s[0] == '(' && s[1] == '(')
		return expand_arithmetic(f, s, q);
	if (s[0] == '(')
		return expand_substitution(f, s, q);
	if (s[0] == '{') {
		size_t n = braces_length(s + 1, q);

		expand_braces(f, arena_strndup(s + 1, n - 1), q);
		return n + 1;
	}
	return expand_name(f, s, q);
}

/*
 * Expands `command`. First removes a backslash before ` $ or \. Returns how
 * many characters behind the first ` it takes.
 */
static size_t expand_backquote(struct fields *f, const char *s, enum quoting q)
{
	struct text command = { 0 };
	size_t n = 0;

	for (; s[n] && s[n] != '`'; n++) {
		if (s[n] == '\\' && s[n + 1] &&
		    strchr(q == Q_DOUBLE ? "`$\\\"" : "`$\\", s[n + 1]))
			n++;
		text_put(&command, s[n]);
	}
	put_value(f, command_output(NULL, text_end(&command)), q);
	return n + (s[n] == '`');
}

/*
 * Expands ~ and ~user at the start of a word, if what follows allows it.
 * Returns how many characters it takes.
 */
static size_t expand_tilde(struct fields *f, const char *s)
{
	size_t n = strcspn(s, f->assigned ? "/:" : "/");
	char line[160];
	FILE *passwd;

	if (n == 1) {
		if (get_var("HOME"))
			for (const char *home = get_var("HOME"); *home; home++)
				put_quoted(f, *home);
		f->started |= get_var("HOME") != NULL;
		return get_var("HOME") ? 1 : 0;
	}
	if (strcspn(s, "'\"\\$`") < n || !(passwd = fopen("/etc/passwd", "r")))
		return 0;
	while (fgets(line, sizeof(line), passwd)) {
		char *home = line;

		if (strncmp(line, s + 1, n - 1) != 0 || line[n - 1] != ':')
			continue;
		for (int i = 0; home && i < 5; i++)
			home = strchr(home, ':') ? strchr(home, ':') + 1 : NULL;
		for (; home && *home && *home != ':'; home++)
			put_quoted(f, *home);
		fclose(passwd);
		return home ? n : 0;
	}
	fclose(passwd);
	return 0;
}

static const char *expand_single(struct fields *f, const char *s,
				 const char *end)
{
	f->started = 1;
	for (s++; s < end && *s != '\''; s++)
		put_quoted(f, *s);
	return s + 1;
}

/*
 * Expands $'...'; s points behind the quote. A NUL is left out and ends
 * nothing.
 */
static const char *expand_escapes(struct fields *f, const char *s,
				  const char *end)
{
	char c;

	f->started = 1;
	while (s < end && *s != '\'') {
		c = *s++;
		if (c == '\\' && s < end)
			s = read_escape(s, &c);
		if (c)
			put_quoted(f, c);
	}
	return s + 1;
}

/*
 * Expands "...". It makes a field even if it is empty, but not for "$@" alone
 * without parameters.
 */
static const char *expand_double(struct fields *f, const char *s,
				 const char *end)
{
	int outer = f->empty_at;

	f->empty_at = 0;
	s = expand_text(f, s + 1, end, Q_DOUBLE, 0);
	f->started |= !f->empty_at;
	f->empty_at = outer;
	return s + 1;
}

/*
 * Expands a backslash and the next character. Within double quotes it quotes
 * only some characters.
 */
static const char *expand_escape(struct fields *f, const char *s,
				 const char *end, enum quoting q, int in_braces)
{
	const char *quotable = q == Q_HERE && !in_braces ? "$`\\" : "$`\"\\";

	if (s + 1 >= end) {
		put_quoted(f, '\\');
		return s + 1;
	}
	if (s[1] == '\n' && q != Q_NONE)
		return s + 2;
	if (q != Q_NONE && !strchr(quotable, s[1]) &&
	    !(in_braces && s[1] == '}'))
		put_quoted(f, '\\');
	put_quoted(f, s[1]);
	return s + 2;
}

/*
 * Expands the text from s to end into f, without ending its last field. Returns
 * where it stopped: at the closing quote or at the end.
 */
const char *expand_text(struct fields *f, const char *s, const char *end,
			enum quoting q, int in_braces)
{
	int tilde = q == Q_NONE;		/* a ~ here may mean a home */

	while (s < end) {
		size_t n = tilde && *s == '~' ? expand_tilde(f, s) : 0;

		tilde = q == Q_NONE && f->assigned && *s == ':';
		if (n > 0) {
			s += n;
		} else if (*s == '\'' && q == Q_NONE) {
			s = expand_single(f, s, end);
		} else if (*s == '"' && q == Q_NONE) {
			s = expand_double(f, s, end);
		} else if (*s == '"' && in_braces) {
			s++;
		} else if (*s == '"' && q == Q_DOUBLE) {
			return s;
		} else if (*s == '\\') {
			s = expand_escape(f, s, end, q, in_braces);
		} else if (*s == '$' && s[1] == '\'' && q == Q_NONE) {
			s = expand_escapes(f, s + 2, end);
		} else if (*s == '$') {
			s += 1 + expand_dollar(f, s + 1, q);
		} else if (*s == '`') {
			s += 1 + expand_backquote(f, s + 1, q);
		} else if (q != Q_NONE) {
			put_quoted(f, *s++);
		} else if (in_braces) {
			put_value(f, (char[]){ *s++, 0 }, 0);
		} else {
			text_put(&f->now, *s++);
			f->started = 1;
		}
	}
	return s;
}

/* Expands a word into f, without ending its last field. */
static void expand_word(struct fields *f, const char *s)
{
	const char *end = s + strlen(s);

	f->after_space = f->empty_at = 0;
	expand_text(f, s, end, Q_NONE, 0);
}

/*
 * Returns 1 if a command's arguments that look like assignments are expanded as
 * such.
 */
static int is_declaration(const struct word *words)
{
	while (words && strcmp(words->text, "command") == 0)
		words = words->next;
	return words && (strcmp(words->text, "export") == 0 ||
			 strcmp(words->text, "readonly") == 0 ||
			 strcmp(words->text, "local") == 0);
}

/*
 * Expands name=value as an argument of export and its relatives, into one
 * field.
 */
static void expand_declared(struct fields *f, const char *s)
{
	size_t n = strcspn(s, "=") + 1;

	put_value(f, arena_strndup(s, n), 1);
	put_value(f, expand_assignment(s + n), 1);
}

/*
 * Does all expansions of a list of words; command says if it is a whole
 * command. Returns the fields, NULL-terminated.
 */
char **expand_words(const struct word *words, int command, int *count)
{
	struct fields f = { .split = 1 }, out = { 0 };
	int declaration = command && is_declaration(words);

	for (; words; words = words->next) {
		if (declaration && is_assignment(words->text))
			expand_declared(&f, words->text);
		else
			expand_word(&f, words->text);
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
	struct fields f = { .pattern = 1 };

	expand_word(&f, word);
	return text_end(&f.now);
}

char *expand_string(const char *word)
{
	struct fields f = { 0 };

	expand_word(&f, word);
	return unescape(text_end(&f.now));
}

/*
 * Expands the value of an assignment. It is not split, and a ~ behind each
 * colon means a home.
 */
char *expand_assignment(const char *value)
{
	struct fields f = { .assigned = 1 };

	expand_text(&f, value, value + strlen(value), Q_NONE, 0);
	return unescape(text_end(&f.now));
}

char *expand_here(const char *text)
{
	struct fields f = { 0 };

	expand_text(&f, text, text + strlen(text), Q_HERE, 0);
	return unescape(text_end(&f.now));
}
