/*
 * Owners of page frames. Each call's frames belong to the right owner, and the
 * audit finds them there. Free and owned frames are all frames. Linux has none
 * of it.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <abi/poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "pty.h"
#include "swapfile.h"

static struct audit_report then, now;

/* Returns how many frames the owner has gained since the last call. */
static int gained(enum page_owner owner)
{
	int more;

	CHECK(mm_audit(&now, AUDIT_DROP_CACHES) == 0);
	more = now.owned[owner] - then.owned[owner];
	then = now;
	return more;
}

/* Records the present counts, with this program's code and data in memory. */
static int begin(void)
{
	if (!on_cowix())
		return 0;
	gained(OWNER_USER);
	gained(OWNER_USER);
	return 1;
}

static void sum(void)
{
	unsigned all = 0;

	if (!begin())
		return;
	for (int i = 0; i < NR_OWNERS; i++)
		all += then.owned[i];
	CHECK(all == then.frames_total + then.owned[OWNER_BOOT]);
	CHECK(then.owned[OWNER_NONE] + then.owned[OWNER_AUDIT] ==
	      then.frames_free);
	CHECK(then.owned[OWNER_TASK] == then.tasks);
	CHECK(then.owned[OWNER_TABLE] == then.frames_tables);
	CHECK(then.owned[OWNER_KMALLOC] == then.frames_kernel);
	CHECK(then.owned[OWNER_ZERO] == 1 && then.owned[OWNER_RAMDISK] > 0);
}

static void pipes(void)
{
	static char bytes[3 * PAGE];
	int ends[2];

	CHECK(pipe(ends) == 0 && write(ends[1], bytes, 1) == 1);
	CHECK(read(ends[0], bytes, 1) == 1);
	if (!begin())
		return;
	CHECK(write(ends[1], bytes, sizeof(bytes)) == sizeof(bytes));
	CHECK(gained(OWNER_PIPE) == 3);
	CHECK(read(ends[0], bytes, 2 * PAGE) == 2 * PAGE);
	CHECK(gained(OWNER_PIPE) == -2);
	CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
	CHECK(gained(OWNER_PIPE) == -2);
}

static void sockets(void)
{
	static char bytes[3 * PAGE];
	int fds[2];

	if (!begin())
		return;
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
	gained(OWNER_SOCKET);
	CHECK(send(fds[0], bytes, sizeof(bytes), 0) == sizeof(bytes));
	CHECK(gained(OWNER_SOCKET) == 3);
	CHECK(recv(fds[1], bytes, 1, 0) == 1 && gained(OWNER_SOCKET) == -3);
	CHECK(send(fds[0], bytes, sizeof(bytes), 0) == sizeof(bytes));
	CHECK(close(fds[0]) == 0 && gained(OWNER_SOCKET) == 3);
	CHECK(close(fds[1]) == 0 && gained(OWNER_SOCKET) == -3);
}

static void terminals(void)
{
	if (!begin())
		return;
	open_pair();
	CHECK(gained(OWNER_TTY) == 2);	/* itself, and its input */
	CHECK(close(slave) == 0 && close(master) == 0);
	CHECK(gained(OWNER_TTY) == -2);
}

/* Starts a child that sleeps, with a stack, a directory and tables. */
static int sleeper(void)
{
	int pid = fork();

	CHECK(pid >= 0);
	while (pid == 0)
		pause();
	return pid;
}

static void end(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

static void tasks(void)
{
	int pid;

	if (!begin())
		return;
	end(sleeper());
	gained(OWNER_TASK);
	pid = sleeper();
	CHECK(gained(OWNER_TASK) == 1);
	end(pid);
	CHECK(gained(OWNER_TASK) == -1);
	pid = sleeper();
	CHECK(gained(OWNER_DIRECTORY) == 1);
	end(pid);
	CHECK(gained(OWNER_DIRECTORY) == -1);
}

/* Checks a call that sleeps with pages in its hands: poll() of many files. */
static void calls(void)
{
	static struct pollfd fds[200];
	int ends[2], pid;

	CHECK(pipe(ends) == 0);
	for (int i = 0; i < 200; i++)
		fds[i] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	if (!begin())
		return;
	pid = fork();
	if (pid == 0)
		_exit(syscall(__NR_poll, fds, 200, -1) != 200);
	sleep_ms(30);
	CHECK(gained(OWNER_CALL) >= 2);
	end(pid);
	CHECK(gained(OWNER_CALL) <= -2 && now.owned[OWNER_CALL] == 0);
}

static void refused_exec(void)
{
	char *const args[] = { "/bin/none", NULL };

	if (!begin())
		return;
	CHECK_ERRNO(execve("/bin/none", args, args), ENOENT);
	CHECK_ERRNO(execve("/etc/passwd", args, args), EACCES);
	CHECK(gained(OWNER_TABLE) == 0 && gained(OWNER_DIRECTORY) == 0);
}

static void swap_maps(void)
{
	if (!begin())
		return;
	swap_begin();
	CHECK(gained(OWNER_SWAP) == 3);	/* slots, their list, and blocks */
	swap_end();
	CHECK(gained(OWNER_SWAP) == -3);
}

static void trace_ring(void)
{
	int fd;

	if (!begin())
		return;
	mount("proc", "/proc", "proc", 0, NULL);
	fd = open("/proc/vmtrace", O_WRONLY);
	CHECK(fd >= 0);
	gained(OWNER_TRACE);
	CHECK(write(fd, "1", 1) == 1 && gained(OWNER_TRACE) > 0);
	CHECK(write(fd, "0", 1) == 1 && gained(OWNER_TRACE) == 0);
	CHECK(write(fd, "0", 1) == 1 && gained(OWNER_TRACE) < 0);
	CHECK(close(fd) == 0);
	umount("/proc");
}

/*
 * Checks that a page cut off from its file belongs to the program that still
 * maps it.
 */
static void cached_pages(void)
{
	char *p, bytes[100] = "x";
	int fd = open("/owners-test", O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && write(fd, bytes, sizeof(bytes)) == sizeof(bytes));
	if (begin()) {
		p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
		CHECK(p != MAP_FAILED && *(volatile char *)p == 'x');
		CHECK(mm_audit(NULL, 0) == 0);
		CHECK(ftruncate(fd, 1) == 0 && mm_audit(NULL, 0) == 0);
		CHECK(unlink("/owners-test") == 0 && close(fd) == 0);
		CHECK(munmap(p, PAGE) == 0 && mm_audit(NULL, 0) == 0);
		return;
	}
	CHECK(unlink("/owners-test") == 0 && close(fd) == 0);
}

static void in_proc(void)
{
	static const char letters[] = OWNER_LETTERS;
	char line[75];
	int fd, n, counts[NR_OWNERS] = { 0 };

	if (!begin())
		return;
	mount("proc", "/proc", "proc", 0, NULL);
	fd = open("/proc/owners", O_RDONLY);
	CHECK(fd >= 0);
	while ((n = read(fd, line, 74)) == 74)
		for (int i = 0; i < 64; i++)
			for (int owner = 0; owner < NR_OWNERS; owner++)
				counts[owner] += letters[owner] == line[9 + i];
	CHECK(n == 0 && close(fd) == 0);
	CHECK(counts[OWNER_BOOT] == (int)now.owned[OWNER_BOOT]);
	CHECK(counts[OWNER_TASK] == (int)now.owned[OWNER_TASK]);
	CHECK(counts[OWNER_CALL] > 0 && counts[OWNER_AUDIT] == 0);
	fd = open("/proc/audit", O_RDONLY);
	CHECK(fd >= 0 && read(fd, line, 20) == 20);
	CHECK(memcmp(line, "mismatches        0\n", 20) == 0);
	CHECK(close(fd) == 0);
	umount("/proc");
}

TESTS({ "sum", "free and owned frames are all frames", sum },
      { "pipes", "pages of pipes", pipes },
      { "sockets", "pages of messages", sockets },
      { "terminals", "pseudo-terminals", terminals },
      { "tasks", "tasks and page directories", tasks },
      { "calls", "pages of a call that sleeps", calls },
      { "refused_exec", "arguments of an exec that fails", refused_exec },
      { "swap_maps", "what swapon takes", swap_maps },
      { "trace_ring", "the ring of the trace", trace_ring },
      { "cached_pages", "a page whose file was cut", cached_pages },
      { "in_proc", "/proc/owners and /proc/audit", in_proc })
