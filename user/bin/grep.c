/* grep [-EFivnclqr] pattern [file...] */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static regex_t re;
static const char *text;		/* -F */
static int fixed, flags, invert, numbers, count_only, names_only, quiet, recursive, show_names, found;

static int contains(const char *line)
{
	size_t n = strlen(text);

	for (; *line; line++) {
		size_t i = 0;

		while (i < n && (flags & REG_ICASE ? tolower(line[i]) == tolower(text[i]) : line[i] == text[i]))
			i++;
		if (i == n)
			return 1;
	}
	return n == 0;
}

static int selected(const char *line)
{
	return (fixed ? contains(line) : regexec(&re, line, 0, NULL, 0) == 0) != invert;
}

static void grep(int fd, const char *name)
{
	FILE *f = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t size = 0;
	long number = 0, hits = 0;
	ssize_t n;

	if (!f)
		die(name);
	while ((n = getline(&line, &size, f)) > 0) {
		number++;
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (!selected(line))
			continue;
		found = 1;
		hits++;
		if (quiet || names_only)
			break;
		if (count_only)
			continue;
		if (show_names)
			printf("%s:", name);
		if (numbers)
			printf("%ld:", number);
		puts(line);
	}
	if (names_only && hits)
		puts(name);
	if (count_only && !names_only) {
		if (show_names)
			printf("%s:", name);
		printf("%ld\n", hits);
	}
	free(line);
	fclose(f);
}

static void grep_path(const char *path)
{
	struct dirent *d;
	int fd;
	DIR *dir = recursive && is_directory(path) ? opendir(path) : NULL;

	if (!dir) {
		fd = open(path, O_RDONLY);
		if (fd < 0) {
			warn(path);
			return;
		}
		grep(fd, path);
		close(fd);
		return;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0) {
			char *full = join_path(path, d->d_name);

			grep_path(full);
			free(full);
		}
	closedir(dir);
}

static void set_option(int option)
{
	switch (option) {
	case 'E': flags |= REG_EXTENDED; break;
	case 'i': flags |= REG_ICASE; break;
	case 'F': fixed = 1; break;
	case 'v': invert = 1; break;
	case 'n': numbers = 1; break;
	case 'c': count_only = 1; break;
	case 'l': names_only = 1; break;
	case 'q': quiet = 1; break;
	case 'r': recursive = 1; break;
	default: usage("[-EFivnclqr] pattern [file...]");
	}
}

int main(int argc, char **argv)
{
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "EFivnclqr")) != -1)
		set_option(option);
	if (optind == argc)
		usage("[-EFivnclqr] pattern [file...]");
	text = argv[optind++];
	if (!fixed && regcomp(&re, text, flags) != 0) {
		complain(text, "bad regular expression");
		return 2;
	}
	show_names = argc - optind > 1 || recursive;
	if (recursive)
		for (; optind < argc; optind++)
			grep_path(argv[optind]);
	else
		for_each_file(argv + optind, grep);
	return exit_status ? 2 : !found;
}
