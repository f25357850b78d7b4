/*
 * Running the tree. A simple command is a builtin or function, run in the shell itself with its redirections undone afterwards, or a program in
 * a child: fork and exec. Pipelines and subshells fork; the last status is $?.
 */
#include "sh.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPELINE_MAX	32
#define CALLS_MAX	200		/* nesting of functions */

int last_status, shell_pid, last_background, interactive, in_subshell;
enum jump jumping;
int jump_levels;

/* The status of a finished child, as $? shows it; a deadly signal is named. */
static int child_status(int status)
{
	if (WIFSTOPPED(status))
		return 128 + WSTOPSIG(status);
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	if (WTERMSIG(status) != SIGINT && WTERMSIG(status) != SIGPIPE)
		fprintf(stderr, "%s\n", strsignal(WTERMSIG(status)));
	else if (WTERMSIG(status) == SIGINT && interactive)
		fputs("\n", stderr);
	return 128 + WTERMSIG(status);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return child_status(status);
}

/* Background children that have ended. */
void report_jobs(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (interactive)
			fprintf(stderr, "[%d] done, status %d\n", pid, child_status(status));
}

pid_t start_child(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		perror("sh: fork");
	if (pid == 0) {
		in_subshell = 1;
		interactive = 0;
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);	/* the stop signals stay ignored: nobody could continue the job */
	}
	return pid;
}

static void expand_assignments(const struct word *w, int export)
{
	for (; w; w = w->next) {
		size_t n = strcspn(w->text, "=");
		char *name = arena_strndup(w->text, n);

		set_var(name, expand_string(w->text + n + 1));
		if (export)
			export_var(name);
	}
}

static void trace(int argc, char **argv)
{
	if (!option_xtrace)
		return;
	fputs("+", stderr);
	for (int i = 0; i < argc; i++)
		fprintf(stderr, " %s", argv[i]);
	fputs("\n", stderr);
}

/* Become the program; only a failure returns. */
static void exec_program(char **argv)
{
	execvp(argv[0], argv);
	fprintf(stderr, "sh: %s: %s\n", argv[0], errno == ENOENT && !strchr(argv[0], '/') ? "not found" : strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int run_program(struct node *n, char **argv)
{
	pid_t pid = start_child();

	if (pid < 0)
		return 126;
	if (pid > 0)
		return wait_for(pid);
	if (redirect(n->redirects, NULL) < 0)
		_exit(1);
	expand_assignments(n->assignments, 1);
	exec_program(argv);
	return 127;
}

static int call_function(struct node *body, char **argv)
{
	static int depth;
	char **outer = positional;
	int status;

	if (depth >= CALLS_MAX) {
		fputs("sh: functions nested too deeply\n", stderr);
		return 2;
	}
	depth++;
	argv[0] = positional[0];
	positional = argv;
	status = run_node(body);
	positional = outer;
	if (jumping == J_RETURN)
		jumping = J_NONE;
	depth--;
	return status;
}

/* A builtin or function: in the shell itself. */
static int run_inside(struct node *n, int argc, char **argv, builtin_t builtin, struct node *function)
{
	struct saved *saved = NULL;
	int status = 1, keep = builtin && strcmp(argv[0], "exec") == 0;

	if (in_subshell == 2)
		in_subshell = 1;	/* it may run more than one program */
	if (redirect(n->redirects, keep ? NULL : &saved) == 0) {
		expand_assignments(n->assignments, 0);
		status = function ? call_function(function, argv) : builtin(argc, argv);
		if (fflush(stdout) < 0) {
			fprintf(stderr, "sh: %s: %s\n", argv[0], strerror(ferror(stdout)));
			clearerr(stdout);
			status = 1;
		}
	}
	restore(saved);
	return status;
}

static int run_simple(struct node *n)
{
	struct node *function;
	builtin_t builtin;
	int argc;
	char **argv;

	last_status = n->words ? last_status : 0;
	argv = expand_words(n->words, &argc);
	if (argc == 0) {
		struct saved *saved = NULL;
		int failed = redirect(n->redirects, &saved) < 0;

		restore(saved);
		expand_assignments(n->assignments, 0);
		return failed ? 1 : last_status;
	}
	trace(argc, argv);
	function = get_function(argv[0]);
	builtin = function ? NULL : find_builtin(argv[0]);
	if (function || builtin)
		return run_inside(n, argc, argv, builtin, function);
	if (in_subshell == 2) {		/* this process has nothing else to do */
		if (redirect(n->redirects, NULL) < 0)
			_exit(1);
		expand_assignments(n->assignments, 1);
		exec_program(argv);
	}
	return run_program(n, argv);
}

/* Run a node as the only task of a forked shell. */
static void run_and_exit(struct node *n)
{
	int status;

	if (n->kind == N_SIMPLE)
		in_subshell = 2;
	status = run_node(n);
	fflush(stdout);
	_exit(status);
}

/* left | right: both in children; the right one's status counts. Longer pipelines nest to the right. */
static int run_pipe(struct node *n)
{
	pid_t pids[PIPELINE_MAX], last = 0;
	int fds[2], in = -1, count = 0, status;

	for (;; n = n->right) {
		int more = n->kind == N_PIPE;

		if (more && pipe(fds) < 0) {
			perror("sh: pipe");
			return 1;
		}
		last = start_child();
		if (last == 0) {
			if (in >= 0) {
				dup2(in, 0);
				close(in);
			}
			if (more) {
				dup2(fds[1], 1);
				close(fds[0]);
				close(fds[1]);
			}
			run_and_exit(more ? n->left : n);
		}
		if (in >= 0)
			close(in);
		if (!more)
			break;
		if (count < PIPELINE_MAX)
			pids[count++] = last;
		close(fds[1]);
		in = fds[0];
	}
	status = last < 0 ? 126 : wait_for(last);
	while (count > 0)
		waitpid(pids[--count], NULL, 0);
	return status;
}

static int run_subshell(struct node *n)
{
	pid_t pid = start_child();

	if (pid == 0)
		run_and_exit(n);
	return pid < 0 ? 126 : wait_for(pid);
}

static int run_background(struct node *n)
{
	pid_t pid = start_child();

	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		if (null >= 0) {
			dup2(null, 0);
			close(null);
		}
		run_and_exit(n);
	}
	if (pid > 0 && interactive)
		fprintf(stderr, "[%d]\n", pid);
	last_background = pid;
	return 0;
}

/* After a loop's body: whether the loop ends. break and continue with a number reach through several loops. */
static int loop_ends(void)
{
	if (jumping == J_NONE)
		return 0;
	if (jumping == J_RETURN || jump_levels-- > 1)
		return 1;
	if (jumping == J_CONTINUE) {
		jumping = J_NONE;
		return 0;
	}
	jumping = J_NONE;
	return 1;
}

static int run_while(struct node *n)
{
	int status = 0;

	while ((run_node(n->left) == 0) == (n->kind == N_WHILE) && !jumping) {
		status = run_node(n->right);
		if (loop_ends())
			break;
	}
	return status;
}

static int run_for(struct node *n)
{
	int count, status = 0;
	char **list = n->in_list ? expand_words(n->words, &count) : positional + 1;

	for (; *list; list++) {
		set_var(n->name, *list);
		status = run_node(n->right);
		if (loop_ends())
			break;
	}
	return status;
}

static int run_case(struct node *n)
{
	const char *subject = expand_string(n->words->text);

	for (struct case_item *c = n->cases; c; c = c->next)
		for (struct word *w = c->patterns; w; w = w->next)
			if (fnmatch(expand_pattern(w->text), subject, 0) == 0)
				return c->body ? run_node(c->body) : 0;
	return 0;
}

static int run_if(struct node *n)
{
	if (run_node(n->left) == 0)
		return run_node(n->right);
	return n->other ? run_node(n->other) : 0;
}

static int run_sequence(struct node *n)
{
	int status = run_node(n->left);

	return jumping ? status : run_node(n->right);
}

static int run_compound(struct node *n)
{
	int status;

	switch (n->kind) {
	case N_PIPE: return run_pipe(n);
	case N_AND: status = run_node(n->left); return status == 0 && !jumping ? run_node(n->right) : status;
	case N_OR: status = run_node(n->left); return status != 0 && !jumping ? run_node(n->right) : status;
	case N_SEQUENCE: return run_sequence(n);
	case N_BACKGROUND: return run_background(n->left);
	case N_NOT: return !run_node(n->left);
	case N_SUBSHELL: return run_subshell(n->left);
	case N_GROUP: return run_node(n->left);
	case N_IF: return run_if(n);
	case N_WHILE:
	case N_UNTIL: return run_while(n);
	case N_FOR: return run_for(n);
	case N_CASE: return run_case(n);
	case N_FUNCTION: set_function(n->name, n->left); return 0;
	default: return run_simple(n);
	}
}

/* A status that -e lets pass because it was asked for. */
static int tested(enum node_kind kind)
{
	return kind != N_SIMPLE && kind != N_PIPE && kind != N_SUBSHELL;
}

/* Run a tree: its status, which becomes $?. */
int run_node(struct node *n)
{
	struct saved *saved = NULL;
	static int conditions;			/* inside what && || ! if while test, -e does not apply */
	int condition = n->kind == N_AND || n->kind == N_OR || n->kind == N_NOT || n->kind == N_IF || n->kind == N_WHILE ||
			n->kind == N_UNTIL;

	if (n->kind != N_SIMPLE && n->redirects && redirect(n->redirects, &saved) < 0) {
		restore(saved);
		return last_status = 1;
	}
	conditions += condition;
	last_status = run_compound(n);
	conditions -= condition;
	restore(saved);
	if (option_errexit && last_status != 0 && !conditions && !tested(n->kind)) {
		fflush(stdout);
		exit(last_status);
	}
	return last_status;
}

/* Run commands one after the other; a syntax error ends it. */
static int run_lexer(struct lexer *l)
{
	for (;;) {
		void *mark = arena_mark();
		int error;
		struct node *n = parse_line(l, &error);

		if (error)
			return last_status = 2;
		if (n)
			run_node(n);
		if (!in_subshell)
			arena_release(mark);
		if (jumping || (!n && l->token == T_END))
			return last_status;
	}
}

int run_string(const char *text)
{
	struct lexer l;

	lex_init(&l, text, NULL, NULL);
	return run_lexer(&l);
}

int run_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char chunk[512];
	struct text t = { 0 };
	size_t n;
	int status;

	if (!f) {
		fprintf(stderr, "sh: %s: %s\n", path, strerror(errno));
		return 127;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		for (size_t i = 0; i < n; i++)
			text_put(&t, chunk[i]);
	fclose(f);
	status = t.s ? run_string(t.s) : 0;
	if (jumping == J_RETURN)
		jumping = J_NONE;
	return status;
}

/* $(command): its output without the newlines at the end; its status becomes $?. */
char *command_output(const char *command)
{
	struct text t = { 0 };
	char chunk[256];
	int fds[2];
	pid_t pid;
	ssize_t n;

	text_puts(&t, " ");
	t.length = 0;
	if (pipe(fds) < 0)
		return "";
	pid = start_child();
	if (pid == 0) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		run_string(command);
		fflush(stdout);
		_exit(last_status);
	}
	close(fds[1]);
	while ((n = read(fds[0], chunk, sizeof(chunk))) > 0)
		for (ssize_t i = 0; i < n; i++)
			text_put(&t, chunk[i]);
	close(fds[0]);
	if (pid > 0)
		last_status = wait_for(pid);
	while (t.length > 0 && t.s[t.length - 1] == '\n')
		t.length--;
	t.s[t.length] = '\0';
	return t.s;
}
