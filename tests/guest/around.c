/*
 * Faulting around: a read of a mapped file maps pages beside it, which then
 * follow the rules of all pages: copies, edges of areas, the file's end.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/mman.h>

#define PAGE 4096u
#define PAGES 12u
#define NAME "/tmp/test-around"
#define RW (PROT_READ | PROT_WRITE)

/* Makes a file of pages that begin with 'a', 'b', and so on. */
static int make_file(void)
{
	static char page[PAGE];
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (unsigned i = 0; i < PAGES; i++) {
		memset(page, 'a' + i, PAGE);
		CHECK(write(fd, page, PAGE) == PAGE);
	}
	CHECK(unlink(NAME) == 0);
	return fd;
}

static volatile char *map_file(int fd, unsigned pages, int prot)
{
	char *p = (char *)syscall(__NR_mmap2, 0, pages * PAGE, prot,
				  MAP_PRIVATE, fd, 0);

	CHECK((int)p != -1);
	return p;
}

static long faults(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_minflt;
}

static void saves_faults(void)
{
	volatile char *p = map_file(make_file(), PAGES, RW);
	long before = faults();

	for (unsigned i = 0; i < PAGES; i++)
		CHECK(p[i * PAGE] == (char)('a' + i));
	CHECK(faults() - before <= 3);
	before = faults();
	for (unsigned i = 0; i < PAGES; i++)
		p[i * PAGE] = 'A';		/* each is copied */
	CHECK(faults() - before >= (long)PAGES);
}

/* Checks that a neighbour is a page of the file until it is written. */
static void copies(void)
{
	int fd = make_file();
	volatile char *p = map_file(fd, PAGES, RW);
	volatile char *q = map_file(fd, PAGES, RW);
	char byte = 0;

	CHECK(p[0] == 'a' && q[0] == 'a');
	p[PAGE] = 'P';
	CHECK(q[PAGE] == 'b' && q[2 * PAGE] == 'c');
	CHECK(pread(fd, &byte, 1, PAGE) == 1 && byte == 'b');
	CHECK(pwrite(fd, "x", 1, PAGE) == 1);
	CHECK(pwrite(fd, "y", 1, 2 * PAGE) == 1);
	CHECK(p[PAGE] == 'P' && q[PAGE] == 'x' && q[2 * PAGE] == 'y');
}

/* Checks that a page of the program's own stays when its neighbour is read. */
static void own_pages_stay(void)
{
	int fd = make_file();
	volatile char *p = map_file(fd, PAGES, RW);

	for (unsigned i = 1; i < PAGES; i += 2)
		p[i * PAGE] = 'P';
	for (unsigned i = 0; i < PAGES; i++)
		CHECK(p[i * PAGE] == (char)(i % 2 ? 'P' : 'a' + i));
}

/* Checks that nothing is mapped beyond an area, above and below. */
static void edges(void)
{
	int fd = make_file();
	volatile char *p = map_file(fd, PAGES, PROT_READ);

	CHECK(syscall(__NR_mmap2, p + 4 * PAGE, 2 * PAGE, RW,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		      0) == (int)p + 4 * (int)PAGE);
	CHECK(syscall(__NR_munmap, p + 8 * PAGE, PAGE) == 0);
	CHECK(p[3 * PAGE] == 'd' && p[0] == 'a' && p[6 * PAGE] == 'g');
	CHECK(p[4 * PAGE] == 0 && p[5 * PAGE] == 0 && p[9 * PAGE] == 'j');
	CHECK(syscall(__NR_mmap2, p + 8 * PAGE, PAGE, RW,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		      0) == (int)p + 8 * (int)PAGE);
	CHECK(p[8 * PAGE] == 0);
}

static void leave(int sig)
{
	_exit(sig);
}

/* Checks that neighbours go when the file is cut, and stay with a child. */
static void cut(void)
{
	int fd = make_file(), pid;
	volatile char *p = map_file(fd, PAGES, PROT_READ);

	CHECK(p[0] == 'a');
	pid = fork();
	if (pid == 0)
		_exit(p[PAGE] != 'b' || p[7 * PAGE] != 'h');
	CHECK(wait_status(pid) == 0);
	CHECK(ftruncate(fd, PAGE + 1) == 0);
	CHECK(p[0] == 'a' && p[PAGE] == 'b' && p[PAGE + 1] == 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGBUS, leave);
		(void)p[2 * PAGE];
		_exit(0);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == SIGBUS);
}

TESTS({ "saves_faults", "one fault for many pages", saves_faults },
      { "copies", "a neighbour that is written is copied", copies },
      { "own_pages_stay", "what is mapped already", own_pages_stay },
      { "edges", "nothing beyond the area", edges },
      { "cut", "fork, and a file that gets shorter", cut })
