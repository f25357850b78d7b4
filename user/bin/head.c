/*
 * head [-n lines | -c bytes] [file...]
 * Prints the beginning of files. Input that is not printed is left to other
 * programs.
 */
#include <stdio.h>
#include <unistd.h>
#include <util.h>

static struct count_options options;

static void head(int fd, const char *name)
{
	static char buf[4096];
	long left = options.limit;
	ssize_t n = 0;

	print_heading(&options, name);
	while (left > 0 && (n = read(fd, buf, sizeof(buf))) > 0) {
		ssize_t keep = 0;

		for (; keep < n && left > 0; keep++)
			left -= options.bytes || buf[keep] == '\n';
		fwrite(buf, 1, keep, stdout);
		if (keep < n)
			lseek(fd, keep - n, SEEK_CUR);
	}
	if (left > 0 && n < 0)
		warn(name);
}

int main(int argc, char **argv)
{
	util_start(argv);
	argv = count_options(argc, argv, "n:c:", &options);
	if (options.limit < 0)
		usage();
	for_each_file(argv, head);
	return exit_status;
}
