/* /proc/PID/mem: who reads and writes what of a process's memory. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <abi/ptrace.h>
#include "procfs.h"
#include "thread.h"

static int mine = 0x12345678;
static const int constant = 0x11223344;

static int open_mem(int pid, int flags)
{
	char path[40];

	sprintf(path, "/proc/%d/mem", pid);
	return open(path, flags);
}

static int get(int fd, const volatile void *addr, void *to, int n)
{
	return syscall(__NR_pread64, fd, to, n, addr, 0);
}

static int put(int fd, const volatile void *addr, const void *from, int n)
{
	return syscall(__NR_pwrite64, fd, from, n, addr, 0);
}

static void own(void)
{
	int fd = open_mem(getpid(), O_RDWR), n = 0, new = 7;
	char *p = map(3 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	static char large[3 * PAGE];
	struct stat st;

	CHECK(fd >= 0 && fstat(fd, &st) == 0 &&
	      st.st_mode == (S_IFREG | 0600));
	CHECK(get(fd, &mine, &n, 4) == 4 && n == 0x12345678);
	CHECK(put(fd, &mine, &new, 4) == 4 && mine == 7);
	CHECK(lseek(fd, (long)&mine, SEEK_SET) == (long)&mine);
	CHECK(read(fd, &n, 2) == 2 && write(fd, &new, 2) == 2);
	CHECK(lseek(fd, 0, SEEK_CUR) == (long)&mine + 4);
	CHECK(mine == (7 << 16 | 7) && get(fd, &mine, &n, 0) == 0);
	memset(p, 'p', 3 * PAGE);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK(get(fd, p + 10, large, 3 * PAGE) == 2 * PAGE - 10);
	CHECK(large[0] == 'p' && large[2 * PAGE - 11] == 'p' &&
	      large[2 * PAGE - 10] == 0);
	CHECK_ERRNO(get(fd, p + 2 * PAGE, large, 1), EIO);
	CHECK_ERRNO(put(fd, p + 2 * PAGE, large, 1), EIO);
	CHECK_ERRNO(get(fd, (void *)0xFFFFF000, large, 1), EIO);
	CHECK_ERRNO(syscall(__NR_pread64, fd, large, 1, 0, 1), EIO);
	CHECK_ERRNO(get(fd, p, (void *)16, 4), EFAULT);
	CHECK_ERRNO(put(fd, p, (void *)16, 4), EFAULT);
	CHECK(close(fd) == 0);
}

/* Checks that memory without permission is reached, and code is copied. */
static void forced(void)
{
	int fd = open_mem(getpid(), O_RDWR), n = 0, new = 5, pid;
	char *p = map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	CHECK(fd >= 0);
	*(int *)p = 99;
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK(put(fd, p, &new, 4) == 4 && *(int *)p == 5);
	pid = fork();
	if (pid == 0) {
		sleep_ms(60);
		_exit(*(volatile const int *)&constant != 0x11223344);
	}
	CHECK(put(fd, &constant, &new, 4) == 4);
	CHECK(get(fd, &constant, &n, 4) == 4 && n == 5);
	CHECK(*(volatile const int *)&constant == 5);
	CHECK(wait_status(pid) == 0 && close(fd) == 0);
	fd = open("/bin/sh", O_RDONLY);
	p = (void *)syscall(__NR_mmap2, NULL, PAGE, PROT_READ, MAP_SHARED, fd,
			    0);
	CHECK(p != (char *)-1 && close(fd) == 0);
	fd = open_mem(getpid(), O_RDWR);
	CHECK_ERRNO(put(fd, p, &new, 4), EIO);
	CHECK(get(fd, p, &n, 4) == 4 && memcmp(&n, "\177ELF", 4) == 0);
	CHECK(close(fd) == 0);
}

static volatile int *gate;

static void wait_at(int value)
{
	while (*gate < value)
		sleep_ms(2);
}

/* Checks that another's file is empty after exec, and after the end. */
static void another(void)
{
	char *argv[] = { "nice", "sleep", "1", NULL };	/* execs twice */
	int pid, fd, n = 0, new = 3;

	gate = (void *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid = fork();
	if (pid == 0) {
		wait_at(1);
		gate[1] = mine;
		*gate = 2;
		execve("/bin/nice", argv, argv + 3);
		_exit(1);
	}
	fd = open_mem(pid, O_RDWR);
	CHECK(fd >= 0 && get(fd, &mine, &n, 4) == 4 && n == mine);
	CHECK(put(fd, &mine, &new, 4) == 4 && mine != 3);
	*gate = 1;
	wait_at(2);
	CHECK(gate[1] == 3);
	sleep_ms(300);
	CHECK(get(fd, &mine, &n, 4) == 0 && put(fd, &mine, &n, 4) == 0);
	CHECK(kill(pid, SIGKILL) == 0);
	wait_status(pid);
	CHECK(get(fd, &mine, &n, 4) == 0 && close(fd) == 0);
	CHECK_ERRNO(open_mem(pid, O_RDONLY), ENOENT);
}

static void stranger(void)
{
	int ours = getpid(), pid = fork(), n;

	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		CHECK_ERRNO(open_mem(ours, O_RDONLY), EACCES);
		CHECK_ERRNO(open_mem(1, O_RDONLY), EACCES);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	pid = fork();
	if (pid == 0) {
		int fd = open_mem(ours, O_WRONLY);

		CHECK(fd >= 0);
		CHECK_ERRNO(get(fd, &mine, &n, 4), EBADF);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static const struct test tests[] = {
	{ "own", "its own memory; ends, holes, bad buffers", own },
	{ "forced", "memory that the program may not write", forced },
	{ "another", "another's, over exec and exit", another },
	{ "stranger", "none of another user's", stranger },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
