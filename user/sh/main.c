/*
 * sh: the shell. sh [-ex] [-c command [name [arg...]] | file [arg...]]; without either it reads commands from standard input,
 * with prompts if that is a terminal.
 */
#include "sh.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_ROOM 512

static void prompt(const char *variable, const char *otherwise)
{
	const char *text = get_var(variable);

	if (!interactive)
		return;
	fflush(stdout);
	fputs(text ? text : otherwise, stderr);
}

/* One line from standard input, a byte at a time: what follows belongs to the commands. NULL at the end. */
static char *read_line(void)
{
	struct text t = { 0 };
	char c;
	ssize_t n;

	while ((n = read(0, &c, 1)) != 0) {
		if (n < 0 && errno == EINTR)
			return arena_strndup("\n", 1);
		if (n < 0)
			break;
		text_put(&t, c);
		if (c == '\n')
			break;
	}
	return t.s;
}

/* parse_line() needs the rest of an unfinished command. */
static char *continue_line(void *context)
{
	(void)context;
	prompt("PS2", "> ");
	return read_line();
}

/* Read and run commands until the end of the input. Interactive shells survive errors. */
static int run_input(void)
{
	for (;;) {
		void *mark = arena_mark();
		struct lexer l;
		struct node *n;
		char *line;
		int error;

		report_jobs();
		prompt("PS1", "# ");
		line = read_line();
		if (!line)
			return last_status;
		lex_init(&l, line, continue_line, NULL);
		n = parse_line(&l, &error);
		if (error)
			last_status = 2;
		else if (n)
			run_node(n);
		if (error && !interactive)
			return last_status;
		jumping = J_NONE;
		arena_release(mark);
	}
}

static void on_interrupt(int sig)
{
	(void)sig;
}

/* An interactive shell outlives ^C, ^\ and ^Z; the interrupted read gives a new prompt. */
static void become_interactive(void)
{
	struct sigaction action = { .sa_handler = on_interrupt };

	interactive = 1;
	sigaction(SIGINT, &action, NULL);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
}

int main(int argc, char **argv)
{
	const char *command = NULL;
	int option, status;

	shell_pid = getpid();
	import_environment();
	if (!get_var("PATH"))
		set_var("PATH", "/bin:/sbin");
	while ((option = getopt(argc, argv, "ec:xi")) != -1) {
		if (option == 'c')
			command = optarg;
		else if (option == 'e')
			option_errexit = 1;
		else if (option == 'x')
			option_xtrace = 1;
		else if (option == '?')
			return 2;
	}
	argv += optind;
	positional = argv[0] ? argv : (char *[]){ "sh", NULL };
	if (command)
		status = run_string(command);
	else if (argv[0])
		status = run_file(argv[0]);
	else {
		if (isatty(0))
			become_interactive();
		status = run_input();
	}
	fflush(stdout);
	return status;
}
