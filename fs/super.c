/* Super blocks: read when a file system is mounted, forgotten afterwards. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/errno.h>

#define MINORS	255u		/* of major 0, from 1 on */

/*
 * Returns a device number for a file system without a device: major 0 and the
 * next free minor. 0 if all are taken.
 */
static kdev_t anonymous_device(void)
{
	static u32 last;

	for (u32 tries = 0; tries < MINORS; tries++) {
		last = last % MINORS + 1;
		if (!find_mount(MKDEV(0, last)))
			return MKDEV(0, last);
	}
	return 0;
}

/* Opens the device to be mounted, or chooses an anonymous number. */
static int get_device(const struct file_system_type *type, kdev_t *dev)
{
	int error;

	if (!type->needs_device) {
		*dev = anonymous_device();
		return *dev ? 0 : -EMFILE;
	}
	error = open_device(*dev);
	if (error)
		return error;
	return find_mount(*dev) ? -EBUSY : 0;
}

/* Sets the options of a file system, of which most types have none. */
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
	if (sb->s_op->put_super)
		sb->s_op->put_super(sb);
	if (sb->s_type->needs_device)
		invalidate_buffers(sb->s_dev);
	kfree(sb->s_device);
	kfree(sb->s_dir);
	kfree(sb);
}

static struct super_block *new_super(const struct file_system_type *type,
				     kdev_t dev)
{
	struct super_block *sb = kzalloc(sizeof(*sb));

	if (!sb)
		return NULL;
	list_init(&sb->s_inodes);
	sb->s_type = type;
	sb->s_dev = dev;
	sb->s_synced = 1;
	sb->s_read_ahead = type->needs_device && !blkdev_direct(dev, 0);
	return sb;
}

/*
 * Reads the file system of a device and puts it into the list of mounts.
 * options may be NULL. Returns NULL with *error if that fails.
 */
struct super_block *get_super(const struct file_system_type *type, kdev_t dev,
			      char *options, int *error)
{
	struct super_block *sb;

	*error = get_device(type, &dev);
	if (*error)
		return NULL;
	sb = new_super(type, dev);
	*error = -ENOMEM;
	if (sb)
		*error = type->read_super(sb);
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
