/*
 * Aliases. Where a command's name is expected, a word is replaced by a text.
 * The text is then read as if it had been typed.
 */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct alias {
	struct alias *next;
	char *text;
	/* its text is being read: not replaced within itself */
	int active;
	size_t tail;	/* length of the input left behind its text */
	char name[];
};

static struct alias *aliases;

static struct alias *find(const char *name)
{
	struct alias *a = aliases;

	while (a && strcmp(a->name, name) != 0)
		a = a->next;
	return a;
}

const char *get_alias(const char *name)
{
	struct alias *a = find(name);

	return a ? a->text : NULL;
}

/* Allows aliases whose text was read to its end to be replaced again. */
static void forget_finished(const struct lexer *l)
{
	size_t left = l->input.length - l->token_start;

	for (struct alias *a = aliases; a; a = a->next)
		if (a->active && (left <= a->tail || !l->alias_tail))
			a->active = 0;
}

/*
 * Replaces the word by the alias's text. The input becomes what stood before
 * the word, the text, and what stands behind. Returns 0 if the word is no
 * alias.
 */
int expand_alias(struct lexer *l)
{
	struct alias *a = aliases && l->token == T_WORD ? find(l->word) : NULL;
	struct text t = { 0 };
	size_t n;

	if (!a)
		return 0;
	forget_finished(l);
	if (a->active)
		return 0;
	n = strlen(a->text);
	a->active = 1;
	a->tail = l->input.length - l->at;
	l->alias_tail = 1;
	text_putn(&t, l->input.s, l->token_start);
	text_puts(&t, a->text);
	text_puts(&t, l->input.s + l->at);
	l->alias_next =
		n > 0 && (a->text[n - 1] == ' ' || a->text[n - 1] == '\t')
			? a->tail
			: 0;
	l->input = t;
	l->commands = NULL;		/* they have moved */
	l->at = l->token_start;
	next_token(l);
	return 1;
}

/* Replaces the word where a command begins, unless it is reserved. */
void expand_command_alias(struct lexer *l)
{
	while (l->token == T_WORD && !is_reserved(l->word) && expand_alias(l))
		;
}

static void show(const struct alias *a)
{
	printf("%s=", a->name);
	put_shell_quoted(a->text);
	putchar('\n');
}

/* Defines an alias, or gives an existing one a new text. */
static void define(const char *name, size_t n, const char *text)
{
	struct alias *a = find(arena_strndup(name, n));

	if (!a) {
		a = keep_alloc(sizeof(*a) + n + 1);
		memcpy(a->name, name, n);
		a->next = aliases;
		aliases = a;
	}
	free(a->text);
	a->text = keep_string(text);
}

/* Runs alias [name[=text]...]. */
int do_alias(int argc, char **argv)
{
	int status = 0;

	for (struct alias *a = aliases; a && argc == 1; a = a->next)
		show(a);
	for (int i = 1; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');

		if (equals && equals > argv[i]) {
			define(argv[i], equals - argv[i], equals + 1);
		} else if (find(argv[i])) {
			show(find(argv[i]));
		} else {
			complain("alias: %s: not found", argv[i]);
			status = 1;
		}
	}
	return status;
}

/* Runs unalias -a | name.... */
int do_unalias(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		int all = strcmp(argv[i], "-a") == 0, found = 0;

		for (struct alias **p = &aliases, *a; (a = *p);) {
			if (!all && strcmp(a->name, argv[i]) != 0) {
				p = &a->next;
				continue;
			}
			*p = a->next;
			free(a->text);
			free(a);
			found = 1;
		}
		if (!found && !all) {
			complain("unalias: %s: not found", argv[i]);
			status = 1;
		}
	}
	return status;
}
