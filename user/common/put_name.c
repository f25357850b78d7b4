/* Prints names of files and programs on a terminal. */
#include <ctype.h>
#include <stdio.h>
#include <util.h>

int put_name(const char *name, int hide)
{
	int n = 0;

	for (; *name; name++, n++)
		putchar(hide && iscntrl((unsigned char)*name) ? '?' : *name);
	return n;
}
