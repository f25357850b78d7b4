/*
 * Files mapped without the right to execute, beside areas that children do not
 * inherit. The kernel must not confuse these two properties.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define HERE "/tmp/noexec"

static const int policies[] = { 0, FORK_POLICY_COW, FORK_POLICY_LAZY,
				FORK_POLICY_OLD };

static int fork_by(int policy)
{
	return policy && on_cowix() ? xfork(policy, NULL) : fork();
}

/* Maps two pages of a file on a file system mounted MS_NOEXEC. */
static char *map_file(int flags)
{
	static char pages[2 * PAGE];
	int fd;
	char *p;

	CHECK(mkdir(HERE, 0755) == 0);
	CHECK(mount("none", HERE, "tmpfs", MS_NOEXEC, NULL) == 0);
	fd = open(HERE "/file", O_RDWR | O_CREAT, 0644);
	CHECK(fd >= 0 && write(fd, pages, sizeof(pages)) == sizeof(pages));
	p = mmap(NULL, sizeof(pages), RW, flags, fd, 0);
	CHECK(p != MAP_FAILED && close(fd) == 0);
	p[0] = 1;
	p[PAGE] = 2;
	return p;
}

static void unmap_file(char *p)
{
	CHECK(munmap(p, 2 * PAGE) == 0 && umount(HERE) == 0);
	CHECK(rmdir(HERE) == 0);
}

/* Checks that a child by each policy sees the pages, as does its own child. */
static void inherited_by(int policy, int flags)
{
	char *p = map_file(flags);
	int pid = fork_by(policy);

	CHECK(pid >= 0);
	if (pid == 0) {
		pid = fork_by(policy);
		if (pid == 0)
			_exit(p[0] != 1 || p[PAGE] != 2);
		_exit(wait_status(pid) != 0 || p[0] != 1 || p[PAGE] != 2);
	}
	CHECK(wait_status(pid) == 0 && p[0] == 1);
	unmap_file(p);
}

static void inherited(void)
{
	for (unsigned i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		inherited_by(policies[i], MAP_SHARED);
		inherited_by(policies[i], MAP_PRIVATE);
	}
}

static int make_executable(char *p)
{
	return mprotect(p, PAGE, PROT_READ | PROT_EXEC);
}

static int advise(char *p, int advice)
{
	return syscall(__NR_madvise, p, PAGE, advice);
}

/* Checks that no advice gives or takes the right to execute. */
static void advised(void)
{
	static const int advices[] = { MADV_NORMAL, MADV_DOFORK, MADV_DONTFORK,
				       MADV_DOFORK, MADV_WILLNEED };
	char *p = map_file(MAP_PRIVATE);
	char *plain = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(plain != MAP_FAILED);
	for (unsigned i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		CHECK(advise(p, advices[i]) == 0);
		CHECK_ERRNO(make_executable(p), EACCES);
		CHECK(advise(plain, advices[i]) == 0);
		CHECK(make_executable(plain) == 0);
	}
	CHECK(munmap(plain, PAGE) == 0);
	unmap_file(p);
}

TESTS({ "inherited", "children have files that must not run", inherited },
      { "advised", "advice and the right to execute", advised })
