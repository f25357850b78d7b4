/*
 * init: process 1. It runs /etc/rc and keeps a login, or a shell, on each
 * terminal that /etc/ttys names. If the environment holds `run`, it only runs
 * that command after /etc/rc, on the serial lines. Then it switches the machine
 * off. tools/run passes `run` by the kernel's parameters.
 */
#include <fcntl.h>
#include <help.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define TTYS_MAX	8
#define SYNC_SECONDS	5

static struct terminal {
	char device[32];
	int shell;		/* without a login */
	pid_t pid;
} terminals[TTYS_MAX];
static int nr_terminals;

/* Opens path as descriptor fd. */
static int open_as(int fd, const char *path, int flags)
{
	int got = open(path, flags | O_NOCTTY);

	if (got < 0 || got == fd)
		return got;
	dup2(got, fd);
	close(got);
	return fd;
}

static void make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Runs /etc/rc, with the console as input and output. */
static void run_rc(void)
{
	pid_t pid;

	if (access("/etc/rc", R_OK) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		execve("/bin/sh", (char *[]){ "sh", "/etc/rc", NULL }, environ);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) != pid)
		;
}

/*
 * Runs the command of tools/run. Its output goes to the host byte for byte, its
 * status with the power-off.
 */
static void run_and_power_off(const char *command)
{
	int status = 127 << 8, its_status = status;
	pid_t pid, ended;

	open_as(0, "/dev/null", O_RDONLY);
	open_as(1, "/dev/ttyS0", O_WRONLY);
	open_as(2, "/dev/ttyS1", O_WRONLY);
	make_raw(1);
	make_raw(2);
	pid = fork();
	if (pid == 0) {
		setsid();
		execve("/bin/sh",
		       (char *[]){ "sh", "-c", (char *)command, NULL },
		       environ);
		perror("init: /bin/sh");
		_exit(127);
	}
	/* reap orphans meanwhile */
	while (pid > 0 && (ended = wait(&status)) > 0)
		if (ended == pid) {
			its_status = status;
			break;
		}
	sync();
	tcdrain(1);
	tcdrain(2);
	reboot(LINUX_REBOOT_CMD_POWER_OFF, status_of(its_status));
}

/*
 * Resets a terminal after the last session: lines, signals and echo work again.
 */
static void reset_modes(void)
{
	struct termios t;

	if (tcgetattr(0, &t) < 0)
		return;
	t.c_iflag |= ICRNL | IXON;
	t.c_oflag |= OPOST | ONLCR;
	t.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE |
		     IEXTEN;
	tcsetattr(0, TCSANOW, &t);
}

/*
 * Gives a terminal back to root. The last user must not read the next one's
 * password.
 */
static void make_roots(void)
{
	struct stat st;

	if (fstat(0, &st) == 0 &&
	    (st.st_uid || st.st_gid || st.st_mode & 077)) {
		fchown(0, 0, 0);
		fchmod(0, 0600);
	}
}

static void take_terminal(const char *device)
{
	close(0);
	if (open_as(0, device, O_RDWR) < 0)
		_exit(1);
	ioctl(0, TIOCSCTTY, 0);
}

/*
 * Starts a login or a shell on a terminal, as the leader of a session of its
 * own.
 */
static pid_t start_session(const struct terminal *t)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setsid();
	signal(SIGHUP, SIG_IGN);
	take_terminal(t->device);
	make_roots();
	syscall(__NR_vhangup);
	take_terminal(t->device);
	signal(SIGHUP, SIG_DFL);
	dup2(0, 1);
	dup2(0, 2);
	signal(SIGINT, SIG_DFL);
	reset_modes();
	if (t->shell) {
		chdir("/root");
		execve("/bin/sh", (char *[]){ "-sh", NULL }, environ);
	} else {
		execve("/bin/login", (char *[]){ "login", NULL }, environ);
	}
	perror("init: /bin/sh or /bin/login");
	_exit(127);
}

/* Returns 1 if there is such a terminal. */
static int can_open(const char *device)
{
	int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void add_terminal(const char *device, int shell)
{
	struct terminal *t = &terminals[nr_terminals];

	if (strlen(device) >= sizeof(t->device) || !can_open(device))
		return;
	strcpy(t->device, device);
	t->shell = shell;
	nr_terminals++;
}

/*
 * Reads /etc/ttys: each line holds a device, and perhaps the word shell; #
 * starts a comment. Without the file there is a shell on the console.
 */
static void read_ttys(void)
{
	FILE *f = fopen("/etc/ttys", "r");
	char line[80];

	while (f && nr_terminals < TTYS_MAX && fgets(line, sizeof(line), f)) {
		char *device, *word;

		line[strcspn(line, "#\n")] = '\0';
		device = strtok(line, " \t");
		word = strtok(NULL, " \t");
		if (device)
			add_terminal(device,
				     word && strcmp(word, "shell") == 0);
	}
	if (f)
		fclose(f);
	if (nr_terminals == 0)
		add_terminal("/dev/console", 1);
}

/* Writes what has changed to the disks every few seconds. */
static void start_update(void)
{
	if (fork() != 0)
		return;
	for (;;) {
		sleep(SYNC_SECONDS);
		sync();
	}
}

/* Handles Ctrl-Alt-Del. The kernel's call writes everything out first. */
static void restart(int sig)
{
	(void)sig;
	reboot(LINUX_REBOOT_CMD_RESTART, 0);
}

/*
 * Waits for the end of a session or an orphan, and starts the session again.
 * One that cannot even start must not keep the machine busy.
 */
static void reap(void)
{
	int status;
	pid_t pid = wait(&status);

	for (int i = 0; i < nr_terminals; i++)
		if (terminals[i].pid == pid) {
			if (status_of(status) == 127 || status_of(status) == 1)
				sleep(5);
			terminals[i].pid = start_session(&terminals[i]);
		}
}

int main(int argc, char **argv)
{
	const char *command = getenv("run");

	(void)argc;
	answer_help(argv);
	setenv("PATH", "/bin:/sbin", 0);
	setenv("HOME", "/root", 0);
	setenv("TERM", "vt100", 0);
	if (command)		/* its output goes to a host, byte for byte */
		setenv("NO_COLOR", "1", 0);
	unsetenv("run");
	open_as(0, "/dev/console", O_RDWR);
	dup2(0, 1);
	dup2(0, 2);
	if (!command)
		signal(SIGINT, restart);
	run_rc();
	if (command)
		run_and_power_off(command);
	start_update();
	read_ttys();
	for (int i = 0; i < nr_terminals; i++)
		terminals[i].pid = start_session(&terminals[i]);
	for (;;)
		reap();
}
