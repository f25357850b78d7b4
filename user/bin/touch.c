/* touch [-acm] [-r file | -t [[CC]YY]MMDDhhmm[.SS] | -d YYYY-MM-DDThh:mm[:SS[.fraction]][Z] | -d @seconds] file... */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

static const char synopsis[] = "[-acm] [-r file | -t time | -d date] file...";
static struct timespec times[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };	/* of access and of change */

/* Both times from numbers: a year, a month and so on to a second. */
static void set_times(const char *s, const int *n)
{
	struct tm tm = { .tm_year = n[0] - 1900, .tm_mon = n[1] - 1, .tm_mday = n[2], .tm_hour = n[3], .tm_min = n[4], .tm_sec = n[5] };

	if (n[0] < 1970 || n[0] > 2105 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60) {
		complain(s, "not a date");
		exit(1);
	}
	times[0] = times[1] = (struct timespec){ mktime(&tm), 0 };
}

/* The value of digits at *s, which is moved behind them: n of them or, when n is 0, all; -1 when there are none. */
static int digits(const char **s, int n)
{
	int value = -1;

	for (int i = 0; (!n || i < n) && **s >= '0' && **s <= '9' && value < 100000; i++)
		value = (value < 0 ? 0 : value) * 10 + *(*s)++ - '0';
	return value;
}

/* -t */
static void parse_stamp(const char *arg)
{
	size_t length = strcspn(arg, ".");
	const char *s = arg;
	int n[6] = { 0 };
	time_t now = time(NULL);

	n[0] = localtime(&now)->tm_year + 1900;
	if (length == 12)
		n[0] = digits(&s, 4);
	else if (length == 10)
		n[0] = digits(&s, 2), n[0] += n[0] < 69 ? 2000 : 1900;
	for (int i = 1; i < 5; i++)
		n[i] = digits(&s, 2);
	if (*s == '.' && strlen(s) == 3)
		s++, n[5] = digits(&s, 2);
	set_times(arg, *s || length < 8 || n[3] < 0 || n[4] < 0 || n[5] < 0 ? (int[6]){ 0 } : n);
}

/* -d */
static void parse_date(const char *arg)
{
	static const char between[] = "--T::";
	const char *s = arg;
	int n[6] = { 0 }, bad = 0;
	long nanoseconds = 0;

	if (*s == '@') {
		times[0] = times[1] = (struct timespec){ number(s + 1), 0 };
		return;
	}
	for (int i = 0; i < 6; i++) {
		n[i] = digits(&s, 0);
		bad |= n[i] < 0;
		if (i == 5 || (!*s && i == 2) || ((!*s || *s == 'Z') && i == 4))
			break;
		bad |= *s != between[i] && !(i == 2 && *s == ' ');
		s += *s != '\0';
	}
	if (*s == '.' || *s == ',')
		for (long unit = 100000000; *++s >= '0' && *s <= '9'; unit /= 10)
			nanoseconds += (*s - '0') * unit;
	s += *s == 'Z';
	set_times(arg, bad || *s ? (int[6]){ 0 } : n);
	times[0].tv_nsec = times[1].tv_nsec = nanoseconds;
}

/* -r */
static void copy_times(const char *file)
{
	struct stat st;

	if (stat(file, &st) < 0)
		die(file);
	times[0] = (struct timespec){ st.st_atime, st.st_atime_nsec };
	times[1] = (struct timespec){ st.st_mtime, st.st_mtime_nsec };
}

static void touch(const char *file, int create)
{
	int fd = create ? open(file, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, 0666) : -1;

	if (fd >= 0)
		close(fd);
	if (syscall(__NR_utimensat, AT_FDCWD, file, times, 0) < 0 && (create || errno != ENOENT))
		warn(file);
}

int main(int argc, char **argv)
{
	int option, access = 0, change = 0, create = 1;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "acmd:r:t:")) != -1)
		switch (option) {
		case 'a': access = 1; break;
		case 'm': change = 1; break;
		case 'c': create = 0; break;
		case 'd': parse_date(optarg); break;
		case 'r': copy_times(optarg); break;
		case 't': parse_stamp(optarg); break;
		default: usage(synopsis);
		}
	if (optind == argc)
		usage(synopsis);
	if (access && !change)
		times[1].tv_nsec = UTIME_OMIT;
	if (change && !access)
		times[0].tv_nsec = UTIME_OMIT;
	for (; optind < argc; optind++)
		touch(argv[optind], create);
	return exit_status;
}
