/* Commands that must run in the shell itself, because they change it, and a few that are there for speed. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int complain(const char *what, const char *name)
{
	fprintf(stderr, "sh: %s: %s: %s\n", what, name, strerror(errno));
	return 1;
}

static int do_cd(int argc, char **argv)
{
	const char *to = argc > 1 ? argv[1] : get_var("HOME");
	char cwd[512];

	if (!to)
		to = "/";
	if (strcmp(to, "-") == 0 && get_var("OLDPWD"))
		puts(to = get_var("OLDPWD"));
	if (!getcwd(cwd, sizeof(cwd)))
		cwd[0] = '\0';
	if (chdir(to) < 0)
		return complain("cd", to);
	set_var("OLDPWD", cwd);
	if (getcwd(cwd, sizeof(cwd)))
		set_var("PWD", cwd);
	return 0;
}

static int do_pwd(int argc, char **argv)
{
	char cwd[4096];

	(void)argc;
	(void)argv;
	if (!getcwd(cwd, sizeof(cwd)))
		return complain("pwd", ".");
	puts(cwd);
	return 0;
}

static int do_exit_shell(int argc, char **argv)
{
	int status = argc > 1 ? atoi(argv[1]) : last_status;

	fflush(stdout);
	if (in_subshell)
		_exit(status);
	exit(status);
}

static int do_export(int argc, char **argv)
{
	if (argc == 1)
		show_vars(1);
	for (int i = 1; i < argc; i++) {
		if (is_assignment(argv[i]))
			assign(argv[i]);
		export_var(arena_strndup(argv[i], strcspn(argv[i], "=")));
	}
	return 0;
}

static int do_unset(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		unset_var(argv[i]);
	return 0;
}

/* set: show the variables; set -e, +x: options; set -- a b: the positional parameters. */
static int do_set(int argc, char **argv)
{
	int i = 1;

	if (argc == 1)
		show_vars(0);
	for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			goto parameters;
		}
		if (strchr(argv[i], 'e'))
			option_errexit = argv[i][0] == '-';
		if (strchr(argv[i], 'x'))
			option_xtrace = argv[i][0] == '-';
	}
	if (i == argc)
		return 0;
parameters:
	{
		char **new = calloc(argc - i + 2, sizeof(char *));

		new[0] = positional[0];
		for (int n = 1; i < argc; i++, n++)
			new[n] = strdup(argv[i]);
		positional = new;
	}
	return 0;
}

static int do_shift(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	char *name = positional[0];

	for (; n > 0; n--) {
		if (!positional[1])
			return 1;
		positional++;
		positional[0] = name;
	}
	return 0;
}

/* read name...: one line from standard input, a byte at a time so that the rest stays for others. */
static int do_read(int argc, char **argv)
{
	int i = 1, raw = argc > 1 && strcmp(argv[1], "-r") == 0;
	struct text t = { 0 };
	char c = 0, *s;

	i += raw;
	text_puts(&t, " ");
	t.length = 0;
	while (read(0, &c, 1) == 1 && c != '\n') {
		if (c == '\\' && !raw && read(0, &c, 1) == 1 && c == '\n')
			continue;
		text_put(&t, c);
	}
	t.s[t.length] = '\0';
	s = t.s;
	for (; i < argc; i++) {
		size_t n;

		s += strspn(s, " \t");
		n = i + 1 < argc ? strcspn(s, " \t") : strlen(s);
		while (i + 1 == argc && n > 0 && isblank(s[n - 1]))
			n--;
		set_var(argv[i], arena_strndup(s, n));
		s += n;
	}
	return c != '\n';
}

static int do_eval(int argc, char **argv)
{
	struct text t = { 0 };

	for (int i = 1; i < argc; i++) {
		text_puts(&t, argv[i]);
		text_put(&t, ' ');
	}
	return t.s ? run_string(t.s) : 0;
}

static int do_source(int argc, char **argv)
{
	if (argc < 2) {
		fputs("sh: .: file name wanted\n", stderr);
		return 2;
	}
	return run_file(argv[1]);
}

static int do_exec(int argc, char **argv)
{
	if (argc < 2)
		return 0;
	fflush(stdout);
	execvp(argv[1], argv + 1);
	complain("exec", argv[1]);
	if (!interactive)
		exit(errno == ENOENT ? 127 : 126);
	return 126;
}

static int do_wait_children(int argc, char **argv)
{
	int status = 0;

	if (argc == 1) {
		while (waitpid(-1, NULL, 0) > 0)
			;
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		if (waitpid(atoi(argv[i]), &status, 0) < 0)
			return 127;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int jump(enum jump kind, int argc, char **argv)
{
	jumping = kind;
	jump_levels = argc > 1 ? atoi(argv[1]) : 1;
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
	jumping = J_RETURN;
	return argc > 1 ? atoi(argv[1]) : last_status;
}

static int do_umask(int argc, char **argv)
{
	mode_t mask;

	if (argc > 1) {
		umask(strtoul(argv[1], NULL, 8));
		return 0;
	}
	mask = umask(0);
	umask(mask);
	printf("%04o\n", mask);
	return 0;
}

static int do_colon(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static int do_false(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

static int do_type(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (get_function(argv[i]))
			printf("%s is a function\n", argv[i]);
		else if (find_builtin(argv[i]))
			printf("%s is a shell builtin\n", argv[i]);
		else
			status = 1;
	}
	return status;
}

static int do_help(int argc, char **argv);

static const struct {
	const char *name;
	builtin_t run;
} builtins[] = {
	{ ".", do_source }, { ":", do_colon }, { "break", do_break }, { "cd", do_cd }, { "continue", do_continue }, { "eval", do_eval },
	{ "exec", do_exec }, { "exit", do_exit_shell }, { "export", do_export }, { "false", do_false }, { "help", do_help },
	{ "pwd", do_pwd }, { "read", do_read }, { "return", do_return }, { "set", do_set }, { "shift", do_shift }, { "true", do_colon },
	{ "type", do_type }, { "umask", do_umask }, { "unset", do_unset }, { "wait", do_wait_children },
};

static int do_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs("builtins:", stdout);
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		printf(" %s", builtins[i].name);
	puts("\nprograms: ls /bin");
	return 0;
}

builtin_t find_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].run;
	return NULL;
}
