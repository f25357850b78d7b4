/* ls [-la1idRtrF] [file...] */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

struct file {
	char *name;
	struct stat st;
};

static struct list {
	struct file *files;
	int count, room;
} empty;

static int long_form, all, one_column, inodes, as_files, recursive, by_time, reversed, marks, width, headings;

static void add(struct list *l, const char *name, const struct stat *st)
{
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 32;
		l->files = realloc(l->files, l->room * sizeof(*l->files));
		if (!l->files)
			die(name);
	}
	l->files[l->count].name = strdup(name);
	l->files[l->count++].st = *st;
}

static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	int order = by_time && x->st.st_mtime != y->st.st_mtime ? (x->st.st_mtime < y->st.st_mtime ? 1 : -1) :
								  strcmp(x->name, y->name);

	return reversed ? -order : order;
}

static const char *mark(const struct file *f)
{
	mode_t mode = f->st.st_mode;

	if (!marks)
		return "";
	return S_ISDIR(mode) ? "/" : S_ISLNK(mode) ? "@" : S_ISFIFO(mode) ? "|" : S_ISREG(mode) && mode & 0111 ? "*" : "";
}

static void print_long(const char *dir, const struct file *f)
{
	char mode[12], date[20], target[256];
	time_t modified = f->st.st_mtime;

	mode_string(f->st.st_mode, mode);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M", localtime(&modified));
	if (inodes)
		printf("%5lu ", (unsigned long)f->st.st_ino);
	printf("%s %3d %4d %4d ", mode, f->st.st_nlink, f->st.st_uid, f->st.st_gid);
	if (S_ISCHR(f->st.st_mode) || S_ISBLK(f->st.st_mode))
		printf("%3lu, %3lu ", (unsigned long)f->st.st_rdev >> 8, (unsigned long)f->st.st_rdev & 0xFF);
	else
		printf("%8lu ", (unsigned long)f->st.st_size);
	printf("%s %s%s", date, f->name, mark(f));
	if (S_ISLNK(f->st.st_mode)) {
		char *path = join_path(dir, f->name);
		ssize_t n = readlink(path, target, sizeof(target) - 1);

		if (n >= 0)
			printf(" -> %.*s", (int)n, target);
		free(path);
	}
	putchar('\n');
}

/* Names in columns, down first, as many columns as the terminal has room for. */
static void print_columns(struct list *l)
{
	int longest = 0, columns, rows;

	for (int i = 0; i < l->count; i++) {
		int n = strlen(l->files[i].name) + strlen(mark(&l->files[i])) + (inodes ? 6 : 0);

		longest = n > longest ? n : longest;
	}
	columns = width / (longest + 2);
	columns = columns < 1 ? 1 : columns;
	rows = (l->count + columns - 1) / columns;
	for (int row = 0; row < rows; row++) {
		for (int i = row; i < l->count; i += rows) {
			char text[300];

			snprintf(text, sizeof(text), "%s%s", l->files[i].name, mark(&l->files[i]));
			if (inodes)
				printf("%5lu ", (unsigned long)l->files[i].st.st_ino);
			printf(i + rows < l->count ? "%-*s" : "%.0d%s", i + rows < l->count ? longest + 2 - (inodes ? 6 : 0) : 0, text);
		}
		putchar('\n');
	}
}

static void print_list(const char *dir, struct list *l)
{
	qsort(l->files, l->count, sizeof(*l->files), compare);
	if (!long_form && !one_column) {
		print_columns(l);
		return;
	}
	for (int i = 0; i < l->count; i++) {
		if (long_form) {
			print_long(dir, &l->files[i]);
			continue;
		}
		if (inodes)
			printf("%5lu ", (unsigned long)l->files[i].st.st_ino);
		printf("%s%s\n", l->files[i].name, mark(&l->files[i]));
	}
}

static void release(struct list *l)
{
	for (int i = 0; i < l->count; i++)
		free(l->files[i].name);
	free(l->files);
}

static void list_directory(const char *path)
{
	struct list l = empty;
	DIR *dir = opendir(path);
	struct dirent *d;

	if (!dir) {
		warn(path);
		return;
	}
	while ((d = readdir(dir))) {
		char *full = join_path(path, d->d_name);
		struct stat st;

		if (d->d_name[0] != '.' || all) {
			if (lstat(full, &st) < 0)
				warn(full);
			else
				add(&l, d->d_name, &st);
		}
		free(full);
	}
	closedir(dir);
	if (headings++)
		printf("%s%s:\n", headings > 2 ? "\n" : "", path);
	print_list(path, &l);
	for (int i = 0; recursive && i < l.count; i++) {
		const char *name = l.files[i].name;

		if (S_ISDIR(l.files[i].st.st_mode) && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			char *full = join_path(path, name);

			list_directory(full);
			free(full);
		}
	}
	release(&l);
}

static int *option_flag(int option)
{
	switch (option) {
	case 'l': return &long_form;
	case 'a': return &all;
	case '1': return &one_column;
	case 'i': return &inodes;
	case 'd': return &as_files;
	case 'R': return &recursive;
	case 't': return &by_time;
	case 'r': return &reversed;
	case 'F': return &marks;
	}
	usage("[-la1idRtrF] [file...]");
}

int main(int argc, char **argv)
{
	static char *here[] = { ".", NULL };
	struct winsize size;
	struct list files = empty, dirs = empty;
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "la1idRtrF")) != -1)
		*option_flag(option) = 1;
	width = ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
	one_column |= !isatty(1);
	for (char **f = argv[optind] ? argv + optind : here; *f; f++) {
		struct stat st;

		if ((long_form || as_files ? lstat : stat)(*f, &st) < 0 && lstat(*f, &st) < 0)
			warn(*f);
		else
			add(S_ISDIR(st.st_mode) && !as_files ? &dirs : &files, *f, &st);
	}
	if (files.count)
		print_list(".", &files);
	headings = files.count || dirs.count > 1 || recursive ? 1 + (files.count > 0) : 0;
	qsort(dirs.files, dirs.count, sizeof(*dirs.files), compare);
	for (int i = 0; i < dirs.count; i++)
		list_directory(dirs.files[i].name);
	return exit_status;
}
