/* /proc/sys: numbers with which the superuser controls the kernel. */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <abi/errno.h>
#include <abi/utsname.h>
#include "proc.h"

#define NUMBER_MAX	0x7FFFFFFFu

/* Reads a decimal number up to most. Returns -EINVAL for anything else. */
static int parse_setting(const char *text, u32 most, u32 *number)
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

/* Prints 0: only a mapping that is obviously too large is refused. */
void show_overcommit(struct seq *s)
{
	seq_printf(s, "0\n");
}

/* Accepts only 0. */
int store_overcommit(const char *text)
{
	u32 mode;

	return parse_setting(text, 0, &mode);
}

/* Prints the word, or the number, that the entry has. */
void show_word(struct seq *s)
{
	seq_printf(s, "%s\n", (const char *)proc_entry_of(s->inode)->shown);
}

void show_number(struct seq *s)
{
	seq_printf(s, "%u\n", (u32)proc_entry_of(s->inode)->shown);
}

/* Names the machine, as sethostname() does. Returns -EINVAL if too long. */
int store_hostname(const char *text)
{
	u32 length = strlen(text);

	if (length && text[length - 1] == '\n')
		length--;
	if (length >= sizeof(system_names.nodename))
		return -EINVAL;
	memcpy(system_names.nodename, text, length);
	system_names.nodename[length] = '\0';
	return 0;
}

void show_max_areas(struct seq *s)
{
	seq_printf(s, "%u\n", max_areas);
}

int store_max_areas(const char *text)
{
	return parse_setting(text, NUMBER_MAX, &max_areas);
}
