/*
 * wc [-lwcm] [file...]
 * Counts lines, words and bytes. A character is a byte.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

struct counts {
	unsigned long lines, words, bytes;
};

static struct counts total;
static int show_lines, show_words, show_bytes, wide = 1, unnamed;

static void print(const struct counts *c, const char *name)
{
	const char *gap = "";

	if (show_lines)
		printf("%s%*lu", gap, wide, c->lines), gap = " ";
	if (show_words)
		printf("%s%*lu", gap, wide, c->words), gap = " ";
	if (show_bytes)
		printf("%s%*lu", gap, wide, c->bytes);
	printf(name ? " %s\n" : "\n", name);
}

static void count(int fd, const char *name)
{
	static char buf[4096];
	struct counts c = { 0 };
	int in_word = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		c.bytes += n;
		for (ssize_t i = 0; i < n; i++) {
			int space = isspace(buf[i]);

			c.lines += buf[i] == '\n';
			c.words += !space && !in_word;
			in_word = !space;
		}
	}
	if (n < 0)
		warn(name);
	print(&c, unnamed ? NULL : name);
	total.lines += c.lines;
	total.words += c.words;
	total.bytes += c.bytes;
}

/*
 * Returns the width of a column: the digits of all files' size. If a size is
 * unknown it guesses.
 */
static int width_of(char **names)
{
	unsigned long size = 0;
	struct stat st;
	int n = 1;

	if (!*names)
		return 7;
	for (; *names; names++) {
		if ((strcmp(*names, "-") == 0 ? fstat(0, &st)
					      : stat(*names, &st)) < 0)
			continue;
		if (!S_ISREG(st.st_mode))
			return 7;
		size += st.st_size;
	}
	for (; size > 9; size /= 10)
		n++;
	return n;
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "lwcm")) != -1) {
		show_lines |= option == 'l';
		show_words |= option == 'w';
		show_bytes |= option == 'c' || option == 'm';
		if (option == '?')
			usage();
	}
	if (!show_lines && !show_words && !show_bytes)
		show_lines = show_words = show_bytes = 1;
	if (show_lines + show_words + show_bytes > 1 || argc - optind > 1)
		wide = width_of(argv + optind);
	unnamed = optind == argc;
	for_each_file(argv + optind, count);
	if (argc - optind > 1)
		print(&total, "total");
	return exit_status;
}
