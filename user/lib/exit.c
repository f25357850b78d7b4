/*
 * Ends a program. Calls the functions registered by atexit(), the last one
 * first. stdio registers its flush only when it is used.
 */
#include <stdlib.h>
#include <unistd.h>

#define EXITS_MAX 16

static void (*functions[EXITS_MAX])(void);
static int count;
char **environ;

int atexit(void (*fn)(void))
{
	if (count == EXITS_MAX)
		return -1;
	functions[count++] = fn;
	return 0;
}

void exit(int status)
{
	while (count > 0)
		functions[--count]();
	_exit(status);
}
