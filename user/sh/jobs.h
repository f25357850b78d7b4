/* Jobs: what jobs.c and the builtins about them share. */
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
	int number;	/* 0: in the foreground, and never stopped so far */
	/*
	 * when it was last stopped or sent to the background: which is %+ and
	 * which %-
	 */
	int used;
	enum job_state state;
	int changed;		/* nobody was told about its state yet */
	int controlled;			/* it is a process group of its own */
	pid_t pgrp;
	struct termios modes;		/* the terminal's when it was stopped */
	int has_modes;
	char *text;
	int count, started;
	struct process processes[];
};

extern struct job *jobs;
/* of the shell that this is a subshell of: $(jobs -p) shows them */
extern struct job *outer_jobs;
/* the descriptor that job control is done with; -1: none */
extern int terminal;

/* %1 %+ %- %name %?part; NULL: it was said that there is none */
struct job *find_job(const char *name);
struct job *job_of(pid_t pid);
struct job *current_job(int which);		/* 0: %+, 1: %- */
/* wait for a child and note what happened to it: as waitpid() */
int collect(int options);
int job_status(const struct job *j);
void free_job(struct job *j);
void number_job(struct job *j);
void show_job(struct job *j, int pids, int to);
int continue_job(struct job *j, int foreground);
int wait_job(struct job *j);

#endif
