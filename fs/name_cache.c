/*
 * The name cache: inodes by directory and name, so that a path walked often
 * searches neither its directories nor the table of inodes. A table with one
 * place for each hash value; a new name takes the place of an old one. Only
 * names of inodes in memory are kept, without a reference. Whoever removes or
 * renames a name forgets it here.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>

#define CACHED_NAMES	512u
#define LENGTH_MAX	24u		/* longer names are not kept */

static struct cached_name {
	struct inode *inode;		/* NULL: the place is empty */
	struct list link;		/* all places of that inode */
	const struct super_block *sb;
	u32 dir;			/* the directory's number */
	u32 length;
	char name[LENGTH_MAX];
} cached_names[CACHED_NAMES];

u32 names_gone;

/* Returns the only place where a name in dir can be. */
static struct cached_name *name_place(const struct inode *dir, const char *name,
				      u32 length)
{
	u32 seed = dir->i_ino ^ (u32)dir->i_sb;

	return &cached_names[hash_name(seed, name, length) % CACHED_NAMES];
}

/* Returns true if a place holds this name in dir, or held it last. */
static bool holds_name(const struct cached_name *place, const struct inode *dir,
		       const char *name, u32 length)
{
	return place->length == length && place->dir == dir->i_ino &&
	       place->sb == dir->i_sb && memcmp(place->name, name, length) == 0;
}

static void clear_place(struct cached_name *place)
{
	if (place->inode)
		list_unlink(&place->link);
	place->inode = NULL;
}

/* Returns the inode of a name in dir, or NULL if it is not known here. */
struct inode *name_cache_find(const struct inode *dir, const char *name,
			      u32 length)
{
	struct cached_name *place;

	if (!dir->i_sb->s_cache_names)
		return NULL;
	place = name_place(dir, name, length);
	return holds_name(place, dir, name, length) ? place->inode : NULL;
}

/*
 * Keeps a name that was found or made in dir. "." and ".." are not kept: a
 * directory's parent changes.
 */
void name_cache_add(const struct inode *dir, const char *name, u32 length,
		    struct inode *inode)
{
	struct cached_name *place;

	if (!dir->i_sb->s_cache_names || length > LENGTH_MAX ||
	    is_dot_dotdot(name, length))
		return;
	place = name_place(dir, name, length);
	clear_place(place);
	place->inode = inode;
	place->sb = dir->i_sb;
	place->dir = dir->i_ino;
	place->length = length;
	memcpy(place->name, name, length);
	list_add(&place->link, &inode->i_names);
}

/*
 * Forgets a name that was removed or means another inode. Called after the
 * fact: a search that came between would have brought it back.
 */
void name_cache_forget(const struct inode *dir, const char *name, u32 length)
{
	struct cached_name *place = name_place(dir, name, length);

	names_gone++;
	if (holds_name(place, dir, name, length))
		clear_place(place);
}

/* Forgets all names of an inode that is about to go from memory. */
void name_cache_forget_inode(struct inode *inode)
{
	list_for_each_safe(node, &inode->i_names)
		clear_place(list_entry(node, struct cached_name, link));
}
