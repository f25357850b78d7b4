/*
 * Shared by the programs: prints a call's result on a line, with the error's
 * name if it failed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

static inline long say(const char *what, long result)
{
	if (result == -1)
		printf("%s: %s\n", what, errno ? strerrorname_np(errno) : "-1");
	else
		printf("%s: %ld\n", what, result);
	return result;
}

/* Prints the result of a call that is written down as it is. */
#define CALL(call) (errno = 0, say(#call, (long)(call)))
