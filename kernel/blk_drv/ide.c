/*
 * The registers of an IDE channel (AT Attachment with Packet Interface 6, ANSI
 * INCITS 361), and of the PCI bus master that moves its data (SFF-8038i).
 * Commands are given and data moved here; hd.c knows what they are for.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <asm/io.h>
#include "hd.h"

/* Registers, as offsets from a channel's base. */
#define IDE_DATA	0
#define IDE_ERROR	1
#define IDE_COUNT	2
#define IDE_LBA_LOW	3
#define IDE_LBA_MID	4
#define IDE_LBA_HIGH	5
#define IDE_DRIVE	6
#define IDE_STATUS	7
#define IDE_COMMAND	7
#define DRIVE_LBA	0xE0
#define DRIVE_SLAVE	0x10

/* The control register has a port of its own. */
#define CONTROL_RESET	0x04
#define CONTROL_NO_IRQ	0x02

/* The bus master's registers, as offsets from a channel's base. */
#define BM_COMMAND	0
#define BM_STATUS	2
#define BM_TABLE	4
#define BM_START	0x01
#define BM_TO_MEMORY	0x08
#define BM_SIMPLEX	0x80		/* not both channels at a time */

#define SECTOR_WORDS	(SECTOR_SIZE / 2)
#define POLLS		100000		/* some milliseconds */

/* A piece of memory for the bus master. It must not cross PRD_BOUNDARY. */
struct prd {
	u32 address;
	u16 bytes;			/* 0: 64 KB */
	u16 flags;
};
#define PRD_LAST	0x8000
#define PRD_BOUNDARY	0x10000u

/* Returns the status. Reading it also takes the interrupt back. */
u8 ide_status(const struct channel *c)
{
	return inb(c->base + IDE_STATUS);
}

u8 ide_error(const struct channel *c)
{
	return inb(c->base + IDE_ERROR);
}

/*
 * Polls until the disk is not busy. Returns false if it stays busy. Called only
 * where the standard promises that the disk is ready soon.
 */
bool ide_wait_ready(const struct channel *c)
{
	for (u32 i = 0; i < POLLS; i++)
		if (!(ide_status(c) & STATUS_BUSY))
			return true;
	return false;
}

/* Polls until the disk wants data or has some. Returns false on an error. */
bool ide_wait_data(const struct channel *c)
{
	for (u32 i = 0; i < POLLS; i++) {
		u8 status = ide_status(c);

		if (status & STATUS_BUSY)
			continue;
		if (status & (STATUS_ERROR | STATUS_FAULT))
			return false;
		if (status & STATUS_DATA)
			return true;
	}
	return false;
}

static u8 drive_of(u32 unit)
{
	return DRIVE_LBA | (unit ? DRIVE_SLAVE : 0);
}

void ide_select(const struct channel *c, u32 unit)
{
	outb(c->base + IDE_DRIVE, drive_of(unit));
	io_delay();
}

/*
 * Selects a disk and gives it a command. The high bytes of a 48-bit one go
 * first. Returns false if the disk stays busy.
 */
bool ide_send(const struct channel *c, const struct ide_command *cmd)
{
	u32 lba = cmd->lba;
	u8 high = cmd->ext ? 0 : lba >> 24 & 0x0F;

	outb(c->base + IDE_DRIVE, drive_of(cmd->unit) | high);
	if (!ide_wait_ready(c))
		return false;
	if (cmd->ext) {
		outb(c->base + IDE_COUNT, cmd->count >> 8);
		outb(c->base + IDE_LBA_LOW, lba >> 24);
		outb(c->base + IDE_LBA_MID, 0);
		outb(c->base + IDE_LBA_HIGH, 0);
	}
	outb(c->base + IDE_COUNT, cmd->count);
	outb(c->base + IDE_LBA_LOW, lba);
	outb(c->base + IDE_LBA_MID, lba >> 8);
	outb(c->base + IDE_LBA_HIGH, lba >> 16);
	outb(c->base + IDE_COMMAND, cmd->command);
	return true;
}

void ide_mask_interrupt(const struct channel *c, bool masked)
{
	outb(c->control, masked ? CONTROL_NO_IRQ : 0);
}

/* Resets both disks of a channel. They are busy for a while then. */
void ide_reset(const struct channel *c)
{
	outb(c->control, CONTROL_RESET | CONTROL_NO_IRQ);
	for (u32 i = 0; i < 10; i++)
		io_delay();
	outb(c->control, 0);
}

void ide_read_sector(const struct channel *c, void *to)
{
	insw(c->base + IDE_DATA, to, SECTOR_WORDS);
}

void ide_write_sector(const struct channel *c, const void *from)
{
	outsw(c->base + IDE_DATA, from, SECTOR_WORDS);
}

/* Returns whether a bus master cannot serve both channels at a time. */
bool ide_simplex(u16 bus_master)
{
	return inb(bus_master + BM_STATUS) & BM_SIMPLEX;
}

/* Describes memory in pieces, from prd on. Returns the place behind them. */
static struct prd *add_pieces(struct prd *prd, u32 address, u32 bytes)
{
	while (bytes > 0) {
		u32 room = PRD_BOUNDARY - address % PRD_BOUNDARY;
		u32 n = min_u32(bytes, room);

		*prd++ = (struct prd){ .address = address, .bytes = n };
		address += n;
		bytes -= n;
	}
	return prd;
}

/*
 * Describes the memory of the command's requests to the bus master. The page
 * has room for MAX_SECTORS requests, each in two pieces.
 */
void ide_dma_prepare(const struct channel *c)
{
	const struct request *rq = current_request(c->major);
	struct prd *prd = c->prds;
	u32 skip = c->served, left = c->left;

	while (left > 0) {
		u32 n = min_u32(left, rq->nr_sectors - skip);

		prd = add_pieces(prd, __pa(rq->buffer) + skip * SECTOR_SIZE,
				 n * SECTOR_SIZE);
		left -= n;
		skip = 0;
		rq = next_request(rq);
	}
	prd[-1].flags = PRD_LAST;
	outl(c->bus_master + BM_TABLE, __pa(c->prds));
	/* these two bits are cleared by writing 1 */
	outb(c->bus_master + BM_STATUS,
	     inb(c->bus_master + BM_STATUS) | BM_ERROR | BM_INTERRUPT);
}

void ide_dma_start(const struct channel *c, bool to_memory)
{
	outb(c->bus_master + BM_COMMAND,
	     BM_START | (to_memory ? BM_TO_MEMORY : 0));
}

/* From now on the bus master keeps its hands off memory. */
void ide_dma_stop(const struct channel *c)
{
	outb(c->bus_master + BM_COMMAND, 0);
}

/* Returns BM_INTERRUPT when all data are in memory, BM_ERROR on an error. */
u8 ide_dma_status(const struct channel *c)
{
	return inb(c->bus_master + BM_STATUS);
}
