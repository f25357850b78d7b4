/*
 * Shared mappings of memory and files over forks of either kind; mremap, msync,
 * mincore.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include "policies.h"

#define FILE_NAME "shared.tmp"

static char *map(int length, int prot, int flags, int fd)
{
	char *p = mmap(NULL, length, prot, flags, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void anonymous_over(int policy)
{
	char *shared = map(4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1),
	     *private = map(PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int pid;

	shared[0] = private[0] = 'p';
	pid = fork_by(policy);
	if (pid == 0) {
		CHECK(shared[0] == 'p' && shared[PAGE] == 0);
		shared[0] = private[0] = 'c';
		shared[2 * PAGE] = 'd';
		if (fork_by(policy) == 0) {
			shared[3 * PAGE] = 'g';
			_exit(0);
		}
		wait(NULL);
		CHECK(shared[3 * PAGE] == 'g');
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(shared[0] == 'c' && shared[2 * PAGE] == 'd' &&
	      shared[3 * PAGE] == 'g' && private[0] == 'p');
	CHECK(munmap(shared, 4 * PAGE) == 0 && munmap(private, PAGE) == 0);
}

static void anonymous(void)
{
	anonymous_over(FORK_POLICY_COW);
	anonymous_over(FORK_POLICY_LAZY);
}

static int make_file(int pages)
{
	char page[PAGE];
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	for (int i = 0; i < pages; i++) {
		memset(page, 'a' + i, PAGE);
		CHECK(write(fd, page, PAGE) == PAGE);
	}
	return fd;
}

/* Checks that there is one page cache: written one way, read the other. */
static void files_agree(void)
{
	int fd = make_file(3);
	char *shared = map(3 * PAGE, RW, MAP_SHARED, fd),
	     *private = map(3 * PAGE, RW, MAP_PRIVATE, fd), buf[8];

	CHECK(private[PAGE] == 'b');
	private[2 * PAGE] = 'P';
	memcpy(shared + 5, "mapped", 6);
	CHECK(pread(fd, buf, 6, 5) == 6 && memcmp(buf, "mapped", 6) == 0);
	CHECK(pwrite(fd, "written", 7, PAGE + 1) == 7);
	CHECK(memcmp(shared + PAGE + 1, "written", 7) == 0 &&
	      memcmp(private + PAGE + 1, "written", 7) == 0);
	shared[2 * PAGE] = 'S';
	CHECK(private[2 * PAGE] == 'P' && pread(fd, buf, 1, 2 * PAGE) == 1 &&
	      buf[0] == 'S');
	CHECK(msync(shared, 3 * PAGE, MS_SYNC) == 0 &&
	      msync(shared, PAGE, MS_ASYNC) == 0);
	CHECK_ERRNO(msync(shared, PAGE, MS_ASYNC | MS_SYNC), EINVAL);
	CHECK(munmap(shared, 3 * PAGE) == 0 && munmap(private, 3 * PAGE) == 0 &&
	      close(fd) == 0);
}

/* Checks that data written through a mapping outlives it, and the caches. */
static void data_stays(void)
{
	struct audit_report report;
	int fd = make_file(2);
	char *shared = map(2 * PAGE, RW, MAP_SHARED, fd), buf[4];

	memcpy(shared + PAGE - 2, "keep", 4);
	CHECK(close(fd) == 0);
	if (on_cowix())
		CHECK(mm_audit(&report, AUDIT_DROP_CACHES) == 0);
	shared[0] = 'k';		/* after it was written back once */
	CHECK(munmap(shared, 2 * PAGE) == 0);
	if (on_cowix())
		CHECK(mm_audit(&report, AUDIT_DROP_CACHES) == 0);
	fd = open(FILE_NAME, O_RDONLY);
	CHECK(pread(fd, buf, 4, PAGE - 2) == 4 && memcmp(buf, "keep", 4) == 0);
	CHECK(pread(fd, buf, 1, 0) == 1 && buf[0] == 'k');
	CHECK(close(fd) == 0 && unlink(FILE_NAME) == 0);
}

static void on_signal(int sig)
{
	_exit(sig);
}

static int signal_of(void (*run)(char *), char *arg)
{
	int pid = fork();

	if (pid == 0) {
		signal(SIGBUS, on_signal);
		signal(SIGSEGV, on_signal);
		run(arg);
		_exit(0);
	}
	return WEXITSTATUS(wait_status(pid));
}

static void write_there(char *p)
{
	*(volatile char *)p = 'x';
}

static void permissions(void)
{
	int fd = make_file(1), reader = open(FILE_NAME, O_RDONLY);
	char *p;

	CHECK_ERRNO((int)mmap(NULL, PAGE, RW, MAP_SHARED, reader, 0), EACCES);
	p = map(PAGE, PROT_READ, MAP_SHARED, reader);
	CHECK_ERRNO(mprotect(p, PAGE, RW), EACCES);
	CHECK(signal_of(write_there, p) == SIGSEGV && munmap(p, PAGE) == 0);
	p = map(PAGE, PROT_READ, MAP_SHARED, fd);
	CHECK(p[0] == 'a' && signal_of(write_there, p) == SIGSEGV);
	CHECK(mprotect(p, PAGE, RW) == 0);
	p[0] = 'w';
	CHECK(mprotect(p, PAGE, PROT_READ) == 0 &&
	      signal_of(write_there, p) == SIGSEGV);
	CHECK(pread(fd, p = malloc(1), 1, 0) == 1 && *p == 'w');
	close(fd);
	close(reader);
	unlink(FILE_NAME);
}

/* Checks that a shrinking file takes its pages out of all mappings. */
static void truncation(void)
{
	int fd = make_file(3);
	char *p = map(3 * PAGE, RW, MAP_SHARED, fd);

	p[2 * PAGE] = p[PAGE] = p[PAGE + 100] = 't';
	CHECK(ftruncate(fd, PAGE + 10) == 0);
	CHECK(p[PAGE] == 't' && p[PAGE + 100] == 0);
	CHECK(signal_of(write_there, p + 2 * PAGE) == SIGBUS);
	CHECK(ftruncate(fd, 3 * PAGE) == 0);
	CHECK(p[2 * PAGE] == 0 && p[PAGE + 100] == 0);
	CHECK(munmap(p, 3 * PAGE) == 0 && close(fd) == 0 &&
	      unlink(FILE_NAME) == 0);
}

static void remapping(void)
{
	char *p = map(4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1), *q, *wall;

	for (int i = 0; i < 4; i++)
		p[i * PAGE] = 'a' + i;
	CHECK(mremap(p, 4 * PAGE, 2 * PAGE, 0) == p && p[PAGE] == 'b' &&
	      signal_of(write_there, p + 2 * PAGE) == SIGSEGV);
	wall = mmap(p + 2 * PAGE, PAGE, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	CHECK(wall == p + 2 * PAGE);
	CHECK_ERRNO((int)mremap(p, 2 * PAGE, 8 * PAGE, 0), ENOMEM);
	q = mremap(p, 2 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p && q[0] == 'a' && q[PAGE] == 'b' &&
	      q[2 * PAGE] == 0);
	CHECK(signal_of(write_there, p) == SIGSEGV);
	q[7 * PAGE] = 'z';
	CHECK_ERRNO((int)mremap(q, PAGE, 0, 0), EINVAL);
	CHECK(munmap(q, 8 * PAGE) == 0 && munmap(wall, PAGE) == 0);
}

/* Checks that a mapping cannot grow past offsets of 32 bits. */
static void remapping_far(void)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p = (char *)syscall(__NR_mmap2, NULL, PAGE, PROT_READ, MAP_SHARED,
				  fd, 0x7ffff);

	CHECK(p != MAP_FAILED);
	if (on_cowix())
		CHECK_ERRNO((int)mremap(p, PAGE, 0x80001000, MREMAP_MAYMOVE),
			    EINVAL);
	p = mremap(p, PAGE, 0x1000000, MREMAP_MAYMOVE);
	CHECK(p != MAP_FAILED && munmap(p, 0x1000000) == 0 && close(fd) == 0 &&
	      unlink(FILE_NAME) == 0);
}

/*
 * Checks that pages shared copy-on-write with children stay so when they move.
 */
static void remapping_shared(void)
{
	char *p = map(2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int pid;

	p[0] = p[PAGE] = 'm';
	pid = fork_by(FORK_POLICY_LAZY);
	if (pid == 0) {
		char *q = mremap(p, 2 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);

		CHECK(q != MAP_FAILED && q[0] == 'm' && q[PAGE] == 'm');
		q[0] = 'n';
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(p[0] == 'm');
	p[0] = 'o';
}

/* Returns the byte on the disk, not the cached one. */
static char on_disk(int offset)
{
	struct audit_report report;
	int fd = open(FILE_NAME, O_RDONLY);
	char c = 0;

	if (on_cowix())
		CHECK(mm_audit(&report, AUDIT_DROP_CACHES) == 0);
	CHECK(pread(fd, &c, 1, offset) == 1 && close(fd) == 0);
	return c;
}

/*
 * Checks that a page mapped for writing gets blocks as its file grows. It grows
 * by truncate, by write, or after shrinking.
 */
static void growth(void)
{
	for (int how = 0; how < 3; how++) {
		int fd = make_file(0);
		char *p;

		CHECK(ftruncate(fd, how == 2 ? PAGE : 10) == 0);
		p = map(PAGE, RW, MAP_SHARED, fd);
		p[0] = p[5] = 'a';
		if (how == 2)
			CHECK(ftruncate(fd, 10) == 0);
		if (how == 1)
			CHECK(pwrite(fd, "end", 3, PAGE - 3) == 3);
		else
			CHECK(ftruncate(fd, PAGE) == 0);
		p[2000] = 'b';
		CHECK(munmap(p, PAGE) == 0 && close(fd) == 0);
		CHECK(on_disk(2000) == 'b' && on_disk(5) == 'a' &&
		      on_disk(PAGE - 1) == (how == 1 ? 'd' : 0));
		CHECK(unlink(FILE_NAME) == 0);
	}
}

/*
 * Checks that bytes stored behind a file's end are gone when it grows, in
 * memory and on disk. Linux clears them only when it writes the page back.
 * There the file is written before it grows.
 */
static void behind_the_end(void)
{
	for (int dropped = 0; dropped < 2; dropped++) {
		int fd = make_file(0);
		char *p, c = 'x';

		CHECK(write(fd, "0123456789", 10) == 10);
		p = map(PAGE, RW, MAP_SHARED, fd);
		p[100] = 'z';
		if (dropped)
			CHECK(munmap(p, PAGE) == 0 && on_disk(0) == '0');
		if (!on_cowix())
			CHECK(fsync(fd) == 0);
		CHECK(ftruncate(fd, PAGE) == 0);
		CHECK(pread(fd, &c, 1, 100) == 1 && c == 0);
		CHECK((dropped || munmap(p, PAGE) == 0) && close(fd) == 0 &&
		      unlink(FILE_NAME) == 0);
	}
}

/* Checks that shared memory is limited only by all of memory. */
static void large(void)
{
	struct sysinfo info;
	unsigned long all, size;
	int pid;
	char *p;

	CHECK(pages_info(&info) == 0);
	all = info.totalram + info.totalswap;
	if (all > 1 << 18)			/* pages: a GB */
		return;
	CHECK_ERRNO((int)mmap(NULL, (all + 1000) * PAGE, RW,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0), ENOMEM);
	size = info.totalram / 8 * 5 * PAGE;
	p = map(size, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid = fork();
	if (pid == 0) {
		for (unsigned long i = 0; i < size; i += PAGE)
			*(unsigned long *)(p + i) = i;
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	for (unsigned long i = 0; i < size; i += PAGE)
		CHECK(*(unsigned long *)(p + i) == i);
	CHECK(munmap(p, size) == 0);
}

static int fill_disk(const char *name)
{
	static char block[1024];
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644), blocks = 0;

	CHECK(fd >= 0);
	memset(block, 'Z', sizeof(block));
	while (write(fd, block, sizeof(block)) == sizeof(block))
		blocks++;
	close(fd);
	return blocks;
}

/*
 * Writes to a hole when too few blocks are free: SIGBUS, and nobody sees old
 * contents of blocks.
 */
static void full_disk(void)
{
	struct audit_report report;
	int fd, blocks;
	char *p, c;

	if (!on_cowix())
		return;
	fd = make_file(0);
	blocks = fill_disk("filler.tmp");
	CHECK(mm_audit(&report, AUDIT_DROP_CACHES) == 0);
	CHECK(blocks > 8 && truncate("filler.tmp", (blocks - 2) * 1024) == 0 &&
	      ftruncate(fd, PAGE) == 0);
	p = map(PAGE, RW, MAP_SHARED, fd);
	CHECK(signal_of(write_there, p) == SIGBUS);
	CHECK(munmap(p, PAGE) == 0);
	CHECK(mm_audit(&report, AUDIT_DROP_CACHES) == 0);
	for (int i = 0; i < PAGE; i += 512)
		CHECK(pread(fd, &c, 1, i) == 1 && c == 0);
	CHECK(close(fd) == 0 && unlink(FILE_NAME) == 0 &&
	      unlink("filler.tmp") == 0);
}

/*
 * Checks msync over a gap: what lies behind it is still written. Memory without
 * a name has no disk.
 */
static void syncing(void)
{
	char *p = map(3 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1);

	p[0] = p[2 * PAGE] = 's';
	CHECK(msync(p, 3 * PAGE, MS_SYNC) == 0);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK_ERRNO(msync(p, 3 * PAGE, MS_SYNC), ENOMEM);
	CHECK(msync(p, 0, MS_SYNC) == 0 && msync(p, PAGE, 0) == 0);
	CHECK_ERRNO(msync(p, 0xFFFFF001u, MS_SYNC), ENOMEM);
	CHECK_ERRNO(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	CHECK(munmap(p, PAGE) == 0 && munmap(p + 2 * PAGE, PAGE) == 0);
}

#define MANY 48

/*
 * Stores in a mapped file until it is gone, shared tables and all, while its
 * address space is forked.
 */
static void store_and_fork(int fd)
{
	char *p = map(MANY * PAGE, RW, MAP_SHARED, fd),
	     *q = map(MANY * PAGE, RW, MAP_PRIVATE, fd);

	signal(SIGBUS, on_signal);
	for (int i = 0; i < 60; i++) {
		int pid = fork_by(i % 3 ? FORK_POLICY_LAZY : FORK_POLICY_COW);

		if (pid < 0)
			continue;
		if (pid == 0) {
			for (int k = 0; k < 20; k++) {
				p[rand() % MANY * PAGE + 8] = 's';
				q[rand() % MANY * PAGE + 9] = 'p';
				if (k % 7 == 0)
					xfork(0, NULL);
			}
			_exit(0);
		}
		srand(i * 7 + getpid());
		if (i % 2)
			wait(NULL);
	}
	while (wait(NULL) > 0)
		;
}

/*
 * Fills the caches with dirty pages until killed. Others must wait until some
 * are written.
 */
static void fill_caches(void)
{
	static char buf[16 * PAGE];
	int fd = open("dirty.tmp", O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (;;)
		if (write(fd, buf, sizeof(buf)) < (int)sizeof(buf) ||
		    lseek(fd, 0, SEEK_CUR) > 3 * 1024 * 1024)
			lseek(fd, 0, SEEK_SET);
}

/*
 * Cuts and grows a file and drops the caches, while others store in it through
 * mappings.
 */
static void cut_while_mapped(void)
{
	struct audit_report report;
	int fd = make_file(4), pids[3], filler = fork();

	if (filler == 0)
		fill_caches();
	CHECK(ftruncate(fd, MANY * PAGE) == 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			srand(i);
			store_and_fork(fd);
			_exit(0);
		}
	}
	for (int i = 0; i < 40; i++) {
		CHECK(ftruncate(fd, rand() % (MANY * PAGE)) == 0);
		sleep_ms(2);
		CHECK(ftruncate(fd, MANY * PAGE) == 0);
		if (on_cowix())
			/*
			 * the end compares counts: a sleeping fork is not
			 * recounted
			 */
			mm_audit(&report, i % 2 ? AUDIT_DROP_CACHES : 0);
		sleep_ms(3);
	}
	for (int i = 0; i < 3; i++) {
		int status = wait_status(pids[i]);

		CHECK(status == 0 || WEXITSTATUS(status) == SIGBUS ||
		      WTERMSIG(status) == SIGKILL);
	}
	CHECK(kill(filler, SIGKILL) == 0 &&
	      WTERMSIG(wait_status(filler)) == SIGKILL);
	while (wait(NULL) > 0)
		;
	CHECK(close(fd) == 0 && unlink(FILE_NAME) == 0 &&
	      unlink("dirty.tmp") == 0);
}

TESTS({ "anonymous", "shared memory over forks, classic and lazy", anonymous },
      { "files_agree", "read, write and both kinds of mapping", files_agree },
      { "data_stays", "what was written is on the disk", data_stays },
      { "permissions", "open for reading only, mprotect", permissions },
      { "truncation", "a file that shrinks", truncation },
      { "remapping", "mremap: shrink, grow, move", remapping },
      { "remapping_far", "mremap beyond 4 GB of a file", remapping_far },
      { "remapping_shared", "mremap of pages that are shared",
	remapping_shared },
      { "growth", "blocks for a page whose file grows", growth },
      { "behind_the_end", "stores behind the end of a file", behind_the_end },
      { "large", "more of it than half of RAM, and than all", large },
      { "full_disk", "no blocks for a hole", full_disk },
      { "syncing", "msync: gaps, memory", syncing },
      { "cut_while_mapped", "truncation while others store and fork",
	cut_while_mapped })
