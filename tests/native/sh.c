/*
 * The shell's parser. The input is a script. Where a ${ or $(( at its beginning
 * would end is sought, too.
 * Sources: user/sh/lex.c user/sh/parse.c user/sh/parse_simple.c
 *	user/sh/parse_compound.c user/sh/alias.c user/sh/escapes.c
 */
#include <stdlib.h>
#include <string.h>
#include "../../user/sh/sh.h"
#include "native.h"

#define SHORT 400	/* each nested command needs stack */

char option[128];
static void *failed[5];		/* where fail() ends, as __builtin_setjmp() */

struct piece {
	struct piece *next;
	char memory[];
};

static struct piece *pieces;

/* Every piece is an object of its own, so that ASan sees where it ends. */
void *arena_alloc(size_t size)
{
	struct piece *p = calloc(1, sizeof(*p) + size);

	p->next = pieces;
	pieces = p;
	return p->memory;
}

static void arena_empty(void)
{
	while (pieces) {
		struct piece *next = pieces->next;

		free(pieces);
		pieces = next;
	}
}

char *arena_strndup(const char *s, size_t n)
{
	return memcpy(arena_alloc(n + 1), s, n);
}

char *arena_strdup(const char *s)
{
	return arena_strndup(s, strlen(s));
}

/* A new object each time: what kept the old address is found later. */
void text_putn(struct text *t, const char *s, size_t n)
{
	char *bigger = arena_alloc(t->length + n + 1);

	if (t->length)
		memcpy(bigger, t->s, t->length);
	memcpy(bigger + t->length, s, n);
	t->s = bigger;
	t->length += n;
	t->room = t->length + 1;
}

void text_put(struct text *t, char c)
{
	text_putn(t, &c, 1);
}

void text_puts(struct text *t, const char *s)
{
	text_putn(t, s, strlen(s));
}

char *text_end(struct text *t)
{
	if (!t->s)
		text_puts(t, "");
	return t->s;
}

void *keep_alloc(size_t size)
{
	return calloc(1, size);
}

char *keep_string(const char *s)
{
	return strcpy(keep_alloc(strlen(s) + 1), s);
}

int complain(const char *format, ...)
{
	(void)format;
	return 2;
}

void fail(const char *format, ...)
{
	(void)format;
	__builtin_longjmp(failed, 1);
}

void put_shell_quoted(const char *s)
{
	(void)s;
}

int is_name(const char *s)
{
	return *s != '\0';
}

int is_assignment(const char *word)
{
	return strchr(word, '=') != NULL;
}

/* Gives the lexer the rest of the script, a line at a time. */
static char *more(void *context)
{
	const char **rest = context, *end = strchr(*rest, '\n');
	char *line;

	if (!**rest)
		return NULL;
	end = end ? end + 1 : *rest + strlen(*rest);
	line = arena_strndup(*rest, end - *rest);
	*rest = end;
	return line;
}

/* Defines aliases, among them one of itself and one that ends in a blank. */
static void define_aliases(void)
{
	char *words[] = { "alias", "a=b ", "b=a;", "e=", "q='", "i=if", NULL };

	do_alias(6, words);
}

static void parse_script(char *script)
{
	const char *rest = script;
	struct lexer l;
	int error = 0;

	lex_init(&l, "", more, &rest);
	do {
		error = 0;
		parse_line(&l, &error);
	} while (!error && l.token != T_END);
}

static void measure(const char *script, int what)
{
	if (__builtin_setjmp(failed))
		return;
	if (what < 2)
		braces_length(script, what);
	else
		arithmetic_length(script);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *script;

	if (size > SHORT || memchr(data, '\0', size))
		return 0;
	define_aliases();
	script = arena_strndup((const char *)data, size);
	for (int what = 0; what < 3; what++)
		measure(script, what);
	if (!__builtin_setjmp(failed))
		parse_script(script);
	arena_empty();
	return 0;
}
