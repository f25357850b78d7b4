/*
 * tee [-ai] [file...]
 * Copies standard input to standard output and to files.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	static char buf[4096], *standard_output = "standard output";
	int option, flags = O_TRUNC, *fds;
	ssize_t length;
	char **names;

	util_start(argv);
	while ((option = getopt(argc, argv, "ai")) != -1) {
		if (option == '?')
			usage();
		if (option == 'a')
			flags = O_APPEND;
		else
			signal(SIGINT, SIG_IGN);
	}
	/* the first name's place is for standard output */
	names = argv + optind - 1;
	names[0] = standard_output;
	fds = calloc(argc, sizeof(*fds));
	if (!fds)
		die("memory");
	fds[0] = 1;
	for (int i = 1; names[i]; i++) {
		fds[i] = open(names[i], O_WRONLY | O_CREAT | flags, 0666);
		if (fds[i] < 0)
			warn(names[i]);
	}
	while ((length = read(0, buf, sizeof(buf))) > 0)
		for (int i = 0; names[i]; i++)
			if (fds[i] >= 0 && write_all(fds[i], buf, length) < 0) {
				warn(names[i]);
				fds[i] = -1;
			}
	if (length < 0)
		die("standard input");
	return exit_status;
}
