/* head [-n lines | -c bytes] [file...] */
#include <stdio.h>
#include <unistd.h>
#include <util.h>

static struct count_options options;

static void head(int fd, const char *name)
{
	static char buf[4096];
	long left = options.limit;
	ssize_t n;

	print_heading(&options, name);
	while (left > 0 && (n = read(fd, buf, sizeof(buf))) > 0) {
		ssize_t keep = 0;

		for (; keep < n && left > 0; keep++)
			left -= options.bytes || buf[keep] == '\n';
		fwrite(buf, 1, keep, stdout);
	}
}

int main(int argc, char **argv)
{
	util_init(argv[0]);
	for_each_file(count_options(argc, argv, "n:c:", &options), head);
	return exit_status;
}
