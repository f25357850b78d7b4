/* What the block drivers share: patience, and partition tables. */
#ifndef BLK_DRV_INTERNAL_H
#define BLK_DRV_INTERNAL_H

#include <cowix/types.h>

/*
 * A device whose requests have failed so often in a row may be dead: each
 * further one is tried once, and no words are made of it.
 */
#define FAILURES_TOLD	8

#define PARTITIONS 16		/* of a disk, with 0, the disk itself */

struct partition {
	u32 first, sectors;	/* sectors 0: there is none */
};

void read_partitions(kdev_t disk, struct partition *parts);

#endif
