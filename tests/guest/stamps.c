/*
 * Times of files: nanoseconds where the file system has them, as all calls give
 * and take them, and what "now" is.
 */
#include <abi/time.h>
#include <check.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#define NSEC	1000000000ll
#define TRIES	40		/* writes, a few milliseconds apart */

static const char *path;

/* Makes the file that is tested: in memory, or on Cowix's Minix disk. */
static void make(int in_memory)
{
	int fd;

	path = "/dev/shm/test-stamps";
	if (on_cowix())
		path = in_memory ? "/mnt/stamp" : "/test-stamp";
	if (on_cowix() && in_memory)
		CHECK(mount("tmpfs", "/mnt", "tmpfs", 0, NULL) == 0);
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
}

static void gone(int in_memory)
{
	CHECK(unlink(path) == 0);
	if (on_cowix() && in_memory)
		CHECK(umount("/mnt") == 0);
}

static struct statx attributes(void)
{
	struct statx sx;

	CHECK(syscall(__NR_statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, &sx) ==
	      0);
	return sx;
}

static int64_t whole(struct statx_timestamp t)
{
	CHECK(t.tv_nsec < NSEC);
	return t.tv_sec * NSEC + t.tv_nsec;
}

static int64_t modified(void)
{
	return whole(attributes().stx_mtime);
}

static int64_t clock_ns(int clock)
{
	struct timespec64 ts;

	CHECK(syscall(__NR_clock_gettime64, clock, &ts) == 0);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static void set(int64_t seconds, long access, long modification)
{
	struct timespec64 both[2] = { { seconds, access, 0 },
				      { seconds, modification, 0 } };

	CHECK(syscall(__NR_utimensat_time64, AT_FDCWD, path, both, 0) == 0);
}

/* Checks that stat64() and stat() tell what statx() does. */
static void agree(void)
{
	struct statx sx = attributes();
	struct stat64 st;
	struct old_stat old;

	CHECK(syscall(__NR_stat64, path, &st) == 0);
	CHECK((long)st.st_mtime == sx.stx_mtime.tv_sec &&
	      st.st_mtime_nsec == sx.stx_mtime.tv_nsec &&
	      (long)st.st_atime == sx.stx_atime.tv_sec &&
	      st.st_atime_nsec == sx.stx_atime.tv_nsec &&
	      (long)st.st_ctime == sx.stx_ctime.tv_sec &&
	      st.st_ctime_nsec == sx.stx_ctime.tv_nsec);
	CHECK(syscall(__NR_stat, path, &old) == 0);
	CHECK(old.st_mtime == st.st_mtime && old.st_atime == st.st_atime &&
	      old.st_ctime == st.st_ctime &&
	      old.st_mtime_nsec == st.st_mtime_nsec &&
	      old.st_atime_nsec == st.st_atime_nsec &&
	      old.st_ctime_nsec == st.st_ctime_nsec);
}

static const int dates[] = { -2000000000, -2, -1, 0, 1, 2000000000 };

#define NR_DATES	(sizeof(dates) / sizeof(dates[0]))

static void in_memory(void)
{
	make(1);
	for (unsigned i = 0; i < NR_DATES; i++) {
		set(dates[i], 1, 999999999);
		CHECK(modified() == dates[i] * NSEC + 999999999);
		CHECK(whole(attributes().stx_atime) == dates[i] * NSEC + 1);
		agree();
	}
	gone(1);
}

/* Checks that whole seconds are kept from the start, not after a reload. */
static void on_disk(void)
{
	make(0);
	for (unsigned i = 0; i < NR_DATES; i++) {
		int64_t date = dates[i] * NSEC + 999999999;

		set(dates[i], 1, 999999999);
		if (on_cowix())
			date = dates[i] < 0 ? 0 : dates[i] * NSEC;
		CHECK(modified() == date);
		CHECK(!on_cowix() ||
		      attributes().stx_ctime.tv_nsec == 0);
		agree();
	}
	gone(0);
}

/* Checks the calls with microseconds and seconds, and what stays as it is. */
static void other_calls(void)
{
	struct timeval tv[2] = { { -7, 1 }, { 8, 999999 } };
	struct timespec keep[2] = { { 0, UTIME_OMIT }, { 9, 5 } };
	long seconds[2] = { -3, 4 };

	make(1);
	CHECK(syscall(__NR_utimes, path, tv) == 0);
	CHECK(whole(attributes().stx_atime) == -7 * NSEC + 1000);
	CHECK(modified() == 8 * NSEC + 999999000);
	CHECK(syscall(__NR_utimensat, AT_FDCWD, path, keep, 0) == 0);
	CHECK(whole(attributes().stx_atime) == -7 * NSEC + 1000);
	CHECK(modified() == 9 * NSEC + 5);
	CHECK(syscall(__NR_utime, path, seconds) == 0);
	CHECK(whole(attributes().stx_atime) == -3 * NSEC);
	CHECK(modified() == 4 * NSEC);
	gone(1);
}

/*
 * Writes again and again: the time of change is never behind the coarse clock
 * before, never ahead of the clock after, and never goes back. Returns how
 * often it has moved.
 */
static int moves(int fd, int64_t unit)
{
	int64_t last = 0;
	int count = 0;

	for (int i = 0; i < TRIES; i++) {
		int64_t before = clock_ns(CLOCK_REALTIME_COARSE), now;

		CHECK(write(fd, "x", 1) == 1);
		now = modified();
		CHECK(now >= before / unit * unit && now >= last);
		CHECK(now <= clock_ns(CLOCK_REALTIME) && now % unit == 0);
		CHECK(whole(attributes().stx_ctime) == now);
		count += now != last;
		last = now;
		sleep_ms(5);
	}
	return count;
}

static void now_in_memory(void)
{
	int fd;

	make(1);
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0 && moves(fd, 1) > TRIES / 4 && close(fd) == 0);
	gone(1);
}

static void now_on_disk(void)
{
	int fd;

	make(0);
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0 && moves(fd, on_cowix() ? NSEC : 1) >= 1);
	CHECK(close(fd) == 0);
	gone(0);
}

/* Checks that "now" of utimensat() is the "now" of a write. */
static void told_now(void)
{
	struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };

	for (int memory = 0; memory < 2; memory++) {
		make(memory);
		CHECK(syscall(__NR_utimensat, AT_FDCWD, path, now, 0) == 0);
		CHECK(modified() == whole(attributes().stx_ctime));
		CHECK(modified() == whole(attributes().stx_atime));
		gone(memory);
	}
}

/* Checks that `call` is a change of the inode, but not of the contents. */
static void only_changes(int number, const char *name, const char *new)
{
	int64_t before = modified(), changed = whole(attributes().stx_ctime);

	sleep_ms(on_cowix() && strcmp(path, "/test-stamp") == 0 ? 1100 : 30);
	CHECK(syscall(number, name, new) == 0);
	CHECK(whole(attributes().stx_ctime) > changed && modified() == before);
}

static void names(void)
{
	char other[64];

	for (int memory = 0; memory < 2; memory++) {
		make(memory);
		snprintf(other, sizeof(other), "%s-2", path);
		only_changes(__NR_link, path, other);
		only_changes(__NR_unlink, other, NULL);
		only_changes(__NR_chmod, path, (char *)0600);
		gone(memory);
	}
}

/* Checks that a file is not older than the date to which a clock was set. */
static void clock_is_set(void)
{
	struct timespec64 ts = { 1000000000, 999999999, 0 };
	int fd;

	if (!on_cowix())
		return;
	make(1);
	fd = open(path, O_WRONLY);
	for (int i = 0; i < 20; i++) {
		CHECK(syscall(__NR_clock_settime64, CLOCK_REALTIME, &ts) == 0);
		sleep_ms(i & 1);	/* this ends between two ticks */
		CHECK(write(fd, "x", 1) == 1 &&
		      modified() >= ts.tv_sec * NSEC + ts.tv_nsec);
		CHECK(clock_ns(CLOCK_REALTIME_COARSE) <=
		      clock_ns(CLOCK_REALTIME));
		sleep_ms(3);
	}
	CHECK(close(fd) == 0);
	gone(1);
}

TESTS({ "in_memory", "tmpfs keeps nanoseconds, before 1970, too", in_memory },
      { "on_disk", "Minix keeps whole seconds", on_disk },
      { "other_calls", "utimes() has microseconds, utime() seconds",
	other_calls },
      { "now_in_memory", "a write's time moves with each tick",
	now_in_memory },
      { "now_on_disk", "... or with each second", now_on_disk },
      { "told_now", "UTIME_NOW is that time, too", told_now },
      { "names", "a link more or less is a change", names },
      { "clock_is_set", "a clock that was set counts at once", clock_is_set })
