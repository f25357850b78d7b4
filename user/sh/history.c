/* The history: the lines typed before. */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 200

/* a ring: the last line is lines[(added - 1) % LINES] */
static char *lines[LINES];
static int added;

int history_count(void)
{
	return added < LINES ? added : LINES;
}

const char *history_get(int back)
{
	return back >= 1 && back <= history_count()
		       ? lines[(added - back) % LINES]
		       : NULL;
}

/* Remembers a line, unless it is empty or equals the last one. */
void history_add(const char *line)
{
	const char *last = history_get(1);

	if (!line[strspn(line, " \t")] || (last && strcmp(last, line) == 0))
		return;
	free(lines[added % LINES]);
	lines[added++ % LINES] = keep_string(line);
}

int do_history(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int back = history_count(); back > 0; back--)
		printf("%4d  %s\n", added - back + 1, history_get(back));
	return 0;
}
