/*
 * The name cache: which inode number a name in a directory has, so that a path
 * walked often does not search its directories each time. A table with one
 * place a hash value; a new name takes the place of an old one. Only names that
 * exist are kept. Who removes or renames a name forgets it here.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>

#define ENTRIES		512u
#define HASH_SHIFT	23		/* the hash's upper bits: an index */
/* 2^32 divided by the golden ratio (Knuth, volume 3, 6.4) */
#define HASH_MULTIPLIER	0x9E3779B1u
#define NAME_CACHED	24u		/* longer names are not kept */

static struct entry {
	const struct super_block *sb;	/* NULL: empty */
	u32 dir, ino;
	u32 length;
	char name[NAME_CACHED];
} entries[ENTRIES];

u32 names_gone;

/* Four characters at once, at any address. */
static inline u32 word_at(const char *p)
{
	u32 word;

	__builtin_memcpy(&word, p, sizeof(word));
	return word;
}

/*
 * Names of four characters and more are taken a word at a time; the last word
 * may overlap the one before.
 */
static inline struct entry *entry_of(const struct inode *dir, const char *name,
				     u32 length)
{
	u32 hash = dir->i_ino + ((u32)dir->i_sb >> 6);

	if (length < 4) {
		hash += name[0] | name[length / 2] << 8 |
			name[length - 1] << 16;
	} else {
		for (u32 i = 0; i + 4 < length; i += 4)
			hash = (hash ^ word_at(name + i)) * HASH_MULTIPLIER;
		hash ^= word_at(name + length - 4);
	}
	return &entries[hash * HASH_MULTIPLIER >> HASH_SHIFT];
}

static inline bool same_name(const char *a, const char *b, u32 length)
{
	if (length < 4)
		return a[0] == b[0] && a[length / 2] == b[length / 2] &&
		       a[length - 1] == b[length - 1];
	for (u32 i = 0; i + 4 < length; i += 4)
		if (word_at(a + i) != word_at(b + i))
			return false;
	return word_at(a + length - 4) == word_at(b + length - 4);
}

/*
 * The entry that has a name in dir, or NULL: none has a name that is too long.
 */
static struct entry *find(const struct inode *dir, const char *name, u32 length)
{
	struct entry *e = entry_of(dir, name, length);

	return e->length == length && e->dir == dir->i_ino &&
			       e->sb == dir->i_sb &&
			       same_name(e->name, name, length)
		       ? e
		       : NULL;
}

/* The inode number of a name in dir; 0: not known here. */
u32 name_cache_find(const struct inode *dir, const char *name, u32 length)
{
	const struct entry *e = find(dir, name, length);

	return e ? e->ino : 0;
}

/*
 * The directory was searched and has the name. "." and ".." are not names to
 * keep: a directory's parent changes.
 */
void name_cache_add(const struct inode *dir, const char *name, u32 length,
		    u32 ino)
{
	struct entry *e = entry_of(dir, name, length);

	if (length > NAME_CACHED || is_dot_dotdot(name, length))
		return;
	*e = (struct entry){
		.sb = dir->i_sb, .dir = dir->i_ino, .ino = ino, .length = length
	};
	memcpy(e->name, name, length);
}

/*
 * The name was removed or means another inode. Called after the fact: a search
 * that came between would have brought it back.
 */
void name_cache_forget(const struct inode *dir, const char *name, u32 length)
{
	struct entry *e = find(dir, name, length);

	names_gone++;
	if (e)
		e->sb = NULL;
}

/* A file system is unmounted. */
void name_cache_forget_all(const struct super_block *sb)
{
	for (u32 i = 0; i < ENTRIES; i++)
		if (entries[i].sb == sb)
			entries[i].sb = NULL;
}
