/*
 * date [-uR] [-d date | -r file | -s date] [+format], or date mmddhhmm[[cc]yy]
 * Prints or sets the time; mmddhhmm sets the clock as -s does.
 * user/common/parse_date.c lists the forms of a date. Times are local, by TZ,
 * or with -u in UTC.
 */
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

/* Parses mmddhhmm[[cc]yy]. */
static time64_t parse_operand(const char *s)
{
	time64_t now = time(NULL), t;
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
	if (exact_time(tm, &t) < 0)
		bad_date(s);
	return t;
}

static time64_t modified(const char *file)
{
	struct stat st;

	if (stat(file, &st) < 0)
		die(file);
	return st.st_mtime;
}

/* The options. A date is parsed later, when TZ is known. */
static struct {
	const char *date, *file, *format;
	int set;
} options = { .format = "%a %b %e %H:%M:%S %Z %Y" };

static void read_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "uRd:r:s:")) != -1)
		switch (option) {
		case 'u': putenv("TZ=UTC0"); break;
		case 's': options.set = 1;	/* fall through */
		case 'd': options.date = optarg; break;
		case 'r': options.file = optarg; break;
		case 'R': options.format = "%a, %d %b %Y %H:%M:%S %z"; break;
		default: usage();
		}
}

/* Returns the time that the options ask for. */
static time64_t wanted_time(void)
{
	struct timespec64 t;

	if (options.file)
		return modified(options.file);
	if (!options.date)
		return time(NULL);
	if (parse_date(options.date, &t) < 0)
		bad_date(options.date);
	return t.tv_sec;
}

/* Prints a time. The result of a format may be long, or empty. */
static void show(time64_t t)
{
	size_t size = 64 * strlen(options.format) + 2, n;
	char *text = malloc(size);

	if (!text)
		die("memory");
	n = strftime(text, size - 1, options.format, localtime(&t));
	if (!n && *options.format) {
		complain(options.format, "too long");
		exit(1);
	}
	text[n] = '\n';
	fwrite(text, 1, n + 1, stdout);
}

int main(int argc, char **argv)
{
	time64_t shown;

	util_start(argv);
	read_options(argc, argv);
	shown = wanted_time();
	if (optind < argc && argv[optind][0] == '+') {
		options.format = argv[optind++] + 1;
	} else if (optind < argc) {
		shown = parse_operand(argv[optind++]);
		options.set = 1;
	}
	if (optind < argc)
		usage();
	if (options.set && set_time(shown) < 0)
		warn("cannot set the clock");
	show(shown);
	return exit_status;
}
