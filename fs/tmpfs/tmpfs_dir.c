/*
 * tmpfs: directories. What they contain is in the name cache, which keeps all
 * names of this file system. A directory lists them in the order in which they
 * were made.
 */
#include <cowix/kernel.h>
#include <abi/errno.h>
#include "tmpfs.h"

#define ENTRY_SIZE	20	/* in its directory's size, as on Linux */

/* Makes an empty directory of a new inode. */
void tmpfs_init_dir(struct inode *inode, u32 parent_ino)
{
	struct tmpfs_node *node = tmpfs_node(inode);

	inode->i_nlink = 2;
	inode->i_size = FIRST_POSITION * ENTRY_SIZE;
	node->next_position = FIRST_POSITION;
	node->parent = parent_ino;
	node->reader = &inode->i_entries;
}

/* Finds `..`. A name would have been found in the name cache. */
int tmpfs_lookup(struct inode *dir, const char *name, u32 length, u32 *ino)
{
	if (!is_dot_dotdot(name, length))
		return -ENOENT;
	*ino = tmpfs_node(dir)->parent;
	return 0;
}

/* Notes that a directory was changed and has grown by `change` bytes. */
static void dir_changed(struct inode *dir, int change)
{
	dir->i_size += change;
	touch_inode(dir);
}

/* Gives inode a name that is free. Returns 0 or -ENOMEM. */
static int tmpfs_add_entry(struct inode *dir, const char *name, u32 length,
			   struct inode *inode)
{
	struct cached_name *e = name_cache_set(dir, name, length, inode);

	if (!e)
		return -ENOMEM;
	e->position = tmpfs_node(dir)->next_position++;
	dir_changed(dir, ENTRY_SIZE);
	return 0;
}

static void tmpfs_remove_entry(struct inode *dir, const char *name, u32 length)
{
	struct cached_name *e = name_cache_find(dir, name, length);
	struct tmpfs_node *node = tmpfs_node(dir);

	if (node->reader == &e->dir_link)
		node->reader = e->dir_link.next;
	name_cache_drop(e);
	dir_changed(dir, -ENTRY_SIZE);
}

int tmpfs_create(struct inode *dir, const char *name, u32 length,
		 const struct new_node *node, struct inode **result)
{
	int error;
	struct inode *inode = tmpfs_new_inode(dir->i_sb, dir, node->mode,
					      node->rdev, &error);

	if (!inode)
		return error;
	if (node->target)
		error = write_link(inode, node->target);
	if (!error)
		error = tmpfs_add_entry(dir, name, length, inode);
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

int tmpfs_link(struct inode *dir, const char *name, u32 length,
	       struct inode *inode)
{
	int error = tmpfs_add_entry(dir, name, length, inode);

	if (error)
		return error;
	inode->i_nlink++;
	return 0;
}

int tmpfs_unlink(struct inode *dir, const char *name, u32 length,
		 struct inode *inode)
{
	tmpfs_remove_entry(dir, name, length);
	inode->i_nlink--;
	return 0;
}

static int tmpfs_check_empty(struct inode *dir)
{
	return list_empty(&dir->i_entries) ? 0 : -ENOTEMPTY;
}

int tmpfs_rmdir(struct inode *dir, const char *name, u32 length,
		struct inode *inode)
{
	int error = tmpfs_check_empty(inode);

	if (error)
		return error;
	tmpfs_remove_entry(dir, name, length);
	inode->i_nlink = 0;
	dir->i_nlink--;
	return 0;
}

/* Gives the name of `replaced` to inode. */
static int replace_entry(struct inode *dir, const char *name, u32 length,
			 struct inode *inode, struct inode *replaced)
{
	bool directory = S_ISDIR(replaced->i_mode);
	int error = directory ? tmpfs_check_empty(replaced) : 0;

	if (error)
		return error;
	name_cache_set(dir, name, length, inode);	/* it has an entry */
	dir_changed(dir, 0);
	replaced->i_nlink -= directory ? 2 : 1;
	dir->i_nlink -= directory;
	return 0;
}

int tmpfs_rename(struct inode *from_dir, const char *from, u32 from_length,
		 struct inode *inode, struct inode *to_dir, const char *to,
		 u32 to_length, struct inode *replaced)
{
	int error;

	if (replaced)
		error = replace_entry(to_dir, to, to_length, inode, replaced);
	else
		error = tmpfs_add_entry(to_dir, to, to_length, inode);
	if (error)
		return error;
	tmpfs_remove_entry(from_dir, from, from_length);
	if (S_ISDIR(inode->i_mode)) {
		tmpfs_node(inode)->parent = to_dir->i_ino;
		from_dir->i_nlink--;
		to_dir->i_nlink++;
	}
	return 0;
}

static struct cached_name *entry_at(struct list *link)
{
	return list_entry(link, struct cached_name, dir_link);
}

/*
 * Returns the link of the first entry from a position on, or the list's head.
 * The search begins where the last reader stopped.
 */
static struct list *entry_from(struct inode *dir, u32 position)
{
	struct list *head = &dir->i_entries, *at = tmpfs_node(dir)->reader;

	while (at->prev != head && entry_at(at->prev)->position >= position)
		at = at->prev;
	while (at != head && entry_at(at)->position < position)
		at = at->next;
	return at;
}

int tmpfs_readdir(struct file *file, dirent_fill *fill, void *context)
{
	struct inode *dir = file->inode;
	struct tmpfs_node *node = tmpfs_node(dir);
	int stop = readdir_dots(file, fill, context, node->parent);
	struct list *at = entry_from(dir, file->pos);

	for (; !stop && at != &dir->i_entries; at = at->next) {
		const struct cached_name *e = entry_at(at);

		stop = fill(context, e->name, e->length, e->position + 1,
			    e->inode->i_ino);
		if (stop)
			break;
		file->pos = e->position + 1;
	}
	node->reader = at;
	return stop > 0 ? 0 : stop;
}
