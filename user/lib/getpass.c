/*
 * Reads a line from standard input without echo. Signals are blocked until the
 * line is complete, so that the terminal is left in order.
 */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define INTERRUPT 3		/* ^C gives up the line */

char *getpass(const char *prompt)
{
	static char line[130];
	struct termios before, silent;
	int is_terminal = tcgetattr(0, &before) == 0, n = 0;
	char c = 0;

	silent = before;
	silent.c_lflag = (silent.c_lflag & ~(ECHO | ISIG)) | ICANON | ECHONL;
	if (is_terminal)
		tcsetattr(0, TCSAFLUSH, &silent);
	fputs(prompt, stderr);
	while (read(0, &c, 1) == 1 && c != '\n')
		if (n < (int)sizeof(line) - 1)
			line[n++] = c;
	line[n] = '\0';
	if (is_terminal)
		tcsetattr(0, TCSANOW, &before);
	return strchr(line, INTERRUPT) || (c != '\n' && n == 0) ? NULL : line;
}
