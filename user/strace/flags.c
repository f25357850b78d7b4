/*
 * Names of flags and of other numbers. Each list ends with a NULL name. A value
 * of several bits stands before its parts.
 */
#include "strace.h"
#include <abi/fcntl.h>
#include <abi/signal.h>
#include <abi/termios.h>
#include <abi/wait.h>

#define F(name) { name, #name }
#define END { 0, NULL }

static const char *const error_names[] = {
#include <error_names.h>
};
static const char *const signal_names[] = {
#include <signal_names.h>
};

/* Linux's values that Cowix's headers do not define yet. */
static const struct flag open_flags[] = { F(O_WRONLY),
					  F(O_RDWR),
					  F(O_CREAT),
					  F(O_EXCL),
					  F(O_NOCTTY),
					  F(O_TRUNC),
					  F(O_APPEND),
					  F(O_NONBLOCK),
					  { 04010000, "O_SYNC" },
					  F(O_LARGEFILE),
					  F(O_CLOEXEC),
					  F(O_DIRECTORY),
					  F(O_NOFOLLOW),
					  END };
static const struct flag prot_flags[] = {
	{ 1, "PROT_READ" }, { 2, "PROT_WRITE" }, { 4, "PROT_EXEC" }, END
};
static const struct flag map_flags[] = {
	{ 1, "MAP_SHARED" },         { 2, "MAP_PRIVATE" },
	{ 16, "MAP_FIXED" },         { 32, "MAP_ANONYMOUS" },
	{ 0x100, "MAP_GROWSDOWN" },  { 0x800, "MAP_DENYWRITE" },
	{ 0x4000, "MAP_NORESERVE" }, { 0x8000, "MAP_POPULATE" },
	{ 0x20000, "MAP_STACK" },    END
};
static const struct flag access_flags[] = {
	{ 4, "R_OK" }, { 2, "W_OK" }, { 1, "X_OK" }, END
};
static const struct flag at_flags[] = { F(AT_SYMLINK_NOFOLLOW),
					F(AT_REMOVEDIR),
					F(AT_SYMLINK_FOLLOW),
					{ 0x1000, "AT_EMPTY_PATH" },
					END };
static const struct flag statx_masks[] = {
	{ 0xFFF, "STATX_ALL" }, { 0x7FF, "STATX_BASIC_STATS" },
	{ 0x1000, "STATX_MNT_ID" }, { 0x2000, "STATX_DIOALIGN" }, END
};
static const struct flag wait_flags[] = { F(WNOHANG),
					  { 2, "WSTOPPED" },
					  F(WCONTINUED),
					  { 0x40000000, "__WALL" },
					  END };
static const struct flag sa_flags[] = {
	F(SA_RESTORER),  F(SA_ONSTACK),   F(SA_RESTART),
	F(SA_NODEFER),   F(SA_RESETHAND), F(SA_SIGINFO),
	F(SA_NOCLDSTOP), F(SA_NOCLDWAIT), END
};
static const struct flag mount_flags[] = {
	{ 1, "MS_RDONLY" }, { 2, "MS_NOSUID" },   { 4, "MS_NODEV" },
	{ 8, "MS_NOEXEC" }, { 32, "MS_REMOUNT" }, END
};
static const struct flag clone_flags[] = { { 0x100, "CLONE_VM" },
					   { 0x200, "CLONE_FS" },
					   { 0x400, "CLONE_FILES" },
					   { 0x800, "CLONE_SIGHAND" },
					   { 0x4000, "CLONE_VFORK" },
					   { 0x10000, "CLONE_THREAD" },
					   { 0x40000, "CLONE_SYSVSEM" },
					   { 0x80000, "CLONE_SETTLS" },
					   { 0x100000, "CLONE_PARENT_SETTID" },
					   { 0x200000, "CLONE_CHILD_CLEARTID" },
					   { 0x1000000, "CLONE_CHILD_SETTID" },
					   { 17, "SIGCHLD" },
					   END };

static const struct flag seeks[] = { F(SEEK_SET), F(SEEK_CUR), F(SEEK_END),
				     END };
static const struct flag hows[] = { F(SIG_BLOCK), F(SIG_UNBLOCK),
				    F(SIG_SETMASK), END };
static const struct flag fcntls[] = { F(F_DUPFD),         F(F_GETFD),
				      F(F_SETFD),         F(F_GETFL),
				      F(F_SETFL),         { 5, "F_GETLK" },
				      { 6, "F_SETLK" },   { 7, "F_SETLKW" },
				      F(F_DUPFD_CLOEXEC), END };
static const struct flag clocks[] = { { 0, "CLOCK_REALTIME" },
				      { 1, "CLOCK_MONOTONIC" },
				      { 2, "CLOCK_PROCESS_CPUTIME_ID" },
				      END };
static const struct flag usages[] = { { 0, "RUSAGE_SELF" },
				      { -1u, "RUSAGE_CHILDREN" },
				      END };
static const struct flag timers[] = {
	{ 0, "ITIMER_REAL" }, { 1, "ITIMER_VIRTUAL" }, { 2, "ITIMER_PROF" }, END
};
static const struct flag limits[] = { { 0, "RLIMIT_CPU" },
				      { 1, "RLIMIT_FSIZE" },
				      { 2, "RLIMIT_DATA" },
				      { 3, "RLIMIT_STACK" },
				      { 4, "RLIMIT_CORE" },
				      { 5, "RLIMIT_RSS" },
				      { 6, "RLIMIT_NPROC" },
				      { 7, "RLIMIT_NOFILE" },
				      { 8, "RLIMIT_MEMLOCK" },
				      { 9, "RLIMIT_AS" },
				      END };
static const struct flag ioctls[] = { F(TCGETS),
				      F(TCSETS),
				      F(TCSETSW),
				      F(TCSETSF),
				      F(TCSBRK),
				      F(TCFLSH),
				      F(TIOCSCTTY),
				      F(TIOCGPGRP),
				      F(TIOCSPGRP),
				      F(TIOCGWINSZ),
				      F(TIOCSWINSZ),
				      F(FIONREAD),
				      F(TIOCNOTTY),
				      F(TIOCGSID),
				      { 0x540A, "TCXONC" },
				      { 0x5421, "FIONBIO" },
				      { 0x1260, "BLKGETSIZE" },
				      END };

void show_flags(const struct flag *flags, unsigned value, const char *unknown)
{
	const char *gap = "";

	if (value == 0) {
		out("0");
		return;
	}
	for (; flags->name; flags++)
		if ((value & flags->value) == flags->value) {
			out("%s%s", gap, flags->name);
			value &= ~flags->value;
			gap = "|";
		}
	if (value)
		out(*gap ? "%s%#x" : "%s%#x /* %s */", gap, value, unknown);
}

int show_one(const struct flag *values, unsigned value)
{
	for (; values->name; values++)
		if (values->value == value) {
			out("%s", values->name);
			return 1;
		}
	return 0;
}

/* Shows flags whose value 0 has a name, too. Returns 0 for others. */
static int show_with_zero(char format, unsigned value)
{
	switch (format) {
	case 'P':
		if (!value)
			out("PROT_NONE");
		return !value;
	case 'n':
		if (!value)
			out("F_OK");
		return !value;
	case 'H':
		out("AT_STATX_SYNC_AS_STAT");
		if (value) {
			out("|");
			show_flags(at_flags, value, "???");
		}
		return 1;
	case 'O':
		if (!(value & O_ACCMODE))
			out(value ? "O_RDONLY|" : "O_RDONLY");
		if (value)
			show_flags(open_flags, value, "O_???");
		return 1;
	default: return 0;
	}
}

/* Returns the names of an argument's bits, or NULL if it has none. */
static const struct flag *flags_of(char format)
{
	switch (format) {
	case 'P': return prot_flags;
	case 'M': return map_flags;
	case '9': return at_flags;
	case 'F': return statx_masks;
	case 'n': return access_flags;
	case 'W': return wait_flags;
	case 'G': return sa_flags;
	case 'N': return mount_flags;
	case 'l': return clone_flags;
	default: return NULL;
	}
}

/* Returns the names of an argument's values, or NULL if they have none. */
static const struct flag *values_of(char format)
{
	switch (format) {
	case 'c': return seeks;
	case 'h': return hows;
	case 'C': return fcntls;
	case 'q': return clocks;
	case 'U': return usages;
	case 'z': return timers;
	case 'L': return limits;
	case 'i': return ioctls;
	default: return NULL;
	}
}

/* Shows the number of an argument by names, or plainly if it has none. */
void show_named(char format, unsigned value)
{
	const struct flag *flags = flags_of(format);
	const struct flag *values = values_of(format);

	if (show_with_zero(format, value))
		return;
	if (flags)
		show_flags(flags, value, "???");
	else if (!values || !show_one(values, value))
		out("%#x", value);
}

const char *signal_name(int sig)
{
	return sig > 0 && sig < COUNT(signal_names) ? signal_names[sig] : NULL;
}

void show_signal(int sig)
{
	const char *name = signal_name(sig);

	if (name)
		out("SIG%s", name);
	else if (sig >= 32 && sig <= 64)
		out(sig == 32 ? "SIGRTMIN" : "SIGRT_%d", sig - 32);
	else
		out("%d", sig);
}

const char *error_name(int error)
{
	return error > 0 && error < COUNT(error_names) ? error_names[error]
						       : NULL;
}
