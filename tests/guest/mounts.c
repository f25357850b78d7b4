/* Mounting: flags, remounting, and the options of tmpfs. */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#define HERE "/mnt"
#define PROGRAM HERE "/program"
#define SELF "/tests/mounts"

static int mount_with(unsigned long flags, const char *options)
{
	return mount("tmpfs", HERE, "tmpfs", flags, options);
}

static int remount(unsigned long flags, const char *options)
{
	return mount_with(MS_REMOUNT | flags, options);
}

static int has_flags(unsigned flags)
{
	struct statfs st;

	CHECK(statfs(HERE, &st) == 0);
	return (st.f_flags & 0x40F) == flags;
}

static void copy(const char *from, const char *to, int mode)
{
	static char buf[4096];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0600),
	    n;

	CHECK(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(n == 0 && fchmod(out, mode) == 0 && close(in) == 0 &&
	      close(out) == 0);
}

static void readonly(void)
{
	struct stat st;
	int fd;

	CHECK(mount_with(0, NULL) == 0 && has_flags(0));
	fd = open(HERE "/f", O_RDWR | O_CREAT, 0644);
	CHECK(fd >= 0);
	CHECK_ERRNO(remount(MS_RDONLY, NULL), EBUSY);
	CHECK(unlink(HERE "/f") == 0 && close(fd) == 0);
	fd = open(HERE "/f", O_RDWR | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(remount(MS_RDONLY, NULL) == 0 && has_flags(MS_RDONLY));
	CHECK_ERRNO(open(HERE "/f", O_WRONLY), EROFS);
	CHECK_ERRNO(open(HERE "/g", O_WRONLY | O_CREAT, 0644), EROFS);
	CHECK_ERRNO(mkdir(HERE "/d", 0755), EROFS);
	CHECK_ERRNO(unlink(HERE "/f"), EROFS);
	CHECK_ERRNO(rename(HERE "/f", HERE "/g"), EROFS);
	CHECK_ERRNO(chmod(HERE "/f", 0600), EROFS);
	CHECK_ERRNO(chown(HERE "/f", 1, 1), EROFS);
	CHECK_ERRNO(access(HERE "/f", W_OK), EROFS);
	CHECK(stat(HERE "/f", &st) == 0 && open(HERE "/f", O_RDONLY) == fd &&
	      close(fd) == 0);
	CHECK(remount(0, NULL) == 0 && has_flags(0) && unlink(HERE "/f") == 0);
	CHECK(umount(HERE) == 0);
}

static void no_devices(void)
{
	int fd;

	CHECK(mount_with(MS_NODEV, NULL) == 0 && has_flags(MS_NODEV));
	CHECK(mknod(HERE "/null", S_IFCHR | 0666, 1 << 8 | 3) == 0);
	CHECK(mknod(HERE "/ram0", S_IFBLK | 0666, 1 << 8) == 0);
	CHECK(mknod(HERE "/fifo", S_IFIFO | 0666, 0) == 0);
	CHECK_ERRNO(open(HERE "/null", O_RDWR), EACCES);
	CHECK_ERRNO(open(HERE "/ram0", O_RDONLY), EACCES);
	CHECK_ERRNO(mount(HERE "/ram0", HERE, "minix", 0, NULL), EACCES);
	CHECK_ERRNO(syscall(__NR_swapon, HERE "/ram0", 0), EACCES);
	fd = open(HERE "/null", O_PATH);
	CHECK(fd >= 0 && close(fd) == 0);
	fd = open(HERE "/fifo", O_RDWR);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(remount(0, NULL) == 0);
	fd = open(HERE "/null", O_RDWR);
	CHECK(fd >= 0 && close(fd) == 0 && umount(HERE) == 0);
}

/* Starts the program in a child. Returns its exit status, or exec's error. */
static int start(void)
{
	int status, pid = fork();

	if (pid == 0) {
		execv(PROGRAM, (char *[]){ "true", NULL });
		_exit(errno);
	}
	status = wait_status(pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void no_programs(void)
{
	int fd;
	void *page;

	CHECK(mount_with(MS_NOEXEC, NULL) == 0 && has_flags(MS_NOEXEC));
	copy("/bin/true", PROGRAM, 0755);
	CHECK(start() == EACCES);
	CHECK_ERRNO(access(PROGRAM, X_OK), EACCES);
	CHECK(access(HERE, X_OK) == 0);
	fd = open(PROGRAM, O_RDONLY);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) ==
		      MAP_FAILED &&
	      errno == EPERM);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(page != MAP_FAILED);
	CHECK_ERRNO(mprotect(page, 4096, PROT_READ | PROT_EXEC), EACCES);
	CHECK(mprotect(page, 4096, PROT_NONE) == 0 && munmap(page, 4096) == 0 &&
	      close(fd) == 0);
	CHECK(remount(0, NULL) == 0 && start() == 0 &&
	      access(PROGRAM, X_OK) == 0);
	CHECK(umount(HERE) == 0);
}

/* Checks that a child inherits a file mapping from there, as from anywhere. */
static void no_programs_fork(void)
{
	const char *page;
	int fd, pid;

	CHECK(mount_with(MS_NOEXEC, NULL) == 0);
	copy("/bin/true", PROGRAM, 0644);
	fd = open(PROGRAM, O_RDONLY);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(page != MAP_FAILED && close(fd) == 0);
	pid = fork();
	if (pid == 0)
		_exit(page[1] != 'E');
	CHECK(wait_status(pid) == 0);
	CHECK(munmap((void *)page, 4096) == 0 && umount(HERE) == 0);
}

/* Runs a set-uid program. Its exit status tells if it is root. */
static int becomes_root(void)
{
	int status, pid = fork();

	if (pid == 0) {
		CHECK(setgid(1000) == 0 && setuid(1000) == 0);
		execv(PROGRAM, (char *[]){ "whoami", NULL });
		_exit(99);
	}
	status = wait_status(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status);
}

static void no_set_id(void)
{
	CHECK(mount_with(MS_NOSUID, NULL) == 0 && has_flags(MS_NOSUID));
	copy(SELF, PROGRAM, 04755);
	CHECK(becomes_root() == 0);
	CHECK(remount(0, NULL) == 0 && becomes_root() == 1);
	CHECK(remount(MS_NOSUID | MS_NOATIME, NULL) == 0 &&
	      has_flags(MS_NOSUID | MS_NOATIME));
	CHECK(becomes_root() == 0 && umount(HERE) == 0);
}

static void refused(void)
{
	static const unsigned flags[] = {
		MS_BIND, MS_MOVE, MS_BIND | MS_REC, MS_SYNCHRONOUS, MS_DIRSYNC,
		MS_MANDLOCK, MS_STRICTATIME, 1u << 30,
	};
	static const char *const options[] = {
		"nonsense",
		"size",
		"size=",
		"size=x",
		"size=4q",
		"size=4kk",
		"mode=9",
		"mode=10000",
		"uid=-1",
		"nr_inodes=many",
		"size=4k,huge=always",
		"size=17179869184g",
		"size=4194304g",
		"size=4294967296%",
	};

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		CHECK_ERRNO(mount_with(flags[i], NULL), EINVAL);
	for (unsigned i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		CHECK_ERRNO(mount_with(0, options[i]), EINVAL);
	CHECK_ERRNO(mount("proc", HERE, "proc", 0, "nonsense=1"), EINVAL);
	CHECK_ERRNO(remount(0, NULL), EINVAL);
	CHECK_ERRNO(mount_with(0, (char *)0xFFFFF000), EFAULT);
	CHECK(mount_with(MS_MGC_VAL | MS_SILENT | MS_RELATIME, "") == 0 &&
	      has_flags(0));
	CHECK_ERRNO(mount_with(0, NULL), EBUSY);
	CHECK(mkdir(HERE "/d", 0755) == 0);
	CHECK_ERRNO(mount("tmpfs", HERE "/d", "tmpfs", MS_REMOUNT, NULL),
		    EINVAL);
	CHECK_ERRNO(remount(0, "size=1k,nonsense"), EINVAL);
	CHECK_ERRNO(syscall(__NR_umount2, HERE, 1), EINVAL);
	CHECK(umount(HERE) == 0);
}

static void sizes(void)
{
	static char page[4096];
	struct statfs st;
	struct stat root;
	int fd;

	CHECK(mount_with(0, "size=32k,nr_inodes=3,mode=750,uid=7,gid=8") == 0);
	CHECK(statfs(HERE, &st) == 0 && stat(HERE, &root) == 0);
	CHECK(st.f_blocks * st.f_bsize == 32768 && st.f_bfree == st.f_blocks);
	CHECK(st.f_files == 3 && st.f_ffree == 2);
	CHECK(root.st_mode == (S_IFDIR | 0750) && root.st_uid == 7 &&
	      root.st_gid == 8);
	fd = open(HERE "/f", O_RDWR | O_CREAT, 0644);
	for (int i = 0; i < 8; i++)
		CHECK(write(fd, page, 4096) == 4096);
	CHECK_ERRNO(write(fd, page, 4096), ENOSPC);
	CHECK(statfs(HERE, &st) == 0 && st.f_bfree == 0 &&
	      mkdir(HERE "/d", 0755) == 0);
	CHECK_ERRNO(mkdir(HERE "/e", 0755), ENOSPC);
	CHECK_ERRNO(remount(0, "size=16k"), EINVAL);
	CHECK_ERRNO(remount(0, "nr_inodes=2"), EINVAL);
	CHECK(remount(0, "size=9%,nr_inodes=0") == 0 &&
	      write(fd, page, 4096) == 4096);
	CHECK(remount(0, "nr_blocks=9") == 0 && mkdir(HERE "/e", 0755) == 0);
	CHECK_ERRNO(write(fd, page, 4096), ENOSPC);
	CHECK(remount(0, "size=0") == 0 && write(fd, page, 4096) == 4096);
	CHECK(statfs(HERE, &st) == 0 && st.f_blocks == 0);
	CHECK(close(fd) == 0 && umount(HERE) == 0);
}

static int is_listed(const char *line)
{
	static char table[4096];
	int n = mounts(table, sizeof(table) - 1);

	CHECK(n > 0);
	table[n] = '\0';
	return strstr(table, line) != NULL;
}

static void listed(void)
{
	CHECK(chdir("/mnt") == 0 && mkdir("a b", 0755) == 0);
	CHECK(mount("x\\y", "a b", "tmpfs",
		    MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY | MS_NOATIME,
		    "size=1m") == 0);
	CHECK(is_listed(
		"x\\134y /mnt/a\\040b tmpfs "
		"ro,nosuid,nodev,noexec,noatime,size=1024k 0 0\n"));
	CHECK(mount(NULL, "a b", NULL, MS_REMOUNT, "mode=700,size=8k") == 0);
	CHECK(is_listed("x\\134y /mnt/a\\040b tmpfs rw,size=8k 0 0\n"));
	CHECK(umount("../mnt/a b") == 0 && rmdir("a b") == 0 &&
	      chdir("/") == 0);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "readonly", "MS_RDONLY and remounting", readonly },
		{ "no_devices", "MS_NODEV", no_devices },
		{ "no_programs", "MS_NOEXEC: exec, access, mmap, mprotect",
		  no_programs },
		{ "no_programs_fork", "MS_NOEXEC: a child's mappings",
		  no_programs_fork },
		{ "no_set_id", "MS_NOSUID", no_set_id },
		{ "refused", "flags and options that are not kept", refused },
		{ "sizes", "the options of tmpfs", sizes },
		{ "listed", "the table has absolute paths, flags and options",
		  listed },
		{ 0 },
	};

	if (strcmp(argv[0], "whoami") == 0)
		return geteuid() == 0;
	if (!on_cowix() || getuid() != 0)	/* only root may mount */
		return 0;
	return run_tests(tests, argc, argv);
}
