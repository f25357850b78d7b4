/*
 * chmod [-Rf] mode file...
 * Changes the mode of files.
 */
#include <names.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static int recursive, quiet;
static mode_t mask;

static void failed(const char *path)
{
	if (!quiet)
		warn(path);
	exit_status = 1;
}

/* Changes a file and what is below it. Symbolic links there stay unchanged. */
static void change(const char *mode, const char *path, int depth)
{
	char **names = NULL;
	struct stat st;

	if ((depth ? lstat : stat)(path, &st) < 0) {
		failed(path);
		return;
	}
	if (S_ISLNK(st.st_mode))
		return;
	if (chmod(path, change_mode(mode, st.st_mode, mask)) < 0)
		failed(path);
	if (recursive && S_ISDIR(st.st_mode))
		names = sorted_names(path);
	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		change(mode, full, depth + 1);
		free(full);
	}
	free_names(names);
}

/* Parses the options. A word with other letters, like -w, is a mode. */
static char **options(char **word)
{
	for (; *word && **word == '-' &&
	       strspn(*word + 1, "Rf") == strlen(*word + 1) && (*word)[1];
	     word++) {
		recursive |= strchr(*word, 'R') != NULL;
		quiet |= strchr(*word, 'f') != NULL;
	}
	return word + (*word && strcmp(*word, "--") == 0);
}

int main(int argc, char **argv)
{
	char **words = options(argv + (argc > 0));

	util_start(argv);
	if (!words[0] || !words[1])
		usage();
	if (change_mode(words[0], 0, 0) < 0) {
		complain(words[0], "bad mode");
		return 1;
	}
	mask = umask(0);
	umask(mask);
	for (char **file = words + 1; *file; file++)
		change(words[0], *file, 0);
	return exit_status;
}
