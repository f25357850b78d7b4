/*
 * Partition tables. The input is a disk's first sectors; behind them all is
 * zero. What the disk's driver is told must lie on the disk.
 * Sources: kernel/blk_drv/partition.c
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <kernel/blk_drv/blk_internal.h>
#include "native.h"

static const u8 *disk;
static size_t disk_size;

int block_rw(kdev_t dev, int direction, u32 sector, u32 n, void *buf)
{
	size_t size = n * SECTOR_SIZE, at = sector * SECTOR_SIZE;

	must(direction == READ);
	(void)dev;
	memset(buf, 0, size);
	if (sector > DISK_SECTORS - n)
		return -1;
	if (at < disk_size)
		memcpy(buf, disk + at, min_u32(size, disk_size - at));
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct partition parts[PARTITIONS] = { { .sectors = DISK_SECTORS } };

	disk = data;
	disk_size = size;
	read_partitions(0, parts);
	must(parts[0].first == 0 && parts[0].sectors == DISK_SECTORS);
	for (u32 i = 1; i < PARTITIONS; i++)
		must(parts[i].first < DISK_SECTORS &&
		     parts[i].sectors <= DISK_SECTORS - parts[i].first &&
		     !parts[i].first == !parts[i].sectors);
	return 0;
}
