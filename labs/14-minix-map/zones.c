/*
 * Lab 14: files on /dev/hda, a volume of version 3 that this program makes. To
 * see where a byte is it reads the disk itself, and walks the pointers there.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <abi/ioctl.h>

#define DISK		"/dev/hda"
#define FILE_NAME	"/mnt/file"
#define INODES		16
#define TABLE		4	/* the zone of the inodes: boot, super, maps */
#define DATA		5	/* the first zone of data: the root's */
#define FILE_INO	2	/* the first one free */
#define ZONES		2000
#define DIRECT		7

struct super {
	unsigned inodes;
	unsigned short pad0, inode_map, zone_map, first, log_size, pad1;
	unsigned max_size, zones;
	unsigned short magic, pad2, block_size;
	unsigned char version;
};

struct inode {
	unsigned short mode, links, uid, gid;
	unsigned size, times[3], zone[10];
};

struct entry {
	unsigned ino;
	char name[60];
};

static unsigned size;		/* of a zone */
static unsigned pointers;	/* in a zone */
static unsigned char buffer[4096], other[4096];
static int disk = -1;

static void put_zone(unsigned zone, const void *from)
{
	CHECK(pwrite(disk, from, size, zone * size) == (int)size);
}

static void get_zone(unsigned zone, void *to)
{
	CHECK(zone >= DATA && zone < ZONES);
	CHECK(pread(disk, to, size, zone * size) == (int)size);
}

static void put_super(void)
{
	struct super super = { .inodes = INODES, .inode_map = 1, .zone_map = 1,
			       .first = DATA, .max_size = 0x7FFFFFFF,
			       .zones = ZONES, .magic = 0x4D5A,
			       .block_size = size };

	CHECK(pwrite(disk, &super, sizeof(super), 1024) == sizeof(super));
}

/* Writes a map in which bits [0, n) and those from end on are used. */
static void put_map(unsigned zone, unsigned n, unsigned end)
{
	memset(buffer, 0, size);
	for (unsigned bit = 0; bit < size * 8; bit++)
		if (bit < n || bit >= end)
			buffer[bit / 8] |= 1 << bit % 8;
	put_zone(zone, buffer);
}

static void put_root(void)
{
	struct inode root = { .mode = S_IFDIR | 0755, .links = 2,
			      .size = 2 * sizeof(struct entry),
			      .zone = { DATA } };
	struct entry *entry = (struct entry *)buffer;

	memset(buffer, 0, size);
	memcpy(buffer, &root, sizeof(root));
	put_zone(TABLE, buffer);
	memset(buffer, 0, size);
	entry[0].ino = entry[1].ino = 1;
	strcpy(entry[0].name, ".");
	strcpy(entry[1].name, "..");
	put_zone(DATA, buffer);
}

/* Mounts a new volume with zones of `bytes`. All free ones hold rubbish. */
static void make_volume(unsigned bytes)
{
	size = bytes;
	pointers = size / 4;
	umount("/mnt");
	disk = open(DISK, O_RDWR);
	CHECK(disk >= 0 && ioctl(disk, BLKFLSBUF, 0) == 0);
	memset(buffer, 0xEE, size);
	for (unsigned zone = 0; zone < ZONES; zone++)
		put_zone(zone, buffer);
	put_super();
	put_map(2, 2, INODES + 1);
	put_map(3, 2, ZONES - DATA + 1);
	put_root();
	CHECK(fsync(disk) == 0);
	CHECK(mount(DISK, "/mnt", "minix", 0, NULL) == 0);
}

static void mount_again(void)
{
	CHECK(umount("/mnt") == 0 && ioctl(disk, BLKFLSBUF, 0) == 0);
	CHECK(mount(DISK, "/mnt", "minix", 0, NULL) == 0);
}

static void end_volume(void)
{
	CHECK(umount("/mnt") == 0 && close(disk) == 0);
}

static unsigned free_zones(void)
{
	struct statfs st;

	CHECK(statfs("/mnt", &st) == 0);
	return st.f_bfree * st.f_bsize / size;
}

static void get_inode(struct inode *inode)
{
	CHECK(pread(disk, buffer, size, TABLE * size) == (int)size);
	memcpy(inode, buffer + (FILE_INO - 1) * sizeof(*inode),
	       sizeof(*inode));
}

/* Returns the zone that pointer n in a zone of pointers names. */
static unsigned pointer_in(unsigned zone, unsigned n)
{
	unsigned found;

	get_zone(zone, buffer);
	memcpy(&found, buffer + n * 4, 4);
	return found;
}

/* Returns where zone n of the file is on the disk, by the format's rules. */
static unsigned zone_on_disk(unsigned n)
{
	struct inode inode;
	unsigned zone, level = 1, span = pointers;

	get_inode(&inode);
	if (n < DIRECT)
		return inode.zone[n];
	for (n -= DIRECT; n >= span; span *= pointers, level++)
		n -= span;
	zone = inode.zone[DIRECT + level - 1];
	for (; level > 0 && zone; level--) {
		span /= pointers;
		zone = pointer_in(zone, n / span);
		n %= span;
	}
	return zone;
}

/* Returns the first byte of a zone of the file: no two are alike nearby. */
static int byte_for(unsigned n)
{
	return n * 7 % 251 + 1;
}

static int open_file(void)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT, 0644);

	CHECK(fd >= 0);
	return fd;
}

static void write_zone(int fd, unsigned n)
{
	memset(other, byte_for(n), size);
	CHECK(lseek(fd, n * size, SEEK_SET) == (long)(n * size) &&
	      write(fd, other, size) == (int)size);
}

static void check_zone(int fd, unsigned n)
{
	CHECK(lseek(fd, n * size, SEEK_SET) == (long)(n * size) &&
	      read(fd, other, size) == (int)size);
	for (unsigned i = 0; i < size; i++)
		CHECK(other[i] == byte_for(n));
}

/*
 * Writes some zones of a new file, with a sync for each. Looks at them after
 * another mount, and then on the disk, where other systems look for them.
 */
static void try_zones(unsigned bytes, const unsigned *n, unsigned count)
{
	int fd;

	make_volume(bytes);
	fd = open_file();
	for (unsigned i = 0; i < count; i++) {
		write_zone(fd, n[i]);
		CHECK(fsync(fd) == 0);
	}
	close(fd);
	mount_again();
	fd = open_file();
	for (unsigned i = 0; i < count; i++)
		check_zone(fd, n[i]);
	close(fd);
	CHECK(umount("/mnt") == 0 && ioctl(disk, BLKFLSBUF, 0) == 0);
	for (unsigned i = 0; i < count; i++) {
		get_zone(zone_on_disk(n[i]), other);
		CHECK(other[0] == byte_for(n[i]));
	}
	close(disk);
}

static void direct(void)
{
	static const unsigned n[] = { 0, 1, 5, 6 };

	try_zones(1024, n, 4);
}

static void single(void)
{
	static const unsigned n[] = { 7, 8, 6, 100, 7 + 255 };

	try_zones(1024, n, 5);
}

/* The zone of pointers is another than above. */
static void counted(void)
{
	static const unsigned n[] = { 0, 7, 9 };

	try_zones(1024, n, 3);
}

#define DOUBLE	(7u + 256)
#define TRIPLE	(DOUBLE + 256 * 256)

static void twice(void)
{
	static const unsigned n[] = { DOUBLE, DOUBLE + 1, DOUBLE - 1,
				      DOUBLE + 255, DOUBLE + 256, TRIPLE - 1 };

	try_zones(1024, n, 6);
}

static void thrice(void)
{
	static const unsigned n[] = { TRIPLE, TRIPLE - 1, TRIPLE + 255,
				      TRIPLE + 256, TRIPLE + 65535,
				      TRIPLE + 65536, TRIPLE + 1000000 };

	try_zones(1024, n, 7);
}

/* A zone of 4 KB is four blocks of the cache, and has 1024 pointers. */
static void large(void)
{
	static const unsigned n[] = { 0, 7, 7 + 255, 7 + 256, 7 + 1023,
				      7 + 1024, 7 + 1024 + 3000 };

	try_zones(4096, n, 7);
}

/* Returns how many zones it takes to write zone n. */
static unsigned cost_of(int fd, unsigned n)
{
	unsigned before = free_zones();

	write_zone(fd, n);
	return before - free_zones();
}

/* Each zone is taken once, and a way that is there is used again. */
static void costs(void)
{
	int fd;

	make_volume(1024);
	fd = open_file();
	CHECK(cost_of(fd, 0) == 1 && cost_of(fd, 0) == 0);
	CHECK(cost_of(fd, 7) == 2 && cost_of(fd, 8) == 1);
	CHECK(cost_of(fd, DOUBLE) == 3 && cost_of(fd, DOUBLE + 1) == 1);
	CHECK(cost_of(fd, DOUBLE + 256) == 2);
	CHECK(cost_of(fd, TRIPLE) == 4 && cost_of(fd, TRIPLE) == 0);
	close(fd);
	end_volume();
}

/* What nobody wrote reads as zeroes, and takes no zone. */
static void holes(void)
{
	static const unsigned n[] = { 1, 9, DOUBLE + 5, TRIPLE - 3, TRIPLE };
	unsigned before;
	int fd;

	make_volume(1024);
	fd = open_file();
	write_zone(fd, 8);
	write_zone(fd, TRIPLE + 1);
	close(fd);
	mount_again();
	fd = open_file();
	before = free_zones();
	for (unsigned i = 0; i < 5; i++) {
		CHECK(pread(fd, other, size, n[i] * size) == (int)size);
		for (unsigned j = 0; j < size; j++)
			CHECK(other[j] == 0);
	}
	CHECK(free_zones() == before);
	close(fd);
	end_volume();
}

/* Writes until the disk is full. Returns how many zones that took. */
static unsigned fill(int fd)
{
	unsigned n = 0;

	while (write(fd, other, size) == (int)size)
		n++;
	CHECK(errno == ENOSPC);
	return n;
}

/* All that a file had can be had again, also when the disk became full. */
static void full(void)
{
	unsigned before, room;
	int fd;

	make_volume(1024);
	before = free_zones();
	for (int i = 0; i < 2; i++) {
		fd = open_file();
		memset(other, 'x', size);
		room = fill(fd);
		CHECK(room > before - 20 && free_zones() == 0);
		close(fd);
		CHECK(unlink(FILE_NAME) == 0 && free_zones() == before);
	}
	end_volume();
}

/* Stores a pointer in the zone that has pointer `slot` of the file's inode. */
static void break_pointer(unsigned slot, unsigned value)
{
	struct inode inode;

	CHECK(umount("/mnt") == 0 && ioctl(disk, BLKFLSBUF, 0) == 0);
	get_inode(&inode);
	if (slot < DIRECT) {
		inode.zone[slot] = value;
		CHECK(pwrite(disk, &inode, sizeof(inode), TABLE * size +
			     (FILE_INO - 1) * sizeof(inode)) == sizeof(inode));
	} else {
		CHECK(pwrite(disk, &value, 4, inode.zone[slot] * size) == 4);
	}
	CHECK(fsync(disk) == 0);
	CHECK(mount(DISK, "/mnt", "minix", 0, NULL) == 0);
}

/* A pointer that leads out of the data is an error, not a way. */
static void damage(void)
{
	static const unsigned values[] = { TABLE, ZONES, 0xFFFFFFFF };

	for (unsigned i = 0; i < 6; i++) {
		unsigned slot = i < 3 ? 0 : DIRECT;
		int fd;

		make_volume(1024);
		fd = open_file();
		write_zone(fd, slot);
		close(fd);
		break_pointer(slot, values[i % 3]);
		fd = open_file();
		CHECK_ERRNO(pread(fd, other, size, slot * size), EIO);
		close(fd);
		end_volume();
	}
}

TESTS({ "direct", "pointers in the inode", direct },
      { "single", "a zone of pointers", single },
      { "counted", "no buffer stays in use", counted },
      { "twice", "two levels", twice },
      { "thrice", "three levels", thrice },
      { "large", "zones of 4 KB", large },
      { "costs", "zones taken", costs },
      { "holes", "what nobody wrote", holes },
      { "full", "a full disk, and an empty one again", full },
      { "damage", "pointers that lead nowhere", damage })
