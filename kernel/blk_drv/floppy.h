/*
 * The floppy driver's three parts: fdc.c gives commands to the controller,
 * floppy_format.c knows the formats of disks, floppy.c serves requests.
 */
#ifndef FLOPPY_H
#define FLOPPY_H

#include <cowix/blkdev.h>

#define BUFFER_SECTORS	18u	/* of the largest track but one: a run */

/* A disk's format in some drive. */
struct floppy_format {
	u8 sectors, cylinders;	/* of a track; of each of the two sides */
	u8 step;	/* of the head between cylinders: 2 in a finer drive */
	u8 gap;			/* between sectors, for the controller */
	u8 rate;		/* as the controller numbers it */
	bool perpendicular;
};

#define HEADS		2u

/* Where on a disk a command works: sectors of one track, from 0. */
struct floppy_place {
	const struct floppy_format *format;
	u32 cylinder, head, first, count;
};

/* floppy_format.c */
/* NULL: no more */
const struct floppy_format *floppy_format(u32 drive_type, u32 n);
u32 format_sectors(const struct floppy_format *format);
u32 format_run(const struct floppy_format *format); /* sectors read at once */

/* fdc.c */
#define ST0_ERROR	0xC0
#define ST0_SEEK_END	0x20
#define ST1_NOT_WRITABLE 0x02
#define RESULT_MAX	7

extern u8 fdc_result[RESULT_MAX];	/* of the last command */
u8 fdc_motors(void);			/* bit n: drive n's runs */
void fdc_select(u32 drive, u8 motors);	/* one drive, and which motors run */
void fdc_reset(u32 drive, u8 motors);	/* an interrupt follows */
bool fdc_after_reset(void);
bool fdc_disk_changed(void);		/* of the drive that is selected */
bool fdc_recalibrate(u32 drive); /* false: refused; else an interrupt follows */
bool fdc_seek(u32 drive, u32 head, u32 cylinder);
u32 fdc_sense(void);		/* how many bytes of result there were */
u32 fdc_read_result(void);
bool fdc_transfer(u32 drive, const struct floppy_place *at, bool write,
		  u8 *buffer);

#endif
