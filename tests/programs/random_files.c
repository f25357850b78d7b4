/*
 * random_files [seed [operations]]: random calls about files on few names, so
 * that they get in each other's way. There are links to links, vanishing
 * folders, and open files without names. Prints each call's result, and the
 * tree at the end.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include "say.h"

#define FDS	6
/* of folders around the place: no path leads out of them */
#define LEVELS	12
#define NAMES	5
#define LARGE	9000

static unsigned seed = 1;
static int fds[FDS], home;
static char data[LARGE], first[256], second[256];

static unsigned dice(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

/*
 * Returns a path of one to three parts, rarely with a slash at its end, or
 * empty.
 */
static char *path(char *to)
{
	static const char *const parts[] = {
		"a", "b", "c", "d", "e", ".", ".."
	};
	unsigned n = 1 + dice(dice(3) + 1);

	*to = '\0';
	for (unsigned i = 0; i < n; i++) {
		strcat(to, parts[dice(dice(3) ? NAMES : NAMES + 2)]);
		if (i + 1 < n)
			strcat(to, "/");
	}
	if (dice(12) == 0)
		strcat(to, dice(3) ? "/" : "//");
	if (dice(60) == 0)
		*to = '\0';
	return to;
}

static unsigned sum(const char *p, int n)
{
	unsigned s = 0;

	for (int i = 0; i < n; i++)
		s = s * 31 + (unsigned char)p[i];
	return s;
}

static long result(const char *call, long r)
{
	printf("%s %s %s ", call, first, second);
	if (r < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%ld\n", r);
	return r;
}

static void show_stat(const struct stat *st)
{
	printf("  %o", st->st_mode);
	if (!S_ISDIR(st->st_mode))
		printf(" %ld links, %ld bytes", (long)st->st_nlink,
		       (long)st->st_size);
	if (st->st_mtime < 1000000)
		printf(", %ld", (long)st->st_mtime);
	printf("\n");
}

static int random_mode(void)
{
	return 0700 | dice(8) << 3 | dice(8);
}

static void open_something(void)
{
	static const int kinds[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	static const int more[] = { O_CREAT,          O_CREAT,    O_CREAT,
				    O_CREAT | O_EXCL, O_TRUNC,    O_APPEND,
				    O_NOFOLLOW,       O_DIRECTORY };
	int *fd = &fds[dice(FDS)], flags = kinds[dice(4)] | more[dice(8)];

	if (!(flags & O_DIRECTORY))
		flags |= more[dice(6)] & ~O_EXCL;
	if (*fd >= 0)
		close(*fd);
	sprintf(second, "%o", flags);
	*fd = open(path(first), flags | O_NONBLOCK, random_mode());
	result("open", *fd < 0 ? -1 : 0);
}

static int is_folder(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static void use_open_file(void)
{
	int slot = dice(FDS), fd = fds[slot], n = dice(LARGE),
	    place = dice(20000);
	struct stat st;
	long got;

	sprintf(first, "%d", slot);
	sprintf(second, "%d", n);
	switch (dice(9)) {
	case 0:
	case 1:
		memset(data, 'a' + dice(26), n);
		result("write", write(fd, data, n));
		break;
	case 2:
		memset(data, 'A' + dice(26), n);
		result("pwrite", pwrite(fd, data, n, place));
		break;
	case 3:
		got = result("read", is_folder(fd) ? 0 : read(fd, data, n));
		printf("  %x\n", sum(data, got));
		break;
	case 4:
		got = result("pread", pread(fd, data, n, place));
		printf("  %x\n", sum(data, got));
		break;
	case 5:
		result("lseek",
		       is_folder(fd) ? 0 : lseek(fd, place - 5000, dice(3)));
		break;
	case 6: result("ftruncate", ftruncate(fd, place - 500)); break;
	case 7: if (result("fstat", fstat(fd, &st)) == 0) show_stat(&st); break;
	case 8: result("fchmod", fchmod(fd, random_mode())); break;
	}
}

/* Makes a random call with two paths. */
static void use_two(void)
{
	path(first);
	path(second);
	switch (dice(6)) {
	case 0: case 1: result("rename", rename(first, second)); break;
	case 2: result("link", link(first, second)); break;
	case 3:
		result("linkat", linkat(AT_FDCWD, first, AT_FDCWD, second,
					AT_SYMLINK_FOLLOW));
		break;
	case 4: case 5: result("symlink", symlink(first, second)); break;
	}
}

static void list(const char *name)
{
	struct dirent **entries;
	int n = scandir(name, &entries, NULL, alphasort);

	result("list", n);
	for (int i = 0; i < n; i++) {
		printf("  %s", entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0) {
		printf("\n");
		free(entries);
	}
}

static void change_folder(void)
{
	int slot = dice(FDS);
	char *place;

	if (dice(3) == 0 && is_folder(fds[slot])) {
		sprintf(first, "%d", slot);
		result("fchdir", fchdir(fds[slot]));
	} else {
		result("chdir", chdir(path(first)));
	}
	if (!getcwd(data, sizeof(data))) {
		result("getcwd", -1);
		fchdir(home);
		return;
	}
	place = strstr(data, "/w/w/w");
	printf("  %s\n", place ? place : "outside");
	if (dice(3) == 0 || !place)
		fchdir(home);
}

static void use_path(void)
{
	struct timeval times[2] = { { dice(1000), 0 }, { dice(1000), 0 } };
	struct stat st;
	long n;

	path(first);
	*second = '\0';
	switch (dice(14)) {
	case 0: case 1: result("unlink", unlink(first)); break;
	case 2: result("rmdir", rmdir(first)); break;
	case 3: case 4: result("mkdir", mkdir(first, random_mode())); break;
	case 5:
		result("truncate", truncate(first, (int)dice(20000) - 500));
		break;
	case 6:
		if (result("stat", stat(first, &st)) == 0)
			show_stat(&st);
		break;
	case 7:
		if (result("lstat", lstat(first, &st)) == 0)
			show_stat(&st);
		break;
	case 8:
		n = result("readlink",
			   readlink(first, data, dice(2) ? 3 : 100));
		printf("  %.*s\n", n > 0 ? (int)n : 0, data);
		break;
	case 9: result("chmod", chmod(first, random_mode())); break;
	case 10: result("access", access(first, dice(8))); break;
	case 11: result("utimes", utimes(first, times)); break;
	case 12: list(first); break;
	case 13: result("mkfifo", mkfifo(first, random_mode())); break;
	}
}

static void duplicate(void)
{
	int status = 0;

	if (fds[dice(FDS)] >= 0 && dup2(fds[dice(FDS)], fds[dice(FDS)]) < 0)
		status = -1;
	result("dup2", status);
}

static void operate(void)
{
	unsigned what = dice(20);

	*first = *second = '\0';
	if (what < 5)
		open_something();
	else if (what < 9)
		use_open_file();
	else if (what < 13)
		use_two();
	else if (what < 14)
		change_folder();
	else if (what < 15)
		duplicate();
	else
		use_path();
}

/* Prints the tree below the current folder, in order. */
static void show_tree(int depth)
{
	struct dirent **entries;
	int n = scandir(".", &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		struct stat st;
		int fd;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    lstat(name, &st) == 0) {
			printf("%*s%s", depth, "", name);
			show_stat(&st);
			if (S_ISREG(st.st_mode) &&
			    (fd = open(name, O_RDONLY)) >= 0) {
				int length = read(fd, data, sizeof(data));

				printf("  %x\n", sum(data, length));
				close(fd);
			} else if (S_ISDIR(st.st_mode) && chdir(name) == 0) {
				show_tree(depth + 1);
				chdir("..");
			}
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

int main(int argc, char *argv[])
{
	int operations = argc > 2 ? atoi(argv[2]) : 1500,
	    top = open(".", O_RDONLY);

	if (argc > 1)
		seed = atoi(argv[1]);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < LEVELS; i++) {
		mkdir("w", 0755);
		chdir("w");
	}
	home = open(".", O_RDONLY);
	for (int i = 0; i < FDS; i++)
		fds[i] = -1;
	for (int i = 0; i < operations; i++)
		operate();
	fchdir(top);
	show_tree(0);
	return 0;
}
