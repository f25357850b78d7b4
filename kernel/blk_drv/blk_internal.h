/* What the block drivers share. */
#ifndef BLK_DRV_INTERNAL_H
#define BLK_DRV_INTERNAL_H

#include <cowix/types.h>

/*
 * A device that fails this many requests in a row may be dead. Until it works
 * again each further request is tried once, without a message.
 */
#define FAILURES_TOLD	8

#define PARTITIONS 16		/* of a disk; number 0 is the disk itself */

struct partition {
	u32 first, sectors;	/* sectors 0: there is none */
};

void read_partitions(kdev_t disk, struct partition *parts);

#endif
