/* date [+format] [-s seconds-since-1970] */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S UTC %Y";
	char text[256];
	time_t now;
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "us:")) != -1) {
		if (option == '?')
			usage("[+format] [-s seconds]");
		if (option == 's') {
			now = number(optarg);
			if (stime(&now) < 0)
				die("cannot set the clock");
		}
	}
	if (optind < argc && argv[optind][0] == '+')
		format = argv[optind] + 1;
	else if (optind < argc)
		usage("[+format] [-s seconds]");
	now = time(NULL);
	strftime(text, sizeof(text), format, localtime(&now));
	puts(text);
	return 0;
}
