/* Minix: what is done to directories; their entries are in minix_entry.c. */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/sched.h>
#include <abi/errno.h>

#define LINKS_OF_DIR	2		/* its name and its `.` */

/* "." and ".." are in every directory. */
static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

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

static int add_entry(struct inode *dir, const char *name, u32 length, u32 ino)
{
	struct minix_place place;
	int error = minix_make_place(dir, &place);

	if (error)
		return error;
	minix_set_entry(&place, name, length, ino);
	brelse(place.bh);
	minix_touch(dir);
	return 0;
}

/* Names a new inode: on the medium it has no name before it is there. */
static int name_new(struct inode *dir, const char *name, u32 length,
		    struct inode *inode)
{
	struct minix_place place;
	int error = minix_make_place(dir, &place);

	if (error)
		return error;
	error = begin_last(place.bh);
	if (!error) {
		minix_set_entry(&place, name, length, inode->i_ino);
		if (keeps_order(dir->i_sb) && place.bh->request.done)
			inode->i_named = writes_begun;
		minix_touch(dir);
	}
	brelse(place.bh);
	return error;
}

/* A name that nothing was written with may go whenever it likes. */
static int remove_entry(struct inode *dir, const char *name, u32 length,
			const struct inode *inode)
{
	struct minix_place place;
	int error = minix_find_entry(dir, name, length, &place);

	if (error)
		return error;
	if (minix_is_unwritten(inode)) {
		minix_set_ino(&place, 0);
		minix_touch(dir);
	} else {
		error = begin_first(place.bh);
		if (!error)
			minix_clear_entry(dir, &place);
	}
	brelse(place.bh);
	return error;
}

/* `.` and `..` of a new directory, which are the start of a block. */
static int fill_directory(struct inode *inode, struct inode *dir)
{
	int error = add_entry(inode, ".", 1, inode->i_ino);

	inode->i_nlink = LINKS_OF_DIR;
	return error ? error : add_entry(inode, "..", 2, dir->i_ino);
}

/*
 * Give back what a creation that failed has taken: without links, iput()
 * deletes the inode.
 */
static int abandon(struct inode *inode, int error)
{
	inode->i_nlink = 0;
	iput(inode);
	return error;
}

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

/* One link more. */
static void add_link(struct inode *inode)
{
	inode->i_nlink++;
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

/*
 * One link fewer. In a damaged file system a count may be too low; a directory
 * that is in use never comes down to none.
 */
static void drop_link(struct inode *inode, u32 least)
{
	if (inode->i_nlink > least)
		inode->i_nlink--;
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

/*
 * A name of inode is gone from dir. An empty directory has a second name only
 * if the power went while it was renamed.
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
 * Makes a file, directory, link or device of a name that is not there yet. The
 * name comes last: until then a failure has nothing to undo but the inode.
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
	if (error)
		return abandon(inode, error);
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
		error = add_entry(dir, name, length, inode->i_ino);
	if (error) {
		drop_link(inode, 0);
		return error;
	}
	dir->i_sb->s_linked = sync_clock;
	return 0;
}

/* If the file keeps another name, that one is on the medium first. */
static int minix_unlink(struct inode *dir, const char *name, u32 length,
			struct inode *inode)
{
	int error = 0;

	if (inode->i_nlink > 1)
		error = make_durable(dir->i_sb, dir->i_sb->s_linked);
	if (!error)
		error = remove_entry(dir, name, length, inode);
	if (error)
		return error;
	drop_link(inode, 0);
	return 0;
}

/* 0 if a directory has only `.` and `..`, else -ENOTEMPTY. */
static int check_empty(struct inode *dir)
{
	struct minix_place place;

	for (u32 n = 0; n < minix_entry_count(dir); n++) {
		int error = minix_get_place(dir, n, &place);
		bool counts;

		if (error)
			return error;
		counts = minix_ino_at(&place) &&
			 !is_dots(minix_name_at(&place));
		brelse(place.bh);
		if (counts)
			return -ENOTEMPTY;
	}
	return 0;
}

static int minix_rmdir(struct inode *dir, const char *name, u32 length,
		       struct inode *inode)
{
	int error = check_empty(inode);

	if (!error)
		error = remove_entry(dir, name, length, inode);
	if (error)
		return error;
	drop_name(dir, inode);
	return 0;
}

/* A new name in the same entry. */
static int change_name(struct inode *dir, const char *from, u32 from_length,
		       const char *to, u32 to_length)
{
	struct minix_place place;
	int error = minix_find_entry(dir, from, from_length, &place);

	if (error)
		return error;
	minix_set_entry(&place, to, to_length, minix_ino_at(&place));
	brelse(place.bh);
	minix_touch(dir);
	return 0;
}

/* The moved directory's `..`, and the link counts of the two parents. */
static void move_parent(struct minix_place *up, struct inode *from_dir,
			struct inode *to_dir)
{
	minix_set_ino(up, to_dir->i_ino);
	drop_link(from_dir, LINKS_OF_DIR);
	to_dir->i_nlink++;
	mark_inode_dirty(to_dir);
}

/*
 * Names inode at a place of a directory, on the medium too. If that fails the
 * place has again the file that it had.
 */
static int put_name(struct inode *inode, struct inode *dir,
		    struct minix_place *place, const char *name, u32 length)
{
	u32 before = minix_ino_at(place), dir_before = inode->i_dir;
	int error;

	minix_set_entry(place, name, length, inode->i_ino);
	minix_touch(dir);
	inode->i_dir = dir->i_ino;
	error = sync_names(dir);
	if (error) {
		minix_set_ino(place, before);
		inode->i_dir = dir_before;
	}
	return error;
}

/*
 * inode has two names for a moment, and two links, on the medium too. A file
 * that is to replace another is there before it does.
 */
static int name_twice(struct inode *inode, bool replaces, struct inode *dir,
		      struct minix_place *place, const char *name, u32 length)
{
	int error;

	add_link(inode);
	error = replaces ? sync_before_replace(inode) : sync_links(inode);
	if (!error)
		error = put_name(inode, dir, place, name, length);
	if (error)
		drop_link(inode, 1);
	return error;
}

/*
 * The entries are found before one is changed: then only the disk can fail. The
 * new name is on it before the old one, or the file that had it, goes.
 */
static int minix_rename(struct inode *from_dir, const char *from,
			u32 from_length, struct inode *inode,
			struct inode *to_dir, const char *to, u32 to_length,
			struct inode *replaced)
{
	bool moves = S_ISDIR(inode->i_mode) && from_dir != to_dir;
	struct minix_place old, new, up;
	int error = 0;

	if (moves && !replaced && to_dir->i_nlink >= link_max(to_dir))
		return -EMLINK;
	if (!replaced && from_dir == to_dir)
		return change_name(from_dir, from, from_length, to, to_length);
	if (replaced && S_ISDIR(replaced->i_mode))
		error = check_empty(replaced);
	if (!error)
		error = minix_find_entry(from_dir, from, from_length, &old);
	if (error)
		return error;
	error = moves ? minix_find_entry(inode, "..", 2, &up) : 0;
	if (error)
		goto put_old;
	error = replaced ? minix_find_entry(to_dir, to, to_length, &new) :
			   minix_make_place(to_dir, &new);
	if (error)
		goto put_up;
	error = name_twice(inode, replaced, to_dir, &new, to, to_length);
	if (error)
		goto put_new;
	if (replaced)
		drop_name(to_dir, replaced);
	minix_clear_entry(from_dir, &old);
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

/*
 * Called by getdents: hand entries to fill until it says stop; pos is the
 * number of the next entry.
 */
static int minix_readdir(struct file *file,
			 int (*fill)(void *context, const char *name,
				     u32 length, u32 next, u32 ino),
			 void *context)
{
	struct inode *dir = file->inode;
	struct minix_place place;

	for (; file->pos < minix_entry_count(dir); file->pos++) {
		int error = minix_get_place(dir, file->pos, &place);

		if (error)
			return error;
		if (minix_ino_at(&place))
			error = fill(context, minix_name_at(&place),
				     strnlen(minix_name_at(&place),
					     place.format->name_size),
				     file->pos + 1, minix_ino_at(&place));
		brelse(place.bh);
		if (error)
			return error > 0 ? 0 : error;
	}
	return 0;
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
