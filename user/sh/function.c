/*
 * Functions. Their trees are copied, because they outlive the line that they
 * were parsed from. A copy is never freed: it may be running.
 */
#include "sh.h"
#include <stdlib.h>
#include <string.h>

struct function {
	struct function *next;
	struct node *body;
	char name[];
};

static struct function *functions;

static char *copy_text(const char *s)
{
	return s ? keep_string(s) : NULL;
}

/* Copies a list of words with their texts. */
static struct word *copy_words(const struct word *w)
{
	struct word *copy;

	if (!w)
		return NULL;
	copy = keep_alloc(sizeof(*copy));
	copy->text = copy_text(w->text);
	copy->next = copy_words(w->next);
	return copy;
}

/* Copies redirections, with the texts of here-documents. */
static struct redirect *copy_redirects(const struct redirect *r)
{
	struct redirect *copy;

	if (!r)
		return NULL;
	copy = keep_alloc(sizeof(*copy));
	*copy = *r;
	copy->target = copy_text(r->target);
	copy->next = copy_redirects(r->next);
	return copy;
}

static struct node *copy_node(const struct node *n);

/* Copies the items of a case, with patterns and bodies. */
static struct case_item *copy_cases(const struct case_item *c)
{
	struct case_item *copy;

	if (!c)
		return NULL;
	copy = keep_alloc(sizeof(*copy));
	copy->patterns = copy_words(c->patterns);
	copy->body = copy_node(c->body);
	copy->next = copy_cases(c->next);
	return copy;
}

/* Copies a node and all below it. */
static struct node *copy_node(const struct node *n)
{
	struct node *copy;

	if (!n)
		return NULL;
	copy = keep_alloc(sizeof(*copy));
	*copy = *n;
	copy->left = copy_node(n->left);
	copy->right = copy_node(n->right);
	copy->other = copy_node(n->other);
	copy->words = copy_words(n->words);
	copy->assignments = copy_words(n->assignments);
	copy->redirects = copy_redirects(n->redirects);
	copy->cases = copy_cases(n->cases);
	copy->name = copy_text(n->name);
	copy->text = copy_text(n->text);
	return copy;
}

struct node *get_function(const char *name)
{
	for (struct function *f = functions; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->body;
	return NULL;
}

const char *function_name(int i)
{
	struct function *f = functions;

	while (f && i-- > 0)
		f = f->next;
	return f ? f->name : NULL;
}

/* Forgets a function by name. Its body stays, because it may be running. */
void unset_function(const char *name)
{
	for (struct function **p = &functions; *p; p = &(*p)->next)
		if (strcmp((*p)->name, name) == 0) {
			struct function *f = *p;

			*p = f->next;
			free(f);
			return;
		}
}

/* Defines a function, or replaces one of this name. */
void set_function(const char *name, struct node *body)
{
	struct function *f = keep_alloc(sizeof(*f) + strlen(name) + 1);

	unset_function(name);
	strcpy(f->name, name);
	f->body = copy_node(body);
	f->next = functions;
	functions = f;
}
