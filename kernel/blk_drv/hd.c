/*
 * IDE disks: two on each of two channels, which work independently. Data move
 * by bus-master DMA where there is a PCI controller for it, else by programmed
 * input and output, a sector an interrupt.
 *
 * A command serves the head of its channel's queue and the requests that
 * continue it on the disk. When it fails, or when no interrupt comes in time,
 * the channel is reset. Then the command's requests are tried again one at a
 * time, so that only those fail with EIO that must. The last attempt at each is
 * without DMA.
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <cowix/mm.h>
#include <abi/errno.h>
#include "hd.h"

#define CMD_FLUSH	0xE7
#define LBA28_SECTORS	(1u << 28)
#define PARTITION_BITS	6	/* hda is minor 0, hda1 is 1, hdb is 64 */
#define TRIES		3
#define TIMEOUT		(5 * HZ)
#define RESET_TIME	(5 * HZ)	/* of a disk, at most */
#define RESET_POLL	(HZ / 20)

static struct channel channels[CHANNELS] = {
	{ .base = 0x1F0, .control = 0x3F6, .major = IDE_MAJOR },
	{ .base = 0x170, .control = 0x376, .major = IDE2_MAJOR },
};

static void hd_begin(struct channel *c);

static struct channel *channel_of(int major)
{
	return &channels[major == IDE_MAJOR ? 0 : 1];
}

static u32 unit_of(kdev_t dev)
{
	return MINOR(dev) >> PARTITION_BITS;
}

static char letter_of(kdev_t dev)
{
	return 'a' + (channel_of(MAJOR(dev)) - channels) * DISKS + unit_of(dev);
}

/* Returns the request at the head of the channel's queue. */
static struct request *hd_request(const struct channel *c)
{
	return current_request(c->major);
}

/*
 * Ends the command, one way or another: no interrupt is expected any more, and
 * the bus master stops.
 */
static void hd_stop(struct channel *c)
{
	timer_cancel(&c->timer);
	if (c->doing == DMA)
		ide_dma_stop(c);
	c->doing = IDLE;
}

/* Ends the command and the request. */
static void hd_finish(struct channel *c, int error)
{
	struct request *rq = hd_request(c);

	hd_stop(c);
	c->careful -= min_u32(c->careful, rq->nr_sectors - c->served);
	end_request(rq, error);
}

/* Goes on when the disk is ready, or when it has been busy for too long. */
static void after_reset(struct timer *t)
{
	struct channel *c = t->data;

	if (ide_status(c) & STATUS_BUSY && time_after(c->reset_end, jiffies))
		timer_add(t, RESET_POLL, after_reset, c);
	else
		hd_begin(c);
}

/* Ends the request with -EIO. */
static void hd_give_up(struct channel *c, const char *what)
{
	struct request *rq = hd_request(c);

	if (request_failures(rq) < FAILURES_TOLD)
		printk("hd%c: %s: port %x, status %x, error %x, sector %u\n",
		       letter_of(rq->dev), what, c->base, ide_status(c),
		       ide_error(c), rq->sector + c->served);
	hd_finish(c, -EIO);
}

/*
 * After an error or no answer: resets the channel and repeats what is left, a
 * few times.
 */
static void hd_retry(struct channel *c, const char *what)
{
	c->tries++;
	if (c->tries >= TRIES) {
		hd_give_up(c, what);
		return;
	}
	hd_stop(c);
	c->careful = max_u32(c->careful, c->left);
	ide_reset(c);
	c->reset_end = jiffies + RESET_TIME;
	timer_add(&c->timer, RESET_POLL, after_reset, c);
}

static void hd_timed_out(struct timer *t)
{
	hd_retry(t->data, "no answer");
}

/* An interrupt must come: waits for it, but not forever. */
static void hd_expect(struct channel *c)
{
	timer_cancel(&c->timer);
	timer_add(&c->timer, TIMEOUT, hd_timed_out, c);
}

static void write_sector(const struct channel *c)
{
	ide_write_sector(c, hd_request(c)->buffer + c->served * SECTOR_SIZE);
}

/*
 * Returns how many sectors the next command transfers: what is left of the head
 * of the queue, and what continues it unless the disk is to be treated with
 * care.
 */
static u32 sectors_to_do(const struct channel *c)
{
	bool alone = c->careful || request_failures(hd_request(c));
	u32 sectors = merge_requests(c->major, alone ? 0 : MAX_SECTORS);

	return min_u32(sectors - c->served, MAX_SECTORS);
}

/* Fills in the command that goes on with the head of the queue. */
static void make_command(const struct channel *c, struct ide_command *cmd)
{
	/* PIO, DMA; each 28-bit, 48-bit */
	static const u8 commands[3][2][2] = {
		[READ] = { { 0x20, 0x24 }, { 0xC8, 0x25 } },
		[WRITE] = { { 0x30, 0x34 }, { 0xCA, 0x35 } },
		[FLUSH] = { { CMD_FLUSH } },
	};
	const struct request *rq = hd_request(c);

	cmd->unit = unit_of(rq->dev);
	cmd->lba = rq->sector + c->served;
	cmd->count = c->left;
	cmd->ext = rq->cmd != FLUSH && cmd->lba + cmd->count > LBA28_SECTORS;
	cmd->command = commands[rq->cmd][c->doing == DMA][cmd->ext];
}

/* Sends the next command. */
static void hd_begin(struct channel *c)
{
	const struct request *rq = hd_request(c);
	struct ide_command cmd;
	bool dma = c->disks[unit_of(rq->dev)].dma && rq->cmd != FLUSH &&
		   c->tries < TRIES - 1;

	c->left = sectors_to_do(c);
	c->doing = dma ? DMA : PIO;
	make_command(c, &cmd);
	hd_expect(c);
	if (dma)
		ide_dma_prepare(c);
	if (!ide_send(c, &cmd))
		hd_retry(c, "busy");
	else if (dma)
		ide_dma_start(c, rq->cmd == READ);
	else if (rq->cmd == WRITE && !ide_wait_data(c))
		hd_retry(c, "write refused");
	else if (rq->cmd == WRITE)
		write_sector(c);
}

/* Called by ll_rw_blk: the queue has a new head. */
static void hd_start(int major)
{
	struct channel *c = channel_of(major);

	c->served = c->tries = 0;
	hd_begin(c);
}

/*
 * Accounts for sectors that were transferred, and ends the requests that are
 * complete. Ending the command's last one begins the next command; a request
 * longer than a command is continued here.
 */
static void advance(struct channel *c, u32 sectors)
{
	c->served += sectors;
	c->left -= sectors;
	c->careful -= min_u32(c->careful, sectors);
	c->tries = 0;
	if (c->left)
		hd_expect(c);
	else
		hd_stop(c);
	while (c->served && c->served >= hd_request(c)->nr_sectors) {
		c->served -= hd_request(c)->nr_sectors;
		end_request(hd_request(c), 0);
	}
	if (c->doing == IDLE && c->served)
		hd_begin(c);
}

/* One sector has arrived or was taken, or a flush is done. */
static void pio_done(struct channel *c, u8 status)
{
	struct request *rq = hd_request(c);
	bool more = rq->cmd == WRITE && c->left > 1;

	if (rq->cmd == FLUSH) {
		hd_finish(c, 0);
		return;
	}
	if (rq->cmd == READ) {
		if (!(status & STATUS_DATA))
			return;
		ide_read_sector(c, rq->buffer + c->served * SECTOR_SIZE);
	}
	advance(c, 1);
	if (more)
		write_sector(c);
}

/* The status is read even if nothing is expected: that ends the interrupt. */
static void hd_interrupt(struct channel *c)
{
	u8 status, master = BM_INTERRUPT;

	if (c->doing == DMA)
		master = ide_dma_status(c);
	status = ide_status(c);
	if (c->doing == IDLE || status & STATUS_BUSY ||
	    !(master & BM_INTERRUPT))
		return;
	if (status & (STATUS_ERROR | STATUS_FAULT) || master & BM_ERROR) {
		if (request_failures(hd_request(c)) < FAILURES_TOLD)
			hd_retry(c, "error");
		else
			hd_give_up(c, "error");
	} else if (c->doing == DMA) {
		advance(c, c->left);
	} else {
		pio_done(c, status);
	}
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

/* Returns an empty partition if there is no such one. */
static const struct partition *partition_of(kdev_t dev)
{
	static const struct partition none;
	u32 unit = unit_of(dev), n = MINOR(dev) % (1u << PARTITION_BITS);

	if (unit >= DISKS || n >= PARTITIONS)
		return &none;
	return &channel_of(MAJOR(dev))->disks[unit].parts[n];
}

static u32 hd_sectors(kdev_t dev)
{
	return partition_of(dev)->sectors;
}

static u32 hd_first(kdev_t dev)
{
	return partition_of(dev)->first;
}

static int hd_sync(kdev_t dev)
{
	const struct disk *d = &channel_of(MAJOR(dev))->disks[unit_of(dev)];

	return block_rw(dev, d->flush ? FLUSH : BARRIER, 0, 0, NULL);
}

static const struct block_device_ops hd_ops = {
	.name = "hd",
	.partition_bits = PARTITION_BITS,
	.start = hd_start,
	.sectors = hd_sectors,
	.first = hd_first,
	.sync = hd_sync,
};

static void announce(kdev_t dev, const struct disk *d)
{
	printk("hd%c: %u KB%s", letter_of(dev), d->parts[0].sectors / 2,
	       d->dma ? ", DMA" : "");
	for (u32 i = 1; i < PARTITIONS; i++)
		if (d->parts[i].sectors)
			printk(", hd%c%u", letter_of(dev), i);
	printk("\n");
}

/* Finds the disks of a channel and their partitions. */
static void init_channel(struct channel *c)
{
	register_blkdev(c->major, &hd_ops);
	for (u32 unit = 0; unit < DISKS; unit++)
		hd_identify(c, unit, &c->disks[unit]);
	for (u32 unit = 0; unit < DISKS; unit++) {
		kdev_t dev = MKDEV(c->major, unit << PARTITION_BITS);

		if (!hd_sectors(dev))
			continue;
		read_partitions(dev, c->disks[unit].parts);
		announce(dev, &c->disks[unit]);
	}
}

/* For the audit: finds the pages that the driver owns. */
static void recount_prds(found_page *found)
{
	for (u32 i = 0; i < CHANNELS; i++)
		if (channels[i].prds)
			found(OWNER_DRIVER, channels[i].prds);
}

void hd_init(void)
{
	register_owner(recount_prds);
	hd_find_bus_master(channels);
	request_irq(IRQ_IDE1, hd_interrupt1);
	request_irq(IRQ_IDE2, hd_interrupt2);
	for (u32 i = 0; i < CHANNELS; i++)
		init_channel(&channels[i]);
}
