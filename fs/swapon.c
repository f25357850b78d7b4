/*
 * swapon() and swapoff(): swap areas on partitions and in files, for
 * mm/swap/swap.c. swapon() finds the blocks of a swap file in advance, so that
 * writing a page needs no memory. A page whose blocks are not neighbours is not
 * used. While a file is swap it has other operations: nobody can write it or
 * cut it, and it reads as empty.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/swap.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <cowix/seq.h>
#include <abi/errno.h>
#include <abi/swap.h>

#define SECTORS_A_PAGE	(PAGE_SIZE / SECTOR_SIZE)
#define SECTORS_A_BLOCK	(BLOCK_SIZE / SECTOR_SIZE)
#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)
#define WHERE_A_PAGE	(PAGE_SIZE / sizeof(u32))
#define WHERE_PAGES	(SWAP_PAGES_MAX / WHERE_A_PAGE)
/* The first area without a priority gets this, each later one 1 less. */
#define LAST_PRIORITY	(-2)

struct medium {
	struct list link;		/* in media, even while it is set up */
	struct swap_medium swap;
	struct inode *inode;		/* a reference */
	kdev_t dev;
	const struct inode_ops *i_op;	/* a file's own ones; NULL: a device */
	u32 *where[WHERE_PAGES];	/* a file's: first block of each page */
	char name[40];			/* as given to swapon */
};

static LIST_HEAD(media);

/* Reports the pages that swap areas use for tables to the audit. */
void recount_media(found_page *found)
{
	list_for_each(node, &media) {
		const struct medium *medium =
			list_entry(node, struct medium, link);

		for (u32 i = 0; i < WHERE_PAGES; i++)
			if (medium->where[i])
				found(OWNER_SWAP, medium->where[i]);
	}
}

static struct medium *medium_at(u32 area, u32 *used)
{
	struct swap_medium *swap = swap_medium_of(area, used);

	return swap ? container_of(swap, struct medium, swap) : NULL;
}

/* Returns the first block of a page, 0 if the page is not to be used. */
static u32 block_of(const struct medium *medium, u32 page)
{
	if (!medium->i_op)
		return page * BLOCKS_A_PAGE;
	return medium->where[page / WHERE_A_PAGE][page % WHERE_A_PAGE];
}

static void submit_page(const struct medium *medium, struct request *rq,
			bool write, const struct swap_io *io)
{
	u32 block = block_of(medium, io->page);

	*rq = (struct request){ .dev = medium->dev,
				.cmd = write ? WRITE : READ,
				.sector = block * SECTORS_A_BLOCK,
				.nr_sectors = SECTORS_A_PAGE,
				.buffer = __va(io->frame) };
	wait_queue_init(&rq->wait);
	submit_request(rq);
}

/*
 * Writes n pages. Submits all of them before it waits for the first, so that
 * neighbours become one transfer. Only one task at a time calls this.
 */
static void write_pages(const struct medium *medium, struct swap_io *io, u32 n)
{
	static struct request requests[SWAP_BATCH];

	for (u32 i = 0; i < n; i++)
		submit_page(medium, &requests[i], true, &io[i]);
	for (u32 i = 0; i < n; i++)
		io[i].error = wait_request(&requests[i]);
}

static void swap_transfer(struct swap_medium *swap, bool write,
			  struct swap_io *io, u32 n)
{
	const struct medium *medium = container_of(swap, struct medium, swap);
	struct request rq;

	if (write) {
		write_pages(medium, io, n);
	} else {
		submit_page(medium, &rq, false, io);
		io->error = wait_request(&rq);
	}
}

static int busy_map_blocks(struct inode *inode, u32 first, u32 n, bool create,
			   u32 *where)
{
	(void)inode, (void)first;
	memset(where, 0, n * sizeof(*where));
	return create ? -ETXTBSY : 0;
}

static int busy_truncate(struct inode *inode, u32 size)
{
	(void)inode, (void)size;
	return -ETXTBSY;
}

static const struct inode_ops busy_ops = { .truncate = busy_truncate,
					   .map_blocks = busy_map_blocks };

/* Returns true if the system swaps to this file. */
bool is_swap_file(const struct inode *inode)
{
	return inode->i_op == &busy_ops;
}

/* Notes the first block of a page of a file. -EINVAL if the page has a hole. */
static int find_block(struct medium *medium, u32 page)
{
	struct inode *inode = medium->inode;
	u32 **table = &medium->where[page / WHERE_A_PAGE];
	u32 where[BLOCKS_A_PAGE];
	bool neighbours = true;
	int error;

	if (!*table)
		*table = kpage_zalloc(OWNER_SWAP);
	if (!*table)
		return -ENOMEM;
	error = inode->i_op->map_blocks(inode, page * BLOCKS_A_PAGE,
					BLOCKS_A_PAGE, false, where);
	if (error)
		return error;
	for (u32 i = 0; i < BLOCKS_A_PAGE; i++) {
		if (!where[i])
			return -EINVAL;
		neighbours &= where[i] == where[0] + i;
	}
	(*table)[page % WHERE_A_PAGE] = neighbours ? where[0] : 0;
	return 0;
}

/*
 * Reads the header. First writes back what the caches hold of the medium, so
 * that nothing is written over the swap area later.
 */
static int read_swap_header(struct medium *medium, struct swap_header *header)
{
	int n = sync_inode(medium->inode);

	if (n)
		return n;
	if (S_ISREG(medium->inode->i_mode)) {
		n = kernel_read(medium->inode, 0, header, PAGE_SIZE);
		if (n < 0)
			return n;
		return n == PAGE_SIZE ? 0 : -EINVAL;
	}
	invalidate_buffers(medium->dev);
	if (blkdev_sectors(medium->dev) < SECTORS_A_PAGE)
		return -EINVAL;
	return block_rw(medium->dev, READ, 0, SECTORS_A_PAGE, header);
}

/* Returns true if the list of bad pages names only pages of the area. */
static bool good_bad_pages(const struct swap_header *header)
{
	for (u32 i = 0; i < header->nr_bad; i++)
		if (!header->bad[i] || header->bad[i] > header->last_page)
			return false;
	return true;
}

/* Returns true if this is a swap header that fits the medium. */
static bool good_swap_header(const struct medium *medium,
			     const struct swap_header *header)
{
	u32 pages = blkdev_sectors(medium->dev) / SECTORS_A_PAGE;

	if (S_ISREG(medium->inode->i_mode))
		pages = medium->inode->i_size / PAGE_SIZE;
	return memcmp(header->magic, SWAP_MAGIC, sizeof(header->magic)) == 0 &&
	       header->version == SWAP_VERSION && header->last_page &&
	       header->last_page < pages &&
	       header->last_page < SWAP_PAGES_MAX &&
	       header->nr_bad <= SWAP_BAD_MAX && good_bad_pages(header);
}

static void medium_free(struct medium *medium)
{
	for (u32 i = 0; i < WHERE_PAGES; i++)
		if (medium->where[i])
			kpage_free(medium->where[i]);
	list_unlink(&medium->link);
	iput(medium->inode);
	kfree(medium);
}

/* Notes where all pages of a swap file are. */
static int find_swap_blocks(struct medium *medium)
{
	for (u32 page = 1; page < medium->swap.pages; page++) {
		int error = find_block(medium, page);

		if (error)
			return error;
	}
	medium->i_op = medium->inode->i_op;
	return 0;
}

/* Excludes the pages of an area that must not be used. */
static void exclude_pages(int area, const struct medium *medium,
			  const struct swap_header *header)
{
	for (u32 i = 0; i < header->nr_bad; i++)
		swap_exclude(area, header->bad[i]);
	for (u32 page = 1; medium->i_op && page < medium->swap.pages; page++)
		if (!block_of(medium, page))
			swap_exclude(area, page);
}

/*
 * Makes a swap area of a device, or of a file, which the caller has locked.
 * header is a page for this function to use.
 */
static int add_area(struct medium *medium, struct swap_header *header)
{
	struct inode *inode = medium->inode;
	int error = read_swap_header(medium, header), area;

	if (error)
		return error;
	if (!good_swap_header(medium, header))
		return -EINVAL;
	if (inode->i_nlink == 0)
		return -ENOENT;		/* swapoff() would not find it */
	medium->swap.pages = header->last_page + 1;
	if (S_ISREG(inode->i_mode))
		error = find_swap_blocks(medium);
	if (error)
		return error;
	area = swap_add(&medium->swap);
	if (area < 0)
		return area;
	exclude_pages(area, medium, header);
	if (medium->i_op) {
		inode->i_op = &busy_ops;
		drop_inode_pages(inode, 0);
	}
	swap_start(area);
	return 0;
}

/* Returns true if the swap area lies in the file or on the device inode. */
static bool is_medium(const struct medium *medium, const struct inode *inode)
{
	if (S_ISBLK(inode->i_mode))
		return !medium->i_op && medium->dev == inode->i_rdev;
	return medium->inode == inode;
}

/* Returns the area in the file or on the device inode, or -1. */
static int find_swap_area(const struct inode *inode)
{
	u32 used;

	for (u32 area = 0; area < SWAP_AREAS; area++) {
		const struct medium *medium = medium_at(area, &used);

		if (medium && is_medium(medium, inode))
			return area;
	}
	return -1;
}

/* Returns the area on a device, or -1. */
int find_swap(kdev_t dev)
{
	const struct inode device = { .i_mode = S_IFBLK, .i_rdev = dev };

	return find_swap_area(&device);
}

/* Returns 0 if a swap area can be made of this file or device. */
static int check_medium(const struct inode *inode)
{
	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return -EINVAL;
	if (S_ISREG(inode->i_mode) && !inode->i_sb->s_type->needs_device)
		return -EINVAL;
	if (S_ISBLK(inode->i_mode) && may_use_device(inode) < 0)
		return -EACCES;
	if (find_swap_area(inode) >= 0)
		return -EBUSY;
	if (S_ISREG(inode->i_mode))
		return 0;
	if (find_mount(inode->i_rdev))
		return -EBUSY;
	return blkdev_open(inode->i_rdev);
}

static int choose_priority(u32 flags)
{
	int last = LAST_PRIORITY;
	u32 used;

	if (flags & SWAP_FLAG_PREFER)
		return flags & SWAP_FLAG_PRIO_MASK;
	for (u32 area = 0; area < SWAP_AREAS; area++) {
		const struct medium *medium = medium_at(area, &used);

		if (medium && medium->swap.priority <= last)
			last = medium->swap.priority - 1;
	}
	return last;
}

/* Returns a medium for inode, of which it takes a reference, or NULL. */
static struct medium *medium_alloc(struct inode *inode, const char __user *name,
				   u32 flags)
{
	struct medium *medium = kzalloc(sizeof(*medium));

	if (!medium)
		return NULL;
	list_add(&medium->link, &media);
	medium->inode = igrab(inode);
	medium->dev = S_ISBLK(inode->i_mode) ? inode->i_rdev : inode->i_dev;
	medium->swap.transfer = swap_transfer;
	medium->swap.priority = choose_priority(flags);
	(void)strncpy_from_user(medium->name, name, sizeof(medium->name) - 1);
	return medium;
}

static int swap_on(struct inode *inode, const char __user *name, u32 flags)
{
	struct swap_header *header;
	struct medium *medium;
	int error = check_medium(inode);

	if (error)
		return error;
	header = kpage_alloc(OWNER_CALL);
	if (!header)
		return -ENOMEM;
	medium = medium_alloc(inode, name, flags);
	error = -ENOMEM;
	if (medium) {
		lock_inode(inode);
		error = add_area(medium, header);
		unlock_inode(inode);
		if (error)
			medium_free(medium);
	}
	kpage_free(header);
	return error;
}

/* swapon(path, flags) (87). As on Linux -EPERM if there are too many areas. */
int sys_swapon(const char __user *path, u32 flags)
{
	struct inode *inode;
	int error;

	if (!suser())
		return -EPERM;
	if (flags & ~(SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK))
		return -EINVAL;
	error = user_path(path, FOLLOW, &inode);
	if (error)
		return error;
	begin_mounting();
	error = swap_on(inode, path, flags);
	iput(inode);
	end_mounting();
	return error;
}

/* Frees a medium whose area is gone. A file is an ordinary one again. */
static void swap_is_off(struct medium *medium)
{
	if (medium->i_op) {
		drop_inode_pages(medium->inode, 0);
		medium->inode->i_op = medium->i_op;
	}
	medium_free(medium);
}

/*
 * swapoff(path) (115). -ENOMEM if memory has no room for all the pages; some of
 * them may then be back in memory.
 */
int sys_swapoff(const char __user *path)
{
	struct inode *inode;
	struct medium *medium;
	u32 used;
	int area, error;

	if (!suser())
		return -EPERM;
	error = user_path(path, FOLLOW, &inode);
	if (error)
		return error;
	area = find_swap_area(inode);
	error = -EINVAL;
	if (area >= 0) {
		medium = medium_at(area, &used);
		error = swap_stop(area);
		if (!error)
			swap_is_off(medium);
	}
	iput(inode);			/* last: it may sleep */
	return error;
}

/* Prints /proc/swaps. */
void show_swaps(struct seq *s)
{
	u32 used;

	seq_printf(s, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	for (u32 area = 0; area < SWAP_AREAS; area++) {
		const struct medium *medium = medium_at(area, &used);

		if (!medium)
			continue;
		seq_printf(s, "%-40s%-16s%u\t\t%u\t\t%d\n", medium->name,
			   medium->i_op ? "file" : "partition",
			   (medium->swap.pages - 1) * (PAGE_SIZE / 1024),
			   used * (PAGE_SIZE / 1024), medium->swap.priority);
	}
}
