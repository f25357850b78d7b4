/* What does not depend on a number of things. */
#include "growth.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char buffer[PAGE];
static int zero, null, to[2], from[2];

static int ask_pid(unsigned i)
{
	(void)i;
	return getpid();
}

static int read_byte(unsigned i)
{
	(void)i;
	return read(zero, buffer, 1);
}

static int write_byte(unsigned i)
{
	(void)i;
	return write(null, buffer, 1);
}

static int open_and_close(unsigned i)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)i;
	return fd < 0 ? -1 : close(fd);
}

static int stat_root(unsigned i)
{
	struct stat st;

	(void)i;
	return stat("/", &st);
}

static int pipe_there(unsigned i)
{
	(void)i;
	return write(to[1], buffer, 1) < 0 ? -1 : read(to[0], buffer, 1);
}

static int pipe_page(unsigned i)
{
	(void)i;
	return write(to[1], buffer, PAGE) < 0 ? -1 : read(to[0], buffer, PAGE);
}

/* The other process sends each byte back. */
static int there_and_back(unsigned i)
{
	(void)i;
	return write(to[1], buffer, 1) < 0 ? -1 : read(from[0], buffer, 1);
}

static void echo(void)
{
	while (read(to[0], buffer, 1) == 1)
		write(from[1], buffer, 1);
}

static int map_and_unmap(unsigned i)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)i;
	*(volatile char *)p = 1;
	return munmap(p, PAGE);
}

static void nothing(int sig)
{
	(void)sig;
}

static int signal_self(unsigned i)
{
	(void)i;
	return kill(getpid(), SIGUSR1);
}

static int fork_and_exec(unsigned i)
{
	static char *args[] = { "growth", "-n", "0", NULL };
	pid_t pid = fork();
	int status;

	(void)i;
	if (pid == 0) {
		execve("/proc/self/exe", args, environ);
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return status == 0 ? 0 : -1;
}

static void pipe_rows(void)
{
	pid_t pid;

	if (pipe(to) < 0 || pipe(from) < 0) {
		failed("pipe");
		return;
	}
	measure("a byte through a pipe", OFTEN, pipe_there);
	measure("a page through a pipe", OFTEN, pipe_page);
	pid = fork();
	if (pid == 0)
		echo();
	measure("a byte to a process and back", MOST, there_and_back);
	end_children(&pid, 1);
}

void base(unsigned n, unsigned before)
{
	struct sigaction action = { .sa_handler = nothing };

	(void)n;
	(void)before;
	zero = open("/dev/zero", O_RDONLY);
	null = open("/dev/null", O_WRONLY);
	sigaction(SIGUSR1, &action, NULL);
	measure("getpid", OFTEN, ask_pid);
	measure("read of a byte", OFTEN, read_byte);
	measure("write of a byte", OFTEN, write_byte);
	measure("open, close", OFTEN, open_and_close);
	measure("stat", OFTEN, stat_root);
	measure("mmap, fault, munmap", OFTEN, map_and_unmap);
	measure("signal, handled", OFTEN, signal_self);
	pipe_rows();
	measure("fork, exit, wait", 15, fork_and_wait);
	measure("fork, exec, wait", 15, fork_and_exec);
}
