/*
 * The floppy driver's buffer. Sectors are read in runs, mostly whole tracks:
 * the buffer holds the run read last, and serves read requests that lie in it.
 * Writes also go through it, since the ISA bus's DMA reaches it.
 */
#include <cowix/kernel.h>
#include "floppy.h"

/* The alignment keeps it from crossing a multiple of 64 KB. */
u8 floppy_buffer[BUFFER_SECTORS * SECTOR_SIZE] ALIGNED(16384);

static kdev_t buffered_dev;		/* 0: the buffer holds nothing */
static u32 buffered_run;

void floppy_buffer_forget(void)
{
	buffered_dev = 0;
}

/* Notes that the buffer holds a run of a device now. */
void floppy_buffer_filled(kdev_t dev, u32 run)
{
	buffered_dev = dev;
	buffered_run = run;
}

/*
 * Gives a read request what the buffer has of it, if that is its next sector,
 * the one behind the `served` first. Returns how many sectors it has then.
 */
u32 floppy_buffer_read(const struct request *rq, u32 served, u32 run_length)
{
	u32 sector = rq->sector + served, skip = sector % run_length;
	u32 n = min_u32(rq->nr_sectors - served, run_length - skip);

	if (buffered_dev != rq->dev || buffered_run != sector / run_length)
		return served;
	memcpy(rq->buffer + served * SECTOR_SIZE,
	       floppy_buffer + skip * SECTOR_SIZE, n * SECTOR_SIZE);
	return served + n;
}
