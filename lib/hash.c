/* Hash tables: see cowix/hash.h. */
#include <cowix/hash.h>
#include <cowix/mm.h>

/*
 * Gives a table at least the wanted number of buckets, two or more, all empty.
 * Called before frames_init(): large tables need memory that is still whole.
 */
void hash_init(struct hash_table *table, u32 wanted)
{
	u32 buckets = 2;

	table->shift = 31;
	while (buckets < wanted) {
		buckets *= 2;
		table->shift--;
	}
	table->buckets = boot_alloc(buckets * sizeof(struct list));
	for (u32 i = 0; i < buckets; i++)
		list_init(&table->buckets[i]);
}
