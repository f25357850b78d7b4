/*
 * The request queues, one a major number, between the file systems and the
 * drivers. Requests are sorted by sector in one direction (the elevator): a
 * request goes behind those that the sweep reaches before it. A driver works on
 * the queue's head, and with merge_requests() on those behind it that continue
 * it on the disk, and ends each with end_request().
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/plan.h>
#include <asm/system.h>
#include <abi/errno.h>
#include "blk_internal.h"

#define MAJORS		23
#define DISKS_MAX	2	/* a major number; floppies need no flush */
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)

struct queue {
	const struct block_device_ops *ops;
	struct list requests;
	/*
	 * of those that the driver works on, from the head on; NULL: it is idle
	 */
	struct request *last;
	u32 written[DISKS_MAX];	/* write requests, counted as they come */
	u32 flushed[DISKS_MAX];		/* those that are known to be durable */
};

static struct queue queues[MAJORS];

void register_blkdev(int major, const struct block_device_ops *ops)
{
	list_init(&queues[major].requests);
	queues[major].ops = ops;
}

static const struct block_device_ops *ops_of(kdev_t dev)
{
	return MAJOR(dev) < MAJORS ? queues[MAJOR(dev)].ops : NULL;
}

u32 blkdev_sectors(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops ? ops->sectors(dev) : 0;
}

u32 blkdev_blocks(kdev_t dev)
{
	return blkdev_sectors(dev) / SECTORS_A_BLOCK;
}

u8 *blkdev_direct(kdev_t dev, u32 block)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops && ops->direct ? ops->direct(dev, block) : NULL;
}

void blkdev_mark_dirty(kdev_t dev, u32 block)
{
	ops_of(dev)->mark_dirty(dev, block);
}

int blkdev_open(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);
	int error = ops ? 0 : -ENXIO;

	if (!error && ops->open)
		error = ops->open(dev);
	return error ? error : blkdev_sectors(dev) ? 0 : -ENXIO;
}

bool blkdev_replaced(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops && ops->replaced && ops->replaced(dev);
}

/* The number of the disk that a device is, or is a part of. */
static u32 disk_of(kdev_t dev)
{
	return MINOR(dev) >> ops_of(dev)->partition_bits;
}

/*
 * Has a disk make durable what was written to it; nothing if that is done. The
 * ramdisk is not written through its queue: it knows itself.
 */
int blkdev_sync(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);
	u32 *flushed, written;
	int error;

	if (!ops || !ops->sync || !blkdev_sectors(dev))
		return 0;
	if (ops->direct)
		return ops->sync(dev);
	written = queues[MAJOR(dev)].written[disk_of(dev)];
	flushed = &queues[MAJOR(dev)].flushed[disk_of(dev)];
	if (*flushed == written)
		return 0;
	error = ops->sync(dev);
	if (!error)
		*flushed = written;
	return error;
}

/* The same for every disk. Returns the first error. */
int blkdev_sync_all(void)
{
	int first_error = 0;

	for (int major = 0; major < MAJORS; major++)
		for (u32 disk = 0; queues[major].ops && disk < DISKS_MAX;
		     disk++) {
			kdev_t dev = MKDEV(
				major,
				disk << queues[major].ops->partition_bits);

			int error = blkdev_sectors(dev) ? blkdev_sync(dev) : 0;

			if (!first_error)
				first_error = error;
		}
	return first_error;
}

/* Where a request begins, over all disks of its queue. */
static u64 position(const struct request *rq)
{
	return (u64)disk_of(rq->dev) << 32 | rq->sector;
}

/*
 * Whether a goes before b when the head is at `head`: those still ahead of it
 * first, by sector, then the rest.
 */
static bool before(const struct request *a, const struct request *b, u64 head)
{
	bool a_ahead = position(a) >= head, b_ahead = position(b) >= head;

	return a_ahead != b_ahead ? a_ahead : position(a) < position(b);
}

/*
 * Put a request in its place, behind those that are being worked on. A flush
 * goes to the end, and nothing passes it.
 */
static void enqueue(struct queue *q, struct request *rq)
{
	struct list *pos = q->requests.prev;

	while (q->last && pos != &q->last->link) {
		const struct request *other =
			list_entry(pos, struct request, link);

		if (rq->cmd == FLUSH || other->cmd == FLUSH ||
		    !before(rq, other, position(q->last)))
			break;
		pos = pos->prev;
	}
	list_add(&rq->link, pos);
}

/* Have an idle driver begin the queue's head. */
static void kick(int major)
{
	queues[major].last = current_request(major);
	queues[major].ops->start(major);
}

/* 0, or why a request cannot be begun at all. */
static int check_request(const struct request *rq)
{
	u32 size = blkdev_sectors(rq->dev);

	if (size == 0)
		return -ENXIO;
	if (rq->cmd != FLUSH &&
	    (rq->sector >= size || rq->nr_sectors > size - rq->sector))
		return -EIO;
	return 0;
}

/*
 * Begin a transfer; it is over when rq->done. The request and its buffer stay
 * the caller's and must live that long.
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
	if (rq->cmd == WRITE && q->ops->sync)
		q->written[disk_of(rq->dev)]++;
	flags = irq_save();
	enqueue(q, rq);
	if (!q->last)
		kick(MAJOR(rq->dev));
	irq_restore(flags);
}

int wait_request(struct request *rq)
{
	u32 flags = irq_save();

	while (!rq->done)
		sleep_on(&rq->wait);
	irq_restore(flags);
	planned(PLAN_READ);
	return rq->error;
}

int block_rw(kdev_t dev, int cmd, u32 sector, u32 nr_sectors, void *buffer)
{
	struct request rq = { .dev = dev,
			      .cmd = cmd,
			      .sector = sector,
			      .nr_sectors = nr_sectors,
			      .buffer = buffer };

	wait_queue_init(&rq.wait);
	submit_request(&rq);
	return wait_request(&rq);
}

struct request *current_request(int major)
{
	struct queue *q = &queues[major];

	return list_empty(&q->requests)
		       ? NULL
		       : list_entry(q->requests.next, struct request, link);
}

struct request *next_request(const struct request *rq)
{
	return list_entry(rq->link.next, struct request, link);
}

/*
 * Called by a driver, interrupts masked, that can do several requests as one
 * transfer: those that continue the head of its queue on the same disk in the
 * same direction. How many sectors they are, at most max unless the head alone
 * is more. They will stay where they are.
 */
u32 merge_requests(int major, u32 max)
{
	struct queue *q = &queues[major];
	struct request *rq = current_request(major), *next;
	u32 sectors = rq->nr_sectors;

	for (; rq->cmd != FLUSH && rq->link.next != &q->requests; rq = next) {
		next = next_request(rq);
		if (next->cmd != rq->cmd ||
		    position(next) != position(rq) + rq->nr_sectors ||
		    sectors + next->nr_sectors > max)
			break;
		sectors += next->nr_sectors;
	}
	q->last = rq;
	return sectors;
}

/*
 * Called by drivers, interrupts masked: the head of the queue is done; if it
 * was the last that the driver worked on, begin the next.
 */
void end_request(struct request *rq, int error)
{
	int major = MAJOR(rq->dev);
	bool idle = rq == queues[major].last;

	list_del(&rq->link);
	rq->error = error;
	rq->done = true;
	wake_up(&rq->wait);
	if (!idle)
		return;
	queues[major].last = NULL;
	if (!list_empty(&queues[major].requests))
		kick(major);
}
