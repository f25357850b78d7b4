/*
 * Hash tables: an array of lists, whose links lie inside what is listed. The
 * user of a table chooses two words as a key, walks the list of that key's
 * bucket and compares:
 *
 *	list_for_each(node, hash_bucket(&table, dev, block))
 */
#ifndef COWIX_HASH_H
#define COWIX_HASH_H

#include <cowix/list.h>

/* 2^32 divided by the golden ratio (Knuth, volume 3, 6.4) */
#define HASH_MULTIPLIER	0x9E3779B1u
#define FNV_PRIME	16777619u

struct hash_table {
	u32 shift;		/* it has 2^(32 - shift) buckets */
	struct list *buckets;
};

/* lib/hash.c */
void hash_init(struct hash_table *table, u32 wanted);

/*
 * Returns the bucket of a key. Multiplicative hashing: the upper bits of the
 * product depend on all bits of the sum. The first word is multiplied once
 * more: else (inode, page) and its neighbour (inode + 1, page - 1) would meet.
 */
static inline struct list *hash_bucket(const struct hash_table *table, u32 a,
				       u32 b)
{
	u32 key = (a * HASH_MULTIPLIER + b) * HASH_MULTIPLIER;

	return &table->buckets[key >> table->shift];
}

/*
 * Returns the hash of a name, a byte at a time: FNV-1a (Fowler, Noll and Vo).
 * The seed takes the place of their offset basis.
 */
static inline u32 hash_name(u32 seed, const char *name, u32 length)
{
	u32 hash = seed;

	for (u32 i = 0; i < length; i++)
		hash = (hash ^ (u8)name[i]) * FNV_PRIME;
	return hash;
}

#endif
