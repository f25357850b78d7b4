/*
 * Owner of a pseudo-terminal: its maker, with a mode that keeps others out.
 * Tests what the owner may change, and that the number's next terminal begins
 * anew. Linux is the oracle, except for the group and its right to write, which
 * the mount decides there.
 */
#include "pty.h"
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ME 54321
#define OTHER 54322

static void become(int uid)
{
	CHECK(syscall(__NR_setgroups32, 0, NULL) == 0);
	CHECK(setgid(uid) == 0 && setuid(uid) == 0);
}

/* Runs work in a child as this user, if this is root. */
static void as(int uid, void (*work)(void))
{
	int pid;

	if (geteuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		become(uid);
		work();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static char name[32];

static struct stat state(void)
{
	struct stat st;

	CHECK(stat(name, &st) == 0);
	return st;
}

static int is_private(unsigned mode)
{
	return (mode & 07777) == 0620 ||
	       (!on_cowix() && (mode & 07777) == 0600);
}

static void make(void)
{
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(master >= 0);
	slave_name(master, name);
}

/*
 * Checks that strangers are refused. unlink's error depends on the directory.
 */
static void strangers(void)
{
	CHECK_ERRNO(open(name, O_RDWR | O_NOCTTY), EACCES);
	CHECK_ERRNO(open(name, O_WRONLY | O_NOCTTY), EACCES);
	CHECK_ERRNO(chmod(name, 0666), EPERM);
	CHECK_ERRNO(chown(name, OTHER, -1), EPERM);
	CHECK(unlink(name) == -1);
}

static void can_open(void)
{
	int fd = open(name, O_RDWR | O_NOCTTY);

	CHECK(fd >= 0 && isatty(fd));
	CHECK(write(fd, "x", 1) == 1);
}

static void owns(void)
{
	struct stat st, open_st;

	make();
	st = state();
	CHECK(S_ISCHR(st.st_mode) && st.st_uid == (unsigned)ME);
	CHECK(is_private(st.st_mode) && st.st_rdev >> 8 == 136);
	CHECK(!on_cowix() || st.st_gid == (unsigned)ME);
	CHECK(st.st_nlink == 1);
	slave = open(name, O_RDWR | O_NOCTTY);
	CHECK(slave >= 0 && fstat(slave, &open_st) == 0);
	CHECK(open_st.st_ino == st.st_ino && open_st.st_rdev == st.st_rdev);
	CHECK(chmod(name, 0600) == 0 && (state().st_mode & 07777) == 0600);
	CHECK(fstat(slave, &open_st) == 0 && (open_st.st_mode & 0777) == 0600);
	CHECK(close(slave) == 0 && (state().st_mode & 07777) == 0600);
	CHECK_ERRNO(chown(name, OTHER, -1), EPERM);
	can_open();
}

static void owner(void)
{
	as(ME, owns);
	make();
	CHECK(state().st_uid == geteuid());
	as(OTHER, strangers);
	if (geteuid() == 0) {
		CHECK(chown(name, OTHER, OTHER) == 0);
		as(OTHER, can_open);
		as(ME, strangers);
	}
}

/* Checks that the last owner's changes do not stay. */
static void again(void)
{
	unsigned long ino;
	char old[32];

	make();
	strcpy(old, name);
	ino = state().st_ino;
	CHECK(chmod(name, 0666) == 0 && (state().st_mode & 0777) == 0666);
	CHECK(close(master) == 0);
	CHECK_ERRNO(open(old, O_RDWR | O_NOCTTY), ENOENT);
	make();
	CHECK(strcmp(name, old) == 0 || !on_cowix());
	CHECK(is_private(state().st_mode));
	CHECK(!on_cowix() || state().st_ino != ino);
	as(OTHER, strangers);
}

/* Checks that an old open slave sees nothing of the next terminal. */
static void stale(void)
{
	char old[32], link[64];
	int old_slave, found;
	char c;

	make();
	strcpy(old, name);
	old_slave = open(name, O_RDWR | O_NOCTTY);
	CHECK(old_slave >= 0 && close(master) == 0);
	make();
	slave = open(name, O_RDWR | O_NOCTTY);
	CHECK(slave >= 0);
	CHECK_ERRNO(write(old_slave, "x", 1), EIO);
	CHECK(read(old_slave, &c, 1) == 0);
	sprintf(link, "/proc/self/fd/%d", old_slave);
	found = open(link, O_RDWR | O_NOCTTY | O_NONBLOCK);
	CHECK(found < 0);
	CHECK(write(master, "typed\n", 6) == 6);
	EXPECT(slave, "typed\n");
}

static int listed(const char *wanted)
{
	DIR *dir = opendir("/dev/pts");
	struct dirent *entry;
	int found = 0;

	CHECK(dir);
	while ((entry = readdir(dir)))
		found += strcmp(entry->d_name, wanted) == 0;
	closedir(dir);
	return found;
}

static void names(void)
{
	make();
	CHECK(listed(name + strlen("/dev/pts/")) == 1 && listed(".") == 1);
	CHECK(close(master) == 0);
	CHECK(listed(name + strlen("/dev/pts/")) == 0);
	CHECK_ERRNO(open("/dev/pts/00", O_RDWR), ENOENT);
	CHECK_ERRNO(open("/dev/pts/x", O_RDWR), ENOENT);
	CHECK(open("/dev/pts/99", O_RDWR | O_CREAT, 0600) < 0);
	CHECK(mkdir("/dev/pts/d", 0700) < 0);
}

/* Checks that a node with the terminal's number elsewhere is no way in. */
static void other_nodes(void)
{
	if (geteuid() != 0 || !on_cowix())
		return;
	make();
	CHECK(mknod("/tmp/test-pts", S_IFCHR | 0666, state().st_rdev) == 0);
	CHECK_ERRNO(open("/tmp/test-pts", O_RDWR | O_NOCTTY), EIO);
	CHECK(unlink("/tmp/test-pts") == 0);
}

static void stranger_hangs_up(void)
{
	CHECK_ERRNO(syscall(__NR_vhangup), EPERM);
}

static void hangup(void)
{
	int pid;
	char c;

	as(ME, stranger_hangs_up);
	if (geteuid() != 0)
		return;
	open_pair();
	slave_name(master, name);
	pid = fork();
	if (pid == 0) {
		signal(SIGHUP, SIG_IGN);
		setsid();
		CHECK(open(name, O_RDWR) >= 0);
		CHECK(syscall(__NR_vhangup) == 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(read(slave, &c, 1) == 0);
	CHECK_ERRNO(write(slave, "x", 1), EIO);
}

TESTS({ "owner", "its maker's, and no stranger's", owner },
      { "again", "the next of its number begins anew", again },
      { "stale", "who has the old one open has not the new", stale },
      { "names", "the names in /dev/pts", names },
      { "other_nodes", "device nodes elsewhere", other_nodes },
      { "hangup", "vhangup", hangup })
