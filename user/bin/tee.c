/* tee [-a] [file...] */
#include <fcntl.h>
#include <unistd.h>
#include <util.h>

#define FILES_MAX 16

int main(int argc, char **argv)
{
	static char buf[4096];
	int fds[FILES_MAX + 1] = { 1 }, n = 1, option, flags = O_TRUNC;
	ssize_t length;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "a")) != -1) {
		flags = O_APPEND;
		if (option == '?')
			usage("[-a] [file...]");
	}
	for (; optind < argc && n <= FILES_MAX; optind++) {
		fds[n] = open(argv[optind], O_WRONLY | O_CREAT | flags, 0666);
		if (fds[n] < 0)
			warn(argv[optind]);
		else
			n++;
	}
	while ((length = read(0, buf, sizeof(buf))) > 0)
		for (int i = 0; i < n; i++)
			if (write_all(fds[i], buf, length) < 0)
				warn("write");
	return exit_status;
}
