/*
 * Inodes in memory: found by file system and number, counted, written back
 * late. An inode stays after its last iput() while its file system is mounted,
 * so that it and its pages are there when they are wanted again. One without
 * links is freed on the medium when its last user goes.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <cowix/sched.h>
#include <abi/errno.h>

static struct hash_table inode_table;
static LIST_HEAD(dirty_inodes);		/* those to be written: pages, too */
static u32 nr_dirty;
u32 nr_inodes;

void inode_init(void)
{
	hash_init(&inode_table, nr_frames / 8, boot_alloc);
}

static struct inode *inode_at(struct list *node)
{
	return list_entry(node, struct inode, sb_link);
}

static struct list *inode_bucket(const struct super_block *sb, u32 ino)
{
	return hash_bucket(&inode_table, (u32)sb, ino);
}

/* Lets iget() find an inode from now on. */
void hash_inode(struct inode *inode)
{
	list_add(&inode->hash_link, inode_bucket(inode->i_sb, inode->i_ino));
}

/*
 * Returns a blank inode with one reference that iget() does not find, or NULL
 * if there was no memory. sb is NULL for pipes and
 * other files that no directory names; those are numbered here.
 */
struct inode *new_inode(struct super_block *sb)
{
	static u32 nameless;
	struct inode *inode = kzalloc(sizeof(*inode));

	if (!inode)
		return NULL;
	list_init(&inode->hash_link);
	list_init(&inode->dirty_link);
	list_init(&inode->i_blocks);
	list_init(&inode->pages);
	list_init(&inode->dirty_pages);
	list_init(&inode->i_locks);
	list_init(&inode->i_names);
	list_init(&inode->i_entries);
	wait_queue_init(&inode->i_wait);
	inode->i_sb = sb;
	inode->i_dev = sb ? sb->s_dev : 0;
	inode->i_ino = sb ? 0 : ++nameless;
	inode->i_count = 1;
	inode->i_atime = inode->i_mtime = inode->i_ctime = inode_time(inode);
	list_init(&inode->sb_link);
	if (sb)
		list_add_tail(&inode->sb_link, &sb->s_inodes);
	nr_inodes++;
	return inode;
}

/*
 * Drops all pages of an inode that nobody uses. A task that wants memory may
 * still look at one that it has waited for, without a reference to the inode:
 * wait_cached_page(). It is done soon.
 */
static void drop_all_pages(struct inode *inode)
{
	drop_inode_pages(inode, 0);
	while (!list_empty(&inode->pages)) {
		sleep_on_timeout(&inode->i_wait, 1);
		drop_inode_pages(inode, 0);
	}
}

/* Takes an inode out of the list of those to be written. */
static void unlist_inode(struct inode *inode)
{
	if (list_empty(&inode->dirty_link))
		return;
	list_del(&inode->dirty_link);
	nr_dirty--;
}

/* Puts an inode into that list: it, or a page, is dirty. */
void queue_inode(struct inode *inode)
{
	if (!inode->i_sb || !inode->i_sb->s_type->needs_device)
		return;
	list_add_tail(&inode->dirty_link, &dirty_inodes);
	nr_dirty++;
}

/* Frees an inode that nobody uses; its pages may be busy for a while. */
static void free_inode(struct inode *inode)
{
	list_del(&inode->hash_link);	/* before the sleep: nobody finds it, */
	inode->i_valid = false;		/* or writes it, */
	inode->i_count++;		/* and nobody else frees it */
	name_cache_forget_inode(inode);
	drop_all_pages(inode);
	if (!list_empty(&inode->i_blocks))
		disown_buffers(inode);
	unlist_inode(inode);
	list_del(&inode->sb_link);
	nr_inodes--;
	kfree(inode);
}

/* Waits until nobody has an inode locked, then locks it. */
void lock_inode(struct inode *inode)
{
	while (inode->i_locked)
		sleep_on(&inode->i_wait);
	inode->i_locked = true;
}

void unlock_inode(struct inode *inode)
{
	inode->i_locked = false;
	if (!list_empty(&inode->i_wait.sleepers))
		wake_up(&inode->i_wait);
}

static struct inode *find_inode(const struct super_block *sb, u32 ino)
{
	list_for_each(node, inode_bucket(sb, ino)) {
		struct inode *inode = list_entry(node, struct inode, hash_link);

		if (inode->i_ino == ino && inode->i_sb == sb)
			return inode;
	}
	return NULL;
}

bool inode_in_memory(const struct super_block *sb, u32 ino)
{
	return find_inode(sb, ino) != NULL;
}

/*
 * Fills a new inode from the medium. It is locked meanwhile, so that others who
 * find it wait.
 */
static int read_inode(struct inode *inode)
{
	int error;

	lock_inode(inode);
	error = inode->i_sb->s_op->read_inode(inode);
	inode->i_valid = error == 0;
	unlock_inode(inode);
	return error;
}

/* Returns an inode that was found, referenced, or NULL with *error -EIO. */
static struct inode *use_inode(struct inode *inode, int *error)
{
	inode->i_count++;
	while (inode->i_locked && !inode->i_valid)
		sleep_on(&inode->i_wait);
	if (inode->i_valid) {
		*error = 0;
		return inode;
	}
	*error = -EIO;
	iput(inode);
	return NULL;
}

/*
 * Returns the inode of a number, referenced. NULL with *error: -ENOMEM, or -EIO
 * if it cannot be read or makes no sense.
 */
struct inode *iget(struct super_block *sb, u32 ino, int *error)
{
	struct inode *inode = find_inode(sb, ino), *new;

	if (inode)
		return use_inode(inode, error);
	new = new_inode(sb);
	if (!new) {
		*error = -ENOMEM;
		return NULL;
	}
	inode = find_inode(sb, ino);	/* finding memory may have slept */
	if (inode) {
		iput(new);
		return use_inode(inode, error);
	}
	new->i_ino = ino;
	hash_inode(new);
	*error = read_inode(new);
	if (!*error)
		return new;
	iput(new);
	return NULL;
}

/*
 * Deletes a file without links whose last user has gone: its blocks and its
 * number are free for others.
 */
static void delete_inode(struct inode *inode)
{
	inode->i_count++;	/* deleting may sleep: nobody frees it now */
	inode->i_valid = false;
	name_cache_forget_inode(inode);
	drop_inode_pages(inode, 0);
	inode->i_sb->s_op->delete_inode(inode);
	inode->i_count--;
	free_inode(inode);
}

/* Keeps, frees or deletes an inode that nobody uses any more. */
static void release_inode(struct inode *inode)
{
	if (inode->i_pipe)
		inode->i_fop->drop(inode);
	if (inode->i_sb && inode->i_sb->s_transient && inode->i_valid) {
		write_inode(inode);		/* does not sleep */
		inode->i_valid = false;
	}
	/* nobody can find it again */
	if (list_empty(&inode->hash_link) || !inode->i_valid)
		free_inode(inode);
	else if (inode->i_nlink == 0)
		delete_inode(inode);
	else
		list_move_tail(&inode->sb_link, &inode->i_sb->s_inodes);
}

/* Drops a reference. May sleep if it was the last of a file without links. */
void iput(struct inode *inode)
{
	if (inode->i_count == 0)
		panic("iput: inode %u of device %x is not in use", inode->i_ino,
		      inode->i_dev);
	if (--inode->i_count == 0)
		release_inode(inode);
}

/*
 * Sets the owner and group of a file that is made in dir: those of its maker.
 * If dir has S_ISGID, the group is that of dir, and a new directory has the bit
 * too. But nobody makes a program that runs with the rights of a group that is
 * not his own.
 */
void set_maker(struct inode *inode, const struct inode *dir)
{
	inode->i_uid = current->fsuid;
	inode->i_gid = current->fsgid;
	if (!dir || !(dir->i_mode & S_ISGID))
		return;
	inode->i_gid = dir->i_gid;
	if (S_ISDIR(inode->i_mode))
		inode->i_mode |= S_ISGID;
	else if (inode->i_mode & S_IXGRP && !in_group(dir->i_gid) &&
		 !fs_suser())
		inode->i_mode &= ~S_ISGID;
}

/*
 * Returns the set-id bits that a file loses when current changes it. S_ISGID
 * without S_IXGRP means something else and stays, if current could set it.
 */
u32 set_id_bits(const struct inode *inode)
{
	u32 bits = inode->i_mode & (S_ISUID | S_ISGID);

	if (!(inode->i_mode & S_IXGRP) &&
	    (fs_suser() || in_group(inode->i_gid)))
		bits &= ~S_ISGID;
	return S_ISREG(inode->i_mode) ? bits : 0;
}

/*
 * Called when a program is given away or changed by others: it does not run
 * with its owner's rights any more.
 */
void drop_set_id(struct inode *inode)
{
	inode->i_mode &= ~set_id_bits(inode);
}

static const struct file_ops *file_ops[FILE_TYPES];

/* Registers the operations on open files of a type (S_IF*). */
void register_file_ops(u32 type, const struct file_ops *ops)
{
	file_ops[FILE_TYPE(type)] = ops;
}

/* Sets the operations on open files that fit the type of an inode. */
void set_file_ops(struct inode *inode, const struct file_ops *directory)
{
	const struct file_ops *ops = file_ops[FILE_TYPE(inode->i_mode)];

	if (!ops)
		ops = file_ops[FILE_TYPE(S_IFREG)];
	inode->i_fop = S_ISDIR(inode->i_mode) ? directory : ops;
}

/* Returns true if current may do what only a file's owner may. */
bool is_owner(const struct inode *inode)
{
	return fs_suser() || current->fsuid == inode->i_uid;
}

/*
 * Copies a dirty inode into its buffer, and does not sleep after that. Until
 * then, and on an error, it stays dirty: another fsync() must not pass it by.
 */
int write_inode(struct inode *inode)
{
	int error = 0;

	if (inode->i_dirty)
		error = inode->i_sb->s_op->write_inode(inode);
	if (!error)
		inode->i_dirty = false;
	return error;
}

static struct inode *inode_at_dirty(struct list *node)
{
	return list_entry(node, struct inode, dirty_link);
}

/* Keeps an inode in its list while it is written. */
static void hold_dirty(struct inode *inode)
{
	inode->i_syncs++;
	igrab(inode);
}

/* Lets it go, also out of the list if it is clean. May sleep at the end. */
static void release_dirty(struct inode *inode)
{
	inode->i_syncs--;
	if (!inode->i_syncs && !inode->i_dirty &&
	    list_empty(&inode->dirty_pages))
		unlist_inode(inode);
	iput(inode);
}

/*
 * Calls write (write_inode or write_inode_pages) for the dirty inodes of a file
 * system, or of all with NULL, but not for those that become dirty meanwhile.
 * Returns the first error. The next one is held before the last is released, so
 * that sleeping is harmless. One that is being deleted cannot be held.
 */
int write_inodes(struct super_block *sb, int (*write)(struct inode *inode))
{
	struct list *node = dirty_inodes.next;
	struct inode *last = NULL;
	int first_error = 0, error;

	for (u32 n = nr_dirty; n > 0 && node != &dirty_inodes;
	     n--, node = node->next) {
		struct inode *inode = inode_at_dirty(node);

		if (!inode->i_valid || (sb && inode->i_sb != sb))
			continue;
		hold_dirty(inode);
		if (last)
			release_dirty(last);
		error = write(inode);
		if (!first_error)
			first_error = error;
		last = inode;
	}
	if (last)
		release_dirty(last);
	return first_error;
}

static bool inode_droppable(const struct inode *inode)
{
	return inode->i_count == 0 && !inode->i_dirty &&
	       list_empty(&inode->pages) && list_empty(&inode->i_blocks);
}

/*
 * Called when memory is short or counts must be exact: forgets up to wanted
 * inodes that are unused, clean and without pages. Returns how many.
 */
int shrink_inodes(int wanted)
{
	int dropped = 0;

	list_for_each(mount, &mounts) {
		struct super_block *sb =
			list_entry(mount, struct super_block, link);

		list_for_each_safe(node, &sb->s_inodes) {
			if (dropped == wanted)
				return dropped;
			if (!inode_droppable(inode_at(node)))
				continue;
			free_inode(inode_at(node));
			dropped++;
		}
	}
	return dropped;
}

/* Returns true if more of a file system is in use than its own root. */
bool inodes_busy(struct super_block *sb)
{
	list_for_each(node, &sb->s_inodes) {
		struct inode *inode = inode_at(node);

		if (inode->i_count > (inode == sb->s_root ? 1u : 0u))
			return true;
	}
	return false;
}

/*
 * Returns true if files of a file system are open for writing, or open without
 * a name.
 */
bool inodes_written(struct super_block *sb)
{
	list_for_each(node, &sb->s_inodes) {
		struct inode *inode = inode_at(node);

		if (inode->i_count &&
		    (inode->i_writers || !inode->i_nlink))
			return true;
	}
	return false;
}

/* Waits until those inodes of a file system that are locked are not. */
void await_inodes(struct super_block *sb)
{
	list_for_each(node, &sb->s_inodes) {
		struct inode *inode = inode_at(node);

		if (!inode->i_locked)
			continue;
		igrab(inode);
		lock_inode(inode);
		unlock_inode(inode);
		iput(inode);
		node = &sb->s_inodes;	/* others have come and gone */
	}
}

/*
 * Called when a file system is unmounted: forgets its inodes, which are all
 * unused and written.
 */
void drop_inodes(struct super_block *sb)
{
	list_for_each_safe(node, &sb->s_inodes) {
		struct inode *inode = inode_at(node);

		inode->i_count++;		/* nobody else frees it */
		drop_all_pages(inode);
		node_next = node->next;		/* this may have slept */
		free_inode(inode);
	}
}
