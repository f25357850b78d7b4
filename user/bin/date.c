/*
 * date [-uR] [-d date | -r file | -s date] [+format] or date mmddhhmm[[cc]yy], which sets the clock as -s does; a date is @seconds or
 * YYYY-MM-DD, HH:MM[:SS], or both, perhaps with a Z. The clock runs in UTC.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

#define SYNOPSIS "[-uR] [-d date | -r file | -s date] [+format] | mmddhhmm[[cc]yy]"

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

static time_t seconds(const char *s)
{
	char *end;
	time_t value = strtoul(s, &end, 10);

	if (end == s || *end)
		bad_date(s);
	return value;
}

/* The time of a date in which nothing is beyond its end. */
static time_t checked(struct tm tm, const char *s)
{
	time_t t;

	if (tm.tm_year < 70 || tm.tm_year > 205 || tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
		bad_date(s);
	t = mktime(&tm);
	if (localtime(&t)->tm_mday != tm.tm_mday)
		bad_date(s);
	return t;
}

/* mmddhhmm[[cc]yy] */
static time_t parse_operand(const char *s)
{
	time_t now = time(NULL);
	struct tm tm = *localtime(&now);
	size_t digits = strspn(s, "0123456789");
	int pairs[6];

	if (s[digits] || (digits != 8 && digits != 10 && digits != 12))
		bad_date(s);
	for (size_t i = 0; i < digits / 2; i++)
		pairs[i] = (s[2 * i] - '0') * 10 + s[2 * i + 1] - '0';
	tm.tm_mon = pairs[0] - 1;
	tm.tm_mday = pairs[1];
	tm.tm_hour = pairs[2];
	tm.tm_min = pairs[3];
	tm.tm_sec = 0;
	if (digits == 10)
		tm.tm_year = pairs[4] + (pairs[4] < 69 ? 100 : 0);
	if (digits == 12)
		tm.tm_year = pairs[4] * 100 + pairs[5] - 1900;
	return checked(tm, s);
}

/* What a date leaves out is taken from the present day. */
static time_t parse_date(const char *s)
{
	time_t now = time(NULL);
	struct tm tm = *localtime(&now);
	int day[3] = { 0 }, clock[3] = { 0 };
	const char *at = s;

	if (*s == '@')
		return seconds(s + 1);
	if (strchr(s, '-')) {
		at = numbers(s, '-', day, 3);
		tm.tm_year = day[0] - 1900;
		tm.tm_mon = day[1] - 1;
		tm.tm_mday = day[2];
	}
	at += *at == ' ' || *at == 'T';
	if (*at)
		at = numbers(at, ':', clock, 3);
	at += at != s && *at == 'Z';
	if (*at || at == s)
		bad_date(s);
	tm.tm_hour = clock[0];
	tm.tm_min = clock[1];
	tm.tm_sec = clock[2];
	return checked(tm, s);
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
	int option, set = 0;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "uRd:r:s:")) != -1) {
		if (option == 'd' || option == 's')
			shown = parse_date(optarg);
		else if (option == 'r')
			shown = modified(optarg);
		else if (option == 'R')
			format = "%a, %d %b %Y %H:%M:%S %z";
		else if (option == '?')
			usage(SYNOPSIS);
		set |= option == 's';
	}
	if (optind < argc && argv[optind][0] == '+') {
		format = argv[optind++] + 1;
	} else if (optind < argc) {
		shown = parse_operand(argv[optind++]);
		set = 1;
	}
	if (optind < argc)
		usage(SYNOPSIS);
	if (set && stime(&shown) < 0)
		die("cannot set the clock");
	strftime(text, sizeof(text), format, localtime(&shown));
	puts(text);
	return 0;
}
