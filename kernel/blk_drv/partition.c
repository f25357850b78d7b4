/*
 * Partition tables of the PC: four entries at the end of a disk's first sector.
 * One entry may be an extended partition: a chain of sectors with a table each.
 * A table's first entry is a logical partition, counted from the table's own
 * sector. Its second entry is the next link, counted from the chain's first
 * sector.
 */
#include <cowix/kernel.h>
#include <cowix/blkdev.h>
#include <cowix/mm.h>
#include "blk_internal.h"

#define ENTRIES		4
#define FIRST_LOGICAL	(ENTRIES + 1)
#define MAGIC		0xAA55
#define ACTIVE		0x80

struct entry {
	u8 flags, chs_first[3], type, chs_last[3];
	u32 first, sectors;
} __attribute__((packed));

struct table {
	u8 code[446];
	struct entry entry[ENTRIES];
	u16 magic;
} __attribute__((packed));

_Static_assert(sizeof(struct table) == SECTOR_SIZE,
	       "a partition table fills a sector");

/*
 * Reads a table. Returns false if the sector holds none. A file system's boot
 * sector has the same magic, but code in the place of the entries.
 */
static bool read_table(kdev_t disk, u32 sector, struct table *t)
{
	if (block_rw(disk, READ, sector, 1, t) < 0 || t->magic != MAGIC)
		return false;
	for (u32 i = 0; i < ENTRIES; i++)
		if (t->entry[i].flags & ~ACTIVE)
			return false;
	return true;
}

static bool is_extended(const struct entry *e)
{
	return e->type == 0x05 || e->type == 0x0F || e->type == 0x85;
}

/*
 * Notes a partition whose sectors count from base. Returns false if the entry
 * is unused or does not lie on the disk.
 */
static bool add_partition(struct partition *p, const struct entry *e, u32 base,
			  u32 disk_sectors)
{
	u32 first = base + e->first;

	if (!e->type || is_extended(e) || !e->sectors)
		return false;
	if (first <= base || first >= disk_sectors ||
	    e->sectors > disk_sectors - first)
		return false;
	p->first = first;
	p->sectors = e->sectors;
	return true;
}

/* Follows the chain of an extended partition, but not forever in a circle. */
static void read_logical(kdev_t disk, u32 extended, struct partition *parts,
			 struct table *t)
{
	u32 next = extended, n = FIRST_LOGICAL;

	for (u32 links = 0; links < PARTITIONS && n < PARTITIONS; links++) {
		if (!read_table(disk, next, t))
			break;
		if (add_partition(&parts[n], &t->entry[0], next,
				  parts[0].sectors))
			n++;
		if (!is_extended(&t->entry[1]))
			break;
		next = extended + t->entry[1].first;
	}
}

/* Notes the partitions of a disk's first table, then its logical ones. */
static void read_primary(kdev_t disk, struct partition *parts, struct table *t)
{
	u32 extended = 0;

	for (u32 i = 0; i < ENTRIES; i++) {
		const struct entry *e = &t->entry[i];

		if (is_extended(e))
			extended = e->first;
		else
			add_partition(&parts[1 + i], e, 0, parts[0].sectors);
	}
	if (extended)
		read_logical(disk, extended, parts, t);
}

/*
 * Fills in parts[1] and following of a disk. parts[0], the disk itself, is
 * filled in already. Called when the driver is ready for requests. Sleeps.
 */
void read_partitions(kdev_t disk, struct partition *parts)
{
	struct table *t = kmalloc(sizeof(*t));

	if (t && read_table(disk, 0, t))
		read_primary(disk, parts, t);
	kfree(t);
}
