/*
 * Minix at its borders: where direct pointers end and tables begin, where a cut
 * goes through a table, blocks and entries that held something else before. The
 * root file system must be the floppy's, of version 1: its tables are counted.
 */
#include <check.h>
#include <cowix.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define TOP	"/edges"
#define BLOCK	1024
#define DIRECT	7
#define TABLE	512			/* pointers in a block of version 1 */
#define JUNK	((char)0xA5)

static char block[BLOCK];

/* Writes what is dirty, and forgets all that can be read again. */
static void forget(void)
{
	struct audit_report r;

	sync();
	mm_audit(&r, AUDIT_DROP_CACHES);
}

static void begin(void)
{
	CHECK(mkdir(TOP, 0755) == 0 && chdir(TOP) == 0);
}

static void end(void)
{
	CHECK(chdir("/") == 0 && rmdir(TOP) == 0);
}

static int create(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	return fd;
}

static void write_block(int fd, int number, char c)
{
	memset(block, c, BLOCK);
	CHECK(lseek(fd, number * BLOCK, SEEK_SET) == number * BLOCK);
	CHECK(write(fd, block, BLOCK) == BLOCK);
}

static int holds(int fd, int number, char c)
{
	CHECK(lseek(fd, number * BLOCK, SEEK_SET) == number * BLOCK);
	CHECK(read(fd, block, BLOCK) == BLOCK);
	for (int i = 0; i < BLOCK; i++)
		if (block[i] != c)
			return 0;
	return 1;
}

static unsigned free_blocks(void)
{
	struct statfs st;

	CHECK(statfs(".", &st) == 0);
	return st.f_bfree;
}

/* Fills all free blocks with junk and frees them again. */
static void spoil_blocks(void)
{
	int fd = create("junk");

	memset(block, JUNK, BLOCK);
	while (on_cowix() && write(fd, block, BLOCK) == BLOCK)
		;
	forget();			/* on the medium, too */
	CHECK(close(fd) == 0 && unlink("junk") == 0);
	forget();
}

/* The blocks on both sides of each border. */
static const int edges[] = {
	0, DIRECT - 1, DIRECT, DIRECT + 1, DIRECT + TABLE - 1, DIRECT + TABLE,
	DIRECT + TABLE + 1, DIRECT + 2 * TABLE - 1, DIRECT + 2 * TABLE,
};
#define EDGES	((int)(sizeof(edges) / sizeof(edges[0])))

static void borders(void)
{
	int fd;

	begin();
	fd = create("file");
	for (int i = 0; i < EDGES; i++)
		write_block(fd, edges[i], 'a' + i);
	forget();
	for (int i = 0; i < EDGES; i++)
		CHECK(holds(fd, edges[i], 'a' + i));
	CHECK(holds(fd, DIRECT + 2, 0) && holds(fd, DIRECT + TABLE + 9, 0));
	CHECK(close(fd) == 0 && unlink("file") == 0);
	end();
}

/* Makes a file with blocks at the borders. Returns its descriptor. */
static int make_edges(void)
{
	int fd = create("file");

	for (int i = 0; i < EDGES; i++)
		write_block(fd, edges[i], 'a' + i);
	return fd;
}

/*
 * Cuts behind each block in turn. Of what is beyond, nothing may stay in use or
 * be seen again, and nothing else may go.
 */
static void cuts(void)
{
	/* tables at the borders: the simple one, the double one and its two */
	static const int tables[] = { 0, 0, 1, 1, 1, 3, 3, 3, 4 };
	unsigned before;
	int fd;

	begin();
	close(create("file"));
	before = free_blocks();
	for (int i = EDGES - 1; i >= 0; i--) {
		fd = make_edges();
		CHECK(ftruncate(fd, (edges[i] + 1) * BLOCK) == 0);
		if (on_cowix())
			CHECK(before - free_blocks() ==
			      (unsigned)(i + 1 + tables[i]));
		CHECK(ftruncate(fd, (DIRECT + 3 * TABLE) * BLOCK) == 0);
		forget();
		for (int j = 0; j < EDGES; j++)
			CHECK(holds(fd, edges[j], j <= i ? 'a' + j : 0));
		CHECK(ftruncate(fd, 0) == 0 && close(fd) == 0);
		if (on_cowix())
			CHECK(free_blocks() == before);
	}
	CHECK(unlink("file") == 0);
	end();
}

/* Checks that nothing of a block's earlier contents is seen. */
static void used_before(void)
{
	struct dirent *entry;
	DIR *dir;
	char name[32];
	int fd, n = 0;

	begin();
	spoil_blocks();
	fd = create("file");
	write_block(fd, DIRECT + 5, 'x');
	write_block(fd, DIRECT + TABLE + 5, 'y');
	forget();
	CHECK(holds(fd, DIRECT + 4, 0) && holds(fd, DIRECT + 5, 'x'));
	CHECK(holds(fd, DIRECT + TABLE + 4, 0));
	CHECK(holds(fd, DIRECT + TABLE + 5, 'y') && holds(fd, 2, 0));
	CHECK(close(fd) == 0 && unlink("file") == 0);
	for (int i = 0; i < 40; i++) {
		sprintf(name, "name%d", i);
		close(create(name));
	}
	forget();
	dir = opendir(".");
	while ((entry = readdir(dir)))
		n += strncmp(entry->d_name, "name", 4) == 0 ||
		     entry->d_name[0] == '.';
	closedir(dir);
	CHECK(n == 42);
	for (int i = 0; i < 40; i++) {
		sprintf(name, "name%d", i);
		CHECK(unlink(name) == 0);
	}
	end();
}

/* Checks that what a cut takes from the middle of a block stays away. */
static void rest_of_a_block(void)
{
	int fd;

	begin();
	fd = create("file");
	write_block(fd, 0, 'x');
	forget();
	CHECK(ftruncate(fd, 10) == 0);
	forget();
	CHECK(ftruncate(fd, BLOCK) == 0 && pread(fd, block, BLOCK, 0) == BLOCK);
	for (int i = 0; i < BLOCK; i++)
		CHECK(block[i] == (i < 10 ? 'x' : 0));
	CHECK(close(fd) == 0 && unlink("file") == 0);
	end();
}

/* Checks that a device keeps its number, and that it is no block's. */
static void devices(void)
{
	struct stat st;
	unsigned before;

	begin();
	before = free_blocks();
	for (int number = 100; number < 1400; number += 100) {
		CHECK(mknod("device", S_IFCHR | 0600, number) == 0);
		forget();
		CHECK(stat("device", &st) == 0 && st.st_rdev == (dev_t)number);
		CHECK(unlink("device") == 0);
		if (on_cowix())
			CHECK(free_blocks() == before);
	}
	end();
}

/* Two files whose blocks lie between each other's. */
static void fragments(void)
{
	int a, b;

	begin();
	a = create("a");
	b = create("b");
	for (int i = 0; i < 24; i++) {
		write_block(a, i, 'A' + i);
		write_block(b, i, 'a' + i);
		if (i % 3 == 0)
			sync();
	}
	forget();
	for (int i = 0; i < 24; i++)
		CHECK(holds(a, i, 'A' + i) && holds(b, i, 'a' + i));
	CHECK(close(a) == 0 && close(b) == 0);
	CHECK(unlink("a") == 0 && unlink("b") == 0);
	end();
}

/* Names that begin or end alike, and names in the place of others. */
static void names(void)
{
	struct stat st;

	begin();
	close(create("ababa"));
	forget();
	CHECK_ERRNO(stat("aba", &st), ENOENT);
	CHECK_ERRNO(stat("abababa", &st), ENOENT);
	CHECK(unlink("ababa") == 0);
	forget();
	CHECK_ERRNO(stat("ababa", &st), ENOENT);
	close(create("a-long-name"));
	CHECK(unlink("a-long-name") == 0);
	close(create("short"));
	forget();
	CHECK(stat("short", &st) == 0);
	CHECK_ERRNO(stat("shortg-name", &st), ENOENT);
	CHECK(unlink("short") == 0);
	end();
}

/* Checks that the entries of removed names are used again. */
static void entries_again(void)
{
	struct stat before, after;
	char name[32];

	begin();
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 60; i++) {
			sprintf(name, "%d-%d", round, i);
			close(create(name));
		}
		CHECK(stat(".", round ? &after : &before) == 0);
		for (int i = 0; i < 60; i++) {
			sprintf(name, "%d-%d", round, i);
			CHECK(unlink(name) == 0);
		}
	}
	CHECK(after.st_size == before.st_size);
	end();
}

TESTS({ "borders", "blocks on both sides of each table", borders },
      { "cuts", "and cuts between them", cuts },
      { "used_before", "blocks that held something else", used_before },
      { "rest_of_a_block", "what a cut leaves of a block", rest_of_a_block },
      { "devices", "numbers of devices are no blocks", devices },
      { "fragments", "blocks of two files in turn", fragments },
      { "names", "names that are almost others", names },
      { "entries_again", "entries that were free", entries_again })
