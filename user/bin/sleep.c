/* sleep seconds[.fraction] */
#include <stdlib.h>
#include <time.h>
#include <util.h>

int main(int argc, char **argv)
{
	struct timespec ts;
	long unit = 100000000;
	char *s;

	util_init(argv[0]);
	if (argc != 2)
		usage("seconds");
	ts.tv_sec = strtol(argv[1], &s, 10);
	ts.tv_nsec = 0;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10)
			ts.tv_nsec += (*s - '0') * unit;
	if (*s || s == argv[1]) {
		complain(argv[1], "not a time");
		return 2;
	}
	while (nanosleep(&ts, &ts) < 0)
		;
	return 0;
}
