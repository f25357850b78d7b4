/*
 * The times of files: nanoseconds since 1970, which reach from 1677 to 2262.
 * "Now" is the time of day at the last tick. Minix has 32 bits of seconds, from
 * 1970 to 2106. Its inodes keep whole seconds also in memory, so that a time
 * does not change when an inode is read again.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>

#define SECONDS_MAX	9223372036ll	/* so many are 64 bits of nanoseconds */

static bool has_seconds(const struct inode *inode)
{
	return inode->i_sb && inode->i_sb->s_seconds;
}

/* Returns the time now, as an inode keeps it. */
s64 inode_time(const struct inode *inode)
{
	if (has_seconds(inode))
		return from_seconds(wall_seconds);
	return coarse_time();
}

/* Called when an inode's contents have changed. */
void touch_inode(struct inode *inode)
{
	inode->i_mtime = inode->i_ctime = inode_time(inode);
	mark_inode_dirty(inode);
}

/* Called when an inode's attributes or the number of its names have changed. */
void inode_changed(struct inode *inode)
{
	inode->i_ctime = inode_time(inode);
	mark_inode_dirty(inode);
}

/* Returns the parts of a time. Nanoseconds count forward before 1970, too. */
struct timespec64 split_time(s64 time)
{
	struct timespec64 ts;

	to_timespec(time < 0 ? ~time : time, &ts);
	if (time < 0) {
		ts.tv_sec = ~ts.tv_sec;
		ts.tv_nsec = NSEC_A_SECOND - 1 - ts.tv_nsec;
	}
	return ts;
}

/*
 * Returns the time that a program has named, or the first or last one that
 * there is. Like Linux's, those are whole seconds.
 */
s64 join_time(s64 seconds, u32 nanoseconds)
{
	if (seconds <= -SECONDS_MAX)
		return -SECONDS_MAX * NSEC_A_SECOND;
	if (seconds >= SECONDS_MAX)
		return SECONDS_MAX * NSEC_A_SECOND;
	return seconds * NSEC_A_SECOND + nanoseconds;
}

/* Returns the time nearest to `time` that an inode can keep. */
s64 nearest_time(const struct inode *inode, s64 time)
{
	s64 last = (s64)U32_MAX * NSEC_A_SECOND;

	if (!has_seconds(inode))
		return time;
	if (time < 0)
		return 0;
	return time > last ? last : from_seconds(split_time(time).tv_sec);
}
