/*
 * Lab 15: the buffer cache, through the files of devices. /dev/hda has more
 * blocks than there is memory. /dev/hdb gives an error for each write, and for
 * reading block 1.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <abi/ioctl.h>
#include "sleep.h"

#define BLOCK		1024
#define BLOCKS		(32 * 1024)	/* of /dev/hda */
#define OWN		3000u		/* more than the hash has buckets */
#define CHUNK		64		/* blocks */
#define LAST_OF_FLOPPY	1439
#define PLACES		24
#define ROUNDS		60

static unsigned char block[BLOCK], chunk[CHUNK * BLOCK];

static int open_disk(const char *name)
{
	int fd = open(name, O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

/* Writes what is dirty, and drops what is not in use. */
static void flush(int fd)
{
	CHECK(ioctl(fd, BLKFLSBUF, 0) == 0);
}

static int open_empty(const char *name)
{
	int fd = open_disk(name);

	flush(fd);
	return fd;
}

/* Syncs first, so that init's sync makes no more of the ramdisk's. */
static unsigned count_buffers(void)
{
	struct audit_report report;

	sync();
	CHECK(mm_audit(&report, 0) >= 0);
	return report.buffers_used;
}

static void put(int fd, unsigned n, unsigned value)
{
	for (unsigned i = 0; i < BLOCK / 4; i++)
		((unsigned *)block)[i] = value;
	CHECK(pwrite(fd, block, BLOCK, n * BLOCK) == BLOCK);
}

/* Returns what put() stored. */
static unsigned get(int fd, unsigned n)
{
	unsigned *words = (unsigned *)block;

	CHECK(pread(fd, block, BLOCK, n * BLOCK) == BLOCK);
	for (unsigned i = 1; i < BLOCK / 4; i++)
		CHECK(words[i] == words[0]);
	return words[0];
}

/* Each block has a buffer of its own, and no two have one. */
static void own(void)
{
	int disk = open_empty("/dev/hda"), floppy = open_empty("/dev/fd0");
	unsigned before = count_buffers();

	CHECK(pread(floppy, chunk, BLOCK, 5 * BLOCK) == BLOCK);
	for (unsigned n = 0; n < OWN; n++)
		put(disk, n, n + 1);
	for (unsigned n = 0; n < OWN; n++)
		CHECK(get(disk, n) == n + 1);
	CHECK(pread(floppy, block, BLOCK, 5 * BLOCK) == BLOCK &&
	      memcmp(block, chunk, BLOCK) == 0);
	CHECK(count_buffers() == before + OWN + 1);
	flush(disk);
	for (unsigned n = 0; n < OWN; n++)
		CHECK(get(disk, n) == n + 1);
	flush(disk);
	flush(floppy);
}

/* What was used and released can go, also after an error. */
static void released(void)
{
	int disk = open_empty("/dev/hda"), bad = open_empty("/dev/hdb");
	unsigned before;

	/* fails, but what it needs of the ramdisk is in memory then */
	CHECK_ERRNO(mount("/dev/hda", "/mnt", "minix", 0, NULL), EINVAL);
	flush(disk);
	before = count_buffers();
	for (unsigned n = 0; n < 10; n++)
		get(disk, 100);
	CHECK(count_buffers() == before + 1);
	flush(disk);
	CHECK(count_buffers() == before);
	CHECK_ERRNO(mount("/dev/hdb", "/mnt", "minix", 0, NULL), EIO);
	CHECK_ERRNO(mount("/dev/hda", "/mnt", "minix", 0, NULL), EINVAL);
	flush(bad);
	flush(disk);
	CHECK(count_buffers() == before);
}

static void read_chunk(int disk, unsigned n)
{
	CHECK(pread(disk, chunk, sizeof(chunk), n * BLOCK) ==
	      sizeof(chunk));
}

/* Reads all blocks, though there is memory for some. Dirty ones stay. */
static void all(void)
{
	int disk = open_empty("/dev/hda");

	for (unsigned n = 0; n < 1000; n++)
		put(disk, n, n + 7);
	for (unsigned n = 1024; n < BLOCKS; n += CHUNK)
		read_chunk(disk, n);
	for (unsigned n = 0; n < 1000; n++)
		CHECK(get(disk, n) == n + 7);
	flush(disk);
}

/* Changes the floppy behind the cache's back: the ramdisk writes itself. */
static void change_floppy(unsigned n, unsigned value)
{
	int ram = open_disk("/dev/ram0");

	put(ram, n, value);
	close(ram);
	sync();
}

/*
 * Two blocks of the floppy are in memory, and have changed on the medium. One
 * of them is used again and again, while more is read than there is memory for.
 */
static void longest_unused(void)
{
	int disk = open_empty("/dev/hda"), floppy = open_empty("/dev/fd0");
	unsigned used = LAST_OF_FLOPPY, unused = used - 2;

	change_floppy(used, 1);
	change_floppy(unused, 1);
	flush(floppy);
	CHECK(get(floppy, unused) == 1 && get(floppy, used) == 1);
	change_floppy(used, 2);
	change_floppy(unused, 2);
	CHECK(get(floppy, unused) == 1 && get(floppy, used) == 1);
	for (unsigned n = 0; n < BLOCKS; n += CHUNK) {
		read_chunk(disk, n);
		CHECK(get(floppy, used) == 1);	/* is in memory still */
	}
	CHECK(get(floppy, unused) == 2);	/* was dropped */
	flush(disk);
	flush(floppy);
}

/* After fsync() nothing is dirty: all can go, and the disk has it. */
static void written(void)
{
	int disk = open_empty("/dev/hda");
	unsigned before = count_buffers();

	for (unsigned n = 0; n < 500; n++)
		put(disk, n * 3, n + 9);
	CHECK(fsync(disk) == 0);
	flush(disk);
	CHECK(count_buffers() == before);
	for (unsigned n = 0; n < 500; n++)
		CHECK(get(disk, n * 3) == n + 9);
	flush(disk);
}

/* A block that cannot be written is an error, now and later: for its disk. */
static void failing(void)
{
	int disk = open_empty("/dev/hda"), bad = open_disk("/dev/hdb");

	put(bad, 20, 1);
	put(disk, 20, 1);
	CHECK_ERRNO(fsync(bad), EIO);
	CHECK(fsync(disk) == 0);
	CHECK_ERRNO(fsync(bad), EIO);
	CHECK(get(bad, 20) == 1);
	flush(disk);
}

/* Writes, reads, syncs and flushes blocks that are only its own. */
static void work(unsigned who)
{
	unsigned values[PLACES] = { 0 };
	int disk = open_disk("/dev/hda");

	for (unsigned n = 0; n < PLACES; n++)
		put(disk, n * 4 + who, 0);
	for (unsigned round = 1; round <= ROUNDS; round++) {
		unsigned n = (round * 7 + who) % PLACES;

		values[n] = round;
		put(disk, n * 4 + who, round);
		CHECK(fsync(disk) == 0);
		if (round % 5 == who)
			flush(disk);
		for (n = 0; n < PLACES; n++)
			CHECK(get(disk, n * 4 + who) == values[n]);
	}
	_exit(0);
}

/* While one sleeps in a sync, others make buffers dirty, clean, and go. */
static void many(void)
{
	int pids[4];

	for (unsigned who = 0; who < 4; who++) {
		pids[who] = fork();
		if (pids[who] == 0)
			work(who);
	}
	for (unsigned who = 0; who < 4; who++)
		CHECK(wait_status(pids[who]) == 0);
}

static int shared_disk;

static int read_byte(void)
{
	char byte;

	return pread(shared_disk, &byte, 1, 77 * BLOCK) == 1 ? 0 : -1;
}

static int write_byte(void)
{
	return pwrite(shared_disk, "w", 1, 77 * BLOCK) == 1 ? 0 : -1;
}

static const struct act acts[] = {
	{ .name = "read", .run = read_byte },
	{ .name = "write", .run = write_byte },
};

static void begin_scene(void)
{
	shared_disk = open_disk("/dev/hda");
	CHECK(pwrite(shared_disk, "o", 1, 77 * BLOCK) == 1);
	flush(shared_disk);
}

/* Tells what is in memory, and what comes from the disk. */
static void describe(char *to)
{
	CHECK(pread(shared_disk, to, 1, 77 * BLOCK) == 1);
	flush(shared_disk);
	CHECK(pread(shared_disk, to + 1, 1, 77 * BLOCK) == 1);
	to[2] = '\0';
	flush(shared_disk);
	close(shared_disk);
}

/* While one gets memory for a buffer, another wants the same block. */
static void meeting_others(void)
{
	static const struct scene scene = SCENE("meeting", acts,
		.prepare = begin_scene, .describe = describe);

	sweep_scene(&scene);
}

TESTS({ "own", "a buffer for each block", own },
      { "released", "unused buffers can go", released },
      { "all", "more blocks than memory", all },
      { "longest_unused", "goes first", longest_unused },
      { "written", "fsync writes all", written },
      { "failing", "a disk that cannot be written", failing },
      { "many", "several use and sync at once", many },
      { "meeting", "two want one block", meeting_others })
