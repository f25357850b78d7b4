/* Corners where several parts of the kernel meet: names through links, orphaned groups, tracers, rights that change. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A link on the way to a name that is made, moved or removed. */
static void names_behind_links(void)
{
	int fd;

	CHECK(mkdir("/tmp/corner", 0755) == 0 && symlink("corner", "/tmp/corner-link") == 0);
	fd = open("/tmp/corner-link/file", O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(rename("/tmp/corner-link/file", "/tmp/corner-link/other") == 0);
	CHECK(mkdir("/tmp/corner-link/dir", 0755) == 0 && rmdir("/tmp/corner-link/dir") == 0);
	CHECK(unlink("/tmp/corner-link/other") == 0);
	CHECK(unlink("/tmp/corner-link") == 0 && rmdir("/tmp/corner") == 0);
	CHECK(symlink("corner-loop", "/tmp/corner-loop") == 0);
	CHECK_ERRNO(mkdir("/tmp/corner-loop/dir", 0755), ELOOP);
	CHECK(unlink("/tmp/corner-loop") == 0);
}

static int report[2];

static void on_hangup(int sig)
{
	(void)sig;
	write(report[1], "h", 1);
}

/* The member of a group: stops, is hung up and continued when its parent goes, and cannot be stopped by the terminal's signals any more. */
static void stopped_member(void)
{
	signal(SIGHUP, on_hangup);
	raise(SIGSTOP);
	raise(SIGTSTP);
	write(report[1], "c", 1);
	_exit(0);
}

static void orphaned_groups(void)
{
	char c[2] = { 0 };
	int pid;

	alarm(10);
	CHECK(pipe(report) == 0);
	pid = fork();
	if (pid == 0) {
		int member = fork(), status;

		if (member == 0)
			stopped_member();
		setpgid(member, member);
		waitpid(member, &status, WUNTRACED);
		_exit(WIFSTOPPED(status) ? 0 : 1);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(read(report[0], &c[0], 1) == 1 && c[0] == 'h');
	CHECK(read(report[0], &c[1], 1) == 1 && c[1] == 'c');
}

TESTS({ "names_behind_links", "names are made and removed behind links", names_behind_links },
      { "orphaned_groups", "a stopped group that is orphaned goes on", orphaned_groups })
