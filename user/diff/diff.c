/*
 * diff [-rqsNabwi] [-u | -U lines] from to
 * Compares two files or folders. This file holds the options and the walk over
 * folders; changes.c finds the changes.
 */
#include "diff.h"
#include <fcntl.h>
#include <names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

struct file files[2];
int fold_blanks, no_blanks, fold_case, context = -1;

static int recursive, brief, say_same, new_files, as_text, status;
/* diff and its options, printed before each file of a folder */
static char heading[256];

/* Reads a whole file. Returns 0 after an error message. */
static int load(struct file *f, const char *name)
{
	int fd = strcmp(name, "-") == 0 ? 0 : open(name, O_RDONLY);
	size_t room = 4096;
	ssize_t n = 0;

	*f = (struct file){ .name = name };
	if (fd < 0 && new_files)
		return 1;
	if (fd >= 0 && fstat(fd, &f->st) == 0) {
		room = f->st.st_size < 4096 ? 4096 : f->st.st_size + 1;
		f->text = malloc(room);
		while (f->text && (n = read(fd, f->text + f->length,
					    room - f->length)) > 0) {
			f->length += n;
			if (f->length == room)
				f->text = realloc(f->text, room *= 2);
		}
	}
	if (fd < 0 || !f->text || n < 0)
		warn(name);
	if (fd > 0)
		close(fd);
	return fd >= 0 && f->text && n >= 0;
}

/* Frees what load() and find_changes() took. */
static void unload(struct file *f)
{
	free(f->text);
	free(f->lines);
	if (f->changed)
		free(f->changed - 1);
	free(f->same);
}

/* Keeps the worst result: 0 equal, 1 different, 2 trouble. */
static void note(int result)
{
	status = result > status ? result : status;
}

/* Returns 1 if a file is binary: it has a zero near the beginning. */
static int is_binary(const struct file *f)
{
	return !as_text && f->length > 0 &&
	       memchr(f->text, '\0', f->length < 4096 ? f->length : 4096);
}

/*
 * Prints the differences of two files in memory whose bytes differ. Returns 1
 * if they count.
 */
static int say_difference(const char *before)
{
	int binary = is_binary(&files[0]) || is_binary(&files[1]);

	if (!binary && (!brief || fold_blanks || no_blanks || fold_case)) {
		find_changes();
		if (!change_count)
			return 0;
	}
	if (brief || binary) {
		printf("%s %s and %s differ\n",
		       brief ? "Files" : "Binary files", files[0].name,
		       files[1].name);
		return 1;
	}
	if (before)
		printf("%s %s %s\n", before, files[0].name, files[1].name);
	print_changes();
	return 1;
}

/*
 * Compares two files by name. Prints before, if any, ahead of their
 * differences.
 */
static void diff_files(const char *a, const char *b, const char *before)
{
	int loaded = load(&files[0], a) & load(&files[1], b);

	if (!loaded)
		note(2);
	else if ((files[0].length != files[1].length ||
		  memcmp(files[0].text, files[1].text, files[0].length) != 0) &&
		 say_difference(before))
		note(1);
	else if (say_same)
		printf("Files %s and %s are identical\n", a, b);
	unload(&files[0]);
	unload(&files[1]);
}

static void diff_folders(const char *a, const char *b);

/*
 * Compares a name of both folders. With -N it may be missing in one, and counts
 * as empty there.
 */
static void diff_entry(const char *a, const char *b, const char *name)
{
	char *x = join_path(a, name), *y = join_path(b, name);
	struct stat st;
	int missing = stat(x, &st) < 0 || stat(y, &st) < 0;

	if (is_directory(x) != is_directory(y) && !missing) {
		printf("File %s is a %s while file %s is a %s\n", x,
		       is_directory(x) ? "directory" : "regular file", y,
		       is_directory(y) ? "directory" : "regular file");
		note(1);
	} else if (!is_directory(x) && !is_directory(y)) {
		diff_files(x, y, heading);
	} else if (recursive) {
		diff_folders(x, y);
	} else {
		printf("Common subdirectories: %s and %s\n", x, y);
	}
	free(x);
	free(y);
}

/* Returns the names in a folder. With -N a missing folder has none. */
static char **names_in(const char *folder)
{
	if (new_files && access(folder, F_OK) < 0)
		return NULL;
	return sorted_names(folder);
}

/* Compares two names. The end of a list, or no list, comes last. */
static int order_of(char **x, char **y)
{
	if (!x || !*x)
		return 1;
	if (!y || !*y)
		return -1;
	return strcmp(*x, *y);
}

/* Compares two folders by merging their lists of names. */
static void diff_folders(const char *a, const char *b)
{
	char **left = names_in(a), **right = names_in(b);
	char **x = left, **y = right;

	if (!new_files && (!left || !right))
		note(2);
	while ((x && *x) || (y && *y)) {
		int order = order_of(x, y);

		if (order == 0 || new_files) {
			diff_entry(a, b, order > 0 ? *y : *x);
		} else {
			printf("Only in %s: %s\n", order < 0 ? a : b,
			       order < 0 ? *x : *y);
			note(1);
		}
		x += order <= 0;
		y += order >= 0;
	}
	free_names(left);
	free_names(right);
}

static void set_option(int option)
{
	switch (option) {
	case 'r': recursive = 1; break;
	case 'q': brief = 1; break;
	case 's': say_same = 1; break;
	case 'N': new_files = 1; break;
	case 'a': as_text = 1; break;
	case 'b': fold_blanks = 1; break;
	case 'w': no_blanks = 1; break;
	case 'i': fold_case = 1; break;
	case 'u': context = context < 0 ? 3 : context; break;
	case 'U': context = number(optarg); break;
	default: usage();
	}
}

int main(int argc, char **argv)
{
	const char *a, *b;
	int option;

	util_start(argv);
	failure_status = 2;
	while ((option = getopt(argc, argv, "rqsNabwiuU:")) != -1)
		set_option(option);
	if (argc - optind != 2)
		usage();
	strcpy(heading, "diff");
	for (int i = 1; i < optind &&
			strlen(heading) + strlen(argv[i]) + 2 < sizeof(heading);
	     i++)
		strcat(strcat(heading, " "), argv[i]);
	a = argv[optind];
	b = argv[optind + 1];
	if (is_directory(a) && is_directory(b))
		diff_folders(a, b);
	else
		diff_files(is_directory(a) ? join_path(a, base_name(b)) : a,
			   is_directory(b) ? join_path(b, base_name(a)) : b,
			   NULL);
	return status;
}
