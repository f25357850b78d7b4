/*
 * Runs the tree: lists, conditions, loops. Each function returns a status,
 * which becomes $?. Simple commands are in command.c.
 */
#include "sh.h"
#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int last_status, shell_pid, last_background, interactive, in_subshell,
	loop_depth;
enum jump jumping;
int jump_levels, condition_depth;

/* Runs a node as the only task of a forked shell. */
void run_and_exit(struct node *n)
{
	if (n && n->kind == N_SIMPLE)
		in_subshell = 2;
	exit_shell(n ? run_node(n) : 0);
}

/* Runs a condition, to which -e does not apply. */
static int run_condition(struct node *n)
{
	int status;

	condition_depth++;
	status = run_node(n);
	condition_depth--;
	return status;
}

/*
 * Runs a part of a pipeline in a child. in and out replace its standard input
 * and output.
 */
static void run_pipe_part(struct node *n, int in, const int *out)
{
	if (in >= 0) {
		dup2(in, 0);
		close(in);
	}
	if (out) {
		close(out[0]);
		if (out[1] != 1) {
			dup2(out[1], 1);
			close(out[1]);
		}
	}
	run_and_exit(n);
}

/*
 * Runs left | right, each in a child. The last one's status counts. Longer
 * pipelines nest to the right.
 */
static int run_pipe(struct node *n, struct job *j, int background)
{
	int fds[2], in = -1;

	for (;; n = n->right) {
		int more = n->kind == N_PIPE;
		pid_t pid;

		if (more && pipe(fds) < 0)
			return complain("pipe: %s", strerror(errno));
		pid = start_process(j, background);
		if (pid == 0)
			run_pipe_part(more ? n->left : n, in,
				      more ? fds : NULL);
		if (in >= 0)
			close(in);
		if (!more)
			break;
		close(fds[1]);
		in = fds[0];
	}
	return 0;
}

static int processes_of(const struct node *n)
{
	int count = 1;

	for (; n->kind == N_PIPE; n = n->right)
		count++;
	return count;
}

/* Runs a pipeline or a subshell, and waits for it. */
static int run_foreground(struct node *n)
{
	struct job *j = new_job(processes_of(n), n->text);

	if (n->kind == N_PIPE)
		run_pipe(n, j, 0);
	else if (start_process(j, 0) == 0)
		run_and_exit(n->left);
	return wait_job(j);
}

/* Runs list &. */
static int run_background(struct node *n)
{
	struct job *j = new_job(processes_of(n->left), n->text);

	if (n->left->kind == N_PIPE && !n->left->redirects)
		run_pipe(n->left, j, 1);
	else if (start_process(j, 1) == 0)
		run_and_exit(n->left);
	background_job(j);
	return 0;
}

/*
 * Called after a loop's body or condition. Returns 1 if the loop ends. break
 * and continue with a number reach through several loops.
 */
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

/* Runs while and until. */
static int run_while(struct node *n)
{
	int status = 0;

	loop_depth++;
	for (;;) {
		int condition = run_condition(n->left);

		if (!jumping) {
			if ((condition == 0) != (n->kind == N_WHILE))
				break;
			status = run_node(n->right);
		} else if (jumping == J_RETURN) {
			status = condition;
		}
		if (loop_ends())
			break;
	}
	loop_depth--;
	return status;
}

/* Runs for. The list is expanded once, in advance. */
static int run_for(struct node *n)
{
	int count, status = 0;
	char **list = n->in_list ? expand_words(n->words, 0, &count)
				 : positional + 1;

	loop_depth++;
	if (!n->in_list) {	/* set and shift must not disturb the loop */
		for (count = 0; list[count]; count++)
			;
		list = memcpy(arena_alloc((count + 1) * sizeof(char *)), list,
			      count * sizeof(char *));
		for (int i = 0; i < count; i++)
			list[i] = arena_strdup(list[i]);
	}
	for (; *list; list++) {
		set_var(n->name, *list);
		status = run_node(n->right);
		if (loop_ends())
			break;
	}
	loop_depth--;
	return status;
}

/* Runs the first item of case whose pattern matches. */
static int run_case(struct node *n)
{
	const char *subject = expand_string(n->words->text);

	for (struct case_item *c = n->cases; c; c = c->next)
		for (struct word *w = c->patterns; w; w = w->next)
			if (fnmatch(expand_pattern(w->text), subject, 0) == 0)
				return c->body ? run_node(c->body) : 0;
	return 0;
}

/* Runs if. An elif is an if in the place of else. */
static int run_if(struct node *n)
{
	int status = run_condition(n->left);

	if (jumping)
		return status;
	if (status == 0)
		return run_node(n->right);
	return n->other ? run_node(n->other) : 0;
}

static int run_and_or(struct node *n)
{
	int status = run_condition(n->left);

	return !jumping && (status == 0) == (n->kind == N_AND)
		       ? run_node(n->right)
		       : status;
}

static int run_not(struct node *n)
{
	int status = run_condition(n->left);

	return jumping ? status : !status;
}

static int run_sequence(struct node *n)
{
	int status = run_node(n->left);

	return jumping ? status : run_node(n->right);
}

/* Runs a compound command, according to its kind. */
static int run_compound(struct node *n)
{
	switch (n->kind) {
	case N_PIPE:
	case N_SUBSHELL: return run_foreground(n);
	case N_AND:
	case N_OR: return run_and_or(n);
	case N_SEQUENCE: return run_sequence(n);
	case N_BACKGROUND: return run_background(n);
	case N_NOT: return run_not(n);
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

/*
 * Runs a tree. Returns its status, which becomes $?. With -e an unchecked
 * failure ends the shell.
 */
int run_node(struct node *n)
{
	struct saved *mark = redirect_mark();
	void *memory = arena_mark();
	int fatal = n->kind == N_SIMPLE || n->kind == N_PIPE ||
		    n->kind == N_SUBSHELL;

	if (option['n'] && !interactive)
		return 0;
	if (n->kind != N_SIMPLE && n->redirects &&
	    redirect(n->redirects, 0) < 0) {
		restore(mark);
		last_status = 2;
		fatal = 1;
	} else {
		last_status = run_compound(n);
		restore(mark);
	}
	arena_release(memory);
	if (interrupted)
		back_to_prompt();
	if (trap_pending)
		run_traps();
	if (option['e'] && last_status != 0 && !condition_depth && fatal &&
	    !jumping)
		exit_shell(last_status);
	return last_status;
}

/*
 * Runs commands one after the other; a syntax error ends it. With from_file,
 * set -v shows them.
 */
static int run_lexer(struct lexer *l, int from_file, int *error)
{
	int status = 0;

	for (;;) {
		void *mark = arena_mark();
		const char *input = l->input.s;
		size_t start = l->at;
		struct node *n = parse_line(l, error);

		if (option['v'] && from_file)
			fwrite(l->input.s + start, 1, l->at - start, stderr);
		if (*error)
			return last_status = 2;
		if (n)
			status = run_node(n);
		/* otherwise an alias has put a new input into the arena */
		if (l->input.s == input)
			arena_release(mark);
		if (jumping || (!n && l->token == T_END))
			return status;
	}
}

/* Runs a text. A syntax error in it ends a shell that is not interactive. */
static int run_text(const char *text, int from_file)
{
	struct lexer l;
	int error, status;

	lex_init(&l, text, NULL, NULL);
	status = run_lexer(&l, from_file, &error);
	if (error)
		back_to_prompt();
	return status;
}

int run_string(const char *text)
{
	return run_text(text, 0);
}

/* Runs a file. A return in it ends it. */
int run_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char chunk[512];
	struct text t = { 0 };
	size_t n;
	int status;

	if (!f) {
		complain("%s: %s", path, strerror(errno));
		return 127;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		text_putn(&t, chunk, n);
	if (ferror(f)) {
		complain("%s: %s", path, strerror(errno));
		fclose(f);
		return 126;
	}
	fclose(f);
	if (looks_binary(text_end(&t), t.length)) {
		complain("%s: %s", path, strerror(ENOEXEC));
		return 126;
	}
	status = run_text(t.s, 1);
	if (jumping == J_RETURN)
		jumping = J_NONE;
	return status;
}
