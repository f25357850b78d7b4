#ifndef TIME_H
#define TIME_H
#include <stddef.h>
#include <abi/time.h>
struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};
time_t time(time_t *t);
int stime(const time_t *t);
int nanosleep(const struct timespec *asked, struct timespec *left);
struct tm *gmtime_r(const time_t *t, struct tm *tm);
struct tm *localtime(const time_t *t);
time_t mktime(struct tm *tm);
size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm);
#endif
