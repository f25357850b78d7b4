/* The table of mounted file systems. */
#include <cowix/kernel.h>
#include <cowix/fs.h>

LIST_HEAD(mounts);
static bool mounting;
static struct wait_queue mounted = WAIT_QUEUE_INIT(mounted);

/* Returns the file system that is mounted from a device, or NULL. */
struct super_block *find_mount(kdev_t dev)
{
	list_for_each(node, &mounts) {
		struct super_block *sb =
			list_entry(node, struct super_block, link);

		if (sb->s_dev == dev)
			return sb;
	}
	return NULL;
}

/*
 * Waits until no other task mounts, unmounts or makes a swap area. These sleep
 * while they read the device, and no device or directory may be taken twice.
 */
void begin_mounting(void)
{
	while (mounting)
		sleep_on(&mounted);
	mounting = true;
}

void end_mounting(void)
{
	mounting = false;
	wake_up(&mounted);
}

/* Notes that all changes up to sync_clock's value `when` are on the media. */
void mounts_synced(u32 when)
{
	list_for_each(node, &mounts) {
		struct super_block *sb =
			list_entry(node, struct super_block, link);

		sb->s_synced = max_u32(sb->s_synced, when);
	}
}
