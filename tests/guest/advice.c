/*
 * madvise() and mlock(): properties that no fork inherits, holes, pages that
 * stay, and refusals.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
#define TABLE (4 << 20)

static int advise(void *p, unsigned length, int advice)
{
	return syscall(__NR_madvise, p, length, advice);
}

static char *map(unsigned pages, int flags)
{
	char *p = mmap(NULL, pages * PAGE, RW, flags, -1, 0);

	CHECK(p != MAP_FAILED);
	for (unsigned i = 0; i < pages; i++)
		p[i * PAGE] = i + 1;
	return p;
}

/* All ways to fork; Linux has one. */
static const int policies[] = { 0, FORK_POLICY_COW, FORK_POLICY_LAZY,
				FORK_POLICY_OLD };

static int fork_by(int policy)
{
	return policy && on_cowix() ? xfork(policy, NULL) : fork();
}

static int is_mapped(char *p)
{
	unsigned char there;

	return syscall(__NR_mincore, p, PAGE, &there) == 0;
}

/* Looks in a child at an area whose middle page is kept back. */
static int look(char *p, int wiped)
{
	if (p[0] != 1 || p[2 * PAGE] != 3)
		return 1;
	if (!wiped)
		return is_mapped(p + PAGE) ? 2 : 0;
	if (p[PAGE] != 0)
		return 3;
	p[PAGE] = 77;			/* and it is an ordinary page */
	return p[PAGE] == 77 ? 0 : 4;
}

static void kept_back(int policy, int advice, int again)
{
	char *p = map(3, PRIVATE), *other = map(3, PRIVATE);
	int wiped = advice == MADV_WIPEONFORK, pid;

	CHECK(advise(p + PAGE, PAGE, advice) == 0);
	pid = fork_by(policy);
	CHECK(pid >= 0);
	if (pid == 0) {
		int bad = look(p, wiped);

		if (!bad && other[PAGE] != 2)
			bad = 5;
		if (!bad && again) {	/* the child's child, as well */
			pid = fork_by(policy);
			if (pid == 0)
				_exit(look(p, wiped));
			bad = wait_status(pid) >> 8;
		}
		_exit(bad);
	}
	CHECK(wait_status(pid) == 0 && p[PAGE] == 2);
	p[PAGE] = 9;
	CHECK(advise(p + PAGE, PAGE,
		     wiped ? MADV_KEEPONFORK : MADV_DOFORK) == 0);
	pid = fork_by(policy);
	if (pid == 0)
		_exit(p[0] != 1 || p[PAGE] != 9 || other[0] != 1);
	CHECK(wait_status(pid) == 0);
	CHECK(munmap(p, 3 * PAGE) == 0 && munmap(other, 3 * PAGE) == 0);
}

static void wipe_on_fork(void)
{
	for (unsigned i = 0; i < sizeof(policies) / sizeof(int); i++)
		kept_back(policies[i], MADV_WIPEONFORK, 1);
}

static void dont_fork(void)
{
	for (unsigned i = 0; i < sizeof(policies) / sizeof(int); i++)
		kept_back(policies[i], MADV_DONTFORK, 1);
}

/*
 * Gives advice when tables are lent already, and for areas over several tables.
 */
static void after_lending(void)
{
	char *p = mmap((void *)0x50000000, 3 * TABLE, RW,
		       PRIVATE | MAP_NORESERVE | MAP_FIXED, -1, 0);
	int pid, ends[2], inner;
	char c = 'x';

	CHECK(p != MAP_FAILED && pipe(ends) == 0);
	for (int i = 0; i < 3; i++)
		p[i * TABLE] = p[i * TABLE + PAGE] = i + 1;
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		CHECK(read(ends[0], &c, 1) == 1);
		for (int i = 0; i < 3; i++)
			CHECK(p[i * TABLE] == i + 1);
		_exit(0);
	}
	CHECK(advise(p + TABLE, PAGE, MADV_WIPEONFORK) == 0);
	CHECK(advise(p + 2 * TABLE, PAGE, MADV_DONTFORK) == 0);
	for (unsigned i = 0; i < sizeof(policies) / sizeof(int); i++) {
		inner = fork_by(policies[i]);
		if (inner == 0) {
			CHECK(p[0] == 1 && p[PAGE] == 1 && p[TABLE] == 0);
			CHECK(p[TABLE + PAGE] == 2 &&
			      !is_mapped(p + 2 * TABLE));
			CHECK(p[2 * TABLE + PAGE] == 3);
			_exit(0);
		}
		CHECK(wait_status(inner) == 0);
	}
	CHECK(write(ends[1], "x", 1) == 1 && wait_status(pid) == 0);
	CHECK(p[TABLE] == 2 && p[2 * TABLE] == 3);
	CHECK(munmap(p, 3 * TABLE) == 0);
}

static void refused(void)
{
	char *p = map(2, PRIVATE), *shared = map(1, MAP_SHARED | MAP_ANONYMOUS);
	int fd = open("/etc/passwd", O_RDONLY);
	char *file = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

	CHECK(file != MAP_FAILED);
	CHECK_ERRNO(advise(p, PAGE, 5), EINVAL);
	CHECK_ERRNO(advise(p, PAGE, 99), EINVAL);
	CHECK_ERRNO(advise(p, PAGE, -1), EINVAL);
	CHECK_ERRNO(advise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
	CHECK_ERRNO(advise(shared, PAGE, MADV_WIPEONFORK), EINVAL);
	CHECK_ERRNO(advise(file, PAGE, MADV_WIPEONFORK), EINVAL);
	CHECK_ERRNO(advise(shared, PAGE, MADV_FREE), EINVAL);
	CHECK_ERRNO(advise(p, PAGE, MADV_REMOVE), EINVAL);
	CHECK_ERRNO(advise(file, PAGE, MADV_REMOVE), EACCES);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK_ERRNO(advise(p, 2 * PAGE, MADV_DONTFORK), ENOMEM);
	CHECK(advise(p, 0, MADV_DONTNEED) == 0);
	CHECK(advise(p, PAGE, MADV_NORMAL) == 0);
	CHECK(advise(p, PAGE, MADV_WILLNEED) == 0 && p[0] == 1);
	CHECK(munmap(p, PAGE) == 0 && munmap(shared, PAGE) == 0);
	CHECK(munmap(file, PAGE) == 0 && close(fd) == 0);
}

/* Makes a hole in memory that two processes share, and in its file. */
static void hole(void)
{
	char *p = map(4, MAP_SHARED | MAP_ANONYMOUS);
	int pid = fork();

	if (pid == 0) {
		CHECK(advise(p + PAGE, 2 * PAGE, MADV_REMOVE) == 0);
		_exit(p[0] != 1 || p[PAGE] || p[2 * PAGE] || p[3 * PAGE] != 4);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(p[0] == 1 && !p[PAGE] && !p[2 * PAGE] && p[3 * PAGE] == 4);
	p[PAGE] = 5;
	CHECK(p[PAGE] == 5 && munmap(p, 4 * PAGE) == 0);
}

static void hole_in_file(void)
{
	static char bytes[3 * PAGE], back[3 * PAGE];
	char *p, *copy;
	struct stat st;
	int fd;

	if (!on_cowix())
		return;			/* needs a mount */
	memset(bytes, 'b', sizeof(bytes));
	CHECK(mount("none", "/mnt", "tmpfs", 0, NULL) == 0);
	fd = open("/mnt/f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, bytes, sizeof(bytes)) == sizeof(bytes));
	p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
	copy = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && copy != MAP_FAILED);
	copy[PAGE] = 'c';		/* its own: stays */
	CHECK(copy[2 * PAGE] == 'b' && p[PAGE] == 'b');
	CHECK(advise(p + PAGE, 2 * PAGE, MADV_REMOVE) == 0);
	CHECK(p[PAGE] == 0 && copy[PAGE] == 'c' && copy[2 * PAGE] == 0);
	CHECK(pread(fd, back, sizeof(back), 0) == sizeof(back));
	CHECK(back[PAGE - 1] == 'b' && !back[PAGE] && !back[3 * PAGE - 1]);
	CHECK(fstat(fd, &st) == 0 && st.st_size == sizeof(bytes));
	CHECK(munmap(p, 3 * PAGE) == 0 && munmap(copy, 3 * PAGE) == 0);
	CHECK(close(fd) == 0 && unlink("/mnt/f") == 0 && umount("/mnt") == 0);
	fd = open("/advice-test", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, bytes, PAGE) == PAGE);
	p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && p[0] == 'b');
	CHECK_ERRNO(advise(p, PAGE, MADV_REMOVE), EOPNOTSUPP);
	CHECK(p[0] == 'b' && munmap(p, PAGE) == 0 && close(fd) == 0);
	CHECK(unlink("/advice-test") == 0);
}

static int resident(char *p)
{
	unsigned char there = 0;

	CHECK(syscall(__NR_mincore, p, PAGE, &there) == 0);
	return there & 1;
}

static int set_memlock(unsigned limit)
{
	struct rlimit l = { limit, limit };

	return syscall(__NR_setrlimit, RLIMIT_MEMLOCK, &l);
}

/* Checks that a user can lock as much as RLIMIT_MEMLOCK allows. */
static void lock_within_limit(void)
{
	char *p;

	CHECK(set_memlock(2 * PAGE) == 0 && setuid(1000) == 0);
	p = mmap(NULL, 4 * PAGE, RW, PRIVATE, -1, 0);
	CHECK_ERRNO(syscall(__NR_mlock, p, 3 * PAGE), ENOMEM);
	CHECK(syscall(__NR_mlock, p, 2 * PAGE) == 0);
	CHECK(syscall(__NR_mlock, p, 2 * PAGE) == 0);
	CHECK_ERRNO((int)mmap(NULL, PAGE, RW, PRIVATE | MAP_LOCKED, -1, 0),
		    EAGAIN);
	CHECK(set_memlock(0) == 0);
	CHECK_ERRNO(syscall(__NR_mlock, p, PAGE), EPERM);
}

static void locked(void)
{
	char *p = mmap(NULL, 4 * PAGE, RW, PRIVATE, -1, 0);
	int pid;

	CHECK(p != MAP_FAILED && !resident(p));
	CHECK(syscall(__NR_mlock, p + PAGE + 5, 100) == 0);
	CHECK(!resident(p) && resident(p + PAGE) && !resident(p + 2 * PAGE));
	CHECK_ERRNO(advise(p + PAGE, PAGE, MADV_DONTNEED), EINVAL);
	CHECK(syscall(__NR_mlock2, p + 2 * PAGE, PAGE, MLOCK_ONFAULT) == 0);
	CHECK(!resident(p + 2 * PAGE));
	CHECK_ERRNO(syscall(__NR_mlock2, p, PAGE, 2), EINVAL);
	pid = fork();
	if (pid == 0)			/* no lock in a child */
		_exit(advise(p + PAGE, PAGE, MADV_DONTNEED) != 0);
	CHECK(wait_status(pid) == 0);
	CHECK(syscall(__NR_munlock, p, 4 * PAGE) == 0);
	CHECK(advise(p + PAGE, PAGE, MADV_DONTNEED) == 0);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK_ERRNO(syscall(__NR_mlock, p, 4 * PAGE), ENOMEM);
	CHECK_ERRNO(syscall(__NR_mlock, -PAGE, 2 * PAGE),
		    on_64_bits() ? ENOMEM : EINVAL);	/* it wraps */
	CHECK(syscall(__NR_munlock, p, 2 * PAGE) == 0);
	CHECK_ERRNO(syscall(__NR_mlockall, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_mlockall, MCL_ONFAULT), EINVAL);
	CHECK_ERRNO(syscall(__NR_mlockall, 8), EINVAL);
	CHECK(syscall(__NR_mlockall, MCL_FUTURE) == 0);
	p = mmap(NULL, PAGE, RW, PRIVATE, -1, 0);
	CHECK(p != MAP_FAILED && resident(p));
	CHECK(syscall(__NR_munlockall) == 0);
	p = mmap(NULL, PAGE, RW, PRIVATE | MAP_POPULATE, -1, 0);
	CHECK(p != MAP_FAILED && resident(p));
	if (on_cowix())
		lock_within_limit();
}

/* Checks that MADV_PAGEOUT and reclaim leave locked pages alone. */
static void stays(void)
{
	char *p = map(4, PRIVATE);

	CHECK(syscall(__NR_mlock, p, PAGE) == 0);
	CHECK_ERRNO(advise(p, PAGE, MADV_PAGEOUT), EINVAL);
	CHECK_ERRNO(advise(p, PAGE, MADV_FREE), EINVAL);
	CHECK_ERRNO(syscall(__NR_msync, p, PAGE, MS_INVALIDATE), EBUSY);
	CHECK(resident(p) && p[0] == 1);
	CHECK(munmap(p, 4 * PAGE) == 0);
}

/* Maps a page of the program's file, which can be read again. */
static char *map_own_file(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	char *p;

	if (fd < 0)
		fd = open("/tests/advice", O_RDONLY);
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && p[1] == 'E' && close(fd) == 0);
	return p;
}

static void give_up_in_child(char *p, int before, int after)
{
	int pid;

	CHECK(!before || syscall(__NR_mlock, p, PAGE) == 0);
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		sleep_ms(after ? 50 : 0);
		_exit(advise(p, PAGE, MADV_PAGEOUT) != 0 || p[1] != 'E');
	}
	CHECK(!after || syscall(__NR_mlock, p, PAGE) == 0);
	CHECK(wait_status(pid) == 0 && resident(p));
	CHECK(munmap(p, PAGE) == 0);
}

/*
 * Checks that a child's advice leaves the parent's pages, also in lent tables.
 */
static void locked_lent(void)
{
	give_up_in_child(map_own_file(), 1, 0);
	give_up_in_child(map_own_file(), 0, 1);
}

static void *mremap_by(char *p, unsigned from, unsigned to)
{
	return (void *)syscall(__NR_mremap, p, from * PAGE, to * PAGE,
			       MREMAP_MAYMOVE);
}

/* Grows locked areas upwards, with room behind them and without. */
static void locked_grows_up(void)
{
	char *p = mmap((void *)0x60000000, 2 * PAGE, RW, PRIVATE, -1, 0);

	CHECK(p != MAP_FAILED && syscall(__NR_mlock, p, 2 * PAGE) == 0);
	CHECK_ERRNO((int)mremap_by(p, 2, 5), EAGAIN);
	CHECK_ERRNO((int)syscall(__NR_mremap, p, 2 * PAGE, 5 * PAGE,
				 MREMAP_MAYMOVE | MREMAP_FIXED, 0x61000000),
		    EAGAIN);
	CHECK(mremap_by(p, 2, 4) == p && resident(p + 3 * PAGE));
	CHECK_ERRNO((int)mremap_by(p, 4, 5), EAGAIN);
	CHECK(resident(p + 3 * PAGE) && munmap(p, 4 * PAGE) == 0);
}

/*
 * Grows a stack of one locked page by this many pages. It may end by SIGSEGV.
 */
static int grow_down(int pages)
{
	int pid = fork(), status;
	char *p;

	if (pid == 0) {
		p = mmap((void *)0x60000000, PAGE, RW,
			 PRIVATE | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
		CHECK(p != MAP_FAILED && syscall(__NR_mlock, p, PAGE) == 0);
		p[-pages * PAGE] = 1;
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Checks that RLIMIT_MEMLOCK also limits locked areas that grow. */
static void locked_grows(void)
{
	CHECK(set_memlock(4 * PAGE) == 0 && setuid(1000) == 0);
	locked_grows_up();
	CHECK(grow_down(3) == 0);
	CHECK(grow_down(4) == SIGSEGV);
}

TESTS({ "wipe_on_fork", "a child finds zeroes", wipe_on_fork },
      { "dont_fork", "a child does not have the area", dont_fork },
      { "after_lending", "with page tables that are lent", after_lending },
      { "refused", "unknown advice, wrong areas", refused },
      { "hole", "MADV_REMOVE in shared memory", hole },
      { "hole_in_file", "and in files", hole_in_file },
      { "locked", "mlock and its relatives", locked },
      { "locked_grows", "locked areas grow within the limit", locked_grows },
      { "locked_lent", "locked pages, and page tables that are lent",
	locked_lent },
      { "stays", "a locked page is not given up", stays })
