/*
 * tmpfs: directories. A directory is a list of entries, each a name and an
 * inode number, in the order in which they were made.
 */
#include <cowix/kernel.h>
#include <abi/errno.h>
#include "tmpfs.h"

#define ENTRY_SIZE	20	/* in its directory's size, as on Linux */

struct tmpfs_entry {
	struct list link;		/* in its directory */
	struct list all_link;		/* in the file system */
	u32 ino;
	u32 position;			/* in the directory: later, higher */
	u32 length;
	char name[];
};

static struct tmpfs_entry *tmpfs_find_entry(struct inode *dir, const char *name,
					    u32 length)
{
	list_for_each(link, &tmpfs_node(dir)->entries) {
		struct tmpfs_entry *e =
			list_entry(link, struct tmpfs_entry, link);

		if (e->length == length && memcmp(e->name, name, length) == 0)
			return e;
	}
	return NULL;
}

/* Makes an empty directory of a new inode. */
void tmpfs_init_dir(struct inode *inode, u32 parent_ino)
{
	struct tmpfs_node *node = tmpfs_node(inode);

	inode->i_nlink = 2;
	inode->i_size = FIRST_POSITION * ENTRY_SIZE;
	list_init(&node->entries);
	node->next_position = FIRST_POSITION;
	node->parent = parent_ino;
}

int tmpfs_lookup(struct inode *dir, const char *name, u32 length, u32 *ino)
{
	const struct tmpfs_entry *e;

	if (is_dot_dotdot(name, length)) {
		*ino = length == 1 ? dir->i_ino : tmpfs_node(dir)->parent;
		return 0;
	}
	e = tmpfs_find_entry(dir, name, length);
	if (!e)
		return -ENOENT;
	*ino = e->ino;
	return 0;
}

/* Notes that a directory was changed and has grown by `change` bytes. */
static void dir_changed(struct inode *dir, int change)
{
	dir->i_size += change;
	dir->i_mtime = dir->i_ctime = current_time();
}

static int tmpfs_add_entry(struct inode *dir, const char *name, u32 length,
			   u32 ino)
{
	struct tmpfs_entry *e = kmalloc(sizeof(*e) + length);

	if (!e)
		return -ENOMEM;
	e->ino = ino;
	e->position = tmpfs_node(dir)->next_position++;
	e->length = length;
	memcpy(e->name, name, length);
	list_add_tail(&e->link, &tmpfs_node(dir)->entries);
	list_add_tail(&e->all_link, &tmpfs_of(dir)->entries);
	dir_changed(dir, ENTRY_SIZE);
	return 0;
}

static void tmpfs_remove_entry(struct inode *dir, const char *name, u32 length)
{
	struct tmpfs_entry *e = tmpfs_find_entry(dir, name, length);

	list_del(&e->link);
	list_del(&e->all_link);
	kfree(e);
	dir_changed(dir, -ENTRY_SIZE);
}

/* Frees all entries of a file system that is unmounted. */
void tmpfs_free_entries(struct tmpfs *fs)
{
	list_for_each_safe(link, &fs->entries)
		kfree(list_entry(link, struct tmpfs_entry, all_link));
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
		error = tmpfs_add_entry(dir, name, length, inode->i_ino);
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
	int error = tmpfs_add_entry(dir, name, length, inode->i_ino);

	if (error)
		return error;
	inode->i_nlink++;
	inode->i_ctime = current_time();
	return 0;
}

int tmpfs_unlink(struct inode *dir, const char *name, u32 length,
		 struct inode *inode)
{
	tmpfs_remove_entry(dir, name, length);
	inode->i_nlink--;
	inode->i_ctime = current_time();
	return 0;
}

static int tmpfs_check_empty(struct inode *dir)
{
	return list_empty(&tmpfs_node(dir)->entries) ? 0 : -ENOTEMPTY;
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
	tmpfs_find_entry(dir, name, length)->ino = inode->i_ino;
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
		error = tmpfs_add_entry(to_dir, to, to_length, inode->i_ino);
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

int tmpfs_readdir(struct file *file, dirent_fill *fill, void *context)
{
	struct tmpfs_node *node = tmpfs_node(file->inode);
	int stop = readdir_dots(file, fill, context, node->parent);

	list_for_each(link, &node->entries) {
		const struct tmpfs_entry *e =
			list_entry(link, struct tmpfs_entry, link);

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
