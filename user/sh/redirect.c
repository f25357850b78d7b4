/* Redirections: carrying them out, and putting back what they replaced. */
#include "sh.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAVED_FD	10		/* where redirected descriptors are kept meanwhile */
#define PIPE_ROOM	4096		/* what a pipe holds without a reader */

/* A here-document comes through a pipe if it fits, else through a child that writes it. */
static int open_here(const struct redirect *r)
{
	const char *text = r->quoted ? r->target : expand_here(r->target);
	int fds[2];

	if (pipe(fds) < 0)
		return -1;
	if (strlen(text) <= PIPE_ROOM || start_child() == 0) {
		if (write(fds[1], text, strlen(text)) < 0)
			perror("sh: here-document");
		if (strlen(text) > PIPE_ROOM)
			_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

static int open_target(const struct redirect *r, const char *target)
{
	switch (r->kind) {
	case R_IN: return open(target, O_RDONLY);
	case R_RDWR: return open(target, O_RDWR | O_CREAT, 0666);
	case R_OUT: return open(target, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	case R_APPEND: return open(target, O_WRONLY | O_CREAT | O_APPEND, 0666);
	case R_HERE: return open_here(r);
	default: return fcntl(atoi(target), F_DUPFD, 0);
	}
}

/* What a redirection replaced, to be put back. */
struct saved {
	struct saved *next;
	int fd, copy;			/* copy -1: fd was closed */
};

static int redirect_one(const struct redirect *r, struct saved **saved)
{
	const char *target = r->kind == R_HERE ? "" : expand_string(r->target);
	int fd;

	if (saved) {
		struct saved *s = arena_alloc(sizeof(*s));

		s->fd = r->fd;
		s->copy = fcntl(r->fd, F_DUPFD_CLOEXEC, SAVED_FD);
		s->next = *saved;
		*saved = s;
	}
	if (r->kind == R_DUP && strcmp(target, "-") == 0) {
		close(r->fd);
		return 0;
	}
	fd = open_target(r, target);
	if (fd < 0) {
		fprintf(stderr, "sh: %s: %s\n", target, strerror(errno));
		return -1;
	}
	if (fd != r->fd) {
		dup2(fd, r->fd);
		close(fd);
	}
	return 0;
}

/* Carry out redirections; with saved, remember what they replace. */
int redirect(const struct redirect *r, struct saved **saved)
{
	fflush(stdout);
	for (; r; r = r->next)
		if (redirect_one(r, saved) < 0)
			return -1;
	return 0;
}

void restore(struct saved *s)
{
	fflush(stdout);
	for (; s; s = s->next) {
		if (s->copy < 0) {
			close(s->fd);
		} else {
			dup2(s->copy, s->fd);
			close(s->copy);
		}
	}
}
