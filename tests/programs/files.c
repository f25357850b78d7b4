/*
 * Open files: reading and writing at places, vectors, holes, offsets beyond 2
 * GB, flags, duplicates.
 */
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "say.h"

static char buf[70000];

static long size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (long)st.st_size : -1;
}

static void opening(void)
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0640);

	CALL(fd);
	CALL(open("file", O_RDWR | O_CREAT | O_EXCL, 0640));
	CALL(open("missing", O_RDWR));
	CALL(open("missing/file", O_RDWR | O_CREAT, 0600));
	CALL(open("file/file", O_RDWR | O_CREAT, 0600));
	CALL(open("", O_RDONLY));
	CALL(write(fd, "hello, world\n", 13));
	CALL(lseek(fd, 7, SEEK_SET));
	CALL(read(fd, buf, 100));
	printf("%.6s", buf);
	CALL(read(fd, buf, 100));
	CALL(lseek(fd, -5, SEEK_END));
	CALL(lseek(fd, -3, SEEK_CUR));
	CALL(lseek(fd, -30, SEEK_CUR));
	CALL(lseek(fd, 0, 17));
	CALL(read(fd, NULL, 5));
	CALL(write(fd, (void *)0x10, 5));
	CALL(read(99, buf, 5));
	CALL(close(99));
	CALL(close(fd));
	fd = open("file", O_RDONLY);
	CALL(write(fd, "x", 1));
	CALL(ftruncate(fd, 0));
	close(fd);
	fd = open("file", O_WRONLY | O_TRUNC);
	CALL(size(fd));
	CALL(read(fd, buf, 1));
	close(fd);
	CALL(creat("file", 0600));
	close(3);
}

static void places(void)
{
	int fd = open("file", O_RDWR | O_TRUNC);
	struct iovec parts[3] = { { "one ", 4 }, { "", 0 }, { "three", 5 } },
		     into[2] = { { buf, 3 }, { buf + 10, 100 } };

	CALL(pwrite(fd, "abcdef", 6, 10));
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(pread(fd, buf, 100, 8));
	printf("%d %d %.6s\n", buf[0], buf[1], buf + 2);
	CALL(pread(fd, buf, 100, 100));
	CALL(pread(fd, buf, 100, -1));
	CALL(writev(fd, parts, 3));
	CALL(lseek(fd, 0, SEEK_SET));
	CALL(readv(fd, into, 2));
	printf("%.3s|%.13s\n", buf, buf + 10);
	CALL(readv(fd, into, -1));
	CALL(writev(fd, parts, 0));
	CALL(pwritev(fd, parts, 3, 30));
	CALL(preadv(fd, into, 2, 31));
	printf("%.3s|%.5s\n", buf, buf + 10);
	CALL(size(fd));
	close(fd);
}

static void sizes(void)
{
	int fd = open("file", O_RDWR | O_TRUNC), zeroes = 0;

	CALL(ftruncate(fd, 100000));
	CALL(pwrite(fd, "end", 3, 200000));
	CALL(size(fd));
	CALL(pread(fd, buf, 70000, 90000));
	for (int i = 0; i < 70000; i++)
		zeroes += buf[i] == 0;
	CALL(zeroes);
	CALL(ftruncate(fd, 200001));
	CALL(ftruncate(fd, 200010));
	CALL(pread(fd, buf, 100, 199999));
	printf("%d %c %d %d\n", buf[0], buf[1], buf[2], buf[10]);
	CALL(truncate("file", 5));
	CALL(size(fd));
	CALL(truncate("missing", 5));
	CALL(ftruncate(fd, -1));
	CALL(pwrite(fd, "far", 3, 100 << 20) == 3);
	CALL(lseek(fd, 0, SEEK_END));
	CALL(pread(fd, buf, 10, (off_t)5 << 32));
	CALL(fsync(fd));
	CALL(fdatasync(fd));
	close(fd);
}

/* Compares random writes with a copy in memory. */
static void random_writes(void)
{
	enum { SIZE = 60000 };
	int fd = open("file", O_RDWR | O_TRUNC), bad = 0, end = 0;
	char *copy = calloc(1, SIZE);
	unsigned seed = 3;

	for (int i = 0; i < 3000; i++) {
		int at = (seed = seed * 1103515245 + 12345) >> 8 & 0x7FFF,
		    n = (seed >> 4) % 3000 + 1;

		if (i % 3) {
			memset(copy + at, i, n);
			bad += pwrite(fd, copy + at, n, at) != n;
			end = at + n > end ? at + n : end;
		} else {
			int got = pread(fd, buf, n, at);
			int left = at < end ? end - at : 0;

			bad += got != (n < left ? n : left) ||
			       memcmp(buf, copy + at, got > 0 ? got : 0) != 0;
		}
	}
	printf("random writes: %d bad, size %ld\n", bad, size(fd));
	free(copy);
	close(fd);
}

static void duplicates(int fd)
{
	int copy = dup(fd);

	CALL(fcntl(copy, F_GETFD));
	CALL(lseek(copy, 0, SEEK_CUR));
	CALL(dup2(fd, 50));
	CALL(dup2(fd, fd) == fd);
	CALL(dup2(99, 51));
	CALL(dup3(fd, 51, O_CLOEXEC));
	CALL(fcntl(51, F_GETFD));
	CALL(dup3(fd, fd, 0));
	CALL(fcntl(fd, F_DUPFD, 60));
	CALL(fcntl(fd, F_DUPFD_CLOEXEC, 60));
	CALL(fcntl(61, F_GETFD));
	CALL(fcntl(fd, F_DUPFD, -1));
	CALL(fcntl(fd, 9999, 0));
	CALL(fcntl(99, F_GETFD));
	CALL(isatty(fd));
	CALL(ioctl(fd, 0x5401, buf));
	for (int i = 50; i < 62; i++)
		close(i);
	close(copy);
}

static void flags(void)
{
	int fd = open("file", O_WRONLY | O_APPEND | O_TRUNC);

	CALL(write(fd, "one", 3));
	CALL(lseek(fd, 0, SEEK_SET));
	CALL(write(fd, "two", 3));
	CALL(lseek(fd, 0, SEEK_CUR));
	printf("flags %x\n", fcntl(fd, F_GETFL) & ~0100000);
	CALL(fcntl(fd, F_SETFL, O_NONBLOCK));
	printf("flags %x\n", fcntl(fd, F_GETFL) & ~0100000);
	CALL(lseek(fd, 0, SEEK_SET));
	CALL(write(fd, "X", 1));
	CALL(fcntl(fd, F_GETFD));
	CALL(fcntl(fd, F_SETFD, FD_CLOEXEC));
	duplicates(fd);
	close(fd);
	fd = open("file", O_RDONLY);
	memset(buf, 0, 10);
	CALL(read(fd, buf, 10));
	puts(buf);
	CALL(unlink("file"));
	CALL(pread(fd, buf, 10, 1));
	CALL(size(fd));
	close(fd);
}

static void devices(void)
{
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR),
	    full = open("/dev/full", O_RDWR);

	CALL(write(null, buf, 1000));
	CALL(read(null, buf, 1000));
	CALL(read(zero, buf, 1000));
	CALL(write(zero, buf, 10));
	CALL(write(full, buf, 10));
	CALL(read(full, buf, 10));
	CALL(lseek(null, 100, SEEK_SET) >= 0);
	CALL(isatty(null));
	CALL(pread(zero, buf, 10, 5));
}

int main(void)
{
	opening();
	places();
	sizes();
	random_writes();
	flags();
	devices();
	return 0;
}
