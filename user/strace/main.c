/*
 * strace [-cf] [-e [trace=]call,...] [-o file] [-s length] program
 * [argument...]
 * Prints the system calls of a program, one a line.
 */
#include "strace.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

int follow, summary, string_limit = 32;
static char *calls;	/* -e: names with a comma before and behind each */
static int all_but;		/* the names are those not to be shown */

int chosen(long number)
{
	char name[40];

	if (!calls)
		return 1;
	snprintf(name, sizeof(name), ",%s,", call_name(number));
	return (strstr(calls, name) != NULL) != all_but;
}

static void choose(const char *list)
{
	if (strncmp(list, "trace=", 6) == 0)
		list += 6;
	all_but = *list == '!';
	calls = malloc(strlen(list) + 3);
	if (!calls)
		die(list);
	sprintf(calls, ",%s,", list + all_but);
	if (strcmp(calls, ",all,") == 0)
		calls = NULL;
}

/* Returns the path of the program, along PATH like the shell. */
static const char *find_program(const char *name)
{
	const char *path = getenv("PATH");
	static char file[512];

	if (strchr(name, '/') && access(name, X_OK) == 0)
		return name;
	if (strchr(name, '/'))
		die(name);
	for (path = path ? path : "/bin:/sbin"; *path;
	     path += strcspn(path, ":") + (path[strcspn(path, ":")] == ':')) {
		snprintf(file, sizeof(file), "%.*s/%s", (int)strcspn(path, ":"),
			 path, name);
		if (access(file, X_OK) == 0 && !is_directory(file))
			return file;
	}
	complain(name, "not found");
	exit(1);
}

static void set_option(int option)
{
	switch (option) {
	case 'c': summary = 1; break;
	case 'f': follow = 1; break;
	case 'e': choose(optarg); break;
	case 's': string_limit = number(optarg); break;
	case 'o':
		output_fd = open(
			optarg, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (output_fd < 0)
			die(optarg);
		break;
	default:
		usage();
	}
}

/*
 * Parses the options up to the program's name. Those behind it are the
 * program's own.
 */
static void read_options(int argc, char **argv)
{
	int option;

	while (optind < argc && argv[optind][0] == '-' &&
	       (option = getopt(argc, argv, "cfe:o:s:")) != -1)
		set_option(option);
	if (optind >= argc)
		set_option('?');
}

int main(int argc, char **argv)
{
	int status;

	util_start(argv);
	read_options(argc, argv);
	status = trace(argv + optind, find_program(argv[optind]));
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}
