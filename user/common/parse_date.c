/*
 * Parses dates: @seconds[.fraction], or YYYY-MM-DD, HH:MM[:SS[.fraction]] or
 * both with a blank or a T between. A zone may follow: Z, +HH, +HHMM or +HH:MM.
 */
#include <ctype.h>
#include <time.h>

#define BILLION	1000000000

/* Parses a number of least to most digits. Returns NULL if it has fewer. */
static const char *read_digits(const char *s, int least, int most, int *value)
{
	int n = 0;

	for (*value = 0; n < most && isdigit(s[n]); n++)
		*value = *value * 10 + s[n] - '0';
	return n < least ? NULL : s + n;
}

static const char *read_day(const char *s, struct tm *tm)
{
	s = read_digits(s, 4, 8, &tm->tm_year);
	s = s && *s == '-' ? read_digits(s + 1, 1, 2, &tm->tm_mon) : NULL;
	s = s && *s == '-' ? read_digits(s + 1, 1, 2, &tm->tm_mday) : NULL;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	return s;
}

static const char *read_fraction(const char *s, long *nanoseconds)
{
	*nanoseconds = 0;
	if (*s != '.' && *s != ',')
		return s;
	if (!isdigit(*++s))
		return NULL;
	for (long unit = BILLION / 10; isdigit(*s); unit /= 10)
		*nanoseconds += (*s++ - '0') * unit;
	return s;
}

static const char *read_clock(const char *s, struct tm *tm, long *nanoseconds)
{
	s = read_digits(s, 1, 2, &tm->tm_hour);
	s = s && *s == ':' ? read_digits(s + 1, 1, 2, &tm->tm_min) : NULL;
	if (!s || *s != ':')
		return s;
	s = read_digits(s + 1, 1, 2, &tm->tm_sec);
	return s ? read_fraction(s, nanoseconds) : NULL;
}

/* Parses a zone as seconds east of Greenwich. */
static const char *read_zone(const char *s, int *east)
{
	int sign = *s == '-' ? -1 : 1, hours, minutes = 0;

	*east = 0;
	if (*s == 'Z')
		return s + 1;
	if (*s != '+' && *s != '-')
		return NULL;
	s = read_digits(s + 1, 2, 2, &hours);
	if (s && *s)
		s = read_digits(s + (*s == ':'), 2, 2, &minutes);
	*east = sign * (hours * 60 + minutes) * 60;
	return hours <= 24 && minutes < 60 ? s : NULL;
}

static int same_time(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon &&
	       a->tm_mday == b->tm_mday && a->tm_hour == b->tm_hour &&
	       a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/*
 * Computes the seconds since 1970 of a date in local time or UTC. Returns -1 if
 * the calendar or clock has no such time. A second of 60 is the next minute's
 * 0.
 */
static int exact(struct tm tm, int utc, time64_t *t)
{
	int leap = tm.tm_sec == 60;
	struct tm got;

	tm.tm_sec -= leap;
	tm.tm_isdst = -1;
	got = tm;
	if (utc) {
		*t = timegm(&tm);
		gmtime_r(t, &got);
	} else {
		*t = mktime(&got);
	}
	*t += leap;
	return same_time(&tm, &got) ? 0 : -1;
}

int exact_time(struct tm tm, time64_t *t)
{
	return exact(tm, 0, t);
}

/* Parses the seconds behind the @. */
static int read_seconds(const char *s, struct timespec64 *t)
{
	int negative = *s == '-';
	long nanoseconds;

	s += negative || *s == '+';
	if (!isdigit(*s))
		return -1;
	for (; isdigit(*s) && t->tv_sec < (1ll << 55); s++)
		t->tv_sec = t->tv_sec * 10 + *s - '0';
	s = read_fraction(s, &nanoseconds);
	if (negative) {
		t->tv_sec = -t->tv_sec - (nanoseconds > 0);
		nanoseconds = nanoseconds ? BILLION - nanoseconds : 0;
	}
	t->tv_nsec = nanoseconds;
	return s && !*s ? 0 : -1;
}

int parse_date(const char *s, struct timespec64 *t)
{
	time64_t now = time(NULL);
	int east = 0, utc = 0;
	struct tm tm;
	const char *at;

	*t = (struct timespec64){ 0 };
	if (*s == '@')
		return read_seconds(s + 1, t);
	localtime_r(&now, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	at = read_day(s, &tm);
	if (!at)
		localtime_r(&now, &tm);
	if (!at || *at == ' ' || *at == 'T') {
		tm.tm_sec = 0;
		at = read_clock(at ? at + 1 : s, &tm, &t->tv_nsec);
	}
	if (at && *at) {
		utc = 1;
		at = read_zone(at + (*at == ' '), &east);
	}
	if (!at || *at || exact(tm, utc, &t->tv_sec) < 0)
		return -1;
	t->tv_sec -= east;
	return 0;
}
