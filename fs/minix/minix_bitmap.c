/* Minix: the bitmaps of inodes and zones. A set bit is in use. */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <asm/system.h>

#define BITS_A_WORD	32u

static struct buffer_head *map_block(const struct minix_map *map, u32 bit)
{
	return map->blocks[bit / MINIX_BITS_A_BLOCK];
}

static u32 *word_in(const struct buffer_head *bh, u32 bit)
{
	return (u32 *)bh->data + bit % MINIX_BITS_A_BLOCK / BITS_A_WORD;
}

static u32 *word_of(const struct minix_map *map, u32 bit)
{
	return word_in(map_block(map, bit), bit);
}

/* Returns the first clear bit from start on, or 0: bit 0 is never free. */
static u32 find_clear(const struct minix_map *map, u32 start)
{
	u32 mask = ~0u << start % BITS_A_WORD;	/* the first word's bits */

	for (u32 word = start / BITS_A_WORD * BITS_A_WORD; word < map->bits;
	     word += BITS_A_WORD) {
		u32 clear = ~*word_of(map, word) & mask;

		if (clear) {
			u32 bit = word + bit_scan_forward(clear);

			return bit < map->bits ? bit : 0;
		}
		mask = ~0u;
	}
	return 0;
}

static bool is_set(const struct minix_map *map, u32 bit)
{
	return *word_of(map, bit) >> bit % BITS_A_WORD & 1;
}

/* Returns the first clear bit behind the last one taken, or 0. */
static u32 next_bit(const struct minix_map *map)
{
	if (map->hint < map->bits && !is_set(map, map->hint))
		return map->hint;
	return find_clear(map, map->hint);
}

/*
 * Returns what next_bit() does, when it may be taken. If that bit was freed,
 * but on the medium still belongs to another file, a power cut could give both
 * files the zone. Then this makes all that was freed durable. That happens once
 * in a walk through the map, or when the hint reaches a bit that was freed
 * ahead of it.
 */
static u32 next_safe_bit(struct super_block *sb, struct minix_map *map)
{
	int error = 0;

	for (;;) {
		u32 bit = next_bit(map), when = map->freed_when;

		/* bits below freed were clear at the last sync, too */
		if ((bit && bit < map->freed) || error < 0)
			return bit;
		map->freed = map->bits;
		if (is_durable(sb, when))
			return bit;
		error = make_durable(sb, when);
	}
}

/*
 * Finds a clear bit and sets it. Tries the bit behind the last one taken, then
 * all from there on, then from the start. Returns 0 if there is none.
 */
static u32 take_bit(struct super_block *sb, struct minix_map *map)
{
	u32 bit = next_safe_bit(sb, map);
	struct buffer_head *bh;

	if (!bit)
		bit = find_clear(map, 1);
	if (!bit)
		return 0;
	bh = map_block(map, bit);
	*word_in(bh, bit) |= 1u << bit % BITS_A_WORD;
	mark_buffer_dirty(bh);
	map->hint = bit + 1;
	return bit;
}

/*
 * Clears a bit. The hint stays: the bit is taken again only when all behind the
 * hint are in use. By then the medium most likely knows that it was freed.
 */
static void give_bit(struct minix_map *map, u32 bit)
{
	struct buffer_head *bh = map_block(map, bit);

	*word_in(bh, bit) &= ~(1u << bit % BITS_A_WORD);
	mark_buffer_dirty(bh);
	if (bit >= map->hint)
		map->freed = min_u32(map->freed, bit);
	map->freed_when = sync_clock;
}

/* Begins to write what has changed in both bitmaps. */
void minix_begin_maps(struct super_block *sb, struct write_batch *batch)
{
	struct buffer_head **blocks = minix_info(sb)->inode_map.blocks;

	for (u32 i = 0; i < MINIX_MAPS && blocks[i]; i++)
		if (blocks[i]->dirty)
			batch_buffer(batch, blocks[i]);
}

/* Returns how many bits are clear. Bit 0 does not count, even if damaged. */
u32 minix_count_free(const struct minix_map *map)
{
	u32 free = 0;

	for (u32 bit = 0; bit < map->bits; bit += BITS_A_WORD) {
		u32 clear = ~*word_of(map, bit);

		if (map->bits - bit < BITS_A_WORD)
			clear &= (1u << (map->bits - bit)) - 1;
		if (bit == 0)
			clear &= ~1u;
		for (; clear; clear &= clear - 1)
			free++;
	}
	return free;
}

bool minix_valid_zone(const struct super_block *sb, u32 zone)
{
	const struct minix_info *info = minix_info(sb);

	return zone >= info->first_data_zone && zone < info->zones;
}

static u32 zone_bit(const struct minix_info *info, u32 zone)
{
	return zone - info->first_data_zone + 1;
}

bool minix_zone_in_use(const struct super_block *sb, u32 zone)
{
	const struct minix_info *info = minix_info(sb);

	return minix_valid_zone(sb, zone) &&
	       is_set(&info->zone_map, zone_bit(info, zone));
}

/* Returns a zone, marked as used, or 0 if the disk is full. */
u32 minix_new_zone(struct super_block *sb)
{
	struct minix_info *info = minix_info(sb);
	u32 bit = take_bit(sb, &info->zone_map);

	return bit ? bit + info->first_data_zone - 1 : 0;
}

/*
 * Frees a zone. First forgets its buffers: the next owner's data may bypass the
 * buffer cache, and an old buffer must not be written over it.
 */
void minix_free_zone(struct super_block *sb, u32 zone)
{
	struct minix_info *info = minix_info(sb);

	for (u32 i = 0; i < 1u << info->zone_shift; i++)
		forget_buffer(sb->s_dev, (zone << info->zone_shift) + i);
	give_bit(&info->zone_map, zone_bit(info, zone));
}

/*
 * Returns an inode number, marked as used, or 0 if there is none. Skips numbers
 * that a damaged map has as free although the inode is in memory.
 */
u32 minix_new_ino(struct super_block *sb)
{
	struct minix_map *map = &minix_info(sb)->inode_map;
	u32 ino = take_bit(sb, map);

	while (ino && inode_in_memory(sb, ino)) {
		minix_damage(sb, "the bitmap has as free the used inode", ino);
		ino = take_bit(sb, map);
	}
	return ino;
}

void minix_free_ino(struct super_block *sb, u32 ino)
{
	give_bit(&minix_info(sb)->inode_map, ino);
}
