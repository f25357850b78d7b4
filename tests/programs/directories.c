/*
 * Directories: making, reading, renaming, walking, matching. Names are sorted,
 * since each file system has its own order.
 */
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "say.h"

static void touch(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	if (!f) {
		say(name, -1);
		return;
	}
	fputs(text, f);
	fclose(f);
}

static void list(const char *name)
{
	struct dirent **entries;
	int n = scandir(name, &entries, NULL, alphasort);

	printf("%s:", name);
	for (int i = 0; i < n; i++) {
		printf(" %s", entries[i]->d_name);
		free(entries[i]);
	}
	printf(" (%d)\n", n);
	if (n >= 0)
		free(entries);
}

static void making(void)
{
	CALL(mkdir("a", 0755));
	CALL(mkdir("a", 0755));
	CALL(mkdir("a/b", 0700));
	CALL(mkdir("missing/b", 0700));
	touch("a/file", "text");
	CALL(mkdir("a/file/b", 0700));
	CALL(rmdir("a"));
	CALL(rmdir("a/file"));
	CALL(unlink("a/b"));
	CALL(rmdir("a/."));
	CALL(rmdir("missing"));
	CALL(mkdirat(AT_FDCWD, "a/at", 0755));
	int fd = open("a", O_RDONLY | O_DIRECTORY);
	CALL(mkdirat(fd, "c", 0711));
	CALL(unlinkat(fd, "at", 0));
	CALL(unlinkat(fd, "at", AT_REMOVEDIR));
	CALL(open("a/file", O_RDONLY | O_DIRECTORY));
	CALL(open("a", O_WRONLY));
	CALL(read(fd, &fd, 1));
	close(fd);
	list("a");
	list("missing");
}

static void renaming(void)
{
	CALL(rename("a/b", "a/c/b"));
	CALL(rename("a", "a/c/a"));
	CALL(rename("a/file", "a/c"));
	CALL(rename("a/c", "a/file"));
	touch("a/other", "other");
	CALL(rename("a/other", "a/file"));
	CALL(rename("a/file", "a/file"));
	mkdir("a/empty", 0755);
	CALL(rename("a/c/b", "a/empty"));
	CALL(rename("a/empty", "a/c"));
	CALL(rename("missing", "a/x"));
	CALL(renameat(AT_FDCWD, "a/empty", AT_FDCWD, "a/full"));
	list("a");
	list("a/c");
}

static void reading(void)
{
	DIR *d;
	struct dirent *e;
	int count = 0, again = 0, repeated = 0, types = 1;
	char name[20], third[NAME_MAX + 1] = "";
	long place = 0;

	mkdir("many", 0755);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "many/entry-%d", i * 7);
		touch(name, "");
	}
	d = opendir("many");
	for (; (e = readdir(d)); count++) {
		types &= e->d_type == DT_UNKNOWN ||
			 e->d_type == (e->d_name[0] == '.' ? DT_DIR : DT_REG);
		if (count == 2)
			place = telldir(d);
		if (count == 3)
			strcpy(third, e->d_name);
	}
	rewinddir(d);
	while (readdir(d))
		again++;
	seekdir(d, place);
	e = readdir(d);
	printf("%d %d, types %d, the same after seekdir %d, descriptor %d\n",
	       count, again, types, e && strcmp(e->d_name, third) == 0,
	       dirfd(d) >= 0);
	rewinddir(d);
	while ((e = readdir(d)))	/* deleting while reading */
		if (e->d_name[0] != '.') {
			snprintf(name, sizeof(name), "many/%.12s", e->d_name);
			repeated += unlink(name) != 0;
		}
	closedir(d);
	printf("deleted, %d again\n", repeated);
	CALL(rmdir("many"));
	CALL(opendir("a/file") != NULL);
	CALL(opendir("missing") != NULL);
}

static int walk(const char *path, const struct stat *st, int flag,
		struct FTW *place)
{
	static char lines[20][80];
	static int n;
	const char *kind = "folder";

	if (!path) {
		qsort(lines, n, sizeof(*lines),
		      (int (*)(const void *, const void *))strcmp);
		for (int i = 0; i < n; i++)
			puts(lines[i]);
		n = 0;
		return 0;
	}
	if (flag == FTW_F)
		kind = "file";
	else if (flag == FTW_SL)
		kind = "link";
	snprintf(lines[n++], sizeof(*lines), "  %s %s level %d size %d", path,
		 kind, place->level, flag == FTW_F ? (int)st->st_size : 0);
	return 0;
}

static int erase(const char *path, const struct stat *st, int flag,
		 struct FTW *place)
{
	(void)st;
	(void)flag;
	(void)place;
	return remove(path);
}

static void patterns(void)
{
	glob_t g;

	CALL(glob("a/*", 0, NULL, &g));
	for (size_t i = 0; i < g.gl_pathc; i++)
		printf("  %s\n", g.gl_pathv[i]);
	globfree(&g);
	CALL(glob("a/[cf]*", GLOB_MARK, NULL, &g));
	for (size_t i = 0; i < g.gl_pathc; i++)
		printf("  %s\n", g.gl_pathv[i]);
	globfree(&g);
	CALL(glob("nothing*", 0, NULL, &g) == GLOB_NOMATCH);
	printf("%d %d %d %d\n", fnmatch("*.c", "x.c", 0),
	       fnmatch("[!a]?", "ab", 0), fnmatch("a*z", "a/z", FNM_PATHNAME),
	       fnmatch("*", ".x", FNM_PERIOD));
}

static void where(void)
{
	char here[PATH_MAX], there[PATH_MAX], *path;
	int fd = open(".", O_RDONLY);

	CALL(getcwd(here, sizeof(here)) == here);
	CALL(getcwd(there, 3) != NULL);
	CALL(chdir("a/c"));
	printf("%s\n", getcwd(there, sizeof(there)) + strlen(here));
	CALL(chdir("../.."));
	CALL(strcmp(here, getcwd(there, sizeof(there))));
	CALL(symlink("a/c", "link"));
	CALL(symlink("loop", "loop"));
	path = realpath("link/../file", NULL);
	printf("%s\n", path ? path + strlen(here) : "none");
	free(path);
	CALL(realpath("loop", NULL) != NULL);
	CALL(chdir("loop"));
	CALL(chdir("link"));
	CALL(chdir("a/file"));
	CALL(fchdir(fd));
	CALL(access("link", F_OK));
	close(fd);
	CALL(chdir(""));
	CALL(mkdir("", 0755));
}

int main(void)
{
	making();
	renaming();
	reading();
	where();
	patterns();
	CALL(nftw("a", walk, 10, FTW_PHYS));
	walk(NULL, NULL, 0, NULL);
	CALL(nftw(".", walk, 3, FTW_PHYS | FTW_DEPTH | FTW_CHDIR));
	walk(NULL, NULL, 0, NULL);
	CALL(nftw("a", erase, 10, FTW_PHYS | FTW_DEPTH));
	CALL(unlink("link"));
	CALL(unlink("loop"));
	list(".");
	return 0;
}
