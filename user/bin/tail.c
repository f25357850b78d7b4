/*
 * tail [-f] [-n [+]lines | -c [+]bytes] [file...]
 * Prints the end of files.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static struct count_options options;
static struct followed {
	int fd;
	const char *name;
} *followed;			/* files that may grow, for -f */
static int followed_count;

/*
 * Reads a whole file into memory. Files here are small, and a pipe cannot be
 * read from its end.
 */
static char *read_all(int fd, const char *name, size_t *length)
{
	size_t room = 4096;
	char *buf = malloc(room);
	ssize_t n = 1;

	for (*length = 0;
	     buf && (n = read(fd, buf + *length, room - *length)) > 0;) {
		*length += n;
		if (*length == room)
			buf = realloc(buf, room *= 2);
	}
	if (n < 0)
		warn(name);
	if (!buf)
		die("memory");
	return buf;
}

static int counts(char c)
{
	return options.bytes || c == '\n';
}

/* Remembers a file for -f; a pipe is not followed. */
static void add_followed(int fd, const char *name)
{
	struct stat st;

	if (!options.follow || fstat(fd, &st) < 0 || S_ISFIFO(st.st_mode))
		return;
	followed = realloc(followed, (followed_count + 1) * sizeof(*followed));
	if (!followed)
		die("memory");
	followed[followed_count++] = (struct followed){ dup(fd), name };
}

static void tail(int fd, const char *name)
{
	size_t length, at = 0;
	char *buf = read_all(fd, name, &length);
	long left = options.limit;

	print_heading(&options, name);
	if (options.from_start) {
		for (left--; at < length && left > 0; at++)
			left -= counts(buf[at]);
	} else {
		at = length;
		if (at > 0 && left > 0 && !options.bytes)
			at--;		/* the last line's own newline */
		while (at > 0 &&
		       (left -= counts(buf[at - 1])) >= (options.bytes ? 0 : 1))
			at--;
		if (options.limit == 0)
			at = length;
	}
	fwrite(buf + at, 1, length - at, stdout);
	free(buf);
	add_followed(fd, name);
}

/* Prints what is appended to the files of -f, for ever. */
static void follow(void)
{
	struct followed *last = followed + followed_count - 1;
	static char buf[4096];
	ssize_t n;

	while (!ferror(stdout)) {
		fflush(stdout);
		sleep(1);
		for (struct followed *f = followed;
		     f < followed + followed_count; f++)
			while ((n = read(f->fd, buf, sizeof(buf))) > 0) {
				if (f != last)
					print_heading(&options, f->name);
				last = f;
				fwrite(buf, 1, n, stdout);
			}
	}
}

int main(int argc, char **argv)
{
	char **files;

	util_start(argv);
	files = count_options(argc, argv, "fn:c:", &options);
	options.limit = options.limit < 0 ? -options.limit : options.limit;
	for_each_file(files, tail);
	if (followed_count)
		follow();
	return exit_status;
}
