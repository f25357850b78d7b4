/*
 * The page cache: files that are cut, grow and are synced keep their contents,
 * and what is done to one page costs the same however many are in memory.
 * tests/test_counts.py reads the costs, in instructions, of the last tests.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include "thread.h"

#define FEW	256u		/* pages */
#define MANY	100000u		/* at most, if there is the memory */
#define MODEL	16u		/* pages of a file that is compared */
#define OTHERS	500
#define FOLDER	"/mnt"

static unsigned long long count(void)
{
	unsigned long long now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now;
}

static void report(const char *what, unsigned long long begin, unsigned n)
{
	printf("  %s: %u\n", what, (unsigned)((count() - begin) / n));
}

static unsigned next_random(unsigned below)
{
	static unsigned state = 12345;

	state = state * 1103515245 + 12345;
	return (state >> 8) % below;
}

/* Makes a file without a name, of the root or of a memory file system. */
static int make_file(int in_memory)
{
	char path[] = "/tmp/cached.tmp", memory[] = FOLDER "/cached.tmp";
	int mounted = in_memory && on_cowix(), fd;
	const char *name = mounted ? memory : path;

	if (mounted)
		CHECK(mount("none", FOLDER, "tmpfs", 0, NULL) == 0);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && unlink(name) == 0);
	return fd;
}

static void drop_file(int fd, int in_memory)
{
	CHECK(close(fd) == 0);
	if (in_memory && on_cowix())
		CHECK(umount(FOLDER) == 0);
}

/* Has the pages [from, to) of a file in memory, as holes. */
static void fill(int fd, unsigned from, unsigned to)
{
	char byte;

	CHECK(ftruncate(fd, to * PAGE) == 0);
	for (unsigned i = from; i < to; i++)
		CHECK(pread(fd, &byte, 1, i * PAGE) == 1 && byte == 0);
}

/* Returns how many pages are many on this machine. */
static unsigned many(void)
{
	struct sysinfo info;
	unsigned n;

	pages_info(&info);
	n = info.freeram * 4 / 5;
	return n < MANY ? n : MANY;
}

/* Writes all files. Returns how many pages stay in memory. */
static unsigned drop_caches(void)
{
	struct audit_report report = { 0 };

	if (on_cowix())
		CHECK(mm_audit(&report, AUDIT_DROP_CACHES) == 0);
	return report.frames_cache;
}

/* A file and what it should hold. */
static char model[MODEL * PAGE], found[MODEL * PAGE];
static unsigned size;

static void compare(int fd)
{
	struct stat st;

	CHECK(fstat(fd, &st) == 0 && (unsigned)st.st_size == size);
	CHECK(pread(fd, found, sizeof(found), 0) == (int)size);
	CHECK(memcmp(found, model, size) == 0);
}

static void resize(int fd, unsigned to)
{
	CHECK(ftruncate(fd, to) == 0);
	if (to < size)
		memset(model + to, 0, size - to);
	size = to;
}

static void put(int fd, unsigned at, unsigned n)
{
	memset(model + at, 'a' + next_random(26), n);
	CHECK(pwrite(fd, model + at, n, at) == (int)n);
	if (at + n > size)
		size = at + n;
}

/* Cuts, extends, writes and syncs a file in any order. */
static void change(int in_memory)
{
	int fd = make_file(in_memory);

	size = 0;
	memset(model, 0, sizeof(model));
	for (int i = 0; i < 400; i++) {
		unsigned at = next_random(sizeof(model) - PAGE);

		switch (next_random(20)) {
		case 0 ... 4:
			resize(fd, at);
			break;
		case 5 ... 9:		/* by a little: few pages go */
			resize(fd, size - next_random(size < PAGE ? size + 1
								  : PAGE));
			break;
		case 10 ... 18:
			put(fd, at, 1 + next_random(PAGE));
			break;
		default:
			CHECK(fsync(fd) == 0);
		}
		if (i % 64 == 0)
			drop_caches();
		compare(fd);
	}
	drop_file(fd, in_memory);
}

static void changed(void)
{
	change(0);
}

static void changed_in_memory(void)
{
	change(1);
}

/* Returns how many pages of data Cowix's memory file system holds. */
static unsigned held(void)
{
	struct statfs st;

	CHECK(statfs(FOLDER, &st) == 0);
	return (st.f_blocks - st.f_bfree) / (PAGE / st.f_bsize);
}

/* Cuts a file whose pages lie far apart. */
static void cut_far(int in_memory)
{
	int fd = make_file(in_memory), counted = in_memory && on_cowix();
	char byte = 'x';

	for (unsigned i = 0; i < 40; i++)
		CHECK(pwrite(fd, &byte, 1, i * 300 * PAGE) == 1);
	CHECK(ftruncate(fd, 20 * 300 * PAGE) == 0 &&
	      ftruncate(fd, 39 * 300 * PAGE + 1) == 0);
	for (unsigned i = 0; i < 40; i++) {
		CHECK(pread(fd, &byte, 1, i * 300 * PAGE) == 1);
		CHECK(byte == (i < 20 ? 'x' : 0));
	}
	CHECK(!counted || held() == 20);
	CHECK(ftruncate(fd, 1) == 0 && ftruncate(fd, PAGE) == 0);
	CHECK(pread(fd, found, PAGE, 0) == PAGE && found[0] == 'x');
	for (unsigned i = 1; i < PAGE; i++)
		CHECK(found[i] == 0);
	CHECK(!counted || held() == 1);
	drop_file(fd, in_memory);
}

static void cut(void)
{
	cut_far(0);
	cut_far(1);
}

static char *mapped;

/* Changes the pages of a file all the time, each to the same number. */
static void store_for_ever(void *unused)
{
	(void)unused;
	while (!word) {
		for (unsigned i = 0; i < MODEL; i++)
			*(volatile int *)(mapped + i * PAGE) = counter;
		counter = counter + 1;
	}
}

/*
 * Syncs a file while a thread changes it. What it stored last is there when
 * nobody has the file in memory any more.
 */
static void changed_while_written(void)
{
	int fd = make_file(0), last;
	struct thread writer;
	unsigned cached;

	CHECK(ftruncate(fd, sizeof(model)) == 0);
	cached = drop_caches();
	mapped = map(sizeof(model), MAP_SHARED, fd);
	word = 0;
	start(&writer, store_for_ever, NULL);
	for (int i = 0; i < 10; i++) {
		CHECK(fsync(fd) == 0);
		drop_caches();
		sleep_ms(1);
	}
	word = 1;
	join(&writer);
	last = counter - 1;
	CHECK(munmap(mapped, sizeof(model)) == 0);
	CHECK(drop_caches() == cached);
	for (unsigned i = 0; i < MODEL; i++) {
		int value;

		CHECK(pread(fd, &value, 4, i * PAGE) == 4 && value == last);
	}
	drop_file(fd, 0);
}

static void preads(int fd, unsigned pages, const char *what)
{
	char buf[16];
	unsigned long long begin = count();

	for (unsigned i = 0; i < 2000; i++)
		CHECK(pread(fd, buf, 16, next_random(pages) * PAGE) == 16);
	report(what, begin, 2000);
}

static void faults(int fd, unsigned pages, const char *what)
{
	const volatile char *p = mmap(NULL, pages * PAGE, PROT_READ,
				      MAP_SHARED, fd, 0);
	unsigned long long begin = count();
	unsigned n = 0;

	CHECK(p != MAP_FAILED);
	for (unsigned i = 0; i < pages; i += 64, n++)
		p[i * PAGE];
	report(what, begin, n);
	CHECK(munmap((void *)p, pages * PAGE) == 0);
}

static void cuts(int fd, unsigned pages, const char *what)
{
	unsigned long long begin = count();

	for (unsigned i = 1; i <= 20; i++)
		CHECK(ftruncate(fd, pages * PAGE - i) == 0);
	report(what, begin, 20);
}

/* Every frame is looked at, but not beside every other. */
static void audits(const char *what)
{
	unsigned long long begin = count();

	if (on_cowix())
		CHECK(mm_audit(NULL, 0) == 0);
	report(what, begin, 1);
}

static void reading(void)
{
	int fd = make_file(1);
	unsigned pages = many();

	fill(fd, 0, FEW);
	preads(fd, FEW, "pread beside few");
	faults(fd, FEW, "fault beside few");
	audits("audit of few");
	fill(fd, FEW, pages);
	preads(fd, pages, "pread beside many");
	faults(fd, pages, "fault beside many");
	audits("audit of many");
	cuts(fd, pages, "cut in memory");
	drop_file(fd, 1);
}

static void fsyncs(int fd, const char *what)
{
	unsigned long long begin;

	fsync(fd);
	begin = count();
	for (int i = 0; i < 8; i++)
		CHECK(pwrite(fd, "x", 1, i * PAGE) == 1 && fsync(fd) == 0);
	report(what, begin, 8);
}

static void syncing(void)
{
	int fd = make_file(0);
	unsigned pages = many();

	if (pages > 60000)		/* some formats can have no more */
		pages = 60000;
	fill(fd, 0, FEW);
	fsyncs(fd, "fsync beside few");
	fill(fd, FEW, pages);
	fsyncs(fd, "fsync beside many");
	cuts(fd, pages, "cut on disk");
	drop_file(fd, 0);
}

static volatile int words[OTHERS + 1], waiting;

static void wait_on(void *address)
{
	__sync_fetch_and_add(&waiting, 1);
	while (*(volatile int *)address == 0)
		syscall(__NR_futex, address, FUTEX_WAIT, 0, NULL);
}

static int wake(volatile int *address, int flags)
{
	return syscall(__NR_futex, address, FUTEX_WAKE | flags, INT_MAX);
}

static void wakes(volatile int *address, int flags, const char *what)
{
	unsigned long long begin = count();

	for (int i = 0; i < 100; i++)
		CHECK(wake(address, flags) == 0);
	report(what, begin, 100);
}

/* Wakes nobody beside many that wait for other words, and then each of them. */
static void waking(void)
{
	static struct thread threads[OTHERS];
	volatile int *shared = (int *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);

	for (int i = 0; i < OTHERS; i++)
		start(&threads[i], wait_on, (void *)&words[i]);
	while (waiting < OTHERS)
		sched_yield();
	sleep_ms(100);
	wakes(&words[OTHERS], FUTEX_PRIVATE_FLAG, "wake");
	wakes(shared, 0, "wake in a file");
	for (int i = 0; i < OTHERS; i++) {
		words[i] = 1;
		CHECK(wake(&words[i], 0) == 1);
	}
	for (int i = 0; i < OTHERS; i++)
		join(&threads[i]);
}

/* Checks that a clean page which a program maps is not dropped. */
static void dropped_while_mapped(void)
{
	struct audit_report r;
	char page[PAGE], *p;
	int fd = make_file(0);

	memset(page, 'a', PAGE);
	CHECK(write(fd, page, PAGE) == PAGE && fsync(fd) == 0);
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && p[0] == 'a');
	mm_audit(&r, AUDIT_DROP_CACHES);
	CHECK(pwrite(fd, "b", 1, 0) == 1 && p[0] == 'b');
	CHECK(munmap(p, PAGE) == 0);
	drop_file(fd, 0);
}

TESTS({ "changed", "cut, grown, written and synced", changed },
      { "changed_in_memory", "the same in a memory file system",
	changed_in_memory },
      { "cut", "pages far apart", cut },
      { "changed_while_written", "nothing is lost", changed_while_written },
      { "reading", "what a page costs", reading },
      { "syncing", "what a dirty page costs", syncing },
      { "waking", "what a futex costs", waking },
      { "dropped_while_mapped", "a page that programs see",
	dropped_while_mapped })
