/*
 * sh [-options] [-c command [name [arg...]] | file [arg...] | -s [arg...]]
 * The shell. Without command and file it reads commands from standard input,
 * and prompts if that is a terminal.
 */
#include "sh.h"
#include <errno.h>
#include <help.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static jmp_buf prompt_again, *after_error;
static char **outer_positional;
static int expanding_prompt, has_prompt;
int exiting = -1;

static void say(const char *format, va_list ap)
{
	fflush(stdout);
	fputs("sh: ", stderr);
	vfprintf(stderr, format, ap);
	fputs("\n", stderr);
}

/* Prints what is wrong. Returns the status of an error, 2. */
int complain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	return 2;
}

/*
 * Runs a builtin that is not special: an error ends it, but not the shell. The
 * command that `command` runs is treated as a part of it.
 */
int run_forgiving(int (*builtin)(int argc, char **argv), int argc, char **argv)
{
	jmp_buf here, *outer = after_error;
	struct saved *redirected = redirect_mark();
	void *locals = local_mark();
	char **parameters = positional;
	int functions = function_depth, loops = loop_depth,
	    conditions = condition_depth;
	int status;

	after_error = &here;
	if (setjmp(here) == 0) {
		status = builtin(argc, argv);
	} else {
		status = last_status;
		restore(redirected);
		local_restore(locals);
		positional = function_depth > functions ? parameters
							: positional;
		function_depth = functions;
		loop_depth = loops;
		condition_depth = conditions;
	}
	after_error = outer;
	return status;
}

/*
 * Called in a child: an error ends it, and does not return to the shell's
 * builtin.
 */
void forget_forgiving(void)
{
	after_error = NULL;
}

/*
 * Gives up the command. An interactive shell goes on with the next one, and
 * run_forgiving() with what stands behind it.
 */
void back_to_prompt(void)
{
	if (after_error && !interrupted)
		longjmp(*after_error, 1);
	if (interactive && has_prompt)
		longjmp(prompt_again, 1);
	exit_shell(last_status);
}

/*
 * Prints what is wrong and gives up the command, or the shell if it is not
 * interactive.
 */
void fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	last_status = 2;
	back_to_prompt();
}

/* Ends the shell or a subshell. The trap on EXIT is run first. */
void exit_shell(int status)
{
	char *action = take_exit_trap();

	after_error = NULL;
	exiting = status;
	if (action) {
		last_status = status;
		jumping = J_NONE;
		run_string(action);
	}
	if (interactive)
		hangup_jobs();
	fflush(stdout);
	_exit(status & 255);
}

/*
 * Reads a line from standard input, a byte at a time: what follows belongs to
 * the commands. Returns NULL at the end.
 */
static char *read_line(void)
{
	struct text t = { 0 };
	char c;
	ssize_t n;

	while ((n = read(0, &c, 1)) != 0) {
		if (n < 0 && errno == EINTR && !interrupted)
			continue;
		if (n < 0)
			break;
		text_put(&t, c);
		if (c == '\n')
			break;
	}
	if (option['v'] && t.s)
		fputs(t.s, stderr);
	return t.s;
}

/* Returns a line, either typed at a prompt or read from a file. */
static char *prompted_line(const char *variable)
{
	const char *prompt = get_var(variable);
	char *line;

	if (!interactive)
		return read_line();
	fflush(stdout);
	expanding_prompt = 1;
	prompt = prompt ? expand_here(prompt) : "";
	expanding_prompt = 0;
	if (isatty(0) && isatty(2))
		line = edit_line(prompt);
	else {
		fputs(prompt, stderr);
		line = read_line();
	}
	return line;
}

/* Called by parse_line() for the rest of an unfinished command. */
static char *continue_line(void *context)
{
	char *line = prompted_line("PS2");

	(void)context;
	if (interrupted)
		back_to_prompt();
	return line;
}

/* Reads and runs a command. Returns 0 at the end of the input. */
static int run_input_line(void)
{
	struct lexer l;
	struct node *n;
	char *line;
	int error;

	report_jobs();
	line = prompted_line("PS1");
	if (interrupted)
		return 1;
	if (!line && interactive && option['I']) {
		fputs("Use \"exit\" to leave the shell.\n", stderr);
		return 1;
	}
	if (!line)
		return stay_for_jobs();
	exit_warned -= exit_warned > 0;
	lex_init(&l, line, continue_line, NULL);
	n = parse_line(&l, &error);
	if (error)
		last_status = 2;
	else if (n)
		run_node(n);
	return !error || interactive;
}

/*
 * Reads and runs commands until the end of the input. Interactive shells
 * survive errors and ^C.
 */
static int run_input(void)
{
	static void *mark;
	int more;

	mark = arena_mark();
	has_prompt = 1;
	outer_positional = positional;
	do {
		if (setjmp(prompt_again)) {
			positional = function_depth ? outer_positional
						    : positional;
			function_depth = loop_depth = condition_depth = 0;
			local_restore(NULL);
			restore(NULL);
			if (expanding_prompt)	/* it would fail for ever */
				set_var("PS1", "# ");
			expanding_prompt = 0;
		}
		if (interrupted)
			last_status = 130;
		if (interrupted == INTERRUPTED)
			fputs("\n", stderr);
		interrupted = 0;
		jumping = J_NONE;
		arena_release(mark);
		if (!function_depth)
			outer_positional = positional;
		more = run_input_line();
	} while (more);
	if (interactive)
		fputs("\n", stderr);
	return last_status;
}

/* Imports the environment's variables, and sets those of the shell. */
static void set_defaults(void)
{
	char number[16], cwd[512];

	import_environment();
	if (!get_var("PATH"))
		set_var("PATH", DEFAULT_PATH);
	set_var("IFS", " \t\n");
	set_var("OPTIND", "1");
	if (!get_var("PS1"))
		set_var("PS1", getuid() ? "$PWD $ " : "$PWD # ");
	set_var("PS2", "> ");
	set_var("PS4", "+ ");
	snprintf(number, sizeof(number), "%d", getppid());
	set_var("PPID", number);
	if (getcwd(cwd, sizeof(cwd)))
		set_var("PWD", cwd);
}

/*
 * Parses the options. *command becomes the index of the -c string. Returns the
 * index of the first argument.
 */
static int read_options(int argc, char **argv, int *command)
{
	int i = 1;

	for (;
	     i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1];
	     i++) {
		int on = argv[i][0] == '-';

		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		for (char *s = argv[i] + 1; *s; s++) {
			if (*s == 'c')
				*command = 1;
			else if (*s == 'o' && i + 1 < argc &&
				 set_option_named(argv[++i], on) == 0)
				break;
			else if (*s == 'm')
				option['m'] = on;
			else if (*s != 'l' && set_option(*s, on) < 0)
				exit(complain("-%c: no such option", *s));
		}
	}
	return i;
}

/*
 * Parses the options, then reads commands from a string, a file or standard
 * input.
 */
int main(int argc, char **argv)
{
	int command = 0, first, status;

	answer_help(argv);
	shell_pid = getpid();
	set_defaults();
	first = read_options(argc, argv, &command);
	if (command && first >= argc)
		return complain("-c: a command is wanted");
	positional = argv + first;
	if (command && argv[first + 1])
		positional++;
	else if (command || !argv[first] || option['s']) {
		positional = keep_alloc((argc + 2) * sizeof(char *));
		positional[0] = argv[0];
		for (int i = 0; option['s'] && first + i < argc; i++)
			positional[i + 1] = argv[first + i];
	}
	if (option['i'] || (!command && (option['s'] || !argv[first]) &&
			    isatty(0) && isatty(2)))
		interactive_signals();
	if (option['m'] || interactive)
		set_option('m', !command && (interactive || option['m']));
	if (command)
		status = run_string(argv[first]);
	else if (argv[first] && !option['s'])
		status = run_file(argv[first]);
	else
		status = run_input();
	exit_shell(status);
}
