/*
 * The request queues, one a major number, between the file systems and the drivers. Requests are sorted by sector in one direction (the elevator):
 * a request goes behind those that the sweep reaches before it. A driver works on the queue's head and ends it with end_request().
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <asm/system.h>
#include <abi/errno.h>
#include "internal.h"

#define MAJORS 8

struct queue {
	const struct block_device_ops *ops;
	struct list requests;
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

int blkdev_sync(kdev_t dev)
{
	const struct block_device_ops *ops = ops_of(dev);

	return ops && ops->sync ? ops->sync(dev) : 0;
}

/* Whether a goes before b when the head is at `head`: those still ahead of it first, by sector, then the rest. */
static bool before(const struct request *a, const struct request *b, u32 head)
{
	bool a_ahead = a->sector >= head, b_ahead = b->sector >= head;

	return a_ahead != b_ahead ? a_ahead : a->sector < b->sector;
}

/* Put a request in its place; the head of the queue is being worked on and stays. A flush goes to the end, and nothing passes it. */
static void enqueue(struct queue *q, struct request *rq)
{
	struct list *pos = q->requests.prev;
	u32 head = list_empty(&q->requests) ? 0 : list_entry(q->requests.next, struct request, link)->sector;

	while (pos != &q->requests && pos != q->requests.next) {
		const struct request *other = list_entry(pos, struct request, link);

		if (rq->cmd == FLUSH || other->cmd == FLUSH || !before(rq, other, head))
			break;
		pos = pos->prev;
	}
	list_add(&rq->link, pos);
}

/* 0, or why a request cannot be begun at all. */
static int check_request(const struct request *rq)
{
	u32 size = blkdev_sectors(rq->dev);

	if (size == 0)
		return -ENXIO;
	if (rq->cmd != FLUSH && (rq->sector >= size || rq->nr_sectors > size - rq->sector))
		return -EIO;
	return 0;
}

/* Begin a transfer; it is over when rq->done. The request and its buffer stay the caller's and must live that long. */
void submit_request(struct request *rq)
{
	struct queue *q = &queues[MAJOR(rq->dev)];
	u32 flags;

	rq->error = check_request(rq);
	rq->done = rq->error != 0;
	if (rq->error)
		return;
	flags = irq_save();
	enqueue(q, rq);
	if (q->requests.next == &rq->link)
		q->ops->start(MAJOR(rq->dev));
	irq_restore(flags);
}

int wait_request(struct request *rq)
{
	u32 flags = irq_save();

	while (!rq->done)
		sleep_on(&rq->wait);
	irq_restore(flags);
	return rq->error;
}

int block_rw(kdev_t dev, int cmd, u32 sector, u32 nr_sectors, void *buffer)
{
	struct request rq = { .dev = dev, .cmd = cmd, .sector = sector, .nr_sectors = nr_sectors, .buffer = buffer };

	wait_queue_init(&rq.wait);
	submit_request(&rq);
	return wait_request(&rq);
}

struct request *current_request(int major)
{
	struct queue *q = &queues[major];

	return list_empty(&q->requests) ? NULL : list_entry(q->requests.next, struct request, link);
}

/* Called by drivers, interrupts masked: the head of the queue is done; begin the next. */
void end_request(struct request *rq, int error)
{
	int major = MAJOR(rq->dev);

	list_del(&rq->link);
	rq->error = error;
	rq->done = true;
	wake_up(&rq->wait);
	if (!list_empty(&queues[major].requests))
		queues[major].ops->start(major);
}

/* Called by process 1: find out which devices there are. */
void blk_init(void)
{
	ramdisk_init();
	floppy_init();
	hd_init();
}
