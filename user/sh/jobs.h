/* Jobs: shared by jobs.c and the builtins about them. */
#ifndef JOBS_H
#define JOBS_H

#include "sh.h"
#include <termios.h>

enum job_state { JOB_RUNNING, JOB_STOPPED, JOB_DONE };

struct process {
	pid_t pid;
	int status;
	enum job_state state;
};

struct job {
	struct job *next;
	int number;	/* 0: in the foreground, never stopped so far */
	/* when last stopped or sent to the background; decides %+ and %- */
	int used;
	enum job_state state;
	int changed;		/* its state is not reported yet */
	int controlled;			/* it is a process group of its own */
	pid_t pgrp;
	struct termios modes; /* of the terminal, when it was stopped */
	int has_modes;
	char *text;
	int count, started;
	struct process processes[];
};

extern struct job *jobs;
/* the parent's, in a subshell: $(jobs -p) shows them */
extern struct job *outer_jobs;
extern int terminal;	/* the descriptor for job control; -1: none */

/* from %1 %+ %- %name %?part; NULL after an error message */
struct job *find_job(const char *name);
struct job *job_of(pid_t pid);
struct job *current_job(int which);		/* 0: %+, 1: %- */
/* waits for a child and notes what happened to it; like waitpid() */
int collect(int options);
int job_status(const struct job *j);
void free_job(struct job *j);
void number_job(struct job *j);
void show_job(struct job *j, int pids, int to);
int continue_job(struct job *j, int foreground);
int wait_job(struct job *j);

#endif
