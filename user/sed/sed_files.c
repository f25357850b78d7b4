/* Reads and writes sed's lines. */
#include <fcntl.h>
#include <lines.h>
#include "sed.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

struct output standard_output, *out = &standard_output;
int has_newline = 1;
long line_number;

static char **files;
static FILE *in;
static struct command **queue;	/* a and r wait for the end of the cycle */
static int queued, queue_room;

/* Sets the files to read from now on. The list ends in NULL. */
void set_input(char **names)
{
	close_input();
	files = names;
}

/* Closes the current input file. */
void close_input(void)
{
	if (in)
		fclose(in);
	in = NULL;
}

/*
 * Returns 1 if there is no further line. Opens the next files as far as needed.
 */
int at_end(void)
{
	for (;;) {
		int c = in ? getc(in) : EOF;

		if (c != EOF) {
			ungetc(c, in);
			return 0;
		}
		if (in && ferror(in))
			complain("input", "cannot be read");
		close_input();
		if (!*files)
			return 1;
		in = open_input(*files++);
	}
}

/* Writes a line. First it ends the previous one if that had no newline. */
void put(struct output *o, const char *s, size_t n, int newline)
{
	if (o->unended)
		putc('\n', o->f);
	o->unended = !newline;
	fwrite(s, 1, n, o->f);
	if (newline)
		putc('\n', o->f);
	if (o != out)
		fflush(o->f);
}

/* Copies a file to the output, for r. A missing file counts as empty. */
static void put_file(const char *name)
{
	static char buf[1024];
	int fd = open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		int newline = buf[n - 1] == '\n';

		put(out, buf, n - newline, newline);
		out->unended = 0;
	}
	close(fd);
}

/* Prints what a and r have left for the end of the cycle. */
void flush_queue(void)
{
	for (int i = 0; i < queued; i++) {
		const char *text = queue[i]->text;

		if (queue[i]->name == 'a')
			put(out, text, strlen(text) - 1, 1);
		else
			put_file(text);
	}
	queued = 0;
}

/* Keeps a or r for the end of the cycle. */
void enqueue(struct command *c)
{
	if (queued == queue_room) {
		queue_room = 2 * queue_room + 16;
		queue = realloc(queue, queue_room * sizeof(*queue));
		if (!queue)
			die("memory");
	}
	queue[queued++] = c;
}

/* Appends the next line to the pattern space. Returns 0 at the end. */
int next_line(void)
{
	static char *line;
	static size_t size;
	ssize_t n;

	if (at_end())
		return 0;
	n = getline(&line, &size, in);
	if (n < 0)
		die("input");
	has_newline = line[n - 1] == '\n';
	append(&pattern, line, n - has_newline);
	line_number++;
	return 1;
}
