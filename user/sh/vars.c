/*
 * Variables: their values and flags. `local` and assignments before a command
 * replace them for a while.
 */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct var {
	struct var *next;
	int flags;
	char *value;			/* NULL: marked before it was set */
	char name[];
};

/* A variable as it was before `local`. */
struct local {
	struct local *next;
	int existed, flags;
	char *value;
	char name[];
};

static struct var *vars;
static struct local *locals;
char **positional;

/* Returns 1 if a word can be the name of a variable. */
int is_name(const char *s)
{
	if (!isalpha(*s) && *s != '_')
		return 0;
	while (isalnum(*s) || *s == '_')
		s++;
	return !*s;
}

static struct var *find(const char *name)
{
	for (struct var *v = vars; v; v = v->next)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* Returns the variable with this name; if there is none, makes an unset one. */
static struct var *find_or_make(const char *name)
{
	struct var *v = find(name);

	if (v)
		return v;
	v = keep_alloc(sizeof(*v) + strlen(name) + 1);
	strcpy(v->name, name);
	v->flags = 0;
	v->value = NULL;
	v->next = vars;
	return vars = v;
}

const char *get_var(const char *name)
{
	struct var *v = find(name);

	return v ? v->value : NULL;
}

int is_readonly(const char *name)
{
	struct var *v = find(name);

	return v && v->flags & V_READONLY;
}

/* Sets a variable unless it is read-only. */
void set_var_quietly(const char *name, const char *value)
{
	struct var *v = find_or_make(name);
	char *old = v->value;

	if (v->flags & V_READONLY)
		return;
	v->value = keep_string(value);
	free(old);
	if (option['a'])
		v->flags |= V_EXPORT;
	if (strcmp(name, "OPTIND") == 0)
		optind = 0;		/* getopts begins anew */
}

void set_var(const char *name, const char *value)
{
	if (!is_name(name))
		fail("%s: bad variable name", name);
	if (is_readonly(name))
		fail("%s: is read only", name);
	set_var_quietly(name, value);
}

void mark_var(const char *name, int flag)
{
	find_or_make(name)->flags |= flag;
}

/* Forgets a variable and its flags. */
void unset_var(const char *name)
{
	for (struct var **p = &vars; *p; p = &(*p)->next)
		if (strcmp((*p)->name, name) == 0) {
			struct var *v = *p;

			*p = v->next;
			free(v->value);
			free(v);
			return;
		}
}

/* Prints a value that the shell can read again. */
void put_shell_quoted(const char *s)
{
	putchar('\'');
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\"'\"'", stdout);
		else
			putchar(*s);
	}
	putchar('\'');
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct var *const *)a)->name,
		      (*(struct var *const *)b)->name);
}

/* Prints the variables with a flag (0: all that are set), sorted by name. */
void show_vars(const char *prefix, int flag)
{
	int n = 0;
	struct var **list;

	for (struct var *v = vars; v; v = v->next)
		n++;
	list = arena_alloc(n * sizeof(*list));
	n = 0;
	for (struct var *v = vars; v; v = v->next)
		if (flag ? v->flags & flag : v->value != NULL)
			list[n++] = v;
	qsort(list, n, sizeof(*list), by_name);
	for (int i = 0; i < n; i++) {
		printf("%s%s", prefix, list[i]->name);
		if (list[i]->value) {
			putchar('=');
			put_shell_quoted(list[i]->value);
		}
		putchar('\n');
	}
}

/*
 * Makes an exported variable of each one in the environment that has a proper
 * name.
 */
void import_environment(void)
{
	for (char **e = environ; *e; e++) {
		size_t n = strcspn(*e, "=");
		char *name = arena_strndup(*e, n);
		struct var *v;

		if (!(*e)[n] || !is_name(name))
			continue;
		v = find_or_make(name);
		free(v->value);
		v->value = keep_string(*e + n + 1);
		v->flags = V_EXPORT;
	}
}

/* Returns the exported variables, in the form of exec(). */
char **make_environment(void)
{
	char **list;
	int n = 0;

	for (struct var *v = vars; v; v = v->next)
		n++;
	list = arena_alloc((n + 1) * sizeof(char *));
	n = 0;
	for (struct var *v = vars; v; v = v->next) {
		struct text t = { 0 };

		if (!(v->flags & V_EXPORT) || !v->value)
			continue;
		text_puts(&t, v->name);
		text_put(&t, '=');
		text_puts(&t, v->value);
		list[n++] = t.s;
	}
	return list;
}

/* Returns 1 for name=... with a proper name. */
int is_assignment(const char *word)
{
	if (!isalpha(*word) && *word != '_')
		return 0;
	while (isalnum(*word) || *word == '_')
		word++;
	return *word == '=';
}

void *local_mark(void)
{
	return locals;
}

/* Saves a variable until local_restore(). The name - means the options. */
void local_save(const char *name)
{
	struct local *l = keep_alloc(sizeof(*l) + strlen(name) + 1);
	struct var *v = find(name);

	strcpy(l->name, name);
	l->existed = v != NULL;
	l->flags = v ? v->flags : 0;
	l->value = v && v->value ? keep_string(v->value) : NULL;
	if (strcmp(name, "-") == 0)
		l->value =
			memcpy(malloc(sizeof(option)), option, sizeof(option));
	l->next = locals;
	locals = l;
}

/* Restores a variable to what it was before `local`. */
static void put_back(struct local *l)
{
	struct var *v;

	if (strcmp(l->name, "-") == 0) {
		memcpy(option, l->value, sizeof(option));
		free(l->value);
	} else if (!l->existed) {
		unset_var(l->name);
	} else {
		v = find_or_make(l->name);
		free(v->value);
		v->value = l->value;
		v->flags = l->flags;
	}
}

/* Restores all that was saved since the mark. */
void local_restore(void *mark)
{
	while (locals != mark) {
		struct local *l = locals;

		locals = l->next;
		put_back(l);
		free(l);
	}
}
