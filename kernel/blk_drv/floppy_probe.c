/*
 * Finds the format of the disk in a drive, before anything else is done with
 * it, and again when the drive says that the disk was changed. The drive's
 * formats are tried in turn. The right one is the first whose last sector of a
 * track can be read, if the sector after it cannot. The track is on cylinder 1:
 * the way there clears the change line if there is a disk, and shows whether
 * the step is right.
 */
#include <cowix/kernel.h>
#include <abi/errno.h>
#include "floppy.h"

#define ROUNDS		2		/* through the formats */

static struct {
	u32 round;
	u32 candidate;		/* of the formats of the drive */
	bool beyond;		/* its last sector is there: try the next one */
} probe;

void floppy_probe_start(void)
{
	memset(&probe, 0, sizeof(probe));
}

/* Returns the format that is tried, or NULL if none is left. */
static const struct floppy_format *candidate(const struct drive *d)
{
	return floppy_format(d->type, probe.candidate);
}

/* Returns the sector that tells whether the candidate is the right format. */
struct floppy_place floppy_probe_place(const struct drive *d)
{
	const struct floppy_format *format = candidate(d);

	return (struct floppy_place){
		.format = format,
		.cylinder = 1,
		.head = HEADS - 1,
		.first = probe.beyond ? format->sectors : format->sectors - 1,
		.count = 1,
	};
}

/*
 * Ends the request: there is no disk, or none of a known format. A drive
 * without a disk goes on saying that it changed.
 */
void floppy_unusable(struct drive *d)
{
	bool empty = fdc_disk_changed();

	d->calibrated = false;
	if (empty && floppy_request()->cmd == FLUSH) {
		floppy_finish(-ENXIO);
		return;
	}
	floppy_complain(empty ? "no disk" : "no format that is known");
	floppy_finish(-EIO);
}

/*
 * No candidate is left. If there is a disk, it may have been too early: tries
 * all formats once more.
 */
static void none_left(struct drive *d)
{
	if (fdc_disk_changed() || ++probe.round >= ROUNDS) {
		floppy_unusable(d);
		return;
	}
	d->calibrated = false;
	probe.candidate = 0;
	floppy_begin();
}

/* The disk's format is known. Only an open takes another than there was. */
static void found(struct drive *d, const struct floppy_format *format)
{
	bool opening = floppy_request()->cmd == FLUSH;

	if (d->format && d->format != format && !opening) {
		floppy_complain("another disk");
		floppy_finish(-EIO);
		return;
	}
	d->format = format;
	d->verified = true;
	if (opening)
		floppy_finish(0);
	else
		floppy_begin();
}

/* What a probe has shown: tries on, or the format is found. */
void floppy_probed(struct drive *d, bool readable)
{
	if (probe.beyond) {
		if (readable)
			floppy_unusable(d);	/* more than are known */
		else
			found(d, candidate(d));
		return;
	}
	if (readable)
		probe.beyond = true;
	else
		probe.candidate++;
	if (candidate(d))
		floppy_begin();
	else
		none_left(d);
}
