/* The clock, and dates of the Gregorian calendar in UTC. */
#include <time.h>
#include <unistd.h>

#define DAY		86400
#define ERA_DAYS	146097		/* 400 years */
#define EPOCH		719468	/* days from 1 March of year 0 to 1970 */

time64_t time(time64_t *t)
{
	struct timespec64 now = { 0 };

	syscall(__NR_clock_gettime64, CLOCK_REALTIME, &now);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}

int set_time(time64_t t)
{
	struct timespec64 new = { .tv_sec = t };

	return syscall(__NR_clock_settime64, CLOCK_REALTIME, &new);
}

/* Returns the quotient rounded down; *rest is never negative. */
static time64_t divide(time64_t n, int by, int *rest)
{
	time64_t quotient = n / by;

	*rest = n - quotient * by;
	if (*rest < 0) {
		*rest += by;
		quotient--;
	}
	return quotient;
}

/*
 * Returns the days from 1970 to a date. Years begin in March here, so that 29
 * February is the last day of a year. month may be any number.
 */
static time64_t days_from_date(time64_t year, int month, int day)
{
	int m, y;
	time64_t era;

	year += divide(month - 2, 12, &m);
	era = divide(year, 400, &y);
	return era * ERA_DAYS + y * 365 + y / 4 - y / 100 +
	       (153 * m + 2) / 5 + day - 1 - EPOCH;
}

/* Fills in the date of a day. tm_yday is the distance to 1 January. */
static void date_from_days(time64_t days, struct tm *tm)
{
	int day, y, m;
	time64_t year = divide(days + EPOCH, ERA_DAYS, &day) * 400;

	y = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * y + y / 4 - y / 100;
	m = (5 * day + 2) / 153;
	year += y + (m >= 10);
	tm->tm_mday = day - (153 * m + 2) / 5 + 1;
	tm->tm_mon = (m + 2) % 12;
	tm->tm_year = year - 1900;
	tm->tm_yday = days - days_from_date(year, 0, 1);
}

struct tm *gmtime_r(const time64_t *t, struct tm *tm)
{
	int rest;
	time64_t days = divide(*t, DAY, &rest);

	date_from_days(days, tm);
	divide(days + 4, 7, &tm->tm_wday);
	tm->tm_hour = rest / 3600;
	tm->tm_min = rest / 60 % 60;
	tm->tm_sec = rest % 60;
	tm->tm_isdst = tm->tm_gmtoff = 0;
	tm->tm_zone = "UTC";
	return tm;
}

/* Returns the seconds of a date in UTC. Its members may be out of range. */
time64_t timegm(const struct tm *tm)
{
	time64_t days = days_from_date(tm->tm_year + 1900ll, tm->tm_mon,
				       tm->tm_mday);

	return days * DAY + tm->tm_hour * 3600ll + tm->tm_min * 60ll +
	       tm->tm_sec;
}
