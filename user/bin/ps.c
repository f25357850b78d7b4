/*
 * ps [-]aux
 * Lists all processes, by Cowix's own call 514. With u it shows users and start
 * times instead of parents and groups.
 */
#include <cowix.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <util.h>

#define A_TIME 16
#define HZ 100

static time64_t booted;

static const char *user_name(unsigned uid)
{
	static char text[16];
	const struct passwd *user = getpwuid(uid);

	if (user)
		return user->pw_name;
	snprintf(text, sizeof(text), "%u", uid);
	return text;
}

static void terminal_name(int dev, char *to)
{
	int major = dev >> 8, minor = dev & 0xFF;

	if (!dev)
		sprintf(to, "-");
	else if (major == 136)
		sprintf(to, "pts/%d", minor);
	else
		sprintf(to, minor >= 64 ? "ttyS%d" : "tty%d",
			minor >= 64 ? minor - 64 : minor);
}

/*
 * Returns the processor time in tenths of a percent of the time since the
 * start.
 */
static unsigned share(const struct task_info *t)
{
	unsigned age = (time(NULL) - booted) * HZ - t->start;

	return age > 0 ? (t->utime + t->stime) * 1000ull / age : 0;
}

static void show(const struct task_info *t, int users)
{
	unsigned seconds = (t->utime + t->stime) / HZ, percent = share(t);
	char tty[16], start[16];
	time64_t started = booted + t->start / HZ;

	terminal_name(t->tty, tty);
	strftime(start, sizeof(start),
		 time(NULL) - started < 86400 ? "%H:%M" : "%b%d",
		 localtime(&started));
	if (users)
		printf("%-8s %5d %2u.%u %6u %5u %-5s %c    %-5s %3u:%02u ",
		       user_name(t->uid), t->pid, percent / 10, percent % 10,
		       t->vsize_kb, t->rss_kb, tty, t->state, start,
		       seconds / 60, seconds % 60);
	else
		printf("%5d %5d %5d %-5s %c    %2u:%02u %6u %5u ", t->pid,
		       t->ppid, t->pgrp, tty, t->state, seconds / 60,
		       seconds % 60, t->vsize_kb, t->rss_kb);
	put_name(t->comm, 1);
	putchar('\n');
}

int main(int argc, char **argv)
{
	int start = 0, n, users = argc > 1 && strchr(argv[1], 'u') != NULL;
	struct task_info tasks[A_TIME];
	struct sysinfo info;

	util_start(argv);
	sysinfo(&info);
	booted = time(NULL) - info.uptime;
	if (users)
		puts("USER       PID %CPU    VSZ   RSS "
		     "TTY   STAT START   TIME COMMAND");
	else
		puts("  PID  PPID  PGRP TTY   STAT  TIME    VSZ   RSS COMMAND");
	while ((n = ps(tasks, A_TIME, start)) > 0) {
		for (int i = 0; i < n; i++)
			show(&tasks[i], users);
		start += n;
	}
	if (n < 0)
		die("ps");
	return 0;
}
