/*
 * Block devices: the one interface between fs/ and kernel/blk_drv/. A request
 * lives in its submitter's memory (a buffer head, the stack), so queueing
 * cannot fail for lack of memory.
 */
#ifndef COWIX_BLKDEV_H
#define COWIX_BLKDEV_H

#include <cowix/list.h>
#include <cowix/wait.h>

#define SECTOR_SIZE	512
#define BLOCK_SIZE	1024
#define BLOCK_SHIFT	10

#define RAM_MAJOR	1
#define MEM_MAJOR	1	/* characters: memory */
#define FLOPPY_MAJOR	2
#define IDE_MAJOR	3	/* hda and hdb; hdc and hdd have the other */
#define IDE2_MAJOR	22

enum { READ, WRITE, FLUSH };

struct request {
	struct list link; /* in the device's queue, sorted by the elevator */
	kdev_t dev;
	int cmd;			/* READ, WRITE, FLUSH */
	/* counted from the device's first; once submitted, from the disk's */
	u32 sector, nr_sectors;
	u8 *buffer;	/* kernel address; contiguous; any alignment of 4 */
	int error;		/* 0 or -EIO, -EROFS, -ENXIO; valid once done */
	volatile bool done;
	struct wait_queue wait;
};

struct block_device_ops {
	const char *name;
	/* so many low bits of a minor number say which partition of the disk */
	u32 partition_bits;
	/* begin the request at the queue's head; interrupts masked */
	void (*start)(int major);
	u32 (*sectors)(kdev_t dev);	/* size; 0: no such device */
	/* where on its disk a partition begins; may be absent */
	u32 (*first)(kdev_t dev);
	/* memory of block if the device is memory, else NULL; may be absent */
	u8 *(*direct)(kdev_t dev, u32 block);
	void (*mark_dirty)(kdev_t dev, u32 block);	/* goes with direct */
	int (*open)(kdev_t dev);	/* may be absent */
	/* the medium was, since the last call; may be absent */
	bool (*replaced)(kdev_t dev);
	/*
	 * make durable what was written (disk flush, ramdisk write-back); may
	 * be absent
	 */
	int (*sync)(kdev_t dev);
};

/* kernel/blk_drv/ll_rw_blk.c */
void register_blkdev(int major, const struct block_device_ops *ops);
/* fill dev, cmd, sector, nr_sectors, buffer first; returns at once */
void submit_request(struct request *rq);
int wait_request(struct request *rq);	/* sleeps until done; the error */
/* both */
int block_rw(kdev_t dev, int cmd, u32 sector, u32 nr_sectors, void *buffer);
u32 blkdev_sectors(kdev_t dev);
u32 blkdev_blocks(kdev_t dev);			/* whole blocks of 1 KB */
u8 *blkdev_direct(kdev_t dev, u32 block);	/* NULL: not a memory device */
/* a memory device's block was changed in place */
void blkdev_mark_dirty(kdev_t dev, u32 block);
int blkdev_open(kdev_t dev);			/* -ENXIO: no such device */
/* since the last call: caches hold another medium's blocks */
bool blkdev_replaced(kdev_t dev);
int blkdev_sync(kdev_t dev);
int blkdev_sync_all(void);
/* drivers: takes the head off the queue, wakes the waiter */
void end_request(struct request *rq, int error);
/* drivers: head of the queue or NULL */
struct request *current_request(int major);
/* drivers: the one behind it; there must be one */
struct request *next_request(const struct request *rq);
/* drivers: how many sectors can be done as one transfer */
u32 merge_requests(int major, u32 max);

/* The drivers: each finds its devices and registers them. */
void ramdisk_init(void);
void floppy_init(void);
void hd_init(void);

/* kernel/blk_drv/ramdisk.c */
/*
 * copies a whole device into ram0, remembering it for write-back; -ENOMEM, -EIO
 */
int ramdisk_load(kdev_t from);

#endif
