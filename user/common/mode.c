/* A file mode as ls -l shows it. */
#include <string.h>
#include <sys/stat.h>
#include <util.h>

void mode_string(mode_t mode, char *to)
{
	static const char types[] = "?pc?d?b?-?l?s???", bits[] = "rwxrwxrwx";

	to[0] = types[mode >> 12 & 15];
	for (int i = 0; i < 9; i++)
		to[1 + i] = mode & 0400 >> i ? bits[i] : '-';
	if (mode & S_ISUID)
		to[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		to[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		to[9] = mode & S_IXOTH ? 't' : 'T';
	to[10] = '\0';
}
