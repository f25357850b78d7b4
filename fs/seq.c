/* A text that is made while it is read. Only one page of it is kept. */
#include <cowix/kernel.h>
#include <asm/mmu.h>
#include <cowix/seq.h>

#define LINE_LENGTH	256

/* Prints n bytes; keeps those that lie in the page. */
void seq_write(struct seq *s, const char *text, u32 n)
{
	for (; n > 0; n--, text++, s->at++)
		if (s->at - s->from < PAGE_SIZE)
			s->buf[s->at - s->from] = *text;
}

/* Prints a formatted text of at most 255 characters. */
void seq_printf(struct seq *s, const char *fmt, ...)
{
	char line[LINE_LENGTH];
	va_list ap;
	u32 n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	seq_write(s, line, min_u32(n, sizeof(line) - 1));
}

/*
 * Counts a line of n characters and returns true if no part of it lies in the
 * page. Else returns false, and the caller must print it.
 */
bool seq_skip(struct seq *s, u32 n)
{
	bool outside = s->at + n <= s->from || s->at >= s->from + PAGE_SIZE;

	if (outside)
		s->at += n;
	return outside;
}
