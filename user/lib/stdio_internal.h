#ifndef STDIO_INTERNAL_H
#define STDIO_INTERNAL_H
#include <stdio.h>

/*
 * A stream either reads or writes. buf holds what was read ahead (at to end),
 * or what is still to be written (0 to end).
 */
struct FILE {
	int fd;
	unsigned char writing, line_buffered, unbuffered, eof, error, allocated;
	unsigned at, end;
	struct FILE *next;		/* all open streams, for fflush(NULL) */
	unsigned char *buf;		/* BUFSIZ bytes */
};

extern FILE *open_streams;
void register_stream(FILE *f);		/* has exit() flush it, too */
#endif
