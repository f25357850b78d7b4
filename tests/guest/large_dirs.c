/*
 * Large directories and deep ones: what a name costs there, in instructions.
 * tests/test_counts.py compares the figures with limits.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/dirent.h>

#define MEMORY "/in-memory"
#define IN_MEMORY 50000
#define DISK "/on-disk"
#define ON_DISK 3000
#define LINKS 200		/* of a file; Minix has at most 250 */
#define SAMPLE 1000

int getdents(int fd, void *buf, unsigned size);

static unsigned long long begun;

static unsigned long long count(void)
{
	unsigned long long now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now;
}

static void begin(void)
{
	begun = count();
}

static void end(const char *what, int times)
{
	printf("  %s: %u\n", what, (unsigned)((count() - begun) / times));
}

/* Returns the name number n of a series. */
static const char *name(char series, int n)
{
	static char text[] = "s00000";

	text[0] = series;
	for (int i = 5; i > 0; i--, n /= 10)
		text[i] = '0' + n % 10;
	return text;
}

/* Spreads a sample over n names. */
static int pick(int i, int n)
{
	return (unsigned)i * 7919u % n;
}

static void make(int n)
{
	int fd = open(name('f', n), O_WRONLY | O_CREAT | O_EXCL, 0644);

	CHECK(fd >= 0 && close(fd) == 0);
}

static void find_present(const char *what, int n)
{
	struct stat st;

	begin();
	for (int i = 0; i < SAMPLE; i++)
		CHECK(stat(name('f', pick(i, n)), &st) == 0);
	end(what, SAMPLE);
}

static void find_absent(const char *what, int n)
{
	struct stat st;

	begin();
	for (int i = 0; i < SAMPLE; i++)
		CHECK_ERRNO(stat(name('g', pick(i, n)), &st), ENOENT);
	end(what, SAMPLE);
}

static int list(const char *what)
{
	static char buf[32768];
	int fd = open(".", O_RDONLY | O_DIRECTORY), n, entries = 0;

	begin();
	while ((n = getdents(fd, buf, sizeof(buf))) > 0)
		for (int at = 0; at < n; entries++)
			at += ((struct linux_dirent *)(buf + at))->d_reclen;
	CHECK(n == 0 && close(fd) == 0);
	end(what, entries);
	return entries;
}

/* Looks for files whose inodes are not kept, beside those that are. */
static void look_in_proc(void)
{
	struct stat st;

	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	begin();
	for (int i = 0; i < SAMPLE; i++)
		CHECK(stat("/proc/1/stat", &st) == 0);
	end("proc stat", SAMPLE);
	CHECK(umount("/proc") == 0);
}

static void memory(void)
{
	mkdir(MEMORY, 0755);
	CHECK(mount("none", MEMORY, "tmpfs", 0, "nr_inodes=60000") == 0 &&
	      chdir(MEMORY) == 0);
	for (int i = 0; i < IN_MEMORY - SAMPLE; i++)
		make(i);
	begin();
	for (int i = IN_MEMORY - SAMPLE; i < IN_MEMORY; i++)
		make(i);
	end("tmpfs create", SAMPLE);
	find_present("tmpfs hit", IN_MEMORY);
	find_absent("tmpfs miss", IN_MEMORY);
	look_in_proc();
	CHECK(list("tmpfs list") == IN_MEMORY + 2);
	begin();
	for (int i = 0; i < SAMPLE; i++)
		CHECK(unlink(name('f', pick(i, IN_MEMORY))) == 0);
	end("tmpfs unlink", SAMPLE);
	CHECK(list("tmpfs list again") == IN_MEMORY - SAMPLE + 2);
	CHECK(chdir("/") == 0 && umount(MEMORY) == 0 && rmdir(MEMORY) == 0);
}

/* Gives a file of another directory one name more. */
static void link_to(int n)
{
	char file[40];

	sprintf(file, DISK "/files/%d", n / LINKS);
	if (n % LINKS == 0)
		CHECK(close(open(file, O_WRONLY | O_CREAT, 0644)) == 0);
	CHECK(link(file, name('f', n)) == 0);
}

static void disk(void)
{
	mkdir(DISK, 0755);
	mkdir(DISK "/files", 0755);
	mkdir(DISK "/names", 0755);
	CHECK(chdir(DISK "/names") == 0);
	for (int i = 0; i < ON_DISK - SAMPLE; i++)
		link_to(i);
	begin();
	for (int i = ON_DISK - SAMPLE; i < ON_DISK; i++)
		link_to(i);
	end("Minix link", SAMPLE);
	find_present("Minix hit", ON_DISK);
	find_absent("Minix first miss", ON_DISK);
	find_absent("Minix miss", ON_DISK);
	CHECK(list("Minix list") == ON_DISK + 2);
	begin();
	for (int i = 0; i < SAMPLE; i++)
		CHECK(unlink(name('f', i)) == 0);
	end("Minix unlink", SAMPLE);
	CHECK(list("Minix list again") == ON_DISK - SAMPLE + 2);
}

static void where(const char *what, int depth)
{
	static char cwd[4096];
	int length = syscall(__NR_getcwd, cwd, sizeof(cwd));

	CHECK(length == depth * 3 + 3);
	begin();
	for (int i = 0; i < 10; i++)
		CHECK(syscall(__NR_getcwd, cwd, sizeof(cwd)) == length);
	end(what, 10);
}

/* Makes a chain of directories and goes down. */
static void deep(void)
{
	mkdir("/d", 0755);
	CHECK(mount("none", "/d", "tmpfs", 0, NULL) == 0 && chdir("/d") == 0);
	for (int depth = 1; depth <= 1000; depth++) {
		CHECK(mkdir("dd", 0755) == 0 && chdir("dd") == 0);
		if (depth == 100)
			where("getcwd at 100", depth);
	}
	where("getcwd at 1000", 1000);
	CHECK(chdir("/") == 0 && umount("/d") == 0 && rmdir("/d") == 0);
}

#define PROCESSES 300

/* Lists /proc beside many processes. */
static void processes(void)
{
	int parent = getpid();

	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	for (int i = 0; i < PROCESSES; i++) {
		int pid = fork();

		CHECK(pid >= 0);
		while (pid == 0 && getppid() == parent)
			pause();
		if (pid == 0)
			_exit(0);
	}
	CHECK(chdir("/proc") == 0 && list("proc list") > PROCESSES);
	CHECK(signal(SIGTERM, SIG_IGN) != SIG_ERR && kill(0, SIGTERM) == 0);
	while (wait(NULL) > 0)
		;
	CHECK(chdir("/") == 0 && umount("/proc") == 0);
}

TESTS({ "memory", "50,000 entries in tmpfs", memory },
      { "disk", "3,000 entries on a disk", disk },
      { "deep", "directories in directories", deep },
      { "processes", "directories of many processes", processes })
