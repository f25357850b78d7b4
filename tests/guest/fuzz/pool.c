/*
 * A worker's knowledge: descriptors, processes, addresses and names that exist.
 */
#include "fuzz.h"

static int fds[FDS], pids[PIDS];
static unsigned places[PLACES];

/* Names that may be made, changed and removed, relative to a folder. */
static const char *const work_paths[] = {
	"f0", "f1", "f2", "f3", "f4", "f5", "d0", "d1", "d2", "d0/f0", "d0/f1",
	"d1/f0", "d1/f1", "d0/d1", "d0/d1/f0", "d1/d2", "d2/f0", "p0", "p1",
	"l0", "l1", "l0/f0", "d0/../f1", "./f2", "d2/", "d0/l1", "x0", "x1",
	"s0", "a-name-that-is-quite-long-but-not-yet-too-long-for-any-of-them",
};

/* Names that everybody may look at. */
static const char *const other_paths[] = {
	"/", ".", "..", "/bin/true", "/bin/sh", "/tmp", "/dev/null",
	"/dev/zero", "/dev/full", "/dev/urandom", "/dev/tty", "/dev/ptmx",
	"/dev/pts/0", "/dev/pts/1", "/dev/pts/2", "/dev/tty2", "/dev/tty3",
	"/proc", "/proc/self", "/proc/self/maps", "/proc/self/status",
	"/proc/self/exe", "/proc/self/fd", "/proc/self/fd/4", "/proc/meminfo",
	"/proc/self/fd/5", "/proc/self/cwd/f0", "/proc/self/root", "/proc/stat",
	"/proc/self/mem", "/proc/mounts", "/proc/vmtrace", "/proc/1/status",
	"/proc/self/cmdline", "/proc/self/environ", "/proc/self/stat",
	"/proc/filesystems", "/proc/uptime", "/proc/sys", VICTIM, PLACE,
	"/dev/pts", "/tests/fuzz", "/dev/shm/f0", "", "/bin/true/x",
};

/* Names that must refuse the ordinary user. */
static const char *const closed_paths[] = {
	SECRET, "/root", "/dev/mem", "/dev/ram0", "/dev/hda", "/dev/console",
	"/etc/passwd", "/sbin/init", "/dev/ttyS0", "/proc/1/mem", "/proc/1/fd",
	"/etc", "/bin", "/proc/1/environ", "/dev/tty1", "/dev/kmsg",
};

void add_fd(int fd)
{
	fds[roll(FDS)] = fd;
}

void add_pid(int pid)
{
	pids[roll(PIDS)] = pid;
}

void add_place(unsigned addr)
{
	places[roll(PLACES)] = addr & -PAGE;
}

int some_fd(void)
{
	unsigned kind = roll(20);

	if (kind < 14)
		return fds[roll(FDS)];
	return kind < 19 ? (int)roll(20) : (int)wild_word();
}

int some_pid(void)
{
	unsigned kind = roll(20);

	if (kind < 14)
		return pids[roll(PIDS)];
	if (kind < 17)
		return 0;
	return kind < 19 ? -pids[roll(PIDS)] : (int)wild_word();
}

unsigned some_place(void)
{
	return places[roll(PLACES)] + (chance(50) ? 0 : roll(8) * PAGE);
}

const char *some_work_path(void)
{
	return work_paths[roll(ARRAY(work_paths))];
}

/* Returns each of these names in turn, then NULL. */
const char *work_path(unsigned number)
{
	return number < ARRAY(work_paths) ? work_paths[number] : NULL;
}

const char *some_path(void)
{
	unsigned kind = roll(20);

	if (kind < 12)
		return some_work_path();
	if (kind < 18 || as_root)
		return other_paths[roll(ARRAY(other_paths))];
	return closed_paths[roll(ARRAY(closed_paths))];
}

/* Called by each worker at its start; a child inherits what its parent had. */
void make_pools(void)
{
	for (int i = 0; i < FDS; i++)
		fds[i] = i % 8;
	for (int i = 0; i < PIDS; i++)
		pids[i] = getpid();
	for (int i = 0; i < PLACES; i++)
		places[i] = 0x20000000 + i * 8 * PAGE;
}
