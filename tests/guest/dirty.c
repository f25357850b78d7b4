/*
 * What sync(), fsync() and rename() cost beside much that they need not touch.
 * tests/test_counts.py runs this in a directory of a disk, counts instructions,
 * and compares. Elsewhere it checks only that files are as they should be.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#define TOP	"dirty.files"
#define FILES_A_DIR	100
#define TIMES	8
#define LOOP	2		/* instructions of the idler's loop */
#define BIG	16		/* pages */

typedef unsigned long long u64;

/* How often the idler, which runs while this program waits, went round. */
static volatile unsigned *idled;

/*
 * Returns the instructions so far, but for those of waiting. Where nobody idles
 * in a loop, time would jump.
 */
static u64 count(void)
{
	u64 now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now - (u64)LOOP * *idled;
}

static int start_idler(void)
{
	int pid;

	idled = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(idled != MAP_FAILED);
	pid = fork();
	if (pid)
		return pid;
	nice(19);
	for (;;)
		__asm__ volatile("1: incl (%0); jmp 1b" : : "r"(idled));
}

static void stop_idler(int pid)
{
	CHECK(pid > 0 && kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, NULL, 0) == pid);
}

static void show(const char *what, u64 sum)
{
	printf("  %s: %u\n", what, (unsigned)(sum / TIMES));
}

static void make_file(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	CHECK(fd >= 0 && write(fd, text, 4) == 4 && close(fd) == 0);
}

static void check_file(const char *name, const char *text)
{
	char found[5] = "";
	int fd = open(name, O_RDONLY);

	CHECK(fd >= 0 && read(fd, found, 4) == 4 && close(fd) == 0);
	CHECK(strcmp(found, text) == 0);
}

/* Returns a number of files, at most `wanted`, for which there is room. */
static int room_for(int wanted)
{
	struct statfs st;
	int room;

	CHECK(statfs(".", &st) == 0);
	room = st.f_bfree < st.f_ffree ? st.f_bfree : st.f_ffree;
	room = room / 4 / FILES_A_DIR * FILES_A_DIR;
	return st.f_ffree && room < wanted ? room : wanted;
}

/* Makes files, which stay dirty. */
static int make_many(int wanted)
{
	int many = room_for(wanted);
	char name[40];

	CHECK(mkdir(TOP, 0755) == 0);
	for (int i = 0; i < many; i++) {
		sprintf(name, TOP "/%d", i / FILES_A_DIR);
		if (i % FILES_A_DIR == 0)
			CHECK(mkdir(name, 0755) == 0);
		sprintf(name, TOP "/%d/%d", i / FILES_A_DIR, i);
		make_file(name, i % 2 ? "odd." : "even");
	}
	return many;
}

static void remove_many(int many)
{
	char name[40];

	for (int i = 0; i < many; i++) {
		sprintf(name, TOP "/%d/%d", i / FILES_A_DIR, i);
		check_file(name, i % 2 ? "odd." : "even");
		CHECK(unlink(name) == 0);
		sprintf(name, TOP "/%d", i / FILES_A_DIR);
		if (i % FILES_A_DIR == FILES_A_DIR - 1)
			CHECK(rmdir(name) == 0);
	}
	CHECK(rmdir(TOP) == 0);
}

static void sync_of_nothing(void)
{
	int many = make_many(5000), idler;
	u64 begin;

	sync();
	sync();
	idler = start_idler();
	begin = count();
	for (int i = 0; i < TIMES; i++)
		sync();
	show("sync of nothing", count() - begin);
	stop_idler(idler);
	remove_many(many);
}

static void fsync_pages(int fd, const char *what)
{
	int idler = start_idler();
	u64 begin = count();

	for (int i = 0; i < TIMES; i++) {
		CHECK(pwrite(fd, "abc", 3, i * 8192) == 3);
		CHECK(fsync(fd) == 0);
	}
	show(what, count() - begin);
	stop_idler(idler);
}

static void fsync_of_a_page(void)
{
	char page[4096];
	int fd = open("big", O_CREAT | O_TRUNC | O_RDWR, 0644), many;

	memset(page, 'a', sizeof(page));
	for (int i = 0; i < BIG; i++)
		CHECK(write(fd, page, sizeof(page)) == sizeof(page));
	sync();
	fsync_pages(fd, "fsync");
	many = make_many(2000);
	fsync_pages(fd, "fsync beside many");
	remove_many(many);
	CHECK(pread(fd, page, 4, 8192) == 4 && !memcmp(page, "abca", 4));
	CHECK(close(fd) == 0 && unlink("big") == 0);
}

/* Counts renames over a file. Making the new one is not counted. */
static void rename_times(const char *what)
{
	int idler = start_idler();
	u64 sum = 0;

	for (int i = 0; i < TIMES; i++) {
		u64 begin;

		make_file("new", i % 2 ? "odd." : "even");
		begin = count();
		CHECK(rename("new", "file") == 0);
		sum += count() - begin;
	}
	show(what, sum);
	stop_idler(idler);
	check_file("file", "odd.");
}

static void rename_over(void)
{
	int many;

	make_file("file", "old.");
	CHECK(link("file", "other") == 0);
	sync();
	rename_times("rename");
	check_file("other", "old.");
	many = make_many(2000);
	rename_times("rename beside many");
	remove_many(many);
	CHECK(unlink("file") == 0 && unlink("other") == 0);
}

TESTS({ "sync_of_nothing", "sync with nothing dirty", sync_of_nothing },
      { "fsync_of_a_page", "fsync of one page of a file", fsync_of_a_page },
      { "rename_over", "rename over a file", rename_over })
