/* Hash tables: see cowix/hash.h. */
#include <cowix/hash.h>

/* Makes all buckets of a table empty. */
void hash_init(struct hash_table *table)
{
	u32 size = 1u << (32 - table->shift);

	for (u32 i = 0; i < size; i++)
		list_init(&table->buckets[i]);
}
