/* The signals' names, for the shell and kill, and their descriptions. */
#include <ctype.h>
#include <signal.h>
#include <signame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STANDARD	32
#define RTMIN		34		/* as in glibc, which keeps two */
#define RTMAX		64
#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
	const char *name, *meaning;
} signals[STANDARD] = {
	{ "EXIT", "Unknown signal" },
	{ "HUP", "Hangup" },
	{ "INT", "Interrupt" },
	{ "QUIT", "Quit" },
	{ "ILL", "Illegal instruction" },
	{ "TRAP", "Trace/breakpoint trap" },
	{ "ABRT", "Aborted" },
	{ "BUS", "Bus error" },
	{ "FPE", "Floating point exception" },
	{ "KILL", "Killed" },
	{ "USR1", "User defined signal 1" },
	{ "SEGV", "Segmentation fault" },
	{ "USR2", "User defined signal 2" },
	{ "PIPE", "Broken pipe" },
	{ "ALRM", "Alarm clock" },
	{ "TERM", "Terminated" },
	{ "STKFLT", "Stack fault" },
	{ "CHLD", "Child exited" },
	{ "CONT", "Continued" },
	{ "STOP", "Stopped (signal)" },
	{ "TSTP", "Stopped" },
	{ "TTIN", "Stopped (tty input)" },
	{ "TTOU", "Stopped (tty output)" },
	{ "URG", "Urgent I/O condition" },
	{ "XCPU", "CPU time limit exceeded" },
	{ "XFSZ", "File size limit exceeded" },
	{ "VTALRM", "Virtual timer expired" },
	{ "PROF", "Profiling timer expired" },
	{ "WINCH", "Window changed" },
	{ "IO", "I/O possible" },
	{ "PWR", "Power failure" },
	{ "SYS", "Bad system call" },
};

/* Other names of some of these signals. */
static const struct {
	const char *name;
	int sig;
} aliases[] = { { "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "POLL", SIGIO } };

/* Parses RTMIN, RTMIN+n, RTMAX or RTMAX-n. Returns -1 if it is none of them. */
static int real_time_number(const char *name)
{
	int min = strncasecmp(name, "RTMIN", 5) == 0, n;
	char *end;

	if (!min && strncasecmp(name, "RTMAX", 5) != 0)
		return -1;
	name += 5;
	if (!*name)
		return min ? RTMIN : RTMAX;
	if (*name != (min ? '+' : '-') || !isdigit(name[1]))
		return -1;
	n = strtol(name, &end, 10) + (min ? RTMIN : RTMAX);
	return *end || n < RTMIN || n > RTMAX ? -1 : n;
}

int signal_number(const char *name)
{
	if (isdigit(*name))
		return name[strspn(name, "0123456789")] || atoi(name) > RTMAX ?
		       -1 : atoi(name);
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int sig = 0; sig < STANDARD; sig++)
		if (strcasecmp(name, signals[sig].name) == 0)
			return sig;
	for (int i = 0; i < COUNT(aliases); i++)
		if (strcasecmp(name, aliases[i].name) == 0)
			return aliases[i].sig;
	return real_time_number(name);
}

const char *signal_name(int sig)
{
	static char text[12];

	if (sig >= 0 && sig < STANDARD)
		return signals[sig].name;
	if (sig < RTMIN || sig > RTMAX)
		return NULL;
	if (sig == RTMIN || sig == RTMAX)
		return sig == RTMIN ? "RTMIN" : "RTMAX";
	snprintf(text, sizeof(text), sig < 50 ? "RTMIN+%d" : "RTMAX-%d",
		 sig < 50 ? sig - RTMIN : RTMAX - sig);
	return text;
}

char *strsignal(int sig)
{
	static char text[32];

	if (sig > 0 && sig < STANDARD)
		return (char *)signals[sig].meaning;
	if (sig >= RTMIN && sig <= RTMAX)
		snprintf(text, sizeof(text), "Real-time signal %d",
			 sig - RTMIN);
	else
		snprintf(text, sizeof(text), "Unknown signal %d", sig);
	return text;
}
