/*
 * IDE disks (AT Attachment with Packet Interface 6, ANSI INCITS 361), two on
 * each of two channels, which work independently. Data move by bus-master DMA
 * where there is a PCI controller for it (SFF-8038i), else by programmed input
 * and output, a sector an interrupt.
 *
 * A command serves the head of its channel's queue and the requests that
 * continue it on the disk. When it fails, or a timer finds that no interrupt
 * came, the channel is reset and the command's requests are tried again one at
 * a time, so that only those fail with EIO that must. The last attempt at each
 * is without DMA.
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/irq.h>
#include <cowix/mm.h>
#include <cowix/params.h>
#include <cowix/pci.h>
#include <cowix/time.h>
#include <abi/errno.h>
#include <asm/io.h>
#include "blk_internal.h"

/*
 * Registers, as offsets from a channel's base; the control register has a port
 * of its own.
 */
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
#define STATUS_BUSY	0x80
#define DRIVE_LBA	0xE0
#define DRIVE_SLAVE	0x10
#define CONTROL_RESET	0x04
#define CONTROL_NO_IRQ	0x02

/* The bus master's registers, as offsets from a channel's base. */
#define BM_COMMAND	0
#define BM_STATUS	2
#define BM_TABLE	4
#define BM_START	0x01
#define BM_TO_MEMORY	0x08
#define BM_ERROR	0x02		/* these two are cleared by writing 1 */
#define BM_INTERRUPT	0x04
#define BM_SIMPLEX	0x80		/* not both channels at a time */
#define BM_CHANNEL	8 /* the second channel's base is so much higher */
/* where the registers go if the BIOS has given them no place */
#define BM_PORTS	0xC000

#define PCI_IDE		0x0101
#define PCI_IDE_MASTER	0x8000	/* of the programming interface, in PCI_CLASS */
/* either channel elsewhere than at its old ports */
#define PCI_IDE_NATIVE	0x0500

#define CMD_FLUSH	0xE7
#define CMD_IDENTIFY	0xEC

/* Words of what IDENTIFY answers. */
#define ID_CAPABILITIES	49
#define ID_CAN_DMA	0x0100
#define ID_CAN_LBA	0x0200
#define ID_SECTORS	60		/* two words */
#define ID_COMMANDS	83
#define ID_VALID_MASK	0xC000
#define ID_VALID	0x4000
#define ID_CAN_LBA48	0x0400
#define ID_CAN_FLUSH	0x1000
#define ID_SECTORS48	100		/* four words */

#define SECTOR_WORDS	(SECTOR_SIZE / 2)
#define MAX_SECTORS	256u	/* a command; the register then holds 0 */
#define LBA28_SECTORS	(1u << 28)
#define DISKS		2		/* a channel */
#define PARTITION_BITS	6	/* hda is minor 0, hda1 is 1, hdb is 64 */
#define TRIES		3
#define TIMEOUT		(5 * HZ)
#define RESET_TIME	(5 * HZ) /* a disk may be busy so long after a reset */
#define RESET_POLL	(HZ / 20)

/*
 * A piece of memory for the bus master: it must not cross a multiple of 64 KB.
 */
struct prd {
	u32 address;
	u16 bytes;			/* 0: 64 KB */
	u16 flags;
};
#define PRD_LAST	0x8000
#define PRD_BOUNDARY	0x10000u

enum doing { IDLE, PIO, DMA };

static struct disk {
	bool dma, flush;
	/* of each command, requests that failed since the last that did not */
	u32 failures[FLUSH + 1];
	struct partition parts[PARTITIONS];
} disks[2][DISKS];

static struct channel {
	u16 base, control, bus_master;
	int major, irq;
	enum doing doing; /* IDLE also between a reset and the next attempt */
	/* sectors of the request at the queue's head that are done */
	u32 served;
	u32 left;	/* sectors that the command has still to transfer */
	u32 careful;	/* so many more sectors are tried a request at a time */
	u32 tries;
	u32 reset_end;
	struct timer timer;
	struct prd *prds;		/* a page; NULL: no DMA */
	struct disk *disks;
} channels[] = {
	{ .base = 0x1F0,
	  .control = 0x3F6,
	  .major = IDE_MAJOR,
	  .irq = IRQ_IDE1,
	  .disks = disks[0] },
	{ .base = 0x170,
	  .control = 0x376,
	  .major = IDE2_MAJOR,
	  .irq = IRQ_IDE2,
	  .disks = disks[1] },
};

static void begin(struct channel *c);

static struct channel *channel_of(int major)
{
	return &channels[major != IDE_MAJOR];
}

static u32 unit_of(kdev_t dev)
{
	return MINOR(dev) >> PARTITION_BITS;
}

static char letter_of(kdev_t dev)
{
	return 'a' + (channel_of(MAJOR(dev)) - channels) * DISKS + unit_of(dev);
}

static struct request *request(const struct channel *c)
{
	return current_request(c->major);
}

static u8 status_of(const struct channel *c)
{
	return inb(c->base + IDE_STATUS);
}

/*
 * Poll until the drive is not busy, for some milliseconds: only where the
 * standard promises that it is soon.
 */
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

		if (!(status & STATUS_BUSY) &&
		    status & (STATUS_DATA | STATUS_ERROR | STATUS_FAULT))
			return !(status & (STATUS_ERROR | STATUS_FAULT));
	}
	return false;
}

/*
 * The command is over, one way or another: no interrupt is expected, and the
 * bus master keeps its hands off memory.
 */
static void stop(struct channel *c)
{
	timer_cancel(&c->timer);
	if (c->doing == DMA)
		outb(c->bus_master + BM_COMMAND, 0);
	c->doing = IDLE;
}

static void finish(struct channel *c, int error)
{
	struct request *rq = request(c);

	stop(c);
	c->careful -= min_u32(c->careful, rq->nr_sectors - c->served);
	end_request(rq, error);
}

static void after_reset(struct timer *t)
{
	struct channel *c = t->data;

	if (status_of(c) & STATUS_BUSY && time_after(c->reset_end, jiffies))
		timer_add(t, RESET_POLL, after_reset, c);
	else
		begin(c);
}

/* Of the disk that is worked on, at the command that is. */
static u32 *failures(struct channel *c)
{
	return &c->disks[unit_of(request(c)->dev)].failures[request(c)->cmd];
}

static void give_up(struct channel *c, const char *what)
{
	struct request *rq = request(c);

	if ((*failures(c))++ < FAILURES_TOLD)
		printk("hd%c: %s: port %x, status %x, error %x, sector %u\n",
		       letter_of(rq->dev), what, c->base, status_of(c),
		       inb(c->base + IDE_ERROR), rq->sector + c->served);
	finish(c, -EIO);
}

/*
 * An error or no answer: reset the channel and repeat what is left, a few
 * times.
 */
static void retry(struct channel *c, const char *what)
{
	if (++c->tries >= TRIES) {
		give_up(c, what);
		return;
	}
	stop(c);
	c->careful = max_u32(c->careful, c->left);
	outb(c->control, CONTROL_RESET | CONTROL_NO_IRQ);
	for (u32 i = 0; i < 10; i++)
		io_delay();
	outb(c->control, 0);
	c->reset_end = jiffies + RESET_TIME;
	timer_add(&c->timer, RESET_POLL, after_reset, c);
}

static void timed_out(struct timer *t)
{
	retry(t->data, "no answer");
}

/* An interrupt must come, but do not wait forever. */
static void expect(struct channel *c)
{
	timer_cancel(&c->timer);
	timer_add(&c->timer, TIMEOUT, timed_out, c);
}

/*
 * Select a disk and give it a command; with ext, a 48-bit one, the high bytes
 * go first. False: it stays busy.
 */
static bool send_command(const struct channel *c, u32 unit, u32 lba, u32 count,
			 u8 command, bool ext)
{
	outb(c->base + IDE_DRIVE, DRIVE_LBA | (unit ? DRIVE_SLAVE : 0) |
					  (ext ? 0 : lba >> 24 & 0x0F));
	if (!wait_not_busy(c))
		return false;
	if (ext) {
		outb(c->base + IDE_COUNT, count >> 8);
		outb(c->base + IDE_LBA_LOW, lba >> 24);
		outb(c->base + IDE_LBA_MID, 0);
		outb(c->base + IDE_LBA_HIGH, 0);
	}
	outb(c->base + IDE_COUNT, count);
	outb(c->base + IDE_LBA_LOW, lba);
	outb(c->base + IDE_LBA_MID, lba >> 8);
	outb(c->base + IDE_LBA_HIGH, lba >> 16);
	outb(c->base + IDE_COMMAND, command);
	return true;
}

/*
 * Describe the memory of the command's requests to the bus master. A page has
 * room for MAX_SECTORS requests, each in two pieces.
 */
static void prepare_dma(const struct channel *c)
{
	const struct request *rq = request(c);
	struct prd *prd = c->prds;
	u32 skip = c->served;

	for (u32 left = c->left; left > 0; rq = next_request(rq), skip = 0) {
		u32 n = min_u32(left, rq->nr_sectors - skip);
		u32 address = __pa(rq->buffer) + skip * SECTOR_SIZE,
		    end = address + n * SECTOR_SIZE;

		left -= n;
		for (; address < end;
		     address += PRD_BOUNDARY - address % PRD_BOUNDARY)
			*prd++ = (struct prd){
				.address = address,
				.bytes = min_u32(end - address,
						 PRD_BOUNDARY -
							 address % PRD_BOUNDARY)
			};
	}
	prd[-1].flags = PRD_LAST;
	outl(c->bus_master + BM_TABLE, __pa(c->prds));
	outb(c->bus_master + BM_STATUS,
	     inb(c->bus_master + BM_STATUS) | BM_ERROR | BM_INTERRUPT);
}

static void write_sector(const struct channel *c)
{
	outsw(c->base + IDE_DATA, request(c)->buffer + c->served * SECTOR_SIZE,
	      SECTOR_WORDS);
}

/*
 * Send the command for what is left of the head of the queue and for what
 * continues it.
 */
static void begin(struct channel *c)
{
	/* PIO, DMA; each 28-bit, 48-bit */
	static const u8 commands[3][2][2] = {
		[READ] = { { 0x20, 0x24 }, { 0xC8, 0x25 } },
		[WRITE] = { { 0x30, 0x34 }, { 0xCA, 0x35 } },
		[FLUSH] = { { CMD_FLUSH } },
	};
	struct request *rq = request(c);
	u32 unit = unit_of(rq->dev), sector = rq->sector + c->served;
	bool dma = c->disks[unit].dma && rq->cmd != FLUSH &&
		   c->tries < TRIES - 1,
	     ext;

	c->left = min_u32(merge_requests(c->major, c->careful || *failures(c)
							   ? 0
							   : MAX_SECTORS) -
				  c->served,
			  MAX_SECTORS);
	ext = rq->cmd != FLUSH && sector + c->left > LBA28_SECTORS;
	c->doing = dma ? DMA : PIO;
	expect(c);
	if (dma)
		prepare_dma(c);
	if (!send_command(c, unit, sector, c->left, commands[rq->cmd][dma][ext],
			  ext))
		retry(c, "busy");
	else if (dma)
		outb(c->bus_master + BM_COMMAND,
		     BM_START | (rq->cmd == READ ? BM_TO_MEMORY : 0));
	else if (rq->cmd == WRITE && !wait_data(c))
		retry(c, "write refused");
	else if (rq->cmd == WRITE)
		write_sector(c);
}

/* ll_rw_blk's call: the queue has a new head. */
static void hd_start(int major)
{
	struct channel *c = channel_of(major);

	c->served = c->tries = 0;
	begin(c);
}

/*
 * So many more sectors are transferred: end the requests that are complete.
 * Ending the command's last one begins the next command; a request longer than
 * a command is continued here.
 */
static void advance(struct channel *c, u32 sectors)
{
	c->served += sectors;
	c->left -= sectors;
	c->careful -= min_u32(c->careful, sectors);
	c->tries = 0;
	if (c->left)
		expect(c);
	else
		stop(c);
	*failures(c) = 0;
	while (c->served && c->served >= request(c)->nr_sectors) {
		c->served -= request(c)->nr_sectors;
		end_request(request(c), 0);
	}
	if (c->doing == IDLE && c->served)
		begin(c);
}

/* One sector has arrived or was taken, or a flush is done. */
static void pio_done(struct channel *c, u8 status)
{
	struct request *rq = request(c);
	bool more = rq->cmd == WRITE && c->left > 1;

	if (rq->cmd == FLUSH) {
		finish(c, 0);
		return;
	}
	if (rq->cmd == READ) {
		if (!(status & STATUS_DATA))
			return;
		insw(c->base + IDE_DATA, rq->buffer + c->served * SECTOR_SIZE,
		     SECTOR_WORDS);
	}
	advance(c, 1);
	if (more)
		write_sector(c);
}

/*
 * Reading the status register also takes the interrupt back. The bus master
 * sets its bit when all data are in memory.
 */
static void hd_interrupt(struct channel *c)
{
	u8 master = c->doing == DMA ? inb(c->bus_master + BM_STATUS)
				    : BM_INTERRUPT,
	   status = status_of(c);

	if (c->doing == IDLE || status & STATUS_BUSY ||
	    !(master & BM_INTERRUPT))
		return;
	if (status & (STATUS_ERROR | STATUS_FAULT) || master & BM_ERROR)
		(*failures(c) < FAILURES_TOLD ? retry : give_up)(c, "error");
	else if (c->doing == DMA)
		advance(c, c->left);
	else
		pio_done(c, status);
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

static const struct partition *partition_of(kdev_t dev)
{
	static const struct partition none;
	u32 unit = unit_of(dev), n = MINOR(dev) % (1u << PARTITION_BITS);

	return unit < DISKS && n < PARTITIONS
		       ? &channel_of(MAJOR(dev))->disks[unit].parts[n]
		       : &none;
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
	return channel_of(MAJOR(dev))->disks[unit_of(dev)].flush
		       ? block_rw(dev, FLUSH, 0, 0, NULL)
		       : 0;
}

static const struct block_device_ops hd_ops = {
	.name = "hd",
	.partition_bits = PARTITION_BITS,
	.start = hd_start,
	.sectors = hd_sectors,
	.first = hd_first,
	.sync = hd_sync,
};

/* What a disk can do, from its answer to IDENTIFY. */
static void note_disk(const struct channel *c, struct disk *d, const u16 *id)
{
	u32 commands = (id[ID_COMMANDS] & ID_VALID_MASK) == ID_VALID
			       ? id[ID_COMMANDS]
			       : 0;

	if (!(id[ID_CAPABILITIES] & ID_CAN_LBA))
		return;
	d->dma = c->prds && id[ID_CAPABILITIES] & ID_CAN_DMA;
	d->flush = commands & ID_CAN_FLUSH;
	d->parts[0].sectors = id[ID_SECTORS] | (u32)id[ID_SECTORS + 1] << 16;
	if (commands & ID_CAN_LBA48)		/* block numbers end at 2 TB */
		d->parts[0].sectors =
			id[ID_SECTORS48 + 2] || id[ID_SECTORS48 + 3]
				? 0xFFFFFFFF
				: id[ID_SECTORS48] | (u32)id[ID_SECTORS48 + 1]
							     << 16;
}

/*
 * Ask a disk who it is. A channel without any drive reads as all ones; one that
 * answers with no data is no disk.
 */
static void identify(const struct channel *c, u32 unit, struct disk *d)
{
	u16 *id = kpage_alloc(OWNER_CALL);

	if (!id)
		return;
	outb(c->base + IDE_DRIVE, DRIVE_LBA | (unit ? DRIVE_SLAVE : 0));
	io_delay();
	if (status_of(c) != 0xFF && status_of(c) != 0 && wait_not_busy(c)) {
		outb(c->control, CONTROL_NO_IRQ);
		send_command(c, unit, 0, 0, CMD_IDENTIFY, false);
		io_delay();
		if (status_of(c) && wait_data(c)) {
			insw(c->base + IDE_DATA, id, SECTOR_WORDS);
			note_disk(c, d, id);
		}
		outb(c->control, 0);
	}
	kpage_free(id);
}

/*
 * Find the PCI controller that moves data by itself, unless ide=nodma forbids
 * it. Only at the old ports: there the interrupts are known.
 */
static void find_bus_master(void)
{
	const char *mode = param_get("ide");
	u32 device = mode && strcmp(mode, "nodma") == 0 ? 0 : pci_find(PCI_IDE),
	    base;

	if (!device || (pci_read(device, PCI_CLASS) &
			(PCI_IDE_MASTER | PCI_IDE_NATIVE)) != PCI_IDE_MASTER)
		return;
	base = pci_read(device, PCI_BASE(4)) & 0xFFF0;
	if (!base) {
		base = BM_PORTS;
		pci_write(device, PCI_BASE(4), base);
	}
	pci_write(device, PCI_COMMAND,
		  (pci_read(device, PCI_COMMAND) & 0xFFFF) | PCI_COMMAND_IO |
			  PCI_COMMAND_MASTER);
	for (u32 i = 0; i < ARRAY_SIZE(channels); i++) {
		channels[i].bus_master = base + i * BM_CHANNEL;
		if (i == 0 || !(inb(base + BM_STATUS) & BM_SIMPLEX))
			channels[i].prds = kpage_alloc(OWNER_DRIVER);
	}
}

static void announce(kdev_t dev, const struct disk *d)
{
	printk("hd%c: %u KB%s", letter_of(dev), d->parts[0].sectors / 2,
	       d->dma ? ", DMA" : "");
	for (u32 i = 1; i < PARTITIONS; i++)
		if (d->parts[i].sectors)
			printk(", hd%c%u", letter_of(dev), i);
	printk("\n");
}

static void recount_prds(found_page *found)
{
	for (u32 i = 0; i < ARRAY_SIZE(channels); i++)
		if (channels[i].prds)
			found(OWNER_DRIVER, channels[i].prds);
}

void hd_init(void)
{
	register_owner(recount_prds);
	find_bus_master();
	request_irq(IRQ_IDE1, hd_interrupt1);
	request_irq(IRQ_IDE2, hd_interrupt2);
	for (struct channel *c = channels; c < channels + ARRAY_SIZE(channels);
	     c++) {
		list_init(&c->timer.link);
		register_blkdev(c->major, &hd_ops);
		for (u32 unit = 0; unit < DISKS; unit++)
			identify(c, unit, &c->disks[unit]);
		for (u32 unit = 0; unit < DISKS; unit++) {
			kdev_t dev = MKDEV(c->major, unit << PARTITION_BITS);

			if (!hd_sectors(dev))
				continue;
			read_partitions(dev, c->disks[unit].parts);
			announce(dev, &c->disks[unit]);
		}
	}
}
