/*
 * Jobs: every pipeline and background list is one. With job control (set -m)
 * each is a process group of its own. The group in the foreground owns the
 * terminal.
 */
#include "jobs.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int job_control, exit_warned, terminal = -1;
struct job *jobs, *outer_jobs;

static struct termios shell_modes;
static pid_t shell_pgrp;
static int last_used;

/* Returns a new job without processes. It is in the list from now on. */
struct job *new_job(int processes, const char *text)
{
	struct job **p = &jobs, *j = keep_alloc(sizeof(*j) + processes *
						sizeof(struct process));

	j->count = processes;
	j->controlled = job_control;
	j->text = keep_string(text ? text : "");
	while (*p)
		p = &(*p)->next;
	return *p = j;
}

/* Removes a job from the list and frees it. */
void free_job(struct job *j)
{
	struct job **p = &jobs;

	while (*p && *p != j)
		p = &(*p)->next;
	if (*p)
		*p = j->next;
	free(j->text);
	free(j);
}

/* Called in a new child: it has no jobs, traps or terminal. */
static void become_subshell(void)
{
	if (jobs)
		outer_jobs = jobs;
	jobs = NULL;
	default_signals();
	traps_in_child();
	forget_forgiving();
	in_subshell = 1;
	interactive = job_control = 0;
	option['m'] = 0;
}

/*
 * Puts a process of a job into its group. Parent and child both do it, because
 * either may come first.
 */
static void join_group(struct job *j, pid_t pid, int background)
{
	if (!j->controlled)
		return;
	if (!j->pgrp)
		j->pgrp = pid;
	setpgid(pid, j->pgrp);
	if (!background && terminal >= 0)
		tcsetpgrp(terminal, j->pgrp);
}

/*
 * Called without job control: keeps a background process from ^C and from typed
 * input.
 */
static void detach(void)
{
	int null = open("/dev/null", O_RDONLY);

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (null > 0) {
		dup2(null, 0);
		close(null);
	}
}

/*
 * Forks a subshell, as a process of the job if there is one. An interactive
 * shell ignores SIGTERM, and so does its child at first. Signals are blocked
 * until the child has set its own actions, so that an early one is not lost.
 */
static pid_t fork_subshell(struct job *j, int background)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	fflush(stdout);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid == 0) {
		if (j)
			join_group(j, getpid(), background);
		become_subshell();
		if (j && background && !j->controlled && !j->started)
			detach();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Forks a subshell that is no job; the shell does not wait for it. */
pid_t start_child(void)
{
	pid_t pid = fork_subshell(NULL, 0);

	if (pid < 0)
		complain("fork: %s", strerror(errno));
	return pid;
}

/* Forks the next process of a job. */
pid_t start_process(struct job *j, int background)
{
	pid_t pid = fork_subshell(j, background);

	if (pid < 0) {
		free_job(j);
		fail("fork: %s", strerror(errno));
	}
	if (pid > 0) {
		join_group(j, pid, background);
		j->processes[j->started++] = (struct process){ .pid = pid };
	}
	return pid;
}

/* Sets a job's state from its processes': stopped if one is and none runs. */
static void update_state(struct job *j)
{
	enum job_state state = JOB_DONE;

	for (int i = 0; i < j->started; i++)
		if (j->processes[i].state == JOB_RUNNING)
			state = JOB_RUNNING;
		else if (j->processes[i].state == JOB_STOPPED &&
			 state == JOB_DONE)
			state = JOB_STOPPED;
	if (state != j->state) {
		j->changed = 1;
		if (state == JOB_STOPPED)
			j->used = ++last_used;
	}
	j->state = state;
}

struct job *job_of(pid_t pid)
{
	for (struct job *j = jobs; j; j = j->next)
		for (int i = 0; i < j->started; i++)
			if (j->processes[i].pid == pid)
				return j;
	return NULL;
}

/* Returns the state of a process from its waitpid() status. */
static enum job_state state_of(int status)
{
	if (WIFSTOPPED(status))
		return JOB_STOPPED;
	return WIFCONTINUED(status) ? JOB_RUNNING : JOB_DONE;
}

/*
 * Waits for any child and notes what happened to it. Returns what waitpid()
 * does.
 */
int collect(int options)
{
	int status;
	pid_t pid = waitpid(-1, &status, options | WUNTRACED | WCONTINUED);
	struct job *j = pid > 0 ? job_of(pid) : NULL;

	for (int i = 0; j && i < j->started; i++)
		if (j->processes[i].pid == pid) {
			j->processes[i].status = status;
			j->processes[i].state = state_of(status);
		}
	if (j)
		update_state(j);
	return pid;
}

/*
 * Returns the status of a job, which is its last process's. A stopped one
 * counts as killed.
 */
int job_status(const struct job *j)
{
	int status = j->processes[j->started - 1].status;

	for (int i = 0; j->state == JOB_STOPPED && i < j->started; i++)
		if (j->processes[i].state == JOB_STOPPED)
			status = j->processes[i].status;
	if (WIFSTOPPED(status))
		return 128 + WSTOPSIG(status);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Gives a job a number, one above the highest, and makes it the current one. */
void number_job(struct job *j)
{
	int number = 1;

	for (struct job *other = jobs; other; other = other->next)
		if (other->number >= number)
			number = other->number + 1;
	if (!j->number)
		j->number = number;
	j->used = ++last_used;
}

/* Returns the job used last. Stopped jobs come before running ones. */
struct job *current_job(int which)
{
	struct job *best = NULL, *second = NULL;

	for (struct job *j = jobs; j; j = j->next) {
		if (!j->number)
			continue;
		if (!best ||
		    (j->state == JOB_STOPPED) > (best->state == JOB_STOPPED) ||
		    ((j->state == JOB_STOPPED) ==
			     (best->state == JOB_STOPPED) &&
		     j->used > best->used)) {
			second = best;
			best = j;
		} else if (!second ||
			   (j->state == JOB_STOPPED) >
				   (second->state == JOB_STOPPED) ||
			   ((j->state == JOB_STOPPED) ==
				    (second->state == JOB_STOPPED) &&
			    j->used > second->used)) {
			second = j;
		}
	}
	return which ? second : best;
}

/*
 * Takes the terminal back after a job. If the job ended well its modes are
 * kept; otherwise the shell restores its own.
 */
static void take_terminal_back(struct job *j)
{
	int status = j->processes[j->started - 1].status;

	if (!j->controlled || terminal < 0)
		return;
	tcsetpgrp(terminal, shell_pgrp);
	if (j->state == JOB_STOPPED)
		j->has_modes = tcgetattr(terminal, &j->modes) == 0;
	if (j->state == JOB_STOPPED || WIFSIGNALED(status))
		tcsetattr(terminal, TCSADRAIN, &shell_modes);
	else
		tcgetattr(terminal, &shell_modes);
}

/*
 * Prints which signal killed a job in the foreground, except SIGINT and
 * SIGPIPE. ^C also interrupts the shell itself.
 */
static void name_signal(struct job *j)
{
	int status = j->processes[j->started - 1].status;

	if (!WIFSIGNALED(status))
		return;
	if (WTERMSIG(status) == SIGINT && interactive && j->controlled) {
		fputs("\n", stderr);
		interrupted = INTERRUPTED_SAID;
	} else if (WTERMSIG(status) != SIGINT && WTERMSIG(status) != SIGPIPE) {
		fprintf(stderr, "%s\n", strsignal(WTERMSIG(status)));
	}
}

/*
 * Waits in the foreground until the job ends or stops. Returns its status. A
 * job that ended is freed.
 */
int wait_job(struct job *j)
{
	int status;

	/* ^C was typed before the job had the terminal */
	if (interrupted && j->controlled)
		kill(-j->pgrp, SIGINT);
	while (j->state == JOB_RUNNING ||
	       (j->state == JOB_STOPPED && !j->controlled)) {
		if (collect(0) < 0 && errno != EINTR)
			break;
	}
	take_terminal_back(j);
	status = job_status(j);
	if (j->state == JOB_STOPPED) {
		number_job(j);
		fputs("\n", stderr);
		show_job(j, 0, 2);
		return status;
	}
	name_signal(j);
	free_job(j);
	return status;
}

void background_job(struct job *j)
{
	last_background = j->processes[j->started - 1].pid;
	number_job(j);
	if (interactive)
		fprintf(stderr, "[%d] %d\n", j->number, last_background);
}

/* Called before a prompt: reports changes of the jobs in the background. */
void report_jobs(void)
{
	struct job *next;

	while (collect(WNOHANG) > 0)
		;
	for (struct job *j = jobs; j && interactive; j = next) {
		next = j->next;
		if (!j->changed || !j->number)
			continue;
		show_job(j, 0, 2);
		if (j->state == JOB_DONE)
			free_job(j);
	}
}

/* Continues a stopped job. */
int continue_job(struct job *j, int foreground)
{
	for (int i = 0; i < j->started; i++)
		if (j->processes[i].state == JOB_STOPPED)
			j->processes[i].state = JOB_RUNNING;
	update_state(j);
	j->changed = 0;
	if (foreground && terminal >= 0 && j->controlled) {
		tcgetattr(terminal, &shell_modes);
		tcsetpgrp(terminal, j->pgrp);
		if (j->has_modes)
			tcsetattr(terminal, TCSADRAIN, &j->modes);
	}
	return kill(j->controlled ? -j->pgrp : j->processes[0].pid, SIGCONT);
}

/*
 * Returns 1 if the shell must not exit yet because jobs are stopped. It warns
 * once; the next exit is obeyed.
 */
int stay_for_jobs(void)
{
	struct job *j = jobs;

	while (j && j->state != JOB_STOPPED)
		j = j->next;
	if (!interactive || !j || exit_warned)
		return 0;
	fputs("There are stopped jobs.\n", stderr);
	exit_warned = 2;
	return 1;
}

/* Hangs up the stopped jobs, which would never end without their shell. */
void hangup_jobs(void)
{
	for (struct job *j = jobs; j; j = j->next)
		if (j->state == JOB_STOPPED && j->controlled) {
			kill(-j->pgrp, SIGHUP);
			kill(-j->pgrp, SIGCONT);
		}
}

/*
 * Finds the terminal, waits until the shell is in its foreground, and makes the
 * shell a group of its own.
 */
static void take_terminal(void)
{
	if (terminal < 0)
		terminal = fcntl(2, F_DUPFD_CLOEXEC, 10);
	if (terminal >= 0 && tcgetpgrp(terminal) <= 0) {
		close(terminal);
		terminal = -1;
	}
	if (terminal < 0)
		return;
	while (interactive && tcgetpgrp(terminal) != getpgrp())
		kill(0, SIGTTIN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	if (interactive)
		setpgid(0, 0);
	shell_pgrp = getpgrp();
	tcsetpgrp(terminal, shell_pgrp);
	tcgetattr(terminal, &shell_modes);
}

void set_job_control(int on)
{
	if (in_subshell)
		on = 0;
	if (on && !job_control)
		take_terminal();
	job_control = on;
}
