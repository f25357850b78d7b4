/*
 * swapon() and swapoff(): swap areas on partitions and in files, for
 * mm/swap/swap.c. Where the pages of a file lie is found out at the beginning,
 * because then nothing need be asked, and no memory taken, in order to write
 * one; a page whose blocks are not neighbours is not used. For as long as it is
 * swap, the file has other operations, which let nobody write it or cut it, and
 * show it empty.
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
/*
 * of the first area that does not say, as on Linux; each one more has one less
 */
#define LAST_PRIORITY	(-2)

struct medium {
	struct list link;		/* all, also those in the making */
	struct swap_medium swap;
	struct inode *inode;		/* a reference */
	kdev_t dev;
	const struct inode_ops *i_op;	/* a file's, as they were before */
	/* of a file: the blocks at which its pages begin, 0: not to be used */
	u32 *where[WHERE_PAGES];
	char name[40];			/* as swapon was told */
};

static LIST_HEAD(media);
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

static u32 block_of(const struct medium *medium, u32 page)
{
	return medium->i_op
		       ? medium->where[page / WHERE_A_PAGE][page % WHERE_A_PAGE]
		       : page * BLOCKS_A_PAGE;
}

static void prepare(const struct medium *medium, struct request *rq, bool write,
		    const struct swap_io *io)
{
	*rq = (struct request){ .dev = medium->dev,
				.cmd = write ? WRITE : READ,
				.sector = block_of(medium, io->page) *
					  SECTORS_A_BLOCK,
				.nr_sectors = SECTORS_A_PAGE,
				.buffer = __va(io->frame) };
	wait_queue_init(&rq->wait);
	submit_request(rq);
}

/*
 * Several pages are written by one task at a time: all are begun before the
 * first is waited for, so that neighbours become one transfer.
 */
static void write_pages(const struct medium *medium, struct swap_io *io, u32 n)
{
	static struct request requests[SWAP_BATCH];

	for (u32 i = 0; i < n; i++)
		prepare(medium, &requests[i], true, &io[i]);
	for (u32 i = 0; i < n; i++)
		io[i].error = wait_request(&requests[i]);
}

static void transfer(struct swap_medium *swap, bool write, struct swap_io *io,
		     u32 n)
{
	const struct medium *medium = container_of(swap, struct medium, swap);
	struct request rq;

	if (write) {
		write_pages(medium, io, n);
	} else {
		prepare(medium, &rq, false, io);
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

/* Returns whether the system swaps to a file. */
bool is_swap_file(const struct inode *inode)
{
	return inode->i_op == &busy_ops;
}

/* Find the first block of a page of a file. -EINVAL: part of it is a hole. */
static int find_block(struct medium *medium, u32 page)
{
	u32 **table = &medium->where[page / WHERE_A_PAGE], where[BLOCKS_A_PAGE];
	int error = medium->inode->i_op->map_blocks(medium->inode,
						    page * BLOCKS_A_PAGE,
						    BLOCKS_A_PAGE, false,
						    where);
	bool neighbours = true;

	if (!*table && !(*table = kpage_zalloc(OWNER_SWAP)))
		return -ENOMEM;
	for (u32 i = 0; i < BLOCKS_A_PAGE && !error; i++) {
		error = where[i] ? 0 : -EINVAL;
		neighbours &= where[i] == where[0] + i;
	}
	(*table)[page % WHERE_A_PAGE] = neighbours ? where[0] : 0;
	return error;
}

/*
 * Have on the medium what is in the caches, so that none of it is written
 * later, and read the header.
 */
static int read_header(struct medium *medium, struct swap_header *header)
{
	int error = sync_inode(medium->inode);

	if (error)
		return error;
	if (S_ISREG(medium->inode->i_mode)) {
		error = kernel_read(medium->inode, 0, header, PAGE_SIZE);
		return error == PAGE_SIZE ? 0 : error < 0 ? error : -EINVAL;
	}
	invalidate_buffers(medium->dev);
	return blkdev_sectors(medium->dev) < SECTORS_A_PAGE
		       ? -EINVAL
		       : block_rw(medium->dev, READ, 0, SECTORS_A_PAGE, header);
}

static bool good_bad_pages(const struct swap_header *header)
{
	for (u32 i = 0; i < header->nr_bad; i++)
		if (!header->bad[i] || header->bad[i] > header->last_page)
			return false;
	return true;
}

/* Whether it is one, of a kind that is known and not larger than the medium. */
static bool good_header(const struct medium *medium,
			const struct swap_header *header)
{
	const struct inode *inode = medium->inode;
	u32 pages = S_ISREG(inode->i_mode)
			    ? inode->i_size / PAGE_SIZE
			    : blkdev_sectors(medium->dev) / SECTORS_A_PAGE;

	return memcmp(header->magic, SWAP_MAGIC, sizeof(header->magic)) == 0 &&
	       header->version == SWAP_VERSION && header->last_page &&
	       header->last_page < pages &&
	       header->last_page < SWAP_PAGES_MAX &&
	       header->nr_bad <= SWAP_BAD_MAX && good_bad_pages(header);
}

static void free_medium(struct medium *medium)
{
	for (u32 i = 0; i < WHERE_PAGES; i++)
		if (medium->where[i])
			kpage_free(medium->where[i]);
	list_unlink(&medium->link);
	iput(medium->inode);
	kfree(medium);
}

static int find_blocks(struct medium *medium)
{
	for (u32 page = 1; page < medium->swap.pages; page++) {
		int error = find_block(medium, page);

		if (error)
			return error;
	}
	medium->i_op = medium->inode->i_op;
	return 0;
}

/* What must not be used in an area. */
static void exclude_pages(int area, const struct medium *medium,
			  const struct swap_header *header)
{
	for (u32 i = 0; i < header->nr_bad; i++)
		swap_exclude(area, header->bad[i]);
	for (u32 page = 1; medium->i_op && page < medium->swap.pages; page++)
		if (!block_of(medium, page))
			swap_exclude(area, page);
}

/* Of a file, which the caller has locked, or a device. */
static int add_area(struct medium *medium, struct swap_header *header)
{
	struct inode *inode = medium->inode;
	int error = read_header(medium, header), area;

	if (error || !good_header(medium, header))
		return error ? error : -EINVAL;
	if (inode->i_nlink == 0)
		return -ENOENT;		/* swapoff() would not find it */
	medium->swap.pages = header->last_page + 1;
	if (S_ISREG(inode->i_mode))
		error = find_blocks(medium);
	area = error ? error : swap_add(&medium->swap);
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

/* The area that lies on inode's device or in the file. -1: none. */
static int area_of(const struct inode *inode)
{
	u32 used;

	for (u32 area = 0; area < SWAP_AREAS; area++) {
		const struct medium *medium = medium_at(area, &used);

		if (medium &&
		    (S_ISBLK(inode->i_mode)
			     ? !medium->i_op && medium->dev == inode->i_rdev
			     : medium->inode == inode))
			return area;
	}
	return -1;
}

int find_swap(kdev_t dev)
{
	const struct inode device = { .i_mode = S_IFBLK, .i_rdev = dev };

	return area_of(&device);
}

static int usable(const struct inode *inode)
{
	if (S_ISREG(inode->i_mode))
		return !inode->i_sb->s_type->needs_device ? -EINVAL
		       : area_of(inode) >= 0              ? -EBUSY
							  : 0;
	if (!S_ISBLK(inode->i_mode))
		return -EINVAL;
	if (may_use_device(inode) < 0)
		return -EACCES;
	return find_mount(inode->i_rdev) || area_of(inode) >= 0
		       ? -EBUSY
		       : blkdev_open(inode->i_rdev);
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

/* Use inode, whose reference is taken over. */
static int swap_on(struct inode *inode, const char __user *name, u32 flags)
{
	struct medium *medium = kzalloc(sizeof(*medium));
	struct swap_header *header = kpage_alloc(OWNER_CALL);
	int error = medium && header ? usable(inode) : -ENOMEM;

	if (!error) {
		list_add(&medium->link, &media);
		medium->inode = igrab(inode);
		medium->dev = S_ISBLK(inode->i_mode) ? inode->i_rdev
						     : inode->i_dev;
		medium->swap.transfer = transfer;
		medium->swap.priority = choose_priority(flags);
		(void)strncpy_from_user(medium->name, name,
					sizeof(medium->name) - 1);
		lock_inode(inode);
		error = add_area(medium, header);
		unlock_inode(inode);
		if (error)
			free_medium(medium);
	} else {
		kfree(medium);
	}
	if (header)
		kpage_free(header);
	iput(inode);
	return error;
}

/*
 * swapon(path, flags) (87). -EPERM also when there are enough areas, as on
 * Linux.
 */
int sys_swapon(const char __user *path, u32 flags)
{
	struct inode *inode;
	int error = !suser() ? -EPERM
		    : flags & ~(SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK)
			    ? -EINVAL
			    : user_path(path, FOLLOW, &inode);

	if (error)
		return error;
	begin_mounting();
	error = swap_on(inode, path, flags);
	end_mounting();
	return error;
}

/* The area is empty: the file is an ordinary one again. */
static void swap_is_off(struct medium *medium)
{
	if (medium->i_op) {
		drop_inode_pages(medium->inode, 0);
		medium->inode->i_op = medium->i_op;
	}
	free_medium(medium);
}

/*
 * swapoff(path) (115). -ENOMEM: what is there has no room in memory; some of it
 * may be back.
 */
int sys_swapoff(const char __user *path)
{
	struct inode *inode;
	struct medium *medium;
	u32 used;
	int area, error = suser() ? user_path(path, FOLLOW, &inode) : -EPERM;

	if (error)
		return error;
	area = area_of(inode);
	error = -EINVAL;
	if (area >= 0) {
		medium = medium_at(area, &used);
		error = swap_stop(area);
		if (!error)
			swap_is_off(medium);
	}
	iput(inode);			/* may sleep: not before */
	return error;
}

void show_swaps(struct seq *s)
{
	u32 used;

	seq_printf(s, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	for (u32 area = 0; area < SWAP_AREAS; area++) {
		const struct medium *medium = medium_at(area, &used);

		if (medium)
			seq_printf(
				s, "%-40s%-16s%u\t\t%u\t\t%d\n", medium->name,
				medium->i_op ? "file" : "partition",
				(medium->swap.pages - 1) * (PAGE_SIZE / 1024),
				used * (PAGE_SIZE / 1024),
				medium->swap.priority);
	}
}
