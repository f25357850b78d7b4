/* A text that is made while it is read: only one page of it is kept. */
#include <cowix/kernel.h>
#include <asm/mmu.h>
#include <cowix/seq.h>

#define LINE_LENGTH	256

void seq_write(struct seq *s, const char *text, u32 n)
{
	for (; n > 0; n--, text++, s->at++)
		if (s->at - s->from < PAGE_SIZE)
			s->buf[s->at - s->from] = *text;
}

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

/* Returns true if a line of n characters can be left out, and counts it. */
bool seq_skip(struct seq *s, u32 n)
{
	bool outside = s->at + n <= s->from || s->at >= s->from + PAGE_SIZE;

	if (outside)
		s->at += n;
	return outside;
}
