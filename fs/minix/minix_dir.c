/*
 * Minix: operations on directories: make, link, remove, rename. minix_entry.c
 * has their entries.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/sched.h>
#include <abi/errno.h>

#define LINKS_OF_DIR	2		/* its name and its `.` */

static int minix_lookup(struct inode *dir, const char *name, u32 length,
			u32 *ino)
{
	struct minix_place place;
	int error = minix_find_entry(dir, name, length, &place);

	if (error)
		return error;
	*ino = minix_ino_at(&place);
	brelse(place.bh);
	return 0;
}

/*
 * Notes where an inode's name has changed. fsync() writes that block, or all if
 * another was changed before and is not written yet.
 */
static void note_name(struct inode *inode, const struct buffer_head *bh)
{
	if (inode->i_name && inode->i_name != bh->block &&
	    !block_is_clean(inode->i_dev, inode->i_name))
		inode->i_names_at = sync_clock;
	inode->i_name = bh->block;
	inode->i_name_at = sync_clock;
}

/* Adds an entry: a name of inode, or with NULL `.` or `..`. */
static int minix_add_entry(struct inode *dir, const char *name, u32 length,
			   u32 ino, struct inode *inode)
{
	struct minix_place place;
	int error = minix_make_place(dir, &place);

	if (error)
		return error;
	minix_set_entry(&place, name, length, ino);
	if (inode)
		note_name(inode, place.bh);
	brelse(place.bh);
	touch_inode(dir);
	return 0;
}

/* Names a new inode. On the medium the inode must come before the name. */
static int name_new(struct inode *dir, const char *name, u32 length,
		    struct inode *inode)
{
	struct minix_place place;
	int error = minix_make_place(dir, &place);

	if (error)
		return error;
	error = minix_begin_name(place.bh, inode);
	if (!error) {
		minix_set_entry(&place, name, length, inode->i_ino);
		minix_name_new(place.bh, inode);
		note_name(inode, place.bh);
		if (!place.bh->direct)
			inode->i_named = writes_begun;
		touch_inode(dir);
	}
	brelse(place.bh);
	return error;
}

/*
 * Removes a name, on the medium before any change of the inode. If the name is
 * not on the medium yet, the order does not matter.
 */
static int minix_remove_entry(struct inode *dir, const char *name, u32 length,
			      struct inode *inode)
{
	struct minix_place place;
	int error = minix_find_entry(dir, name, length, &place);

	if (error)
		return error;
	if (minix_is_unwritten(inode)) {
		minix_set_ino(&place, 0);
		touch_inode(dir);
	} else {
		error = begin_first(place.bh);
		if (!error)
			minix_clear_entry(dir, &place, inode);
	}
	brelse(place.bh);
	return error;
}

/* Makes `.` and `..` of a new directory. */
static int fill_directory(struct inode *inode, struct inode *dir)
{
	int error = minix_add_entry(inode, ".", 1, inode->i_ino, NULL);

	inode->i_nlink = LINKS_OF_DIR;
	if (error)
		return error;
	return minix_add_entry(inode, "..", 2, dir->i_ino, NULL);
}

/* Returns a new inode for dir, or NULL with *error -ENOMEM or -ENOSPC. */
static struct inode *alloc_inode(struct inode *dir,
				 const struct new_node *node, int *error)
{
	struct inode *inode = new_inode(dir->i_sb);

	*error = -ENOMEM;
	if (!inode)
		return NULL;
	inode->i_ino = minix_new_ino(dir->i_sb);
	if (!inode->i_ino) {
		*error = -ENOSPC;
		iput(inode);
		return NULL;
	}
	inode->i_mode = node->mode;
	set_maker(inode, dir);
	inode->i_rdev = node->rdev;
	inode->i_nlink = 1;
	inode->i_valid = true;
	minix_set_operations(inode);
	hash_inode(inode);
	mark_inode_dirty(inode);
	*error = 0;
	return inode;
}

static u32 link_max(const struct inode *inode)
{
	return minix_info(inode->i_sb)->format->link_max;
}

static void add_link(struct inode *inode)
{
	inode->i_nlink++;
	mark_inode_dirty(inode);
}

/*
 * Decrements the count of links, but not below `least`: in a damaged file
 * system it may be too low, and a directory in use must keep its links.
 */
static void drop_link(struct inode *inode, u32 least)
{
	if (inode->i_nlink > least)
		inode->i_nlink--;
	mark_inode_dirty(inode);
}

/*
 * Corrects the counts of links after a name of inode was removed from dir. A
 * directory, which is empty, keeps links only if a power cut during a rename
 * has left it a second name.
 */
static void drop_name(struct inode *dir, struct inode *inode)
{
	drop_link(inode, 0);
	if (!S_ISDIR(inode->i_mode))
		return;
	if (inode->i_nlink < LINKS_OF_DIR)
		inode->i_nlink = 0;
	drop_link(dir, LINKS_OF_DIR);
}

/*
 * Makes a file, directory, link or device. The caller has checked that there is
 * no such name. The name comes last, so a failure has to undo only the inode.
 */
static int minix_create(struct inode *dir, const char *name, u32 length,
			const struct new_node *node, struct inode **result)
{
	bool directory = S_ISDIR(node->mode);
	struct inode *inode;
	int error;

	if (directory && dir->i_nlink >= link_max(dir))
		return -EMLINK;
	inode = alloc_inode(dir, node, &error);
	if (!inode)
		return error;
	if (directory)
		error = fill_directory(inode, dir);
	else if (node->target)
		error = write_link(inode, node->target);
	if (!error)
		error = minix_write_new_inode(inode);
	if (!error)
		error = name_new(dir, name, length, inode);
	if (error) {
		inode->i_nlink = 0;	/* so that iput() deletes it */
		iput(inode);
		return error;
	}
	if (directory) {
		dir->i_nlink++;
		mark_inode_dirty(dir);
	}
	*result = inode;
	return 0;
}

static int minix_link(struct inode *dir, const char *name, u32 length,
		      struct inode *inode)
{
	int error;

	if (inode->i_nlink >= link_max(inode))
		return -EMLINK;
	add_link(inode);		/* first: adding the entry sleeps */
	error = sync_links(inode);
	if (!error)
		error = minix_add_entry(dir, name, length, inode->i_ino,
					inode);
	if (error) {
		drop_link(inode, 0);
		return error;
	}
	dir->i_sb->s_linked = sync_clock;
	return 0;
}

/* Removes a name. If the file has others, the medium must have them first. */
static int minix_unlink(struct inode *dir, const char *name, u32 length,
			struct inode *inode)
{
	int error = 0;

	if (inode->i_nlink > 1)
		error = make_durable(dir->i_sb, dir->i_sb->s_linked);
	if (!error)
		error = minix_remove_entry(dir, name, length, inode);
	if (error)
		return error;
	drop_link(inode, 0);
	return 0;
}

static u32 name_length_at(const struct minix_place *place)
{
	return strnlen(minix_name_at(place), place->format->name_size);
}

/* Passes entries to fill until it stops. pos is the next entry's number. */
static int minix_readdir(struct file *file, dirent_fill *fill, void *context)
{
	struct inode *dir = file->inode;
	struct minix_place place;
	int stop = 0;

	minix_read_dir_early(dir, file->pos);
	while (!stop && file->pos < minix_entry_count(dir)) {
		stop = minix_get_place(dir, file->pos, &place);
		if (stop)
			break;
		do {
			u32 ino = minix_ino_at(&place);

			if (ino)
				stop = fill(context, minix_name_at(&place),
					    name_length_at(&place), place.n + 1,
					    ino);
			if (!stop)
				file->pos = place.n + 1;
		} while (!stop && minix_next_place(&place));
		brelse(place.bh);
	}
	return stop > 0 ? 0 : stop;
}

/* Called by readdir for each entry. Returns -ENOTEMPTY for a real one. */
static int not_empty_with(void *context, const char *name, u32 length, u32 next,
		       u32 ino)
{
	(void)context;
	(void)next;
	(void)ino;
	return is_dot_dotdot(name, length) ? 0 : -ENOTEMPTY;
}

/* Returns -ENOTEMPTY if a directory has more than `.` and `..`. */
static int minix_check_empty(struct inode *dir)
{
	struct file file = { .inode = dir };

	return minix_readdir(&file, not_empty_with, NULL);
}

static int minix_rmdir(struct inode *dir, const char *name, u32 length,
		       struct inode *inode)
{
	int error = minix_check_empty(inode);

	if (!error)
		error = minix_remove_entry(dir, name, length, inode);
	if (error)
		return error;
	drop_name(dir, inode);
	return 0;
}

/* Changes the name in an entry. */
static int change_name(struct inode *dir, struct inode *inode, const char *from,
		       u32 from_length, const char *to, u32 to_length)
{
	struct minix_place place;
	int error = minix_find_entry(dir, from, from_length, &place);

	if (error)
		return error;
	minix_set_entry(&place, to, to_length, minix_ino_at(&place));
	note_name(inode, place.bh);
	brelse(place.bh);
	touch_inode(dir);
	return 0;
}

/* Corrects a moved directory's `..` and the link counts of both parents. */
static void move_parent(struct minix_place *up, struct inode *from_dir,
			struct inode *to_dir)
{
	minix_set_ino(up, to_dir->i_ino);
	drop_link(from_dir, LINKS_OF_DIR);
	to_dir->i_nlink++;
	mark_inode_dirty(to_dir);
}

/*
 * Stores inode's name at a place of a directory and on the medium. On an error
 * the entry names the same file as before.
 */
static int put_name(struct inode *inode, struct inode *dir,
		    struct minix_place *place, const char *name, u32 length)
{
	u32 before = minix_ino_at(place), dir_before = inode->i_dir;
	int error;

	minix_set_entry(place, name, length, inode->i_ino);
	note_name(inode, place->bh);
	touch_inode(dir);
	inode->i_dir = dir->i_ino;
	error = sync_entry(dir, place->bh);
	if (error) {
		minix_set_ino(place, before);
		inode->i_dir = dir_before;
	}
	return error;
}

/*
 * Gives inode its new name and one link more, on the medium too. The old name
 * stays for the moment, and nothing hinders that it goes next. If the file
 * replaces another, its data is on the medium first.
 */
static int name_twice(struct inode *inode, bool replaces,
		      struct buffer_head *old, struct inode *dir,
		      struct minix_place *place, const char *name, u32 length)
{
	int error;

	add_link(inode);
	error = sync_before_rename(inode, dir, replaces);
	if (!error)
		error = begin_first(old);
	if (!error)
		error = put_name(inode, dir, place, name, length);
	if (error)
		drop_link(inode, 1);
	return error;
}

/*
 * Does drop_name() for a file whose name another has now, on the medium too:
 * the file need not wait for names that went from this block.
 */
static void drop_replaced(struct inode *dir, const struct minix_place *place,
			  struct inode *replaced)
{
	if (replaced->i_after == place->bh->block)
		replaced->i_after = 0;
	drop_name(dir, replaced);
}

/* Returns 0 if the links and an empty target allow a rename. */
static int check_rename(struct inode *to_dir, struct inode *replaced,
			bool moves)
{
	if (moves && !replaced && to_dir->i_nlink >= link_max(to_dir))
		return -EMLINK;
	if (replaced && S_ISDIR(replaced->i_mode))
		return minix_check_empty(replaced);
	return 0;
}

/*
 * Renames inode. Finds all entries before it changes one, so that only the disk
 * can fail then. The new name is on the medium before the old one goes, or the
 * file `replaced`, which had the new name.
 */
static int minix_rename(struct inode *from_dir, const char *from,
			u32 from_length, struct inode *inode,
			struct inode *to_dir, const char *to, u32 to_length,
			struct inode *replaced)
{
	bool moves = S_ISDIR(inode->i_mode) && from_dir != to_dir;
	struct minix_place old, new, up;
	int error = check_rename(to_dir, replaced, moves);

	if (error)
		return error;
	if (!replaced && from_dir == to_dir)
		return change_name(from_dir, inode, from, from_length, to,
				   to_length);
	error = minix_find_entry(from_dir, from, from_length, &old);
	if (error)
		return error;
	if (moves)
		error = minix_find_entry(inode, "..", 2, &up);
	if (error)
		goto put_old;
	if (replaced)
		error = minix_find_entry(to_dir, to, to_length, &new);
	else
		error = minix_make_place(to_dir, &new);
	if (error)
		goto put_up;
	error = name_twice(inode, replaced, old.bh, to_dir, &new, to,
			   to_length);
	if (error)
		goto put_new;
	if (replaced)
		drop_replaced(to_dir, &new, replaced);
	minix_clear_entry(from_dir, &old, inode);
	drop_link(inode, 1);
	if (moves)
		move_parent(&up, from_dir, to_dir);
put_new:
	brelse(new.bh);
put_up:
	if (moves)
		brelse(up.bh);
put_old:
	brelse(old.bh);
	return error;
}

const struct inode_ops minix_inode_ops = {
	.lookup = minix_lookup,
	.readlink = read_link_text,
	.create = minix_create,
	.link = minix_link,
	.unlink = minix_unlink,
	.rmdir = minix_rmdir,
	.rename = minix_rename,
	.truncate = minix_truncate,
	.map_blocks = minix_map_blocks,
};

const struct file_ops minix_dir_fops = {
	.readdir = minix_readdir, .sync = sync_inode,
};
