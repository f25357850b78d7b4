/* wc [-lwc] [file...] */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

struct counts {
	unsigned long lines, words, bytes;
};

static struct counts total;
static int show_lines, show_words, show_bytes, files;

static void print(const struct counts *c, const char *name)
{
	const char *gap = "";
	const int wide = show_lines + show_words + show_bytes > 1 || files > 1 ? 7 : 1;

	if (show_lines)
		printf("%s%*lu", gap, wide, c->lines), gap = " ";
	if (show_words)
		printf("%s%*lu", gap, wide, c->words), gap = " ";
	if (show_bytes)
		printf("%s%*lu", gap, wide, c->bytes);
	printf(strcmp(name, "-") == 0 ? "\n" : " %s\n", name);
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
	print(&c, name);
	total.lines += c.lines;
	total.words += c.words;
	total.bytes += c.bytes;
}

int main(int argc, char **argv)
{
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "lwc")) != -1) {
		show_lines |= option == 'l';
		show_words |= option == 'w';
		show_bytes |= option == 'c';
		if (option == '?')
			usage("[-lwc] [file...]");
	}
	if (!show_lines && !show_words && !show_bytes)
		show_lines = show_words = show_bytes = 1;
	files = argc - optind;
	for_each_file(argv + optind, count);
	if (files > 1)
		print(&total, "total");
	return exit_status;
}
