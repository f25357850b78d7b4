/* The builtins: their table, and those that decide what is run next. */
#include "sh.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <test_expression.h>
#include <unistd.h>

/* Returns a count given as an argument. Anything else is fatal. */
static int count_argument(int argc, char **argv, int otherwise)
{
	if (argc < 2)
		return otherwise;
	if (!argv[1][0] || argv[1][strspn(argv[1], "0123456789")])
		fail("%s: %s: not a number", argv[0], argv[1]);
	return atoi(argv[1]);
}

static int do_exit_shell(int argc, char **argv)
{
	if (exiting < 0 && stay_for_jobs())
		return 1;
	exit_shell(count_argument(argc, argv,
				  exiting >= 0 ? exiting : last_status));
}

/* Runs eval word...: the words together are one input. */
static int do_eval(int argc, char **argv)
{
	struct text t = { 0 };

	for (int i = 1; i < argc; i++) {
		text_puts(&t, argv[i]);
		text_put(&t, i + 1 < argc ? ' ' : '\n');
	}
	return run_string(text_end(&t));
}

/* Runs . file. The file is sought along PATH, unless it has a slash. */
static int do_source(int argc, char **argv)
{
	const char *path;
	char *file = NULL;
	int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

	if (i >= argc)
		return complain(".: file name wanted");
	if (strchr(argv[i], '/'))
		file = argv[i];
	for (path = get_var("PATH"); !file && path && *path;
	     path += strcspn(path, ":") + (path[strcspn(path, ":")] == ':')) {
		struct text t = { 0 };
		size_t n = strcspn(path, ":");

		text_putn(&t, path, n);
		text_puts(&t, n ? "/" : "");
		text_puts(&t, argv[i]);
		if (access(t.s, R_OK) == 0)
			file = t.s;
	}
	if (!file || access(file, R_OK) < 0)
		fail("%s: not found", argv[i]);
	return run_file(file);
}

/*
 * Runs exec program.... Without a program its redirections stay (see
 * command.c).
 */
int do_exec(int argc, char **argv)
{
	int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

	if (i >= argc)
		return 0;
	default_signals();
	last_status = try_program(argv + i);
	if (!interactive)
		exit_shell(last_status);
	interactive_signals();
	return last_status;
}

/* Runs break and continue. Outside of loops they do nothing. */
static int jump(enum jump kind, int argc, char **argv)
{
	int levels = count_argument(argc, argv, 1);

	if (levels < 1)
		fail("%s: %s: out of range", argv[0], argv[1]);
	if (loop_depth == 0)
		return 0;
	jumping = kind;
	jump_levels = levels < loop_depth ? levels : loop_depth;
	return 0;
}

static int do_break(int argc, char **argv)
{
	return jump(J_BREAK, argc, argv);
}

static int do_continue(int argc, char **argv)
{
	return jump(J_CONTINUE, argc, argv);
}

static int do_return(int argc, char **argv)
{
	int status = count_argument(argc, argv, last_status);

	jumping = J_RETURN;
	return status;
}

static int do_colon(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/*
 * Runs hash. It has nothing to do, because the shell does not remember where
 * programs are.
 */
static int do_hash(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-' && !find_program(argv[i]))
			status = complain("hash: %s: not found", argv[i]);
	return status != 0;
}

static int do_false(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

/* Prints what a name means to the shell; terse is the form of `command -v`. */
static int describe(const char *name, int terse)
{
	int special;
	char *path;

	if (is_reserved(name)) {
		printf(terse ? "%s\n" : "%s is a shell keyword\n", name);
	} else if (get_alias(name)) {
		if (terse) {
			fputs("alias ", stdout);
			do_alias(2, (char *[]){ "alias", (char *)name, NULL });
		} else {
			printf("%s is an alias for %s\n", name,
			       get_alias(name));
		}
	} else if (get_function(name)) {
		printf(terse ? "%s\n" : "%s is a shell function\n", name);
	} else if (find_builtin(name, &special)) {
		if (terse)
			puts(name);
		else
			printf("%s is a %sshell builtin\n", name,
			       special ? "special " : "");
	} else if ((path = find_program(name))) {
		if (terse)
			puts(path);
		else
			printf("%s is %s\n", name, path);
	} else {
		if (!terse)
			printf("%s: not found\n", name);
		return 127;
	}
	return 0;
}

static int do_type(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		status |= describe(argv[i], 0);
	return status;
}

/* Runs command [-p] [-v | -V] name [argument...]. */
static int do_command(int argc, char **argv)
{
	int i = 1, what = 0, status;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strspn(argv[i] + 1, "pvV") != strlen(argv[i] + 1))
			return complain("command: %s: no such option", argv[i]);
		if (strchr(argv[i], 'p'))
			search_path = DEFAULT_PATH;
		if (strchr(argv[i], 'v'))
			what = 'v';
		else if (strchr(argv[i], 'V'))
			what = 'V';
	}
	if (i >= argc)
		status = 0;
	else if (what)
		status = describe(argv[i], what == 'v');
	else
		status = run_call(argc - i, argv + i, 0);
	search_path = NULL;
	return status;
}

static int do_help(int argc, char **argv);

static const struct {
	const char *name;
	builtin_t run;
	int special;
} builtins[] = {
	{ ".", do_source, 1 },
	{ ":", do_colon, 1 },
	{ "break", do_break, 1 },
	{ "continue", do_continue, 1 },
	{ "eval", do_eval, 1 },
	{ "exec", do_exec, 1 },
	{ "exit", do_exit_shell, 1 },
	{ "export", do_export, 1 },
	{ "readonly", do_readonly, 1 },
	{ "return", do_return, 1 },
	{ "set", do_set, 1 },
	{ "shift", do_shift, 1 },
	{ "times", do_times, 1 },
	{ "trap", do_trap, 1 },
	{ "unset", do_unset, 1 },
	{ "[", test_expression, 0 },
	{ "alias", do_alias, 0 },
	{ "bg", do_bg, 0 },
	{ "cd", do_cd, 0 },
	{ "command", do_command, 0 },
	{ "echo", do_echo, 0 },
	{ "false", do_false, 0 },
	{ "fg", do_fg, 0 },
	{ "getopts", do_getopts, 0 },
	{ "hash", do_hash, 0 },
	{ "help", do_help, 0 },
	{ "history", do_history, 0 },
	{ "jobs", do_jobs, 0 },
	{ "kill", do_kill, 0 },
	{ "local", do_local, 0 },
	{ "printf", do_printf, 0 },
	{ "pwd", do_pwd, 0 },
	{ "read", do_read, 0 },
	{ "test", test_expression, 0 },
	{ "true", do_colon, 0 },
	{ "type", do_type, 0 },
	{ "umask", do_umask, 0 },
	{ "ulimit", do_ulimit, 0 },
	{ "unalias", do_unalias, 0 },
	{ "wait", do_wait, 0 },
};
#define BUILTINS (int)(sizeof(builtins) / sizeof(builtins[0]))

/* Runs help: lists the builtins. */
static int do_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs("builtins:", stdout);
	for (int i = 0; i < BUILTINS; i++)
		printf(" %s", builtins[i].name);
	puts("\nprograms: ls /bin; what they do: man intro");
	return 0;
}

const char *builtin_name(int i)
{
	return i < BUILTINS ? builtins[i].name : NULL;
}

/*
 * Returns the function of a builtin, or NULL if there is none. Sets *special
 * for POSIX's special builtins.
 */
builtin_t find_builtin(const char *name, int *special)
{
	*special = 0;
	for (int i = 0; i < BUILTINS; i++)
		if (strcmp(builtins[i].name, name) == 0) {
			*special = builtins[i].special;
			return builtins[i].run;
		}
	return NULL;
}
