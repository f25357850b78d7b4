/*
 * Simple commands. A builtin or function is run in the shell itself, and its
 * redirections are undone afterwards. A program is run in a child, by fork()
 * and exec().
 */
#include "sh.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS_MAX 1000		/* nesting of functions */

int substitution_status;	/* of the last $(command); -1: none */
int function_depth;
const char *search_path;

static void trace_words(char **words)
{
	for (; *words; words++)
		fprintf(stderr, "%s%s", *words, words[1] ? " " : "");
}

/*
 * The scope of the assignments before a command. The program that exec starts
 * gets them as well.
 */
enum scope { KEPT, FOR_EXEC, ONE_COMMAND };

/*
 * Expands and makes assignments, one after the other. For one command they are
 * exported; local_restore() undoes them.
 */
static char **assign_all(const struct word *w, enum scope scope)
{
	const struct word *p;
	int n = 0;
	char **list;

	for (p = w; p; p = p->next)
		n++;
	list = arena_alloc((n + 1) * sizeof(char *));
	for (n = 0; w; w = w->next) {
		size_t length = strcspn(w->text, "=");
		char *name = arena_strndup(w->text, length),
		     *value = expand_assignment(w->text + length + 1);
		struct text t = { 0 };

		if (scope == ONE_COMMAND && !is_readonly(name))
			local_save(name);
		set_var(name, value);
		if (scope != KEPT)
			mark_var(name, V_EXPORT);
		text_puts(&t, name);
		text_put(&t, '=');
		text_puts(&t, value);
		list[n++] = t.s;
	}
	return list;
}

/* Shows what is about to be run, for set -x. */
static void trace(char **assignments, char **argv)
{
	if (!option['x'])
		return;
	fflush(stdout);
	fputs(get_var("PS4") ? expand_here(get_var("PS4")) : "", stderr);
	trace_words(assignments);
	if (*assignments && *argv)
		fputs(" ", stderr);
	trace_words(argv);
	fputs("\n", stderr);
}

/* Returns the path of a program, or NULL. */
char *find_program(const char *name)
{
	const char *path = search_path ? search_path : get_var("PATH");
	struct stat st;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? arena_strdup(name) : NULL;
	for (; path && *path;
	     path += strcspn(path, ":") + (path[strcspn(path, ":")] == ':')) {
		struct text t = { 0 };
		size_t n = strcspn(path, ":");

		text_putn(&t, path, n);
		text_puts(&t, n ? "/" : "");
		text_puts(&t, name);
		if (stat(t.s, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(t.s, X_OK) == 0)
			return t.s;
	}
	return NULL;
}

static int means_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG ||
	       error == ELOOP;
}

/*
 * Becomes the program. If that fails, prints why and returns 127 (not found) or
 * 126.
 */
int try_program(char **argv)
{
	char *path = strchr(argv[0], '/') ? NULL : find_program(argv[0]);
	int missing;

	environ = make_environment();
	fflush(stdout);
	execvp(path ? path : argv[0], argv);
	missing = means_missing(errno) || !*argv[0];
	complain("%s: %s", argv[0],
		 missing && !strchr(argv[0], '/') ? "not found"
						  : strerror(errno));
	return missing ? 127 : 126;
}

void exec_program(char **argv)
{
	_exit(try_program(argv));
}

static void become_program(struct node *n, char **argv)
{
	if (redirect(n->redirects, 1) < 0)
		_exit(2);
	exec_program(argv);
}

/*
 * Runs a program in a child, or in this process if it is a child with nothing
 * else to do.
 */
static int run_program(struct node *n, char **argv)
{
	struct job *j;

	if (in_subshell == 2)	/* this process has nothing else to do */
		become_program(n, argv);
	j = new_job(1, n->text);
	if (start_process(j, 0) == 0)
		become_program(n, argv);
	return wait_job(j);
}

/* Runs a function's body with its own parameters, local variables and loops. */
static int call_function(struct node *body, char **argv)
{
	char **outer = positional, *name = positional[0];
	int loops = loop_depth, status;
	void *mark = local_mark();

	if (function_depth >= CALLS_MAX)
		fail("functions nested too deeply");
	function_depth++;
	loop_depth = 0;
	argv[0] = name;
	positional = argv;
	if (in_subshell)
		in_subshell = 1;
	status = run_node(body);
	positional = outer;
	local_restore(mark);
	if (jumping == J_RETURN)
		jumping = J_NONE;
	loop_depth = loops;
	function_depth--;
	return status;
}

/*
 * Writes what a builtin has printed, before its redirections end. Returns 1 if
 * it could be written.
 */
static int flush_output(const char *name)
{
	if (fflush(stdout) == 0)
		return 1;
	fprintf(stderr, "sh: %s: %s\n", name, strerror(ferror(stdout)));
	clearerr(stdout);
	return 0;
}

/* Runs a builtin, or without one a function. Returns its status. */
static int call_inside(int argc, char **argv, builtin_t builtin, int special)
{
	if (!builtin)
		return call_function(get_function(argv[0]), argv);
	if (special)
		return builtin(argc, argv);
	return run_forgiving(builtin, argc, argv);
}

/*
 * Runs a builtin or function in the shell itself. For a special builtin a
 * failed redirection is fatal.
 */
static int run_inside(struct node *n, int argc, char **argv, builtin_t builtin,
		      int special)
{
	struct saved *mark = redirect_mark();
	int status = 2;

	if (in_subshell)
		in_subshell = 1;
	if (redirect(n->redirects, builtin == do_exec) == 0)
		status = call_inside(argc, argv, builtin, special);
	else if (special && !interactive)
		exit_shell(2);
	if (!flush_output(argv[0]))
		status = 1;
	restore(mark);
	return status;
}

/* Carries out assignments and redirections without a command. */
static int run_empty(struct node *n)
{
	struct saved *mark = redirect_mark();
	int failed = redirect(n->redirects, 0) < 0;

	restore(mark);
	trace(assign_all(n->assignments, KEPT), (char *[]){ NULL });
	if (failed)
		return 2;
	return substitution_status >= 0 ? substitution_status : 0;
}

/*
 * Expands the words, finds out what the first one names, makes the assignments,
 * and runs it.
 */
int run_simple(struct node *n)
{
	void *mark = local_mark();
	builtin_t builtin;
	int argc, special = 0, status;
	enum scope scope = ONE_COMMAND;
	char **argv;

	substitution_status = -1;
	argv = expand_words(n->words, 1, &argc);
	if (argc == 0)
		return run_empty(n);
	builtin = find_builtin(argv[0], &special);
	if (!special && get_function(argv[0]))
		builtin = NULL;
	if (special)
		scope = builtin == do_exec && argc > 1 ? FOR_EXEC : KEPT;
	trace(assign_all(n->assignments, scope), argv);
	if (builtin || get_function(argv[0]))
		status = run_inside(n, argc, argv, builtin, special);
	else
		status = run_program(n, argv);
	if (n->assignments && !special)
		local_restore(mark);
	return status;
}

/* Runs the command of `command name...`: no function, and no error is fatal. */
int run_call(int argc, char **argv, int functions_too)
{
	struct node *function = functions_too ? get_function(argv[0]) : NULL;
	int special;
	builtin_t builtin = find_builtin(argv[0], &special);
	struct job *j;

	if (function)
		return call_function(function, argv);
	if (builtin) {
		search_path = NULL;
		return builtin(argc, argv);
	}
	j = new_job(1, option['m'] ? argv[0] : NULL);
	if (start_process(j, 0) == 0)
		exec_program(argv);
	return wait_job(j);
}

/*
 * Returns the output of $(command), without NUL characters and the newlines at
 * its end. Its status becomes that of a command that is only an assignment.
 */
char *command_output(struct node *n, const char *text)
{
	struct text t = { 0 };
	char chunk[512];
	struct job *j;
	int fds[2], control = job_control;
	ssize_t length;

	if (pipe(fds) < 0)
		fail("pipe: %s", strerror(errno));
	job_control = 0;	/* stays in the shell's process group */
	j = new_job(1, NULL);
	if (start_process(j, 0) == 0) {
		close(fds[0]);
		if (fds[1] != 1) {
			dup2(fds[1], 1);
			close(fds[1]);
		}
		if (text)
			exit_shell(run_string(text));
		run_and_exit(n);
	}
	close(fds[1]);
	while ((length = read(fds[0], chunk, sizeof(chunk))) > 0 ||
	       (length < 0 && errno == EINTR && !interrupted))
		for (ssize_t i = 0; i < length; i++)
			if (chunk[i])
				text_put(&t, chunk[i]);
	close(fds[0]);
	substitution_status = wait_job(j);
	job_control = control;
	while (t.length > 0 && t.s[t.length - 1] == '\n')
		t.length--;
	return text_end(&t);
}
