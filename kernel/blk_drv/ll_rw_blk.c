/*
 * The request queues between the file systems and the drivers, one for each
 * major number. The elevator sorts requests by sector in one direction: a
 * request goes behind those that the sweep reaches before it. A driver works on
 * the queue's head. With merge_requests() it also takes those behind the head
 * that continue it on the disk. It ends each with end_request().
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/plan.h>
#include <asm/system.h>
#include <abi/errno.h>
#include "blk_internal.h"

#define MAJORS		23
#define DISKS_MAX	2		/* of a major number */
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)

struct queue {
	const struct block_device_ops *ops;
	struct list requests;
	struct request *last;	/* the driver works up to it; NULL: idle */
	u64 head;		/* where the driver works, or last did */
	bool kicking;		/* kick() is at work */
	struct {
		u32 written;	/* write requests, counted as they come */
		u32 flushed;	/* those that are known to be durable */
		u32 failures[BARRIER + 1];	/* in a row, by command */
	} disks[DISKS_MAX];
};

static struct queue queues[MAJORS];

void register_blkdev(int major, const struct block_device_ops *ops)
{
	list_init(&queues[major].requests);
	queues[major].ops = ops;
}

/* Returns NULL if there is no driver for dev. */
static const struct block_device_ops *ops_of(kdev_t dev)
{
	return MAJOR(dev) < MAJORS ? queues[MAJOR(dev)].ops : NULL;
}

/* Returns the size of a device, or 0 if there is no such device. */
u32 blkdev_sectors(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops ? ops->sectors(dev) : 0;
}

u32 blkdev_blocks(kdev_t dev)
{
	return blkdev_sectors(dev) / SECTORS_A_BLOCK;
}

/* Returns the memory of a block if the device is memory, else NULL. */
u8 *blkdev_direct(kdev_t dev, u32 block)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops && ops->direct ? ops->direct(dev, block) : NULL;
}

/* Notes that a memory device's block was changed in place. */
void blkdev_mark_dirty(kdev_t dev, u32 block)
{
	ops_of(dev)->mark_dirty(dev, block);
}

/* Returns 0, -ENXIO if there is no such device, or its driver's error. */
int blkdev_open(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);
	int error;

	if (!ops)
		return -ENXIO;
	error = ops->open ? ops->open(dev) : 0;
	if (error)
		return error;
	return blkdev_sectors(dev) ? 0 : -ENXIO;
}

/*
 * Returns whether the medium was replaced since the last call. Then the caches
 * hold another medium's blocks.
 */
bool blkdev_replaced(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops && ops->replaced && ops->replaced(dev);
}

/* Returns the number of the disk that dev is, or is a part of. */
static u32 disk_of(kdev_t dev)
{
	return MINOR(dev) >> ops_of(dev)->partition_bits;
}

/*
 * Has a disk make durable what was written to it, unless that is done already.
 * What is queued later comes after that, also on a disk without a cache. The
 * ramdisk is not written through its queue: it knows itself what to do.
 */
int blkdev_sync(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);
	struct queue *q;
	u32 disk, written;
	int error;

	if (!ops || !blkdev_sectors(dev))
		return 0;
	if (ops->direct)
		return ops->sync(dev);
	q = &queues[MAJOR(dev)];
	disk = disk_of(dev);
	written = q->disks[disk].written;
	if (q->disks[disk].flushed == written)
		return 0;
	error = ops->sync ? ops->sync(dev) : block_rw(dev, BARRIER, 0, 0, NULL);
	if (!error)
		q->disks[disk].flushed = written;
	return error;
}

/* Does blkdev_sync() for each disk of a driver. Returns the first error. */
static int sync_driver(int major)
{
	u32 partition_bits = queues[major].ops->partition_bits;
	int first_error = 0;

	for (u32 disk = 0; disk < DISKS_MAX; disk++) {
		int error = blkdev_sync(MKDEV(major, disk << partition_bits));

		if (!first_error)
			first_error = error;
	}
	return first_error;
}

/* Does blkdev_sync() for every disk. Returns the first error. */
int blkdev_sync_all(void)
{
	int first_error = 0;

	for (int major = 0; major < MAJORS; major++) {
		int error = queues[major].ops ? sync_driver(major) : 0;

		if (!first_error)
			first_error = error;
	}
	return first_error;
}

/* Returns where a request begins: its sector, and above it its disk. */
static u64 position(const struct request *rq)
{
	return (u64)disk_of(rq->dev) << 32 | rq->sector;
}

/*
 * Returns whether a goes before b when the head is at `head`. Those still ahead
 * of the head go first, then the rest, each by sector.
 */
static bool before(const struct request *a, const struct request *b, u64 head)
{
	bool a_ahead = position(a) >= head, b_ahead = position(b) >= head;

	return a_ahead != b_ahead ? a_ahead : position(a) < position(b);
}

/*
 * Puts a request in its place, behind those that are being worked on. A flush
 * or a barrier goes to the end, and nothing passes it.
 */
static void enqueue_request(struct queue *q, struct request *rq)
{
	struct list *pos = q->requests.prev;
	struct list *busy = q->last ? &q->last->link : &q->requests;

	while (pos != busy) {
		const struct request *other =
			list_entry(pos, struct request, link);

		if (rq->cmd >= FLUSH || other->cmd >= FLUSH ||
		    !before(rq, other, q->head))
			break;
		pos = pos->prev;
	}
	list_add(&rq->link, pos);
}

/* Notes up to which request the driver works. */
static void work_up_to(struct queue *q, struct request *rq)
{
	q->last = rq;
	q->head = position(rq);
}

/*
 * Has an idle driver begin the queue's head. One that is memory, or fails, may
 * have ended it on return, and begins the next. Interrupts are masked.
 */
static void kick(int major)
{
	struct queue *q = &queues[major];

	if (q->kicking)			/* called by end_request() */
		return;
	q->kicking = true;
	while (!q->last && !list_empty(&q->requests)) {
		struct request *rq = current_request(major);

		work_up_to(q, rq);
		if (rq->cmd == BARRIER)
			end_request(rq, 0);
		else
			q->ops->start(major);
	}
	q->kicking = false;
}

/* Returns 0, or the error of a request that cannot be begun at all. */
static int check_request(const struct request *rq)
{
	u32 size = blkdev_sectors(rq->dev);

	if (size == 0)
		return -ENXIO;
	if (rq->cmd < FLUSH &&
	    (rq->sector >= size || rq->nr_sectors > size - rq->sector))
		return -EIO;
	return 0;
}

/*
 * Queues a transfer and returns at once. An idle driver begins it when somebody
 * waits for it, or at start_requests(): until then others may join it. The
 * caller has filled in dev, cmd, sector, nr_sectors and buffer. The request and
 * its buffer stay the caller's and must live until rq->done.
 */
void submit_request(struct request *rq)
{
	struct queue *q = &queues[MAJOR(rq->dev)];
	u32 flags;

	rq->error = check_request(rq);
	rq->done = rq->error != 0;
	if (rq->error)
		return;
	if (q->ops->first)
		rq->sector += q->ops->first(rq->dev);
	if (rq->cmd == WRITE)
		q->disks[disk_of(rq->dev)].written++;
	flags = irq_save();
	enqueue_request(q, rq);
	irq_restore(flags);
}

/* Begins what is queued for a device. Called when nobody waits for it yet. */
void start_requests(kdev_t dev)
{
	u32 flags = irq_save();

	kick(MAJOR(dev));
	irq_restore(flags);
}

/* Sleeps until a request is done. Returns its error. */
int wait_request(struct request *rq)
{
	u32 flags = irq_save();

	if (!rq->done)
		kick(MAJOR(rq->dev));
	while (!rq->done)
		sleep_on(&rq->wait);
	irq_restore(flags);
	planned(PLAN_READ);
	return rq->error;
}

/* Transfers sectors, and sleeps until it is done. Returns the error. */
int block_rw(kdev_t dev, int cmd, u32 sector, u32 nr_sectors, void *buffer)
{
	struct request rq = {
		.dev = dev,
		.cmd = cmd,
		.sector = sector,
		.nr_sectors = nr_sectors,
		.buffer = buffer,
	};

	wait_queue_init(&rq.wait);
	submit_request(&rq);
	return wait_request(&rq);
}

/* Returns the head of a queue, or NULL. */
struct request *current_request(int major)
{
	struct queue *q = &queues[major];

	if (list_empty(&q->requests))
		return NULL;
	return list_entry(q->requests.next, struct request, link);
}

/* Returns the request behind rq: there must be one. */
struct request *next_request(const struct request *rq)
{
	return list_entry(rq->link.next, struct request, link);
}

/*
 * Called by a driver, interrupts masked, that can do several requests as one
 * transfer. Takes the head of its queue and those that continue it on the same
 * disk in the same direction; they will stay where they are. Returns how many
 * sectors they are: at most max, unless the head alone is more.
 */
u32 merge_requests(int major, u32 max)
{
	struct queue *q = &queues[major];
	struct request *rq = current_request(major), *next;
	u32 sectors = rq->nr_sectors;

	for (; rq->cmd < FLUSH && rq->link.next != &q->requests; rq = next) {
		next = next_request(rq);
		if (next->cmd != rq->cmd ||
		    position(next) != position(rq) + rq->nr_sectors ||
		    sectors + next->nr_sectors > max)
			break;
		sectors += next->nr_sectors;
	}
	work_up_to(q, rq);
	return sectors;
}

/*
 * Returns the place where the failures in a row of a request's disk and command
 * are counted.
 */
static u32 *failures_of(const struct request *rq)
{
	struct queue *q = &queues[MAJOR(rq->dev)];

	return &q->disks[disk_of(rq->dev)].failures[rq->cmd];
}

/*
 * Returns how many requests of this disk and command have failed in a row until
 * now. From FAILURES_TOLD on a driver has less patience.
 */
u32 request_failures(const struct request *rq)
{
	return *failures_of(rq);
}

/*
 * Ends the request at the head of a queue: takes it off and wakes the waiter.
 * If it was the last that the driver worked on, begins the next. Called by
 * drivers, interrupts masked.
 */
void end_request(struct request *rq, int error)
{
	struct queue *q = &queues[MAJOR(rq->dev)];
	bool idle = rq == q->last;

	*failures_of(rq) = error ? *failures_of(rq) + 1 : 0;
	list_del(&rq->link);
	rq->error = error;
	rq->done = true;
	wake_up(&rq->wait);
	if (!idle)
		return;
	q->last = NULL;
	kick(MAJOR(rq->dev));
}
