/*
 * Prints the lines of output. Only one process can have its line open. The
 * lines of others are cut and continued later.
 */
#include "strace.h"
#include <stdarg.h>
#include <stdio.h>
#include <util.h>

int output_fd = 2;
static char line[4096];
static int used, column;
static struct tracee *open_line;

static void flush(void)
{
	write_all(output_fd, line, used);
	used = 0;
}

void out(const char *format, ...)
{
	va_list ap;
	int n;

	if (used > (int)sizeof(line) / 2)
		flush();
	va_start(ap, format);
	n = vsnprintf(line + used, sizeof(line) - used, format, ap);
	va_end(ap);
	if (n >= (int)sizeof(line) - used)
		n = sizeof(line) - used - 1;
	used += n;
	column += n;
}

/* Begins a new line of a process, or continues its own line that was cut. */
void begin_line(struct tracee *t)
{
	if (open_line && open_line != t)
		out(" <unfinished ...>");
	if (open_line)
		end_line();
	if (follow && output_fd != 2)
		out("%-5d ", t->pid);
	else if (nr_tracees > 1)
		out("[pid %5d] ", t->pid);
	open_line = t;
}

void end_line(void)
{
	out("\n");
	flush();
	column = 0;
	open_line = NULL;
}

void pad_to(int wanted)
{
	if (column < wanted)
		out("%*s", wanted - column, "");
}

int line_is_open(const struct tracee *t)
{
	return open_line == t;
}
