/*
 * Transfers between cached pages and their blocks on the device.
 *
 * A page is busy from the beginning of a transfer until somebody, having waited
 * for it, has noted how it ended: finish_page_io(). Pages that are read ahead
 * or written back are all begun before the first is waited for, so that the
 * driver can make one transfer of many.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>

#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)
#define WRITE_BATCH	64u	/* pages queued for writing at a time */

/*
 * Notes that a page must be written. Called by set_page_dirty() if it is clean.
 */
void make_page_dirty(struct cached_page *page)
{
	struct inode *inode = page->inode;

	page->dirty = true;
	inode->i_nr_dirty++;
	if (list_empty(&page->dirty_link))
		list_add_tail(&page->dirty_link, &inode->dirty_pages);
	if (list_empty(&inode->dirty_link))
		queue_inode(inode);
}

/*
 * Finds the blocks of a page; holes are 0. An error beyond the end of a damaged
 * file does not matter.
 */
static int find_blocks(const struct cached_page *page, u32 *where)
{
	struct inode *inode = page->inode;
	u32 first = page->index * BLOCKS_A_PAGE;

	for (u32 i = 0; i < BLOCKS_A_PAGE; i++) {
		int error = inode->i_op->map_blocks(inode, first + i, 1, false,
						    &where[i]);

		if (error)
			where[i] = 0;
		if (error && (first + i) * BLOCK_SIZE < inode->i_size)
			return error;
	}
	return 0;
}

/*
 * As find_blocks(), which may sleep: if the file was cut meanwhile, blocks that
 * were found may be another file's, and it looks again.
 */
static int locate_page(const struct cached_page *page, u32 *where)
{
	u32 cuts;
	int error;

	do {
		cuts = page->inode->i_cuts;
		error = find_blocks(page, where);
	} while (!error && cuts != page->inode->i_cuts);
	return error;
}

/*
 * Clears what a page holds beyond the size of its file: programs see it when
 * they run or map the file.
 */
void clear_beyond(struct cached_page *page, u32 size)
{
	u32 start = page->index * PAGE_SIZE;
	u32 keep = size > start ? size - start : 0;

	if (keep < PAGE_SIZE)
		memset((u8 *)__va(page->frame) + keep, 0, PAGE_SIZE - keep);
}

/*
 * Returns how many blocks from where[0] on, at most n, are neighbours on disk.
 */
static u32 neighbours(const u32 *where, u32 n)
{
	u32 i = 1;

	while (i < n && where[i] == where[0] + i)
		i++;
	return i;
}

/*
 * Begins to read or write the blocks of a page, which the caller holds; holes
 * read as zeroes. Neighbouring blocks go as one request. Of several requests,
 * all but the last are done here and now.
 */
static void begin_page_io(struct cached_page *page, int cmd, const u32 *where)
{
	struct request *rq = &page->request;
	u8 *data = __va(page->frame);
	u32 n;

	page->busy = true;
	rq->done = false;
	rq->dev = page->inode->i_dev;
	rq->cmd = cmd;
	rq->nr_sectors = 0;
	rq->error = 0;
	for (u32 i = 0; i < BLOCKS_A_PAGE && !rq->error; i += n) {
		n = where[i] ? neighbours(&where[i], BLOCKS_A_PAGE - i) : 1;
		if (!where[i]) {
			if (cmd == READ)
				memset(data + i * BLOCK_SIZE, 0, BLOCK_SIZE);
			continue;
		}
		if (rq->nr_sectors)
			rq->error = block_rw(rq->dev, cmd, rq->sector,
					     rq->nr_sectors, rq->buffer);
		rq->sector = where[i] * SECTORS_A_BLOCK;
		rq->nr_sectors = n * SECTORS_A_BLOCK;
		rq->buffer = data + i * BLOCK_SIZE;
	}
	if (rq->nr_sectors && !rq->error)
		submit_request(rq);
	else
		rq->done = true;
	if (rq->done)
		wake_up(&rq->wait);
}

/*
 * Waits for a busy page, which the caller holds. Returns 0, or the error of the
 * transfer; if that was writing, the page is dirty again.
 */
int finish_page_io(struct cached_page *page)
{
	int error = wait_request(&page->request);

	if (!page->busy)		/* another has waited too */
		return error;
	page->busy = false;
	if (error) {
		page->failed = page->request.cmd == WRITE;
		if (page->failed)
			set_page_dirty(page);
	} else if (page->request.cmd == READ) {
		clear_beyond(page, page->inode->i_size);
		page->uptodate = true;
	}
	return error;
}

/*
 * Begins to read a page, unless another task has begun: read twice, it could
 * lose what was written in between.
 */
int begin_page_read(struct cached_page *page)
{
	u32 where[BLOCKS_A_PAGE];
	int error;

	if (page->busy)
		return 0;
	error = locate_page(page, where);
	/* a file that is being cut has blocks there still */
	if (page->index * PAGE_SIZE >= page->inode->i_size)
		memset(where, 0, sizeof(where));
	if (!error && !page->busy && !page->uptodate)
		begin_page_io(page, READ, where);
	return error;
}

static struct cached_page *page_at_dirty(struct list *node)
{
	return list_entry(node, struct cached_page, dirty_link);
}

/*
 * Begins to write a dirty page. One that has no blocks, because its file is
 * damaged, will never have any: it counts as clean.
 */
static int begin_page_write(struct cached_page *page)
{
	u32 where[BLOCKS_A_PAGE];
	int error;

	do {
		if (page->busy)
			finish_page_io(page);
		error = locate_page(page, where);
	} while (page->busy);
	if (!page->dirty)		/* written, or cut off, meanwhile */
		return 0;
	page->failed = false;
	if (page->mapped_writable)
		clear_beyond(page, page->inode->i_size);
	page->mapped_writable &= page_of(page->frame)->count > 1;
	/* programs may go on writing */
	if ((!error || error == -EIO) && !page->mapped_writable)
		clear_page_dirty(page);
	if (!error)
		begin_page_io(page, WRITE, where);
	return error;
}

/*
 * Begins to write the dirty pages of a file, but none that it gets after this
 * call. Returns the first error.
 */
static int begin_inode_pages(struct inode *inode)
{
	u32 end = inode->i_size, started = 0;
	int first_error = 0;

	list_for_each(node, &inode->dirty_pages) {
		struct cached_page *page = page_at_dirty(node);
		int error;

		if (!page->dirty || page->index * PAGE_SIZE >= end)
			continue;
		/* keeps its place in the list while this task sleeps */
		page->users++;
		error = begin_page_write(page);
		if (!error && ++started % WRITE_BATCH == 0)
			finish_page_io(page);
		page->users--;
		if (error && !first_error)
			first_error = error;
	}
	return first_error;
}

/*
 * Waits until a page that is being written is written. Returns 0, or the error
 * of a page that is dirty again.
 */
static int finish_page_write(struct cached_page *page)
{
	int error;

	if (page->request.cmd != WRITE || (!page->busy && !page->dirty))
		return 0;
	page->users++;
	error = finish_page_io(page);
	page->users--;
	return error;
}

/*
 * Writes the dirty pages of a file back. Returns the first error, also of a
 * page that was dropped since. A page that could not be written stays dirty.
 */
int write_inode_pages(struct inode *inode)
{
	int first_error = begin_inode_pages(inode);

	if (inode->i_lost && !first_error)
		first_error = -EIO;
	inode->i_lost = false;
	list_for_each_safe(node, &inode->dirty_pages) {
		struct cached_page *page = page_at_dirty(node);
		int error = finish_page_write(page);

		if (error && !first_error)
			first_error = error;
		node_next = node->next;		/* it may have slept */
		if (!page->dirty && !page->busy && !page->users)
			list_del(&page->dirty_link);
	}
	return first_error;
}
