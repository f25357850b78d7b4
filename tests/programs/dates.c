/*
 * Dates: conversions both ways over centuries, formats, parsing, time zones
 * given as rules.
 */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include "say.h"

static void show(time_t t, const char *form)
{
	char text[100];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), form, &tm);
	printf("%ld %s\n", (long)t, text);
}

static void formats(void)
{
	static const long times[] = { 0,          1,          86399,
				      951782400,  1078012800, 1234567890,
				      2147483647, -1,         -2147483647 - 1 };

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		show(times[i],
		     "%Y-%m-%d %H:%M:%S %a %A %b %B day %j week %U %W %V %G %u "
		     "%w");
		show(times[i],
		     "%c | %D | %e | %F | %I %p | %k | %R | %r | %T | %x %X | "
		     "%y %C | %z %Z %%");
	}
}

static void both_ways(void)
{
	int bad = 0, leaps = 0;
	unsigned digest = 0;

	for (int day = -24000; day < 24800; day++) {
		time_t t = (time_t)day * 86400 + day % 3000 + 3000;
		struct tm tm = *gmtime(&t), local = *localtime(&t);

		bad += timegm(&tm) != t || mktime(&local) != t;
		leaps += tm.tm_yday == 365;
		digest = digest * 31 + tm.tm_year * 366 + tm.tm_yday +
			 tm.tm_wday;
	}
	printf("bad %d, leap years %d, digest %u\n", bad, leaps, digest);
}

static void normalised(void)
{
	struct tm tm = { .tm_year = 124,
			 .tm_mon = 13,
			 .tm_mday = 31,
			 .tm_hour = 25,
			 .tm_min = -1,
			 .tm_sec = 3600 };
	char text[60];
	time_t t = timegm(&tm);

	printf("%ld %s", (long)t, asctime(&tm));
	tm = (struct tm){
		.tm_year = 100, .tm_mon = 1, .tm_mday = 30, .tm_isdst = -1
	};
	t = mktime(&tm);
	printf("%ld %s", (long)t, asctime_r(&tm, text));
	memset(&tm, 0, sizeof(tm));
	printf("%s",
	       strptime("2003-07-09 12:34:56 Wed", "%Y-%m-%d %H:%M:%S %a", &tm)
		       ? "parsed\n"
		       : "no\n");
	printf("%d %d %d %d\n", tm.tm_year, tm.tm_mon, tm.tm_yday, tm.tm_wday);
	printf("%d\n", strptime("31 Foo", "%d %b", &tm) == NULL);
	printf("%.0f\n", difftime(1000000, -1000000));
}

/* Tries rules in TZ, which need no files. */
static void zones(void)
{
	static const char *const rules[] = {
		"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
		"NPT-5:45", "AEST-10AEDT,M10.1.0,M4.1.0/3"
	};
	static const long times[] = { 1700000000, 1720000000, 1711846799,
				      1711846800, 1729990800 };
	char text[100];

	for (int i = 0; i < 5; i++) {
		setenv("TZ", rules[i], 1);
		tzset();
		printf("%s %s %ld %d\n", tzname[0], tzname[1], timezone,
		       daylight);
		for (int j = 0; j < 5; j++) {
			time_t t = times[j];
			struct tm tm = *localtime(&t);

			strftime(text, sizeof(text), "%F %T %Z %z", &tm);
			printf("  %s dst %d back %d\n", text, tm.tm_isdst,
			       mktime(&tm) == t);
		}
	}
	setenv("TZ", "UTC0", 1);
	tzset();
}

int main(void)
{
	setenv("TZ", "UTC0", 1);
	formats();
	both_ways();
	normalised();
	zones();
	return 0;
}
