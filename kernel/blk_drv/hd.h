/*
 * The IDE driver's three parts: ide.c works the registers of a channel,
 * hd_probe.c finds the disks and what they can do, hd.c serves requests.
 */
#ifndef HD_H
#define HD_H

#include <cowix/blkdev.h>
#include <cowix/time.h>
#include "blk_internal.h"

#define MAX_SECTORS	256u	/* of a command; the register then holds 0 */
#define DISKS		2	/* of a channel */
#define CHANNELS	2

/* A disk, as it has described itself. */
struct disk {
	bool dma;		/* it and its channel can do DMA */
	bool flush;		/* it knows the flush command */
	struct partition parts[PARTITIONS];
};

struct channel {
	u16 base, control;	/* ports */
	u16 bus_master;		/* its ports; valid if there is prds */
	struct prd *prds;	/* a page; NULL: no DMA */
	int major;
	enum { IDLE, PIO, DMA } doing;	/* IDLE also until a reset is over */
	u32 served;		/* sectors done of the head of the queue */
	u32 left;		/* sectors that the command has still to do */
	u32 careful;		/* sectors to be tried request by request */
	u32 tries;		/* that failed, of the next command */
	u32 reset_end;		/* in jiffies; then the disk must be ready */
	struct timer timer;
	struct disk disks[DISKS];
};

/* ide.c: the channel's registers */
#define STATUS_ERROR	0x01
#define STATUS_DATA	0x08
#define STATUS_FAULT	0x20
#define STATUS_BUSY	0x80
#define BM_ERROR	0x02
#define BM_INTERRUPT	0x04

/* What a disk is told to do. */
struct ide_command {
	u8 command;
	bool ext;		/* the command takes 48 bits of address */
	u32 unit, lba, count;
};

u8 ide_status(const struct channel *c);
u8 ide_error(const struct channel *c);
bool ide_wait_ready(const struct channel *c);
bool ide_wait_data(const struct channel *c);
void ide_select(const struct channel *c, u32 unit);
bool ide_send(const struct channel *c, const struct ide_command *cmd);
void ide_mask_interrupt(const struct channel *c, bool masked);
void ide_reset(const struct channel *c);
void ide_read_sector(const struct channel *c, void *to);
void ide_write_sector(const struct channel *c, const void *from);
bool ide_simplex(u16 bus_master);
void ide_dma_prepare(const struct channel *c);
void ide_dma_start(const struct channel *c, bool to_memory);
void ide_dma_stop(const struct channel *c);
u8 ide_dma_status(const struct channel *c);

/* hd_probe.c */
void hd_find_bus_master(struct channel *channels);
void hd_identify(const struct channel *c, u32 unit, struct disk *d);

#endif
