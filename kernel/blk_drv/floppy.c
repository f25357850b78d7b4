/*
 * Floppy drives: a state machine that interrupts and timers push on; nothing
 * waits with interrupts masked:
 * 	motor -> (reset) -> recalibrate -> seek -> transfer -> done, or back to
 * 	reset after an error, at most RETRIES times.
 *
 * Which format a disk has is found out before anything else is done with it,
 * and again when the drive says that the disk was changed: of the formats that
 * the drive takes, it is the first whose last sector of a track can be read, if
 * none comes after it. The track is on cylinder 1: the way there clears the
 * change line if there is a disk, and shows whether the step is right. Opening
 * a drive takes what is in it; if another format is found later, all fails
 * until the next open.
 *
 * Runs of sectors, mostly whole tracks, are read into a buffer, and requests
 * are served from there while they lie in it. Writes go through it, too, as
 * much of a request at a time as lies in one run.
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <cowix/mm.h>
#include <cowix/time.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "floppy.h"
#include "blk_internal.h"

#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
/* type of drive 0 in the high nibble, of drive 1 in the low one */
#define CMOS_FLOPPIES	0x10

#define DRIVES		2
#define RETRIES		5
#define ROUNDS		2		/* through the formats */
#define NO_CANDIDATE	(~0u)
#define SPIN_UP		(HZ / 2)
#define MOTOR_OFF	(3 * HZ)
#define TIMEOUT		(3 * HZ)

enum state {
	IDLE,
	SPINNING_UP,
	RESETTING,
	RECALIBRATING,
	SEEKING,
	TRANSFERRING
};

static enum state state;
static struct drive {
	u8 type;			/* as the CMOS has it; 0: no drive */
	bool calibrated;
	u32 cylinder;		/* that the head was sent to, in steps */
	/* that was there at the last open; NULL: none */
	const struct floppy_format *format;
	bool verified;			/* it is what is in the drive now */
	bool replaced;			/* the disk was, since somebody asked */
	/* of each command, requests that failed since the last that did not */
	u32 failures[FLUSH + 1];
} drives[DRIVES];
static u32 drive;			/* that the request is for */
static u32 served;		/* sectors of the request that are done */
static u32 tries;
static u32 probe;		/* twice the candidate; odd: beyond its end */
static bool needs_reset = true;
static u8 motors;			/* bit n: drive n's runs */
static struct timer watchdog, motor_timer;
/* the buffer holds this run of this drive; 0: nothing */
static kdev_t buffered_dev;
static u32 buffered_run;
/* which keeps it inside 64 KB */
static u8 track_buffer[BUFFER_SECTORS * SECTOR_SIZE] ALIGNED(16384);

static void begin(void);

static struct request *request(void)
{
	return current_request(FLOPPY_MAJOR);
}

static u32 sector_now(void)
{
	return request()->sector + served;
}

static u32 run_length(void)
{
	return format_run(drives[drive].format);
}

static u32 run_now(void)
{
	return sector_now() / run_length();
}

/* Of the drive that is worked on, at the command that is. */
static u32 *failures(void)
{
	return &drives[drive].failures[request()->cmd];
}

static void complain(const char *what)
{
	if (*failures() < FAILURES_TOLD)
		printk("fd%u: %s: st0 %x st1 %x st2 %x, sector %u\n", drive,
		       what, fdc_result[0], fdc_result[1], fdc_result[2],
		       sector_now());
}

static void motor_off(struct timer *t)
{
	(void)t;
	motors = 0;
	fdc_select(0, 0);
}

/* The request is over. The motor runs on for a while. */
static void finish(int error)
{
	struct request *rq = request();

	timer_cancel(&watchdog);
	timer_cancel(&motor_timer);
	timer_add(&motor_timer, MOTOR_OFF, motor_off, NULL);
	state = IDLE;
	served = tries = probe = 0;
	*failures() = error ? *failures() + 1 : 0;
	end_request(rq, error);
}

/* Something went wrong: start again from a reset, or give up. */
static void retry(const char *what)
{
	buffered_dev = 0;
	needs_reset = true;
	drives[drive].calibrated = false;
	if (++tries >= (*failures() < FAILURES_TOLD ? RETRIES : 1)) {
		complain(what);
		finish(-EIO);
		return;
	}
	begin();
}

static void timed_out(struct timer *t)
{
	(void)t;
	retry("no answer");
}

/* A command is on its way: wait for its interrupt, but not forever. */
static void expect(enum state next)
{
	state = next;
	timer_cancel(&watchdog);
	timer_add(&watchdog, TIMEOUT, timed_out, NULL);
}

static const struct floppy_format *candidate(void)
{
	return floppy_format(drives[drive].type, probe / 2);
}

/*
 * No candidate is left. A drive without a disk goes on saying that it changed.
 * If there is one, it may have been too early: all is tried once more.
 */
static void nothing_known(void)
{
	drives[drive].calibrated = false;
	if (!fdc_disk_changed() && probe != NO_CANDIDATE && ++tries < ROUNDS) {
		probe = 0;
		begin();
		return;
	}
	if (request()->cmd == FLUSH && fdc_disk_changed()) {
		finish(-ENXIO);
		return;
	}
	complain(fdc_disk_changed() ? "no disk" : "no format that is known");
	finish(-EIO);
}

/* The disk's format is known. Only an open takes another than there was. */
static void found(const struct floppy_format *format)
{
	struct drive *d = &drives[drive];

	if (d->format && d->format != format && request()->cmd != FLUSH) {
		complain("another disk");
		finish(-EIO);
		return;
	}
	d->format = format;
	d->verified = true;
	if (request()->cmd == FLUSH)
		finish(0);
	else
		begin();
}

/* What a probe has shown: try on, or the format is found. */
static void probed(bool readable)
{
	bool beyond = probe & 1;

	if (beyond && !readable) {
		found(candidate());
		return;
	}
	if (beyond)
		probe = NO_CANDIDATE;	/* more sectors than are known */
	else
		probe += readable ? 1 : 2;
	if (candidate())
		begin();
	else
		nothing_known();
}

/* Sectors of the request that are left in the current run. */
static u32 sectors_here(void)
{
	return min_u32(request()->nr_sectors - served,
		       run_length() - sector_now() % run_length());
}

/* Where the next transfer is: a probe, the request's sectors, or their run. */
static struct floppy_place place_now(void)
{
	const struct floppy_format *format = drives[drive].format;
	u32 first, track;

	if (!drives[drive].verified) {
		format = candidate();
		return (struct floppy_place){
			format, 1, HEADS - 1, format->sectors - !(probe & 1), 1,
		};
	}
	first = request()->cmd == WRITE ? sector_now()
					: run_now() * run_length();
	track = first / format->sectors;
	return (struct floppy_place){
		format, track / HEADS, track % HEADS, first % format->sectors,
		request()->cmd == WRITE ? sectors_here() : run_length(),
	};
}

static void transfer(const struct floppy_place *at)
{
	bool write = drives[drive].verified && request()->cmd == WRITE;

	buffered_dev = 0;
	if (write)
		memcpy(track_buffer, request()->buffer + served * SECTOR_SIZE,
		       at->count * SECTOR_SIZE);
	expect(TRANSFERRING);
	if (!fdc_transfer(drive, at, write, track_buffer))
		retry("command refused");
}

/*
 * Serve what the buffered run has of a read request; whether the request is
 * complete.
 */
static bool serve_from_buffer(void)
{
	struct request *rq = request();

	while (served < rq->nr_sectors && buffered_dev == rq->dev &&
	       buffered_run == run_now()) {
		u32 n = sectors_here();

		memcpy(rq->buffer + served * SECTOR_SIZE,
		       track_buffer + sector_now() % run_length() * SECTOR_SIZE,
		       n * SECTOR_SIZE);
		served += n;
	}
	return served == rq->nr_sectors;
}

/* A changed disk: nothing that was known is true of it. */
static void check_change_line(void)
{
	if (!fdc_disk_changed())
		return;
	buffered_dev = 0;
	drives[drive].calibrated = drives[drive].verified = false;
	drives[drive].replaced = true;
}

static void spun_up(struct timer *t)
{
	(void)t;
	check_change_line();
	begin();
}

static void spin_up(void)
{
	motors |= 1 << drive;
	fdc_select(drive, motors);
	state = SPINNING_UP;
	timer_add(&watchdog, SPIN_UP, spun_up, NULL);
}

static void reset_controller(void)
{
	needs_reset = false;
	expect(RESETTING);
	fdc_reset(drive, motors);
}

static void recalibrate(void)
{
	expect(RECALIBRATING);
	if (!fdc_recalibrate(drive))
		retry("recalibrate refused");
}

static void seek(const struct floppy_place *at)
{
	drives[drive].cylinder = at->cylinder * at->format->step;
	expect(SEEKING);
	if (!fdc_seek(drive, at->head, drives[drive].cylinder))
		retry("seek refused");
}

/* The next step towards the current request. Interrupts are masked. */
static void begin(void)
{
	struct drive *d = &drives[drive];
	struct floppy_place at = place_now();

	if (needs_reset)
		reset_controller();
	else if (!d->calibrated)
		recalibrate();
	else if (d->cylinder != at.cylinder * at.format->step)
		seek(&at);
	else if (!d->verified && fdc_disk_changed())
		nothing_known();	/* some controllers wait for a disk */
	else
		transfer(&at);
}

/* ll_rw_blk's call: the queue has a new head. FLUSH is floppy_open's. */
static void floppy_start(int major)
{
	(void)major;
	if (state != IDLE)
		return;
	drive = MINOR(request()->dev);
	served = tries = probe = 0;
	timer_cancel(&motor_timer);
	if (!(motors & 1 << drive)) {
		spin_up();
		return;
	}
	fdc_select(drive, motors);
	check_change_line();
	if (drives[drive].verified &&
	    (request()->cmd == FLUSH ||
	     (request()->cmd == READ && serve_from_buffer())))
		finish(0);
	else
		begin();
}

static void reset_done(void)
{
	for (u32 i = 0; i < DRIVES; i++)
		drives[i].calibrated = false;
	if (fdc_after_reset())
		begin();
	else
		retry("timing refused");
}

/*
 * Recalibrate and seek have ended. Where the head is does not matter: a sector
 * is read or written only if it names the cylinder that the command does.
 */
static void seek_done(bool recalibrated)
{
	if (fdc_sense() < 2 ||
	    (fdc_result[0] & (ST0_ERROR | ST0_SEEK_END)) != ST0_SEEK_END) {
		retry("seek failed");
		return;
	}
	if (recalibrated) {
		drives[drive].calibrated = fdc_result[1] == 0;
		drives[drive].cylinder = 0;
	}
	if (recalibrated && fdc_result[1] != 0)
		retry("no cylinder 0");
	else
		begin();
}

/* Account for what was transferred, and go on. */
static void transferred(void)
{
	tries = 0;
	if (request()->cmd == READ) {
		buffered_dev = request()->dev;
		buffered_run = run_now();
		serve_from_buffer();
	} else {
		served += sectors_here();
	}
	if (served == request()->nr_sectors)
		finish(0);
	else
		begin();
}

static void transfer_done(void)
{
	u32 n = fdc_read_result();
	bool good = n == RESULT_MAX && !(fdc_result[0] & ST0_ERROR);

	if (n < RESULT_MAX) {
		retry("no result");
	} else if (!drives[drive].verified) {
		probed(good);
	} else if (good) {
		transferred();
	} else if (fdc_result[1] & ST1_NOT_WRITABLE) {
		complain("write-protected");
		finish(-EROFS);
	} else {
		check_change_line();
		retry("transfer failed");
	}
}

static void floppy_interrupt(struct pt_regs *regs)
{
	(void)regs;
	switch (state) {
	case RESETTING:
		timer_cancel(&watchdog);
		reset_done();
		break;
	case RECALIBRATING:
	case SEEKING:
		timer_cancel(&watchdog);
		seek_done(state == RECALIBRATING);
		break;
	case TRANSFERRING:
		timer_cancel(&watchdog);
		transfer_done();
		break;
	default:
		needs_reset =
			true; /* nothing was expected: let the next request start from a known state */
	}
}

/* Returns the size of the disk; of one not looked at yet, the largest's. */
static u32 floppy_sectors(kdev_t dev)
{
	const struct drive *d = &drives[MINOR(dev)];

	if (MINOR(dev) >= DRIVES || !d->type)
		return 0;
	return format_sectors(d->format ? d->format
					: floppy_format(d->type, 0));
}

/*
 * Takes the disk that is in the drive. -ENXIO: none; -EIO: an unknown format.
 */
static int floppy_open(kdev_t dev)
{
	return floppy_sectors(dev) ? block_rw(dev, FLUSH, 0, 0, NULL) : -ENXIO;
}

/* Returns whether the disk was replaced since the last call. */
static bool floppy_replaced(kdev_t dev)
{
	bool replaced = drives[MINOR(dev)].replaced;

	drives[MINOR(dev)].replaced = false;
	return replaced;
}

static const struct block_device_ops floppy_ops = {
	.name = "floppy", .start = floppy_start, .sectors = floppy_sectors,
	.open = floppy_open, .replaced = floppy_replaced,
};

/*
 * The CMOS knows which drives there are; the controller is not touched before
 * the first request.
 */
void floppy_init(void)
{
	u8 types;

	outb(CMOS_INDEX, CMOS_FLOPPIES);
	io_delay();
	types = inb(CMOS_DATA);
	drives[0].type = floppy_format(types >> 4, 0) ? types >> 4 : 0;
	drives[1].type = floppy_format(types & 0x0F, 0) ? types & 0x0F : 0;
	list_init(&watchdog.link);
	list_init(&motor_timer.link);
	if (!types)
		return;
	/*
	 * the BIOS has just read from it: no need to wait for it to spin up
	 * again
	 */
	motors = fdc_motors();
	request_irq(IRQ_FLOPPY, floppy_interrupt);
	register_blkdev(FLOPPY_MAJOR, &floppy_ops);
}
