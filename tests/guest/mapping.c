/*
 * Mappings: mmap of memory and files, munmap, mprotect and madvise, with fork
 * in between; and forbidden accesses.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/mman.h>

#define PAGE 4096u
#define NAME "/tmp/test-mapping"
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *map_at(unsigned addr, unsigned length, int prot, int flags, int fd,
		    unsigned page)
{
	return (char *)syscall(__NR_mmap2, addr, length, prot, flags, fd, page);
}

static char *map(unsigned pages)
{
	char *p = map_at(0, pages * PAGE, RW, ANON, -1, 0);

	CHECK((int)p != -1 && (unsigned)p % PAGE == 0);
	return p;
}

static int unmap(char *p, unsigned pages)
{
	return syscall(__NR_munmap, p, pages * PAGE);
}

static int protect(char *p, unsigned pages, int prot)
{
	return syscall(__NR_mprotect, p, pages * PAGE, prot);
}

static char *volatile where;

static void leave(int sig, siginfo_t *si, void *context)
{
	(void)context;
	_exit(si->si_addr == where ? sig * 10 + si->si_code : 1);
}

/*
 * Accesses a byte in a child. Returns 0, or ten times the signal plus its code.
 */
static int access_to(char *p, int write)
{
	struct sigaction action = { .sa_sigaction = leave,
				    .sa_flags = SA_SIGINFO };
	int pid = fork();

	if (pid == 0) {
		where = p;
		sigaction(SIGSEGV, &action, NULL);
		sigaction(SIGBUS, &action, NULL);
		if (write)
			*(volatile char *)p = 1;
		else
			(void)*(volatile char *)p;
		_exit(0);
	}
	return WEXITSTATUS(wait_status(pid));
}

#define NOTHING_THERE (SIGSEGV * 10 + SEGV_MAPERR)
#define NOT_ALLOWED (SIGSEGV * 10 + SEGV_ACCERR)
#define BEYOND_FILE (SIGBUS * 10 + BUS_ADRERR)

static void anonymous(void)
{
	char *p = map(10), *q;

	for (unsigned i = 0; i < 10 * PAGE; i += 509)
		CHECK(p[i] == 0);
	memset(p, 'a', 10 * PAGE);
	q = map(3);
	CHECK(q + 3 * PAGE <= p || q >= p + 10 * PAGE);
	CHECK(unmap(p + 2 * PAGE, 3) == 0);	/* a hole: the rest stays */
	CHECK(p[2 * PAGE - 1] == 'a' && p[5 * PAGE] == 'a' &&
	      access_to(p + 2 * PAGE, 0) == NOTHING_THERE &&
	      access_to(p + 5 * PAGE - 1, 1) == NOTHING_THERE);
	CHECK(map_at((unsigned)p + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1,
		     0) == p + 3 * PAGE &&
	      p[3 * PAGE] == 0);
	/* only a hint, and taken */
	CHECK(map_at((unsigned)p, PAGE, RW, ANON, -1, 0) != p && p[0] == 'a');
	CHECK(map_at((unsigned)p + 2 * PAGE, PAGE, RW, ANON, -1, 0) ==
	      p + 2 * PAGE);
	CHECK((int)map_at((unsigned)p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1,
			  0) == -1 &&
	      errno == EEXIST && p[0] == 'a');
	CHECK(map_at((unsigned)p, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == p &&
	      p[0] == 0 && p[PAGE] == 0);
	CHECK(unmap(p, 10) == 0 && unmap(p, 10) == 0 &&
	      access_to(p + 9 * PAGE, 0) == NOTHING_THERE);
}

static void wrong_arguments(void)
{
	char *p = map(2);
	int reader = open("/etc/passwd", O_RDONLY),
	    writer = open(NAME, O_WRONLY | O_CREAT, 0644),
	    null = open("/", O_RDONLY);

	CHECK_ERRNO((int)map_at(0, 0, RW, ANON, -1, 0), EINVAL);
	CHECK_ERRNO((int)map_at(1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERRNO((int)map_at(0, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERRNO((int)map_at(0xFFFFF000, 2 * PAGE, RW, ANON | MAP_FIXED, -1,
				0),
		    ENOMEM);
	CHECK_ERRNO((int)map_at(0, 0xFFFFF000, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERRNO((int)map_at(0, PAGE, PROT_READ, MAP_PRIVATE, 99, 0), EBADF);
	CHECK_ERRNO((int)map_at(0, PAGE, PROT_READ, MAP_PRIVATE, writer, 0),
		    EACCES);
	CHECK_ERRNO((int)map_at(0, PAGE, PROT_READ, MAP_PRIVATE, null, 0),
		    ENODEV);
	CHECK((int)map_at(0, PAGE, RW, MAP_SHARED, reader, 0) == -1 &&
	      (errno == EACCES || on_cowix()));
	CHECK_ERRNO((int)syscall(__NR_mmap,
				 (unsigned[]){ 0, PAGE, PROT_READ, MAP_PRIVATE,
					       reader, 1 }),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_munmap, p + 1, PAGE), EINVAL);
	CHECK_ERRNO(syscall(__NR_munmap, p, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_munmap, p, 0xFFFFFFFF), EINVAL);
	CHECK_ERRNO(syscall(__NR_mprotect, p + 1, PAGE, PROT_READ), EINVAL);
	CHECK_ERRNO(syscall(__NR_mprotect, p, PAGE, 0x4000), EINVAL);
	CHECK_ERRNO(syscall(__NR_mprotect, 0x10000, PAGE, PROT_READ), ENOMEM);
	CHECK(syscall(__NR_mprotect, p, 0, PROT_READ) == 0);
	CHECK_ERRNO(syscall(__NR_madvise, p + 1, PAGE, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_madvise, p, PAGE, 999), EINVAL);
	CHECK_ERRNO(syscall(__NR_madvise, 0x10000, PAGE, MADV_DONTNEED),
		    ENOMEM);
	CHECK(syscall(__NR_mmap, (unsigned[]){ 0, PAGE, RW, ANON, -1, 0 }) !=
		      -1 &&
	      unlink(NAME) == 0);
}

static void protections(void)
{
	char *p = map(6);

	memset(p, 'x', 6 * PAGE);
	CHECK(protect(p + PAGE, 2, PROT_READ) == 0 &&
	      protect(p + 3 * PAGE, 1, PROT_NONE) == 0);
	CHECK(access_to(p + PAGE, 0) == 0 &&
	      access_to(p + PAGE, 1) == NOT_ALLOWED &&
	      access_to(p + 3 * PAGE - 1, 1) == NOT_ALLOWED);
	CHECK(access_to(p + 3 * PAGE, 0) == NOT_ALLOWED &&
	      access_to(p + 3 * PAGE, 1) == NOT_ALLOWED);
	CHECK(access_to(p, 1) == 0 && access_to(p + 4 * PAGE, 1) == 0 &&
	      p[0] == 'x');
	CHECK(protect(p, 6, RW) == 0);
	/* nothing was lost while it could not be seen */
	for (unsigned i = 0; i < 6 * PAGE; i++)
		CHECK(p[i] == 'x');
	memset(p, 'y', 6 * PAGE);
	CHECK(protect(p, 6, PROT_NONE) == 0 && unmap(p + PAGE, 4) == 0);
	CHECK_ERRNO(protect(p, 6, RW), ENOMEM);
	CHECK(protect(p, 1, PROT_READ) == 0 && p[0] == 'y' && unmap(p, 6) == 0);
}

/* Checks that system calls have the program's own rights to memory. */
static void forbidden_to_calls(void)
{
	char *p = map(2);
	int fds[2], fd = open("/etc/passwd", O_RDONLY);
	struct stat64 st;

	CHECK(pipe(fds) == 0);
	memset(p, '/', 2 * PAGE);
	CHECK(protect(p, 1, PROT_NONE) == 0);
	CHECK_ERRNO(write(fds[1], p, 1), EFAULT);
	CHECK_ERRNO(read(fd, p, 10), EFAULT);
	CHECK_ERRNO(syscall(__NR_stat64, p, &st), EFAULT);
	CHECK_ERRNO(syscall(__NR_stat64, "/", p), EFAULT);
	CHECK(protect(p, 1, PROT_READ) == 0 && write(fds[1], p, 1) == 1);
	CHECK_ERRNO(read(fd, p, 10), EFAULT);
	CHECK_ERRNO(syscall(__NR_stat64, "/", p), EFAULT);
	CHECK(protect(p, 1, RW) == 0 && syscall(__NR_stat64, "/", p) == 0);
	CHECK(unmap(p, 1) == 0);
	CHECK_ERRNO(write(fds[1], p, 1), EFAULT);
	p[PAGE] = 0;
	CHECK_ERRNO(open(p + PAGE - 1, O_RDONLY), EFAULT);
}

/*
 * Forks between changes of protection. Each side keeps its memory, and hidden
 * pages are shared and copied as others are.
 */
static void protections_and_fork(void)
{
	char *p = map(4);
	int pid;

	memset(p, '1', 4 * PAGE);
	CHECK(protect(p, 2, PROT_NONE) == 0 &&
	      protect(p + 2 * PAGE, 1, PROT_READ) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(protect(p, 4, RW) == 0 && p[0] == '1' && p[PAGE] == '1' &&
		      p[2 * PAGE] == '1');
		memset(p, '2', 4 * PAGE);
		sleep_ms(100);
		CHECK(p[0] == '2' && p[3 * PAGE] == '2');
		_exit(0);
	}
	sleep_ms(50);
	CHECK(access_to(p, 0) == NOT_ALLOWED && p[2 * PAGE] == '1' &&
	      protect(p, 3, RW) == 0);
	CHECK(p[0] == '1' && p[2 * PAGE] == '1' && p[3 * PAGE] == '1');
	memset(p, '3', 4 * PAGE);
	CHECK(wait_status(pid) == 0 && p[0] == '3');
	/* a page made read-only after fork, and writable again: still a copy */
	pid = fork();
	if (pid == 0) {
		CHECK(protect(p, 4, PROT_READ) == 0 && protect(p, 4, RW) == 0);
		p[0] = '4';
		CHECK(protect(p, 4, PROT_NONE) == 0 && protect(p, 4, RW) == 0 &&
		      p[0] == '4' && p[PAGE] == '3');
		p[PAGE] = '4';
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && p[0] == '3' && p[PAGE] == '3');
	CHECK(unmap(p, 4) == 0);
}

static void advice(void)
{
	int fd = open("/etc/passwd", O_RDONLY);
	char *p = map(3), *f = map_at(0, PAGE, RW, MAP_PRIVATE, fd, 0),
	     first = f[0];

	memset(p, 'z', 3 * PAGE);
	f[0] = '?';
	if (fork() == 0) {
		CHECK(syscall(__NR_madvise, p, 3 * PAGE, MADV_DONTNEED) == 0 &&
		      p[0] == 0);
		_exit(0);
	}
	CHECK(wait(NULL) > 0 && p[0] == 'z');
	CHECK(syscall(__NR_madvise, p + PAGE, PAGE, MADV_DONTNEED) == 0 &&
	      p[PAGE] == 0 && p[2 * PAGE] == 'z' && p[PAGE - 1] == 'z');
	CHECK(syscall(__NR_madvise, f, PAGE, MADV_DONTNEED) == 0 &&
	      f[0] == first);
	CHECK(syscall(__NR_madvise, p, 3 * PAGE, 3) == 0 && p[0] == 'z');
}

static int make_file(unsigned size)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	for (unsigned i = 0; i < size; i += 100) {
		char text[101];

		sprintf(text, "%100u", i);
		CHECK(write(fd, text, 100) == 100);
	}
	return fd;
}

static void files(void)
{
	int fd = make_file(10000);
	char *p = map_at(0, 10000, RW, MAP_PRIVATE, fd, 0),
	     *q = map_at(0, PAGE, PROT_READ, MAP_SHARED, fd, 1), *r, c;

	CHECK((int)p != -1 && (int)q != -1);
	CHECK(memcmp(p + 8190, "8100", 4) != 0 &&
	      memcmp(p + 8196, "8100", 4) == 0 && memcmp(q, "4000", 4) == 0);
	for (unsigned i = 10000; i < 3 * PAGE; i++)
		CHECK(p[i] == 0);		/* after the file's end */
	p[4200] = '!';
	CHECK(q[104] == ' ');
	CHECK(syscall(__NR_pread64, fd, &c, 1, 4200, 0) == 1 && c != '!');
	/* p's page is its own */
	CHECK(syscall(__NR_pwrite64, fd, "#", 1, 4300, 0) == 1 &&
	      q[4300 - PAGE] == '#' && p[4300] != '#');
	CHECK(syscall(__NR_pwrite64, fd, "#", 1, 100, 0) == 1 && p[100] == '#');
	CHECK(access_to(q, 1) == NOT_ALLOWED);
	r = map_at(0, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(access_to(r + 10000, 0) == 0 &&
	      access_to(r + 3 * PAGE, 0) == BEYOND_FILE);
	/* the mapping keeps the file */
	CHECK(close(fd) == 0 && unlink(NAME) == 0 && p[9999] == '0' &&
	      r[9999] == '0');
	/* split: the offsets are still right */
	CHECK(unmap(p + PAGE, 1) == 0 && memcmp(p + 8196, "8100", 4) == 0);
	CHECK(unmap(p, 3) == 0 && unmap(q, 1) == 0 && unmap(r, 4) == 0);
}

static void truncated_files(void)
{
	int fd = make_file(3 * PAGE);
	char *p = map_at(0, 3 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

	CHECK(ftruncate(fd, 100) == 0 && p[99] == '0' && p[100] == 0);
	CHECK(access_to(p + PAGE, 0) == BEYOND_FILE);
	CHECK(ftruncate(fd, 2 * PAGE) == 0 && p[PAGE] == 0 &&
	      access_to(p + 2 * PAGE, 0) == BEYOND_FILE);
	CHECK_ERRNO(write(1, p + 2 * PAGE, 1), EFAULT);
	CHECK(close(fd) == 0 && unlink(NAME) == 0);
}

/*
 * Checks that a heap which meets a mapping stops there and overwrites nothing.
 */
static void heap_and_mappings(void)
{
	char *end = sbrk(0),
	     *limit = (char *)(((unsigned)end + 20 * PAGE) & ~(PAGE - 1)), *p;

	p = map_at((unsigned)limit, PAGE, RW, ANON | MAP_FIXED, -1, 0);
	CHECK(p == limit);
	p[0] = 'm';
	CHECK(brk(limit - PAGE) == 0 && brk(limit + 10 * PAGE) == -1 &&
	      sbrk(0) == limit - PAGE);
	limit[-2 * (int)PAGE] = 'h';
	CHECK(p[0] == 'm' && unmap(p, 1) == 0 && brk(limit + PAGE) == 0 &&
	      limit[-2 * (int)PAGE] == 'h' && limit[0] == 0);
	/* a hole in the heap */
	CHECK(unmap(limit - 5 * PAGE, 1) == 0 && brk(end) == 0 &&
	      brk(limit) == 0 && limit[-PAGE] == 0);
}

static unsigned frames_free(unsigned *tables)
{
	struct audit_report r;

	CHECK(mm_audit(&r, AUDIT_DROP_CACHES) >= 0 && r.mismatches == 0);
	*tables = r.frames_tables;
	return r.frames_free;
}

/* Checks that pages return, and tables that only they needed. */
static void counts(void)
{
	unsigned tables, tables_now, before, now;
	char *p;

	if (!on_cowix())
		return;
	before = frames_free(&tables);
	p = map_at(0x60000000, 3 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	CHECK(map_at(0x70000000, PAGE, RW, ANON | MAP_FIXED, -1, 0) ==
	      (char *)0x70000000);
	CHECK(frames_free(&tables_now) >= before - 1 && tables_now == tables);
	memset(p, 1, 3 * PAGE);
	*(volatile char *)0x70000000 = 1;
	now = frames_free(&tables_now);
	CHECK(tables_now == tables + 2 && before - now >= 6 &&
	      before - now <= 7);
	CHECK(protect(p, 3, PROT_NONE) == 0 && frames_free(&tables_now) == now);
	CHECK(syscall(__NR_madvise, 0x70000000, PAGE, MADV_DONTNEED) == 0 &&
	      frames_free(&tables_now) == now + 1);
	CHECK(unmap(p, 3) == 0 && frames_free(&tables_now) == now + 5 &&
	      tables_now == tables + 1);
	CHECK(unmap((char *)0x70000000, 1) == 0 &&
	      frames_free(&tables_now) == now + 6 && tables_now == tables);
}

static char spare[6 * PAGE] __attribute__((aligned(PAGE)));

/*
 * Checks the zeroes behind a program's data, also when moved. The file does not
 * have them.
 */
static void zeroes_moved(void)
{
	char *p = (char *)syscall(__NR_mremap, spare + PAGE, 4 * PAGE, 6 * PAGE,
				  MREMAP_MAYMOVE, 0);

	CHECK((int)p != -1 && p != spare + PAGE);
	for (unsigned i = 0; i < 6 * PAGE; i++)
		CHECK(p[i] == 0);
	CHECK(unmap(p, 6) == 0);
}

/* Makes a thousand mappings, removes every second one, then all. */
static void many(void)
{
	char *p = map(1000);

	for (int i = 0; i < 1000; i += 2)
		CHECK(protect(p + i * PAGE, 1, PROT_READ) == 0);
	for (int i = 1; i < 1000; i += 2)
		p[i * PAGE] = i;
	for (int i = 0; i < 1000; i += 4)
		CHECK(unmap(p + i * PAGE, 1) == 0);
	if (fork() == 0) {
		for (int i = 1; i < 1000; i += 2)
			CHECK(p[i * PAGE] == (char)i);
		_exit(0);
	}
	CHECK(wait(NULL) > 0 && unmap(p, 1000) == 0);
}

/*
 * Checks that the pages are one mapping, since only one can grow and move.
 * Unmaps them.
 */
static void check_whole(char *p, unsigned pages)
{
	char *q = (char *)syscall(__NR_mremap, p, pages * PAGE,
				  2 * pages * PAGE, MREMAP_MAYMOVE, 0);

	CHECK((int)q != -1);
	for (unsigned i = 0; i < pages; i++)
		CHECK(q[i * PAGE] == (char)('a' + i));
	CHECK(unmap(q, 2 * pages) == 0);
}

/*
 * Checks that areas split by mprotect join when alike again, as in a thread
 * library's growing heap.
 */
static void joined(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p = map(8), *q;

	CHECK(protect(p, 8, PROT_NONE) == 0);
	for (int i = 0; i < 8; i++) {
		CHECK(protect(p + i * PAGE, 1, RW) == 0);
		p[i * PAGE] = 'a' + i;
		CHECK(pwrite(fd, p + i * PAGE, PAGE, i * PAGE) == (int)PAGE);
	}
	q = map_at(0, 8 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK((int)q != -1 && protect(q + 2 * PAGE, 3, PROT_NONE) == 0 &&
	      protect(q + 5 * PAGE, 1, PROT_NONE) == 0);
	CHECK(protect(q + 5 * PAGE, 1, PROT_READ) == 0 &&
	      protect(q + 2 * PAGE, 3, PROT_READ) == 0);
	check_whole(p, 8);
	check_whole(q, 8);
	CHECK(close(fd) == 0 && unlink(NAME) == 0);
}

TESTS({ "anonymous", "mmap, MAP_FIXED, holes", anonymous },
      { "wrong_arguments", "what is refused", wrong_arguments },
      { "protections", "mprotect", protections },
      { "forbidden_to_calls", "EFAULT", forbidden_to_calls },
      { "protections_and_fork", "mprotect and copy-on-write",
	protections_and_fork },
      { "advice", "MADV_DONTNEED", advice }, { "files", "mapped files", files },
      { "truncated_files", "SIGBUS beyond the end", truncated_files },
      { "heap_and_mappings", "brk and mmap", heap_and_mappings },
      { "counts", "frames and tables come back", counts },
      { "zeroes_moved", "mremap of a program's zeroes", zeroes_moved },
      { "many", "a thousand areas", many },
      { "joined", "what was split and is alike again", joined })
