/*
 * which [-a] name...
 * Prints where the shell would find programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static int all;

/* Prints path if it is a program. */
static int try(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    access(path, X_OK) < 0)
		return 0;
	puts(path);
	return 1;
}

/* Looks for a name in the directories of PATH. Returns 1 if there is none. */
static int which(const char *name)
{
	const char *dirs = getenv("PATH");
	int found = 0;

	if (strchr(name, '/'))
		return !try(name);
	for (dirs = dirs ? dirs : "/bin:/sbin"; *dirs && (all || !found);
	     dirs += *dirs == ':') {
		size_t n = strcspn(dirs, ":");
		char *path = malloc(n + strlen(name) + 3);

		if (!path)
			return 1;
		memcpy(path, n ? dirs : ".", n ? n : 1);
		strcpy(path + (n ? n : 1), "/");
		strcat(path, name);
		found |= try(path);
		free(path);
		dirs += n;
	}
	return !found;
}

int main(int argc, char **argv)
{
	int option, status = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "a")) != -1) {
		if (option == '?')
			usage();
		all = 1;
	}
	status = optind == argc;
	for (; optind < argc; optind++)
		status |= which(argv[optind]);
	return status;
}
