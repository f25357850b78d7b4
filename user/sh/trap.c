/* Signals: traps, and ^C in an interactive shell. */
#include "sh.h"
#include <ctype.h>
#include <signal.h>
#include <signame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

volatile int interrupted, trap_pending;

static char *actions[SIGNALS];		/* NULL: none; "": ignored */
static char ignored_at_start[SIGNALS]; /* 1: yes; 2: no; 0: not known yet */
static volatile char pending[SIGNALS];
static int signals_arranged;

static void on_signal(int sig)
{
	pending[sig] = 1;
	trap_pending = sig;
}

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = INTERRUPTED;
}

/* Restores what a signal without a trap does to this shell. */
static void handle_as_before(int sig)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	if (signals_arranged && sig == SIGINT)
		action.sa_handler = on_interrupt;
	else if (signals_arranged && (sig == SIGQUIT || sig == SIGTERM))
		action.sa_handler = SIG_IGN;
	else if (job_control &&
		 (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU))
		action.sa_handler = SIG_IGN;
	sigaction(sig, &action, NULL);
}

/* Makes an interactive shell survive ^C, ^\ and SIGTERM. */
void interactive_signals(void)
{
	interactive = option['i'] = 1;
	signals_arranged = 1;
	handle_as_before(SIGINT);
	handle_as_before(SIGQUIT);
	handle_as_before(SIGTERM);
}

/*
 * Called in a child of a shell: restores the signals that the shell handles or
 * ignores.
 */
void default_signals(void)
{
	if (signals_arranged) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
	}
	if (job_control) {
		signal(SIGTSTP, SIG_DFL);
		signal(SIGTTIN, SIG_DFL);
		signal(SIGTTOU, SIG_DFL);
	}
	signals_arranged = interrupted = 0;
}

/* Called in a subshell: removes the traps. What was ignored stays ignored. */
void traps_in_child(void)
{
	for (int sig = 0; sig < SIGNALS; sig++) {
		pending[sig] = 0;
		if (!actions[sig])
			continue;
		if (sig && !*actions[sig]) {
			signal(sig, SIG_IGN);
			continue;
		}
		if (sig)
			signal(sig, SIG_DFL);
		free(actions[sig]);
		actions[sig] = NULL;
	}
	trap_pending = 0;
}

/*
 * Runs the actions of the signals that came. Keeps $?, unless one returns from
 * a function.
 */
void run_traps(void)
{
	int status = last_status;
	enum jump before = jumping;

	trap_pending = 0;
	for (int sig = 1; sig < SIGNALS; sig++)
		if (pending[sig]) {
			char *action = actions[sig] ? keep_string(actions[sig])
						    : NULL;

			pending[sig] = 0;
			jumping = J_NONE;
			if (action && *action)
				run_string(action);
			free(action);
			if (jumping == J_RETURN)
				status = last_status;
			else if (jumping == J_NONE)
				jumping = before;
		}
	last_status = status;
}

char *take_exit_trap(void)
{
	char *action = actions[0];

	actions[0] = NULL;
	return action;
}

/*
 * Returns 1 if a signal can be neither trapped nor reset: it was ignored at the
 * start. Not in an interactive shell.
 */
static int fixed(int sig)
{
	struct sigaction now;

	if (!sig || interactive)
		return 0;
	if (!ignored_at_start[sig])
		ignored_at_start[sig] = sigaction(sig, NULL, &now) == 0 &&
							now.sa_handler ==
								SIG_IGN
						? 1
						: 2;
	return ignored_at_start[sig] == 1;
}

/* Sets a trap. action NULL removes it; "" ignores the signal. */
static void set_trap(int sig, const char *action)
{
	struct sigaction how = { .sa_handler = action && *action ? on_signal
								 : SIG_IGN };

	if (fixed(sig))
		return;
	free(actions[sig]);
	actions[sig] = action ? keep_string(action) : NULL;
	if (sig && action)
		sigaction(sig, &how, NULL);
	else if (sig)
		handle_as_before(sig);
}

/* Prints the traps in a form that the shell can read again. */
static void show_traps(void)
{
	for (int sig = 0; sig < SIGNALS; sig++)
		if (actions[sig]) {
			fputs("trap -- ", stdout);
			put_shell_quoted(actions[sig]);
			printf(" %s\n", signal_name(sig));
		}
}

/*
 * Runs trap [action] signal.... The action - or a number in its place resets.
 */
int do_trap(int argc, char **argv)
{
	int i = 1, status = 0;
	const char *action;

	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (i < argc && strcmp(argv[i], "-l") == 0)
		return do_kill(argc, argv);
	if (i == argc) {
		show_traps();
		return 0;
	}
	action = argv[i];
	if (i + 1 == argc ||
	    (*action && action[strspn(action, "0123456789")] == '\0'))
		action = NULL;
	else if (i++, strcmp(action, "-") == 0)
		action = NULL;
	for (; i < argc; i++) {
		int sig = signal_number(argv[i]);

		if (sig < 0 || sig >= SIGNALS) {
			complain("trap: %s: no such signal", argv[i]);
			status = 1;
		} else {
			set_trap(sig, action);
		}
	}
	return status;
}
