/* /proc, system part: compares its figures with the truth. */
#include <cowix.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "procfs.h"

static void tables(void)
{
	CHECK(read_all("/proc/filesystems") > 0 && has_line("nodev\tproc\n") &&
	      has_line("nodev\ttmpfs\n"));
	CHECK(!on_cowix() ||
	      strcmp(text,
		     "nodev\tproc\nnodev\ttmpfs\nnodev\tdevpts\n\tminix\n") ==
		      0);
	CHECK(read_all("/proc/mounts") > 0 && has_line("proc /proc proc r") &&
	      strstr(text, " 0 0\n"));
	CHECK(read_all("/proc/version") > 0 &&
	      strstr(text, on_cowix() ? "Cowix version 0" : " version "));
	CHECK(read_all("/proc/cpuinfo") > 0 && has_line("processor\t: 0\n"));
	CHECK(read_all("/proc/cmdline") > 0 && text[strlen(text) - 1] == '\n');
	CHECK(read_all("/proc/partitions") > 0 &&
	      strncmp(text, "major minor  #blocks  name\n\n", 28) == 0);
}

/*
 * Reads a text byte by byte, in odd pieces, and from the middle. It must stay
 * the same text.
 */
static void pieces(void)
{
	int n = read_all("/proc/filesystems"),
	    fd = open("/proc/filesystems", O_RDONLY);

	CHECK(n > 10 && read_pieces("/proc/filesystems", other, 1) == n &&
	      strcmp(text, other) == 0);
	CHECK(read_pieces("/proc/filesystems", other, 7) == n &&
	      strcmp(text, other) == 0);
	CHECK(lseek(fd, 6, SEEK_SET) == 6 &&
	      read(fd, other, 100) == (n - 6 > 100 ? 100 : n - 6));
	CHECK(memcmp(text + 6, other, n - 6 > 100 ? 100 : n - 6) == 0);
	CHECK(lseek(fd, 100000, SEEK_SET) == 100000 &&
	      read(fd, other, 100) == 0);
	close(fd);
}

static void read_only(void)
{
	CHECK(mkdir("/proc/test", 0755) == -1 &&
	      unlink("/proc/version") == -1 && rmdir("/proc/1") == -1);
	CHECK(open("/proc/test", O_WRONLY | O_CREAT, 0644) == -1 &&
	      symlink("x", "/proc/test") == -1);
	CHECK(rename("/proc/version", "/proc/test") == -1 &&
	      link("/proc/version", "/proc/test") == -1);
	if (!on_cowix())
		return;
	CHECK_ERRNO(open("/proc/version", O_WRONLY), EROFS);
	CHECK_ERRNO(truncate("/proc/version", 0), EROFS);
	CHECK_ERRNO(chmod("/proc/version", 0666), EROFS);
	CHECK_ERRNO(mkdir("/proc/test", 0755), EROFS);
	CHECK_ERRNO(open("/proc/test", O_WRONLY | O_CREAT, 0644), EROFS);
}

static void vmstat(void)
{
	CHECK(read_all("/proc/vmstat") > 0 && number_of("nr_free_pages ") > 0);
	CHECK(number_of("nr_file_pages ") > 0 &&
	      number_of("nr_shmem ") >= 0 &&
	      number_of("nr_slab_unreclaimable ") > 0);
}

static void meminfo(void)
{
	struct audit_report r;

	CHECK(read_all("/proc/meminfo") > 0 &&
	      strncmp(text, "MemTotal:       ", 16) == 0 &&
	      strcmp(strchr(text + 16, 'k'), "kB\n") > 0);
	CHECK(text[24] == ' ' && text[25] == 'k' && text[27] == '\n');
	CHECK(number_of("MemFree:") > 0 &&
	      number_of("MemFree:") < number_of("MemTotal:"));
	CHECK(number_of("Cached:") >= 0 && number_of("Buffers:") >= 0 &&
	      number_of("SwapTotal:") >= 0 && number_of("Shmem:") >= 0);
	if (mm_audit(&r, 0) < 0)
		return;
	read_all("/proc/meminfo");
	mm_audit(&r, 0);
	read_all("/proc/meminfo");
	CHECK(number_of("MemTotal:") == (long)r.frames_total * 4 &&
	      number_of("Cached:") == (long)r.frames_cache * 4);
	/* less the page in which the text is printed */
	CHECK(number_of("MemFree:") == (long)r.frames_free * 4 - 4);
}

/* Returns the first number of /proc/uptime, in hundredths of a second. */
static unsigned long uptime(void)
{
	char *end;
	unsigned long seconds, hundredths;

	CHECK(read_all("/proc/uptime") > 0);
	seconds = strtoul(text, &end, 10);
	CHECK(end[0] == '.' && end[3] == ' ');
	hundredths = strtoul(end + 1, &end, 10);
	strtoul(end + 1, &end, 10);
	CHECK(end[0] == '.' && end[3] == '\n' && end[4] == '\0');
	return seconds * 100 + hundredths;
}

static void clocks(void)
{
	unsigned long before = uptime(), after;
	long boot;

	pause_ms(300);
	after = uptime();
	CHECK(after >= before + 30 && after < before + 300);
	CHECK(read_all("/proc/stat") > 0 && strncmp(text, "cpu  ", 5) == 0 &&
	      has_line("cpu0 ") && has_line("intr ") &&
	      has_line("procs_running "));
	boot = (long)time(NULL) - (long)(uptime() / 100);
	CHECK(read_all("/proc/stat") > 0 && number_of("btime ") - boot <= 1 &&
	      boot - number_of("btime ") <= 1);
}

static void forks_counted(void)
{
	long before, after;
	int pid;

	CHECK(read_all("/proc/stat") > 0 &&
	      (before = number_of("processes ")) > 0);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0 && read_all("/proc/stat") > 0);
	after = number_of("processes ");
	CHECK(on_cowix() ? after == before + 1 : after > before);
	CHECK(read_all("/proc/loadavg") > 0);
	CHECK(!on_cowix() ||
	      (int)strtoul(strrchr(text, ' ') + 1, NULL, 10) == pid);
}

/* Returns the load over a minute, in hundredths. */
static int load(void)
{
	char *at;
	int whole, value;

	CHECK(read_all("/proc/loadavg") > 0);
	whole = strtoul(text, &at, 10);
	CHECK(at[0] == '.' && at[3] == ' ' && strchr(at, '/') &&
	      text[strlen(text) - 1] == '\n');
	value = strtoul(at + 1, NULL, 10);
	return whole * 100 + value;
}

/*
 * Runs one busy process for five seconds. The load must approach 1 by the 12th
 * part of the difference.
 */
static void load_average(void)
{
	int before = load(), after = before,
	    expected = before + (100 - before) * (2048 - 1884) / 2048;
	time_t end = time(NULL) + 12;

	if (!on_cowix())
		return;
	while (after == before && time(NULL) < end)
		after = load();
	CHECK(after >= expected - 1 && after <= expected + 1);
}

static void mounting(void)
{
	int fd;

	if (!on_cowix())
		return;
	fd = open("/proc/version", O_RDONLY);
	CHECK_ERRNO(umount("/proc"), EBUSY);
	close(fd);
	CHECK_ERRNO(mount("proc", "/proc", "proc", 0, NULL), EBUSY);
	CHECK_ERRNO(mount("proc", "/mnt", "no-such-type", 0, NULL), ENODEV);
	CHECK_ERRNO(mount("proc", "/etc/passwd", "proc", 0, NULL), ENOTDIR);
	CHECK_ERRNO(mount("/etc/passwd", "/mnt", "minix", 0, NULL), ENOTBLK);
	CHECK(read_all("/proc/mounts") > 0 && strchr(text, ' '));
	*strchr(text, ' ') = '\0';
	/* the root's device */
	CHECK_ERRNO(mount(text, "/mnt", "minix", 0, NULL), EBUSY);
	CHECK(mount(NULL, "/mnt", "proc", 0, NULL) == 0 &&
	      access("/mnt/self/stat", R_OK) == 0 && umount("/mnt") == 0);
}

static const struct test list[] = {
	{ "tables", "filesystems, mounts, version and others", tables },
	{ "pieces", "a text in pieces is the same text", pieces },
	{ "read_only", "nothing can be made or changed", read_only },
	{ "vmstat", "counts of pages", vmstat },
	{ "meminfo", "meminfo agrees with the audit", meminfo },
	{ "clocks", "uptime, boot time, stat", clocks },
	{ "forks_counted", "processes and the last number", forks_counted },
	{ "load_average", "five busy seconds", load_average },
	{ "mounting", "mount by type, busy, errors", mounting },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(list, argc, argv);
}
