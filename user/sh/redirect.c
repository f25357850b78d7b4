/* Carries out redirections, and puts back what they replaced. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAVED_FD	10 /* redirected descriptors are kept from here on */
#define PIPE_ROOM	4096		/* what a pipe holds without a reader */

/* A redirected descriptor, to be put back. */
struct saved {
	struct saved *next;
	int fd, copy;			/* copy -1: fd was closed */
};

static struct saved *saved;

/*
 * Opens a here-document: a pipe if it fits into one, else a pipe that a child
 * fills.
 */
static int open_here(const struct redirect *r)
{
	const char *text = r->quoted ? r->target : expand_here(r->target);
	size_t n = strlen(text);
	int fds[2], large = n > PIPE_ROOM;

	if (pipe(fds) < 0)
		return -1;
	if (!large || start_child() == 0) {
		while (n > 0) {
			ssize_t written = write(fds[1], text, n);

			if (written < 0)
				break;
			text += written;
			n -= written;
		}
		if (large)
			_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

/* Opens a file for >. With set -C it may not be a regular file that exists. */
static int open_careful(const char *target)
{
	struct stat st;

	if (!option['C'] || (stat(target, &st) == 0 && !S_ISREG(st.st_mode)))
		return open(target, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	return open(target, O_WRONLY | O_CREAT | O_EXCL, 0666);
}

static int duplicate(const char *target)
{
	if (!*target || target[strspn(target, "0123456789")]) {
		errno = EBADF;
		return -1;
	}
	return fcntl(atoi(target), F_DUPFD, SAVED_FD);
}

/* Returns a descriptor for the target of a redirection, or -1 with errno. */
static int open_target(const struct redirect *r, const char *target)
{
	switch (r->kind) {
	case R_IN: return open(target, O_RDONLY);
	case R_RDWR: return open(target, O_RDWR | O_CREAT, 0666);
	case R_OUT: return open_careful(target);
	case R_CLOBBER: return open(target, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	case R_APPEND: return open(target, O_WRONLY | O_CREAT | O_APPEND, 0666);
	case R_HERE: return open_here(r);
	default: return duplicate(target);
	}
}

/* Saves a descriptor before it is redirected. */
static void save(int fd)
{
	struct saved *s = keep_alloc(sizeof(*s));

	s->fd = fd;
	s->copy = fcntl(fd, F_DUPFD_CLOEXEC, SAVED_FD);
	s->next = saved;
	saved = s;
}

/* Carries out one redirection. Returns -1 after an error message. */
static int redirect_one(const struct redirect *r, int keep)
{
	const char *target = r->kind == R_HERE ? "" : expand_string(r->target);
	int fd;

	if (r->kind == R_DUP && strcmp(target, "-") == 0) {
		if (!keep)
			save(r->fd);
		close(r->fd);
		return 0;
	}
	fd = open_target(r, target);
	if (fd < 0) {
		complain("%s: %s", target, strerror(errno));
		return -1;
	}
	if (fd == r->fd) {		/* it was closed */
		if (!keep) {
			struct saved *s = keep_alloc(sizeof(*s));

			*s = (struct saved){ saved, fd, -1 };
			saved = s;
		}
		return 0;
	}
	if (!keep)
		save(r->fd);
	dup2(fd, r->fd);
	close(fd);
	return 0;
}

/* Carries out redirections. Remembers what they replace, unless keep is set. */
int redirect(const struct redirect *r, int keep)
{
	if (r)
		fflush(stdout);
	for (; r; r = r->next)
		if (redirect_one(r, keep) < 0)
			return -1;
	return 0;
}

struct saved *redirect_mark(void)
{
	return saved;
}

/* Undoes what was redirected since the mark, the last first. */
void restore(struct saved *mark)
{
	if (saved != mark)
		fflush(stdout);
	while (saved != mark) {
		struct saved *s = saved;

		saved = s->next;
		if (s->copy < 0) {
			close(s->fd);
		} else {
			dup2(s->copy, s->fd);
			close(s->copy);
		}
		free(s);
	}
}
