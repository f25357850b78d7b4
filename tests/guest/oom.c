/*
 * Runs as init (init=/tests/oom). Its child takes most of the memory and waits,
 * then init takes the rest and more. Init's end would be the machine's, so the
 * child must end instead.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static char *take(unsigned pages)
{
	char *p = sbrk(pages * PAGE);

	for (unsigned i = 0; p != (char *)-1 && i < pages; i++)
		p[i * PAGE] = i;
	return p;
}

static int is_right(const char *p, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		if (p[i * PAGE] != (char)i)
			return 0;
	return 1;
}

int main(void)
{
	struct sysinfo info;
	int fds[2], pid, status;
	unsigned pages;
	char c, *p;

	dup2(open("/dev/ttyS0", O_WRONLY), 1);
	pages_info(&info);
	pages = info.freeram;
	pipe(fds);
	pid = fork();
	if (pid == 0) {
		take(pages * 5 / 8);
		write(fds[1], "x", 1);
		for (;;)
			pause();
	}
	read(fds[0], &c, 1);
	p = take(pages / 2);
	printf("%s\n", waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
				       WTERMSIG(status) == SIGKILL
			       ? "the child was killed"
			       : "wrong");
	printf("%s\n",
	       p != (char *)-1 && is_right(p, pages / 2) ? "right" : "wrong");
	fflush(stdout);
	reboot(LINUX_REBOOT_CMD_POWER_OFF, 0);
	return 0;
}
