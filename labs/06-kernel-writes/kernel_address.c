/* Lab 6: a program must not have the kernel write into the kernel. */
#include <check.h>
#include <fcntl.h>

/* Constants of the kernel lie there, and frames above its 4 MB. */
static char *const places[] = { (char *)0xC0000000, (char *)0xC0100000,
				(char *)0xC1000000, (char *)0xFFFFF000 };

static void stores(void)
{
	int fd = open("/bin/sh", O_RDONLY);

	CHECK(fd >= 0);
	for (int i = 0; i < 4; i++) {
		CHECK_ERRNO(read(fd, places[i], 4), EFAULT);
		CHECK_ERRNO(syscall(__NR_uname, places[i]), EFAULT);
		CHECK_ERRNO(syscall(__NR_fstat64, fd, places[i]), EFAULT);
		CHECK_ERRNO(syscall(__NR_pipe, places[i]), EFAULT);
	}
}

static void loads(void)
{
	int fd = open("/dev/null", O_WRONLY);

	for (int i = 0; i < 4; i++) {
		CHECK_ERRNO(write(fd, places[i], 4), EFAULT);
		CHECK_ERRNO(open(places[i], O_RDONLY), EFAULT);
		CHECK_ERRNO(syscall(__NR_nanosleep, places[i], NULL), EFAULT);
	}
}

TESTS({ "stores", "EFAULT for calls that store there", stores },
      { "loads", "and for those that read from there", loads })
