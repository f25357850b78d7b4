/*
 * stat [-L] [-c format] file...
 * Prints the contents of inodes.
 */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

static const char usual[] =
	"  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
	"Device: %Hd,%Ld\tInode: %-11i Links: %h%D\n"
	"Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\n"
	"Modify: %y\nChange: %z";

static const char *kind(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFDIR: return "directory";
	case S_IFLNK: return "symbolic link";
	case S_IFCHR: return "character special file";
	case S_IFBLK: return "block special file";
	case S_IFIFO: return "fifo";
	case S_IFSOCK: return "socket";
	}
	return st->st_size ? "regular file" : "regular empty file";
}

static const char *date(time64_t t, long nanoseconds)
{
	static char text[48];
	struct tm *tm = localtime(&t);
	size_t n = strftime(text, sizeof(text), "%F %T", tm);

	n += snprintf(text + n, sizeof(text) - n, ".%09ld ", nanoseconds);
	strftime(text + n, sizeof(text) - n, "%z", tm);
	return text;
}

static const char *quoted(const char *file, const struct stat *st)
{
	static char text[560], target[256];
	ssize_t n = S_ISLNK(st->st_mode)
			    ? readlink(file, target, sizeof(target))
			    : 0;

	snprintf(text, sizeof(text), n > 0 ? "%s -> %.*s" : "%s", file, (int)n,
		 target);
	return text;
}

static const char *mode_text(const struct stat *st)
{
	static char text[12];

	mode_string(st->st_mode, text);
	return text;
}

static const char *user_name(unsigned uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : "UNKNOWN";
}

static const char *group_name(unsigned gid)
{
	const struct group *group = getgrgid(gid);

	return group ? group->gr_name : "UNKNOWN";
}

/* Returns the text of %D, a device's number, in the default format. */
static const char *device_type(const struct stat *st)
{
	static char text[40];

	text[0] = '\0';
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		snprintf(text, sizeof(text), "     Device type: %lu,%lu",
			 st->st_rdev >> 8 & 0xFFF, st->st_rdev & 0xFF);
	return text;
}

/* Returns the major number of a device for part H, the minor one for L. */
static unsigned part_of(unsigned long dev, char part)
{
	return part == 'H' ? dev >> 8 & 0xFFF : dev & 0xFF;
}

/* Returns the value of a letter that stands for a number. */
static long long number_of(char letter, char part, const struct stat *st)
{
	if (part)
		return part_of(letter == 'd' ? st->st_dev : st->st_rdev, part);
	switch (letter) {
	case 's': return st->st_size;
	case 'b': return st->st_blocks;
	case 'B': return 512;
	case 'o': return st->st_blksize;
	case 'i': return st->st_ino;
	case 'h': return st->st_nlink;
	case 'u': return st->st_uid;
	case 'g': return st->st_gid;
	case 'd': return st->st_dev;
	case 'X': return st->st_atime;
	case 'Y': return st->st_mtime;
	case 'Z': return st->st_ctime;
	case 'a': return st->st_mode & 07777;
	case 'f': return st->st_mode;
	case 't': return st->st_rdev >> 8;
	default: return st->st_rdev & 0xFF;
	}
}

/* Returns the value of a letter as text, or NULL if it is a number. */
static const char *text_of(char letter, const char *file,
			   const struct stat *st)
{
	switch (letter) {
	case 'n': return file;
	case 'N': return quoted(file, st);
	case 'F': return kind(st);
	case 'A': return mode_text(st);
	case 'U': return user_name(st->st_uid);
	case 'G': return group_name(st->st_gid);
	case 'D': return device_type(st);
	case 'x': return date(st->st_atime, st->st_atime_nsec);
	case 'y': return date(st->st_mtime, st->st_mtime_nsec);
	case 'z': return date(st->st_ctime, st->st_ctime_nsec);
	}
	return NULL;
}

/*
 * Prints one directive; f points behind its percent sign. It has flags and
 * width as in printf(), perhaps H or L, then the letter.
 */
static const char *directive(const char *f, const char *file,
			     const struct stat *st)
{
	char format[24] = "%", part = 0;
	const char *text;
	int n = 1;

	while ((isdigit(*f) || *f == '-' || *f == '#') && n < 12)
		format[n++] = *f++;
	if ((*f == 'H' || *f == 'L') && (f[1] == 'd' || f[1] == 'r'))
		part = *f++;
	if (!*f) {
		complain(format, "directive without a letter");
		exit(1);
	}
	text = text_of(*f, file, st);
	if (text) {
		strcpy(format + n, "s");
		printf(format, text);
	} else if (strchr("sbBoihugdXYZaftTr", *f)) {
		strcpy(format + n, "lld");
		if (*f == 'a')
			format[n + 2] = 'o';
		if (*f == 'f' || *f == 't' || *f == 'T')
			format[n + 2] = 'x';
		printf(format, number_of(*f, part, st));
	} else {
		putchar(*f);
	}
	return f;
}

static void show(const char *format, const char *file, const struct stat *st)
{
	for (const char *f = format; *f; f++) {
		if (*f == '%' && f[1])
			f = directive(f + 1, file, st);
		else
			putchar(*f);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *format = usual;
	int follow = 0, option;

	util_start(argv);
	while ((option = getopt(argc, argv, "Lc:")) != -1) {
		if (option == '?')
			usage();
		if (option == 'c')
			format = optarg;
		follow |= option == 'L';
	}
	if (optind == argc)
		usage();
	for (char **file = argv + optind; *file; file++) {
		struct stat st;

		if ((follow ? stat : lstat)(*file, &st) < 0)
			warn(*file);
		else
			show(format, *file, &st);
	}
	return exit_status;
}
