/*
 * The failure sweep (sweep.h) of what names a file and leaves it, of what
 * copies between files, and of what waits for many.
 */
#include <abi/poll.h>
#include <abi/time.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include "sweep.h"
#include "thread.h"

#define DIRECTORY "/swept"
#define FILE_NAME "/swept/file"
#define LINK "/swept/link"
#define NEW "/swept/new"
#define MANY 100		/* files to wait for */

static struct stat st;
static int fd, to;

static void make_files(void)
{
	mkdir(DIRECTORY, 0755);
	write_file(FILE_NAME, buffer, 9000, 0644);
	if (access(LINK, F_OK) < 0)
		CHECK(symlink("file", LINK) == 0);
}

static void remove_files(void)
{
	unlink(FILE_NAME);
	unlink(LINK);
	unlink(NEW);
	rmdir(DIRECTORY);
}

static int do_stat(void)
{
	return stat(LINK, &st);
}

static int do_lstat(void)
{
	return lstat(LINK, &st);
}

static int do_access(void)
{
	return access(FILE_NAME, R_OK);
}

static int do_readlink(void)
{
	return readlink(LINK, buffer, 100);
}

static int do_statfs(void)
{
	struct statfs fs;

	return statfs(FILE_NAME, &fs);
}

static int do_chmod(void)
{
	return chmod(FILE_NAME, 0644);
}

static int do_chown(void)
{
	return chown(LINK, 0, 0);
}

static int do_times(void)
{
	return syscall(__NR_utimensat, AT_FDCWD, LINK, NULL, 0);
}

static int do_truncate(void)
{
	return syscall(__NR_truncate, FILE_NAME, 9000);
}

static int do_xattrs(void)
{
	return syscall(__NR_listxattr, FILE_NAME, buffer, 100);
}

static int do_chdir(void)
{
	return chdir(DIRECTORY);
}

static int do_chroot(void)
{
	return syscall(__NR_chroot, "/");
}

static int do_mounts(void)
{
	return mounts(buffer, LARGE);
}

/* Each takes memory for the name, and for little else. */
static void looking(void)
{
	static int (*const calls[])(void) = {
		do_stat, do_lstat, do_access, do_readlink, do_statfs, do_chmod,
		do_chown, do_times, do_truncate, do_xattrs, do_chdir, do_chroot,
		do_mounts,
	};

	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct subject s = { .run = calls[i],
					   .prepare = make_files };

		sweep(&s, 1);
		CHECK(chdir("/") == 0);
	}
	remove_files();
}

static int do_unlink(void)
{
	return unlink(FILE_NAME);
}

static int do_rmdir(void)
{
	return rmdir(DIRECTORY "/dir");
}

static void make_folder(void)
{
	CHECK(mkdir(DIRECTORY "/dir", 0755) == 0);
}

static void prepare_folder(void)
{
	make_files();
	rmdir(DIRECTORY "/dir");
	make_folder();
}

static int do_mknod(void)
{
	return mknod(NEW, S_IFIFO | 0644, 0);
}

static void drop_new(void)
{
	CHECK(unlink(NEW) == 0);
}

static void removing(void)
{
	static const struct subject file = { .run = do_unlink,
					     .prepare = make_files,
					     .undo = make_files },
				    folder = { .run = do_rmdir,
					       .prepare = prepare_folder,
					       .undo = make_folder },
				    node = { .run = do_mknod,
					     .prepare = make_files,
					     .undo = drop_new };

	sweep(&file, 1);
	sweep(&folder, 1);
	rmdir(DIRECTORY "/dir");
	sweep(&node, 1);
	remove_files();
}

static void open_files(void)
{
	make_files();
	fd = open(FILE_NAME, O_RDWR);
	to = open(NEW, O_RDWR | O_CREAT | O_TRUNC, 0644);
	CHECK(fd >= 0 && to >= 0);
}

static void close_files(void)
{
	CHECK(close(fd) == 0 && close(to) == 0);
}

/* Sends all of a file, or what it says. */
static int do_sendfile(void)
{
	int n;

	lseek(fd, 0, SEEK_SET);
	lseek(to, 0, SEEK_SET);
	n = syscall(__NR_sendfile, to, fd, NULL, 9000);
	CHECK(fstat(to, &st) == 0 && (int)st.st_size == (n < 0 ? 0 : n));
	return n;
}

static int do_copy(void)
{
	int n;

	lseek(fd, 0, SEEK_SET);
	lseek(to, 0, SEEK_SET);
	n = syscall(__NR_copy_file_range, fd, NULL, to, NULL, 9000, 0);
	CHECK(fstat(to, &st) == 0 && (int)st.st_size == (n < 0 ? 0 : n));
	return n;
}

static void empty_copy(void)
{
	CHECK(ftruncate(to, 0) == 0);
}

static int do_flock(void)
{
	return syscall(__NR_flock, fd, 2);
}

static void unlock(void)
{
	CHECK(syscall(__NR_flock, fd, 8) == 0);
}

static int do_fsync(void)
{
	return fsync(to);
}

static void copying(void)
{
	static const struct subject send = { .run = do_sendfile,
					     .prepare = open_files,
					     .undo = empty_copy,
					     .finish = close_files },
				    copy = { .run = do_copy,
					     .prepare = open_files,
					     .undo = empty_copy,
					     .finish = close_files },
				    sync = { .run = do_fsync,
					     .prepare = open_files,
					     .finish = close_files },
				    lock = { .run = do_flock,
					     .prepare = open_files,
					     .undo = unlock,
					     .finish = close_files };

	sweep(&send, 2);
	sweep(&copy, 2);
	sweep(&sync, 1);
	sweep(&lock, 1);
	remove_files();
}

/* Needs room for more descriptors each time. That stays. */
static int do_dup(void)
{
	static int target = 100;

	target += 64;
	to = dup2(0, target);
	return to;
}

static void close_dup(void)
{
	CHECK(close(to) == 0);
}

static int do_poll(void)
{
	static struct pollfd fds[MANY];

	for (int i = 0; i < MANY; i++)
		fds[i] = (struct pollfd){ .fd = 1, .events = POLLOUT };
	return syscall(__NR_ppoll, fds, MANY, NULL, NULL, 8);
}

static int do_select(void)
{
	static unsigned set[700 / 32 + 1];

	memset(set, 0, sizeof(set));
	set[0] = 2;
	return syscall(__NR_pselect6, 700, NULL, set, NULL, NULL, NULL);
}

static int pipe_ends[2];

static void fill_pipe(void)
{
	static char none[65536];

	CHECK(pipe(pipe_ends) == 0);
	CHECK(write(pipe_ends[1], none, sizeof(none)) > 0);
}

/* Waits for a moment, and so hangs in the queues of two files. */
static int do_wait(void)
{
	struct pollfd fds[] = { { pipe_ends[1], POLLOUT, 0 },
				{ pipe_ends[1], POLLOUT, 0 } };

	return syscall(__NR_poll, fds, 2, 1);
}

static void close_pipe(void)
{
	CHECK(close(pipe_ends[0]) == 0 && close(pipe_ends[1]) == 0);
}

static struct thread other;
static int hold[2];

static void wait_for_word(void *unused)
{
	char c;

	(void)unused;
	CHECK(read(hold[0], &c, 1) == 1);
}

/* Has a thread share our descriptors: poll needs a table of its own then. */
static void share_descriptors(void)
{
	CHECK(pipe(hold) == 0);
	fill_pipe();
	start(&other, wait_for_word, NULL);
}

static void share_no_more(void)
{
	CHECK(write(hold[1], "x", 1) == 1);
	join(&other);
	close_pipe();
	CHECK(close(hold[0]) == 0 && close(hold[1]) == 0);
}

static void open_log(void)
{
	fd = open("/dev/kmsg", O_WRONLY);
	CHECK(fd >= 0);
}

static int write_log(void)
{
	return write(fd, "swept\n", 6);
}

static void close_log(void)
{
	CHECK(close(fd) == 0);
}

static void waiting(void)
{
	static const struct subject dup = { .run = do_dup,
					    .undo = close_dup },
				    poll = { .run = do_poll },
				    select = { .run = do_select },
				    log = { .run = write_log,
					    .prepare = open_log,
					    .finish = close_log },
				    shared = { .run = do_wait,
					       .prepare = share_descriptors,
					       .finish = share_no_more },
				    wait = { .run = do_wait,
					     .prepare = fill_pipe,
					     .finish = close_pipe };

	sweep(&dup, 1);
	sweep(&poll, 1);
	sweep(&select, 0);
	sweep(&wait, 0);
	sweep(&shared, 1);
	sweep(&log, 1);
}

TESTS({ "looking", "calls with a name", looking },
      { "removing", "unlink, rmdir, mknod", removing },
      { "copying", "sendfile, copy_file_range, fsync, flock", copying },
      { "waiting", "dup2, poll, select, the log", waiting })
