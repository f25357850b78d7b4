/*
 * Minix: the versions. Each has a super block, inodes and a row of the table at
 * the end.
 */
#include <cowix/kernel.h>
#include <cowix/minix_fs.h>
#include <asm/divide.h>

/* Versions 1 and 2. */
struct super12 {
	u16 inodes, zones1, inode_map_zones, zone_map_zones, first_data_zone,
		log_zone_size;
	u32 max_size;
	u16 magic, state;
	u32 zones2;
};

struct super3 {
	u32 inodes;
	u16 pad0, inode_map_zones, zone_map_zones, first_data_zone,
		log_zone_size, pad1;
	u32 max_size, zones;
	u16 magic, pad2, block_size;
	u8 disk_version;
};

struct inode1 {
	u16 mode, uid;
	u32 size, mtime;
	u8 gid, nlinks;
	u16 zone[9];
};

/* Versions 2 and 3. */
struct inode23 {
	u16 mode, nlinks, uid, gid;
	u32 size, atime, mtime, ctime;
	u32 zone[10];
};

_Static_assert(sizeof(struct inode1) == 32 && sizeof(struct inode23) == 64,
	       "inodes as they lie on the medium");

static void read_super1(struct minix_info *info, const void *super)
{
	const struct super12 *s = super;

	info->inodes = s->inodes;
	info->zones = s->zones1;
	info->inode_map_zones = s->inode_map_zones;
	info->zone_map_zones = s->zone_map_zones;
	info->first_data_zone = s->first_data_zone;
	info->log_zone_size = s->log_zone_size;
	info->zone_size = BLOCK_SIZE;
}

static void read_super2(struct minix_info *info, const void *super)
{
	read_super1(info, super);
	info->zones = ((const struct super12 *)super)->zones2;
}

static void read_super3(struct minix_info *info, const void *super)
{
	const struct super3 *s = super;

	info->inodes = s->inodes;
	info->zones = s->zones;
	info->inode_map_zones = s->inode_map_zones;
	info->zone_map_zones = s->zone_map_zones;
	info->first_data_zone = s->first_data_zone;
	info->log_zone_size = s->log_zone_size;
	info->zone_size = s->block_size;
}

/* Returns the seconds of a time, which for an inode of Minix are all of it. */
static u32 whole_seconds(s64 time)
{
	u32 nanoseconds;

	return divide(time, NSEC_A_SECOND, &nanoseconds);
}

static void read_inode1(struct inode *inode, const void *slot)
{
	const struct inode1 *d = slot;

	inode->i_mode = d->mode;
	inode->i_uid = d->uid;
	inode->i_gid = d->gid;
	inode->i_nlink = d->nlinks;
	inode->i_size = d->size;
	inode->i_atime = inode->i_mtime = inode->i_ctime =
		from_seconds(d->mtime);
	for (u32 i = 0; i < ARRAY_SIZE(d->zone); i++)
		inode->i_zone[i] = d->zone[i];
}

static void write_inode1(const struct inode *inode, void *slot)
{
	struct inode1 *d = slot;

	d->mode = inode->i_mode;
	d->uid = low_id(inode->i_uid, U16_MAX);
	d->gid = low_id(inode->i_gid, U8_MAX);
	d->nlinks = inode->i_nlink;
	d->size = inode->i_size;
	d->mtime = whole_seconds(inode->i_mtime);
	for (u32 i = 0; i < ARRAY_SIZE(d->zone); i++)
		d->zone[i] = inode->i_zone[i];
}

static void read_inode23(struct inode *inode, const void *slot)
{
	const struct inode23 *d = slot;

	inode->i_mode = d->mode;
	inode->i_uid = d->uid;
	inode->i_gid = d->gid;
	inode->i_nlink = d->nlinks;
	inode->i_size = d->size;
	inode->i_atime = from_seconds(d->atime);
	inode->i_mtime = from_seconds(d->mtime);
	inode->i_ctime = from_seconds(d->ctime);
	memcpy(inode->i_zone, d->zone, sizeof(d->zone));
}

static void write_inode23(const struct inode *inode, void *slot)
{
	struct inode23 *d = slot;

	d->mode = inode->i_mode;
	d->uid = low_id(inode->i_uid, U16_MAX);
	d->gid = low_id(inode->i_gid, U16_MAX);
	d->nlinks = inode->i_nlink;
	d->size = inode->i_size;
	d->atime = whole_seconds(inode->i_atime);
	d->mtime = whole_seconds(inode->i_mtime);
	d->ctime = whole_seconds(inode->i_ctime);
	memcpy(d->zone, inode->i_zone, sizeof(d->zone));
}

#define MAGIC12	offsetof(struct super12, magic)
#define MAGIC3	offsetof(struct super3, magic)
#define INODE1	sizeof(struct inode1)
#define INODE23	sizeof(struct inode23)

/*
 * Magic number and its place; sizes of a name and of the number before it, of
 * an inode and of a pointer; levels of pointers; links; functions.
 */
static const struct minix_format formats[] = {
	/* version 1 */
	{ 0x137F, MAGIC12, 14, 2, INODE1, 2, 2, 250,
	  read_super1, read_inode1, write_inode1 },
	{ 0x138F, MAGIC12, 30, 2, INODE1, 2, 2, 250,
	  read_super1, read_inode1, write_inode1 },
	/* version 2 */
	{ 0x2468, MAGIC12, 14, 2, INODE23, 4, 3, 65530,
	  read_super2, read_inode23, write_inode23 },
	{ 0x2478, MAGIC12, 30, 2, INODE23, 4, 3, 65530,
	  read_super2, read_inode23, write_inode23 },
	/* version 3 */
	{ 0x4D5A, MAGIC3, 60, 4, INODE23, 4, 3, 65530,
	  read_super3, read_inode23, write_inode23 },
};

/* Returns the format that a super block's magic number means, or NULL. */
const struct minix_format *minix_identify(const void *super)
{
	for (u32 i = 0; i < ARRAY_SIZE(formats); i++) {
		const void *magic = (const u8 *)super + formats[i].magic_offset;

		if (*(const u16 *)magic == formats[i].magic)
			return &formats[i];
	}
	return NULL;
}
