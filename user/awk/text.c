/* Texts that grow piece by piece. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

void append(struct text *t, const char *s, size_t n)
{
	if (t->length + n > t->room) {
		t->room = (t->length + n) * 2 + 64;
		t->s = realloc(t->s, t->room);
		if (!t->s)
			fatal("no memory", NULL);
	}
	memcpy(t->s + t->length, s, n);
	t->length += n;
}

void append_char(struct text *t, char c)
{
	append(t, &c, 1);
}

void append_string(struct text *t, const struct string *s)
{
	append(t, s->s, s->length);
}

/* Returns the text as a value's, and frees it. */
struct string *finish(struct text *t)
{
	struct string *s = new_string(NULL, t->length);

	if (t->length)
		memcpy(s->s, t->s, t->length);
	free(t->s);
	*t = (struct text){ NULL, 0, 0 };
	return s;
}
