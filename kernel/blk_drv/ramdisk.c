/*
 * The ramdisk: a copy of the boot floppy in page frames, four blocks each.
 * Setup has read it by the BIOS, or GRUB has brought it, or it is read here.
 * File systems work in its memory directly. A bitmap remembers which blocks
 * were changed. sync writes those back to the floppy, so that files survive a
 * reboot. A ramdisk whose medium has no driver is not written back.
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/mm.h>
#include <abi/errno.h>
#include "blk_internal.h"

#define MAX_BLOCKS	2880
#define BLOCKS_A_FRAME	(PAGE_SIZE / BLOCK_SIZE)
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)
#define COMPARED	5	/* frames: a floppy's Minix maps, inodes */
#define HEAD		(COMPARED * BLOCKS_A_FRAME)

static u8 *frames[MAX_BLOCKS / BLOCKS_A_FRAME];
static u32 dirty[(MAX_BLOCKS + 31) / 32];
static u32 nr_blocks;
static kdev_t origin;			/* where it is written back to, or 0 */

static u32 ramdisk_sectors(kdev_t dev)
{
	return MINOR(dev) == 0 ? nr_blocks * SECTORS_A_BLOCK : 0;
}

static u8 *ramdisk_direct(kdev_t dev, u32 block)
{
	if (MINOR(dev) != 0 || block >= nr_blocks)
		return NULL;
	return frames[block / BLOCKS_A_FRAME] +
	       block % BLOCKS_A_FRAME * BLOCK_SIZE;
}

static void ramdisk_mark_dirty(kdev_t dev, u32 block)
{
	(void)dev;
	dirty[block / 32] |= 1u << block % 32;
}

static bool is_dirty(u32 block)
{
	return block < nr_blocks && dirty[block / 32] & 1u << block % 32;
}

/* Copies sector by sector: a request may begin at any. */
static void ramdisk_start(int major)
{
	struct request *rq = current_request(major);

	for (u32 i = 0; rq->cmd != FLUSH && i < rq->nr_sectors; i++) {
		u32 sector = rq->sector + i, block = sector / SECTORS_A_BLOCK;
		u8 *here = ramdisk_direct(rq->dev, block) +
			   sector % SECTORS_A_BLOCK * SECTOR_SIZE;

		if (rq->cmd == READ) {
			memcpy(rq->buffer + i * SECTOR_SIZE, here, SECTOR_SIZE);
		} else {
			memcpy(here, rq->buffer + i * SECTOR_SIZE, SECTOR_SIZE);
			ramdisk_mark_dirty(rq->dev, block);
		}
	}
	end_request(rq, 0);
}

static void clear_dirty(u32 block, u32 n)
{
	for (; n > 0; n--, block++)
		dirty[block / 32] &= ~(1u << block % 32);
}

/*
 * Writes n blocks back. They count as clean from before the transfer: a block
 * changed during it is dirty again.
 */
static int write_back(u32 block, u32 n, u8 *buffer)
{
	int error;

	clear_dirty(block, n);
	for (u32 i = 0; i < n; i++)
		memcpy(buffer + i * BLOCK_SIZE,
		       ramdisk_direct(MKDEV(RAM_MAJOR, 0), block + i),
		       BLOCK_SIZE);
	error = block_rw(origin, WRITE, block * SECTORS_A_BLOCK,
			 n * SECTORS_A_BLOCK, buffer);
	if (error)
		for (u32 i = 0; i < n; i++)
			ramdisk_mark_dirty(MKDEV(RAM_MAJOR, 0), block + i);
	return error;
}

/* Returns how many blocks in a row are dirty, from `block` on: at most most. */
static u32 dirty_run(u32 block, u32 most)
{
	u32 n = 0;

	while (n < most && is_dirty(block + n))
		n++;
	return n;
}

/* Returns the first dirty block from `block` on, or end. */
static u32 next_dirty(u32 block, u32 end)
{
	while (block < end)
		if (!dirty[block / 32])
			block += 32 - block % 32;
		else if (is_dirty(block))
			return block;
		else
			block++;
	return end;
}

/* Writing back: how far it is. */
struct writing {
	u8 *buffer;
	u32 most;		/* blocks at a time; one after a failure */
	u32 failures;
	int first_error;
};

/*
 * Writes the changed blocks from `block` up to `end` back, in runs. When a run
 * fails, blocks are written one at a time. A floppy that fails again and again
 * is left alone; the other blocks stay dirty.
 */
static void write_range(struct writing *w, u32 block, u32 end)
{
	while ((block = next_dirty(block, end)) < end &&
	       w->failures < FAILURES_TOLD) {
		u32 n = dirty_run(block, min_u32(w->most, end - block));
		int error = write_back(block, n, w->buffer);

		if (error)
			w->failures++;
		if (!w->first_error)
			w->first_error = error;
		if (error && n > 1)
			w->most = 1;
		else
			block += n;
	}
}

/*
 * Writes all changed blocks back: data and directories before what refers to
 * them at the beginning of the disk. There the maps come before the inodes, or
 * setup would clear the zones of a new file after a power cut between the two.
 * Returns the first error.
 */
static int ramdisk_sync(kdev_t dev)
{
	struct writing w = { .most = BLOCKS_A_FRAME };

	(void)dev;
	if (!origin)
		return 0;
	w.buffer = kpage_alloc(OWNER_CALL);
	if (!w.buffer)
		return -ENOMEM;
	write_range(&w, min_u32(HEAD, nr_blocks), nr_blocks);
	write_range(&w, 0, min_u32(HEAD, nr_blocks));
	kpage_free(w.buffer);
	return w.first_error;
}

static const struct block_device_ops ramdisk_ops = {
	.name = "ramdisk",
	.start = ramdisk_start,
	.sectors = ramdisk_sectors,
	.direct = ramdisk_direct,
	.mark_dirty = ramdisk_mark_dirty,
	.sync = ramdisk_sync,
};

/* For the audit: finds the pages that the ramdisk owns. */
static void recount_frames(found_page *found)
{
	for (u32 i = 0; i < ARRAY_SIZE(frames); i++)
		if (frames[i])
			found(OWNER_RAMDISK, frames[i]);
}

/* Gives back all frames. Called by mount_root() for another root. */
void ramdisk_release(void)
{
	nr_blocks = 0;
	for (u32 i = 0; i < ARRAY_SIZE(frames); i++)
		if (frames[i]) {
			kpage_free(frames[i]);
			frames[i] = NULL;
		}
}

/*
 * Takes the ramdisk that setup or a boot loader has put into memory, if any.
 * Gives back what is too much.
 */
static void adopt_frames(void)
{
	u32 n = (boot_ramdisk_end - boot_ramdisk) / PAGE_SIZE;

	for (u32 i = 0; i < n; i++)
		if (i < ARRAY_SIZE(frames))
			frames[i] = __va(boot_ramdisk + i * PAGE_SIZE);
		else
			kpage_free(__va(boot_ramdisk + i * PAGE_SIZE));
	if (n > ARRAY_SIZE(frames)) {
		printk("ramdisk: %u KB are too many\n", n * BLOCKS_A_FRAME);
		n = ARRAY_SIZE(frames);
	}
	nr_blocks = n * BLOCKS_A_FRAME;
}

void ramdisk_init(void)
{
	register_owner(recount_frames);
	register_blkdev(RAM_MAJOR, &ramdisk_ops);
	adopt_frames();
}

/*
 * Returns true if a device begins as the ramdisk does, so that it is the medium
 * which the BIOS has read.
 */
bool ramdisk_is_copy_of(kdev_t dev)
{
	u8 *buffer = kpage_alloc(OWNER_CALL);
	bool same = buffer && nr_blocks >= HEAD &&
		    blkdev_open(dev) == 0 && blkdev_blocks(dev) >= nr_blocks;

	for (u32 i = 0; same && i < COMPARED; i++)
		same = block_rw(dev, READ, i * (PAGE_SIZE / SECTOR_SIZE),
				PAGE_SIZE / SECTOR_SIZE, buffer) == 0 &&
		       memcmp(buffer, frames[i], PAGE_SIZE) == 0;
	if (buffer)
		kpage_free(buffer);
	return same;
}

/* Has the ramdisk written back to dev. */
void ramdisk_set_origin(kdev_t dev)
{
	origin = dev;
}

/* Reads a device into new frames. Returns 0, -ENOMEM or its error. */
static int load_frames(kdev_t from, u32 blocks)
{
	for (u32 i = 0; i * BLOCKS_A_FRAME < blocks; i++) {
		u32 first = i * BLOCKS_A_FRAME,
		    n = min_u32(BLOCKS_A_FRAME, blocks - first);
		int error;

		frames[i] = kpage_alloc(OWNER_RAMDISK);
		if (!frames[i])
			return -ENOMEM;
		error = block_rw(from, READ, first * SECTORS_A_BLOCK,
				 n * SECTORS_A_BLOCK, frames[i]);
		if (error)
			return error;
	}
	return 0;
}

/*
 * Copies a device into ram0 and remembers it for writing back. Called by
 * mount_root(). Returns 0 or an error; then nothing is kept.
 */
int ramdisk_load(kdev_t from)
{
	int error = blkdev_open(from);
	u32 blocks;

	if (error || nr_blocks)
		return error;
	blocks = blkdev_sectors(from) / SECTORS_A_BLOCK;
	if (blocks > MAX_BLOCKS)
		return -EFBIG;
	error = load_frames(from, blocks);
	if (error) {
		ramdisk_release();
		return error;
	}
	nr_blocks = blocks;
	origin = from;
	printk("ramdisk: %u KB loaded\n", blocks);
	return 0;
}
