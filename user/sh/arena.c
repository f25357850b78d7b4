/*
 * Memory that lives as long as the command it belongs to. Large pieces are used
 * from front to back. Marks nest.
 */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 4000

struct piece {
	struct piece *next;
	size_t used, size;
	char memory[] __attribute__((aligned(8)));
};

static struct piece *pieces;

/*
 * Returns zeroed memory that is kept until it is freed. Ends the shell if there
 * is none.
 */
void *keep_alloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p) {
		fputs("sh: out of memory\n", stderr);
		_exit(2);
	}
	return p;
}

char *keep_string(const char *s)
{
	return strcpy(keep_alloc(strlen(s) + 1), s);
}

/* Returns zeroed memory of the arena. */
void *arena_alloc(size_t size)
{
	void *p;

	size = (size + 7) & ~7u;
	if (!pieces || pieces->used + size > pieces->size) {
		size_t room = size > PIECE ? size : PIECE;
		struct piece *new = keep_alloc(sizeof(*new) + room);

		*new = (struct piece){ .next = pieces, .size = room };
		pieces = new;
	}
	p = pieces->memory + pieces->used;
	pieces->used += size;
	return memset(p, 0, size);
}

char *arena_strndup(const char *s, size_t n)
{
	char *copy = arena_alloc(n + 1);

	memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(const char *s)
{
	return arena_strndup(s, strlen(s));
}

/* Returns where the arena ends now. */
void *arena_mark(void)
{
	return pieces ? pieces->memory + pieces->used : NULL;
}

/* Frees what was allocated since the mark was taken. */
void arena_release(void *mark)
{
	char *m = mark;

	while (pieces && !(m && m >= pieces->memory &&
			   m <= pieces->memory + pieces->size)) {
		struct piece *p = pieces;

		pieces = p->next;
		free(p);
	}
	if (pieces)
		pieces->used = m - pieces->memory;
}

/* Makes room for more further characters and the NUL. */
static void text_reserve(struct text *t, size_t more)
{
	char *bigger;

	if (t->length + more + 1 <= t->room)
		return;
	t->room = (t->length + more) * 2 + 32;
	bigger = arena_alloc(t->room);
	if (t->s)
		memcpy(bigger, t->s, t->length);
	t->s = bigger;
}

void text_putn(struct text *t, const char *s, size_t n)
{
	text_reserve(t, n);
	memcpy(t->s + t->length, s, n);
	t->length += n;
	t->s[t->length] = '\0';
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
	text_reserve(t, 0);
	t->s[t->length] = '\0';
	return t->s;
}
