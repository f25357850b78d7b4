/*
 * Linux's first process: loads the kernel's modules, mounts what the groups
 * need, and runs the rest of the program as a child. Then it switches off.
 */
#include "growth.h"
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define MODULES	100
#define DISK	"/dev/sda"

static void mount_on(const char *device, const char *folder, const char *type,
		     const char *options)
{
	mkdir(folder, 0755);
	if (mount(device, folder, type, 0, options) < 0)
		printf("# mount %s: %s\n", folder, strerror(errno));
}

/* Loads /modules/00, /modules/01, ...: those it needs come before each. */
static void load_modules(void)
{
	char path[16];

	for (int i = 0; i < MODULES; i++) {
		int fd;

		sprintf(path, "/modules/%02d", i);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			return;
		if (syscall(__NR_finit_module, fd, "", 0) < 0)
			printf("# %s: %s\n", path, strerror(errno));
		close(fd);
	}
}

/* Waits for the disk, which the kernel looks for in the background. */
static void await_disk(void)
{
	for (int i = 0; i < 50 && access(DISK, 0) < 0; i++)
		sleep_ms(100);
}

/* Makes the second serial line the standard output. */
static void open_output(void)
{
	int fd = open("/dev/ttyS1", O_WRONLY);

	if (fd >= 0) {
		dup2(fd, 1);
		dup2(fd, 2);
		close(fd);
	}
}

void start_linux(void)
{
	pid_t pid, ended;

	mount_on("dev", "/dev", "devtmpfs", NULL);
	open_output();
	mount_on("proc", "/proc", "proc", NULL);
	load_modules();
	await_disk();
	mount_on("ram", ram_folder, "tmpfs", "nr_inodes=200000");
	mount_on(DISK, disk_folder, "minix", NULL);
	sleep_ms(900);		/* what goes on behind a boot has ended */
	pid = fork();
	if (pid == 0)
		return;
	do {
		ended = wait(NULL);
	} while (ended > 0 && ended != pid);
	reboot(LINUX_REBOOT_CMD_POWER_OFF, 0);
}
