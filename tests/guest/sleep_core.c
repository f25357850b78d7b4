/*
 * The sweep of sleeps (sleep.h) in a core dump: meanwhile the process is
 * killed or looked at, or the file goes. What the dump has written by then may
 * be short, but nothing is lost.
 */
#include "sleep.h"
#include <sys/mount.h>
#include <sys/stat.h>
#include <abi/elf.h>
#include <abi/resource.h>
#include <abi/uio.h>

#define FOLDER	"/tmp/sleep-core"
#define LIMIT	24576		/* few writes: each of them is many tries */

static volatile int *victim;
static char peeked[64];

static void die(void)
{
	unsigned limit[2] = { LIMIT, LIMIT };

	CHECK(syscall(__NR_setrlimit, RLIMIT_CORE, limit) == 0);
	*victim = getpid();
	plan_event(order == AT_ONCE ? salt : 0, ANYTHING);
	*(volatile int *)8 = 0;
}

static int dump(void)
{
	int pid = fork(), status;

	if (pid == 0)
		die();
	status = wait_status(pid);
	CHECK(WIFSIGNALED(status));
	CHECK(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGKILL);
	return status;
}

static int kill_it(void)
{
	return *victim ? kill(*victim, SIGKILL) : -1;
}

static int stop_it(void)
{
	return *victim ? kill(*victim, SIGSTOP) | kill(*victim, SIGCONT) : -1;
}

static int unlink_it(void)
{
	return unlink("core");
}

static int cut_it(void)
{
	return truncate("core", 100);
}

static int take_its_name(void)
{
	return mkdir("core", 0700);
}

static int read_maps(void)
{
	char path[40], text[512];
	int fd, n;

	sprintf(path, FOLDER "/proc/%d/maps", *victim);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text));
	CHECK(close(fd) == 0);
	return n;
}

static int peek(void)
{
	struct iovec to = { peeked, 64 }, from = { (void *)victim, 64 };

	return *victim ? syscall(__NR_process_vm_readv, *victim, &to, 1, &from,
				 1, 0)
		       : -1;
}

static int write_mem(void)
{
	char path[40], bytes[64] = "";
	int fd, n;

	sprintf(path, FOLDER "/proc/%d/mem", *victim);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return -1;
	n = syscall(__NR_pwrite64, fd, bytes, 64, peeked, 0);
	CHECK(close(fd) == 0);
	return n;
}

static const struct act acts[] = {
	{ .name = "dump", .run = dump, .only_subject = 1 },
	{ .name = "kill", .run = kill_it, .only_rival = 1 },
	{ .name = "stop", .run = stop_it, .only_rival = 1 },
	{ .name = "unlink", .run = unlink_it, .only_rival = 1 },
	{ .name = "cut", .run = cut_it, .only_rival = 1 },
	{ .name = "mkdir", .run = take_its_name, .only_rival = 1 },
	{ .name = "maps", .run = read_maps, .only_rival = 1 },
	{ .name = "peek", .run = peek, .only_rival = 1 },
	{ .name = "mem", .run = write_mem, .only_rival = 1 },
};

static void nobody(void)
{
	*victim = 0;
}

/* Checks that what there is is part of a core file, and removes it. */
static void judge_file(void)
{
	char header[sizeof(struct elf32_ehdr)];
	int fd = open("core", O_RDONLY), n;

	if (fd < 0)
		return;
	n = read(fd, header, sizeof(header));
	CHECK(n <= 0 || header[0] == 0 || memcmp(header, ELFMAG, SELFMAG) == 0);
	CHECK(n < 0 || lseek(fd, 0, SEEK_END) <= LIMIT);
	CHECK(close(fd) == 0);
	CHECK((n < 0 ? rmdir("core") : unlink("core")) == 0);
}

static void core(void)
{
	static const struct scene scene = SCENE("core", acts, .prepare = nobody,
						.judge = judge_file);

	if (!on_cowix())
		return;
	victim = (void *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	CHECK(mkdir(FOLDER, 0755) == 0 && chdir(FOLDER) == 0);
	CHECK(mkdir("proc", 0755) == 0);
	CHECK(mount("none", "proc", "proc", 0, NULL) == 0);
	sweep_scene(&scene);
	CHECK(umount("proc") == 0 && rmdir("proc") == 0);
	CHECK(chdir("/") == 0 && rmdir(FOLDER) == 0);
}

TESTS({ "core", "a core file while others are at the process or at it",
	core })
