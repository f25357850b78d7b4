/*
 * Processes: forms of fork, exec and wait, groups, sessions, inheritance,
 * spawn.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

extern char **environ;
static int shared = 1;

static void show_status(const char *what, int status)
{
	if (WIFEXITED(status))
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	else
		printf("%s: signal %s\n", what, sigabbrev_np(WTERMSIG(status)));
}

static void forking(void)
{
	int status, p[2], sum = 0;
	char c;

	pipe(p);
	fflush(stdout);
	for (int i = 0; i < 40; i++)
		if (fork() == 0) {
			shared += i;
			c = shared;
			write(p[1], &c, 1);
			_exit(i);
		}
	close(p[1]);
	while (read(p[0], &c, 1) == 1)
		sum += c;
	close(p[0]);
	printf("children say %d, ", sum);
	for (sum = 0; wait(&status) > 0;)
		sum += WEXITSTATUS(status);
	printf("exit with %d, parent's is %d\n", sum, shared);
	CALL(wait(NULL));
	CALL(waitpid(getpid(), NULL, 0));
	CALL(waitpid(-1, NULL, 0x10000000));
}

/*
 * Makes a tree: each process makes two until the depth is reached. Returns the
 * number of processes below it.
 */
static int tree(int depth)
{
	int status, sum = 1;

	if (depth == 0)
		return 1;
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			_exit(tree(depth - 1));
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	return sum;
}

static void run(const char *what, int form)
{
	char *argv[] = { "sh",   "-c",  "echo $0 $# \"$@\" $COLOUR; exit $#",
			 "name", "one", "two words",
			 NULL };
	char *envp[] = { "COLOUR=green", "PATH=/bin", NULL };
	int status;

	fflush(stdout);
	if (fork() == 0) {
		switch (form) {
		case 0: execve("/bin/sh", argv, envp); break;
		case 1: execv("/bin/sh", argv); break;
		case 2: execvp("sh", argv); break;
		case 3:
			execl("/bin/sh", "sh", "-c", "echo $0 $# $COLOUR",
			      "zero", "a", NULL);
			break;
		case 4: execlp("sh", "sh", "-c", "exit 9", NULL); break;
		case 5: execvpe("sh", argv, envp); break;
		case 6: execv("missing", argv); break;
		case 7: execv("/", argv); break;
		case 8: execv("plain", argv); break;
		case 9: execv("script", argv + 3); break;
		case 10: execv("plain/x", argv); break;
		case 11: execv("empty", argv); break;
		}
		say(what, -1);
		fflush(stdout);
		_exit(99);
	}
	wait(&status);
	show_status(what, status);
}

static void executing(void)
{
	static const char *const names[] = {
		"execve",         "execv",   "execvp",       "execl",
		"execlp",         "execvpe", "missing",      "folder",
		"not executable", "script",  "below a file", "empty"
	};
	FILE *f = fopen("plain", "w");

	fclose(f);
	close(open("empty", O_CREAT | O_WRONLY, 0755));
	f = fopen("script", "w");
	fputs("#!/bin/sh -e\necho script $# $1 $2\nexit 4\n", f);
	fclose(f);
	chmod("script", 0755);
	setenv("COLOUR", "red", 1);
	for (int i = 0; i < 12; i++)
		run(names[i], i);
	remove("plain");
	remove("script");
	remove("empty");
}

static void stopping(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	kill(pid, SIGSTOP);
	CALL(waitpid(pid, &status, WUNTRACED) == pid);
	printf("stopped %d %d\n", WIFSTOPPED(status),
	       WSTOPSIG(status) == SIGSTOP);
	kill(pid, SIGCONT);
	CALL(waitpid(pid, &status, WCONTINUED) == pid);
	printf("continued %d\n", WIFCONTINUED(status));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	show_status("killed", status);
}

static void waiting(void)
{
	siginfo_t info;
	int status;
	struct rusage usage;
	pid_t pid = fork(), other;

	if (pid == 0) {
		usleep(50000);
		_exit(5);
	}
	CALL(waitpid(pid, &status, WNOHANG));
	CALL(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	printf("waitid: code %d, status %d, signo %d, pid %d\n", info.si_code,
	       info.si_status, info.si_signo == SIGCHLD, info.si_pid == pid);
	CALL(wait4(pid, &status, 0, &usage) == pid);
	show_status("wait4", status);
	CALL(waitid(P_PID, pid, &info, WEXITED));
	stopping();
	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (pid == 0)
		_exit(1);
	CALL(wait(&status));
	signal(SIGCHLD, SIG_DFL);
	other = vfork();
	if (other == 0)
		_exit(6);
	CALL(waitpid(other, &status, 0) == other);
	show_status("vfork", status);
}

static void groups(void)
{
	int status, p[2];
	char c;
	pid_t pids[3];

	pipe(p);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			setpgid(0, i ? pids[0] : 0);
			write(p[1], "x", 1);
			for (;;)
				pause();
		}
		read(p[0], &c, 1);
	}
	CALL(getpgid(pids[1]) == pids[0]);
	CALL(getpgid(pids[2]) == getpgrp());
	CALL(setpgid(pids[0], 99999));
	CALL(setpgid(1, 1) == -1);
	CALL(kill(-pids[0], SIGTERM));
	for (int i = 0; i < 3; i++) {
		CALL(waitpid(-pids[0], &status, 0) > 0);
		show_status("member", status);
	}
	CALL(waitpid(-pids[0], &status, 0));
	fflush(stdout);
	if (fork() == 0) {
		CALL(setsid() == getpid());
		CALL(getsid(0) == getpid());
		CALL(getpgrp() == getpid());
		CALL(setsid());
		CALL(setpgid(0, 0));
		CALL(open("/dev/tty", O_RDWR));
		exit(0);
	}
	wait(&status);
	show_status("session", status);
}

static void inherited(void)
{
	int status, fd = open("inherited", O_RDWR | O_CREAT, 0600);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	umask(077);
	nice(3);
	fflush(stdout);
	if (fork() == 0) {
		write(fd, "child", 5);
		sigpending(&set);
		printf("pending in the child: %d\n",
		       sigismember(&set, SIGUSR1));
		sigprocmask(SIG_BLOCK, NULL, &set);
		printf("blocked in the child: %d, umask %o, nice %d\n",
		       sigismember(&set, SIGUSR1), umask(0),
		       getpriority(PRIO_PROCESS, 0));
		exit(0);
	}
	wait(&status);
	CALL(lseek(fd, 0, SEEK_CUR));
	remove("inherited");
	close(fd);
}

static void spawning(void)
{
	char *argv[] = { "sh", "-c", "echo spawned; exit 8", NULL };
	posix_spawn_file_actions_t actions;
	char text[100] = "";
	int p[2], status;
	pid_t pid;

	pipe(p);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, p[1], 1);
	posix_spawn_file_actions_addclose(&actions, p[0]);
	CALL(posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, environ));
	close(p[1]);
	read(p[0], text, 99);
	printf("%s", text);
	waitpid(pid, &status, 0);
	show_status("spawn", status);
	printf("missing: %s\n",
	       strerrorname_np(posix_spawn(&pid, "missing", NULL, NULL, argv,
					   environ)));
}

static void at_end(void)
{
	puts("atexit runs");
}

int main(void)
{
	forking();
	fflush(stdout);
	printf("tree of %d\n", tree(5));
	executing();
	waiting();
	groups();
	inherited();
	spawning();
	atexit(at_end);
	exit(300);
}
