/*
 * The floppy driver's five parts: fdc.c gives commands to the controller,
 * floppy_format.c knows the formats of disks, floppy_probe.c finds which one a
 * disk has, floppy_buffer.c holds the sectors read last, floppy.c serves
 * requests.
 */
#ifndef FLOPPY_H
#define FLOPPY_H

#include <cowix/blkdev.h>

#define HEADS		2u

/* A disk's format in some drive. */
struct floppy_format {
	u8 sectors;		/* of a track */
	u8 cylinders;
	u8 step;		/* between cylinders: 2 in a finer drive */
	u8 gap;			/* between sectors, for the controller */
	u8 rate;		/* as the controller numbers it */
	bool perpendicular;
};

struct drive {
	u8 type;		/* as the CMOS has it; 0: no drive */
	bool calibrated;	/* the head's cylinder is known */
	u32 cylinder;		/* that the head was sent to, in steps */
	const struct floppy_format *format;	/* at the last open, or NULL */
	bool verified;		/* it is the format of what is there now */
	bool replaced;		/* the disk was, since somebody asked */
};

/* Where on a disk a command works: sectors of one track, from 0. */
struct floppy_place {
	const struct floppy_format *format;
	u32 cylinder, head, first, count;
};

/* floppy_format.c */
#define BUFFER_SECTORS	18u	/* of the largest track but one */
const struct floppy_format *floppy_format(u32 drive_type, u32 n);
u32 format_sectors(const struct floppy_format *format);
u32 format_run(const struct floppy_format *format);

/* floppy_probe.c */
void floppy_probe_start(void);
struct floppy_place floppy_probe_place(const struct drive *d);
void floppy_probed(struct drive *d, bool readable);
void floppy_unusable(struct drive *d);

/* floppy.c, for floppy_probe.c */
struct request *floppy_request(void);
void floppy_begin(void);
void floppy_finish(int error);
void floppy_complain(const char *what);

/* floppy_buffer.c */
extern u8 floppy_buffer[BUFFER_SECTORS * SECTOR_SIZE];
void floppy_buffer_forget(void);
void floppy_buffer_filled(kdev_t dev, u32 run);
u32 floppy_buffer_read(const struct request *rq, u32 served, u32 run_length);

/* fdc.c */
#define ST0_ERROR	0xC0
#define ST0_SEEK_END	0x20
#define ST1_NOT_WRITABLE 0x02
#define RESULT_MAX	7

extern u8 fdc_result[RESULT_MAX];	/* of the last command */
u8 fdc_motors(void);
void fdc_select(u32 drive, u8 motors);
void fdc_reset(u32 drive, u8 motors);
bool fdc_after_reset(void);
bool fdc_disk_changed(void);
bool fdc_recalibrate(u32 drive);
bool fdc_seek(u32 drive, u32 head, u32 cylinder);
u32 fdc_sense(void);
u32 fdc_read_result(void);
bool fdc_transfer(u32 drive, const struct floppy_place *at, bool write,
		  u8 *buffer);

#endif
