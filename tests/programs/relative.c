/* Calls that take a folder's descriptor, and their flags. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static int folder;

static void making(void)
{
	int fd, below;

	CALL(mkdir("folder", 0755));
	CALL((folder = open("folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >=
	     0);
	CALL((fd = openat(folder, "file", O_CREAT | O_RDWR | O_EXCL, 0640)) >=
	     0);
	CALL(write(fd, "text", 4));
	close(fd);
	CALL(openat(folder, "missing", O_RDONLY));
	CALL(openat(99, "file", O_RDONLY));
	CALL((fd = openat(99, "/dev/null", O_RDONLY)) >= 0);
	CALL(openat(fd, "file", O_RDONLY));
	close(fd);
	CALL((fd = openat(AT_FDCWD, "folder/file", O_RDONLY)) >= 0);
	CALL(openat(fd, "x", O_RDONLY));
	close(fd);
	CALL(mkdirat(folder, "below", 0755));
	CALL((below = openat(folder, "below", O_RDONLY)) >= 0);
	CALL(mknodat(below, "node", S_IFREG | 0600, 0));
	CALL(symlinkat("../file", below, "link"));
	CALL(linkat(folder, "file", below, "second", 0));
	CALL(linkat(below, "link", below, "link-itself", 0));
	CALL(linkat(below, "link", below, "what-it-names", AT_SYMLINK_FOLLOW));
	CALL(linkat(folder, "file", below, "third", 12345));
	CALL(renameat(below, "node", folder, "moved"));
	CALL(faccessat(below, "what-it-names", R_OK, 0));
	CALL(openat(below, "../../folder/below/second", O_RDONLY) >= 0);
	close(below);
}

static void show(const char *name, int flags)
{
	struct stat st;

	if (fstatat(folder, name, &st, flags) != 0)
		printf("<%s>: %s\n", name, strerrorname_np(errno));
	else
		printf("<%s>: %o, links %d\n", name, st.st_mode,
		       S_ISDIR(st.st_mode) ? 0 : (int)st.st_nlink);
}

static void looking(void)
{
	char target[20] = "";

	show("file", 0);
	show("below/link", 0);
	show("below/link", AT_SYMLINK_NOFOLLOW);
	show("below/link-itself", AT_SYMLINK_NOFOLLOW);
	show("below/what-it-names", AT_SYMLINK_NOFOLLOW);
	show("", 0);
	show("", AT_EMPTY_PATH);
	show("file", 0x40000000);
	show("moved", 0);
	CALL(readlinkat(folder, "below/link", target, sizeof(target)));
	puts(target);
	CALL(fchmodat(folder, "file", 0604, 0));
	CALL(fchownat(folder, "below/link", -1, -1, AT_SYMLINK_NOFOLLOW));
	CALL(fchownat(folder, "", -1, -1, AT_EMPTY_PATH));
	CALL(faccessat(folder, "below/link", F_OK, AT_SYMLINK_NOFOLLOW));
	CALL(faccessat(folder, "file", R_OK, AT_EACCESS));
	CALL(utimensat(folder, "below/link",
		       (struct timespec[2]){ { 7, 0 }, { 8, 0 } },
		       AT_SYMLINK_NOFOLLOW));
	struct stat st;
	fstatat(folder, "below/link", &st, AT_SYMLINK_NOFOLLOW);
	printf("link's time %ld\n", (long)st.st_mtime);
	show("file", 0);
}

static void paths(void)
{
	char name[4200];

	memset(name, '/', sizeof(name));
	strcpy(name + 4000, "dev/null");
	CALL(access(name, F_OK));
	memset(name, '/', sizeof(name));
	strcpy(name + 4190, "dev/null");
	CALL(access(name, F_OK));
	CALL(access("folder/./../folder//below/../file", F_OK));
	CALL(access("folder/file/", F_OK));
	CALL(access("folder/file/.", F_OK));
	CALL(access("folder/below/", F_OK));
	CALL(access("folder/missing/../file", F_OK));
	CALL(open("folder/new/", O_CREAT | O_WRONLY, 0600));
	CALL(mkdir("folder/new/", 0700));
	CALL(rmdir("folder/new/"));
	CALL(unlink("folder/below/"));
	CALL(unlink("folder/file/"));
	CALL(rename("folder/file", "folder/other/"));
	CALL(rmdir("/"));
	CALL(unlink("."));
	CALL(rmdir("folder/below/.."));
}

/* Follows links to links to links. */
static void chains(void)
{
	for (int i = 0; i < 50; i++) {
		char a[20], b[20];

		snprintf(a, sizeof(a), "chain%d", i);
		snprintf(b, sizeof(b), "chain%d", i + 1);
		symlink(i == 49 ? "folder" : b, a);
	}
	CALL(access("chain45/file", F_OK));
	CALL(access("chain0/file", F_OK));
	for (int i = 0; i < 50; i++) {
		char a[20];

		snprintf(a, sizeof(a), "chain%d", i);
		unlink(a);
	}
}

/* Runs in a child whose working directory is gone. */
static void nowhere(void)
{
	char name[100];

	if (fork() == 0) {
		mkdir("gone", 0755);
		chdir("gone");
		CALL(rmdir("../gone"));
		CALL(getcwd(name, sizeof(name)) != NULL);
		CALL(open("x", O_CREAT | O_WRONLY, 0600));
		CALL(mkdir("x", 0700));
		CALL(access(".", F_OK));
		CALL(chdir(".."));
		CALL(access("folder", F_OK));
		exit(0);
	}
	wait(NULL);
}

static void removing(void)
{
	CALL(unlinkat(folder, "below", AT_REMOVEDIR));
	CALL(unlinkat(folder, "file", AT_REMOVEDIR));
	CALL(unlinkat(folder, "below/second", 0));
	CALL(unlinkat(folder, "below/link", 0));
	CALL(unlinkat(folder, "below/link-itself", 0));
	CALL(unlinkat(folder, "below/what-it-names", 0));
	CALL(unlinkat(folder, "below", 12345));
	CALL(unlinkat(folder, "below", AT_REMOVEDIR));
	CALL(unlinkat(folder, "moved", 0));
	show("file", 0);
	CALL(unlinkat(folder, "file", 0));
	CALL(rmdir("folder"));
	CALL(openat(folder, "file", O_CREAT | O_WRONLY, 0600));
	show(".", 0);
}

int main(void)
{
	making();
	looking();
	fflush(stdout);
	paths();
	chains();
	nowhere();
	removing();
	return 0;
}
