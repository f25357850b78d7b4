/*
 * The page cache: data of regular files in page frames, found by inode and page
 * number. Reading, writing and running a file all meet here, so they agree byte
 * for byte, and all who run a program share its frames. A clean page that
 * nobody maps (count 1) can be dropped when memory is short. Transfers:
 * fs/page_io.c.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <cowix/plan.h>
#include <abi/errno.h>
#include <asm/string.h>

/* Pages read ahead: at first; doubled again and again; at most one transfer. */
#define AHEAD_MIN	4u
#define AHEAD_MAX	32u
/* Pages read together where a program touches a mapped file. */
#define AROUND		8u
#define FRAMES_A_BUCKET	2u

static struct hash_table page_table;
static LIST_HEAD(lru);			/* the longest unused first */
u32 nr_cached_pages;

static struct list *page_bucket(const struct inode *inode, u32 index)
{
	return hash_bucket(&page_table, (u32)inode, index);
}

static struct cached_page *page_at_lru(struct list *node)
{
	return list_entry(node, struct cached_page, lru_link);
}

/* Reports the frames of the cache to the audit. */
void recount_pages(found_page *found)
{
	list_for_each(node, &lru)
		found(OWNER_CACHE, __va(page_at_lru(node)->frame));
}

void page_cache_init(void)
{
	hash_init(&page_table, nr_frames / FRAMES_A_BUCKET, boot_alloc);
}

/*
 * Returns the page of a file without a reference, or NULL if it is not there.
 */
struct cached_page *find_page(const struct inode *inode, u32 index)
{
	list_for_each(node, page_bucket(inode, index)) {
		struct cached_page *page =
			list_entry(node, struct cached_page, hash_link);

		if (page->inode == inode && page->index == index)
			return page;
	}
	return NULL;
}

/*
 * Returns a new page without contents, or the one that another task made
 * meanwhile. NULL if there was no memory.
 */
static struct cached_page *create_page(struct inode *inode, u32 index)
{
	static u32 created;
	u32 before = created;
	struct cached_page *page = kmalloc(sizeof(*page)), *other = NULL;
	void *data = page ? kpage_alloc(OWNER_CACHE) : NULL;

	if (created != before)		/* reclaim has slept */
		other = find_page(inode, index);
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
	page->dirty = page->uptodate = page->failed = false;
	page->mapped_writable = page->busy = false;
	list_init(&page->dirty_link);
	page->request.cmd = READ;
	wait_queue_init(&page->request.wait);
	list_add(&page->hash_link, page_bucket(inode, index));
	/* most files grow at the end: sorted, more or less */
	list_add_tail(&page->inode_link, &inode->pages);
	list_add_tail(&page->lru_link, &lru);
	inode->i_page_end = max_u32(inode->i_page_end, index + 1);
	nr_cached_pages++;
	created++;
	return page;
}

static void free_cached_page(struct cached_page *page)
{
	clear_page_dirty(page);
	list_unlink(&page->dirty_link);
	list_unlink(&page->hash_link);
	list_unlink(&page->inode_link);
	list_unlink(&page->lru_link);
	own_page(page->frame, OWNER_USER);	/* if programs map it still */
	free_page(page->frame);
	kfree(page);
	nr_cached_pages--;
}

/*
 * Begins to read a page that may be wanted. Returns false on an error, which
 * its reader will see, or if there was no memory: nothing is written to get
 * some.
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
	error = begin_page_read(page);
	put_cached_page(page);
	return !error;
}

/*
 * Returns where reading ahead from page index is to end, if a file is read from
 * front to back: half of the pages that were begun are used up, and twice as
 * many are begun. 0 if there are enough.
 */
static u32 next_window(struct inode *inode, u32 index)
{
	u32 window = inode->i_window * 2;

	if (inode->i_ahead > index + inode->i_window / 2)
		return 0;
	inode->i_window = max_u32(AHEAD_MIN, min_u32(AHEAD_MAX, window));
	inode->i_ahead = max_u32(inode->i_ahead, index + 1);
	return index + 1 + inode->i_window;
}

/*
 * Called when a page is not in memory, or is looked at for the first time since
 * it was read ahead. If the last such page was the one before, the file is read
 * from front to back, and the next ones are begun. A page elsewhere is read
 * with its neighbours if around is set.
 */
static void read_ahead(struct inode *inode, u32 index, bool around)
{
	u32 pages = PAGE_ROUND_UP(inode->i_size) / PAGE_SIZE, end = 0;

	if (!inode->i_sb->s_read_ahead)
		return;
	if (index == inode->i_read_next) {
		end = next_window(inode, index);
	} else {
		inode->i_window = 0;
		inode->i_ahead = index + 1;
		if (around) {
			inode->i_ahead = index & ~(AROUND - 1);
			end = inode->i_ahead + AROUND;
		}
	}
	inode->i_read_next = index + 1;
	while (inode->i_ahead < min_u32(end, pages) &&
	       read_early(inode, inode->i_ahead))
		inode->i_ahead++;
	start_requests(inode->i_dev);
}

/* Reads a page, and begins to read those that may be wanted next. */
static int read_page(struct cached_page *page, bool around)
{
	int error = begin_page_read(page);

	if (error)
		return error;
	read_ahead(page->inode, page->index, around);
	return finish_page_io(page);
}

/*
 * Returns the page of a file, held until put_cached_page(). With GET_READ or
 * GET_AROUND it is read from the medium first; a caller with GET_ONLY fills it
 * whole. NULL with *error -ENOMEM or -EIO.
 */
struct cached_page *get_cached_page(struct inode *inode, u32 index, int how,
				    int *error)
{
	struct cached_page *page = find_page(inode, index);

	*error = 0;
	if (page)
		list_move_tail(&page->lru_link, &lru);
	else
		page = create_page(inode, index);
	if (!page) {
		*error = -ENOMEM;
		return NULL;
	}
	page->users++;
	planned(PLAN_PAGE);
	if (page->uptodate)
		return page;
	if (how != GET_ONLY)
		*error = read_page(page, how == GET_AROUND);
	else if (page->busy)
		finish_page_io(page);
	if (!*error)
		return page;
	put_cached_page(page);
	return NULL;
}

/* Lets go of a page. One that was never filled is of no use to anybody. */
void put_cached_page(struct cached_page *page)
{
	if (--page->users == 0 && !page->uptodate && !page->busy)
		free_cached_page(page);
}

static struct cached_page *page_at_inode(struct list *node)
{
	return list_entry(node, struct cached_page, inode_link);
}

/* Waits until a page is not busy. */
static void await_page(struct cached_page *page)
{
	page->users++;
	finish_page_io(page);
	page->users--;
}

/* Returns true if a list has more than length members, in as many steps. */
static bool list_longer(const struct list *head, u32 length)
{
	list_for_each(node, head)
		if (length-- == 0)
			return true;
	return false;
}

/*
 * Calls drop, which may free its page, for the pages [first, end) of a file.
 * Waits for busy ones. Either looks up all numbers or goes through all pages,
 * whichever is less.
 */
static void forget_pages(struct inode *inode, u32 first, u32 end, u32 size,
			 void (*drop)(struct cached_page *page, u32 size))
{
	if (first >= end)
		return;
	if (list_longer(&inode->pages, end - first)) {
		for (; first < end; first++) {
			struct cached_page *page = find_page(inode, first);

			if (page && page->busy)
				await_page(page);
			if (page)
				drop(page, size);
		}
		return;
	}
	list_for_each_safe(node, &inode->pages) {
		struct cached_page *page = page_at_inode(node);

		if (page->index < first || page->index >= end)
			continue;
		if (page->busy) {
			await_page(page);
			node_next = node->next;	/* what it was may have gone */
		}
		drop(page, size);
	}
}

/* Forgets a page of a file that now ends before it, or in it. */
static void cut_page(struct cached_page *page, u32 size)
{
	struct inode *inode = page->inode;

	if (page->index * PAGE_SIZE < size) {
		clear_beyond(page, size);
		return;
	}
	if (page->users == 0) {
		free_cached_page(page);
		return;
	}
	page->uptodate = false;		/* so the last user frees it */
	clear_page_dirty(page);
	inode->i_page_end = max_u32(inode->i_page_end, page->index + 1);
}

/*
 * Called when a file shrinks to size, or goes away with size 0: forgets its
 * pages beyond that and clears the rest of the last one. Waits for busy ones. A
 * page that a program maps keeps its frame by the program's own reference.
 */
void drop_inode_pages(struct inode *inode, u32 size)
{
	u32 end;

	if (inode->i_mappings)
		unmap_object(inode, size);
	inode->i_cuts++;
	if (list_empty(&inode->pages))
		return;
	end = inode->i_page_end;
	inode->i_page_end = min_u32(end, PAGE_ROUND_UP(size) / PAGE_SIZE);
	forget_pages(inode, size / PAGE_SIZE, end, size, cut_page);
}

/* Forgets a page of a hole. One that is being read is zeroes from now on. */
static void empty_page(struct cached_page *page, u32 size)
{
	(void)size;
	clear_page_dirty(page);
	if (page->users)
		clear_page(__va(page->frame));
	else
		free_cached_page(page);
}

/*
 * Forgets the pages of [start, end), page aligned, of a file that lies in
 * memory only: they read as zeroes from now on. They are never busy; does not
 * sleep.
 */
void drop_hole(struct inode *inode, u32 start, u32 end)
{
	unmap_hole(inode, start, end);
	forget_pages(inode, start / PAGE_SIZE,
		     min_u32(end / PAGE_SIZE, inode->i_page_end), 0,
		     empty_page);
}

/*
 * Called before a locked file gets longer. Clears what programs have stored
 * behind its end, which is not part of it. Its last page had blocks for what it
 * held so far: a program that writes to it through a mapping must ask for more.
 */
void prepare_growth(struct inode *inode)
{
	struct cached_page *page = find_page(inode, inode->i_size / PAGE_SIZE);

	if (!page || !page->mapped_writable)
		return;
	if (inode->i_mappings)
		unmap_object(inode, inode->i_size);
	clear_beyond(page, inode->i_size);
}

/*
 * Returns true if nobody needs a page, or it can be had again. Pages read ahead
 * are clean as soon as they are there; how writing ended must be noted first.
 */
static bool page_droppable(const struct cached_page *page)
{
	if ((page->dirty && !page->failed) || page->users)
		return false;
	if (page_of(page->frame)->count > 1)
		return false;
	return !page->busy || (page->request.done && page->request.cmd == READ);
}

/*
 * Called when memory is short: drops up to wanted pages that nobody maps and
 * that are clean or cannot be written, the longest unused first. The others
 * that it meets count as used: so the next call does not meet them again.
 * Returns how many were dropped.
 */
int shrink_page_cache(int wanted)
{
	int dropped = 0;

	for (u32 left = nr_cached_pages; left && dropped < wanted; left--) {
		struct cached_page *page = page_at_lru(lru.next);

		if (page_droppable(page)) {
			page->inode->i_lost |= page->dirty;
			free_cached_page(page);
			dropped++;
		} else {
			list_move_tail(&page->lru_link, &lru);
		}
	}
	return dropped;
}

/* Returns true if a dirty page could be dropped once it is written. */
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
 * Called when no page can be dropped: waits for one that is busy, which then
 * perhaps can be. Returns false if none is.
 */
bool wait_cached_page(void)
{
	list_for_each(node, &lru) {
		struct cached_page *page = page_at_lru(node);

		if (page->busy) {
			await_page(page);
			return true;
		}
	}
	return false;
}

