/* head [-n lines | -c bytes] [file...] */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static long limit = 10;
static int bytes, headings;

static void head(int fd, const char *name)
{
	static char buf[4096];
	long left = limit;
	ssize_t n;

	if (headings)
		printf("%s==> %s <==\n", headings++ > 1 ? "\n" : "", name);
	while (left > 0 && (n = read(fd, buf, sizeof(buf))) > 0) {
		ssize_t keep = 0;

		for (; keep < n && left > 0; keep++)
			left -= bytes || buf[keep] == '\n';
		fwrite(buf, 1, keep, stdout);
	}
}

int main(int argc, char **argv)
{
	int option;

	util_init(argv[0]);
	if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
		limit = number(argv[1] + 1);
		optind = 2;
	}
	while ((option = getopt(argc, argv, "n:c:")) != -1) {
		if (option == '?')
			usage("[-n lines | -c bytes] [file...]");
		bytes = option == 'c';
		limit = number(optarg);
	}
	headings = argc - optind > 1;
	for_each_file(argv + optind, head);
	return exit_status;
}
