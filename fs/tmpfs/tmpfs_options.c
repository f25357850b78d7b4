/* The options of tmpfs: size=, nr_blocks=, nr_inodes=, mode=, uid=, gid=. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>
#include "tmpfs.h"

#define MODE_MAX 07777
#define PERCENT_MAX 1000	/* of the memory */

static const char *const names[] = {
	"size", "nr_blocks", "nr_inodes", "mode", "uid", "gid",
};

enum { SIZE, NR_BLOCKS, NR_INODES, MODE, UID, GID };

/* How far to shift for k, m and g; 0: it is none of them. */
static u32 unit_shift(char c)
{
	switch (c) {
	case 'k': case 'K':
		return 10;
	case 'm': case 'M':
		return 20;
	case 'g': case 'G':
		return 30;
	}
	return 0;
}

/*
 * Reads all of a number with digits of a base below 10. Returns false if it is
 * none.
 */
static bool parse(const char *text, u32 base, const char **end, u64 *n)
{
	const char *start = text;

	for (*n = 0; *text >= '0' && *text < '0' + (char)base; text++) {
		if (*n > U32_MAX)
			return false;
		*n = *n * base + (*text - '0');
	}
	*end = text;
	return text > start;
}

/* A size in bytes with a unit, as so many whole units of 1 << shift bytes. */
static bool parse_size(const char *text, u32 shift, u32 *units)
{
	const char *end;
	u32 unit;
	u64 n;

	if (!parse(text, 10, &end, &n))
		return false;
	if (shift == PAGE_SHIFT && strcmp(end, "%") == 0) {
		*units = nr_ram_frames * (u32)n / 100;
		return n <= PERCENT_MAX;
	}
	unit = unit_shift(*end);
	if (n > U64_MAX >> (unit + 1))
		return false;
	n = ((n << unit) + (1u << shift) - 1) >> shift;
	*units = n;
	return !end[unit > 0] && n <= U32_MAX;
}

static bool parse_number(const char *text, u32 base, u32 max, u32 *number)
{
	const char *end;
	u64 n;

	if (!parse(text, base, &end, &n) || *end || n > max)
		return false;
	*number = n;
	return true;
}

/* Returns false if the value is none for the option. */
static bool take(struct tmpfs_options *o, u32 option, const char *value)
{
	switch (option) {
	case SIZE:
		return parse_size(value, PAGE_SHIFT, &o->pages);
	case NR_BLOCKS:
		return parse_size(value, 0, &o->pages);
	case NR_INODES:
		return parse_size(value, 0, &o->inodes);
	case MODE:
		return parse_number(value, 8, MODE_MAX, &o->mode);
	case UID:
		return parse_number(value, 10, U32_MAX - 1, &o->uid);
	case GID:
		return parse_number(value, 10, U32_MAX - 1, &o->gid);
	}
	return false;
}

/* One option, which ends where the string does. */
static int parse_option(struct tmpfs_options *o, char *text)
{
	char *value = strchr(text, '=');
	u32 i = 0;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	while (i < ARRAY_SIZE(names) && strcmp(names[i], text) != 0)
		i++;
	return take(o, i, value) ? 0 : -EINVAL;
}

/* Changes o as a list of options says, which is cut to pieces. -EINVAL. */
int tmpfs_parse(struct tmpfs_options *o, char *list)
{
	int error = 0;

	while (list && *list && !error) {
		char *comma = strchr(list, ',');

		if (comma)
			*comma++ = '\0';
		if (*list)
			error = parse_option(o, list);
		list = comma;
	}
	return error;
}
