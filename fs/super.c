/* Mounted file systems, the root, and writing everything out. */
#include <cowix/kernel.h>
#include <cowix/boot_params.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/audit.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mount.h>
#include "proc.h"

#define RAMDISK_MIN_RAM	(8u << 20)	/* with less, the root stays on the floppy */
#define FIRST_HARD_DISK	0x80		/* BIOS drive number */

#define FD0	MKDEV(FLOPPY_MAJOR, 0)
#define RAM0	MKDEV(RAM_MAJOR, 0)
#define HDA	MKDEV(IDE_MAJOR, 0)
#define HDA1	MKDEV(IDE_MAJOR, 1)
#define HD_LETTERS	4
#define HD_MINORS	64		/* a disk */

LIST_HEAD(mounts);

static int drop_clean(int wanted)
{
	int dropped = shrink_page_cache(wanted);

	if (dropped < wanted)
		dropped += shrink_buffers(wanted - dropped);
	return dropped;
}

/*
 * Called by reclaim when there is no frame: caches give up what is clean, and if nothing is, what is dirty is written first, unless programs map all
 * of it and it would not go. Writing may itself want a frame; it then gets what clean frames there are, or fails and leaves its page dirty. At last,
 * what is busy is waited for. How many things were dropped.
 */
static int reclaim(int wanted)
{
	static bool writing;
	int dropped = drop_clean(wanted);

	if (!dropped && !writing && (writing_frees_pages() || buffers_dirty())) {
		writing = true;
		write_caches(NULL);
		writing = false;
		dropped = drop_clean(wanted);
	}
	while (!dropped && wait_cached_page())
		dropped = drop_clean(wanted);
	return dropped;
}

/* Called once by start_kernel. */
void fs_init(void)
{
	buffer_init();
	page_cache_init();
	inode_init();
	register_owner(recount_pages);
	register_owner(recount_pipes);
	register_owner(recount_media);
	register_owner(recount_minix);
	set_reclaim(reclaim);
	if (tmpfs_init() < 0)
		panic("fs_init: no memory");
}

struct super_block *find_mount(kdev_t dev)
{
	list_for_each(node, &mounts)
		if (list_entry(node, struct super_block, link)->s_dev == dev)
			return list_entry(node, struct super_block, link);
	return NULL;
}

/* A number for a file system without a device: major 0 and the lowest minor that is free. 0: none. */
static kdev_t anonymous_device(void)
{
	for (u32 minor = 1; minor < 256; minor++)
		if (!find_mount(MKDEV(0, minor)))
			return MKDEV(0, minor);
	return 0;
}

/* The device number to mount: the device's, opened, or an anonymous one. */
static int get_device(const struct file_system_type *type, kdev_t *dev)
{
	int error;

	if (!type->needs_device) {
		*dev = anonymous_device();
		return *dev ? 0 : -EMFILE;
	}
	error = open_device(*dev);
	return error ? error : find_mount(*dev) || find_swap(*dev) >= 0 ? -EBUSY : 0;
}

/* Sets a file system's own options, of which most types have none. */
int set_options(struct super_block *sb, char *options, bool remount)
{
	if (sb->s_op->set_options)
		return sb->s_op->set_options(sb, options, remount);
	return options ? -EINVAL : 0;
}

/* Forgets a file system that is not in the tree and not in use. */
void free_super(struct super_block *sb)
{
	iput(sb->s_root);
	drop_inodes(sb);
	sb->s_op->put_super(sb);
	invalidate_buffers(sb->s_dev);
	name_cache_forget_all(sb);
	kfree(sb->s_device);
	kfree(sb->s_dir);
	kfree(sb);
}

static struct super_block *new_super(const struct file_system_type *type, kdev_t dev)
{
	struct super_block *sb = kzalloc(sizeof(*sb));

	if (!sb)
		return NULL;
	sb->s_type = type;
	sb->s_dev = dev;
	sb->s_synced = 1;
	sb->s_time_min = S64_MIN;
	sb->s_time_max = S64_MAX;
	sb->s_read_ahead = type->needs_device && !blkdev_direct(dev, 0);
	return sb;
}

/* Read the file system of a device, with its options or NULL. NULL with *error. */
struct super_block *get_super(const struct file_system_type *type, kdev_t dev, char *options, int *error)
{
	struct super_block *sb;

	*error = get_device(type, &dev);
	if (*error)
		return NULL;
	sb = new_super(type, dev);
	*error = sb ? type->read_super(sb) : -ENOMEM;
	if (*error) {
		invalidate_buffers(dev);
		kfree(sb);
		return NULL;
	}
	*error = set_options(sb, options, false);
	if (*error) {
		free_super(sb);
		return NULL;
	}
	list_add_tail(&sb->link, &mounts);
	return sb;
}

/* hda, hda1 and so on, up to hdd63. 0: not such a name. */
static kdev_t parse_disk(const char *name)
{
	u32 disk = (u8)name[2] - 'a', partition;
	const char *end;

	if (strncmp(name, "hd", 2) != 0 || disk >= HD_LETTERS)
		return 0;
	partition = simple_strtoul(name + 3, &end, 10);
	return *end || partition >= HD_MINORS ? 0 : MKDEV(disk < 2 ? IDE_MAJOR : IDE2_MAJOR, disk % 2 * HD_MINORS + partition);
}

/* The device that root= names: fd0, ram0, hda, hda1, with or without /dev/, or a hexadecimal number. 0: none of these. */
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

/* The boot floppy goes into the ramdisk if there is room for it; without room, or if it cannot be read whole, it is used as it is. */
static kdev_t floppy_root(void)
{
	if (nr_frames << PAGE_SHIFT < RAMDISK_MIN_RAM || ramdisk_load(FD0) < 0)
		return FD0;
	return RAM0;
}

static kdev_t root_device(void)
{
	const struct boot_params *bp = __va(BOOT_PARAMS);
	const char *name = param_get("root");
	kdev_t dev;

	if (!name)
		return bp->boot_drive < FIRST_HARD_DISK ? floppy_root() : blkdev_sectors(HDA1) ? HDA1 : HDA;
	dev = parse_device(name);
	if (!dev)
		printk("root=%s: unknown device\n", name);
	if (dev == RAM0 && ramdisk_load(FD0) < 0)
		return 0;
	return dev;
}

static void device_path(kdev_t dev, char *path, size_t size)
{
	u32 disk = (MAJOR(dev) == IDE2_MAJOR) * 2 + MINOR(dev) / HD_MINORS, partition = MINOR(dev) % HD_MINORS;

	if (MAJOR(dev) == RAM_MAJOR || MAJOR(dev) == FLOPPY_MAJOR)
		snprintf(path, size, "/dev/%s%u", MAJOR(dev) == RAM_MAJOR ? "ram" : "fd", MINOR(dev));
	else if (partition)
		snprintf(path, size, "/dev/hd%c%u", 'a' + disk, partition);
	else
		snprintf(path, size, "/dev/hd%c", 'a' + disk);
}

static char root_device_name[16], root_dir[] = "/";

/* Mount the root and give it to process 1, its caller. 0 or -errno. */
int mount_root(void)
{
	kdev_t dev = root_device();
	struct super_block *sb;
	int error;

	sb = get_super(find_file_system("minix"), dev, NULL, &error);
	if (!sb)
		return error;
	device_path(dev, root_device_name, sizeof(root_device_name));
	sb->s_device = root_device_name;
	sb->s_dir = root_dir;		/* neither is freed: it stays */
	current->fs->root = igrab(sb->s_root);
	current->fs->cwd = igrab(sb->s_root);
	printk("root: %s\n", sb->s_device);
	return 0;
}

/* All that was done up to sync_clock's value `when` is on the media. */
void mounts_synced(u32 when)
{
	list_for_each(node, &mounts) {
		struct super_block *sb =
			list_entry(node, struct super_block, link);

		sb->s_synced = max_u32(sb->s_synced, when);
	}
}

#define ALL	0x7FFFFFFF

/* For exact counts: write the caches, then drop all that can be had again. What a device itself puts off is no page of theirs. */
void fs_drop_caches(void)
{
	write_caches(NULL);
	do
		shrink_page_cache(ALL);
	while (shrink_inodes() > 0);
	shrink_buffers(ALL);
}

void fs_audit_counts(struct audit_report *report)
{
	report->frames_cache = nr_cached_pages;
	report->inodes_used = nr_inodes;
	report->files_used = nr_files;
	report->buffers_used = nr_buffers;
}
