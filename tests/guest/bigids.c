/*
 * Checks that nobody becomes root by a user or group number of more than 16
 * bits.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/stat.h>

#define BIG 65536
#define NOBODY 65534

/* Checks ids that are read back from the disk, where they have 16 or 8 bits. */
static void on_disk(void)
{
	struct stat st;
	int fd = open("bigids.tmp", O_WRONLY | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0 && fchown(fd, BIG, BIG) == 0 && close(fd) == 0);
	sync();
	if (on_cowix())
		mm_audit(NULL, AUDIT_DROP_CACHES);
	CHECK(stat("bigids.tmp", &st) == 0);
	CHECK(st.st_uid == BIG || st.st_uid == NOBODY);
	CHECK(st.st_gid == BIG || st.st_gid == NOBODY || st.st_gid == 254);
	CHECK(unlink("bigids.tmp") == 0);
}

/* Checks that the oldest stat() gives 16 bits for each id. */
static void first_stat(void)
{
	struct old_stat st;
	int fd = open("/tmp/bigids", O_WRONLY | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0 && fchown(fd, BIG, BIG + 100) == 0);
	CHECK(syscall(__NR_fstat, fd, &st) == 0);
	CHECK(st.st_uid == NOBODY && st.st_gid == NOBODY);
	CHECK(close(fd) == 0 && unlink("/tmp/bigids") == 0);
}

TESTS({ "on_disk", "ids that a disk has no room for", on_disk },
      { "first_stat", "ids that the first stat() has no room for", first_stat })
