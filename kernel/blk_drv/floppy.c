/*
 * Floppy drives: a state machine that interrupts and timers push on. Nothing
 * waits with interrupts masked:
 * 	motor -> (reset) -> recalibrate -> seek -> transfer -> done, or back to
 * 	reset after an error, at most RETRIES times.
 *
 * The format of a disk is found out before anything else is done with it
 * (floppy_probe.c). Opening a drive takes the disk that is in it. If another
 * format is found later, all requests fail until the next open.
 *
 * Runs of sectors are read into a buffer, and requests are served from there
 * (floppy_buffer.c). Writes go through it, too: as much of a request at a time
 * as lies in one run.
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <cowix/time.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "floppy.h"
#include "blk_internal.h"

#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
#define CMOS_FLOPPIES	0x10	/* types: drive 0 in the high nibble, then 1 */

#define DRIVES		2
#define RETRIES		5
#define SPIN_UP		(HZ / 2)
#define MOTOR_OFF	(3 * HZ)
#define TIMEOUT		(3 * HZ)

static enum {
	IDLE,
	SPINNING_UP,
	RESETTING,
	RECALIBRATING,
	SEEKING,
	TRANSFERRING
} state;

static struct drive drives[DRIVES];

/* Of the request that is worked on. */
static u32 drive;
static u32 served;		/* sectors of it that are done */
static u32 tries;

static bool needs_reset = true;
static u8 motors;		/* bit n: drive n's runs */
static struct timer watchdog, motor_timer;

/* Returns the request that is worked on. */
struct request *floppy_request(void)
{
	return current_request(FLOPPY_MAJOR);
}

/* Returns the request's first sector that is not done. */
static u32 sector_now(void)
{
	return floppy_request()->sector + served;
}

static u32 run_length(void)
{
	return format_run(drives[drive].format);
}

static u32 run_now(void)
{
	return sector_now() / run_length();
}

/* Says what is wrong, unless the disk has failed too often. */
void floppy_complain(const char *what)
{
	if (request_failures(floppy_request()) < FAILURES_TOLD)
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

static void start_over(void)
{
	served = tries = 0;
	floppy_probe_start();
}

/* Ends the request. The motor runs on for a while. */
void floppy_finish(int error)
{
	timer_cancel(&watchdog);
	timer_cancel(&motor_timer);
	timer_add(&motor_timer, MOTOR_OFF, motor_off, NULL);
	state = IDLE;
	start_over();
	end_request(floppy_request(), error);
}

/* Something went wrong: starts again from a reset, or gives up. */
static void floppy_retry(const char *what)
{
	bool patient = request_failures(floppy_request()) < FAILURES_TOLD;

	floppy_buffer_forget();
	needs_reset = true;
	drives[drive].calibrated = false;
	tries++;
	if (tries < RETRIES && patient) {
		floppy_begin();
	} else {
		floppy_complain(what);
		floppy_finish(-EIO);
	}
}

static void floppy_timed_out(struct timer *t)
{
	(void)t;
	floppy_retry("no answer");
}

/* A command is on its way: waits for its interrupt, but not forever. */
static void floppy_expect(int next)
{
	state = next;
	timer_cancel(&watchdog);
	timer_add(&watchdog, TIMEOUT, floppy_timed_out, NULL);
}

/* Returns how many sectors of the request are left in the current run. */
static u32 sectors_here(void)
{
	return min_u32(floppy_request()->nr_sectors - served,
		       run_length() - sector_now() % run_length());
}

/* Returns where the next transfer is: the request's sectors, or their run. */
static struct floppy_place transfer_place(void)
{
	const struct floppy_format *format = drives[drive].format;
	bool write = floppy_request()->cmd == WRITE;
	u32 first = write ? sector_now() : run_now() * run_length();
	u32 track = first / format->sectors;

	return (struct floppy_place){
		.format = format,
		.cylinder = track / HEADS,
		.head = track % HEADS,
		.first = first % format->sectors,
		.count = write ? sectors_here() : run_length(),
	};
}

static void floppy_transfer(const struct floppy_place *at)
{
	const struct request *rq = floppy_request();
	bool write = drives[drive].verified && rq->cmd == WRITE;

	floppy_buffer_forget();
	if (write)
		memcpy(floppy_buffer, rq->buffer + served * SECTOR_SIZE,
		       at->count * SECTOR_SIZE);
	floppy_expect(TRANSFERRING);
	if (!fdc_transfer(drive, at, write, floppy_buffer))
		floppy_retry("command refused");
}

/* Serves what the buffer has. Returns whether the request is complete. */
static bool serve_from_buffer(void)
{
	const struct request *rq = floppy_request();

	served = floppy_buffer_read(rq, served, run_length());
	return served == rq->nr_sectors;
}

/* If the disk was changed, forgets what was known of it. */
static void check_change_line(void)
{
	if (!fdc_disk_changed())
		return;
	floppy_buffer_forget();
	drives[drive].calibrated = drives[drive].verified = false;
	drives[drive].replaced = true;
}

static void spun_up(struct timer *t)
{
	(void)t;
	check_change_line();
	floppy_begin();
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
	floppy_expect(RESETTING);
	fdc_reset(drive, motors);
}

static void recalibrate(void)
{
	floppy_expect(RECALIBRATING);
	if (!fdc_recalibrate(drive))
		floppy_retry("recalibrate refused");
}

static void seek(u32 head, u32 cylinder)
{
	drives[drive].cylinder = cylinder;
	floppy_expect(SEEKING);
	if (!fdc_seek(drive, head, cylinder))
		floppy_retry("seek refused");
}

/* Takes the next step towards the request. Interrupts are masked. */
void floppy_begin(void)
{
	struct drive *d = &drives[drive];
	struct floppy_place at;
	u32 cylinder;

	at = d->verified ? transfer_place() : floppy_probe_place(d);
	cylinder = at.cylinder * at.format->step;
	if (needs_reset)
		reset_controller();
	else if (!d->calibrated)
		recalibrate();
	else if (d->cylinder != cylinder)
		seek(at.head, cylinder);
	else if (!d->verified && fdc_disk_changed())
		floppy_unusable(d);	/* some controllers wait for a disk */
	else
		floppy_transfer(&at);
}

/* Returns whether nothing has to be read or written for the request. */
static bool done_at_once(void)
{
	if (!drives[drive].verified)
		return false;
	switch (floppy_request()->cmd) {
	case FLUSH:
		return true;
	case READ:
		return serve_from_buffer();
	}
	return false;
}

/*
 * Called by ll_rw_blk: the queue has a new head. FLUSH comes from
 * floppy_open().
 */
static void floppy_start(int major)
{
	(void)major;
	if (state != IDLE)
		return;
	drive = MINOR(floppy_request()->dev);
	start_over();
	timer_cancel(&motor_timer);
	if (!(motors & 1 << drive)) {
		spin_up();
		return;
	}
	fdc_select(drive, motors);
	check_change_line();
	if (done_at_once())
		floppy_finish(0);
	else
		floppy_begin();
}

static void reset_done(void)
{
	for (u32 i = 0; i < DRIVES; i++)
		drives[i].calibrated = false;
	if (fdc_after_reset())
		floppy_begin();
	else
		floppy_retry("timing refused");
}

/*
 * Recalibrate and seek have ended. Where the head is does not matter: a sector
 * is read or written only if it names the cylinder that the command does.
 */
static void seek_done(bool recalibrated)
{
	if (fdc_sense() < 2 ||
	    (fdc_result[0] & (ST0_ERROR | ST0_SEEK_END)) != ST0_SEEK_END) {
		floppy_retry("seek failed");
		return;
	}
	if (recalibrated) {
		drives[drive].calibrated = fdc_result[1] == 0;
		drives[drive].cylinder = 0;
	}
	if (recalibrated && fdc_result[1] != 0)
		floppy_retry("no cylinder 0");
	else
		floppy_begin();
}

/* Accounts for what was transferred, and goes on. */
static void transferred(void)
{
	tries = 0;
	if (floppy_request()->cmd == READ) {
		floppy_buffer_filled(floppy_request()->dev, run_now());
		serve_from_buffer();
	} else {
		served += sectors_here();
	}
	if (served == floppy_request()->nr_sectors)
		floppy_finish(0);
	else
		floppy_begin();
}

static void transfer_done(void)
{
	u32 n = fdc_read_result();
	bool good = n == RESULT_MAX && !(fdc_result[0] & ST0_ERROR);

	if (n < RESULT_MAX) {
		floppy_retry("no result");
	} else if (!drives[drive].verified) {
		floppy_probed(&drives[drive], good);
	} else if (good) {
		transferred();
	} else if (fdc_result[1] & ST1_NOT_WRITABLE) {
		floppy_complain("write-protected");
		floppy_finish(-EROFS);
	} else {
		check_change_line();
		floppy_retry("transfer failed");
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
		/* not expected: the next request starts from a known state */
		needs_reset = true;
	}
}

/*
 * Returns the size of the disk. If it was not looked at yet, that is the size
 * of the largest which the drive takes.
 */
static u32 floppy_sectors(kdev_t dev)
{
	const struct drive *d;

	if (MINOR(dev) >= DRIVES)
		return 0;
	d = &drives[MINOR(dev)];
	if (!d->type)
		return 0;
	return format_sectors(d->format ? d->format
					: floppy_format(d->type, 0));
}

/*
 * Takes the disk that is in the drive. Returns -ENXIO if there is none, -EIO if
 * its format is unknown.
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
	.name = "floppy",
	.start = floppy_start,
	.sectors = floppy_sectors,
	.open = floppy_open,
	.replaced = floppy_replaced,
};

/* Returns the type that the CMOS gives, or 0 if no format is known for it. */
static u8 known_type(u8 type)
{
	return floppy_format(type, 0) ? type : 0;
}

/*
 * Asks the CMOS which drives there are. The controller is not touched before
 * the first request.
 */
void floppy_init(void)
{
	u8 types;

	outb(CMOS_INDEX, CMOS_FLOPPIES);
	io_delay();
	types = inb(CMOS_DATA);
	drives[0].type = known_type(types >> 4);
	drives[1].type = known_type(types & 0x0F);
	if (!types)
		return;
	motors = fdc_motors();	/* the BIOS has just used one: it still spins */
	request_irq(IRQ_FLOPPY, floppy_interrupt);
	register_blkdev(FLOPPY_MAJOR, &floppy_ops);
}
