/* Sizes for people, for df and du. */
#include <stdio.h>
#include <util.h>

/* Writes a size with a unit. It is rounded up, with one decimal below ten. */
void human_size(unsigned long long bytes, char *to)
{
	unsigned long long tenths = bytes * 10;
	const char *unit = "\0KMGT";

	for (; tenths >= 10240; unit++)
		tenths = (tenths + 1023) >> 10;
	if (!*unit)
		sprintf(to, "%u", (unsigned)bytes);
	else if (tenths < 100)
		sprintf(to, "%u.%u%c", (unsigned)tenths / 10,
			(unsigned)tenths % 10, *unit);
	else
		sprintf(to, "%u%c", ((unsigned)tenths + 9) / 10, *unit);
}
