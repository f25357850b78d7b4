/*
 * The page cache: data of regular files in page frames, found by hash of inode and page number. Reading, writing and running a file all
 * meet here, so they agree byte for byte, and all who run a program share its frames. Dirty pages are written back from
 * where they lie, by bmap(). A clean page that nobody maps (count 1) can be dropped when memory is short.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>
#include <asm/string.h>

#define BUCKETS		256
#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)

static struct list buckets[BUCKETS];
static LIST_HEAD(lru);			/* the longest unused first */
static struct wait_queue page_read = WAIT_QUEUE_INIT(page_read);
u32 nr_cached_pages;

void page_cache_init(void)
{
	for (u32 i = 0; i < BUCKETS; i++)
		list_init(&buckets[i]);
}

static struct list *bucket_of(const struct inode *inode, u32 index)
{
	return &buckets[((u32)inode / sizeof(*inode) + index) % BUCKETS];
}

static struct cached_page *page_at_lru(struct list *node)
{
	return list_entry(node, struct cached_page, lru_link);
}

struct cached_page *find_page(const struct inode *inode, u32 index)
{
	list_for_each(node, bucket_of(inode, index)) {
		struct cached_page *page = list_entry(node, struct cached_page, hash_link);

		if (page->inode == inode && page->index == index)
			return page;
	}
	return NULL;
}

static struct cached_page *create_page(struct inode *inode, u32 index)
{
	struct cached_page *page = kzalloc(sizeof(*page)), *other;

	if (!page)
		return NULL;
	page->frame = get_free_page();
	other = find_page(inode, index);	/* reclaim may have slept */
	if (!page->frame || other) {
		if (page->frame)
			free_page(page->frame);
		kfree(page);
		return other;
	}
	page->inode = inode;
	page->index = index;
	list_add(&page->hash_link, bucket_of(inode, index));
	list_add(&page->inode_link, &inode->pages);
	list_add_tail(&page->lru_link, &lru);
	nr_cached_pages++;
	return page;
}

static void free_cached_page(struct cached_page *page)
{
	list_del(&page->hash_link);
	list_del(&page->inode_link);
	list_del(&page->lru_link);
	free_page(page->frame);
	kfree(page);
	nr_cached_pages--;
}

/* Where the blocks of a page are on the device, 0 for holes. What a damaged file has beyond its end does not matter. */
static int map_page(const struct cached_page *page, u32 *where)
{
	struct inode *inode = page->inode;
	u32 first = page->index * BLOCKS_A_PAGE;

	for (u32 i = 0; i < BLOCKS_A_PAGE; i++) {
		int error = inode->i_op->bmap(inode, first + i, false, &where[i]);

		if (error && (first + i) * BLOCK_SIZE < inode->i_size)
			return error;
	}
	return 0;
}

/* Read or write the blocks of a page that exist in the file; holes read as zeroes. Neighbouring blocks go as one request. */
static int page_io(struct cached_page *page, int cmd, const u32 *where)
{
	u8 *data = __va(page->frame);
	int error = 0;

	for (u32 i = 0, n; i < BLOCKS_A_PAGE && !error; i += n) {
		for (n = 1; i + n < BLOCKS_A_PAGE && where[i] && where[i + n] == where[i] + n; n++)
			;
		if (where[i])
			error = block_rw(page->inode->i_dev, cmd, where[i] * SECTORS_A_BLOCK, n * SECTORS_A_BLOCK, data + i * BLOCK_SIZE);
		else if (cmd == READ)
			memset(data + i * BLOCK_SIZE, 0, BLOCK_SIZE);
	}
	return error;
}

/* Clear what a page holds beyond the end of its file: programs see it when they run or map the file. */
static void clear_beyond_end(struct cached_page *page)
{
	u32 start = page->index * PAGE_SIZE, size = page->inode->i_size;

	if (size < start + PAGE_SIZE) {
		u32 keep = size > start ? size - start : 0;

		memset((u8 *)__va(page->frame) + keep, 0, PAGE_SIZE - keep);
	}
}

/* Have a page read, by this task or by another that has begun: read twice, it could lose what was written in between. */
static int read_page(struct cached_page *page)
{
	u32 where[BLOCKS_A_PAGE];
	int error;

	while (page->reading)
		sleep_on(&page_read);
	if (page->uptodate)
		return 0;
	page->reading = true;
	error = map_page(page, where);
	if (!error)
		error = page_io(page, READ, where);
	page->reading = false;
	wake_up(&page_read);
	if (!error) {
		clear_beyond_end(page);
		page->uptodate = true;
	}
	return error;
}

/*
 * The cache's page of a file, held by the caller until put_cached_page(), read from the medium first if read says so. A caller that does not
 * want it read fills it whole. NULL with *error -ENOMEM or -EIO.
 */
struct cached_page *get_cached_page(struct inode *inode, u32 index, bool read, int *error)
{
	struct cached_page *page = find_page(inode, index);

	*error = 0;
	if (!page)
		page = create_page(inode, index);
	if (!page) {
		*error = -ENOMEM;
		return NULL;
	}
	page->users++;
	list_del(&page->lru_link);
	list_add_tail(&page->lru_link, &lru);
	if (!page->uptodate && read) {
		*error = read_page(page);
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
	if (--page->users == 0 && !page->uptodate)
		free_cached_page(page);
}

/* A page without a place, because its file is damaged, will never have one: it counts as clean. */
static int write_page(struct cached_page *page)
{
	u32 where[BLOCKS_A_PAGE];
	int error;

	page->users++;
	page->dirty = page->failed = false;
	error = map_page(page, where);
	if (!error)
		error = page_io(page, WRITE, where);
	else if (error == -EIO)
		goto out;
	if (error)
		page->dirty = page->failed = true;
out:
	page->users--;
	return error;
}

/* Write a file's dirty pages back; the first error. A page that could not be written stays dirty, until memory is short. */
int write_inode_pages(struct inode *inode)
{
	int first_error = inode->i_lost ? -EIO : 0;

	inode->i_lost = false;
	list_for_each(node, &inode->pages) {
		struct cached_page *page = list_entry(node, struct cached_page, inode_link);
		int error = page->dirty ? write_page(page) : 0;

		if (error && !first_error)
			first_error = error;
	}
	return first_error;
}

/*
 * A file shrinks to size, or, with size 0, goes away: forget the pages beyond it and clear the rest of its last one. A page that is mapped by
 * a program keeps its frame through the program's own reference.
 */
void drop_inode_pages(struct inode *inode, u32 size)
{
	list_for_each_safe(node, &inode->pages) {
		struct cached_page *page = list_entry(node, struct cached_page, inode_link);

		if (page->index * PAGE_SIZE >= size) {
			page->dirty = page->uptodate = false;
			if (page->users == 0)
				free_cached_page(page);	/* else its last user does */
		} else if (page->index == size / PAGE_SIZE) {
			memset((u8 *)__va(page->frame) + size % PAGE_SIZE, 0, PAGE_SIZE - size % PAGE_SIZE);
		}
	}
}

/* Called when memory is short: drop up to wanted pages that nobody maps and that are clean or cannot be written, the longest unused first; how many. */
int shrink_page_cache(int wanted)
{
	int dropped = 0;

	list_for_each_safe(node, &lru) {
		struct cached_page *page = page_at_lru(node);

		if (dropped >= wanted)
			break;
		if ((!page->dirty || page->failed) && !page->users && page_of(page->frame)->count == 1) {
			page->inode->i_lost |= page->dirty;
			free_cached_page(page);
			dropped++;
		}
	}
	return dropped;
}

/* For the audit: the references that the cache holds on a frame. */
u32 page_cache_count(u32 frame)
{
	u32 count = 0;

	list_for_each(node, &lru)
		count += page_at_lru(node)->frame == frame;
	return count;
}

/* vm_ops: the page of a mapped file. The caller gets a reference of its own to the frame. */
static int file_fault(struct vm_area *area, u32 offset, u32 *frame)
{
	int error;
	struct cached_page *page = get_cached_page(area->object, offset / PAGE_SIZE, true, &error);

	if (!page)
		return error;
	*frame = page->frame;
	page_of(page->frame)->count++;
	put_cached_page(page);
	return 0;
}

static void file_area_open(struct vm_area *area)
{
	igrab(area->object);
}

static void file_area_close(struct vm_area *area)
{
	iput(area->object);
}

const struct vm_ops file_vm_ops = { .fault = file_fault, .open = file_area_open, .close = file_area_close };
