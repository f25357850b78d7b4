/* Shows structures in the memory of a traced process. */
#include "strace.h"
#include <abi/dirent.h>
#include <abi/fcntl.h>
#include <abi/resource.h>
#include <abi/signal.h>
#include <abi/stat.h>
#include <abi/statfs.h>
#include <abi/sysinfo.h>
#include <abi/termios.h>
#include <abi/time.h>
#include <abi/utsname.h>
#include <abi/wait.h>
#include <time.h>

static void show_mode(unsigned mode)
{
	static const struct flag types[] = {
		{ S_IFREG, "S_IFREG" },   { S_IFDIR, "S_IFDIR" },
		{ S_IFCHR, "S_IFCHR" },   { S_IFBLK, "S_IFBLK" },
		{ S_IFIFO, "S_IFIFO" },   { S_IFLNK, "S_IFLNK" },
		{ S_IFSOCK, "S_IFSOCK" }, { 0, NULL }
	};
	static const struct flag special[] = { { S_ISUID, "S_ISUID" },
					       { S_ISGID, "S_ISGID" },
					       { S_ISVTX, "S_ISVTX" },
					       { 0, NULL } };

	show_one(types, mode & S_IFMT);
	for (const struct flag *s = special; s->name; s++)
		if (mode & s->value)
			out("|%s", s->name);
	out("|%#03o", mode & 0777);
}

static void show_stat(unsigned mode, unsigned long long rdev,
		      unsigned long long size)
{
	out("{st_mode=");
	show_mode(mode);
	if (S_ISCHR(mode) || S_ISBLK(mode))
		out(", st_rdev=makedev(%#x, %#x)",
		    (unsigned)(rdev >> 8 & 0xFFF), (unsigned)(rdev & 0xFF));
	else
		out(", st_size=%llu", size);
	out(", ...}");
}

static void show_statx(const struct statx *st)
{
	out("{stx_mask=");
	show_named('F', st->stx_mask);
	out(st->stx_attributes ? ", stx_attributes=%#llx, stx_mode=" :
	    ", stx_attributes=%llu, stx_mode=", st->stx_attributes);
	show_mode(st->stx_mode);
	out(", stx_size=%llu, ...}", st->stx_size);
}

void show_sigset(const unsigned long *mask)
{
	int invert = 0, n = 0;
	const char *gap = "";

	for (int sig = 1; sig <= 64; sig++)
		n += mask[(sig - 1) / 32] >> (sig - 1) % 32 & 1;
	invert = n > 32;
	out(invert ? "~[" : "[");
	for (int sig = 1; sig <= 64; sig++) {
		int set = mask[(sig - 1) / 32] >> (sig - 1) % 32 & 1;

		if (set == invert)
			continue;
		out("%s", gap);
		if (signal_name(sig))
			out("%s", signal_name(sig));
		else if (sig == 32)
			out("RTMIN");
		else if (sig > 32)
			out("RT_%d", sig - 32);
		else
			out("%d", sig);
		gap = " ";
	}
	out("]");
}

static void show_handler(const char *name, unsigned long handler)
{
	out("{%s=", name);
	if (handler > 1)
		out("%#lx", handler);
	else
		out(handler ? "SIG_IGN" : "SIG_DFL");
}

static void show_action(const struct kernel_sigaction *a)
{
	show_handler(a->sa_flags & SA_SIGINFO ? "sa_sigaction" : "sa_handler",
		     (unsigned long)a->sa_handler);
	out(", sa_mask=");
	show_sigset(a->sa_mask);
	out(", sa_flags=");
	show_named('G', a->sa_flags);
	if (a->sa_flags & SA_RESTORER)
		out(", sa_restorer=%#lx", (unsigned long)a->sa_restorer);
	out("}");
}

void show_wait_status(int status)
{
	if (WIFEXITED(status)) {
		out("[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]",
		    WEXITSTATUS(status));
		return;
	}
	if (WIFCONTINUED(status)) {
		out("[{WIFCONTINUED(s)}]");
		return;
	}
	out(WIFSTOPPED(status) ? "[{WIFSTOPPED(s) && WSTOPSIG(s) == "
			       : "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
	show_signal(WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status));
	out(!WIFSTOPPED(status) && status & 0x80 ? " && WCOREDUMP(s)}]" : "}]");
}

static void show_termios(const struct termios *t)
{
	static const char *const speeds[] = {
		"B0",    "B50",   "B75",    "B110",  "B134",  "B150",
		"B200",  "B300",  "B600",   "B1200", "B1800", "B2400",
		"B4800", "B9600", "B19200", "B38400"
	};
	unsigned speed = t->c_cflag & 0x100F;
	const char *name = "B???";

	if (speed < 16)
		name = speeds[speed];
	if (speed == 0x1001)
		name = "B57600";
	if (speed == 0x1002)
		name = "B115200";
	out("{%s ", name);
	out("%sopost %sisig %sicanon %secho ...}",
	    t->c_oflag & OPOST ? "" : "-", t->c_lflag & ISIG ? "" : "-",
	    t->c_lflag & ICANON ? "" : "-", t->c_lflag & ECHO ? "" : "-");
}

/*
 * Returns how many directory entries a getdents call delivered. The record
 * length stands at the same place in both forms, apart from their larger
 * numbers.
 */
static int count_entries(struct tracee *t, unsigned long addr, int wide)
{
	int n = 0;
	unsigned short length;

	for (long at = 0; at < t->result; at += length, n++)
		if (read_memory(t->pid, addr + at + (wide ? 16 : 8), &length,
				2) != 2 ||
		    length == 0)
			break;
	return n;
}

void show_date(long seconds)
{
	char date[40];
	time64_t t = seconds;
	struct tm tm;

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S+0000",
		 gmtime_r(&t, &tm));
	out("%s", date);
}

/* A time with 64-bit seconds, in the kernel's form. */
struct time64 {
	long long seconds;
	long nanoseconds, unused;
};

/* Shows a time that is to be set. */
static void show_new_time(long long seconds, long nanoseconds)
{
	if (nanoseconds == UTIME_NOW || nanoseconds == UTIME_OMIT) {
		out(nanoseconds == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
		return;
	}
	out("{tv_sec=%lld, tv_nsec=%ld} /* ", seconds, nanoseconds);
	show_date(seconds);
	out(" */");
}

/* Shows the access and change times that utimensat() sets. */
static void show_times(const struct timespec *times)
{
	out("[");
	show_new_time(times[0].tv_sec, times[0].tv_nsec);
	out(", ");
	show_new_time(times[1].tv_sec, times[1].tv_nsec);
	out("]");
}

/* Shows the access and change times of utimensat_time64(). */
static void show_times64(const struct time64 *times)
{
	out("[");
	show_new_time(times[0].seconds, times[0].nanoseconds);
	out(", ");
	show_new_time(times[1].seconds, times[1].nanoseconds);
	out("]");
}

/* Room for a structure of each format. */
static union {
	struct old_stat stat;
	struct stat64 stat64;
	struct statx statx;
	struct kernel_sigaction action;
	struct termios termios;
	struct winsize winsize;
	struct timespec timespec, times[2];
	struct time64 time64, times64[2];
	struct timeval timeval;
	struct utsname utsname;
	struct statfs statfs;
	struct sysinfo sysinfo;
	unsigned long mask[2];
	long words[4];
	long long offset;
	int status, fds[2];
	struct utimbuf utimbuf;
} u;

static const struct {
	char format;
	unsigned short size;
} sizes[] = {
	{ 'S', sizeof(u.stat) },
	{ 'T', sizeof(u.stat64) },
	{ '0', sizeof(u.statx) },
	{ 'a', sizeof(u.action) },
	{ 'A', sizeof(u.action) },
	{ 'k', 8 },
	{ 'K', 8 },
	{ 't', sizeof(u.timespec) },
	{ 'y', sizeof(u.timespec) },
	{ 'V', sizeof(u.timeval) },
	{ 'w', 4 },
	{ 'r', 8 },
	{ '8', 8 },
	{ 'X', sizeof(u.utsname) },
	{ 'Q', sizeof(u.statfs) },
	{ 'Y', sizeof(u.sysinfo) },
	{ '1', sizeof(u.termios) },
	{ '2', sizeof(u.winsize) },
	{ '3', 4 },
	{ '4', 8 },
	{ 'J', 8 },
	{ 'j', 8 },
	{ 'E', 4 },
	{ '7', sizeof(u.times) },
	{ 'z', sizeof(u.time64) },
	{ 'Z', sizeof(u.times64) },
};

/* Shows a structure of times, by its format's letter. Returns 0 for others. */
static int show_time(char format)
{
	switch (format) {
	case 't':
	case 'y':
		out("{tv_sec=%ld, tv_nsec=%ld}", u.timespec.tv_sec,
		    u.timespec.tv_nsec);
		return 1;
	case 'V':
		out("{tv_sec=%ld, tv_usec=%ld}", u.timeval.tv_sec,
		    u.timeval.tv_usec);
		return 1;
	case '4':
		out("{actime=%ld, modtime=%ld}", u.utimbuf.actime,
		    u.utimbuf.modtime);
		return 1;
	case '7': show_times(u.times); return 1;
	case 'z':
		out("{tv_sec=%lld, tv_nsec=%ld}", u.time64.seconds,
		    u.time64.nanoseconds);
		return 1;
	case 'Z': show_times64(u.times64); return 1;
	default: return 0;
	}
}

/* Shows a structure about the system, by its letter. Returns 0 for others. */
static int show_system(char format)
{
	switch (format) {
	case 'X':
		out("{sysname=\"%s\", nodename=\"%s\", ...}", u.utsname.sysname,
		    u.utsname.nodename);
		return 1;
	case 'Q':
		out("{f_type=%#lx, f_bsize=%ld, f_blocks=%ld, f_bfree=%ld, "
		    "...}",
		    u.statfs.f_type, u.statfs.f_bsize, u.statfs.f_blocks,
		    u.statfs.f_bfree);
		return 1;
	case 'Y':
		out("{uptime=%ld, totalram=%lu, freeram=%lu, ...}",
		    u.sysinfo.uptime, u.sysinfo.totalram, u.sysinfo.freeram);
		return 1;
	default: return 0;
	}
}

/* Shows a structure, by its format's letter. */
static void show_contents(char format)
{
	if (show_time(format) || show_system(format))
		return;
	switch (format) {
	case 'S':
		show_stat(u.stat.st_mode, u.stat.st_rdev, u.stat.st_size);
		break;
	case 'T':
		show_stat(u.stat64.st_mode, u.stat64.st_rdev, u.stat64.st_size);
		break;
	case '0': show_statx(&u.statx); break;
	case 'a': case 'A': show_action(&u.action); break;
	case 'k': case 'K': show_sigset(u.mask); break;
	case 'w': show_wait_status(u.status); break;
	case 'r': out("[%d, %d]", u.fds[0], u.fds[1]); break;
	case '8': out("[%lld]", u.offset); break;
	case '1': show_termios(&u.termios); break;
	case '2':
		out("{ws_row=%d, ws_col=%d, ws_xpixel=%d, ws_ypixel=%d}",
		    u.winsize.ws_row, u.winsize.ws_col, u.winsize.ws_xpixel,
		    u.winsize.ws_ypixel);
		break;
	case '3': case 'E': out("[%d]", u.status); break;
	case 'j':
	case 'J':
		out("{rlim_cur=%lu, rlim_max=%lu}", u.words[0], u.words[1]);
		break;
	}
}

/*
 * Shows a structure, by its format's letter. Returns 0 if the letter has none.
 */
int show_struct(struct tracee *t, char format, unsigned long addr)
{
	if (format == '5' || format == '6') {
		out("%#lx /* %d entries */", addr,
		    count_entries(t, addr, format == '6'));
		return 1;
	}
	for (int i = 0; i < COUNT(sizes); i++)
		if (sizes[i].format == format) {
			if (read_memory(t->pid, addr, &u, sizes[i].size) ==
			    sizes[i].size)
				show_contents(format);
			else
				show_pointer(addr);
			return 1;
		}
	return 0;
}
