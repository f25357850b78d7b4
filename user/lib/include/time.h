#ifndef TIME_H
#define TIME_H
#include <stddef.h>
#include <abi/time.h>
typedef long long time64_t;		/* seconds since 1970, in UTC */
struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday;
	int tm_isdst;
	long tm_gmtoff;			/* seconds east of Greenwich */
	const char *tm_zone;
};
extern char *tzname[2]; /* from TZ: standard time, summer time */
void tzset(void);
time64_t time(time64_t *t);
int set_time(time64_t t);		/* sets the system's clock */
int nanosleep(const struct timespec *asked, struct timespec *left);
struct tm *gmtime_r(const time64_t *t, struct tm *tm);
struct tm *localtime_r(const time64_t *t, struct tm *tm);
struct tm *localtime(const time64_t *t);
time64_t timegm(const struct tm *tm);
time64_t mktime(struct tm *tm);
size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm);
/* Parses a date as touch and date take it. Returns -1 if there is none such. */
int parse_date(const char *s, struct timespec64 *t);
/* Like mktime(), but returns -1 if the calendar or clock has no such time. */
int exact_time(struct tm tm, time64_t *t);
#endif
