/*
 * What the programs share: the result of a call on a line of its own, with the
 * name of the error if it failed.
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

/* The same for a call that is written down as it is. */
#define CALL(call) (errno = 0, say(#call, (long)(call)))
