/* tail [-n [+]lines | -c [+]bytes] [file...] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static struct count_options options;

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
	return options.bytes || c == '\n';
}

static void tail(int fd, const char *name)
{
	size_t length, at = 0;
	char *buf = read_all(fd, &length);
	long left = options.limit;

	print_heading(&options, name);
	if (options.from_start) {
		for (left--; at < length && left > 0; at++)
			left -= counts(buf[at]);
	} else {
		at = length;
		if (at > 0 && left > 0 && !options.bytes)
			at--;			/* the last line's own newline */
		while (at > 0 && (left -= counts(buf[at - 1])) >= (options.bytes ? 0 : 1))
			at--;
		if (options.limit == 0)
			at = length;
	}
	fwrite(buf + at, 1, length - at, stdout);
	free(buf);
}

int main(int argc, char **argv)
{
	util_init(argv[0]);
	for_each_file(count_options(argc, argv, &options), tail);
	return exit_status;
}
