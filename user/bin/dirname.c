/*
 * dirname path...
 * Prints the directories of paths.
 */
#include <help.h>
#include <stdio.h>
#include <string.h>

/* Prints a path without its last part and the slashes around that part. */
static void print_directory(char *s)
{
	size_t n = strlen(s);

	while (n > 1 && s[n - 1] == '/')
		n--;
	while (n > 0 && s[n - 1] != '/')
		n--;
	while (n > 1 && s[n - 1] == '/')
		n--;
	s[n] = '\0';
	puts(n ? s : ".");
}

int main(int argc, char **argv)
{
	int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

	answer_help(argv);
	if (i >= argc) {
		print_usage("dirname");
		return 1;
	}
	for (; i < argc; i++)
		print_directory(argv[i]);
	if (fflush(stdout) == 0)
		return 0;
	fputs("dirname: cannot write\n", stderr);
	return 1;
}
