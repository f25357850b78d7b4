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
#define MEM_MAJOR	1		/* of the character devices: memory */
#define FLOPPY_MAJOR	2
#define IDE_MAJOR	3		/* the first channel: hda and hdb */
#define IDE2_MAJOR	22		/* the second channel: hdc and hdd */

/* BARRIER: nothing, but after what was queued before, and before the rest */
enum { READ, WRITE, FLUSH, BARRIER };

struct request {
	struct list link;	/* in the device's queue */
	kdev_t dev;
	int cmd;		/* READ, WRITE, FLUSH, BARRIER */
	u32 sector;		/* of dev; once submitted, of its disk */
	u32 nr_sectors;
	u8 *buffer;		/* contiguous; aligned to 4 bytes */
	int error;		/* once done: 0, -EIO, -EROFS, -ENXIO */
	volatile bool done;
	struct wait_queue wait;
};

/* What a driver can do. Members marked with ? may be NULL. */
struct block_device_ops {
	const char *name;
	u32 partition_bits;	/* low bits of a minor number: the partition */
	void (*start)(int major);	/* begins the head; interrupts masked */
	u32 (*sectors)(kdev_t dev);	/* size; 0: no such device */
	u32 (*first)(kdev_t dev);	/* ? a partition's first sector */
	u8 *(*direct)(kdev_t dev, u32 block);	/* ? a memory device's memory */
	void (*mark_dirty)(kdev_t dev, u32 block);	/* goes with direct */
	int (*open)(kdev_t dev);	/* ? */
	bool (*replaced)(kdev_t dev);	/* ? another medium since last asked */
	int (*sync)(kdev_t dev);	/* ? makes durable what was written */
};

/* kernel/blk_drv/ll_rw_blk.c, for fs/ */
void submit_request(struct request *rq);
void start_requests(kdev_t dev);	/* returns at once */
int wait_request(struct request *rq);		/* sleeps */
int block_rw(kdev_t dev, int cmd, u32 sector, u32 nr_sectors, void *buffer);
u32 blkdev_sectors(kdev_t dev);
u32 blkdev_blocks(kdev_t dev);			/* whole blocks of 1 KB */
u8 *blkdev_direct(kdev_t dev, u32 block);
void blkdev_mark_dirty(kdev_t dev, u32 block);
int blkdev_open(kdev_t dev);
bool blkdev_replaced(kdev_t dev);
int blkdev_sync(kdev_t dev);
int blkdev_sync_all(void);

/* kernel/blk_drv/ll_rw_blk.c, for the drivers */
void register_blkdev(int major, const struct block_device_ops *ops);
struct request *current_request(int major);
struct request *next_request(const struct request *rq);
u32 merge_requests(int major, u32 max);
void end_request(struct request *rq, int error);
u32 request_failures(const struct request *rq);

/* The drivers: each finds its devices and registers them. */
void ramdisk_init(void);
void floppy_init(void);
void hd_init(void);

/* kernel/blk_drv/ramdisk.c */
int ramdisk_load(kdev_t from);
bool ramdisk_is_copy_of(kdev_t dev);
void ramdisk_set_origin(kdev_t dev);
void ramdisk_release(void);

#endif
