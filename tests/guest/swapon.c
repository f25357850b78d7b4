/*
 * Swap areas: refusals of swapon and swapoff, priorities, bad pages. swapoff
 * brings everything back.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/sysinfo.h>
#include "policies.h"
#include "swapfile.h"

#define PAGES 10
#define WIDE 24

static char area[PAGES * PAGE] __attribute__((aligned(PAGE)));
static char wide[WIDE * PAGE] __attribute__((aligned(PAGE)));

/*
 * Checks that swapoff brings back the pages of parent and child, shared or not,
 * also in shared tables. A writer goes on.
 */
static void off(void)
{
	int pids[3], fds[2];
	char c;

	swap_begin();
	CHECK(pipe(fds) == 0);
	fill(area, PAGES, 'O');
	page_out(area, PAGES);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork_by(i == 1 ? FORK_POLICY_LAZY : FORK_POLICY_COW);
		if (pids[i] == 0) {
			fill(area + i * PAGE, 2, 'x');
			/* swapoff may bring them back at once */
			CHECK(madvise(area + i * PAGE, 2 * PAGE,
				      MADV_PAGEOUT) == 0);
			CHECK(read(fds[0], &c, 1) == 1);
			CHECK(is_filled(area + i * PAGE, 2, 'x') &&
			      is_filled(area + (i + 2) * PAGE, PAGES - 2 - i,
					'O' + 2 + i));
			_exit(0);
		}
	}
	CHECK(swap_uses(PAGES + 6));
	CHECK(!on_cowix() || swapoff(SWAP_FILE) == 0);
	CHECK(swap_uses(0));
	for (unsigned i = 0; i < PAGES; i++)
		CHECK(in_memory(area + i * PAGE));
	CHECK(write(fds[1], "xxx", 3) == 3);
	for (int i = 0; i < 3; i++)
		CHECK(wait_status(pids[i]) == 0);
	CHECK(is_filled(area, PAGES, 'O'));
	fill(area, PAGES, 'o');
	CHECK(!on_cowix() || unlink(SWAP_FILE) == 0);
}

/* Runs swapoff while programs page out and in. */
static void off_under_load(void)
{
	int pids[3], fds[2];

	swap_begin();
	CHECK(pipe(fds) == 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork_by(i == 2 ? FORK_POLICY_LAZY : FORK_POLICY_COW);
		if (pids[i] == 0) {
			for (int n = 0; n < 60; n++) {
				fill(area, PAGES, 'A' + i + n);
				CHECK(madvise(area, sizeof(area),
					      MADV_PAGEOUT) == 0);
				if (n == 5)
					CHECK(write(fds[1], "x", 1) == 1);
				CHECK(is_filled(area, PAGES, 'A' + i + n));
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 20 && on_cowix(); i++) {
		CHECK(swapoff(SWAP_FILE) == 0);
		CHECK(swapon(SWAP_FILE, 0) == 0);
		sleep_ms(10);
	}
	for (int i = 0; i < 3; i++)
		CHECK(wait_status(pids[i]) == 0);
	swap_end();
}

/* Uses memory page by page, until there is none or this many are used. */
static void use_memory(char *p, volatile unsigned *used, unsigned pages)
{
	for (*used = 0; *used < pages; ++*used)
		p[*used * PAGE] = 1;
}

/* Returns how many pages a program can use before it is killed. */
static unsigned all_memory(char *p, unsigned pages)
{
	unsigned *used =
		mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int pid;

	CHECK(used != MAP_FAILED);
	pid = fork();
	if (pid == 0) {
		use_memory(p, used, pages);
		_exit(0);
	}
	CHECK(wait_status(pid) == SIGKILL && *used < pages);
	pages = *used;
	CHECK(munmap(used, PAGE) == 0);
	return pages;
}

/*
 * Checks that swapoff fails if what is in swap does not fit into memory. It
 * must not bring back pages for ever that go out again.
 */
static void off_without_memory(void)
{
	struct sysinfo info;
	unsigned used;
	int fds[2], pid, error;
	char *p, c;

	if (!on_cowix())
		return;
	swap_begin();
	CHECK(pipe(fds) == 0 && pages_info(&info) == 0);
	p = mmap(NULL, info.totalram * PAGE, RW,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	CHECK(p != MAP_FAILED);
	fill(wide, WIDE, 'w');
	pid = fork();
	if (pid == 0) {
		page_out(wide, WIDE);
		CHECK(read(fds[0], &c, 1) == 1 && is_filled(wide, WIDE, 'w'));
		_exit(0);
	}
	CHECK(swap_uses(WIDE));
	page_out(wide, WIDE);
	use_memory(p, &used, all_memory(p, info.totalram) - WIDE / 2);
	alarm(10);
	error = swapoff(SWAP_FILE) < 0 ? errno : 0;
	alarm(0);
	CHECK(munmap(p, info.totalram * PAGE) == 0 &&
	      write(fds[1], "x", 1) == 1 && wait_status(pid) == 0);
	CHECK(error == ENOMEM);
	CHECK(is_filled(wide, WIDE, 'w'));
	/* others' pages are there */
	CHECK(swapoff(SWAP_FILE) == 0 && unlink(SWAP_FILE) == 0);
}

static void as_nobody(void)
{
	int pid = fork();

	if (pid == 0) {
		CHECK(setuid(1) == 0);
		CHECK_ERRNO(swapon(SWAP_FILE, 0), EPERM);
		CHECK_ERRNO(swapoff(SWAP_FILE), EPERM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/* Makes an area whose header is right but for one word. */
static void spoiled(unsigned offset, unsigned value)
{
	int fd;

	make_swap_file(SWAP_FILE "2", 3, 0);
	fd = open(SWAP_FILE "2", O_RDWR);
	CHECK(fd >= 0 &&
	      pwrite(fd, &value, sizeof(value), offset) == sizeof(value) &&
	      close(fd) == 0);
	CHECK_ERRNO(swapon(SWAP_FILE "2", 0), EINVAL);
}

/* Tries files that are no swap area, or whose header cannot be true. */
static void bad_headers(void)
{
	if (!on_cowix())
		return;
	make_swap_file(SWAP_FILE "2", 3, 1);
	CHECK_ERRNO(swapon(SWAP_FILE "2", 0), EINVAL);		/* a hole */
	spoiled(offsetof(struct swap_header, version), SWAP_VERSION + 1);
	/* more than the file has */
	spoiled(offsetof(struct swap_header, last_page), 4);
	spoiled(offsetof(struct swap_header, last_page), 0);
	spoiled(offsetof(struct swap_header, nr_bad), SWAP_BAD_MAX + 1);
	spoiled(offsetof(struct swap_header, nr_bad), 1); /* one, page 0 */
	spoiled(offsetof(struct swap_header, magic) + 6, 0);
	CHECK(unlink(SWAP_FILE "2") == 0);
}

/*
 * Checks that swapon refuses other files, and that nobody can use a swap file
 * otherwise.
 */
static void refusals(void)
{
	char other[] = "/swap-other1";
	int fd;

	if (!on_cowix())
		return;
	swap_begin();
	as_nobody();
	CHECK_ERRNO(swapon(SWAP_FILE, 0), EBUSY);
	CHECK_ERRNO(swapon("/no/such", 0), ENOENT);
	CHECK_ERRNO(swapon("/bin", 0), EINVAL);
	CHECK_ERRNO(swapon("/bin/true", 0), EINVAL);
	CHECK_ERRNO(swapon("/dev/null", 0), EINVAL);
	CHECK_ERRNO(swapon("/dev/ram0", 0), EBUSY);
	CHECK_ERRNO(swapon(SWAP_FILE, 0x10000), EINVAL);
	CHECK_ERRNO(swapon((char *)8, 0), EFAULT);
	CHECK_ERRNO(swapoff("/bin/true"), EINVAL);
	fd = open(SWAP_FILE, O_RDWR);
	CHECK(fd >= 0);
	CHECK_ERRNO(write(fd, "x", 1), ETXTBSY);
	CHECK_ERRNO(ftruncate(fd, 0), ETXTBSY);
	CHECK_ERRNO(open(SWAP_FILE, O_RDWR | O_TRUNC), ETXTBSY);
	CHECK(close(fd) == 0);
	for (; other[11] < '4'; other[11]++) {
		make_swap_file(other, 2, 0);
		CHECK(swapon(other, 0) == 0);
	}
	make_swap_file(SWAP_FILE "2", 3, 0);
	CHECK_ERRNO(swapon(SWAP_FILE "2", 0), EPERM);	/* there are four */
	while (--other[11] >= '1')
		CHECK(swapoff(other) == 0 && unlink(other) == 0);
	CHECK(unlink(SWAP_FILE "2") == 0);
	swap_end();
}

/*
 * Checks that the area with the highest priority is filled first. Bad pages are
 * never used.
 */
static void priorities(void)
{
	unsigned bad[3] = { 2, 1, 3 };
	int fd;

	if (!on_cowix())
		return;
	swap_begin();
	make_swap_file(SWAP_FILE "2", 6, 0);
	fd = open(SWAP_FILE "2", O_RDWR);
	CHECK(fd >= 0 &&
	      pwrite(fd, bad, 4, offsetof(struct swap_header, nr_bad)) == 4 &&
	      pwrite(fd, bad + 1, 8, offsetof(struct swap_header, bad)) == 8 &&
	      close(fd) == 0);
	CHECK(swapon(SWAP_FILE "2", SWAP_FLAG_PREFER | 7) == 0);
	fill(area, PAGES, 'p');
	page_out(area, PAGES);
	CHECK(swap_uses(PAGES) && swapoff(SWAP_FILE "2") == 0 &&
	      swap_uses(PAGES - 4));
	CHECK(unlink(SWAP_FILE "2") == 0 && is_filled(area, PAGES, 'p'));
	swap_end();
}

/* Checks that a swap file keeps its name, as swapoff() needs it. */
static void names_stay(void)
{
	const char *const other = "/swap-other";

	if (!on_cowix())	/* Linux says so, too, to the superuser */
		return;
	swap_begin();
	CHECK_ERRNO(unlink(SWAP_FILE), EPERM);
	CHECK_ERRNO(rename(SWAP_FILE, other), EPERM);
	close(open(other, O_WRONLY | O_CREAT, 0600));
	CHECK_ERRNO(rename(other, SWAP_FILE), EPERM);
	CHECK(unlink(other) == 0 && link(SWAP_FILE, other) == 0);
	CHECK_ERRNO(unlink(other), EPERM);
	CHECK(swapoff(other) == 0 && unlink(other) == 0);
	CHECK(unlink(SWAP_FILE) == 0);
}

TESTS({ "off", "swapoff brings all back", off },
      { "off_under_load", "swapoff and swapon while pages go and come",
	off_under_load },
      { "off_without_memory", "swapoff without room for what is there",
	off_without_memory },
      { "bad_headers", "files that are no swap area", bad_headers },
      { "refusals", "what swapon and swapoff refuse", refusals },
      { "priorities", "priorities and bad pages", priorities },
      { "names_stay", "a file in use as swap keeps its name", names_stay })
