/*
 * The name cache: what the names of directories mean, so that a path walked
 * often searches neither its directories nor the table of inodes. It also knows
 * names that do not exist. An entry has no references: it goes with its inode
 * and with its directory. Whoever makes, moves or removes a name says so here.
 *
 * A file system in memory keeps all its names here (s_keeps_names). Those of
 * others are forgotten when there are too many or memory is short. Entries that
 * were used get a second chance then (Tanenbaum, "Modern Operating Systems",
 * 3.4.4).
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <asm/string.h>

#define FRAMES_A_BUCKET	4

static struct hash_table name_table;
static LIST_HEAD(aged);			/* the oldest first */
static u32 nr_aged;			/* at most one for each frame */

u32 name_changes;

void name_cache_init(void)
{
	hash_init(&name_table, nr_frames / FRAMES_A_BUCKET, boot_alloc);
}

/* Returns the list in which the entry of a name in dir is, if there is one. */
static struct list *name_bucket(const struct inode *dir, const char *name,
				u32 length)
{
	return hash_bucket(&name_table, 0, hash_name((u32)dir, name, length));
}

/* Searches a bucket. No name is empty: repe_cmpsb() needs that. */
static struct cached_name *name_in(const struct list *bucket,
				   const struct inode *dir, const char *name,
				   u32 length)
{
	list_for_each(node, bucket) {
		struct cached_name *n =
			list_entry(node, struct cached_name, hash_link);

		if (n->dir == dir && n->length == length &&
		    repe_cmpsb(n->name, name, length) == 0)
			return n;
	}
	return NULL;
}

/* Returns the entry of a name in dir, or NULL if its meaning is not known. */
struct cached_name *name_cache_find(const struct inode *dir, const char *name,
				    u32 length)
{
	struct list *bucket = name_bucket(dir, name, length);
	struct cached_name *n = name_in(bucket, dir, name, length);

	if (n)
		n->used = true;
	return n;
}

/* Takes an entry out of the cache and frees it. */
void name_cache_drop(struct cached_name *n)
{
	list_unlink(&n->hash_link);
	list_unlink(&n->dir_link);
	list_unlink(&n->inode_link);
	if (!list_empty(&n->age_link)) {
		list_unlink(&n->age_link);
		nr_aged--;
	}
	kfree(n);
}

/*
 * Called when memory is short or counts must be exact: forgets up to wanted
 * names that no file system keeps. Returns how many.
 */
int shrink_names(int wanted)
{
	int dropped = 0;

	while (dropped < wanted && !list_empty(&aged)) {
		struct cached_name *n =
			list_entry(aged.next, struct cached_name, age_link);

		if (n->used) {
			n->used = false;
			list_move_tail(&n->age_link, &aged);
		} else {
			name_cache_drop(n);
			dropped++;
		}
	}
	return dropped;
}

/* Returns a new entry that is in no list yet, or NULL. May sleep. */
static struct cached_name *new_name(struct inode *dir, const char *name,
				    u32 length)
{
	u32 size = offsetof(struct cached_name, name) + length;
	struct cached_name *n = kmalloc(size);

	if (!n)
		return NULL;
	n->dir = dir;
	n->inode = NULL;
	n->used = false;
	n->length = length;
	memcpy(n->name, name, length);
	list_init(&n->age_link);
	list_init(&n->inode_link);
	return n;
}

static void set_inode(struct cached_name *n, struct inode *inode)
{
	if (n->inode == inode)
		return;
	list_del(&n->inode_link);
	n->inode = inode;
	if (inode)
		list_add(&n->inode_link, &inode->i_names);
}

static void insert_name(struct cached_name *n, struct list *bucket,
			struct inode *inode)
{
	if (!n->dir->i_sb->s_keeps_names) {
		if (nr_aged == nr_frames)
			shrink_names(1);
		list_add_tail(&n->age_link, &aged);
		nr_aged++;
	}
	list_add(&n->hash_link, bucket);
	list_add_tail(&n->dir_link, &n->dir->i_entries);
	set_inode(n, inode);
}

/*
 * Returns false for names that are not kept here: those of other file systems,
 * and absent ones if all that exist are here.
 */
static bool is_cached(const struct inode *dir, const char *name, u32 length,
		      const struct inode *inode)
{
	const struct super_block *sb = dir->i_sb;

	return sb->s_cache_names && (inode || !sb->s_keeps_names) &&
	       !is_dot_dotdot(name, length);
}

/*
 * Keeps what a search found: the inode of a name, or NULL if there is none. It
 * began when name_changes was `before`. If a name has changed since, what it
 * found may not hold any more.
 */
void name_cache_found(struct inode *dir, const char *name, u32 length,
		      struct inode *inode, u32 before)
{
	struct list *bucket = name_bucket(dir, name, length);
	struct cached_name *new;

	if (!is_cached(dir, name, length, inode))
		return;
	new = new_name(dir, name, length);
	if (new && before == name_changes &&
	    !name_in(bucket, dir, name, length))
		insert_name(new, bucket, inode);
	else
		kfree(new);
}

/*
 * Called by whoever has made, moved or removed a name in dir, which is locked:
 * it means inode now, or nothing if that is NULL. Called after the fact: a
 * search that came between may have brought back what was before. Returns the
 * entry, or NULL if there is none: perhaps for want of memory.
 */
struct cached_name *name_cache_set(struct inode *dir, const char *name,
				   u32 length, struct inode *inode)
{
	struct list *bucket = name_bucket(dir, name, length);
	struct cached_name *n, *new = NULL;

	name_changes++;
	if (!is_cached(dir, name, length, inode))
		return NULL;
	n = name_in(bucket, dir, name, length);
	if (!n) {
		new = new_name(dir, name, length);
		n = name_in(bucket, dir, name, length);	/* we may have slept */
	}
	if (n) {
		kfree(new);
		set_inode(n, inode);
	} else if (new) {
		n = new;
		insert_name(n, bucket, inode);
	}
	return n;
}

/*
 * Forgets what a name means after it may have changed, unless its file system
 * keeps it.
 */
void name_cache_forget(const struct inode *dir, const char *name, u32 length)
{
	struct cached_name *n = name_cache_find(dir, name, length);

	name_changes++;
	if (n && !dir->i_sb->s_keeps_names)
		name_cache_drop(n);
}

/*
 * Forgets all names of an inode that is about to go from memory, and those in
 * it.
 */
void name_cache_forget_inode(struct inode *inode)
{
	struct list *names = &inode->i_names, *entries = &inode->i_entries;

	list_for_each_safe(node, names)
		name_cache_drop(
			list_entry(node, struct cached_name, inode_link));
	list_for_each_safe(node, entries)
		name_cache_drop(list_entry(node, struct cached_name, dir_link));
}

/*
 * Returns the entry of a name that an inode has where it was last found, or
 * NULL if none is known. A directory has no other.
 */
const struct cached_name *name_of(const struct inode *inode)
{
	list_for_each(node, &inode->i_names) {
		const struct cached_name *n =
			list_entry(node, struct cached_name, inode_link);

		if (n->dir->i_ino == inode->i_dir)
			return n;
	}
	return NULL;
}
