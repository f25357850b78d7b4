/* Reads and writes at a given position of a file. */
#include <abi/unistd.h>
#include <unistd.h>

ssize_t pread(int fd, void *buf, size_t n, off_t pos)
{
	return syscall(__NR_pread64, fd, buf, n, pos, 0);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t pos)
{
	return syscall(__NR_pwrite64, fd, buf, n, pos, 0);
}
