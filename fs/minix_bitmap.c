/* Minix: free inodes and zones, one bit each; a set bit is in use. */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <asm/system.h>

#define BITS_A_WORD	32u

/* The first clear bit at or after start and below bits; 0 when there is none (bit 0 is never free). */
static u32 find_clear(struct buffer_head *const *map, u32 start, u32 bits)
{
	for (u32 bit = start; bit < bits; bit = (bit / BITS_A_WORD + 1) * BITS_A_WORD) {
		const u32 *words = (const u32 *)map[bit / MINIX_BITS_A_BLOCK]->data;
		u32 clear = ~words[bit % MINIX_BITS_A_BLOCK / BITS_A_WORD] & ~0u << bit % BITS_A_WORD;

		if (clear) {
			bit = bit / BITS_A_WORD * BITS_A_WORD + bit_scan_forward(clear);
			return bit < bits ? bit : 0;
		}
	}
	return 0;
}

static u32 *word_of(struct buffer_head *const *map, u32 bit)
{
	return &((u32 *)map[bit / MINIX_BITS_A_BLOCK]->data)[bit % MINIX_BITS_A_BLOCK / BITS_A_WORD];
}

/* Find a clear bit, from *hint on and then from the start, and set it. 0: none. */
static u32 take_bit(struct buffer_head *const *map, u32 *hint, u32 bits)
{
	u32 bit = find_clear(map, max_u32(*hint, 1), bits);

	if (!bit)
		bit = find_clear(map, 1, bits);
	if (!bit)
		return 0;
	*word_of(map, bit) |= 1u << bit % BITS_A_WORD;
	mark_buffer_dirty(map[bit / MINIX_BITS_A_BLOCK]);
	*hint = bit;
	return bit;
}

/* Clear a bit; a bit that is clear already means a damaged file system, which is said and survived. */
static void give_bit(struct super_block *sb, struct buffer_head *const *map, u32 *hint, u32 bit, const char *what)
{
	u32 *word = word_of(map, bit), mask = 1u << bit % BITS_A_WORD;

	if (!(*word & mask)) {
		printk("minix: device %x: %s %u was free already\n", sb->s_dev, what, bit);
		return;
	}
	*word &= ~mask;
	mark_buffer_dirty(map[bit / MINIX_BITS_A_BLOCK]);
	*hint = min_u32(*hint, bit);
}

u32 minix_count_free(struct buffer_head *const *map, u32 bits)
{
	u32 free = 0;

	for (u32 bit = find_clear(map, 1, bits); bit; bit = find_clear(map, bit + 1, bits))
		free++;
	return free;
}

bool minix_valid_zone(const struct super_block *sb, u32 zone)
{
	const struct minix_super *s = &minix_info(sb)->super;

	return zone >= s->first_data_zone && zone < s->zones;
}

u32 minix_new_zone(struct super_block *sb)
{
	struct minix_info *info = minix_info(sb);
	const struct minix_super *s = &info->super;
	u32 bit = take_bit(info->zone_map, &info->zone_hint, s->zones - s->first_data_zone + 1u);

	return bit ? bit + s->first_data_zone - 1 : 0;
}

void minix_free_zone(struct super_block *sb, u32 zone)
{
	struct minix_info *info = minix_info(sb);

	give_bit(sb, info->zone_map, &info->zone_hint, zone - info->super.first_data_zone + 1, "zone bit");
}

u32 minix_new_ino(struct super_block *sb)
{
	struct minix_info *info = minix_info(sb);

	return take_bit(info->inode_map, &info->inode_hint, info->super.inodes + 1u);
}

void minix_free_ino(struct super_block *sb, u32 ino)
{
	struct minix_info *info = minix_info(sb);

	give_bit(sb, info->inode_map, &info->inode_hint, ino, "inode");
}
