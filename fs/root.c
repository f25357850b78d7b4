/* The root file system: which device it is on, and how it comes into memory. */
#include <cowix/kernel.h>
#include <cowix/boot_params.h>
#include <cowix/fs.h>
#include <cowix/params.h>
#include <cowix/sched.h>
#include <abi/errno.h>

#define RAMDISK_MIN_RAM	(8u << 20) /* with less, the root stays on the floppy */
#define FIRST_HARD_DISK	0x80		/* BIOS drive number */

#define FD0	MKDEV(FLOPPY_MAJOR, 0)
#define RAM0	MKDEV(RAM_MAJOR, 0)
#define HDA	MKDEV(IDE_MAJOR, 0)
#define HDA1	MKDEV(IDE_MAJOR, 1)
#define HD_LETTERS	4
#define HD_MINORS	64		/* a disk */

/* Returns the device for hda, hda1 and so on up to hdd63, else 0. */
static kdev_t parse_disk(const char *name)
{
	u32 disk = (u8)name[2] - 'a', major, partition;
	const char *end;

	if (strncmp(name, "hd", 2) != 0 || disk >= HD_LETTERS)
		return 0;
	partition = simple_strtoul(name + 3, &end, 10);
	if (*end || partition >= HD_MINORS)
		return 0;
	major = disk < 2 ? IDE_MAJOR : IDE2_MAJOR;
	return MKDEV(major, disk % 2 * HD_MINORS + partition);
}

/*
 * Returns the device that root= names, or 0. The name is fd0, ram0, hda, hda1
 * and so on, with or without /dev/, or a hexadecimal number.
 */
static kdev_t parse_device(const char *name)
{
	const char *end;
	u32 number;

	if (strncmp(name, "/dev/", 5) == 0)
		name += 5;
	if (strcmp(name, "fd0") == 0)
		return FD0;
	if (strcmp(name, "ram0") == 0)
		return RAM0;
	if (parse_disk(name))
		return parse_disk(name);
	number = simple_strtoul(name, &end, 16);
	return *end ? 0 : number;
}

/*
 * Copies the boot floppy into the ramdisk and returns the ramdisk. Returns the
 * floppy itself if there is no room or it cannot be read whole.
 */
static kdev_t floppy_root(void)
{
	if (nr_frames << PAGE_SHIFT < RAMDISK_MIN_RAM || ramdisk_load(FD0) < 0)
		return FD0;
	return RAM0;
}

/* Returns the IDE disk whose image is in the ramdisk, or 0. */
static kdev_t copied_disk(void)
{
	static const kdev_t disks[] = {
		HDA, MKDEV(IDE_MAJOR, HD_MINORS),
		MKDEV(IDE2_MAJOR, 0), MKDEV(IDE2_MAJOR, HD_MINORS),
	};

	for (u32 i = 0; i < ARRAY_SIZE(disks); i++)
		if (ramdisk_is_copy_of(disks[i]))
			return disks[i];
	return 0;
}

/*
 * Returns the ramdisk that came by the BIOS or the boot loader. It is written
 * back if it came from the floppy.
 */
static kdev_t loaded_ramdisk(void)
{
	const struct boot_params *bp = __va(BOOT_PARAMS);

	printk("ramdisk: %u KB loaded\n", blkdev_blocks(RAM0));
	if (bp->boot_drive < FIRST_HARD_DISK && ramdisk_is_copy_of(FD0))
		ramdisk_set_origin(FD0);
	else
		printk("ramdisk: not from a floppy here, changes are not "
		       "kept\n");
	return RAM0;
}

/*
 * Returns the root for a loaded ramdisk. If it came from an IDE disk, that disk
 * is the root and the ramdisk is not needed.
 */
static kdev_t loaded_root(const struct boot_params *bp)
{
	kdev_t disk = 0;

	if (bp->boot_drive >= FIRST_HARD_DISK && bp->boot_drive != BOOT_LOADER)
		disk = copied_disk();
	if (!disk)
		return loaded_ramdisk();
	ramdisk_release();
	return disk;
}

/* Returns the root without root=. */
static kdev_t default_root(void)
{
	const struct boot_params *bp = __va(BOOT_PARAMS);

	if (blkdev_sectors(RAM0))
		return loaded_root(bp);
	if (bp->boot_drive < FIRST_HARD_DISK)
		return floppy_root();
	return blkdev_sectors(HDA1) ? HDA1 : HDA;
}

/* Returns the root that root= names, or 0. */
static kdev_t named_root(const char *name)
{
	kdev_t dev = parse_device(name);

	if (!dev)
		printk("root=%s: unknown device\n", name);
	if (dev == RAM0 && blkdev_sectors(RAM0))
		return loaded_ramdisk();
	ramdisk_release();
	if (dev == RAM0 && ramdisk_load(FD0) < 0)
		return 0;
	return dev;
}

static kdev_t root_device(void)
{
	const char *name = param_get("root");

	return name ? named_root(name) : default_root();
}

static void device_path(kdev_t dev, char *path, size_t size)
{
	u32 disk = MINOR(dev) / HD_MINORS, partition = MINOR(dev) % HD_MINORS;

	if (MAJOR(dev) == IDE2_MAJOR)
		disk += 2;
	if (MAJOR(dev) == RAM_MAJOR)
		snprintf(path, size, "/dev/ram%u", MINOR(dev));
	else if (MAJOR(dev) == FLOPPY_MAJOR)
		snprintf(path, size, "/dev/fd%u", MINOR(dev));
	else if (partition)
		snprintf(path, size, "/dev/hd%c%u", 'a' + disk, partition);
	else
		snprintf(path, size, "/dev/hd%c", 'a' + disk);
}

static char root_device_name[16], root_dir[] = "/";

/* Tells why a disk that the BIOS could boot from may be missing now. */
static void explain_missing(kdev_t dev)
{
	char path[16];

	if (MAJOR(dev) != IDE_MAJOR && MAJOR(dev) != IDE2_MAJOR)
		return;
	if (blkdev_sectors(dev))
		return;
	device_path(dev, path, sizeof(path));
	printk("root: %s is not there: only IDE disks and floppies have drivers"
	       "\n", path);
}

/* Mounts the root for process 1, the caller. Returns 0 or an error. */
int mount_root(void)
{
	kdev_t dev = root_device();
	struct super_block *sb;
	int error;

	sb = get_super(find_file_system("minix"), dev, NULL, &error);
	if (!sb) {
		explain_missing(dev);
		return error;
	}
	device_path(dev, root_device_name, sizeof(root_device_name));
	sb->s_device = root_device_name;
	sb->s_dir = root_dir;	/* never freed: the root stays mounted */
	current->fs->root = igrab(sb->s_root);
	current->fs->cwd = igrab(sb->s_root);
	printk("root: %s\n", sb->s_device);
	return 0;
}
