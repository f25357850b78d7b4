/* Variables and functions. Exported variables are kept in the environment as well, so that exec finds them there. */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct var {
	struct var *next;
	int exported;
	char *value;			/* NULL: exported before it was set */
	char name[];
};

struct function {
	struct function *next;
	struct node *body;
	char name[];
};

static struct var *vars;
static struct function *functions;
char **positional;
int option_errexit, option_xtrace;

static struct var *find(const char *name)
{
	for (struct var *v = vars; v; v = v->next)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

static struct var *find_or_make(const char *name)
{
	struct var *v = find(name);

	if (v)
		return v;
	v = malloc(sizeof(*v) + strlen(name) + 1);
	strcpy(v->name, name);
	v->exported = 0;
	v->value = NULL;
	v->next = vars;
	return vars = v;
}

const char *get_var(const char *name)
{
	struct var *v = find(name);

	return v ? v->value : NULL;
}

void set_var(const char *name, const char *value)
{
	struct var *v = find_or_make(name);
	char *old = v->value;

	v->value = strdup(value);
	free(old);
	if (v->exported)
		setenv(name, value, 1);
}

void assign(const char *assignment)
{
	size_t n = strcspn(assignment, "=");

	set_var(arena_strndup(assignment, n), assignment + n + 1);
}

void export_var(const char *name)
{
	struct var *v = find_or_make(name);

	v->exported = 1;
	if (v->value)
		setenv(name, v->value, 1);
}

void unset_var(const char *name)
{
	for (struct var **p = &vars; *p; p = &(*p)->next)
		if (strcmp((*p)->name, name) == 0) {
			struct var *v = *p;

			*p = v->next;
			unsetenv(name);
			free(v->value);
			free(v);
			return;
		}
}

void show_vars(int exported_only)
{
	for (struct var *v = vars; v; v = v->next)
		if (v->value && (v->exported || !exported_only))
			printf("%s%s='%s'\n", exported_only ? "export " : "", v->name, v->value);
}

void import_environment(void)
{
	for (char **e = environ; *e; e++) {
		size_t n = strcspn(*e, "=");
		struct var *v;

		if (!(*e)[n])
			continue;
		v = find_or_make(arena_strndup(*e, n));
		v->value = strdup(*e + n + 1);
		v->exported = 1;
	}
}

/* name=... with a proper name */
int is_assignment(const char *word)
{
	if (!isalpha(*word) && *word != '_')
		return 0;
	while (isalnum(*word) || *word == '_')
		word++;
	return *word == '=';
}

struct node *get_function(const char *name)
{
	for (struct function *f = functions; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->body;
	return NULL;
}

/* Copies of a tree outlive the line that it was parsed from. */
static char *copy_text(const char *s)
{
	return s ? strdup(s) : NULL;
}

static struct word *copy_words(const struct word *w)
{
	struct word *copy;

	if (!w)
		return NULL;
	copy = malloc(sizeof(*copy));
	copy->text = copy_text(w->text);
	copy->next = copy_words(w->next);
	return copy;
}

static struct redirect *copy_redirects(const struct redirect *r)
{
	struct redirect *copy;

	if (!r)
		return NULL;
	copy = malloc(sizeof(*copy));
	*copy = *r;
	copy->target = copy_text(r->target);
	copy->next = copy_redirects(r->next);
	return copy;
}

static struct node *copy_node(const struct node *n);

static struct case_item *copy_cases(const struct case_item *c)
{
	struct case_item *copy;

	if (!c)
		return NULL;
	copy = malloc(sizeof(*copy));
	copy->patterns = copy_words(c->patterns);
	copy->body = copy_node(c->body);
	copy->next = copy_cases(c->next);
	return copy;
}

static struct node *copy_node(const struct node *n)
{
	struct node *copy;

	if (!n)
		return NULL;
	copy = malloc(sizeof(*copy));
	*copy = *n;
	copy->left = copy_node(n->left);
	copy->right = copy_node(n->right);
	copy->other = copy_node(n->other);
	copy->words = copy_words(n->words);
	copy->assignments = copy_words(n->assignments);
	copy->redirects = copy_redirects(n->redirects);
	copy->cases = copy_cases(n->cases);
	copy->name = copy_text(n->name);
	return copy;
}

void set_function(const char *name, struct node *body)
{
	struct function *f = malloc(sizeof(*f) + strlen(name) + 1);

	strcpy(f->name, name);
	f->body = copy_node(body);
	f->next = functions;
	functions = f;
}
