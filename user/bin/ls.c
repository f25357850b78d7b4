/*
 * ls [-1ACFHLRSacdfghiklnopqrstu] [file...]
 * Lists files and directories, in colour on a terminal.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

#define OPTIONS "1ACFHLRSacdfghiklnopqrstu"
#define HALF_A_YEAR 15778476	/* older files show the year */

struct file {
	char *name;
	struct stat st;
};

static struct list {
	struct file *files;
	int count, room;
} empty;

/* The widths of the numbers and names of a list. */
struct widths {
	int inode, blocks, links, user, group, size;
};

/* the options by letter; of exclusive ones only the last */
static char set[128];
static int width, headings, coloured;
static time64_t now;

static void add(struct list *l, const char *name, const struct stat *st)
{
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 32;
		l->files = realloc(l->files, l->room * sizeof(*l->files));
	}
	if (!l->files || !(l->files[l->count].name = strdup(name)))
		die(name);
	l->files[l->count++].st = *st;
}

/*
 * Returns the time to show and sort by: with -u of access, with -c of change,
 * else of writing.
 */
static time64_t time_of(const struct file *f, long *nanoseconds)
{
	const struct stat *st = &f->st;

	if (set['u']) {
		*nanoseconds = st->st_atime_nsec;
		return st->st_atime;
	}
	if (set['c']) {
		*nanoseconds = st->st_ctime_nsec;
		return st->st_ctime;
	}
	*nanoseconds = st->st_mtime_nsec;
	return st->st_mtime;
}

static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	long long p = 0, q = 0;
	long pn = 0, qn = 0;
	int order;

	if (set['S'])
		p = x->st.st_size, q = y->st.st_size;
	else if (set['t'] || ((set['c'] || set['u']) && !set['l']))
		p = time_of(x, &pn), q = time_of(y, &qn);
	if (p != q)
		order = p < q ? 1 : -1;
	else if (pn != qn)
		order = pn < qn ? 1 : -1;
	else
		order = strcmp(x->name, y->name);
	return set['r'] ? -order : order;
}

static const char *mark(mode_t mode)
{
	if (S_ISDIR(mode))
		return set['F'] || set['p'] ? "/" : "";
	if (!set['F'])
		return "";
	switch (mode & S_IFMT) {
	case S_IFLNK: return "@";
	case S_IFIFO: return "|";
	case S_IFSOCK: return "=";
	case S_IFREG: return mode & 0111 ? "*" : "";
	default: return "";
	}
}

/* Returns the control sequence that begins the colour of a file, or "". */
static const char *colour(mode_t mode)
{
	if (!coloured)
		return "";
	switch (mode & S_IFMT) {
	case S_IFDIR: return "\033[1;34m";
	case S_IFLNK: return "\033[1;36m";
	case S_IFIFO: return "\033[33m";
	case S_IFSOCK: return "\033[1;35m";
	case S_IFBLK:
	case S_IFCHR: return "\033[1;33m";
	default: return mode & 0111 ? "\033[1;32m" : "";
	}
}

/* Prints a name. Returns its width on the screen. */
static int put_file_name(const struct file *f)
{
	const char *begin = colour(f->st.st_mode);
	int n;

	fputs(begin, stdout);
	n = put_name(f->name, set['q']);
	if (*begin)
		fputs("\033[m", stdout);
	return n;
}

/* Returns a number in kilobytes as text, or one of bytes with a letter. */
static const char *human(unsigned long bytes)
{
	static char text[16];
	static const char units[] = "KMG";
	unsigned long long tenths = bytes * 10ull;
	int unit = -1;

	for (; tenths >= 10240; unit++)
		tenths = (tenths + 1023) / 1024;
	if (unit < 0)
		sprintf(text, "%lu", bytes);
	else if (tenths < 100)
		sprintf(text, "%u.%u%c", (unsigned)tenths / 10,
			(unsigned)tenths % 10, units[unit]);
	else
		sprintf(text, "%u%c", (unsigned)(tenths + 9) / 10, units[unit]);
	return text;
}

static const char *blocks_text(unsigned long blocks)
{
	static char text[16];

	if (set['h'])
		return human(blocks * 512);
	sprintf(text, "%lu", (blocks + 1) / 2);
	return text;
}

/*
 * Returns the name of a user or group, or the number. Remembers the last one.
 */
static const char *owner(unsigned id, int is_group)
{
	static char names[2][32];
	static unsigned ids[2];
	char *name = names[is_group];
	const struct passwd *user;
	const struct group *group;

	if (*name && ids[is_group] == id)
		return name;
	sprintf(name, "%u", id);
	ids[is_group] = id;
	if (!set['n'] && !is_group && (user = getpwuid(id)))
		snprintf(name, sizeof(names[0]), "%s", user->pw_name);
	if (!set['n'] && is_group && (group = getgrgid(id)))
		snprintf(name, sizeof(names[0]), "%s", group->gr_name);
	return name;
}

/* Returns the size, or the numbers of a device. */
static const char *size_text(const struct stat *st)
{
	static char text[24];

	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		sprintf(text, "%lu, %3lu", st->st_rdev >> 8 & 0xFFF,
			(st->st_rdev & 0xFF) | (st->st_rdev >> 12 & 0xFFF00));
	else if (set['h'])
		return human(st->st_size);
	else
		sprintf(text, "%lu", st->st_size);
	return text;
}

static void widen(int *to, int n)
{
	if (n > *to)
		*to = n;
}

static struct widths widths_of(const struct list *l)
{
	struct widths w = { 0 };
	char text[24];

	for (const struct file *f = l->files; f < l->files + l->count; f++) {
		if (set['i'])
			widen(&w.inode, sprintf(text, "%lu", f->st.st_ino));
		if (set['s'])
			widen(&w.blocks, strlen(blocks_text(f->st.st_blocks)));
		if (!set['l'])
			continue;
		widen(&w.links, sprintf(text, "%u", f->st.st_nlink));
		widen(&w.user, strlen(owner(f->st.st_uid, 0)));
		widen(&w.group, strlen(owner(f->st.st_gid, 1)));
		widen(&w.size, strlen(size_text(&f->st)));
	}
	return w;
}

/* Prints what stands before a name in any form. */
static void put_prefix(const struct file *f, const struct widths *w)
{
	if (set['i'])
		printf("%*lu ", w->inode, f->st.st_ino);
	if (set['s'])
		printf("%*s ", w->blocks, blocks_text(f->st.st_blocks));
}

/* Prints where a symbolic link points to. */
static void put_target(const char *path)
{
	char target[1024];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	struct stat st;

	if (n < 0)
		return;
	target[n] = '\0';
	printf(" -> ");
	put_name(target, set['q']);
	if (stat(path, &st) == 0)
		printf("%s", mark(st.st_mode));
}

static void print_long(const char *dir, const struct file *f,
		       const struct widths *w)
{
	char mode[12], date[24];
	long unused;
	time64_t t = time_of(f, &unused);

	mode_string(f->st.st_mode, mode);
	strftime(date, sizeof(date),
		 t <= now && t > now - HALF_A_YEAR ? "%b %e %H:%M"
						   : "%b %e  %Y",
		 localtime(&t));
	put_prefix(f, w);
	printf("%s %*u ", mode, w->links, f->st.st_nlink);
	if (!set['g'])
		printf(set['n'] ? "%*s " : "%-*s ", w->user,
		       owner(f->st.st_uid, 0));
	if (!set['o'])
		printf(set['n'] ? "%*s " : "%-*s ", w->group,
		       owner(f->st.st_gid, 1));
	printf("%*s %s ", w->size, size_text(&f->st), date);
	put_file_name(f);
	if (S_ISLNK(f->st.st_mode)) {
		char *path = *f->name == '/' ? strdup(f->name)
					     : join_path(dir, f->name);

		put_target(path);
		free(path);
	} else {
		printf("%s", mark(f->st.st_mode));
	}
	putchar('\n');
}

/*
 * Prints names in columns, down first. The terminal's width decides how many
 * columns there are.
 */
static void print_columns(const struct list *l, const struct widths *w)
{
	int longest = 0, columns, rows,
	    prefix = w->inode + w->blocks + !!set['i'] + !!set['s'];

	for (int i = 0; i < l->count; i++)
		widen(&longest, strlen(l->files[i].name) +
					strlen(mark(l->files[i].st.st_mode)));
	columns = width / (longest + prefix + 2);
	columns = columns < 1 ? 1 : columns;
	rows = (l->count + columns - 1) / columns;
	for (int row = 0; row < rows; row++) {
		for (int i = row; i < l->count; i += rows) {
			const struct file *f = &l->files[i];
			int n;

			put_prefix(f, w);
			n = put_file_name(f) +
			    printf("%s", mark(f->st.st_mode));
			if (i + rows < l->count)
				printf("%*s", longest + 2 - n, "");
		}
		putchar('\n');
	}
}

static void print_list(const char *dir, struct list *l)
{
	struct widths w = widths_of(l);

	if (!set['f'])
		qsort(l->files, l->count, sizeof(*l->files), compare);
	if (set['C']) {
		print_columns(l, &w);
		return;
	}
	for (const struct file *f = l->files; f < l->files + l->count; f++) {
		if (set['l']) {
			print_long(dir, f, &w);
			continue;
		}
		put_prefix(f, &w);
		put_file_name(f);
		printf("%s\n", mark(f->st.st_mode));
	}
}

static void release(struct list *l)
{
	for (int i = 0; i < l->count; i++)
		free(l->files[i].name);
	free(l->files);
}

static int is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/*
 * Reads the files of a directory that are to be shown. Returns their number of
 * blocks, or -1.
 */
static long read_directory(const char *path, struct list *l)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	long blocks = 0;

	if (!dir) {
		warn(path);
		return -1;
	}
	while (errno = 0, (d = readdir(dir))) {
		char *full = join_path(path, d->d_name);
		struct stat st;

		if (d->d_name[0] != '.' || set['a'] ||
		    (set['A'] && !is_dots(d->d_name))) {
			if ((!set['L'] || stat(full, &st) < 0) &&
			    lstat(full, &st) < 0)
				warn(full);
			else
				add(l, d->d_name, &st);
		}
		free(full);
	}
	if (errno)
		warn(path);
	closedir(dir);
	for (int i = 0; i < l->count; i++)
		blocks += l->files[i].st.st_blocks;
	return blocks;
}

static void list_directory(const char *path)
{
	struct list l = empty;
	long blocks = read_directory(path, &l);

	if (blocks < 0)
		return;
	if (headings++) {
		fputs(headings > 2 ? "\n" : "", stdout);
		put_name(path, set['q']);
		puts(":");
	}
	if (set['l'] || set['s'])
		printf("total %s\n", blocks_text(blocks));
	print_list(path, &l);
	for (int i = 0; set['R'] && i < l.count; i++)
		if (S_ISDIR(l.files[i].st.st_mode) &&
		    !is_dots(l.files[i].name)) {
			char *full = join_path(path, l.files[i].name);

			list_directory(full);
			free(full);
		}
	release(&l);
}

/*
 * Returns true if a terminal is to show colours: not if it has none (TERM is
 * dumb), nor if NO_COLOR, which many programs obey, says so.
 */
static int wants_colour(void)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	return !(term && strcmp(term, "dumb") == 0) && !(no && *no);
}

/* Sets an option and clears those that it excludes. */
static void set_option(int option)
{
	static const char *const exclusive[] = { "aA", "Stf", "cu", "LH",
						 "lC" };

	if (option == '?')
		usage();
	if (option == 'n' || option == 'g' || option == 'o') {
		set[option] = 1;
		option = 'l';
	}
	for (int i = 0; i < 5; i++)
		for (const char *s = exclusive[i];
		     strchr(exclusive[i], option) && *s; s++)
			set[(int)*s] = 0;
	if (option == '1')
		set['C'] = 0;
	if (option == 'f')
		set['a'] = 1;
	set[option] = 1;
}

int main(int argc, char **argv)
{
	static char *here[] = { ".", NULL };
	struct winsize size;
	struct list files = empty, dirs = empty;
	int option, terminal = isatty(1);

	util_start(argv);
	set['C'] = set['q'] = terminal;
	coloured = terminal && wants_colour();
	while ((option = getopt(argc, argv, OPTIONS)) != -1)
		set_option(option);
	now = time(NULL);
	width = terminal && ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col
			? size.ws_col
			: 80;
	for (char **f = argv[optind] ? argv + optind : here; *f; f++) {
		int follow = set['L'] || set['H'] ||
			     !(set['l'] || set['d'] || set['F']);
		struct stat st;

		if ((!follow || stat(*f, &st) < 0) &&
		    (set['L'] || lstat(*f, &st) < 0)) {
			warn(*f);
			exit_status = 2;
		} else {
			add(S_ISDIR(st.st_mode) && !set['d'] ? &dirs : &files,
			    *f, &st);
		}
	}
	if (files.count)
		print_list("", &files);
	headings = files.count || argc - optind > 1 || set['R']
			   ? 1 + (files.count > 0)
			   : 0;
	if (!set['f'])
		qsort(dirs.files, dirs.count, sizeof(*dirs.files), compare);
	for (int i = 0; i < dirs.count; i++)
		list_directory(dirs.files[i].name);
	return exit_status;
}
