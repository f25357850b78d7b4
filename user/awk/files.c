/* Streams that a program has opened by name: files and commands. */
#include "awk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

static struct stream {
	char *name;
	enum stream_kind kind;
	struct input in;		/* in.f is also what is written */
	pid_t pid;			/* of a command, or 0 */
	struct stream *next;
} *streams;

static struct stream *find_stream(enum stream_kind kind, const char *name)
{
	struct stream *s;

	for (s = streams; s; s = s->next)
		if (s->kind == kind && strcmp(s->name, name) == 0)
			break;
	return s;
}

/* Becomes a shell that runs a command. */
static void become(const char *command)
{
	execv("/bin/sh", (char *[]){ "sh", "-c", (char *)command, NULL });
	warn("/bin/sh");
	_exit(127);
}

/* Starts a command with a pipe as its input or output. */
static FILE *start(const char *command, int reads, pid_t *pid)
{
	int ends[2];

	fflush(NULL);
	if (pipe(ends) < 0)
		return NULL;
	fcntl(ends[!reads], F_SETFD, FD_CLOEXEC);
	*pid = fork();
	if (*pid == 0) {
		dup2(ends[reads], reads);
		if (ends[reads] != reads)
			close(ends[reads]);
		become(command);
	}
	close(ends[reads]);
	if (*pid < 0) {
		close(ends[!reads]);
		return NULL;
	}
	return fdopen(ends[!reads], reads ? "r" : "w");
}

static FILE *open_stream(enum stream_kind kind, const char *name, pid_t *pid)
{
	*pid = 0;
	switch (kind) {
	case FROM_COMMAND: return start(name, 1, pid);
	case TO_COMMAND: return start(name, 0, pid);
	case FROM_FILE:
		return strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	default:
		if (strcmp(name, "/dev/stdout") == 0 || strcmp(name, "-") == 0)
			return stdout;
		if (strcmp(name, "/dev/stderr") == 0)
			return stderr;
		return fopen(name, kind == APPEND ? "a" : "w");
	}
}

/* Returns a stream, which is opened the first time. NULL: it cannot be. */
static struct stream *get_stream(enum stream_kind kind, const char *name)
{
	struct stream *s = find_stream(kind, name);
	pid_t pid;
	FILE *f;

	if (s)
		return s;
	f = open_stream(kind, name, &pid);
	if (!f)
		return NULL;
	if (fileno(f) > 2)
		fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
	s = allocate(sizeof(*s));
	s->name = strdup(name);
	s->kind = kind;
	s->in.f = f;
	s->pid = pid;
	s->next = streams;
	return streams = s;
}

FILE *output_stream(enum stream_kind kind, const char *name)
{
	struct stream *s = get_stream(kind, name);

	if (!s)
		fatal(name, strerror(errno));
	return s->in.f;
}

struct input *input_stream(enum stream_kind kind, const char *name)
{
	struct stream *s = get_stream(kind, name);

	return s ? &s->in : NULL;
}

/* Returns what wait() says as a number: 256 and the signal after one. */
static int status_of(int status)
{
	return WIFSIGNALED(status) ? 256 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status_of(status);
}

/* Closes one stream. Returns a command's status, or -1 after an error. */
static int close_one(struct stream **place)
{
	struct stream *s = *place;
	FILE *f = s->in.f;
	int result = fileno(f) > 2 ? fclose(f) : fflush(f);

	*place = s->next;
	if (s->pid)
		result = wait_for(s->pid);
	free(s->in.all);
	free(s->name);
	free(s);
	return result;
}

int close_stream(const char *name)
{
	int result = -1;

	for (struct stream **s = &streams; *s;)
		if (strcmp((*s)->name, name) == 0)
			result = close_one(s);
		else
			s = &(*s)->next;
	return result;
}

/* Closes all. Returns 1 if something could not be written. */
int close_streams(void)
{
	int lost = fflush(stdout) < 0;

	while (streams)
		if (close_one(&streams) < 0)
			lost = 1;
	return lost;
}

int flush_stream(const char *name)
{
	int result = -1;

	for (struct stream *s = streams; s; s = s->next)
		if (strcmp(s->name, name) == 0)
			result = fflush(s->in.f);
	return result;
}

int run_command(const char *command)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become(command);
	return pid < 0 ? -1 : wait_for(pid);
}
