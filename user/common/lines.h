/* Text files by lines (user/common/lines.c). */
#ifndef LINES_H
#define LINES_H
#include <stdio.h>
FILE *open_input(
	const char *name); /* "-": standard input; NULL after a message */
/* getline() without the newline */
ssize_t read_line(char **line, size_t *size, FILE *f);
#endif
