/*
 * Minix: directories are files of fixed entries, an inode number and a name padded with NULs; inode 0 is a free entry. They are
 * worked on block by block in the buffer cache.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <cowix/sched.h>
#include <abi/errno.h>

#define LINKS_OF_DIR	2		/* its name and its `.` */

/* A place in a directory: the entry, a number and a name, in a buffer that the caller releases. */
struct place {
	struct buffer_head *bh;
	u8 *entry;
	const struct minix_format *format;
};

static u32 ino_at(const struct place *place)
{
	return minix_get(place->entry, place->format->number_size);
}

static void set_ino(struct place *place, u32 ino)
{
	minix_put(place->entry, place->format->number_size, ino);
	mark_buffer_dirty(place->bh);
}

static char *name_at(const struct place *place)
{
	return (char *)place->entry + place->format->number_size;
}

static u32 entries_a_block(const struct inode *dir)
{
	return BLOCK_SIZE / minix_info(dir->i_sb)->entry_size;
}

static u32 entry_count(const struct inode *dir)
{
	return dir->i_size / minix_info(dir->i_sb)->entry_size;
}

static bool has_name(const char *here, u32 name_size, const char *name, u32 length)
{
	for (u32 i = 0; i < length; i++)
		if (here[i] != name[i])
			return false;
	return length == name_size || here[length] == '\0';
}

/* "." and ".." are in every directory. */
static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The block of a directory with entry number n, and that entry. -EIO also for a hole: directories have none. */
static int get_place(struct inode *dir, u32 n, struct place *place)
{
	const struct minix_info *info = minix_info(dir->i_sb);
	u32 block;
	int error = minix_map_blocks(dir, n / entries_a_block(dir), 1, false, &block);

	if (!error && block == 0)
		error = -EIO;
	if (error)
		return error;
	place->format = info->format;
	place->bh = bread(dir->i_dev, block, &error);
	if (place->bh)
		place->entry = place->bh->data + n % entries_a_block(dir) * info->entry_size;
	return error;
}

/* Find a name among n entries from place on, or with length 0 a free entry; place is then there. */
static bool search_block(struct place *place, u32 n, u32 size, const char *name, u32 length)
{
	const struct minix_format *format = place->format;
	u8 *entry = place->entry, *end = entry + n * size;

	for (; entry < end; entry += size) {
		const char *here = (const char *)entry + format->number_size;

		if (length && here[0] != name[0])
			continue;
		if (length ? minix_get(entry, format->number_size) && has_name(here, format->name_size, name, length) :
			     !minix_get(entry, format->number_size)) {
			place->entry = entry;
			return true;
		}
	}
	return false;
}

/* Find a name, or with length 0 a free entry. 0 with *place to be released; -ENOENT, -EIO, -ENOMEM. */
static int find_entry(struct inode *dir, const char *name, u32 length, struct place *place)
{
	u32 size = minix_info(dir->i_sb)->entry_size, count = entry_count(dir), a_block = entries_a_block(dir);

	for (u32 n = 0; n < count; n += a_block) {
		int error = get_place(dir, n, place);

		if (error)
			return error;
		if (search_block(place, min_u32(a_block, count - n), size, name, length))
			return 0;
		brelse(place->bh);
	}
	return -ENOENT;
}

static int minix_lookup(struct inode *dir, const char *name, u32 length, u32 *ino)
{
	struct place place;
	int error = find_entry(dir, name, length, &place);

	if (error)
		return error;
	*ino = ino_at(&place);
	brelse(place.bh);
	return 0;
}

static void touch(struct inode *inode)
{
	inode->i_mtime = inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

static void set_entry(struct place *place, const char *name, u32 length, u32 ino)
{
	memset(name_at(place), 0, place->format->name_size);
	memcpy(name_at(place), name, length);
	set_ino(place, ino);
}

/* A free entry, by making the directory longer if need be. */
static int make_place(struct inode *dir, struct place *place)
{
	int error = find_entry(dir, NULL, 0, place);
	u32 n = entry_count(dir), block;

	if (error != -ENOENT)
		return error;
	error = minix_map_blocks(dir, n / entries_a_block(dir), 1, true, &block);
	if (error)
		return error;
	if (n % entries_a_block(dir) == 0)
		error = clear_block(dir->i_dev, block);
	if (!error)
		error = get_place(dir, n, place);
	if (!error)
		dir->i_size += minix_info(dir->i_sb)->entry_size;
	return error;
}

static int add_entry(struct inode *dir, const char *name, u32 length, u32 ino)
{
	struct place place;
	int error = make_place(dir, &place);

	if (error)
		return error;
	set_entry(&place, name, length, ino);
	brelse(place.bh);
	touch(dir);
	return 0;
}

/* Removes the entry at place, on the medium before the file's inode knows. */
static void clear_entry(struct inode *dir, struct place *place)
{
	set_ino(place, 0);
	write_first(place->bh);
	touch(dir);
}

static int remove_entry(struct inode *dir, const char *name, u32 length)
{
	struct place place;
	int error = find_entry(dir, name, length, &place);

	if (error)
		return error;
	clear_entry(dir, &place);
	brelse(place.bh);
	return 0;
}

/* `.` and `..` of a new directory. */
static int fill_directory(struct inode *inode, struct inode *dir)
{
	int error = add_entry(inode, ".", 1, inode->i_ino);

	return error ? error : add_entry(inode, "..", 2, dir->i_ino);
}

/* Give back what a creation that failed has taken: without links, iput() deletes the inode. */
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

/* One link fewer. In a damaged file system a count may be too low; a directory that is in use never comes down to none. */
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
	if (!S_ISDIR(inode->i_mode)) {
		drop_link(inode, 0);
		return;
	}
	drop_link(inode, 0);
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
		error = add_entry(dir, name, length, inode->i_ino);
	if (error)
		return abandon(inode, error);
	if (directory) {
		inode->i_nlink = 2;
		dir->i_nlink++;
		mark_inode_dirty(dir);
	}
	*result = inode;
	return 0;
}

static int minix_link(struct inode *dir, const char *name, u32 length, struct inode *inode)
{
	int error;

	if (inode->i_nlink >= link_max(inode))
		return -EMLINK;
	add_link(inode);		/* first: adding the entry sleeps */
	sync_links(inode);
	error = add_entry(dir, name, length, inode->i_ino);
	if (error) {
		drop_link(inode, 0);
		return error;
	}
	dir->i_sb->s_linked = sync_clock;
	return 0;
}

/* If the file keeps another name, that one is on the medium first. */
static int minix_unlink(struct inode *dir, const char *name, u32 length, struct inode *inode)
{
	int error;

	if (inode->i_nlink > 1)
		make_durable(dir->i_sb, dir->i_sb->s_linked);
	error = remove_entry(dir, name, length);

	if (error)
		return error;
	drop_link(inode, 0);
	return 0;
}

/* 0 if a directory has only `.` and `..`, else -ENOTEMPTY. */
static int check_empty(struct inode *dir)
{
	struct place place;

	for (u32 n = 0; n < entry_count(dir); n++) {
		int error = get_place(dir, n, &place);
		bool counts;

		if (error)
			return error;
		counts = ino_at(&place) && !is_dots(name_at(&place));
		brelse(place.bh);
		if (counts)
			return -ENOTEMPTY;
	}
	return 0;
}

static int minix_rmdir(struct inode *dir, const char *name, u32 length, struct inode *inode)
{
	int error = check_empty(inode);

	if (!error)
		error = remove_entry(dir, name, length);
	if (error)
		return error;
	drop_name(dir, inode);
	return 0;
}

/* A new name in the same entry. */
static int change_name(struct inode *dir, const char *from, u32 from_length, const char *to, u32 to_length)
{
	struct place place;
	int error = find_entry(dir, from, from_length, &place);

	if (error)
		return error;
	set_entry(&place, to, to_length, ino_at(&place));
	brelse(place.bh);
	touch(dir);
	return 0;
}

/* The moved directory's `..`, and the link counts of the two parents. */
static void move_parent(struct place *up, struct inode *from_dir,
			struct inode *to_dir)
{
	set_ino(up, to_dir->i_ino);
	drop_link(from_dir, LINKS_OF_DIR);
	to_dir->i_nlink++;
	mark_inode_dirty(to_dir);
}

/* Names inode at a place of a directory, on the medium too. */
static void put_name(struct inode *inode, struct inode *dir,
		     struct place *place, const char *name, u32 length)
{
	set_entry(place, name, length, inode->i_ino);
	touch(dir);
	inode->i_dir = dir->i_ino;
	sync_names(dir);
}

/*
 * inode has two names for a moment, and two links, on the medium too. A file
 * that is to replace another is there before it does.
 */
static void add_second_link(struct inode *inode, bool replaces)
{
	add_link(inode);
	if (replaces)
		sync_before_replace(inode);
	else
		sync_links(inode);
}

/*
 * The entries are found before one is changed: then nothing can fail. The new
 * name is on the medium before the old one, or the file that had it, goes.
 */
static int minix_rename(struct inode *from_dir, const char *from,
			u32 from_length, struct inode *inode,
			struct inode *to_dir, const char *to, u32 to_length,
			struct inode *replaced)
{
	bool moves = S_ISDIR(inode->i_mode) && from_dir != to_dir;
	struct place old, new, up;
	int error = 0;

	if (moves && !replaced && to_dir->i_nlink >= link_max(to_dir))
		return -EMLINK;
	if (!replaced && from_dir == to_dir)
		return change_name(from_dir, from, from_length, to, to_length);
	if (replaced && S_ISDIR(replaced->i_mode))
		error = check_empty(replaced);
	if (!error)
		error = find_entry(from_dir, from, from_length, &old);
	if (error)
		return error;
	error = moves ? find_entry(inode, "..", 2, &up) : 0;
	if (error)
		goto put_old;
	error = replaced ? find_entry(to_dir, to, to_length, &new) :
			   make_place(to_dir, &new);
	if (error)
		goto put_up;
	add_second_link(inode, replaced);
	put_name(inode, to_dir, &new, to, to_length);
	if (replaced)
		drop_name(to_dir, replaced);
	clear_entry(from_dir, &old);
	drop_link(inode, 1);
	if (moves)
		move_parent(&up, from_dir, to_dir);
	brelse(new.bh);
put_up:
	if (moves)
		brelse(up.bh);
put_old:
	brelse(old.bh);
	return error;
}

/* Called by getdents: hand entries to fill until it says stop; pos is the number of the next entry. */
static int minix_readdir(struct file *file, int (*fill)(void *context, const char *name, u32 length, u32 next, u32 ino),
			 void *context)
{
	struct inode *dir = file->inode;
	struct place place;

	for (; file->pos < entry_count(dir); file->pos++) {
		int error = get_place(dir, file->pos, &place);

		if (error)
			return error;
		if (ino_at(&place))
			error = fill(context, name_at(&place), strnlen(name_at(&place), place.format->name_size), file->pos + 1,
				     ino_at(&place));
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
