/* Hash tables: see cowix/hash.h. */
#include <cowix/hash.h>

/*
 * Gives a table at least the wanted number of buckets, two or more, all empty.
 * They lie in memory that alloc() returns, which must not fail.
 */
void hash_init(struct hash_table *table, u32 wanted, void *(*alloc)(u32 size))
{
	u32 buckets = 2;

	table->shift = 31;
	while (buckets < wanted) {
		buckets *= 2;
		table->shift--;
	}
	table->buckets = alloc(buckets * sizeof(struct list));
	for (u32 i = 0; i < buckets; i++)
		list_init(&table->buckets[i]);
}
