/*
 * tmpfs: files that live in memory only. The data of a file is its pages in the
 * page cache, the tree its inodes, and a directory a list of entries. All of it
 * is dirty for ever, and so neither dropped nor, for want of a device, written.
 * A file system of this type may hold half of the machine's memory.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/seq.h>
#include <abi/errno.h>
#include "tmpfs.h"

#define TMPFS_MAGIC	0x01021994
#define ROOT_INO	1
#define ROOT_MODE	(S_ISVTX | 0777)
#define NAME_LENGTH_MAX	255
/* what an entry adds to its directory's size, as on Linux */
#define ENTRY_SIZE	20
#define FIRST_POSITION	2 /* of the first entry: `.` and `..` come before it */
#define BLOCKS_A_PAGE	(PAGE_SIZE / BLOCK_SIZE)

struct tmpfs {
	u32 pages, inodes;		/* in use */
	struct tmpfs_options options;
	u32 last_ino;
	struct list entries;		/* of all directories */
};

struct entry {
	struct list link, all_link; /* in its directory, in the file system */
	u32 ino;
	/* in the directory: names that come later get higher ones */
	u32 position;
	u32 length;
	char name[];
};

/* What an inode has in the place of its zones. */
struct node {
	struct list entries;		/* a directory's */
	u32 next_position;
	u32 parent;			/* inode number of its `..` */
	u32 pages;		/* with data, which count for the limit */
};

_Static_assert(sizeof(struct node) <= sizeof(((struct inode *)0)->i_zone),
	       "a node lies where the zones do");

static const struct inode_ops tmpfs_inode_ops;
static const struct file_ops tmpfs_dir_fops;
u32 tmpfs_pages;

static struct tmpfs *tmpfs_of(const struct inode *inode)
{
	return inode->i_sb->s_private;
}

static struct node *node_of(struct inode *inode)
{
	return (struct node *)inode->i_zone;
}

static struct entry *entry_at(struct list *link)
{
	return list_entry(link, struct entry, link);
}

static struct entry *find_entry(struct inode *dir, const char *name, u32 length)
{
	list_for_each(link, &node_of(dir)->entries) {
		struct entry *e = entry_at(link);

		if (e->length == length && memcmp(e->name, name, length) == 0)
			return e;
	}
	return NULL;
}

static int tmpfs_lookup(struct inode *dir, const char *name, u32 length,
			u32 *ino)
{
	const struct entry *e;

	if (is_dot_dotdot(name, length)) {
		*ino = length == 1 ? dir->i_ino : node_of(dir)->parent;
		return 0;
	}
	e = find_entry(dir, name, length);
	if (!e)
		return -ENOENT;
	*ino = e->ino;
	return 0;
}

static void change_size(struct inode *dir, int change)
{
	dir->i_size += change;
	dir->i_mtime = dir->i_ctime = current_time();
}

static int add_entry(struct inode *dir, const char *name, u32 length, u32 ino)
{
	struct entry *e = kmalloc(sizeof(*e) + length);

	if (!e)
		return -ENOMEM;
	e->ino = ino;
	e->position = node_of(dir)->next_position++;
	e->length = length;
	memcpy(e->name, name, length);
	list_add_tail(&e->link, &node_of(dir)->entries);
	list_add_tail(&e->all_link, &tmpfs_of(dir)->entries);
	change_size(dir, ENTRY_SIZE);
	return 0;
}

static void free_entry(struct entry *e)
{
	list_del(&e->link);
	list_del(&e->all_link);
	kfree(e);
}

static void remove_entry(struct inode *dir, const char *name, u32 length)
{
	free_entry(find_entry(dir, name, length));
	change_size(dir, -ENTRY_SIZE);
}

/* A limit of 0 is none. */
static bool is_full(u32 used, u32 limit)
{
	return limit && used >= limit;
}

/*
 * An inode of a file system that has room for it; dir is NULL for the root, its
 * own parent.
 */
static struct inode *create_inode(struct super_block *sb, struct inode *dir,
				  u32 mode, kdev_t rdev, int *error)
{
	struct tmpfs *fs = sb->s_private;
	struct inode *inode = new_inode(sb);

	*error = inode ? 0 : -ENOMEM;
	if (inode && is_full(fs->inodes, fs->options.inodes))
		*error = -ENOSPC;
	if (*error) {
		if (inode)
			iput(inode);
		return NULL;
	}
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
	if (S_ISDIR(mode)) {
		inode->i_nlink = 2;
		inode->i_size = FIRST_POSITION * ENTRY_SIZE;
		list_init(&node_of(inode)->entries);
		node_of(inode)->next_position = FIRST_POSITION;
		node_of(inode)->parent = dir ? dir->i_ino : inode->i_ino;
	}
	return inode;
}

static int tmpfs_create(struct inode *dir, const char *name, u32 length,
			const struct new_node *node, struct inode **result)
{
	int error;
	struct inode *inode = create_inode(dir->i_sb, dir, node->mode,
					   node->rdev, &error);

	if (!inode)
		return error;
	if (node->target)
		error = write_link(inode, node->target);
	if (!error)
		error = add_entry(dir, name, length, inode->i_ino);
	if (error) {
		inode->i_nlink = 0;
		iput(inode);
		return error;
	}
	if (S_ISDIR(node->mode))
		dir->i_nlink++;
	*result = inode;
	return 0;
}

static int tmpfs_link(struct inode *dir, const char *name, u32 length,
		      struct inode *inode)
{
	int error = add_entry(dir, name, length, inode->i_ino);

	if (error)
		return error;
	inode->i_nlink++;
	inode->i_ctime = current_time();
	return 0;
}

static int tmpfs_unlink(struct inode *dir, const char *name, u32 length,
			struct inode *inode)
{
	remove_entry(dir, name, length);
	inode->i_nlink--;
	inode->i_ctime = current_time();
	return 0;
}

static int check_empty(struct inode *dir)
{
	return list_empty(&node_of(dir)->entries) ? 0 : -ENOTEMPTY;
}

static int tmpfs_rmdir(struct inode *dir, const char *name, u32 length,
		       struct inode *inode)
{
	int error = check_empty(inode);

	if (error)
		return error;
	remove_entry(dir, name, length);
	inode->i_nlink = 0;
	dir->i_nlink--;
	return 0;
}

/* Make room for a name that is being replaced: what had it loses it. */
static int replace(struct inode *dir, const char *name, u32 length,
		   struct inode *inode, struct inode *replaced)
{
	bool directory = S_ISDIR(replaced->i_mode);
	int error = directory ? check_empty(replaced) : 0;

	if (error)
		return error;
	find_entry(dir, name, length)->ino = inode->i_ino;
	change_size(dir, 0);
	replaced->i_nlink -= directory ? 2 : 1;
	dir->i_nlink -= directory;
	return 0;
}

static int tmpfs_rename(struct inode *from_dir, const char *from,
			u32 from_length, struct inode *inode,
			struct inode *to_dir, const char *to, u32 to_length,
			struct inode *replaced)
{
	int error = replaced ? replace(to_dir, to, to_length, inode, replaced)
			     : add_entry(to_dir, to, to_length, inode->i_ino);

	if (error)
		return error;
	remove_entry(from_dir, from, from_length);
	if (S_ISDIR(inode->i_mode)) {
		node_of(inode)->parent = to_dir->i_ino;
		from_dir->i_nlink--;
		to_dir->i_nlink++;
	}
	return 0;
}

/* Let a file have so many pages with data. */
static void account(struct inode *inode, u32 pages)
{
	tmpfs_of(inode)->pages += pages - node_of(inode)->pages;
	tmpfs_pages += pages - node_of(inode)->pages;
	node_of(inode)->pages = pages;
}

/*
 * There are no blocks: everything is a hole that the page cache fills with
 * zeroes. Asked to make one, before a page is written, count the page and make
 * it dirty, which keeps it.
 */
static int tmpfs_map_blocks(struct inode *inode, u32 first, u32 n, bool create,
			    u32 *where)
{
	struct cached_page *page =
		create ? find_page(inode, first / BLOCKS_A_PAGE) : NULL;

	memset(where, 0, n * sizeof(*where));
	if (!page || page->dirty)
		return 0;
	if (is_full(tmpfs_of(inode)->pages, tmpfs_of(inode)->options.pages))
		return -ENOSPC;
	account(inode, node_of(inode)->pages + 1);
	page->dirty = true;
	return 0;
}

/* Called also after a write that failed, which may have lost a new page. */
static void count_pages(struct inode *inode)
{
	u32 pages = 0;

	list_for_each(node, &inode->pages)
		pages +=
			list_entry(node, struct cached_page, inode_link)->dirty;
	account(inode, pages);
}

static void tmpfs_punch(struct inode *inode, u32 start, u32 end)
{
	drop_hole(inode, start, end);
	count_pages(inode);
}

static int tmpfs_truncate(struct inode *inode, u32 size)
{
	u32 old_size = inode->i_size;

	inode->i_size = size;
	if (size < old_size)
		drop_inode_pages(inode, size);
	count_pages(inode);
	inode->i_mtime = inode->i_ctime = current_time();
	return 0;
}

static int tmpfs_readdir(struct file *file,
			 int (*fill)(void *context, const char *name,
				     u32 length, u32 next, u32 ino),
			 void *context)
{
	struct inode *dir = file->inode;
	int stop = 0;

	for (; file->pos < FIRST_POSITION && !stop; file->pos += !stop)
		stop = fill(context, "..", file->pos + 1, file->pos + 1,
			    file->pos ? node_of(dir)->parent : dir->i_ino);
	list_for_each(link, &node_of(dir)->entries) {
		const struct entry *e = entry_at(link);

		if (stop)
			break;
		if (e->position < file->pos)
			continue;
		stop = fill(context, e->name, e->length, e->position + 1,
			    e->ino);
		if (!stop)
			file->pos = e->position + 1;
	}
	return stop > 0 ? 0 : stop;
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

/* All inodes that exist are in memory: this one was deleted. */
static int tmpfs_read_inode(struct inode *inode)
{
	(void)inode;
	return -ENOENT;
}

static void tmpfs_delete_inode(struct inode *inode)
{
	if (!S_ISDIR(inode->i_mode))
		account(inode, 0);
	tmpfs_of(inode)->inodes--;
}

/* Called by umount, when the inodes have gone. */
static void tmpfs_put_super(struct super_block *sb)
{
	struct tmpfs *fs = sb->s_private;

	list_for_each_safe(link, &fs->entries)
		kfree(list_entry(link, struct entry, all_link));
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

/* A limit must not be below what is there. The root's owner and mode stay. */
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

/* Those that are not as they are without options. */
static void tmpfs_show_options(struct super_block *sb, struct seq *s)
{
	const struct tmpfs_options *o =
		&((struct tmpfs *)sb->s_private)->options;

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
	list_init(&fs->entries);
	sb->s_private = fs;
	sb->s_op = &tmpfs_super_ops;
	sb->s_name_max = NAME_LENGTH_MAX;
	sb->s_magic = TMPFS_MAGIC;
	sb->s_root = create_inode(sb, NULL, S_IFDIR | ROOT_MODE, 0, &error);
	if (error)
		kfree(fs);
	return error;
}

struct file_system_type tmpfs_type = {
	.name = "tmpfs",
	.read_super = tmpfs_read_super,
};

/* Where files without names are: mounted nowhere. */
static struct super_block nameless;

/*
 * Called once by fs_init(). Shared memory may be all there is, as private may:
 * a process that takes too much ends (mm/oom.c).
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

u32 tmpfs_size(const struct inode *inode)
{
	return ((const struct node *)inode->i_zone)->pages;
}

/* Returns NULL and -ENOMEM if there is no room, as for all memory. */

struct inode *tmpfs_nameless(u32 size, int *error)
{
	struct inode *inode = create_inode(
		&nameless, NULL, S_IFREG | S_IRUSR | S_IWUSR, 0, error);

	if (inode) {
		inode->i_nlink = 0;
		inode->i_size = size;
	} else {
		*error = -ENOMEM;
	}
	return inode;
}
