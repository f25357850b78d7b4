/*
 * tmpfs: files that live in memory only. The data of a file is its pages in the
 * page cache. They and the inodes are always dirty, so they are never dropped;
 * and there is no device to which they could be written. A file system of this
 * type may hold half of the machine's memory, unless its options say otherwise.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/seq.h>
#include <abi/errno.h>
#include "tmpfs.h"

#define TMPFS_MAGIC	0x01021994
#define ROOT_MODE	(S_ISVTX | 0777)
#define NAME_LENGTH_MAX	255
#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)

static const struct inode_ops tmpfs_inode_ops;
static const struct file_ops tmpfs_dir_fops;
u32 tmpfs_pages;		/* in all file systems of this type */

/* Returns true if a limit is reached. 0 is no limit. */
static bool is_full(u32 used, u32 limit)
{
	return limit && used >= limit;
}

/*
 * Makes an inode. dir is its directory, or NULL for the root, its own parent.
 * Returns NULL with *error -ENOMEM or -ENOSPC.
 */
struct inode *tmpfs_new_inode(struct super_block *sb, struct inode *dir,
			      u32 mode, kdev_t rdev, int *error)
{
	struct tmpfs *fs = sb->s_private;
	struct inode *inode = new_inode(sb);

	*error = -ENOMEM;
	if (!inode)
		return NULL;
	*error = -ENOSPC;
	if (is_full(fs->inodes, fs->options.inodes)) {
		iput(inode);
		return NULL;
	}
	*error = 0;
	fs->inodes++;
	inode->i_ino = ++fs->last_ino;
	inode->i_mode = mode;
	set_maker(inode, dir);
	inode->i_rdev = rdev;
	inode->i_nlink = 1;
	inode->i_valid = true;
	inode->i_op = &tmpfs_inode_ops;
	set_file_ops(inode, &tmpfs_dir_fops);
	hash_inode(inode);
	mark_inode_dirty(inode);
	if (S_ISDIR(mode))
		tmpfs_init_dir(inode, dir ? dir->i_ino : inode->i_ino);
	return inode;
}

/*
 * Counts a file's pages with data, which are the dirty ones. Called when they
 * have changed; a failed write may have lost a new page.
 */
static void account(struct inode *inode)
{
	struct tmpfs_node *node = tmpfs_node(inode);
	u32 more = inode->i_nr_dirty - node->pages;

	tmpfs_of(inode)->pages += more;
	tmpfs_pages += more;
	node->pages = inode->i_nr_dirty;
}

/*
 * Returns only holes, which the page cache fills with zeroes: there are no
 * blocks. With create set a page is about to be written: this counts the page
 * and makes it dirty, so that it is kept.
 */
static int tmpfs_map_blocks(struct inode *inode, u32 first, u32 n, bool create,
			    u32 *where)
{
	const struct tmpfs *fs = tmpfs_of(inode);
	struct cached_page *page = NULL;

	memset(where, 0, n * sizeof(*where));
	if (create)
		page = find_page(inode, first / BLOCKS_A_PAGE);
	if (!page || page->dirty)
		return 0;
	if (is_full(fs->pages, fs->options.pages))
		return -ENOSPC;
	set_page_dirty(page);
	account(inode);
	return 0;
}

static void tmpfs_punch(struct inode *inode, u32 start, u32 end)
{
	drop_hole(inode, start, end);
	account(inode);
}

static int tmpfs_truncate(struct inode *inode, u32 size)
{
	u32 old_size = inode->i_size;

	inode->i_size = size;
	if (size < old_size)
		drop_inode_pages(inode, size);
	account(inode);
	touch_inode(inode);
	return 0;
}

static const struct inode_ops tmpfs_inode_ops = {
	.lookup = tmpfs_lookup,
	.readlink = read_link_text,
	.create = tmpfs_create,
	.link = tmpfs_link,
	.unlink = tmpfs_unlink,
	.rmdir = tmpfs_rmdir,
	.rename = tmpfs_rename,
	.truncate = tmpfs_truncate,
	.punch = tmpfs_punch,
	.map_blocks = tmpfs_map_blocks,
};

static const struct file_ops tmpfs_dir_fops = {
	.readdir = tmpfs_readdir, .sync = sync_inode,
};

/* Fails: all inodes that exist are in memory, so this one was deleted. */
static int tmpfs_read_inode(struct inode *inode)
{
	(void)inode;
	return -ENOENT;
}

static void tmpfs_delete_inode(struct inode *inode)
{
	if (!S_ISDIR(inode->i_mode))
		account(inode);
	tmpfs_of(inode)->inodes--;
}

/* Called by umount() after the inodes were freed. */
static void tmpfs_put_super(struct super_block *sb)
{
	struct tmpfs *fs = sb->s_private;

	tmpfs_pages -= fs->pages;
	kfree(fs);
}

static void tmpfs_statfs(struct super_block *sb, u32 *blocks, u32 *free,
			 u32 *inodes, u32 *free_inodes)
{
	const struct tmpfs *fs = sb->s_private;
	u32 pages = fs->options.pages, nodes = fs->options.inodes;

	*blocks = pages * BLOCKS_A_PAGE;
	*free = (pages - min_u32(fs->pages, pages)) * BLOCKS_A_PAGE;
	*inodes = nodes;
	*free_inodes = nodes - min_u32(fs->inodes, nodes);
}

/*
 * Sets the options. Returns -EINVAL if a limit is below what is in use. A
 * remount does not change owner and mode of the root.
 */
static int tmpfs_set_options(struct super_block *sb, char *list, bool remount)
{
	struct tmpfs *fs = sb->s_private;
	struct tmpfs_options o = fs->options;
	int error = tmpfs_parse(&o, list);

	if (error)
		return error;
	if ((o.pages && o.pages < fs->pages) ||
	    (o.inodes && o.inodes < fs->inodes))
		return -EINVAL;
	if (remount) {
		fs->options.pages = o.pages;
		fs->options.inodes = o.inodes;
		return 0;
	}
	fs->options = o;
	sb->s_root->i_mode = S_IFDIR | o.mode;
	sb->s_root->i_uid = o.uid;
	sb->s_root->i_gid = o.gid;
	return 0;
}

/* Prints the options that differ from the defaults. */
static void tmpfs_show_options(struct super_block *sb, struct seq *s)
{
	const struct tmpfs *fs = sb->s_private;
	const struct tmpfs_options *o = &fs->options;

	if (o->pages != nr_ram_frames / 2)
		seq_printf(s, ",size=%uk", o->pages * (PAGE_SIZE / 1024));
	if (o->inodes != nr_ram_frames / 2)
		seq_printf(s, ",nr_inodes=%u", o->inodes);
	if (o->mode != ROOT_MODE)
		seq_printf(s, ",mode=%o", o->mode);
	if (o->uid)
		seq_printf(s, ",uid=%u", o->uid);
	if (o->gid)
		seq_printf(s, ",gid=%u", o->gid);
}

static const struct super_ops tmpfs_super_ops = {
	.read_inode = tmpfs_read_inode,
	.delete_inode = tmpfs_delete_inode,
	.put_super = tmpfs_put_super,
	.statfs = tmpfs_statfs,
	.set_options = tmpfs_set_options,
	.show_options = tmpfs_show_options,
};

static int tmpfs_read_super(struct super_block *sb)
{
	struct tmpfs *fs = kzalloc(sizeof(*fs));
	int error;

	if (!fs)
		return -ENOMEM;
	fs->options = (struct tmpfs_options){
		.pages = nr_ram_frames / 2, .inodes = nr_ram_frames / 2,
		.mode = ROOT_MODE, .uid = current->euid, .gid = current->egid,
	};
	sb->s_private = fs;
	sb->s_op = &tmpfs_super_ops;
	sb->s_cache_names = sb->s_keeps_names = true;
	sb->s_name_max = NAME_LENGTH_MAX;
	sb->s_magic = TMPFS_MAGIC;
	sb->s_root = tmpfs_new_inode(sb, NULL, S_IFDIR | ROOT_MODE, 0, &error);
	if (error)
		kfree(fs);
	return error;
}

struct file_system_type tmpfs_type = {
	.name = "tmpfs",
	.read_super = tmpfs_read_super,
};

/* The file system of files without names. It is mounted nowhere. */
static struct super_block nameless = {
	.s_inodes = LIST_INIT(nameless.s_inodes),
};

/*
 * Makes the file system for shared memory, which has no limit of pages: like
 * private memory it may take all there is (mm/oom.c). Called once by fs_init().
 */
int tmpfs_init(void)
{
	struct tmpfs *fs;
	int error;

	nameless.s_type = find_file_system("tmpfs");
	error = tmpfs_read_super(&nameless);
	if (error)
		return error;
	fs = nameless.s_private;
	fs->options.pages = 0;
	return 0;
}

/* Returns how many pages with data a file has. */
u32 tmpfs_size(const struct inode *inode)
{
	return ((const struct tmpfs_node *)inode->i_zone)->pages;
}

/*
 * Makes a file without a name, for shared memory. Returns NULL with *error
 * -ENOMEM if there is no room.
 */
struct inode *tmpfs_nameless(u32 size, int *error)
{
	u32 mode = S_IFREG | S_IRUSR | S_IWUSR;
	struct inode *inode = tmpfs_new_inode(&nameless, NULL, mode, 0, error);

	if (!inode) {
		*error = -ENOMEM;
		return NULL;
	}
	inode->i_nlink = 0;
	inode->i_size = size;
	return inode;
}
