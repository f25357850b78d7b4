/*
 * The formats of PC floppies by the drives that take them, largest first. A
 * disk of 40 cylinders in a drive of 80 uses every second one. It is read at
 * 300 kbit/s, because such a drive turns faster.
 */
#include <cowix/kernel.h>
#include "floppy.h"

#define CANDIDATES	3

enum { RATE_500K, RATE_300K, RATE_250K, RATE_1M };

/* sectors, cylinders, step, gap, rate, perpendicular */
static const struct floppy_format
	d360_slow = { 9, 40, 1, 0x2A, RATE_250K, false },
	d360 = { 9, 40, 2, 0x23, RATE_300K, false },
	d720 = { 9, 80, 1, 0x2A, RATE_250K, false },
	d1200 = { 15, 80, 1, 0x1B, RATE_500K, false },
	d1440 = { 18, 80, 1, 0x1B, RATE_500K, false },
	d2880 = { 36, 80, 1, 0x1B, RATE_1M, true };

/*
 * By the type of the drive, as the CMOS numbers it. Some BIOSes call a drive of
 * 2.88 MB type 5, others 6.
 */
static const struct floppy_format *const candidates[][CANDIDATES] = {
	{ NULL },
	{ &d360_slow },
	{ &d1200, &d360 },
	{ &d720 },
	{ &d1440, &d720 },
	{ &d2880, &d1440, &d720 },
	{ &d2880, &d1440, &d720 },
};

/* Returns the nth format that a type of drive takes, or NULL. */
const struct floppy_format *floppy_format(u32 drive_type, u32 n)
{
	if (drive_type >= ARRAY_SIZE(candidates) || n >= CANDIDATES)
		return NULL;
	return candidates[drive_type][n];
}

/* Returns the size of a disk. */
u32 format_sectors(const struct floppy_format *format)
{
	return format->sectors * HEADS * format->cylinders;
}

/* Returns how many sectors are read at once: a run. */
u32 format_run(const struct floppy_format *format)
{
	return min_u32(format->sectors, BUFFER_SECTORS);
}
