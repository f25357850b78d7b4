/* Corners where several parts of the kernel meet: names through links, orphaned groups, tracers, rights that change. */
#include <check.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A link on the way to a name that is made, moved or removed. */
static void names_behind_links(void)
{
	int fd;

	CHECK(mkdir("/tmp/corner", 0755) == 0 && symlink("corner", "/tmp/corner-link") == 0);
	fd = open("/tmp/corner-link/file", O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(rename("/tmp/corner-link/file", "/tmp/corner-link/other") == 0);
	CHECK(mkdir("/tmp/corner-link/dir", 0755) == 0 && rmdir("/tmp/corner-link/dir") == 0);
	CHECK(unlink("/tmp/corner-link/other") == 0);
	CHECK(unlink("/tmp/corner-link") == 0 && rmdir("/tmp/corner") == 0);
	CHECK(symlink("corner-loop", "/tmp/corner-loop") == 0);
	CHECK_ERRNO(mkdir("/tmp/corner-loop/dir", 0755), ELOOP);
	CHECK(unlink("/tmp/corner-loop") == 0);
}

TESTS({ "names_behind_links", "names are made and removed behind links", names_behind_links })
