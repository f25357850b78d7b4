/*
 * Address spaces with many areas: random calls against a model, and what they
 * cost. tests/test_counts.py reads the costs, where instructions are counted.
 */
#include <cowix.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "procfs.h"

#define PAGE 4096u
#define MANY 10000
#define MODEL_PAGES 500
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)
#define HOLE (-1)

static unsigned seed = 1;

static unsigned dice(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static char *map_anywhere(unsigned pages, int prot)
{
	char *p = mmap(NULL, pages * PAGE, prot, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

/* What each page of a region is: HOLE, or its permissions. */
static int model[MODEL_PAGES], seen[MODEL_PAGES];
static char *region;

/* Maps the region, and fills the gaps above it. */
static void make_region(void)
{
	region = map_anywhere(MODEL_PAGES, RW);
	for (int i = 0; i < MODEL_PAGES; i++)
		model[i] = RW;
	while (map_anywhere(1, PROT_NONE) > region)
		;
}

/* Notes in seen[] what a line of /proc/self/maps says of the region. */
static void note_line(const char *line)
{
	char *at;
	unsigned long start = strtoul(line, &at, 16),
		      end = strtoul(at + 1, &at, 16);
	int prot = (at[1] == 'r' ? PROT_READ : 0) |
		   (at[2] == 'w' ? PROT_WRITE : 0);

	for (; start < end; start += PAGE) {
		unsigned long page = (start - (unsigned long)region) / PAGE;

		if (start >= (unsigned long)region && page < MODEL_PAGES)
			seen[page] = prot;
	}
}

static void audit(void)
{
	CHECK(!on_cowix() || mm_audit(NULL, 0) == 0);
}

/* Compares the model with what the kernel says. */
static void compare(void)
{
	audit();
	for (int i = 0; i < MODEL_PAGES; i++)
		seen[i] = HOLE;
	CHECK(read_all("/proc/self/maps") > 0);
	for (const char *line = text; *line; line = strchr(line, '\n') + 1)
		note_line(line);
	for (int i = 0; i < MODEL_PAGES; i++)
		CHECK(seen[i] == model[i]);
}

static void set_model(int first, int n, int what)
{
	while (n-- > 0)
		model[first++] = what;
}

static void unmap_model(int first, int n)
{
	CHECK(munmap(region + first * PAGE, n * PAGE) == 0);
	set_model(first, n, HOLE);
}

/* Protects a range, up to the first hole. */
static void protect_model(int first, int n, int prot)
{
	int mapped = 0,
	    result = mprotect(region + first * PAGE, n * PAGE, prot);

	while (mapped < n && model[first + mapped] != HOLE)
		mapped++;
	CHECK(result == (mapped == n ? 0 : -1));
	set_model(first, mapped, prot);
}

static void map_fixed(int first, int n, int prot)
{
	char *at = region + first * PAGE;

	CHECK(mmap(at, n * PAGE, prot, ANON | MAP_FIXED, -1, 0) == at);
	set_model(first, n, prot);
}

/* Returns the first page of the highest hole of n pages, its end; or -1. */
static int highest_hole(int n)
{
	int run = 0;

	for (int i = MODEL_PAGES - 1; i >= 0; i--) {
		run = model[i] == HOLE ? run + 1 : 0;
		if (run == n)
			return i;
	}
	return -1;
}

/* Maps n pages where the kernel wants them: in the highest hole there is. */
static void map_hole(int n, int prot)
{
	int hole = highest_hole(n);
	char *at = map_anywhere(n, prot);

	if (hole < 0) {
		CHECK(at < region && munmap(at, n * PAGE) == 0);
		return;
	}
	CHECK(at == region + hole * PAGE);
	set_model(hole, n, prot);
}

/* Makes a random call. Without holes, it changes only permissions. */
static void operate(int holes)
{
	static const int prots[] = { PROT_NONE, PROT_READ, RW };
	int prot = prots[dice(3)], first = dice(MODEL_PAGES),
	    n = 1 + dice(dice(4) ? 4 : 30);

	if (first + n > MODEL_PAGES)
		n = MODEL_PAGES - first;
	switch (holes ? dice(5) : 4) {
	case 0: unmap_model(first, n); break;
	case 1: map_fixed(first, n, prot); break;
	case 2: map_hole(n, prot); break;
	default: protect_model(first, n, prot); break;
	}
}

static void operate_and_compare(int times, int holes)
{
	for (int i = 0; i < times; i++) {
		operate(holes);
		if (i % 32 == 0)
			audit();
		if (i % 64 == 0)
			compare();
	}
	compare();
}

/* A child has areas, but no tree until it searches. It must not differ. */
static void operate_in_child(void)
{
	int pid = fork();

	if (pid == 0) {
		operate_and_compare(100, 1);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	compare();
}

static void random_calls(void)
{
	make_region();
	operate_and_compare(1000, 0);
	for (int i = 0; i < 8; i++) {
		operate_and_compare(250, 1);
		operate_in_child();
	}
}

/* Grows the stack, the heap and a mapping among many areas. */
static void growing(void)
{
	char *heap, *p;
	volatile char deep[100 * PAGE];

	make_region();
	for (int i = 0; i < MODEL_PAGES; i += 2)
		protect_model(i, 1, PROT_READ);
	for (unsigned i = sizeof(deep); i > 0; i -= PAGE)
		deep[i - 1] = 1;
	heap = sbrk(10 * PAGE);
	CHECK(heap != (void *)-1 && sbrk(-5 * (int)PAGE) != (void *)-1);
	unmap_model(101, 7);
	p = mremap(region + 100 * PAGE, PAGE, 4 * PAGE, 0);
	CHECK(p == region + 100 * PAGE);
	set_model(100, 4, model[100]);
	compare();
	map_hole(4, RW);
	map_hole(3, RW);
	CHECK(model[106] == RW && model[104] == RW);
	compare();
}

static unsigned long long start;

static unsigned long long now(void)
{
	return __builtin_ia32_rdtsc();
}

static void begin(void)
{
	start = now();
}

static void end(const char *what, int n)
{
	printf("%s: %lu instructions\n", what,
	       (unsigned long)((now() - start) / n));
}

static int prot_of(int page)
{
	return page % 2 ? PROT_READ : RW;
}

/* Has pages that cannot join, at random, each other permissions for a time. */
static void time_protecting(char *p)
{
	begin();
	for (int i = 0; i < 1000; i++) {
		int page = 1 + dice(MANY - 2);

		CHECK(mprotect(p + page * PAGE, PAGE, prot_of(page + 1)) == 0);
		CHECK(mprotect(p + page * PAGE, PAGE, prot_of(page)) == 0);
	}
	end("mprotect", 2000);
}

static void time_faults(char *p)
{
	begin();
	for (int i = 0; i < 1000; i++)
		(void)*(volatile char *)(p + dice(MANY) * PAGE);
	end("fault", 1000);
}

/* Unmaps pages at random, and maps them again. */
static void time_mapping(char *p)
{
	static int gone[1000];

	begin();
	for (int i = 0; i < 1000; i++) {
		gone[i] = i * (MANY / 1000) + dice(MANY / 1000);
		CHECK(munmap(p + gone[i] * PAGE, PAGE) == 0);
	}
	end("munmap", 1000);
	begin();
	for (int i = 999; i >= 0; i--)
		CHECK(mmap(NULL, PAGE, prot_of(gone[i]), ANON, -1, 0) ==
		      p + gone[i] * PAGE);
	end("mmap", 1000);
}

/* Forks with all areas; the child searches them, and so makes its tree. */
static void time_fork(void)
{
	int pid;

	begin();
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0);
	end("fork, an area", MANY);
	begin();
	pid = fork();
	if (pid == 0) {
		map_anywhere(1, RW);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	end("fork and mmap in the child, an area", MANY);
}

/* Appends to a file whose last page was written through a mapping. */
static void time_append(void)
{
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	CHECK(fd >= 0 && write(fd, "first", 5) == 5);
	p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	*p = 'F';
	CHECK(munmap(p, PAGE) == 0);
	begin();
	for (int i = 0; i < 10; i++)
		CHECK(write(fd, "more", 4) == 4);
	end("append", 10);
	CHECK(close(fd) == 0 && unlink("file") == 0);
}

static void costs(void)
{
	char *p;

	make_region();
	p = map_anywhere(MANY, RW);
	for (int i = 1; i < MANY; i += 2)
		CHECK(mprotect(p + i * PAGE, PAGE, PROT_READ) == 0);
	time_faults(p);
	time_protecting(p);
	time_mapping(p);
	time_fork();
	time_append();
	audit();
}

static const struct test list[] = {
	{ "random_calls", "hundreds of areas agree with a model",
	  random_calls },
	{ "growing", "stack, heap and mapping grow among many areas", growing },
	{ "costs", "ten thousand areas", costs },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(list, argc, argv);
}
