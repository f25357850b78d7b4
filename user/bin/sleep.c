/*
 * sleep seconds[.fraction][smhd]...
 * Waits for the sum of its arguments.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

#define NANOSECONDS 1000000000

/* Adds the time of an argument. */
static void add(struct timespec *ts, const char *arg)
{
	static const char letters[] = "smhd";
	static const int units[] = { 1, 60, 3600, 86400 };
	size_t digits = strspn(arg, "0123456789");
	long long part = 0, seconds;
	char *s = (char *)arg + digits;
	const char *unit;

	seconds = digits ? strtol(arg, NULL, 10) : 0;
	if (*s == '.') {
		s++;
		digits += strspn(s, "0123456789");
		for (long scale = NANOSECONDS / 10; *s >= '0' && *s <= '9';
		     s++, scale /= 10)
			part += (*s - '0') * scale;
	}
	unit = *s ? strchr(letters, *s) : letters;
	if (!digits || !unit || (*s && s[1])) {
		complain(arg, "not a time");
		exit(1);
	}
	part = part * units[unit - letters] + ts->tv_nsec;
	seconds = seconds * units[unit - letters] + ts->tv_sec;
	for (; part >= NANOSECONDS; part -= NANOSECONDS)
		seconds++;
	ts->tv_nsec = part;
	ts->tv_sec = seconds > 0x7FFFFFFF ? 0x7FFFFFFF : seconds;
}

int main(int argc, char **argv)
{
	struct timespec ts = { 0 };

	util_start(argv);
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage();
	for (; optind < argc; optind++)
		add(&ts, argv[optind]);
	while (nanosleep(&ts, &ts) < 0)
		if (errno != EINTR)
			die("sleep");
	return 0;
}
