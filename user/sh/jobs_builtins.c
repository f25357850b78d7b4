/* The builtins about jobs: jobs, fg, bg, wait, kill. */
#include "jobs.h"
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <signame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int matches(const struct job *j, const char *name)
{
	if (isdigit(name[0]))
		return j->number == atoi(name);
	if (name[0] == '?')
		return strstr(j->text, name + 1) != NULL;
	return strncmp(j->text, name, strlen(name)) == 0;
}

/*
 * Returns a job by %number, %+, %-, %name or %?part. Returns NULL with a
 * message if it means no job or several.
 */
struct job *find_job(const char *name)
{
	struct job *found = NULL;
	const char *s = name + (name[0] == '%');

	if (!*s || strcmp(s, "+") == 0 || strcmp(s, "%") == 0)
		found = current_job(0);
	else if (strcmp(s, "-") == 0)
		found = current_job(1);
	else
		for (struct job *j = jobs; j; j = j->next)
			if (j->number && matches(j, s)) {
				if (found) {
					complain("%s: more than one job", name);
					return NULL;
				}
				found = j;
			}
	if (!found)
		complain("%s: no such job", name);
	return found;
}

/* Returns Running, Stopped, Done, Exit 3, or the signal's name. */
static const char *state_text(const struct job *j)
{
	static char text[32];
	int status = j->processes[j->started - 1].status;

	if (j->state != JOB_DONE)
		return j->state == JOB_RUNNING ? "Running" : "Stopped";
	if (WIFSIGNALED(status))
		return strsignal(WTERMSIG(status));
	snprintf(text, sizeof(text), "Exit %d", WEXITSTATUS(status));
	return WEXITSTATUS(status) ? text : "Done";
}

/* Prints a job like [1]+ Stopped    sleep 100. */
void show_job(struct job *j, int pids, int to)
{
	FILE *f = to == 1 ? stdout : stderr;
	char mark = ' ';

	if (j == current_job(0))
		mark = '+';
	else if (j == current_job(1))
		mark = '-';
	fprintf(f, "[%d]%c ", j->number, mark);
	if (pids)
		fprintf(f, "%d ", j->processes[0].pid);
	fprintf(f, "%-10s %s%s\n", state_text(j), j->text,
		j->state == JOB_RUNNING ? " &" : "");
	j->changed = 0;
}

/* Runs jobs [-lp] [job...]. */
int do_jobs(int argc, char **argv)
{
	int i = 1, form = 0;
	struct job *next;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
		form = argv[i][1];
	while (collect(WNOHANG) > 0)
		;
	if (!jobs)
		jobs = outer_jobs;
	outer_jobs = NULL;
	for (struct job *j = jobs; j; j = next) {
		int wanted = i == argc;

		next = j->next;
		for (int k = i; k < argc; k++)
			wanted |= find_job(argv[k]) == j;
		if (!j->number || !wanted)
			continue;
		if (form == 'p')
			printf("%d\n", j->processes[0].pid);
		else
			show_job(j, form == 'l', 1);
		if (j->state == JOB_DONE && form != 'p' && interactive)
			free_job(j);
	}
	return 0;
}

/* Runs fg [job]. */
int do_fg(int argc, char **argv)
{
	struct job *j;

	if (!job_control)
		return complain("fg: no job control");
	j = find_job(argc > 1 ? argv[1] : "%+");
	if (!j)
		return 1;
	puts(j->text);
	fflush(stdout);
	continue_job(j, 1);
	return wait_job(j);
}

/* Runs bg [job...]. */
int do_bg(int argc, char **argv)
{
	int i = 1;

	if (!job_control)
		return complain("bg: no job control");
	do {
		struct job *j = find_job(i < argc ? argv[i] : "%+");

		if (!j)
			return 1;
		number_job(j);
		continue_job(j, 0);
		printf("[%d]%c %s &\n", j->number,
		       j == current_job(0) ? '+' : '-', j->text);
	} while (++i < argc);
	return 0;
}

/*
 * Waits for a job, or for all (NULL). A signal with a trap, or ^C, ends the
 * wait. Returns the status, or 0 for all.
 */
static int wait_for(struct job *j)
{
	for (;;) {
		int running = 0;

		for (struct job *k = jobs; k; k = k->next)
			running |= k->state == JOB_RUNNING && k->number &&
				   (!j || j == k);
		if (!running)
			return j ? job_status(j) : 0;
		if (trap_pending)
			return 128 + trap_pending;
		if (interrupted)
			return 130;
		if (collect(0) < 0 && errno != EINTR)
			return 127;
	}
}

/* Frees the jobs that ended: after wait they cannot be named. */
static void forget_done(void)
{
	struct job *next;

	for (struct job *j = jobs; j; j = next) {
		next = j->next;
		if (j->state == JOB_DONE && j->number)
			free_job(j);
	}
}

/* Runs wait [pid | job...]. */
int do_wait(int argc, char **argv)
{
	int status = 0;

	if (argc == 1) {
		status = wait_for(NULL);
		if (status == 0 && !interactive)
			forget_done();
		return status;
	}
	for (int i = 1; i < argc; i++) {
		struct job *j = argv[i][0] == '%' ? find_job(argv[i])
						  : job_of(atoi(argv[i]));

		status = j ? wait_for(j) : 127;
	}
	return status;
}

/* Runs kill -l [signal | status]. */
static int list_signals(int argc, char **argv)
{
	if (argc > 2) {
		int sig = atoi(argv[2]) > 128 ? atoi(argv[2]) - 128
					      : atoi(argv[2]);

		if (isdigit(argv[2][0]) ? !signal_name(sig)
					: signal_number(argv[2]) < 0)
			return complain("kill: %s: no such signal", argv[2]);
		if (isdigit(argv[2][0]))
			puts(signal_name(sig));
		else
			printf("%d\n", signal_number(argv[2]));
		return 0;
	}
	for (int sig = 1; sig < SIGNALS; sig++)
		if (signal_name(sig))
			printf("%2d %s\n", sig, signal_name(sig));
	return 0;
}

/* Sends a signal to a process or a job. */
static int kill_one(const char *whom, int sig)
{
	struct job *j = NULL;
	char *end;
	pid_t pid = strtol(whom, &end, 10);

	if (*whom == '%') {
		if (!(j = find_job(whom)))
			return 1;
		pid = j->controlled ? -j->pgrp : j->processes[0].pid;
	} else if (*end || end == whom) {
		complain("kill: %s: no such process", whom);
		return 2;
	}
	if (kill(pid, sig) < 0) {
		complain("kill: %s: %s", whom, strerror(errno));
		return 1;
	}
	if (j && j->state == JOB_STOPPED && (sig == SIGTERM || sig == SIGHUP))
		kill(pid, SIGCONT);	/* a stopped job cannot die */
	return 0;
}

/* Runs kill [-s signal | -signal] pid | job... and kill -l. */
int do_kill(int argc, char **argv)
{
	int sig = SIGTERM, i = 1, status = 0;
	const char *name = NULL;

	if (argc > 1 && strcmp(argv[1], "-l") == 0)
		return list_signals(argc, argv);
	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		name = argv[2];
		i = 3;
	} else if (argc > 1 && argv[1][0] == '-' &&
		   strcmp(argv[1], "--") != 0) {
		name = argv[1] + 1;
		i = 2;
	}
	if (name && (sig = signal_number(name)) < 0)
		return complain("kill: %s: no such signal", name);
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (i >= argc)
		return complain("kill: kill [-signal] pid | %%job...");
	for (; i < argc; i++) {
		int one = kill_one(argv[i], sig);

		status = one ? one : status;
	}
	return status;
}
