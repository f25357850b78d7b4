/*
 * runner seconds folder program...: runs each program in a fresh folder, for at
 * most this many seconds. The environment is the same on every system. Each
 * one's output follows a header line "==== name status length". On Cowix each
 * one ends with the memory audit.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST	65536		/* bytes of output that are shown */
#define NR_MM_AUDIT	513		/* a call of Cowix's own */

static int limit;		/* seconds a program */

static void on_alarm(int number)
{
	(void)number;
}

static void start(char *path)
{
	char *argv[] = { path, NULL };
	char seconds[40];
	char *envp[] = { "PATH=/bin:/usr/bin", "HOME=/", "TERM=dumb",
			 "LC_ALL=C", seconds, NULL };
	int output = open("../output", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND,
			  0644),
	    input = open("/dev/null", O_RDONLY);

	snprintf(seconds, sizeof(seconds), "TEST_SECONDS=%d", limit);
	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	setrlimit(RLIMIT_STACK, &(struct rlimit){ 8 << 20, 8 << 20 });
	dup2(input, 0);
	dup2(output, 1);
	dup2(output, 2);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	umask(022);
	execve(path, argv, envp);
	_exit(127);
}

/*
 * Waits for a program, and kills its whole group when time is up. Returns its
 * status as a word.
 */
static const char *status_of(pid_t pid)
{
	static char word[40];
	int status;

	if (pid < 0)
		return "no-fork";
	alarm(limit);
	if (waitpid(pid, &status, 0) < 0) {
		kill(-pid, SIGKILL);
		waitpid(pid, &status, 0);
		return "timeout";
	}
	alarm(0);
	snprintf(word, sizeof(word),
		 WIFEXITED(status) ? "exit-%d" : "signal-%d",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return word;
}

/* Prints by write(2), so that output remains if the machine stops later. */
static void show(const char *name, const char *status)
{
	char buffer[4096];
	int fd = open("../output", O_RDWR), n;
	struct stat st = { 0 };

	fstat(fd, &st);
	if (st.st_size > MOST) {
		ftruncate(fd, MOST);
		st.st_size = MOST;
		status = "endless";
	}
	n = snprintf(buffer, sizeof(buffer), "==== %s %s %ld\n", name, status,
		     (long)st.st_size);
	write(1, buffer, n);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		write(1, buffer, n);
	write(1, "\n", 1);
	close(fd);
}

static void run(const char *folder, const char *name)
{
	char path[200];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (mkdir(name, 0755) != 0 || chdir(name) != 0)
		exit(1);
	pid = fork();
	if (pid == 0)
		start(path);
	show(name, status_of(pid));
	chdir("..");
	if (syscall(NR_MM_AUDIT, NULL, 0) > 0)
		write(1, "==== audit broken 0\n\n", 21);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	limit = atoi(argv[1]);
	for (int i = 3; i < argc; i++)
		run(argv[2], argv[i]);
	return 0;
}
