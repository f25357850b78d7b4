/* /proc/sys: its directories, what may be set, and the limit of areas. */
#include <cowix.h>
#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "procfs.h"

static int store(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY), n;

	if (fd < 0)
		return -1;
	n = write(fd, what, strlen(what));
	close(fd);
	return n;
}

#define OVERCOMMIT "/proc/sys/vm/overcommit_memory"
#define MAX_AREAS "/proc/sys/vm/max_map_count"

static void stranger(void)
{
	CHECK(setuid(1000) == 0);
	CHECK(read_all(OVERCOMMIT) > 0);
	CHECK_ERRNO(open(OVERCOMMIT, O_WRONLY), EACCES);
	CHECK_ERRNO(open(MAX_AREAS, O_RDWR), EACCES);
}

/* Checks what the superuser may set below /proc/sys. */
static void settings(void)
{
	int pid;

	CHECK(read_all(OVERCOMMIT) == 2 && strcmp(text, "0\n") == 0);
	CHECK(read_all(MAX_AREAS) > 0 && strcmp(text, "65530\n") == 0);
	CHECK(access("/proc/sys/vm/../vm/../../self", F_OK) == 0);
	CHECK_ERRNO(open("/proc/sys/vm/self", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/vm", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/sys/vm/1", O_RDONLY), ENOENT);
	if (geteuid() != 0)
		return;
	CHECK(store(OVERCOMMIT, "0\n") == 2);
	CHECK_ERRNO(store(OVERCOMMIT, "x"), EINVAL);
	CHECK_ERRNO(store(OVERCOMMIT, "7"), EINVAL);
	CHECK_ERRNO(store(MAX_AREAS, "-1"), EINVAL);
	CHECK_ERRNO(store(MAX_AREAS, "12x"), EINVAL);
	CHECK_ERRNO(store(MAX_AREAS, "99999999999"), EINVAL);
	CHECK(read_all(MAX_AREAS) > 0 && strcmp(text, "65530\n") == 0);
	if (on_cowix())
		CHECK_ERRNO(store(OVERCOMMIT, "1"), EINVAL);
	pid = fork();
	if (pid == 0) {
		stranger();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

static int listed(const char *path, const char *wanted)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int found = 0;

	CHECK(dir);
	while ((entry = readdir(dir)))
		found += strcmp(entry->d_name, wanted) == 0;
	closedir(dir);
	return found;
}

/* Checks directories below /proc that belong to no process. */
static void directories(void)
{
	CHECK(listed("/proc", "sys") == 1 && listed("/proc", "vm") == 0);
	CHECK(listed("/proc/sys", "vm") == 1 && listed("/proc/sys", "1") == 0);
	CHECK(listed("/proc/sys", "max_map_count") == 0);
	CHECK(listed("/proc/sys/vm", "max_map_count") == 1);
	CHECK(listed("/proc/sys/vm", "vm") == 0);
	CHECK(listed("/proc/sys/vm", "..") == 1);
}

#define MOST 200

static int count_areas(void)
{
	int n = 0;

	CHECK(read_all("/proc/self/maps") > 0);
	for (const char *s = text; *s; s++)
		n += *s == '\n';
	return n;
}

/* Maps one page that cannot be joined with its neighbour. */
static char *map_one(int n)
{
	return mmap(NULL, 4096, n % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Checks how many areas an address space may have. */
static void fill_space(void)
{
	char *p = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0), *one = NULL, *last;
	int n = 0;

	CHECK(p != MAP_FAILED);
	for (; (last = map_one(n)) != MAP_FAILED && n < 2 * MOST; n++)
		one = last;
	CHECK(last == MAP_FAILED && errno == ENOMEM && n > MOST / 2);
	n = count_areas();
	CHECK(n >= MOST - 2 && n <= MOST + 2);
	CHECK_ERRNO(munmap(p + 4096, 4096), ENOMEM);
	CHECK_ERRNO(mprotect(p + 4096, 4096, PROT_NONE), ENOMEM);
	CHECK(p[0] == 0 && p[4096] == 0);
	for (int i = 0; i < 6; i++)
		CHECK(munmap(one + i * 4096, 4096) == 0);
	CHECK(munmap(p + 4096, 4096) == 0);
}

static void many_areas(void)
{
	int pid;

	if (geteuid() != 0)
		return;
	CHECK(store(MAX_AREAS, "200") == 3);
	pid = fork();
	if (pid == 0) {
		fill_space();
		_exit(0);
	}
	pid = wait_status(pid);
	CHECK(store(MAX_AREAS, "65530") == 5 && pid == 0);
}

static const struct test list[] = {
	{ "settings", "what the superuser may set, and may not", settings },
	{ "directories", "what is in which directory", directories },
	{ "many_areas", "no more areas than max_map_count", many_areas },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(list, argc, argv);
}
