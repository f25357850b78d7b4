/*
 * strftime(): the conversions of POSIX, and k l P s of GNU. Between % and the
 * letter may stand a flag and a width. Flags: - no padding, _ blanks, 0 zeroes,
 * ^ capitals, # the other case.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const day_names[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday",
};
static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December",
};

/* A conversion as it is parsed. */
struct conversion {
	char pad;		/* - _ 0, or 0: as usual */
	int upper, other, width, colons;
	char type;
};

static int leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/*
 * Returns the week by ISO 8601. It begins on Monday and belongs to the year of
 * its Thursday.
 */
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

/* Returns x modulo 100, never negative. */
static int two_digits(int x)
{
	return (x % 100 + 100) % 100;
}

/*
 * Computes a conversion that is a number. Returns its usual number of digits,
 * negative if it is padded with blanks, or 0 if it is no number.
 */
static int number_of(char type, const struct tm *tm, long long *n)
{
	int year = tm->tm_year + 1900, its_year, week = iso_week(tm, &its_year);
	struct tm copy = *tm;

	switch (type) {
	case 'C': *n = year / 100; return 2;
	case 'd': *n = tm->tm_mday; return 2;
	case 'e': *n = tm->tm_mday; return -2;
	case 'G': *n = its_year; return 1;
	case 'g': *n = two_digits(its_year); return 2;
	case 'H': *n = tm->tm_hour; return 2;
	case 'I': *n = (tm->tm_hour + 11) % 12 + 1; return 2;
	case 'j': *n = tm->tm_yday + 1; return 3;
	case 'k': *n = tm->tm_hour; return -2;
	case 'l': *n = (tm->tm_hour + 11) % 12 + 1; return -2;
	case 'M': *n = tm->tm_min; return 2;
	case 'm': *n = tm->tm_mon + 1; return 2;
	case 'S': *n = tm->tm_sec; return 2;
	case 's': *n = mktime(&copy); return 1;
	case 'U': *n = (tm->tm_yday + 7 - tm->tm_wday) / 7; return 2;
	case 'u': *n = (tm->tm_wday + 6) % 7 + 1; return 1;
	case 'V': *n = week; return 2;
	case 'W': *n = (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7; return 2;
	case 'w': *n = tm->tm_wday; return 1;
	case 'Y': *n = year; return 1;
	case 'y': *n = two_digits(year); return 2;
	}
	return 0;
}

/* Returns the format that a conversion stands for, or NULL. */
static const char *composed(char type)
{
	switch (type) {
	case 'c': return "%a %b %e %H:%M:%S %Y";
	case 'D': case 'x': return "%m/%d/%y";
	case 'F': return "%Y-%m-%d";
	case 'R': return "%H:%M";
	case 'r': return "%I:%M:%S %p";
	case 'T': case 'X': return "%H:%M:%S";
	}
	return NULL;
}

/* Writes a conversion that is a word, or "" if it is none. */
static void word_of(char type, const struct tm *tm, char *text, size_t size)
{
	const char *day = day_names[tm->tm_wday % 7];
	const char *month = month_names[tm->tm_mon % 12];
	int morning = tm->tm_hour < 12;

	*text = '\0';
	switch (type) {
	case 'A': snprintf(text, size, "%s", day); break;
	case 'a': snprintf(text, size, "%.3s", day); break;
	case 'B': snprintf(text, size, "%s", month); break;
	case 'b': case 'h': snprintf(text, size, "%.3s", month); break;
	case 'n': snprintf(text, size, "\n"); break;
	case 'P': snprintf(text, size, morning ? "am" : "pm"); break;
	case 'p': snprintf(text, size, morning ? "AM" : "PM"); break;
	case 't': snprintf(text, size, "\t"); break;
	case 'Z': snprintf(text, size, "%s", tm->tm_zone); break;
	case '%': snprintf(text, size, "%%"); break;
	}
}

/* Writes %z, %:z or %::z. */
static void offset(const struct tm *tm, int colons, char *text, size_t size)
{
	long off = tm->tm_gmtoff < 0 ? -tm->tm_gmtoff : tm->tm_gmtoff;
	int h = off / 3600, m = off / 60 % 60, s = off % 60;
	char sign = tm->tm_gmtoff < 0 ? '-' : '+';

	if (colons > 1)
		snprintf(text, size, "%c%02d:%02d:%02d", sign, h, m, s);
	else
		snprintf(text, size, colons ? "%c%02d:%02d" : "%c%02d%02d",
			 sign, h, m);
}

/* Pads a text on the left to a width. */
static void fill(char *text, size_t size, int width, char with)
{
	int n = strlen(text), more = width - n, sign = 0;

	if (more <= 0 || (size_t)width >= size)
		return;
	sign = with == '0' && (*text == '-' || *text == '+');
	memmove(text + sign + more, text + sign, n - sign + 1);
	memset(text + sign, with, more);
}

/*
 * Changes the case of words: ^ and # make capitals, but # makes %p and %Z
 * small.
 */
static void change_case(char *text, const struct conversion *c)
{
	int lower = c->other && (c->type == 'p' || c->type == 'Z');

	for (; (c->upper || c->other) && *text; text++)
		*text = lower ? tolower(*text) : toupper(*text);
}

static void convert(char *text, size_t size, const struct conversion *c,
		    const struct tm *tm)
{
	const char *format = composed(c->type);
	long long n;
	int digits = number_of(c->type, tm, &n), width = c->width;
	char with = c->pad == '0' || (digits > 0 && c->pad != '_') ? '0' : ' ';

	if (digits)
		snprintf(text, size, "%lld", n);
	else if (format)
		strftime(text, size, format, tm);
	else if (c->type == 'z')
		offset(tm, c->colons, text, size);
	else
		word_of(c->type, tm, text, size);
	if (c->type == 'z' && c->pad != '_')
		with = '0';
	if (!width && c->pad != '-')
		width = digits < 0 ? -digits : digits;
	fill(text, size, width, with);
	change_case(text, c);
}

/*
 * Parses a conversion behind its %. Returns what follows, or NULL if there is
 * none.
 */
static const char *read_conversion(const char *s, struct conversion *c)
{
	*c = (struct conversion){ 0 };
	for (; *s && strchr("-_0^#", *s); s++) {
		c->upper |= *s == '^';
		c->other |= *s == '#';
		if (*s != '^' && *s != '#')
			c->pad = *s;
	}
	for (; isdigit(*s) && c->width < 1000; s++)
		c->width = c->width * 10 + *s - '0';
	for (; *s == ':'; s++)
		c->colons++;
	if (*s == 'E' || *s == 'O')
		s++;
	c->type = *s;
	if (!*s || (c->colons && (*s != 'z' || c->colons > 2)) ||
	    !strchr("%AaBbCcDdeFGgHhIjklMmnPpRrSsTtUuVWwXxYyZz", *s))
		return NULL;
	return s + 1;
}

size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm)
{
	size_t length = 0;

	while (*fmt) {
		char text[128] = { *fmt };
		struct conversion c;
		const char *next = *fmt == '%' ? read_conversion(fmt + 1, &c) :
				   NULL;

		if (next)
			convert(text, sizeof(text), &c, tm);
		fmt = next ? next : fmt + 1;
		if (length + strlen(text) >= size)
			return 0;
		strcpy(buf + length, text);
		length += strlen(text);
	}
	if (size)
		buf[length] = '\0';
	return length;
}
