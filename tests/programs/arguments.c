/*
 * Arguments and environment: a program that runs itself, getopt, functions of
 * the environment, sizes.
 */
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

extern char **environ;

static void environment(void)
{
	static char own[] = "OWN=put";

	for (char **e = environ; *e; e++)
		puts(*e);
	printf("%s %s\n", getenv("PATH"),
	       getenv("MISSING") ? "there" : "missing");
	CALL(setenv("NEW", "1", 0));
	CALL(setenv("NEW", "2", 0));
	printf("%s\n", getenv("NEW"));
	CALL(setenv("NEW", "3", 1));
	CALL(putenv(own));
	own[4] = 'P';
	printf("%s %s\n", getenv("NEW"), getenv("OWN"));
	CALL(unsetenv("NEW"));
	CALL(setenv("BAD=NAME", "x", 1));
	printf("%d\n", getenv("NEW") == NULL);
	CALL(clearenv());
	printf("%d\n", environ == NULL || *environ == NULL);
}

static void options(void)
{
	static const struct option longs[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "output", required_argument, NULL, 'o' },
		{ "level", optional_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 }
	};
	char *argv[] = { "prog",      "-ab",        "file",  "-ovalue",
			 "--verbose", "--output=x", "--lev", "--level=3",
			 "-o",        "y",          "--",    "-z",
			 NULL };
	char *wrong[] = { "prog", "-q", "--unknown", "-o", NULL };
	int c;

	optind = 1;
	while ((c = getopt_long(12, argv, "abo:v", longs, NULL)) != -1)
		printf("%c%s%s ", c, optarg ? "=" : "", optarg ?: "");
	printf("rest:");
	while (optind < 12)
		printf(" %s", argv[optind++]);
	putchar('\n');
	optind = 0;
	fflush(stdout);
	while ((c = getopt_long(4, wrong, "abo:v", longs, NULL)) != -1)
		printf("%c %c\n", c, optopt ?: '-');
	char *subs = strdup("ro,size=5,bad"),
	     *value, *const names[] = { "ro", "size", NULL };
	for (char *p = subs; *p;) {
		c = getsubopt(&p, names, &value);
		printf("%d %s\n", c, value ?: "-");
	}
	free(subs);
}

static int again(int argc, char **argv)
{
	size_t bytes = 0;

	for (int i = 0; i < argc; i++)
		bytes += strlen(argv[i]) + 1;
	printf("again: %d arguments, %zu bytes, last <%.8s>, %s\n", argc, bytes,
	       argv[argc - 1], getenv("KEPT") ?: "no environment");
	return argc % 100;
}

static void itself(int argc, size_t length)
{
	char **argv = calloc(argc + 1, sizeof(*argv)),
	     *text = malloc(length + 1), *envp[] = { "KEPT=kept", NULL };
	int status;

	memset(text, 'x', length);
	text[length] = '\0';
	for (int i = 0; i < argc; i++)
		argv[i] = text;
	argv[0] = "arguments";
	if (argc > 1)
		argv[1] = "again";
	fflush(stdout);
	if (fork() == 0) {
		execve(program_invocation_name, argv, envp);
		printf("%d of %zu: %s\n", argc, length, strerrorname_np(errno));
		exit(77);
	}
	wait(&status);
	printf("status %d\n", WEXITSTATUS(status));
	free(argv);
	free(text);
}

static void names(void)
{
	char a[] = "/usr/lib/x.c", b[] = "/", c[] = "plain";

	printf("%s %s %s %s\n", basename(a), dirname(a), dirname(b),
	       basename(c));
	printf("%s\n", program_invocation_short_name);
	printf("page %lu, secure %lu, random %d, clock ticks %ld, name %d\n",
	       getauxval(AT_PAGESZ), getauxval(AT_SECURE),
	       getauxval(AT_RANDOM) != 0, sysconf(_SC_CLK_TCK),
	       getauxval(AT_EXECFN) && strcmp((char *)getauxval(AT_EXECFN),
					      program_invocation_name) == 0);
	printf("uid %d, entry %d, phnum %d\n", getauxval(AT_UID) == getuid(),
	       getauxval(AT_ENTRY) != 0, getauxval(AT_PHNUM) > 2);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "again") == 0)
		return again(argc, argv);
	names();
	options();
	itself(2, 0);
	itself(10, 100);
	itself(1000, 50);
	itself(3, 100000);
	itself(3, 140000);
	environment();
	return 0;
}
