/* Hash tables: see cowix/hash.h. */
#include <cowix/hash.h>

/* Makes all buckets of a table empty. */
void hash_init(struct hash_table *table)
{
	for (u32 i = 0; i < 1u << table->bits; i++)
		list_init(&table->buckets[i]);
}
