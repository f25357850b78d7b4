/*
 * The floppy drive: an 82077AA-compatible controller (Intel data sheet 290166) with DMA channel 2 of the ISA bus (Intel 8237A).
 *
 * The driver is a state machine that interrupts and timers push on; nothing waits with interrupts masked:
 *	motor -> (reset) -> recalibrate -> seek -> transfer -> done, or back to reset after an error, at most RETRIES times.
 * Whole tracks are read into a buffer below 1 MB (DMA must stay below 16 MB and inside 64 KB), and requests are served from there while they
 * lie in it; writes go through the same buffer, a request or the part of it that lies on one track at a time.
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/irq.h>
#include <cowix/mm.h>
#include <cowix/time.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "internal.h"

#define FDC_DOR		0x3F2		/* digital output: motors, DMA gate, reset, drive */
#define FDC_MSR		0x3F4		/* main status */
#define FDC_DATA	0x3F5
#define FDC_CCR		0x3F7		/* data rate */
#define FDC_DIR		0x3F7		/* reading: disk changed */
#define DOR_NOT_RESET	0x04
#define DOR_DMA		0x08
#define DOR_MOTORS	0x30
#define DOR_MOTOR(d)	(0x10 << (d))
#define MSR_READY	0x80
#define MSR_TO_CPU	0x40
#define MSR_BUSY	0x10
#define DIR_CHANGED	0x80
#define CCR_500K	0

#define CMD_SPECIFY	0x03
#define CMD_RECALIBRATE	0x07
#define CMD_SENSE	0x08
#define CMD_SEEK	0x0F
#define CMD_READ	0x46		/* MFM; one track */
#define CMD_WRITE	0x45
#define SPECIFY_1	0xCF		/* step rate 4 ms, head unload 240 ms */
#define SPECIFY_2	0x06		/* head load 6 ms, DMA */
#define GAP_LENGTH	0x1B
#define SIZE_512	2
#define ST0_ERROR	0xC0
#define ST0_SEEK_END	0x20
#define ST1_NOT_WRITABLE 0x02

#define DMA_MASK	0x0A
#define DMA_MODE	0x0B
#define DMA_CLEAR	0x0C
#define DMA_ADDRESS2	0x04
#define DMA_COUNT2	0x05
#define DMA_PAGE2	0x81
#define DMA_CHANNEL2	2
#define DMA_SET_MASK	4
#define DMA_TO_MEMORY	0x46		/* single transfer, channel 2 */
#define DMA_FROM_MEMORY	0x4A

#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
#define CMOS_FLOPPIES	0x10		/* type of drive 0 in the high nibble, of drive 1 in the low one */

#define TRACK_SECTORS	18u
#define HEADS		2u
#define CYLINDERS	80u
#define DISK_SECTORS	(TRACK_SECTORS * HEADS * CYLINDERS)
#define TRACK_BYTES	(TRACK_SECTORS * SECTOR_SIZE)
#define DRIVES		2

#define RETRIES		5
#define SPIN_UP		(HZ / 2)
#define MOTOR_OFF	(3 * HZ)
#define TIMEOUT		(3 * HZ)
#define RESULT_MAX	7

enum state { IDLE, SPINNING_UP, RESETTING, RECALIBRATING, SEEKING, TRANSFERRING };

static enum state state;
static struct drive {
	bool present, calibrated;
	u32 cylinder;
	u32 failures[FLUSH + 1];	/* of each command, requests that failed since the last that did not */
} drives[DRIVES];
static u32 drive;			/* that the request is for */
static u32 served;			/* sectors of the request that are done */
static u32 tries;
static bool needs_reset = true;
static u8 motors;			/* DOR bits of the motors that run */
static struct timer watchdog, motor_timer;
static u8 result[RESULT_MAX];
static kdev_t buffered_dev;		/* the buffer holds this track of this drive; 0: nothing */
static u32 buffered_track;
static u8 track_buffer[TRACK_BYTES] ALIGNED(16384);	/* the alignment keeps it inside 64 KB */

static void begin(void);

static struct request *request(void)
{
	return current_request(FLOPPY_MAJOR);
}

static u32 sector_now(void)
{
	return request()->sector + served;
}

static u32 track_now(void)
{
	return sector_now() / TRACK_SECTORS;
}

/* Send a byte to the controller: false when it does not take it within some microseconds. */
static bool send(u8 byte)
{
	for (u32 i = 0; i < 10000; i++)
		if ((inb(FDC_MSR) & (MSR_READY | MSR_TO_CPU)) == MSR_READY) {
			outb(FDC_DATA, byte);
			return true;
		}
	needs_reset = true;
	return false;
}

/* Read the result bytes of the last command; how many there were. */
static u32 read_result(void)
{
	u32 n = 0;

	for (u32 i = 0; i < 10000 && n < RESULT_MAX; i++) {
		u8 status = inb(FDC_MSR) & (MSR_READY | MSR_TO_CPU | MSR_BUSY);

		if (status == MSR_READY)
			return n;
		if (status == (MSR_READY | MSR_TO_CPU | MSR_BUSY))
			result[n++] = inb(FDC_DATA);
	}
	return n;
}

static void write_dor(void)
{
	outb(FDC_DOR, drive | DOR_NOT_RESET | DOR_DMA | motors);
}

/* Of the drive that is worked on, at the command that is. */
static u32 *failures(void)
{
	return &drives[drive].failures[request()->cmd];
}

static void complain(const char *what)
{
	if (*failures() < FAILURES_TOLD)
		printk("fd%u: %s: port %x, status %x, st0 %x st1 %x st2 %x, sector %u\n", drive, what, FDC_DATA, inb(FDC_MSR), result[0],
		       result[1], result[2], sector_now());
}

/* The request is over. The motor runs on for a while. */
static void motor_off(struct timer *t)
{
	(void)t;
	motors = 0;
	outb(FDC_DOR, DOR_NOT_RESET | DOR_DMA);
}

static void finish(int error)
{
	struct request *rq = request();

	timer_cancel(&watchdog);
	timer_cancel(&motor_timer);
	timer_add(&motor_timer, MOTOR_OFF, motor_off, NULL);
	state = IDLE;
	served = tries = 0;
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

static void reset_controller(void)
{
	needs_reset = false;
	expect(RESETTING);
	outb(FDC_DOR, drive | DOR_DMA | motors);
	io_delay();
	io_delay();
	io_delay();
	io_delay();
	write_dor();
}

static void recalibrate(void)
{
	expect(RECALIBRATING);
	if (!send(CMD_RECALIBRATE) || !send(drive))
		retry("recalibrate refused");
}

static void seek(void)
{
	u32 cylinder = track_now() / HEADS;

	expect(SEEKING);
	if (!send(CMD_SEEK) || !send((track_now() % HEADS) << 2 | drive) || !send(cylinder))
		retry("seek refused");
}

/* Program DMA channel 2 for so many bytes of the track buffer. */
static void setup_dma(u8 mode, u32 offset, u32 bytes)
{
	u32 phys = __pa(track_buffer) + offset, count = bytes - 1;

	outb(DMA_MASK, DMA_SET_MASK | DMA_CHANNEL2);
	outb(DMA_CLEAR, 0);
	outb(DMA_MODE, mode);
	outb(DMA_ADDRESS2, phys & 0xFF);
	outb(DMA_ADDRESS2, phys >> 8 & 0xFF);
	outb(DMA_PAGE2, phys >> 16);
	outb(DMA_COUNT2, count & 0xFF);
	outb(DMA_COUNT2, count >> 8);
	outb(DMA_MASK, DMA_CHANNEL2);
}

/* Sectors of the request that are left on the current track. */
static u32 sectors_here(void)
{
	return min_u32(request()->nr_sectors - served, TRACK_SECTORS - sector_now() % TRACK_SECTORS);
}

/* Read the whole track, or write the request's sectors of it. */
static void transfer(void)
{
	bool write = request()->cmd == WRITE;
	u32 first = write ? sector_now() % TRACK_SECTORS : 0, n = write ? sectors_here() : TRACK_SECTORS;
	u32 track = track_now();
	const u8 command[] = {
		write ? CMD_WRITE : CMD_READ, (track % HEADS) << 2 | drive, track / HEADS, track % HEADS, first + 1, SIZE_512,
		first + n, GAP_LENGTH, 0xFF,
	};

	if (write)
		memcpy(track_buffer + first * SECTOR_SIZE, request()->buffer + served * SECTOR_SIZE, n * SECTOR_SIZE);
	buffered_dev = 0;
	setup_dma(write ? DMA_FROM_MEMORY : DMA_TO_MEMORY, first * SECTOR_SIZE, n * SECTOR_SIZE);
	expect(TRANSFERRING);
	for (u32 i = 0; i < sizeof(command); i++)
		if (!send(command[i])) {
			retry("command refused");
			return;
		}
}

/* Serve what the buffered track has of a read request; whether the request is complete. */
static bool serve_from_buffer(void)
{
	struct request *rq = request();

	while (served < rq->nr_sectors && buffered_dev == rq->dev && buffered_track == track_now()) {
		u32 n = sectors_here();

		memcpy(rq->buffer + served * SECTOR_SIZE, track_buffer + sector_now() % TRACK_SECTORS * SECTOR_SIZE,
		       n * SECTOR_SIZE);
		served += n;
	}
	return served == rq->nr_sectors;
}

static void spun_up(struct timer *t)
{
	(void)t;
	begin();
}

/* A changed disk: what the buffer holds is another disk's. The line is cleared by a step, which recalibrating makes. */
static void check_change_line(void)
{
	if (inb(FDC_DIR) & DIR_CHANGED) {
		buffered_dev = 0;
		drives[drive].calibrated = false;
	}
}

/* The next step towards the current request. Interrupts are masked. */
static void begin(void)
{
	drive = MINOR(request()->dev);
	timer_cancel(&motor_timer);
	if (!(motors & DOR_MOTOR(drive))) {
		motors |= DOR_MOTOR(drive);
		write_dor();
		state = SPINNING_UP;
		timer_add(&watchdog, SPIN_UP, spun_up, NULL);
		return;
	}
	write_dor();
	if (needs_reset)
		reset_controller();
	else if (!drives[drive].calibrated)
		recalibrate();
	else if (drives[drive].cylinder != track_now() / HEADS)
		seek();
	else
		transfer();
}

/* ll_rw_blk's call: the queue has a new head. */
static void floppy_start(int major)
{
	(void)major;
	if (state != IDLE)
		return;
	served = tries = 0;
	if (motors)
		check_change_line();
	if (request()->cmd == FLUSH || (request()->cmd == READ && motors && serve_from_buffer()))
		finish(0);
	else
		begin();
}

/* After a reset every drive reports; then the controller must be told its timing again. */
static void reset_done(void)
{
	for (u32 i = 0; i < 4; i++) {
		send(CMD_SENSE);
		read_result();
	}
	outb(FDC_CCR, CCR_500K);
	send(CMD_SPECIFY);
	send(SPECIFY_1);
	send(SPECIFY_2);
	for (u32 i = 0; i < DRIVES; i++)
		drives[i].calibrated = false;
	begin();
}

/* Recalibrate and seek end without results of their own: SENSE tells where the head is. */
static void seek_done(bool recalibrated)
{
	send(CMD_SENSE);
	if (read_result() < 2 || (result[0] & (ST0_ERROR | ST0_SEEK_END)) != ST0_SEEK_END) {
		retry("seek failed");
		return;
	}
	drives[drive].cylinder = result[1];
	if (recalibrated)
		drives[drive].calibrated = result[1] == 0;
	if (recalibrated ? result[1] != 0 : result[1] != track_now() / HEADS)
		retry("head at the wrong track");
	else
		begin();
}

static void transfer_done(void)
{
	u32 n = read_result();

	if (n == RESULT_MAX && result[0] & ST0_ERROR && result[1] & ST1_NOT_WRITABLE) {
		complain("write-protected");
		finish(-EROFS);
		return;
	}
	if (n < RESULT_MAX || result[0] & ST0_ERROR) {
		retry("transfer failed");
		return;
	}
	tries = 0;
	if (request()->cmd == READ) {
		buffered_dev = request()->dev;
		buffered_track = track_now();
		serve_from_buffer();
	} else {
		served += sectors_here();
	}
	if (served == request()->nr_sectors)
		finish(0);
	else
		begin();
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
		needs_reset = true;	/* nothing was expected: let the next request start from a known state */
	}
}

static u32 floppy_sectors(kdev_t dev)
{
	return MINOR(dev) < DRIVES && drives[MINOR(dev)].present ? DISK_SECTORS : 0;
}

static const struct block_device_ops floppy_ops = {
	.name = "floppy", .start = floppy_start, .sectors = floppy_sectors,
};

/* The CMOS knows which drives there are; the controller is not touched before the first request. */
void floppy_init(void)
{
	u8 types;

	outb(CMOS_INDEX, CMOS_FLOPPIES);
	io_delay();
	types = inb(CMOS_DATA);
	drives[0].present = types >> 4;
	drives[1].present = types & 0x0F;
	list_init(&watchdog.link);
	list_init(&motor_timer.link);
	if (!types)
		return;
	motors = inb(FDC_DOR) & DOR_MOTORS;	/* the BIOS has just read from it: no need to wait for it to spin up again */
	request_irq(IRQ_FLOPPY, floppy_interrupt);
	register_blkdev(FLOPPY_MAJOR, &floppy_ops);
}
