/*
 * Parses sed's script into a list of commands. An error in it ends the program.
 */
#include <ctype.h>
#include <lines.h>
#include <regex.h>
#include "sed.h"
#include <stdlib.h>
#include <string.h>
#include <util.h>

static char *at;			/* place in the source */
static struct output *outputs;		/* files of w, each once */

/* Reports a bad script and exits. */
static void fail(const char *why)
{
	complain(at && *at ? at : "script", why);
	exit(1);
}

/* Returns zeroed memory. Exits if there is none. */
static void *allocate(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		die("memory");
	return p;
}

/* Skips blanks. */
static void skip_blanks(void)
{
	while (isblank(*at))
		at++;
}

/*
 * Returns the length of a [set], in which the delimiter is an ordinary
 * character. Returns 1 if it is not closed.
 */
static size_t set_length(const char *s)
{
	size_t n = 1 + (s[1] == '^');

	for (n += s[n] == ']'; s[n] && s[n] != '\n' && s[n] != ']'; n++)
		if (s[n] == '[' && s[n + 1] == ':' && strstr(s + n, ":]"))
			n = strstr(s + n, ":]") + 1 - s;
	return s[n] == ']' ? n + 1 : 1;
}

/*
 * Returns what stands up to a delimiter; malloc'ed. \n is a newline. A
 * delimiter behind a backslash is an ordinary character.
 */
static char *read_delimited(char delimiter, int is_re)
{
	const char *set = at;		/* end of the last [set] */
	struct text t = { 0 };

	append(&t, "", 0);
	for (; *at && (*at != delimiter || at < set); at++) {
		if (is_re && *at == '[' && at >= set)
			set = at + set_length(at);
		if (*at != '\\') {
			append(&t, at, 1);
			continue;
		}
		at++;
		if (*at == delimiter && !(delimiter == '&' && !is_re))
			append(&t, at, 1);
		else if (is_re && (*at == 'n' || *at == 't'))
			append(&t, *at == 'n' ? "\n" : "\t", 1);
		else if (*at)
			append(&t, at - 1, 2);
		if (!*at)
			break;
	}
	if (*at != delimiter || !delimiter)
		fail("something is not closed");
	at++;
	return t.s;
}

/*
 * Returns a compiled expression. Returns NULL for an empty one, which stands
 * for the last one used.
 */
static regex_t *compile(const char *source, int flags)
{
	regex_t *re;

	if (!*source)
		return NULL;
	re = allocate(sizeof(*re));
	if (regcomp(re, source,
		    flags | (script.extended ? REG_EXTENDED : 0)) != 0) {
		complain(source, "bad regular expression");
		exit(1);
	}
	return re;
}

/* Parses one address. Returns 1 if there is one. */
static int parse_address(struct address *a)
{
	char *source;

	a->kind = NONE;
	if (isdigit(*at)) {
		a->kind = LINE;
		a->line = strtol(at, &at, 10);
		if (*at == '~') {
			a->kind = STEP;
			a->step = strtol(at + 1, &at, 10);
		}
	} else if (*at == '$') {
		a->kind = LAST;
		at++;
	} else if (*at == '/' || (*at == '\\' && at[1])) {
		at += *at == '\\';
		at++;
		source = read_delimited(at[-1], 1);
		a->kind = RE;
		a->re = compile(source, *at == 'I' ? REG_ICASE : 0);
		at += *at == 'I';
	}
	return a->kind != NONE;
}

/* Parses the addresses before a command. */
static void parse_addresses(struct command *c)
{
	parse_address(&c->from);
	skip_blanks();
	if (c->from.kind && *at == ',') {
		at++;
		skip_blanks();
		if (*at == '+' && isdigit(at[1])) {
			c->to.kind = PLUS;
			c->to.line = strtol(at + 1, &at, 10);
		} else if (!parse_address(&c->to)) {
			fail("the second address is missing");
		}
		c->active = c->begun = c->from.kind == LINE &&
				       c->from.line == 0 && c->to.kind == RE;
	}
	if (c->from.kind == LINE && c->from.line == 0 && !c->active)
		fail("there is no line 0");
	for (skip_blanks(); *at == '!' || isblank(*at); at++)
		c->negate |= *at == '!';
}

/*
 * Returns the text of a, c or i. It ends with the line; a backslash there
 * continues it.
 */
static char *read_text(void)
{
	struct text t = { 0 };
	size_t n;

	skip_blanks();
	if (*at == '\\') {
		n = strspn(at + 1, " \t");
		at += at[1 + n] == '\n' ? n + 2 : 1;
	}
	if (!*at)
		fail("its text is missing");
	for (; *at && *at != '\n'; at++) {
		at += *at == '\\' && at[1];
		append(&t, at, 1);
	}
	append(&t, "\n", 1);
	return t.s;
}

/*
 * Returns a label, which ends at a blank or semicolon, or a file name, which
 * ends with the line; malloc'ed.
 */
static char *read_word(const char *ends)
{
	char *word;
	size_t n;

	skip_blanks();
	n = strcspn(at, ends);
	word = strndup(at, n);
	if (!word)
		die("memory");
	at += n;
	return word;
}

/* Returns the file of a w command. Each file is opened once. */
static struct output *read_output(void)
{
	char *name = read_word("\n");
	struct output *o;

	if (!*name)
		fail("a file name is missing");
	if (strcmp(name, "/dev/stdout") == 0)
		return &standard_output;
	for (o = outputs; o; o = o->next)
		if (strcmp(o->name, name) == 0)
			return o;
	o = allocate(sizeof(*o));
	o->name = name;
	o->f = strcmp(name, "/dev/stderr") == 0 ? stderr : fopen(name, "w");
	if (!o->f)
		die(name);
	o->next = outputs;
	return outputs = o;
}

int close_outputs(void)
{
	int result = 0;

	for (struct output *o = outputs; o; o = o->next)
		if (o->f != stderr && fclose(o->f) < 0) {
			warn(o->name);
			result = -1;
		}
	return result;
}

/* Returns the highest group that a replacement names. */
static int highest_group(const char *s)
{
	int highest = 0;

	for (; *s; s++)
		if (*s == '\\' && isdigit(*++s) && *s - '0' > highest)
			highest = *s - '0';
		else if (!*s)
			break;
	return highest;
}

/* Parses s/regular expression/replacement/flags. */
static void parse_substitution(struct command *c)
{
	char delimiter = *at ? *at++ : 0,
	     *source = read_delimited(delimiter, 1);
	int flags = 0;

	c->replacement = read_delimited(delimiter, 0);
	for (;; at++) {
		if (*at == 'g')
			c->global = 1;
		else if (*at == 'p')
			c->print = 1;
		else if (*at == 'i' || *at == 'I')
			flags = REG_ICASE;
		else if (isdigit(*at) && *at != '0')
			c->nth = strtol(at, &at, 10), at--;
		else
			break;
	}
	if (*at == 'w') {
		at++;
		c->output = read_output();
	}
	c->re = compile(source, flags);
	c->groups = highest_group(c->replacement);
	if (c->re && c->groups > (int)c->re->re_nsub)
		fail("no such group");
}

/* Removes the backslashes from one half of y. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			*to++ = *++s == 'n' ? '\n' : *s;
		else
			*to++ = *s;
	}
	*to = '\0';
}

/* Parses y/abc/xyz/. */
static void parse_translation(struct command *c)
{
	char delimiter = *at ? *at++ : 0;

	c->text = read_delimited(delimiter, 0);
	c->replacement = read_delimited(delimiter, 0);
	unescape(c->text);
	unescape(c->replacement);
	if (strlen(c->text) != strlen(c->replacement))
		fail("the halves of y differ in length");
}

/* Parses what stands behind the name of a command. */
static void parse_arguments(struct command *c)
{
	switch (c->name) {
	case 'a': case 'c': case 'i': c->text = read_text(); break;
	case ':': c->text = read_word("; \t\n"); break;
	case 'b': case 't': case 'T': c->text = read_word("; \t\n}"); break;
	case 'r': c->text = read_word("\n"); break;
	case 'w': c->output = read_output(); break;
	case 's': parse_substitution(c); break;
	case 'y': parse_translation(c); break;
	case 'q': case 'Q': skip_blanks(); c->nth = strtol(at, &at, 10); break;
	}
	if (c->name == ':' && !*c->text)
		fail("a label is missing");
	skip_blanks();
	if (*at && !strchr(";\n#}", *at) && c->name != '{')
		fail("more than the command takes");
	at += *at == ';';
}

/* Links a } to the innermost open {. */
static void close_block(void)
{
	for (int i = script.count - 1; i >= 0; i--)
		if (script.commands[i].name == '{' &&
		    script.commands[i].target < 0) {
			script.commands[i].target = script.count;
			return;
		}
	fail("no { for this");
}

/* Resolves labels, and reports blocks that are still open. */
static void resolve(void)
{
	at = NULL;
	for (struct command *c = script.commands;
	     c < script.commands + script.count; c++) {
		if (c->name == '{' && c->target < 0)
			fail("a { is not closed");
		if (!strchr("btT", c->name))
			continue;
		c->target = *c->text ? -1 : script.count;
		for (int i = 0; i < script.count && *c->text; i++)
			if (script.commands[i].name == ':' &&
			    strcmp(script.commands[i].text, c->text) == 0)
				c->target = i;
		if (c->target < 0)
			fail("no such label");
	}
}

/* Appends a command to the script. */
static void add_command(const struct command *c)
{
	script.commands =
		realloc(script.commands, (script.count + 1) * sizeof(*c));
	if (!script.commands)
		die("memory");
	script.commands[script.count++] = *c;
}

/* Parses the script's source into script. */
void parse_script(char *source)
{
	at = source;
	script.silent |= strcmp(at, "#n") == 0 || strncmp(at, "#n\n", 3) == 0;
	for (;;) {
		struct command c = { .target = -1 };

		at += strspn(at, " \t\n;");
		if (!*at)
			break;
		if (*at == '#') {
			at += strcspn(at, "\n");
			continue;
		}
		parse_addresses(&c);
		if (!*at || !strchr("{}=abcdDgGhHilnNpPqQrstTwxy:", *at))
			fail("no such command");
		c.name = *at;
		if (c.name == '}')
			close_block();
		at++;
		parse_arguments(&c);
		add_command(&c);
	}
	resolve();
}

/* Adds the text of -e or the file of -f to the source. */
void add_source(struct text *source, const char *s, int is_file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *f;

	if (source->length)
		append(source, "\n", 1);
	append(source, s, is_file ? 0 : strlen(s));
	if (!is_file)
		return;
	f = open_input(s);
	if (!f)
		exit(1);
	while ((n = getline(&line, &size, f)) > 0)
		append(source, line, n);
	if (fclose(f) < 0)
		die(s);
	free(line);
	if (source->length && source->s[source->length - 1] == '\n')
		source->s[--source->length] = '\0';
}
