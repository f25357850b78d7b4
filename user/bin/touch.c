/*
 * touch [-acm] [-r file | -t [[CC]YY]MMDDhhmm[.SS] | -d date] file...
 * Sets the times of files. user/common/parse_date.c lists the forms of a date.
 * Times are local, by TZ.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

static struct timespec64 times[2] = {	/* of access and of change */
	{ .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW },
};

static void bad_date(const char *s)
{
	complain(s, "not a date");
	exit(1);
}

/* Returns the two digits at s as a number. */
static int pair(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* Parses the argument of -t. */
static void parse_stamp(const char *s)
{
	size_t n = strspn(s, "0123456789");
	time64_t t = time(NULL);
	struct tm tm = *localtime(&t);
	const char *at = s + n - 8;	/* the month */
	int with_second = s[n] == '.' && strlen(s + n) == 3 &&
			  strspn(s + n + 1, "0123456789") == 2;

	if ((n != 8 && n != 10 && n != 12) || (s[n] && !with_second))
		bad_date(s);
	if (n == 10)
		tm.tm_year = pair(s) + (pair(s) < 69 ? 100 : 0);
	if (n == 12)
		tm.tm_year = pair(s) * 100 + pair(s + 2) - 1900;
	tm.tm_mon = pair(at) - 1;
	tm.tm_mday = pair(at + 2);
	tm.tm_hour = pair(at + 4);
	tm.tm_min = pair(at + 6);
	tm.tm_sec = with_second ? pair(s + n + 1) : 0;
	if (exact_time(tm, &t) < 0)
		bad_date(s);
	times[0] = times[1] = (struct timespec64){ .tv_sec = t };
}

/* Parses the argument of -d. */
static void read_date(const char *s)
{
	if (parse_date(s, &times[0]) < 0)
		bad_date(s);
	times[1] = times[0];
}

/* Takes the times of a file, for -r. */
static void copy_times(const char *file)
{
	struct stat st;

	if (stat(file, &st) < 0)
		die(file);
	times[0] = (struct timespec64){ st.st_atime, st.st_atime_nsec, 0 };
	times[1] = (struct timespec64){ st.st_mtime, st.st_mtime_nsec, 0 };
}

static void touch(const char *file, int create)
{
	int fd = create ? open(file, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY,
			       0666)
			: -1;

	if (fd >= 0)
		close(fd);
	if (syscall(__NR_utimensat_time64, AT_FDCWD, file, times, 0) < 0 &&
	    (create || errno != ENOENT))
		warn(file);
}

int main(int argc, char **argv)
{
	int option, access = 0, change = 0, create = 1;

	util_start(argv);
	while ((option = getopt(argc, argv, "acmd:r:t:")) != -1)
		switch (option) {
		case 'a': access = 1; break;
		case 'm': change = 1; break;
		case 'c': create = 0; break;
		case 'd': read_date(optarg); break;
		case 'r': copy_times(optarg); break;
		case 't': parse_stamp(optarg); break;
		default: usage();
		}
	if (optind == argc)
		usage();
	if (access && !change)
		times[1].tv_nsec = UTIME_OMIT;
	if (change && !access)
		times[0].tv_nsec = UTIME_OMIT;
	for (; optind < argc; optind++)
		touch(argv[optind], create);
	return exit_status;
}
