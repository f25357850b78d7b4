/*
 * mmap()'s flags and limits: growing mappings, RLIMIT_DATA, overcommit, unknown
 * flags and permissions.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
#define GUARD (1 << 20)

static char *map_at(unsigned at, unsigned length, int prot, int flags)
{
	return mmap((void *)at, length, prot, flags | MAP_FIXED, -1, 0);
}

/* Returns the signal by which a child that writes there ends, or 0. */
static int write_dies(volatile char *p)
{
	int pid = fork(), status;

	if (pid == 0) {
		*p = 1;
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void grows(void)
{
	unsigned at = 0x60000000;
	char *p = map_at(at, PAGE, RW, PRIVATE | MAP_GROWSDOWN);

	CHECK(p != MAP_FAILED);
	p[-PAGE] = 1;			/* page by page, and at a leap */
	p[-20 * PAGE] = 2;
	CHECK(p[-PAGE] == 1 && p[-20 * PAGE] == 2 && p[-10 * PAGE] == 0);
	CHECK(munmap(p - 20 * PAGE, 21 * PAGE) == 0);
	CHECK(write_dies(p - PAGE) == SIGSEGV);
}

static void guard(void)
{
	unsigned at = 0x60000000;
	char *below = map_at(at, PAGE, RW, PRIVATE), *p;

	p = map_at(at + GUARD + 8 * PAGE, PAGE, RW, PRIVATE | MAP_GROWSDOWN);
	CHECK(below != MAP_FAILED && p != MAP_FAILED);
	CHECK(write_dies(p - 7 * PAGE) == 0);
	CHECK(write_dies(p - 8 * PAGE) == SIGSEGV);
	CHECK(mprotect(below, PAGE, PROT_NONE) == 0);	/* guards itself */
	CHECK(write_dies(p - 8 * PAGE) == 0);
	CHECK(munmap(below, PAGE) == 0 && munmap(p, PAGE) == 0);
}

/* Checks that a new mapping keeps its distance. */
static void kept_off(void)
{
	char *p = mmap(NULL, 4 * PAGE, RW, PRIVATE | MAP_GROWSDOWN, -1, 0), *q;

	CHECK(p != MAP_FAILED);
	q = mmap(NULL, PAGE, RW, PRIVATE, -1, 0);
	CHECK(q != MAP_FAILED && (q > p || q + PAGE + GUARD <= p));
	CHECK(munmap(p, 4 * PAGE) == 0 && munmap(q, PAGE) == 0);
}

static void stack_limit(void)
{
	struct rlimit limit = { 16 * PAGE, RLIM_INFINITY };
	char *p = map_at(0x60000000, 4 * PAGE, RW, PRIVATE | MAP_GROWSDOWN);

	CHECK(p != MAP_FAILED);
	CHECK(syscall(__NR_setrlimit, RLIMIT_STACK, &limit) == 0);
	CHECK(write_dies(p - 12 * PAGE) == 0);
	CHECK(write_dies(p - 13 * PAGE) == SIGSEGV);
}

static int set_data(unsigned limit)
{
	struct rlimit l = { limit, RLIM_INFINITY };

	return syscall(__NR_setrlimit, RLIMIT_DATA, &l);
}

static void data_limit(void)
{
	char *p, *q, *first;
	unsigned big = 8 << 20;

	CHECK(set_data(4 << 20) == 0);
	CHECK_ERRNO((int)mmap(NULL, big, RW, PRIVATE, -1, 0), ENOMEM);
	p = mmap(NULL, big, PROT_READ, PRIVATE, -1, 0);
	q = mmap(NULL, 1 << 20, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	CHECK_ERRNO(mprotect(p, big, RW), ENOMEM);
	CHECK(mprotect(p, PAGE, RW) == 0);
	first = mmap(NULL, 2 << 20, RW, PRIVATE, -1, 0);
	CHECK(first != MAP_FAILED);
	CHECK_ERRNO((int)mmap(NULL, 3 << 20, RW, PRIVATE, -1, 0), ENOMEM);
	CHECK_ERRNO((int)sbrk(3 << 20), ENOMEM);
	CHECK(mmap(first, 2 << 20, RW, PRIVATE | MAP_FIXED, -1, 0) == first);
	CHECK(munmap(first, 2 << 20) == 0);
	first = mmap(NULL, 3 << 20, RW, PRIVATE, -1, 0);
	CHECK(first != MAP_FAILED);
}

/* Maps more than there is, and touches little of it. */
static void overcommit(void)
{
	struct sysinfo info;
	unsigned size, pages;
	char *p, *heap;

	CHECK(sysinfo(&info) == 0);
	pages = (unsigned long long)info.totalram * info.mem_unit / PAGE;
	size = 300u << 20;
	if (on_cowix() && pages < size / 3 / PAGE)
		size = 3 * pages * PAGE;
	else if (pages < size / PAGE)	/* Linux refuses more */
		size = pages / 2 * PAGE;
	p = mmap(NULL, size, RW, PRIVATE, -1, 0);
	CHECK(p != MAP_FAILED);
	for (unsigned i = 0; i < size; i += size / 16)
		p[i] = 1;
	for (unsigned i = 0; i < size; i += size / 16)
		CHECK(p[i] == 1 && p[i + PAGE] == 0);
	CHECK(munmap(p, size) == 0);
	heap = sbrk(100 << 20);
	CHECK(heap != (char *)-1);
	heap[50 << 20] = 1;
	CHECK(sbrk(-(100 << 20)) != (char *)-1);
	if (!on_cowix() || pages > (128u << 20) / PAGE)
		return;
	CHECK_ERRNO((int)mmap(NULL, 2000u << 20, RW, PRIVATE, -1, 0), ENOMEM);
	p = mmap(NULL, 2000u << 20, RW, PRIVATE | MAP_NORESERVE, -1, 0);
	CHECK(p != MAP_FAILED && munmap(p, 2000u << 20) == 0);
}

static void flags(void)
{
	int fd = open("/etc/passwd", O_RDONLY);
	char *p;

	CHECK(fd >= 0);
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE, fd, 0);
	CHECK(p != MAP_FAILED && munmap(p, PAGE) == 0);
	CHECK_ERRNO((int)mmap(NULL, PAGE, PROT_READ,
			      MAP_SHARED_VALIDATE | 0x2000000, fd, 0),
		    EOPNOTSUPP);
	CHECK_ERRNO((int)mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE |
			      MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERRNO((int)mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERRNO((int)mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS |
			      MAP_GROWSDOWN, -1, 0), EINVAL);
	p = mmap(NULL, PAGE, RW | 0x100, PRIVATE | 0x2000000, -1, 0);
	CHECK(p != MAP_FAILED);		/* unknown, and so ignored */
	CHECK_ERRNO(mprotect(p, PAGE, RW | 0x100), EINVAL);
	CHECK(mprotect(p, PAGE, RW | PROT_SEM) == 0);
	CHECK_ERRNO(mprotect(p, PAGE, RW | PROT_GROWSDOWN), EINVAL);
	CHECK(munmap(p, PAGE) == 0 && close(fd) == 0);
	p = map_at(0x60000000, 4 * PAGE, PROT_READ, PRIVATE | MAP_GROWSDOWN);
	CHECK_ERRNO(mprotect(p + 3 * PAGE, -3 * PAGE, RW | PROT_GROWSDOWN),
		    ENOMEM);	/* with what is below it, the sum is 0 */
	CHECK(mprotect(p + 3 * PAGE, PAGE, RW | PROT_GROWSDOWN) == 0);
	p[0] = p[3 * PAGE] = 1;
	CHECK(munmap(p, 4 * PAGE) == 0);
}

/*
 * Checks that memory figures add up: busybox's free must not show less than 0.
 */
static void sums(void)
{
	struct sysinfo info;
	struct audit_report r;

	if (!on_cowix())
		return;
	CHECK(sysinfo(&info) == 0 && mm_audit(&r, 0) == 0);
	CHECK(info.totalram == r.frames_total * PAGE / info.mem_unit);
	CHECK(info.freeram + info.bufferram +
	      r.frames_cache * PAGE / info.mem_unit <= info.totalram);
	CHECK(info.bufferram <= r.buffers_used * 1024 / info.mem_unit);
}

TESTS({ "grows", "MAP_GROWSDOWN", grows },
      { "guard", "the gap below it", guard },
      { "kept_off", "others are not put there", kept_off },
      { "stack_limit", "RLIMIT_STACK limits it", stack_limit },
      { "data_limit", "RLIMIT_DATA limits what is private and writable",
	data_limit },
      { "overcommit", "more memory than there is", overcommit },
      { "flags", "unknown flags and permissions", flags },
      { "sums", "sysinfo adds up", sums })
