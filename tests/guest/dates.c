/* File times from 1901 to beyond 2106, as the 64-bit calls give them. */
#include <abi/time.h>
#include <check.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

typedef long long s64;

static const char *kept = "/dev/shm/test-dates";	/* on tmpfs */

static s64 time_of(const char *path)
{
	struct statx st;

	CHECK(syscall(__NR_statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, &st) ==
	      0);
	CHECK(st.stx_atime.tv_sec == st.stx_mtime.tv_sec);
	return st.stx_mtime.tv_sec;
}

static int set_time(const char *path, s64 seconds)
{
	struct timespec64 ts = { .tv_sec = seconds }, both[2] = { ts, ts };

	return syscall(__NR_utimensat_time64, AT_FDCWD, path, both, 0);
}

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	CHECK(fd >= 0 && close(fd) == 0);
}

static const s64 dates[] = {
	-2147483648ll, -5, -1, 0, 2147483647ll, 2147483648ll, 4294967295ll,
};

static void in_memory(void)
{
	if (on_cowix()) {
		CHECK(mount("tmpfs", "/mnt", "tmpfs", 0, NULL) == 0);
		kept = "/mnt/test-dates";
	}
	make(kept);
	for (unsigned i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		CHECK(set_time(kept, dates[i]) == 0 &&
		      time_of(kept) == dates[i]);
	CHECK(set_time(kept, 1ll << 33) == 0 && time_of(kept) == 1ll << 33);
	CHECK(unlink(kept) == 0 && (!on_cowix() || umount("/mnt") == 0));
}

/*
 * Checks that a Minix disk keeps the seconds from 1970 to 2106. It rounds
 * others to the nearest.
 */
static void on_disk(void)
{
	const char *path = on_cowix() ? "/test-dates" : kept;

	make(path);
	for (unsigned i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		s64 date = on_cowix() && dates[i] < 0 ? 0 : dates[i];

		CHECK(set_time(path, dates[i]) == 0 && time_of(path) == date);
	}
	CHECK(!on_cowix() || (set_time(path, 1ll << 33) == 0 &&
			      time_of(path) == 0xFFFFFFFFll));
	CHECK(unlink(path) == 0);
}

/* Checks that the 32-bit calls have signed seconds. */
static void narrow(void)
{
	struct timespec both[2] = { { .tv_sec = -5 }, { .tv_sec = -5 } };
	struct stat64 st;

	if (on_cowix()) {
		CHECK(mount("tmpfs", "/mnt", "tmpfs", 0, NULL) == 0);
		kept = "/mnt/test-dates";
	}
	make(kept);
	CHECK(syscall(__NR_utimensat, AT_FDCWD, kept, both, 0) == 0);
	CHECK(time_of(kept) == -5);
	CHECK(syscall(__NR_stat64, kept, &st) == 0 && (int)st.st_mtime == -5);
	CHECK(unlink(kept) == 0 && (!on_cowix() || umount("/mnt") == 0));
}

static void refused(void)
{
	struct timespec64 both[2] = { { .tv_nsec = 1000000000 }, { 0 } };

	CHECK_ERRNO(syscall(__NR_utimensat_time64, AT_FDCWD, "/", both, 0),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_utimensat_time64, AT_FDCWD, NULL, NULL, 0),
		    EFAULT);
	CHECK_ERRNO(syscall(__NR_utimensat_time64, 0, NULL, NULL,
			    AT_SYMLINK_NOFOLLOW),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_utimensat_time64, AT_FDCWD, "/", NULL, 0x8000),
		    EINVAL);
}

TESTS({ "in_memory", "tmpfs keeps every date", in_memory },
      { "on_disk",
	"a Minix disk keeps 1970 to 2106 and takes the nearest for others",
	on_disk },
      { "narrow", "seconds of 32 bits are signed", narrow },
      { "refused", "what is no time, no path, no flag", refused })
