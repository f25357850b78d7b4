/*
 * Tables of numbers and names, made by tools/ksyms: the kernel's functions by their distance from __text_start, and the system calls that do not
 * exist. An entry is how far its number lies from the one before, and its name, in which the most frequent pairs of characters, of pairs, and so on,
 * are one byte (P. Gage, "A New Algorithm for Data Compression", 1994). The NUL at the end of a name may be part of a pair too.
 */
#include <cowix/kernel.h>
#include "kernel_internal.h"

#define LONG_STEP	255		/* the step follows in two bytes; the last entry has one that leads beyond every number */

static void expand(char **to, u8 code)
{
	if (name_codes[code][1]) {
		expand(to, name_codes[code][0]);
		expand(to, name_codes[code][1]);
	} else {
		*(*to)++ = name_codes[code][0];
	}
}

/* The last name whose number is not above the one given: its number; the name goes to a buffer of PACKED_NAME_SIZE bytes. */
u32 packed_name(const u8 *table, u32 number, char *name)
{
	u32 found = 0;

	*name = '\0';
	for (;;) {
		u32 step = *table++;
		char *to = name;

		if (step == LONG_STEP) {
			step = *(const u16 *)table;
			table += sizeof(u16);
		}
		if (step > number - found)
			return found;
		found += step;
		do
			expand(&to, *table++);
		while (to[-1]);
	}
}
