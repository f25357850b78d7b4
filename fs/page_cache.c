/*
 * The page cache: data of regular files in page frames, found by hash of inode
 * and page number. Reading, writing and running a file all meet here, so they
 * agree byte for byte, and all who run a program share its frames. Dirty pages
 * are written back from where they lie, by map_blocks(). A clean page that
 * nobody maps (count 1) can be dropped when memory is short.
 *
 * A page is busy from the beginning of a transfer until somebody, having waited
 * for it, has noted what became of it: finish_io(). Pages that are read ahead
 * or written back are all begun before the first is waited for, so that the
 * driver can make one transfer of many.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/plan.h>
#include <abi/errno.h>
#include <asm/string.h>

#define BUCKETS		256
#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)
#define AHEAD_MIN	4u	/* pages that are read ahead at first, */
/* and, doubled again and again, at most: what one transfer holds */
#define AHEAD_MAX	32u
/* pages read together where a program touches a file that it has mapped */
#define AROUND		8u
#define WRITE_BATCH	64u /* pages that are queued for writing at a time */

static struct list buckets[BUCKETS];
static LIST_HEAD(lru);			/* the longest unused first */
u32 nr_cached_pages;

static struct list *bucket_of(const struct inode *inode, u32 index)
{
	return &buckets[((u32)inode / 64 + index) % BUCKETS];
}

static struct cached_page *page_at_lru(struct list *node)
{
	return list_entry(node, struct cached_page, lru_link);
}

void recount_pages(found_page *found)
{
	list_for_each(node, &lru)
		found(OWNER_CACHE, __va(page_at_lru(node)->frame));
}

void page_cache_init(void)
{
	for (u32 i = 0; i < BUCKETS; i++)
		list_init(&buckets[i]);
}

struct cached_page *find_page(const struct inode *inode, u32 index)
{
	list_for_each(node, bucket_of(inode, index)) {
		struct cached_page *page =
			list_entry(node, struct cached_page, hash_link);

		if (page->inode == inode && page->index == index)
			return page;
	}
	return NULL;
}

static struct cached_page *create_page(struct inode *inode, u32 index)
{
	static u32 created;
	u32 before = created;
	struct cached_page *page = kmalloc(sizeof(*page)), *other;
	void *data = page ? kpage_alloc(OWNER_CACHE) : NULL;

	/* reclaim may have slept */
	other = created != before ? find_page(inode, index) : NULL;
	if (!data || other) {
		if (data)
			kpage_free(data);
		kfree(page);
		return other;
	}
	page->inode = inode;
	page->index = index;
	page->frame = __pa(data);
	page->users = 0;
	page->dirty = page->uptodate = page->busy = page->failed =
		page->mapped_writable = false;
	page->request.cmd = READ;
	wait_queue_init(&page->request.wait);
	list_add(&page->hash_link, bucket_of(inode, index));
	/* most files grow at the end: sorted, more or less */
	list_add_tail(&page->inode_link, &inode->pages);
	list_add_tail(&page->lru_link, &lru);
	nr_cached_pages++;
	created++;
	return page;
}

static void free_cached_page(struct cached_page *page)
{
	list_del(&page->hash_link);
	list_del(&page->inode_link);
	list_del(&page->lru_link);
	own_page(page->frame, OWNER_USER);	/* if programs map it still */
	free_page(page->frame);
	kfree(page);
	nr_cached_pages--;
}

/*
 * Where the blocks of a page are on the device, 0 for holes. What a damaged
 * file has beyond its end does not matter. Looking may sleep, and the file be
 * cut meanwhile: blocks that were found before may be another's now.
 */
static int map_page(const struct cached_page *page, u32 *where)
{
	struct inode *inode = page->inode;
	u32 first = page->index * BLOCKS_A_PAGE, cuts = inode->i_cuts;

	for (u32 i = 0; i < BLOCKS_A_PAGE; i++) {
		int error = inode->i_op->map_blocks(inode, first + i, 1, false,
						    &where[i]);

		if (error)
			where[i] = 0;
		if (error && (first + i) * BLOCK_SIZE < inode->i_size)
			return error;
	}
	return cuts == inode->i_cuts ? 0 : map_page(page, where);
}

/*
 * Clear what a page holds beyond the end of its file: programs see it when they
 * run or map the file.
 */
static void clear_beyond_end(struct cached_page *page)
{
	u32 start = page->index * PAGE_SIZE, size = page->inode->i_size;

	if (size < start + PAGE_SIZE) {
		u32 keep = size > start ? size - start : 0;

		memset((u8 *)__va(page->frame) + keep, 0, PAGE_SIZE - keep);
	}
}

/*
 * Begin to read or write the blocks of a page, held by the caller, that exist
 * in the file; holes read as zeroes. Neighbouring blocks go as one request. Of
 * several, all but the last are done here and now.
 */
static void begin_io(struct cached_page *page, int cmd, const u32 *where)
{
	struct request *rq = &page->request;
	u8 *data = __va(page->frame);

	page->busy = true;
	rq->done = false;
	rq->dev = page->inode->i_dev;
	rq->cmd = cmd;
	rq->nr_sectors = 0;
	rq->error = 0;
	for (u32 i = 0, n; i < BLOCKS_A_PAGE && !rq->error; i += n) {
		for (n = 1; i + n < BLOCKS_A_PAGE && where[i] &&
			    where[i + n] == where[i] + n;
		     n++)
			;
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
 * Wait for a page, held by the caller, that is busy. 0, or the error of its
 * transfer; if that was writing, it is dirty again.
 */
static int finish_io(struct cached_page *page)
{
	int error = wait_request(&page->request);

	if (!page->busy)		/* another has waited too */
		return error;
	page->busy = false;
	if (error) {
		page->failed = page->request.cmd == WRITE;
		page->dirty |= page->failed;
	} else if (page->request.cmd == READ) {
		clear_beyond_end(page);
		page->uptodate = true;
	}
	return error;
}

/*
 * Begin to read a page, unless another has begun: read twice, it could lose
 * what was written in between.
 */
static int begin_read(struct cached_page *page)
{
	u32 where[BLOCKS_A_PAGE];
	int error = page->busy ? 0 : map_page(page, where);

	if (!error && !page->busy && !page->uptodate)
		begin_io(page, READ, where);
	return error;
}

/*
 * Begin to read a page that may be wanted. False: no memory, for which nothing
 * is written now, or an error, which its reader will see.
 */
static bool read_early(struct inode *inode, u32 index)
{
	struct cached_page *page = NULL;
	int error;

	if (find_page(inode, index))
		return true;
	if (nr_free_pages || shrink_page_cache(AHEAD_MAX))
		page = get_cached_page(inode, index, GET_ONLY, &error);
	if (!page)
		return false;
	error = begin_read(page);
	put_cached_page(page);
	return !error;
}

/*
 * A page was not in memory, or is looked at for the first time since it was
 * read ahead. If the last such page was the one before, the file is read from
 * front to back: begin to read the next ones, when half of those that were
 * begun are used up. Where around says so, a page elsewhere is read with its
 * neighbours.
 */
static void read_ahead(struct inode *inode, u32 index, bool around)
{
	u32 pages = PAGE_ROUND_UP(inode->i_size) / PAGE_SIZE, end = 0;

	if (!inode->i_sb->s_read_ahead)
		return;
	if (index == inode->i_read_next) {
		if (inode->i_ahead <= index + inode->i_window / 2) {
			inode->i_window = max_u32(AHEAD_MIN,
						  min_u32(AHEAD_MAX,
							  inode->i_window * 2));
			inode->i_ahead = max_u32(inode->i_ahead, index + 1);
			end = index + 1 + inode->i_window;
		}
	} else {
		inode->i_window = 0;
		inode->i_ahead = around ? index & ~(AROUND - 1) : index + 1;
		end = around ? inode->i_ahead + AROUND : 0;
	}
	inode->i_read_next = index + 1;
	while (inode->i_ahead < min_u32(end, pages) &&
	       read_early(inode, inode->i_ahead))
		inode->i_ahead++;
}

/* Have a page read, and those begun that may be wanted next. */
static int read_page(struct cached_page *page, bool around)
{
	int error = begin_read(page);

	if (error)
		return error;
	read_ahead(page->inode, page->index, around);
	return finish_io(page);
}

/*
 * The cache's page of a file, held by the caller until put_cached_page(), read
 * from the medium first if how says so. A caller that does not want it read
 * fills it whole. NULL with *error -ENOMEM or -EIO.
 */
struct cached_page *get_cached_page(struct inode *inode, u32 index, int how,
				    int *error)
{
	struct cached_page *page = find_page(inode, index);

	*error = 0;
	if (page) {
		list_move_tail(&page->lru_link, &lru);
	} else {
		page = create_page(inode, index);
	}
	if (!page) {
		*error = -ENOMEM;
		return NULL;
	}
	page->users++;
	planned(PLAN_PAGE);
	if (!page->uptodate) {
		if (how != GET_ONLY)
			*error = read_page(page, how == GET_AROUND);
		else if (page->busy)
			finish_io(page);
		if (*error) {
			put_cached_page(page);
			return NULL;
		}
	}
	return page;
}

/* Let go of a page. One that was never filled is of no use to anybody. */
void put_cached_page(struct cached_page *page)
{
	if (--page->users == 0 && !page->uptodate && !page->busy)
		free_cached_page(page);
}

/*
 * Begin to write a dirty page. One without a place, because its file is
 * damaged, will never have one: it counts as clean.
 */
static int begin_write(struct cached_page *page)
{
	u32 where[BLOCKS_A_PAGE];
	int error;

	do {
		if (page->busy)
			finish_io(page);
		error = map_page(page, where);
	} while (page->busy);
	if (!page->dirty)		/* written, or cut off, meanwhile */
		return 0;
	page->failed = false;
	if (page->mapped_writable)
		clear_beyond_end(page);
	page->mapped_writable &= page_of(page->frame)->count > 1;
	/* programs may go on writing */
	page->dirty = (error && error != -EIO) || page->mapped_writable;
	if (!error)
		begin_io(page, WRITE, where);
	return error;
}

/*
 * Begin to write a file's dirty pages, many at a time, but none that it gets
 * after this call; the first error.
 */
static int begin_writing(struct inode *inode)
{
	u32 end = inode->i_size, started = 0;
	int first_error = 0;

	list_for_each(node, &inode->pages) {
		struct cached_page *page =
			list_entry(node, struct cached_page, inode_link);
		int error;

		if (!page->dirty || page->index * PAGE_SIZE >= end)
			continue;
		/* keeps its place in the list while this task sleeps */
		page->users++;
		error = begin_write(page);
		if (!error && ++started % WRITE_BATCH == 0)
			finish_io(page);
		page->users--;
		if (error && !first_error)
			first_error = error;
	}
	return first_error;
}

/*
 * Write a file's dirty pages back; the first error. A page that could not be
 * written stays dirty.
 */
int write_inode_pages(struct inode *inode)
{
	int first_error = begin_writing(inode);

	if (inode->i_lost && !first_error)
		first_error = -EIO;
	inode->i_lost = false;
	list_for_each(node, &inode->pages) {
		struct cached_page *page =
			list_entry(node, struct cached_page, inode_link);
		int error;

		if (page->request.cmd != WRITE || (!page->busy && !page->dirty))
			continue;
		page->users++;
		error = finish_io(page);
		page->users--;
		if (error && !first_error)
			first_error = error;
	}
	return first_error;
}

/*
 * A file shrinks to size, or, with size 0, goes away: forget the pages beyond
 * it and clear the rest of its last one. A page that is mapped by a program
 * keeps its frame through the program's own reference, and one that is busy is
 * waited for.
 */
void drop_inode_pages(struct inode *inode, u32 size)
{
	if (inode->i_mappings)
		unmap_object(inode, size);
	inode->i_cuts++;
	list_for_each_safe(node, &inode->pages) {
		struct cached_page *page =
			list_entry(node, struct cached_page, inode_link);

		if (page->busy && (page->index + 1) * PAGE_SIZE > size) {
			page->users++;
			finish_io(page);
			page->users--;
			node_next = node->next;	/* what it was may have gone */
		}
		if (page->index * PAGE_SIZE >= size) {
			page->dirty = page->uptodate = false;
			if (page->users == 0)
				/* else its last user does */
				free_cached_page(page);
		} else if (page->index == size / PAGE_SIZE) {
			memset((u8 *)__va(page->frame) + size % PAGE_SIZE, 0,
			       PAGE_SIZE - size % PAGE_SIZE);
		}
	}
}

/*
 * The pages of [start, end), page aligned, of a file that lies in memory only
 * are forgotten: they read as zeroes from now on. Never busy; does not sleep.
 */
void drop_hole(struct inode *inode, u32 start, u32 end)
{
	unmap_hole(inode, start, end);
	list_for_each_safe(node, &inode->pages) {
		struct cached_page *page =
			list_entry(node, struct cached_page, inode_link);
		u32 at = page->index * PAGE_SIZE;

		if (at < start || at >= end)
			continue;
		page->dirty = false;
		if (page->users)		/* who reads it sees zeroes */
			clear_page(__va(page->frame));
		else
			free_cached_page(page);
	}
}

/*
 * Called before a file, locked, gets longer. What programs have stored behind
 * its end is not part of it; and its last page has had blocks for what it held
 * so far: who writes to it through a mapping must ask for more.
 */
void prepare_growth(struct inode *inode)
{
	struct cached_page *page = find_page(inode, inode->i_size / PAGE_SIZE);

	if (!page || !page->mapped_writable)
		return;
	unmap_object(inode, inode->i_size);
	clear_beyond_end(page);
}

/*
 * Nobody wants it, or it can be had again. What was read ahead is clean as soon
 * as it is there; how writing ended must be noted first.
 */
static bool droppable(const struct cached_page *page)
{
	return (!page->dirty || page->failed) && !page->users &&
	       page_of(page->frame)->count == 1 &&
	       (!page->busy ||
		(page->request.done && page->request.cmd == READ));
}

/*
 * Called when memory is short: drop up to wanted pages that nobody maps and
 * that are clean or cannot be written, the longest unused first; how many.
 */
int shrink_page_cache(int wanted)
{
	int dropped = 0;

	list_for_each_safe(node, &lru) {
		struct cached_page *page = page_at_lru(node);

		if (dropped >= wanted)
			break;
		if (droppable(page)) {
			page->inode->i_lost |= page->dirty;
			free_cached_page(page);
			dropped++;
		}
	}
	return dropped;
}

/* Whether a dirty page could be dropped if it were written. */
bool writing_frees_pages(void)
{
	list_for_each(node, &lru) {
		const struct cached_page *page = page_at_lru(node);

		if (page->dirty && page_of(page->frame)->count == 1 &&
		    page->inode->i_sb->s_type->needs_device)
			return true;
	}
	return false;
}

/*
 * Called when no page can be dropped: wait for one that is busy, which then
 * perhaps can. False: none is.
 */
bool wait_cached_page(void)
{
	list_for_each(node, &lru) {
		struct cached_page *page = page_at_lru(node);

		if (page->busy) {
			page->users++;
			finish_io(page);
			page->users--;
			return true;
		}
	}
	return false;
}

