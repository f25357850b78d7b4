/* Memory that lives as long as the command line it belongs to. Marks nest: a sourced file's lines are released before the line that sourced it. */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
};

static struct block *blocks;

void *arena_alloc(size_t size)
{
	struct block *b = calloc(1, sizeof(*b) + size);

	if (!b) {
		fputs("sh: out of memory\n", stderr);
		exit(2);
	}
	b->next = blocks;
	blocks = b;
	return b + 1;
}

char *arena_strndup(const char *s, size_t n)
{
	char *copy = arena_alloc(n + 1);

	memcpy(copy, s, n);
	return copy;
}

void *arena_mark(void)
{
	return blocks;
}

void arena_release(void *mark)
{
	while (blocks != mark) {
		struct block *b = blocks;

		blocks = b->next;
		free(b);
	}
}

void text_put(struct text *t, char c)
{
	if (t->length + 2 > t->room) {
		char *bigger;

		t->room = t->room ? t->room * 2 : 32;
		bigger = arena_alloc(t->room);
		memcpy(bigger, t->s ? t->s : "", t->length);
		t->s = bigger;
	}
	t->s[t->length++] = c;
	t->s[t->length] = '\0';
}

void text_puts(struct text *t, const char *s)
{
	while (*s)
		text_put(t, *s++);
}
