/* Arrays: hash tables with texts as keys. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 16

struct element {
	struct element *next;
	struct value value;
	struct string *key;
	unsigned hash;
};

struct array {
	size_t size, count;
	struct element **buckets;
};

struct array *new_array(void)
{
	struct array *a = allocate(sizeof(*a));

	a->size = FIRST_SIZE;
	a->buckets = allocate(a->size * sizeof(*a->buckets));
	return a;
}

static unsigned hash_of(const char *key)
{
	unsigned hash = 0;

	for (; *key; key++)
		hash = hash * 31 + (unsigned char)*key;
	return hash;
}

static void grow(struct array *a)
{
	size_t size = a->size * 4;
	struct element **buckets = allocate(size * sizeof(*buckets));

	for (size_t i = 0; i < a->size; i++)
		while (a->buckets[i]) {
			struct element *e = a->buckets[i];

			a->buckets[i] = e->next;
			e->next = buckets[e->hash % size];
			buckets[e->hash % size] = e;
		}
	free(a->buckets);
	a->buckets = buckets;
	a->size = size;
}

/* Returns where the pointer to an element is, or to NULL at a list's end. */
static struct element **place(struct array *a, const char *key, unsigned hash)
{
	struct element **e = &a->buckets[hash % a->size];

	while (*e && ((*e)->hash != hash || strcmp((*e)->key->s, key) != 0))
		e = &(*e)->next;
	return e;
}

/* Returns the value under a key: a new one or NULL if there is none. */
struct value *find_element(struct array *a, const char *key, int create)
{
	unsigned hash = hash_of(key);
	struct element *e = *place(a, key, hash), **first;

	if (e || !create)
		return e ? &e->value : NULL;
	if (a->count++ == a->size * 2)
		grow(a);
	first = &a->buckets[hash % a->size];
	e = allocate(sizeof(*e));
	e->hash = hash;
	e->key = new_string(key, strlen(key));
	hold(e->key);
	e->next = *first;
	*first = e;
	return &e->value;
}

static void free_element(struct element **e)
{
	struct element *old = *e;

	*e = old->next;
	drop(old->key);
	drop(old->value.string);
	free(old);
}

void delete_element(struct array *a, const char *key)
{
	struct element **e = place(a, key, hash_of(key));

	if (*e) {
		free_element(e);
		a->count--;
	}
}

void clear_array(struct array *a)
{
	for (size_t i = 0; i < a->size; i++)
		while (a->buckets[i])
			free_element(&a->buckets[i]);
	a->count = 0;
}

void free_array(struct array *a)
{
	if (!a)
		return;
	clear_array(a);
	free(a->buckets);
	free(a);
}

size_t count_elements(const struct array *a)
{
	return a->count;
}

/* Returns a malloc'ed list of the keys, each held. NULL ends it. */
struct string **list_keys(struct array *a)
{
	struct string **keys = allocate((a->count + 1) * sizeof(*keys));
	size_t n = 0;

	for (size_t i = 0; i < a->size; i++)
		for (struct element *e = a->buckets[i]; e; e = e->next) {
			hold(e->key);
			keys[n++] = e->key;
		}
	return keys;
}
