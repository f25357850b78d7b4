/*
 * Pages in swap under fork, exec, exit and the memory calls. swapon.c tests
 * swapon and swapoff.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "policies.h"
#include "swapfile.h"
#include "thread.h"

#define PAGES 10

static char area[PAGES * PAGE] __attribute__((aligned(PAGE)));

static int child_status(void)
{
	int status;

	CHECK(wait(&status) > 0);
	return status;
}

/*
 * Sends pages out, and back by reading and by writing. An unshared page then
 * has no slot, and can be written at once.
 */
static void round_trip(void)
{
	swap_begin();
	fill(area, PAGES, 'a');
	page_out(area, PAGES);
	CHECK(swap_uses(PAGES));
	CHECK(is_filled(area, PAGES / 2, 'a'));
	CHECK(swap_uses(PAGES / 2));
	fill(area + PAGES / 2 * PAGE, PAGES / 2, 'b');
	CHECK(swap_uses(0) && is_filled(area, PAGES / 2, 'a') &&
	      is_filled(area + PAGES / 2 * PAGE, PAGES / 2, 'b'));
	fill(area, PAGES, 'c');
	CHECK(is_filled(area, PAGES, 'c'));
	swap_end();
}

/*
 * Pages go out before or after a fork, in parent or child. Each then writes its
 * own half twice, and sees nothing of the other's.
 */
static void forked(int policy, int before, int after)
{
	int fds[2], back[2], pid;
	char c;

	fill(area, PAGES, 'f');
	if (before)
		page_out(area, PAGES);
	CHECK(pipe(fds) == 0 && pipe(back) == 0);
	pid = fork_by(policy);
	CHECK(pid >= 0);
	if (pid == 0) {
		if (after)
			page_out(area, PAGES);
		CHECK(is_filled(area, PAGES, 'f'));
		fill(area, PAGES / 2, 'c');
		CHECK(write(fds[1], "x", 1) == 1 && read(back[0], &c, 1) == 1);
		CHECK(is_filled(area, PAGES / 2, 'c') &&
		      is_filled(area + PAGES / 2 * PAGE, PAGES / 2,
				'f' + PAGES / 2));
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1);
	if (after)
		page_out(area, PAGES);
	CHECK(area[0] == 'f');
	fill(area + PAGES / 2 * PAGE, PAGES / 2, 'p');
	CHECK(is_filled(area, PAGES / 2, 'f') &&
	      is_filled(area + PAGES / 2 * PAGE, PAGES / 2, 'p'));
	CHECK(write(back[1], "x", 1) == 1 && wait_status(pid) == 0);
	CHECK(is_filled(area, PAGES / 2, 'f') &&
	      is_filled(area + PAGES / 2 * PAGE, PAGES / 2, 'p'));
	close(fds[0]), close(fds[1]), close(back[0]), close(back[1]);
}

static void forks(int policy)
{
	swap_begin();
	forked(policy, 1, 0);
	forked(policy, 0, 1);
	forked(policy, 1, 1);
	swap_end();
}

static void fork_cow(void)
{
	forks(FORK_POLICY_COW);
}

static void fork_old(void)
{
	forks(FORK_POLICY_OLD);
}

static void fork_lazy(void)
{
	forks(FORK_POLICY_LAZY);
}

/*
 * Checks that two sharers of a swapped page need one slot, and one frame once
 * both have read it. The slot stays until the second comes.
 */
static void one_slot(void)
{
	int fds[2], pid;
	char c;

	swap_begin();
	fill(area, PAGES, 's');
	page_out(area, PAGES);
	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(read(fds[0], &c, 1) == 1);
		CHECK(is_filled(area, PAGES, 's'));
		_exit(0);
	}
	CHECK(is_filled(area, PAGES, 's') && swap_uses(PAGES));
	CHECK(write(fds[1], "x", 1) == 1 && wait_status(pid) == 0);
	CHECK(swap_uses(0));
	swap_end();
}

/*
 * Checks that a process gives its slots back at its end or exec, but not those
 * others share.
 */
static void exit_frees(void)
{
	int pid;

	swap_begin();
	fill(area, PAGES, 'e');
	page_out(area, PAGES / 2);
	for (int way = 0; way < 3; way++) {
		pid = fork_by(way == 2 ? FORK_POLICY_LAZY : FORK_POLICY_COW);
		if (pid == 0) {
			page_out(area, PAGES);
			if (way == 1)
				execve("/bin/true", (char *[]){ "true", NULL },
				       (char *[]){ NULL });
			_exit(0);
		}
		CHECK(wait_status(pid) == 0 &&
		      swap_uses(way == 2 ? PAGES : PAGES / 2));
	}
	CHECK(is_filled(area, PAGES, 'e'));
	swap_end();
}

static void unmap_frees(void)
{
	char *p, *heap;

	swap_begin();
	p = map_pages(PAGES, MAP_PRIVATE);
	heap = sbrk(0);
	heap += -(unsigned)heap % PAGE;
	CHECK(brk(heap + PAGES * PAGE) == 0);
	fill(p, PAGES, 'u');
	fill(heap, PAGES, 'h');
	page_out(p, PAGES);
	page_out(heap, PAGES);
	CHECK(swap_uses(2 * PAGES));
	CHECK(munmap(p + PAGE, PAGE) == 0 && swap_uses(2 * PAGES - 1));
	CHECK(madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED) == 0 &&
	      swap_uses(2 * PAGES - 2) && p[2 * PAGE] == 0);
	CHECK(mmap(p + 3 * PAGE, PAGE, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		   0) == p + 3 * PAGE &&
	      p[3 * PAGE] == 0);
	CHECK(brk(heap + PAGE) == 0 && swap_uses(PAGES - 3 + 1));
	CHECK(is_filled(heap, 1, 'h') && is_filled(p, 1, 'u') &&
	      is_filled(p + 4 * PAGE, PAGES - 4, 'u' + 4));
	CHECK(munmap(p, PAGES * PAGE) == 0);
	swap_end();
}

static void on_segv(int sig)
{
	_exit(sig);
}

static int access_kills(volatile char *p, int write)
{
	int pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, on_segv);
		if (write)
			*p = 1;
		else
			(void)*p;
		_exit(0);
	}
	return WEXITSTATUS(wait_status(pid)) == SIGSEGV;
}

static int writing_kills(char *p)
{
	return access_kills(p, 1);
}

/*
 * Checks that the area's permissions hold before and after. Untouchable pages
 * go to swap as others do.
 */
static void permissions(void)
{
	char *p;

	swap_begin();
	p = map_pages(PAGES, MAP_PRIVATE);
	fill(p, PAGES, 'm');
	page_out(p, PAGES);
	CHECK(mprotect(p, PAGES * PAGE, PROT_READ) == 0 &&
	      is_filled(p, 2, 'm') && writing_kills(p) &&
	      writing_kills(p + 3 * PAGE));
	CHECK(mprotect(p, PAGES * PAGE, PROT_NONE) == 0);
	page_out(p, PAGES);
	CHECK(writing_kills(p) && swap_uses(PAGES));
	CHECK(mprotect(p, PAGES * PAGE, RW) == 0 && is_filled(p, PAGES, 'm'));
	fill(p, PAGES, 'n');
	CHECK(is_filled(p, PAGES, 'n'));
	page_out(p, 1);
	CHECK(mprotect(p, PAGE, PROT_NONE) == 0);
	if (fork_by(FORK_POLICY_OLD) == 0)	/* which has it brought in */
		_exit(!access_kills(p, 0) || mprotect(p, PAGE, RW) != 0 ||
		      !is_filled(p, 1, 'n'));
	CHECK(child_status() == 0 && access_kills(p, 0) &&
	      mprotect(p, PAGE, RW) == 0 && is_filled(p, 1, 'n'));
	swap_end();
}

static void moved(void)
{
	char *p, *to;

	swap_begin();
	p = map_pages(PAGES, MAP_PRIVATE);
	fill(p, PAGES, 'r');
	page_out(p, PAGES);
	to = mremap(p, PAGES * PAGE, 1200 * PAGE, MREMAP_MAYMOVE);
	CHECK(to != MAP_FAILED && swap_uses(PAGES) &&
	      is_filled(to, PAGES, 'r') && to[PAGES * PAGE] == 0);
	page_out(to, PAGES);
	CHECK(munmap(to, 1200 * PAGE) == 0);
	swap_end();
}

/*
 * Checks pages of a file. Unwritten ones need no slot and come from the file;
 * written ones are private and need one.
 */
static void file_pages(void)
{
	char name[] = "swap-data", *p, *q;
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	swap_begin();
	fill(area, PAGES, 'd');
	CHECK(fd >= 0 && write(fd, area, sizeof(area)) == sizeof(area));
	p = mmap(NULL, PAGES * PAGE, RW, MAP_PRIVATE, fd, 0);
	q = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && q != MAP_FAILED && is_filled(p, PAGES, 'd') &&
	      is_filled(q, PAGES, 'd'));
	page_out(p, PAGES);
	page_out(q, PAGES);
	CHECK(swap_uses(0) && is_filled(p, PAGES, 'd'));
	fill(p, 3, 'P');
	q[5 * PAGE] = 'Q';
	page_out(p, PAGES);
	page_out(q, PAGES);
	CHECK(swap_uses(3) && is_filled(p, 3, 'P') &&
	      is_filled(p + 3 * PAGE, 2, 'd' + 3) && p[5 * PAGE] == 'Q' &&
	      q[5 * PAGE] == 'Q');
	CHECK(pread(fd, area, PAGE, 5 * PAGE) == PAGE && area[0] == 'Q' &&
	      is_filled(q, 5, 'd'));
	CHECK(close(fd) == 0 && unlink(name) == 0);
	swap_end();
}

/* Checks that shared memory stays in memory: it has no other place. */
static void shared_memory(void)
{
	char *p;

	swap_begin();
	p = map_pages(PAGES, MAP_SHARED);
	fill(p, PAGES, 'S');
	CHECK(madvise(p, PAGES * PAGE, MADV_PAGEOUT) == 0 && swap_uses(0) &&
	      is_filled(p, PAGES, 'S'));
	if (fork() == 0) {
		madvise(p, PAGES * PAGE, MADV_PAGEOUT);
		fill(p, PAGES, 'T');
		_exit(0);
	}
	CHECK(child_status() == 0 && is_filled(p, PAGES, 'T'));
	swap_end();
}

/*
 * Checks that the kernel reads and writes a program's pages wherever they are.
 */
static void kernel_access(void)
{
	int fds[2];

	swap_begin();
	CHECK(pipe(fds) == 0);
	fill(area, PAGES, 'k');
	page_out(area, PAGES);
	CHECK(write(fds[1], area + PAGE - 5, 10) == 10);
	CHECK(read(fds[0], area + 5 * PAGE - 5, 10) == 10);
	CHECK(memcmp(area + PAGE - 5, area + 5 * PAGE - 5, 10) == 0 &&
	      is_filled(area, 4, 'k') &&
	      is_filled(area + 6 * PAGE, 4, 'k' + 6));
	strcpy(area + 8 * PAGE, "/bin/true");
	page_out(area, PAGES);
	if (fork() == 0) {
		execve(area + 8 * PAGE, (char *[]){ area + 8 * PAGE, NULL },
		       (char *[]){ NULL });
		_exit(1);
	}
	CHECK(child_status() == 0);
	CHECK(madvise(area, sizeof(area), MADV_DONTNEED) == 0);
	swap_end();
}

/*
 * A tree of processes, each forked by its own policy, which write and page out
 * at random. Each keeps its own model to compare with.
 */
static unsigned char model[PAGES];
static unsigned seed = 5;

static void grow(int depth)
{
	for (int step = 0; step < 8; step++) {
		int page = rand() % PAGES, pid;

		if (rand() % 2)
			area[page * PAGE + 17] = area[page * PAGE + PAGE - 1] =
				model[page] = rand();
		if (rand() % 2)
			CHECK(madvise(area + page * PAGE,
				      PAGE * (1 + rand() % (PAGES - page)),
				      MADV_PAGEOUT) == 0);
		if (depth < 3 && rand() % 4 == 0) {
			static const int policies[] = { FORK_POLICY_LAZY,
							FORK_POLICY_COW,
							FORK_POLICY_OLD };

			seed += 13;
			pid = fork_by(policies[rand() % 3]);
			CHECK(pid >= 0);
			if (pid == 0) {
				grow(depth + 1);
				_exit(0);
			}
			if (rand() % 2)
				CHECK(wait_status(pid) == 0);
		}
	}
	for (int i = 0; i < PAGES; i++)
		CHECK((unsigned char)area[i * PAGE + 17] == model[i] &&
		      (unsigned char)area[i * PAGE + PAGE - 1] == model[i]);
	for (int status; wait(&status) > 0;)
		CHECK(status == 0);
}

static void random_trees(void)
{
	swap_begin();
	memset(area, 0, sizeof(area));
	memset(model, 0, sizeof(model));
	for (int i = 0; i < 20; i++) {
		srand(seed += 99);
		grow(0);
	}
	for (int i = 0; i < PAGES; i++)
		CHECK((unsigned char)area[i * PAGE + 17] == model[i]);
	CHECK(madvise(area, sizeof(area), MADV_DONTNEED) == 0);
	swap_end();
}

TESTS({ "round_trip", "out and back", round_trip },
      { "fork_cow", "pages in swap are copied on write", fork_cow },
      { "fork_old", "a fork that copies at once brings them in", fork_old },
      { "fork_lazy", "the same in shared page tables", fork_lazy },
      { "one_slot", "who shares a page shares its slot", one_slot },
      { "exit_frees", "exit and exec give slots back", exit_frees },
      { "unmap_frees", "so do munmap, madvise, mmap and brk", unmap_frees },
      { "permissions", "mprotect before and after", permissions },
      { "moved", "mremap", moved },
      { "file_pages", "pages of files", file_pages },
      { "shared_memory", "memory that is shared stays", shared_memory },
      { "kernel_access", "the kernel reads and writes them", kernel_access },
      { "random_trees", "random trees agree with a model", random_trees })
