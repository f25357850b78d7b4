/*
 * Small POSIX functions that are an ioctl or another system call in disguise.
 */
#include <cowix.h>
#include <errno.h>
#include <stdio.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int __getcwd(char *buf, size_t size);
int __reboot(unsigned magic1, unsigned magic2, unsigned command,
	     unsigned argument);

char *getcwd(char *buf, size_t size)
{
	return __getcwd(buf, size) < 0 ? NULL : buf;
}

int reboot(unsigned command, unsigned argument)
{
	return __reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command,
			argument);
}

pid_t wait(int *status)
{
	return waitpid(-1, status, 0);
}

unsigned sleep(unsigned seconds)
{
	struct timespec ts = { seconds, 0 };

	return nanosleep(&ts, &ts) < 0 ? (unsigned)ts.tv_sec : 0;
}

int tcgetattr(int fd, struct termios *t)
{
	return ioctl(fd, TCGETS, t);
}

int tcsetattr(int fd, int when, const struct termios *t)
{
	return ioctl(fd, TCSETS + when, t);
}

int tcdrain(int fd)
{
	return ioctl(fd, TCSBRK, 1);
}

int tcflush(int fd, int which)
{
	return ioctl(fd, TCFLSH, which);
}

void cfmakeraw(struct termios *t)
{
	t->c_iflag &=
		~(IGNBRK | BRKINT | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	t->c_oflag &= ~OPOST;
	t->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

int isatty(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0;
}

pid_t tcgetpgrp(int fd)
{
	int pgrp;

	return ioctl(fd, TIOCGPGRP, &pgrp) < 0 ? -1 : pgrp;
}

int tcsetpgrp(int fd, pid_t pgrp)
{
	return ioctl(fd, TIOCSPGRP, &pgrp);
}

int remove(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -1;
	return S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path);
}
