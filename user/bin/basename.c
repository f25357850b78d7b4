/*
 * basename path [suffix]
 * Prints the last part of a path, without the suffix.
 */
#include <help.h>
#include <stdio.h>
#include <string.h>

/* Removes the slashes at the end and the directory. */
static char *last_part(char *s)
{
	size_t n = strlen(s);

	while (n > 1 && s[n - 1] == '/')
		s[--n] = '\0';
	return n > 1 && strrchr(s, '/') ? strrchr(s, '/') + 1 : s;
}

int main(int argc, char **argv)
{
	int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
	char *s;

	answer_help(argv);
	if (argc - first < 1 || argc - first > 2) {
		print_usage("basename");
		return 1;
	}
	s = last_part(argv[first]);
	if (argc - first == 2) {
		size_t n = strlen(s), k = strlen(argv[first + 1]);

		if (n > k && strcmp(s + n - k, argv[first + 1]) == 0)
			s[n - k] = '\0';
	}
	puts(s);
	if (fflush(stdout) == 0)
		return 0;
	fputs("basename: cannot write\n", stderr);
	return 1;
}
