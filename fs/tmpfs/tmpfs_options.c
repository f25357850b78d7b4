/* The options of tmpfs: size=, nr_blocks=, nr_inodes=, mode=, uid=, gid=. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>
#include "tmpfs.h"

#define MODE_MAX 07777
#define PERCENT_MAX 1000	/* of the memory */

static const char *const option_names[] = {
	"size", "nr_blocks", "nr_inodes", "mode", "uid", "gid",
};

enum { SIZE, NR_BLOCKS, NR_INODES, MODE, UID, GID };

/* Returns how far to shift for the units k, m and g; 0 for anything else. */
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
 * Reads a number, of a base up to 10, and finds its end. Returns false if there
 * is none or it is far too large.
 */
static bool parse_digits(const char *text, u32 base, const char **end, u64 *n)
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

/*
 * Reads a size in bytes, perhaps with a unit. Sets *units to that many units of
 * 1 << shift bytes, rounded up. Returns false if the text is no size.
 */
static bool parse_size(const char *text, u32 shift, u32 *units)
{
	const char *end;
	u32 unit;
	u64 n;

	if (!parse_digits(text, 10, &end, &n))
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

/* Reads a whole text as a number up to max. Returns false if it is none. */
static bool parse_up_to(const char *text, u32 base, u32 max, u32 *number)
{
	const char *end;
	u64 n;

	if (!parse_digits(text, base, &end, &n) || *end || n > max)
		return false;
	*number = n;
	return true;
}

/* Sets one option. Returns false if the value does not fit it. */
static bool set_option(struct tmpfs_options *o, u32 option, const char *value)
{
	switch (option) {
	case SIZE:
		return parse_size(value, PAGE_SHIFT, &o->pages);
	case NR_BLOCKS:
		return parse_size(value, 0, &o->pages);
	case NR_INODES:
		return parse_size(value, 0, &o->inodes);
	case MODE:
		return parse_up_to(value, 8, MODE_MAX, &o->mode);
	case UID:
		return parse_up_to(value, 10, U32_MAX - 1, &o->uid);
	case GID:
		return parse_up_to(value, 10, U32_MAX - 1, &o->gid);
	}
	return false;
}

/* Reads one option, `name=value`. */
static int parse_option(struct tmpfs_options *o, char *text)
{
	char *value = strchr(text, '=');
	u32 i = 0;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	while (i < ARRAY_SIZE(option_names) &&
	       strcmp(option_names[i], text) != 0)
		i++;
	return set_option(o, i, value) ? 0 : -EINVAL;
}

/*
 * Changes o as a list of options says. The list is overwritten. Returns 0 or
 * -EINVAL.
 */
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
