/*
 * Local time by the variable TZ, in the form of POSIX: std offset [dst [offset]
 * [,start[/time],end[/time]]]. There are no time zone files. If TZ is unset or
 * is anything else, local time is UTC.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY	86400
#define HOUR	3600
#define NAME	16
#define AMERICAN_RULES ",M3.2.0,M11.1.0"	/* if TZ has no rules */

/* When summer time begins or ends: a day, and seconds since its midnight. */
struct rule {
	char kind;		/* J: day 1 to 365, 0: day 0 to 365, M */
	int day, week, month, seconds;
};

static struct zone {
	char name[2][NAME];	/* standard time, summer time */
	int east[2];		/* seconds east of Greenwich */
	int has_summer;
	struct rule start, end;
} zone;

char *tzname[2] = { zone.name[0], zone.name[1] };

/*
 * Parses a name: at least three letters, or anything in <>. Returns NULL if
 * there is none.
 */
static const char *read_name(const char *s, char *name)
{
	const char *start = s + (*s == '<');
	size_t n = 0;

	while (isalpha(start[n]) || (start != s && start[n] && start[n] != '>'))
		n++;
	if (n < 3 || n >= NAME || (start != s && start[n] != '>'))
		return NULL;
	memcpy(name, start, n);
	name[n] = '\0';
	return start + n + (start != s);
}

/* Parses a number up to a limit. Returns NULL if there is none. */
static const char *read_number(const char *s, int limit, int *value)
{
	if (!isdigit(*s))
		return NULL;
	for (*value = 0; isdigit(*s) && *value <= limit; s++)
		*value = *value * 10 + *s - '0';
	return *value <= limit ? s : NULL;
}

/* Parses [+-]hh[:mm[:ss]] into seconds. */
static const char *read_time(const char *s, int hours, int *seconds)
{
	int sign = *s == '-' ? -1 : 1, value = 0;

	s = read_number(s + (*s == '-' || *s == '+'), hours, &value);
	*seconds = sign * value * HOUR;
	for (int unit = 60; s && *s == ':' && unit; unit /= 60) {
		s = read_number(s + 1, 59, &value);
		*seconds += sign * value * unit;
	}
	return s;
}

/* Parses Mm.w.d; s points behind the M. */
static const char *read_month_rule(const char *s, struct rule *r)
{
	s = read_number(s, 12, &r->month);
	s = s && *s == '.' ? read_number(s + 1, 5, &r->week) : NULL;
	s = s && *s == '.' ? read_number(s + 1, 6, &r->day) : NULL;
	return r->month && r->week ? s : NULL;
}

/* Parses ,rule[/time]. */
static const char *read_rule(const char *s, struct rule *r)
{
	if (*s++ != ',')
		return NULL;
	r->kind = *s == 'J' || *s == 'M' ? *s++ : 0;
	r->seconds = 2 * HOUR;
	s = r->kind == 'M' ? read_month_rule(s, r) :
	    read_number(s, 365, &r->day);
	if (r->kind == 'J' && r->day == 0)
		return NULL;
	return s && *s == '/' ? read_time(s + 1, 167, &r->seconds) : s;
}

/*
 * Parses what follows the offset of standard time. Returns 0 if it is invalid.
 */
static int read_summer(const char *s, struct zone *z)
{
	s = read_name(s, z->name[1]);
	if (!s)
		return 0;
	z->east[1] = z->east[0] + HOUR;
	if (*s && *s != ',') {
		s = read_time(s, 24, &z->east[1]);
		z->east[1] = -z->east[1];
	}
	if (s && (!*s || strcmp(s, ",") == 0))
		s = AMERICAN_RULES;
	s = s ? read_rule(s, &z->start) : NULL;
	s = s ? read_rule(s, &z->end) : NULL;
	return s && !*s;
}

/*
 * Parses TZ. A name alone, like that of a zone file, is kept: it shows that the
 * time is UTC.
 */
static void read_zone(const char *s, struct zone *z)
{
	*z = (struct zone){ .name = { "UTC", "UTC" } };
	s = read_name(s + (*s == ':'), z->name[0]);
	if (s)
		s = read_time(s, 24, &z->east[0]);
	z->east[0] = s ? -z->east[0] : 0;
	if (s)
		z->has_summer = read_summer(s, z);
}

void tzset(void)
{
	static char *last;
	const char *tz = getenv("TZ");
	struct zone new;

	if (!tz)
		tz = "";
	if (last && strcmp(tz, last) == 0)
		return;
	read_zone(tz, &new);
	zone = new;
	free(last);
	last = strdup(tz);
}

/* Returns the day of a rule of the form Mm.w.d in a year. */
static time64_t month_rule(const struct rule *r, struct tm *tm)
{
	time64_t t, last;

	tm->tm_mon = r->month - 1;
	t = timegm(tm);
	gmtime_r(&t, tm);
	t += ((r->day - tm->tm_wday + 7) % 7 + 7 * (r->week - 1)) * DAY;
	tm->tm_mon++;
	last = timegm(tm) - DAY;
	return t > last ? t - 7 * DAY : t;
}

/* Returns when a rule applies in a year, as if local time were UTC. */
static time64_t rule_time(const struct rule *r, int year)
{
	struct tm tm = { .tm_year = year, .tm_mday = 1 };

	if (r->kind == 'M')
		return month_rule(r, &tm) + r->seconds;
	tm.tm_mday = r->day + (r->kind != 'J');
	if (r->kind == 'J' && r->day >= 60) {	/* 29 February has no number */
		tm.tm_mon = 2;
		tm.tm_mday -= 59;
	}
	return timegm(&tm) + r->seconds;
}

/* Returns 1 if t is in summer time: the last change before t decides. */
static int is_summer(time64_t t)
{
	struct tm tm;
	time64_t changed = t, at;
	int summer = 0, year;

	if (!zone.has_summer)
		return 0;
	year = gmtime_r(&t, &tm)->tm_year;
	for (int y = year - 1, none = 1; y <= year + 1; y++)
		for (int begins = 0; begins < 2; begins++) {
			at = rule_time(begins ? &zone.start : &zone.end, y) -
			     zone.east[!begins];
			if (at > t || (!none && at < changed))
				continue;
			changed = at;
			summer = begins;
			none = 0;
		}
	return summer;
}

struct tm *localtime_r(const time64_t *t, struct tm *tm)
{
	int summer;
	time64_t shifted;

	tzset();
	summer = is_summer(*t);
	shifted = *t + zone.east[summer];
	gmtime_r(&shifted, tm);
	tm->tm_isdst = summer;
	tm->tm_gmtoff = zone.east[summer];
	tm->tm_zone = zone.name[summer];
	return tm;
}

struct tm *localtime(const time64_t *t)
{
	static struct tm tm;

	return localtime_r(t, &tm);
}

/*
 * Returns the seconds of a local time, and brings the members of *tm into their
 * ranges. If tm_isdst is negative, finds out if it is summer time. A time that
 * occurs twice is taken as summer time. One that the clock skips is taken as
 * standard time.
 */
time64_t mktime(struct tm *tm)
{
	time64_t t[2], result;
	int fits[2], wanted = tm->tm_isdst;

	tzset();
	for (int summer = 0; summer < 2; summer++) {
		t[summer] = timegm(tm) - zone.east[summer];
		fits[summer] = is_summer(t[summer]) == summer;
	}
	if (wanted == 0 && zone.has_summer)
		result = t[0];
	else if (wanted > 0 && zone.has_summer)
		result = t[1];
	else
		result = t[fits[1]];
	localtime_r(&result, tm);
	return result;
}
