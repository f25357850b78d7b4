/*
 * cat [-AbeEnstTuv] [file...]
 * Prints files.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static int number_lines, number_full, squeeze, visible, ends, tabs;
static struct stat output;

/* Prints a character in visible form. */
static void put_visible(unsigned char c)
{
	if (c >= 128) {
		printf("M-");
		c -= 128;
	}
	if (c == 127)
		printf("^?");
	else if (c < ' ')
		printf("^%c", c + '@');
	else
		putchar(c);
}

static void put(unsigned char c)
{
	if (c == '\n')
		printf(ends ? "$\n" : "\n");
	else if (c == '\t' && tabs)
		printf("^I");
	else if (visible && c != '\t')
		put_visible(c);
	else
		putchar(c);
}

/*
 * Prints a file by lines, for the options that change them. Line numbers go on
 * from file to file.
 */
static void cat_lines(FILE *f)
{
	static int line, empty_lines, at_start = 1;
	int c;

	while ((c = getc(f)) != EOF) {
		empty_lines = at_start && c == '\n' ? empty_lines + 1 : 0;
		if (squeeze && empty_lines > 1)
			continue;
		if (at_start && (number_full ? c != '\n' : number_lines))
			printf("%6d\t", ++line);
		put(c);
		at_start = c == '\n';
	}
}

static void cat(int fd, const char *name)
{
	struct stat st;
	FILE *f;

	if (S_ISREG(output.st_mode) && output.st_size > 0 &&
	    fstat(fd, &st) == 0 && st.st_ino == output.st_ino &&
	    st.st_dev == output.st_dev) {
		complain(name, "is what is written to");
	} else if (number_lines || number_full || squeeze || visible || ends ||
		   tabs) {
		f = fdopen(dup(fd), "r");
		if (!f)
			die(name);
		cat_lines(f);
		if (fclose(f) < 0)
			warn(name);
	} else if (copy_fd(fd, 1) < 0) {
		warn(name);
	}
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "AbeEnstTuv")) != -1) {
		if (option == '?')
			usage();
		number_lines |= option == 'n';
		number_full |= option == 'b';
		squeeze |= option == 's';
		visible |= strchr("Aetv", option) != NULL;
		ends |= strchr("AeE", option) != NULL;
		tabs |= strchr("AtT", option) != NULL;
	}
	if (fstat(1, &output) < 0)
		die("standard output");
	for_each_file(argv + optind, cat);
	return exit_status;
}
