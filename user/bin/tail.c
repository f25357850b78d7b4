/* tail [-n [+]lines | -c [+]bytes] [file...] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static long limit = 10;
static int bytes, from_start, headings;

/* Everything in memory: a file here is small, and a pipe has no end to start from. */
static char *read_all(int fd, size_t *length)
{
	size_t room = 4096;
	char *buf = malloc(room);
	ssize_t n;

	for (*length = 0; buf && (n = read(fd, buf + *length, room - *length)) > 0;) {
		*length += n;
		if (*length == room)
			buf = realloc(buf, room *= 2);
	}
	if (!buf)
		die("memory");
	return buf;
}

static int counts(char c)
{
	return bytes || c == '\n';
}

static void tail(int fd, const char *name)
{
	size_t length, at = 0;
	char *buf = read_all(fd, &length);
	long left = limit;

	if (headings)
		printf("%s==> %s <==\n", headings++ > 1 ? "\n" : "", name);
	if (from_start) {
		for (left--; at < length && left > 0; at++)
			left -= counts(buf[at]);
	} else {
		at = length;
		if (at > 0 && left > 0 && !bytes)
			at--;			/* the last line's own newline */
		while (at > 0 && (left -= counts(buf[at - 1])) >= (bytes ? 0 : 1))
			at--;
		if (limit == 0)
			at = length;
	}
	fwrite(buf + at, 1, length - at, stdout);
	free(buf);
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
			usage("[-n [+]lines | -c [+]bytes] [file...]");
		bytes = option == 'c';
		from_start = optarg[0] == '+';
		limit = number(optarg + from_start);
	}
	headings = argc - optind > 1;
	for_each_file(argv + optind, tail);
	return exit_status;
}
