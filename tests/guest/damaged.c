/*
 * damaged [first [last]]: mounts damaged file systems one by one, and works on
 * each. Calls may return anything. The kernel must live on, let go of the file
 * system and lose nothing. /dev/hda holds sound images and a list of damages,
 * written by tests/minix_fuzz.py. /dev/hdb gets one damaged image at a time.
 */
#include <check.h>
#include <cowix.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>

#define IMAGES_MAX	16
#define PATCHES_MAX	20
#define FIRST_RECORD	4096
#define DEPTH_MAX	4
#define ENTRIES_MAX	40
#define SLOW_SECONDS	5

struct header {
	unsigned images, records;
	struct { unsigned offset, size; } image[IMAGES_MAX];
};

struct record {				/* 256 bytes */
	unsigned image, patches, unused[2];
	struct { unsigned offset, length, value; } patch[PATCHES_MAX];
};

static char *sound[IMAGES_MAX], *image;
static char buf[16384];

static void read_at(int fd, unsigned offset, void *to, unsigned size)
{
	CHECK(lseek(fd, offset, SEEK_SET) == (long)offset &&
	      read(fd, to, size) == (long)size);
}

/* Writes one damage. Up to four bytes are a number; more repeat that number. */
static void apply(const struct record *r)
{
	for (unsigned i = 0; i < r->patches; i++)
		for (unsigned done = 0; done < r->patch[i].length; done += 4)
			memcpy(image + r->patch[i].offset + done,
			       &r->patch[i].value,
			       r->patch[i].length < 4 ? r->patch[i].length : 4);
}

static void look_at_file(const char *name, int size)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return;
	read(fd, buf, sizeof(buf));
	for (int at = 1 << 10; at > 0 && at < size; at <<= 2)
		if (lseek(fd, at, SEEK_SET) >= 0)
			read(fd, buf, 5000);
	lseek(fd, size - 1, SEEK_SET);
	read(fd, buf, 100);
	close(fd);
}

static void change(const char *name, const struct stat *st)
{
	static char other[80];

	if (S_ISREG(st->st_mode)) {
		int fd = open(name, O_RDWR);

		if (fd >= 0) {
			lseek(fd, st->st_size + 2500, SEEK_SET);
			write(fd, buf, 100);
			lseek(fd, 0, SEEK_SET);
			write(fd, buf, 100);
			lseek(fd, 0, SEEK_END);
			write(fd, buf, 9000);
			if (st->st_size > 0)
				ftruncate(fd, st->st_size / 2);
			close(fd);
		}
	}
	snprintf(other, sizeof(other), "%.8s+", name);
	link(name, other);
	rename(name, "/mnt/moved");
	rename("/mnt/moved", name);
	if (S_ISDIR(st->st_mode)) {
		rename(name, "/mnt/dir/sub/x");
		rmdir(name);
	} else {
		unlink(name);
	}
}

/*
 * Visits all entries of the working directory. If `changes` is set, works on
 * files after looking at them.
 */
static void walk(int depth, int changes)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);
	DIR *dir = opendir(".");
	struct dirent *d;
	struct stat st;

	for (int n = 0;
	     dir && here >= 0 && n < ENTRIES_MAX && (d = readdir(dir)); n++) {
		if (strchr(d->d_name, '/') || strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0 || lstat(d->d_name, &st) < 0)
			/* a slash would leave the damaged tree */
			continue;
		if (S_ISLNK(st.st_mode))
			readlink(d->d_name, buf, sizeof(buf));
		stat(d->d_name, &st);
		if (S_ISREG(st.st_mode))
			look_at_file(d->d_name, st.st_size);
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX &&
		    chdir(d->d_name) == 0) {
			walk(depth + 1, changes);
			getcwd(buf, sizeof(buf));
			CHECK(fchdir(here) == 0);
		}
		if (changes)
			change(d->d_name, &st);
	}
	if (dir)
		closedir(dir);
	if (here >= 0)
		close(here);
}

static void make_things(void)
{
	int fd = open("new", O_RDWR | O_CREAT, 0644);

	if (fd >= 0) {
		write(fd, buf, sizeof(buf));
		lseek(fd, 300000, SEEK_SET);
		write(fd, buf, 3000);
		fsync(fd);
		ftruncate(fd, 8000);
		close(fd);
	}
	mkdir("newdir", 0755);
	mkdir("newdir/below", 0755);
	rename("newdir/below", "dir/below");
	rename("dir", "newdir/dir");
	rename("newdir/dir", "dir");
	symlink("newdir", "newlink");
	mknod("newfifo", S_IFIFO | 0644, 0);
}

/*
 * Returns 1 if the file system could be unmounted. Data without a place is an
 * error once.
 */
static int unmount(void)
{
	chdir("/");
	for (int i = 0; i < 4; i++)
		if (umount("/mnt") == 0)
			return 1;
	return 0;
}

static void work(void)
{
	struct statfs st;

	if (chdir("/mnt") == 0) {
		walk(0, 0);
		statfs("/mnt", &st);
		make_things();
		walk(0, 1);
		sync();
		CHECK(chdir("/mnt") == 0);
		make_things();
	}
}

/* Tries one damaged image. Returns 1 if it was mounted. */
static int try(const struct record *r, unsigned size, int target)
{
	memcpy(image, sound[r->image], size);
	apply(r);
	CHECK(lseek(target, 0, SEEK_SET) == 0 &&
	      write(target, image, size) == (long)size);
	sync();
	if (mount("/dev/hdb", "/mnt", "minix", 0, NULL) < 0) {
		CHECK(errno == EINVAL || errno == EIO);
		return 0;
	}
	work();
	CHECK(unmount());
	return 1;
}

static void compare(const struct audit_report *before)
{
	struct audit_report after;

	CHECK(mm_audit(&after, AUDIT_DROP_CACHES) == 0);
	printf("inodes %u -> %u, buffers %u -> %u, open files %u -> %u\n",
	       before->inodes_used, after.inodes_used, before->buffers_used,
	       after.buffers_used, before->files_used, after.files_used);
	CHECK(before->inodes_used == after.inodes_used &&
	      before->buffers_used == after.buffers_used &&
	      before->files_used == after.files_used);
	CHECK(before->kernel_objects - before->frames_cache ==
	      after.kernel_objects - after.frames_cache);
}

int main(int argc, char **argv)
{
	static struct header header;
	struct audit_report before;
	struct record r;
	int source = open("/dev/hda", O_RDONLY),
	    target = open("/dev/hdb", O_RDWR);
	unsigned first = argc > 1 ? atoi(argv[1]) : 0, last, mounted = 0;

	CHECK(source >= 0 && target >= 0 && (image = malloc(256 << 10)));
	read_at(source, 0, &header, sizeof(header));
	for (unsigned i = 0; i < header.images; i++) {
		CHECK((sound[i] = malloc(header.image[i].size)));
		read_at(source, header.image[i].offset, sound[i],
			header.image[i].size);
	}
	last = argc > 2 ? (unsigned)atoi(argv[2]) : header.records;
	CHECK(mm_audit(&before, AUDIT_DROP_CACHES) == 0);
	for (unsigned i = first; i < last; i++) {
		struct timeval start, end;

		printf("%u\n", i);
		fflush(stdout);
		read_at(source, FIRST_RECORD + i * sizeof(r), &r, sizeof(r));
		gettimeofday(&start, NULL);
		mounted += try(&r, header.image[r.image].size, target);
		gettimeofday(&end, NULL);
		if (end.tv_sec - start.tv_sec > SLOW_SECONDS)
			printf("slow: %u\n", i);
	}
	compare(&before);
	printf("%u images, %u mounted\n", last - first, mounted);
	return 0;
}
