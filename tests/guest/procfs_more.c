/*
 * /proc, part about what programs such as ps, top, lsof and df read: threads,
 * open files, mounts, limits, the memory of areas, names of the kernel.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include "procfs.h"
#include "thread.h"

static volatile int stop;

static void wait_for_stop(void *unused)
{
	(void)unused;
	while (!stop)
		sleep_ms(10);
}

static void threads(void)
{
	char name[60], path[60];
	struct thread t;
	int found = 0, names = 0;
	DIR *dir;

	start(&t, wait_for_stop, NULL);
	dir = opendir("/proc/self/task");
	CHECK(dir);
	for (struct dirent *d; (d = readdir(dir));) {
		int number = strtoul(d->d_name, NULL, 10);

		names++;
		found += number == getpid() || number == t.id;
	}
	closedir(dir);
	CHECK(found == 2 && names == 4);
	sprintf(path, "/proc/%d/task/%d/status", getpid(), t.id);
	CHECK(read_all(path) > 0 && has_line("Threads:\t2\n"));
	CHECK(number_of("Tgid:\t") == getpid() && number_of("Pid:\t") == t.id);
	sprintf(name, "%d (", t.id);
	sprintf(path, "/proc/self/task/%d/stat", t.id);
	CHECK(read_all(path) > 0 && strncmp(text, name, strlen(name)) == 0);
	sprintf(path, "/proc/self/task/%d/../%d/comm", t.id, getpid());
	CHECK(read_all(path) > 0 && strcmp(text, "procfs_more\n") == 0);
	sprintf(path, "/proc/self/task/%d/task", t.id);
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
	stop = 1;
	join(&t);
	sprintf(path, "/proc/self/task/%d", t.id);
	/* Linux wakes who joins before the thread has left /proc. */
	for (int i = 0; i < 500 && access(path, F_OK) == 0; i++)
		sleep_ms(10);
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/self/task/1", O_RDONLY), ENOENT);
	CHECK_ERRNO(open("/proc/self/task/x", O_RDONLY), ENOENT);
}

static void about_open_files(void)
{
	int fd = open("procfs-file", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
		      0600);
	char path[60];

	CHECK(fd >= 0 && write(fd, "12345", 5) == 5);
	CHECK(descriptors("/proc/self/fdinfo") ==
	      descriptors("/proc/self/fd"));
	sprintf(path, "/proc/self/fdinfo/%d", fd);
	CHECK(read_all(path) > 0);
	CHECK(has_line("pos:\t5\n") && number_of("mnt_id:\t") > 0);
	CHECK(strtoul(strstr(text, "flags:\t") + 7, NULL, 8) & O_CLOEXEC);
	CHECK(has_line("flags:\t02") && strstr(text, "2002\n"));
	CHECK(close(fd) == 0 && unlink("procfs-file") == 0);
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
}

static void mount_tables(void)
{
	const char *at;

	CHECK(read_all("/proc/self/mounts") > 0);
	CHECK(has_line("proc /proc proc r") && strstr(text, " 0 0\n"));
	CHECK(read_all("/proc/self/mountinfo") > 0);
	at = strstr(text, " / /proc r");
	CHECK(at && strstr(at, " - proc proc r"));
	at = strstr(text, " / / r");
	CHECK(at && text[0] >= '0' && text[0] <= '9');
}

static void limits(void)
{
	struct rlimit64 limit = { 100, 200 };

	CHECK(syscall(__NR_prlimit64, 0, 7, &limit, NULL) == 0);
	CHECK(read_all("/proc/self/limits") > 0);
	CHECK(has_line("Limit                     Soft Limit           "
		       "Hard Limit           Units     \n"));
	CHECK(has_line("Max open files            100                  "
		       "200                  files     \n"));
	CHECK(has_line("Max cpu time              unlimited            "
		       "unlimited            seconds   \n"));
}

/* Returns a number of the area at addr in smaps, in pages. */
static int usage(const char *addr, const char *word)
{
	char line[20];
	const char *at;

	CHECK(read_all("/proc/self/smaps") > 0);
	sprintf(line, "%08x-", (unsigned)addr);
	at = strstr(text, line);
	CHECK(at);
	at = strstr(at, word);
	CHECK(at);
	at += strlen(word);
	while (*at == ' ')
		at++;
	return strtoul(at, NULL, 10) / 4;
}

/* Checks how an area's pages count, before a fork, after it, and copied. */
static void memory_of_areas(void)
{
	char *p = (char *)syscall(__NR_mmap2, NULL, 8 * PAGE, PROT_READ |
				  PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				  0);
	int fds[2], child;
	char c;

	CHECK(p != (char *)-1 && pipe(fds) == 0);
	CHECK(mprotect(p + 8 * PAGE - PAGE, PAGE, PROT_NONE) == 0);
	for (int i = 0; i < 4; i++)
		p[i * PAGE] = 1;
	CHECK(usage(p, "\nSize:") == 7 && usage(p, "\nRss:") == 4);
	CHECK(usage(p, "\nPss:") == 4 && usage(p, "\nPrivate_Dirty:") == 4);
	CHECK(usage(p, "\nShared_Dirty:") == 0 && usage(p, "\nSwap:") == 0);
	child = fork();
	if (child == 0) {
		read(fds[0], &c, 1);
		_exit(0);
	}
	p[0] = 2;
	CHECK(usage(p, "\nRss:") == 4 && usage(p, "\nPss:") == 2);
	CHECK(usage(p, "\nPrivate_Dirty:") == 1);
	CHECK(usage(p, "\nShared_Dirty:") == 3);
	CHECK(write(fds[1], "x", 1) == 1 && wait_status(child) == 0);
	CHECK(usage(p, "\nPrivate_Dirty:") == 4);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static int file_is(const char *name, const char *word)
{
	char path[60];

	sprintf(path, "/proc/sys/kernel/%s", name);
	return read_all(path) == (int)strlen(word) + 1 &&
	       strncmp(text, word, strlen(word)) == 0;
}

static void kernel_names(void)
{
	struct utsname names;

	CHECK(uname(&names) == 0);
	CHECK(file_is("ostype", names.sysname));
	CHECK(file_is("osrelease", names.release));
	CHECK(file_is("version", names.version));
	CHECK(file_is("hostname", names.nodename));
	CHECK(file_is("domainname", names.domainname));
	CHECK(read_all("/proc/sys/kernel/pid_max") > 0 &&
	      strtoul(text, NULL, 10) >= 32768);
	CHECK(strtoul(names.release, NULL, 10) >= 5);
}

static void host_name(void)
{
	struct utsname names, other;
	int fd = open("/proc/sys/kernel/hostname", O_WRONLY);
	char long_name[70];

	CHECK(uname(&names) == 0);
	if (fd < 0 && errno == EACCES)
		return;			/* not root */
	CHECK(fd >= 0 && write(fd, "test-host\n", 10) == 10 && close(fd) == 0);
	CHECK(uname(&other) == 0 && strcmp(other.nodename, "test-host") == 0);
	if (on_cowix()) {
		memset(long_name, 'x', sizeof(long_name));
		fd = open("/proc/sys/kernel/hostname", O_WRONLY);
		CHECK_ERRNO(write(fd, long_name, 70), EINVAL);
		CHECK(close(fd) == 0);
	}
	CHECK(sethostname(names.nodename, strlen(names.nodename)) == 0);
}

static const struct test tests[] = {
	{ "threads", "the threads of a process, in task", threads },
	{ "about_open_files", "what there is to know of a descriptor",
	  about_open_files },
	{ "mount_tables", "mounts and mountinfo of a process", mount_tables },
	{ "limits", "the table of limits", limits },
	{ "memory_of_areas", "smaps tells what is shared and what was copied",
	  memory_of_areas },
	{ "kernel_names", "/proc/sys/kernel tells what uname tells",
	  kernel_names },
	{ "host_name", "the machine's name can be written", host_name },
	{ 0 },
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
