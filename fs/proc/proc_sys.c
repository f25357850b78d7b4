/* /proc/sys: the numbers by which the superuser steers the kernel. */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <abi/errno.h>
#include "proc.h"

#define NUMBER_MAX	0x7FFFFFFFu

/* Reads a decimal number up to most, alone on its line. -EINVAL */
static int parse(const char *text, u32 most, u32 *number)
{
	const char *s = text;
	u64 n = 0;

	for (; *s >= '0' && *s <= '9' && n <= most; s++)
		n = n * 10 + *s - '0';
	if (s == text || n > most || (*s && *s != '\n'))
		return -EINVAL;
	*number = n;
	return 0;
}

/* 0: a mapping is refused only if it could obviously never be had. */
void show_overcommit(struct seq *s)
{
	seq_printf(s, "0\n");
}

/* There is no other way than 0. */
int store_overcommit(const char *text)
{
	u32 way;

	return parse(text, 0, &way);
}

void show_max_areas(struct seq *s)
{
	seq_printf(s, "%u\n", max_areas);
}

int store_max_areas(const char *text)
{
	return parse(text, NUMBER_MAX, &max_areas);
}
