/*
 * IDE disks by programmed input and output (AT Attachment, ANSI X3.221), LBA28, both channels. A request is carried out a sector an
 * interrupt; a watchdog timer resets a channel that does not answer and tries again, and then the request fails with EIO.
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/irq.h>
#include <cowix/mm.h>
#include <cowix/time.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "internal.h"

/* Registers, as offsets from a channel's base; the control register has a port of its own. */
#define IDE_DATA	0
#define IDE_ERROR	1
#define IDE_COUNT	2
#define IDE_LBA_LOW	3
#define IDE_LBA_MID	4
#define IDE_LBA_HIGH	5
#define IDE_DRIVE	6
#define IDE_STATUS	7
#define IDE_COMMAND	7
#define STATUS_ERROR	0x01
#define STATUS_DATA	0x08
#define STATUS_FAULT	0x20
#define STATUS_READY	0x40
#define STATUS_BUSY	0x80
#define DRIVE_LBA	0xE0
#define DRIVE_SLAVE	0x10
#define CONTROL_RESET	0x04
#define CONTROL_NO_IRQ	0x02

#define CMD_READ	0x20
#define CMD_WRITE	0x30
#define CMD_FLUSH	0xE7
#define CMD_IDENTIFY	0xEC

#define IDENTIFY_SECTORS 60		/* word of the 32-bit LBA28 sector count */
#define SECTOR_WORDS	(SECTOR_SIZE / 2)
#define MAX_SECTORS	256u		/* a command; the register then holds 0 */
#define DISKS		4
#define MINOR_SHIFT	6		/* hda is minor 0, hdb 64: room for partitions */
#define RETRIES		3
#define TIMEOUT		(5 * HZ)

static const struct channel {
	u16 base, control;
	int irq;
} channels[] = { { 0x1F0, 0x3F6, IRQ_IDE1 }, { 0x170, 0x376, IRQ_IDE2 } };

static u32 disk_sectors[DISKS];
static const struct channel *active;	/* of the request under way; NULL: idle */
static u32 served;			/* sectors of the request that are done */
static u32 command_end;			/* where the current command ends, in sectors of the request */
static u32 tries;
static struct timer watchdog;

static void begin(void);

static u32 disk_of(kdev_t dev)
{
	return MINOR(dev) >> MINOR_SHIFT;
}

static struct request *request(void)
{
	return current_request(IDE_MAJOR);
}

static u8 status_of(const struct channel *c)
{
	return inb(c->base + IDE_STATUS);
}

/* Poll until the drive is not busy, for about a millisecond: only where the standard promises that it is soon. */
static bool wait_not_busy(const struct channel *c)
{
	for (u32 i = 0; i < 100000; i++)
		if (!(status_of(c) & STATUS_BUSY))
			return true;
	return false;
}

static bool wait_data(const struct channel *c)
{
	for (u32 i = 0; i < 100000; i++) {
		u8 status = status_of(c);

		if (!(status & STATUS_BUSY) && status & (STATUS_DATA | STATUS_ERROR | STATUS_FAULT))
			return !(status & (STATUS_ERROR | STATUS_FAULT));
	}
	return false;
}

static void finish(int error)
{
	struct request *rq = request();

	timer_cancel(&watchdog);
	active = NULL;
	served = tries = 0;
	end_request(rq, error);
}

static void reset_channel(const struct channel *c)
{
	outb(c->control, CONTROL_RESET | CONTROL_NO_IRQ);
	for (u32 i = 0; i < 10; i++)
		io_delay();
	outb(c->control, 0);
	wait_not_busy(c);
}

/* An error or no answer: reset the channel and repeat what is left, a few times. */
static void retry(const char *what)
{
	const struct channel *c = active;

	if (++tries >= RETRIES) {
		printk("hd%c: %s: port %x, status %x, error %x, sector %u\n", 'a' + disk_of(request()->dev), what, c->base,
		       status_of(c), inb(c->base + IDE_ERROR), request()->sector + served);
		finish(-EIO);
		return;
	}
	reset_channel(c);
	begin();
}

static void timed_out(struct timer *t)
{
	(void)t;
	retry("no answer");
}

static void send_command(const struct channel *c, u32 disk, u32 lba, u32 count, u8 command)
{
	outb(c->base + IDE_DRIVE, DRIVE_LBA | (disk & 1 ? DRIVE_SLAVE : 0) | (lba >> 24 & 0x0F));
	wait_not_busy(c);
	outb(c->base + IDE_COUNT, count);
	outb(c->base + IDE_LBA_LOW, lba);
	outb(c->base + IDE_LBA_MID, lba >> 8);
	outb(c->base + IDE_LBA_HIGH, lba >> 16);
	outb(c->base + IDE_COMMAND, command);
}

static void write_sector(void)
{
	outsw(active->base + IDE_DATA, request()->buffer + served * SECTOR_SIZE, SECTOR_WORDS);
}

/* Send the command for what is left of the request; a write's first sector goes at once. */
static void begin(void)
{
	struct request *rq = request();
	u32 disk = disk_of(rq->dev), n = min_u32(rq->nr_sectors - served, MAX_SECTORS);

	active = &channels[disk / 2];
	command_end = served + n;
	timer_cancel(&watchdog);
	timer_add(&watchdog, TIMEOUT, timed_out, NULL);
	send_command(active, disk, rq->sector + served, n, rq->cmd == FLUSH ? CMD_FLUSH : rq->cmd == READ ? CMD_READ : CMD_WRITE);
	if (rq->cmd == WRITE) {
		if (wait_data(active))
			write_sector();
		else
			retry("write refused");
	}
}

static void hd_start(int major)
{
	(void)major;
	if (!active)
		begin();
}

/* One sector has arrived or was taken. */
static void sector_done(void)
{
	struct request *rq = request();

	if (rq->cmd == READ)
		insw(active->base + IDE_DATA, rq->buffer + served * SECTOR_SIZE, SECTOR_WORDS);
	served++;
	if (served == rq->nr_sectors) {
		finish(0);
	} else if (served == command_end) {
		begin();
	} else {
		if (rq->cmd == WRITE)
			write_sector();
		timer_cancel(&watchdog);
		timer_add(&watchdog, TIMEOUT, timed_out, NULL);
	}
}

/* Reading the status register also takes the interrupt back. */
static void hd_interrupt(const struct channel *c)
{
	u8 status = status_of(c);

	if (c != active || status & STATUS_BUSY)
		return;
	if (status & (STATUS_ERROR | STATUS_FAULT))
		retry("error");
	else if (request()->cmd == FLUSH)
		finish(0);
	else if (request()->cmd == READ && !(status & STATUS_DATA))
		return;
	else
		sector_done();
}

static void hd_interrupt1(struct pt_regs *regs)
{
	(void)regs;
	hd_interrupt(&channels[0]);
}

static void hd_interrupt2(struct pt_regs *regs)
{
	(void)regs;
	hd_interrupt(&channels[1]);
}

static u32 hd_sectors(kdev_t dev)
{
	bool whole = MINOR(dev) % (1u << MINOR_SHIFT) == 0;

	return whole && disk_of(dev) < DISKS ? disk_sectors[disk_of(dev)] : 0;
}

static int hd_sync(kdev_t dev)
{
	return block_rw(dev, FLUSH, 0, 0, NULL);
}

static const struct block_device_ops hd_ops = { .name = "hd", .start = hd_start, .sectors = hd_sectors, .sync = hd_sync };

/* Ask a disk who it is; its sectors, 0 if there is none. A channel without any drive reads as all ones. */
static u32 identify(u32 disk)
{
	const struct channel *c = &channels[disk / 2];
	u16 *words;
	u32 sectors = 0;

	outb(c->base + IDE_DRIVE, DRIVE_LBA | (disk & 1 ? DRIVE_SLAVE : 0));
	io_delay();
	if (status_of(c) == 0xFF || status_of(c) == 0 || !wait_not_busy(c))
		return 0;
	words = kpage_alloc();
	if (!words)
		return 0;
	outb(c->control, CONTROL_NO_IRQ);
	send_command(c, disk, 0, 0, CMD_IDENTIFY);
	io_delay();
	if (status_of(c) && wait_data(c)) {
		insw(c->base + IDE_DATA, words, SECTOR_WORDS);
		sectors = words[IDENTIFY_SECTORS] | (u32)words[IDENTIFY_SECTORS + 1] << 16;
	}
	outb(c->control, 0);
	kpage_free(words);
	return sectors;
}

void hd_init(void)
{
	list_init(&watchdog.link);
	for (u32 disk = 0; disk < DISKS; disk++) {
		disk_sectors[disk] = identify(disk);
		if (disk_sectors[disk])
			printk("hd%c: %u KB\n", 'a' + disk, disk_sectors[disk] / 2);
	}
	request_irq(IRQ_IDE1, hd_interrupt1);
	request_irq(IRQ_IDE2, hd_interrupt2);
	register_blkdev(IDE_MAJOR, &hd_ops);
}
