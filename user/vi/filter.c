/*
 * Runs shell commands: on the terminal, or with lines as their input and their
 * output as lines.
 */
#include "vi.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The last command, for a ! in the next one. */
static char last_command[512];

/* Replaces each ! without a backslash by the last command. */
static const char *with_last(const char *s)
{
	char text[sizeof(last_command)], *to = text;
	char *end = text + sizeof(text) - 1;

	for (; *s && to < end; s++)
		if (*s == '\\' && s[1] == '!')
			*to++ = *++s;
		else if (*s == '!' && !*last_command)
			fail("No previous command");
		else if (*s == '!')
			to += snprintf(to, end - to, "%s", last_command);
		else
			*to++ = *s;
	if (to >= end)
		fail("Too long");
	*to = '\0';
	return strcpy(last_command, text);
}

/* Called in a child: becomes a shell that runs a command. */
static void become_shell(const char *s)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execv("/bin/sh", (char *[]){ "sh", "-c", (char *)s, NULL });
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status = -1;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Starts a child that writes lines into a pipe. Returns the other end. */
static int lines_as_input(int first, int last, pid_t *writer)
{
	int ends[2];

	if (pipe(ends) < 0)
		fail("No pipe");
	*writer = fork();
	if (*writer == 0) {
		close(ends[0]);
		write_lines(ends[1], first, nothing ? first - 1 : last);
		_exit(0);
	}
	close(ends[1]);
	if (*writer < 0) {
		close(ends[0]);
		fail("Cannot start a process");
	}
	return ends[0];
}

/* Starts a command. Descriptors below 0 are the terminal. Closes both. */
static pid_t start(const char *s, int in, int out)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (in >= 0)
			dup2(in, 0);
		if (out >= 0) {
			dup2(out, 1);
			dup2(out, 2);
			close(out);
		}
		if (in >= 0)
			close(in);
		become_shell(s);
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return pid;
}

/*
 * Returns what a command prints, malloc'ed. Its input is the lines, or none if
 * last is below first. Fails, with nothing changed, if it cannot be run or
 * read.
 */
static char *output_of(const char *s, int first, int last, int *size)
{
	int ends[2], in = -1, status;
	pid_t writer = 0, pid;
	char *buf;

	s = with_last(s);
	if (last >= first)
		in = lines_as_input(first, last, &writer);
	if (pipe(ends) < 0)
		fail("No pipe");
	cooked_terminal();
	pid = start(s, in, ends[1]);
	buf = pid > 0 ? read_all(ends[0], size) : NULL;
	close(ends[0]);
	status = wait_for(pid);
	wait_for(writer);
	raw_terminal();
	if (!buf)
		fail("The command's output cannot be read");
	if (status)
		message("The command ended with status %d",
			WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
			WEXITSTATUS(status));
	return buf;
}

/* Inserts what a command prints behind a row. */
void read_command_into(int row, const char *s)
{
	int size;
	char *buf = output_of(s, 0, -1, &size);

	read_text_into(row, buf, size);
	free(buf);
}

/* Replaces lines by what a command makes of them. */
void filter_lines(int first, int last, const char *s)
{
	int size;
	char *buf = output_of(s, first, last, &size);

	read_text_into(last, buf, size);
	free(buf);
	delete_lines(first, last);
	cursor.row = first < nr_lines ? first : nr_lines - 1;
	cursor.col = first_text(cursor.row);
}

static void await_enter(void)
{
	static const char press[] = "\r\n[Enter goes back]";
	int n;

	raw_terminal();
	put_string(press, sizeof(press) - 1);
	flush_output();
	do
		n = read(0, &(char){ 0 }, 1);
	while (n < 0 && !hung_up);
	forget_screen();
}

/* Runs a command on the terminal, in the modes that the shell had set. */
static void on_terminal(const char *s, int in)
{
	pid_t pid;

	put_string("\r\n", 2);
	flush_output();
	cooked_terminal();
	pid = start(s, in, -1);
	wait_for(pid);
	if (pid < 0) {
		raw_terminal();
		fail("Cannot start a process");
	}
}

/* Does :!command. */
void ex_shell(struct ex *x)
{
	on_terminal(with_last(x->argument), -1);
	await_enter();
}

/* Does :w !command. */
void write_to_command(const char *s, int first, int last)
{
	pid_t writer;
	int in;

	s = with_last(s);
	in = lines_as_input(first, last, &writer);
	on_terminal(s, in);
	wait_for(writer);
	await_enter();
}
