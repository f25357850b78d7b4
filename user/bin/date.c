/* date [-uR] [-d date | -r file] [-s date] [+format]; a date is @seconds or YYYY-MM-DD, HH:MM[:SS], or both. The clock runs in UTC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

static void bad_date(const char *s)
{
	complain(s, "not a date");
	exit(1);
}

/* Up to n numbers with a separator between; what follows them. */
static const char *numbers(const char *s, char separator, int *values, int n)
{
	for (int i = 0; i < n; i++) {
		char *end;

		values[i] = strtol(s, &end, 10);
		if (end == s || *s == '-' || *s == '+')
			return s;
		s = end;
		if (*s != separator)
			return s;
		s += i + 1 < n;
	}
	return s;
}

/* What a date leaves out is taken from the present day. */
static time_t parse_date(const char *s)
{
	time_t now = time(NULL);
	struct tm tm = *localtime(&now);
	int day[3] = { 0 }, clock[3] = { 0 };
	const char *at = s;

	if (*s == '@')
		return number(s + 1);
	if (strchr(s, '-')) {
		at = numbers(s, '-', day, 3);
		if (day[0] < 1970 || day[0] > 2105 || day[1] < 1 || day[1] > 12 || day[2] < 1 || day[2] > 31)
			bad_date(s);
		tm.tm_year = day[0] - 1900;
		tm.tm_mon = day[1] - 1;
		tm.tm_mday = day[2];
	}
	at += *at == ' ' || *at == 'T';
	if (*at)
		at = numbers(at, ':', clock, 3);
	if (*at || at == s || clock[0] > 23 || clock[1] > 59 || clock[2] > 59)
		bad_date(s);
	tm.tm_hour = clock[0];
	tm.tm_min = clock[1];
	tm.tm_sec = clock[2];
	return mktime(&tm);
}

static time_t modified(const char *file)
{
	struct stat st;

	if (stat(file, &st) < 0)
		die(file);
	return st.st_mtime;
}

int main(int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S UTC %Y";
	static char text[1024];
	time_t shown = time(NULL);
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "uRd:r:s:")) != -1) {
		if (option == 'd' || option == 's')
			shown = parse_date(optarg);
		else if (option == 'r')
			shown = modified(optarg);
		else if (option == 'R')
			format = "%a, %d %b %Y %H:%M:%S %z";
		else if (option == '?')
			usage("[-uR] [-d date | -r file] [-s date] [+format]");
		if (option == 's' && stime(&shown) < 0)
			die("cannot set the clock");
	}
	if (optind < argc && argv[optind][0] == '+')
		format = argv[optind] + 1;
	else if (optind < argc)
		usage("[-uR] [-d date | -r file] [-s date] [+format]");
	strftime(text, sizeof(text), format, localtime(&shown));
	puts(text);
	return 0;
}
