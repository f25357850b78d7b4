/* Dates in the Gregorian calendar; local time is UTC. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY 86400

static int leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int month, int year)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month] + (month == 1 && leap(year));
}

struct tm *gmtime_r(const time_t *t, struct tm *tm)
{
	unsigned days = (unsigned)*t / DAY, rest = (unsigned)*t % DAY;
	int year = 1970, month = 0;

	tm->tm_hour = rest / 3600;
	tm->tm_min = rest / 60 % 60;
	tm->tm_sec = rest % 60;
	tm->tm_wday = (days + 4) % 7;
	for (; days >= (leap(year) ? 366u : 365u); year++)
		days -= leap(year) ? 366 : 365;
	tm->tm_yday = days;
	for (; (int)days >= month_days(month, year); month++)
		days -= month_days(month, year);
	tm->tm_year = year - 1900;
	tm->tm_mon = month;
	tm->tm_mday = days + 1;
	tm->tm_isdst = 0;
	return tm;
}

struct tm *localtime(const time_t *t)
{
	static struct tm tm;

	return gmtime_r(t, &tm);
}

time_t mktime(struct tm *tm)
{
	unsigned days = tm->tm_mday - 1;

	for (int year = 1970; year < tm->tm_year + 1900; year++)
		days += leap(year) ? 366 : 365;
	for (int month = 0; month < tm->tm_mon; month++)
		days += month_days(month, tm->tm_year + 1900);
	return days * DAY + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
}

static const char *const day_names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const month_names[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September",
					   "October", "November", "December" };

/* The week by ISO 8601, which begins on Monday and belongs to the year of its Thursday. */
static int iso_week(const struct tm *tm, int *year)
{
	int thursday = tm->tm_yday - (tm->tm_wday + 6) % 7 + 3, days;

	*year = tm->tm_year + 1900;
	days = leap(*year) ? 366 : 365;
	if (thursday >= days) {
		++*year;
		return 1;
	}
	if (thursday < 0)
		thursday += leap(--*year) ? 366 : 365;
	return thursday / 7 + 1;
}

/* One conversion of strftime. */
static void convert(char *text, size_t size, char type, const struct tm *tm)
{
	struct tm copy = *tm;
	int year, week = iso_week(tm, &year);

	switch (type) {
	case 'Y': snprintf(text, size, "%d", tm->tm_year + 1900); break;
	case 'y': snprintf(text, size, "%02d", tm->tm_year % 100); break;
	case 'm': snprintf(text, size, "%02d", tm->tm_mon + 1); break;
	case 'd': snprintf(text, size, "%02d", tm->tm_mday); break;
	case 'e': snprintf(text, size, "%2d", tm->tm_mday); break;
	case 'H': snprintf(text, size, "%02d", tm->tm_hour); break;
	case 'M': snprintf(text, size, "%02d", tm->tm_min); break;
	case 'S': snprintf(text, size, "%02d", tm->tm_sec); break;
	case 'j': snprintf(text, size, "%03d", tm->tm_yday + 1); break;
	case 'a': snprintf(text, size, "%.3s", day_names[tm->tm_wday]); break;
	case 'A': snprintf(text, size, "%s", day_names[tm->tm_wday]); break;
	case 'b': snprintf(text, size, "%.3s", month_names[tm->tm_mon]); break;
	case 'B': snprintf(text, size, "%s", month_names[tm->tm_mon]); break;
	case 'Z': snprintf(text, size, "UTC"); break;
	case 's': snprintf(text, size, "%lu", (unsigned long)mktime(&copy)); break;
	case 'F': strftime(text, size, "%Y-%m-%d", tm); break;
	case 'T': strftime(text, size, "%H:%M:%S", tm); break;
	case 'R': strftime(text, size, "%H:%M", tm); break;
	case 'D': strftime(text, size, "%m/%d/%y", tm); break;
	case 'h': snprintf(text, size, "%.3s", month_names[tm->tm_mon]); break;
	case 'C': snprintf(text, size, "%02d", (tm->tm_year + 1900) / 100); break;
	case 'I': snprintf(text, size, "%02d", (tm->tm_hour + 11) % 12 + 1); break;
	case 'k': snprintf(text, size, "%2d", tm->tm_hour); break;
	case 'l': snprintf(text, size, "%2d", (tm->tm_hour + 11) % 12 + 1); break;
	case 'p': snprintf(text, size, tm->tm_hour < 12 ? "AM" : "PM"); break;
	case 'P': snprintf(text, size, tm->tm_hour < 12 ? "am" : "pm"); break;
	case 'u': snprintf(text, size, "%d", (tm->tm_wday + 6) % 7 + 1); break;
	case 'w': snprintf(text, size, "%d", tm->tm_wday); break;
	case 'U': snprintf(text, size, "%02d", (tm->tm_yday + 7 - tm->tm_wday) / 7); break;
	case 'W': snprintf(text, size, "%02d", (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7); break;
	case 'V': snprintf(text, size, "%02d", week); break;
	case 'G': snprintf(text, size, "%d", year); break;
	case 'g': snprintf(text, size, "%02d", year % 100); break;
	case 'z': snprintf(text, size, "+0000"); break;
	case 'c': strftime(text, size, "%a %b %e %H:%M:%S %Y", tm); break;
	case 'r': strftime(text, size, "%I:%M:%S %p", tm); break;
	case 'x': strftime(text, size, "%m/%d/%y", tm); break;
	case 'X': strftime(text, size, "%H:%M:%S", tm); break;
	case 'n': snprintf(text, size, "\n"); break;
	case 't': snprintf(text, size, "\t"); break;
	case '%': snprintf(text, size, "%%"); break;
	default: snprintf(text, size, "%%%c", type);
	}
}

size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm)
{
	size_t length = 0;

	for (; *fmt; fmt++) {
		char buffer[32] = { *fmt }, *text = buffer;
		int bare = *fmt == '%' && fmt[1] == '-' && fmt[2];		/* as GNU has it: no filling in front of a number */

		if (*fmt == '%' && fmt[1]) {
			fmt += bare || ((fmt[1] == 'E' || fmt[1] == 'O') && fmt[2]);
			convert(buffer, sizeof(buffer), *++fmt, tm);
		}
		while (bare && (*text == '0' || *text == ' ') && text[1])
			text++;
		if (length + strlen(text) >= size)
			return 0;
		strcpy(buf + length, text);
		length += strlen(text);
	}
	if (size)
		buf[length] = '\0';
	return length;
}
