/* execv and execvp. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/*
 * Returns 1 if a file is not text. Its beginning is an ELF header, or its first
 * line has a NUL.
 */
int looks_binary(const char *start, size_t n)
{
	const char *end = memchr(start, '\n', n);

	return (n >= 4 && memcmp(start, "\177ELF", 4) == 0) ||
	       memchr(start, '\0', end ? (size_t)(end - start) : n);
}

/* Returns 1 if a program of an unknown format must not be run as a script. */
static int file_looks_binary(const char *path)
{
	char start[128];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, start, sizeof(start));

	if (fd >= 0)
		close(fd);
	return n > 0 && looks_binary(start, n);
}

/* Runs path. A text file of no known format is run as a shell script. */
static void try(const char *path, char *const argv[])
{
	char **script;
	int n = 0;

	execv(path, argv);
	if (errno != ENOEXEC)
		return;
	if (!file_looks_binary(path)) {
		while (argv[n])
			n++;
		script = malloc((n + 3) * sizeof(*script));
		if (!script)
			return;
		script[0] = "sh";
		script[1] = (char *)path;
		memcpy(script + 2, argv + (n > 0),
		       (n + (n == 0)) * sizeof(*argv));
		execv("/bin/sh", script);
		free(script);
	}
	errno = ENOEXEC;
}

int execvp(const char *name, char *const argv[])
{
	const char *path = getenv("PATH");
	char file[256];
	int error = ENOENT;

	if (strchr(name, '/')) {
		try(name, argv);
		return -1;
	}
	for (path = path ? path : "/bin:/sbin"; *path;
	     path += strcspn(path, ":") + (path[strcspn(path, ":")] == ':')) {
		size_t n = strcspn(path, ":");

		if (n + strlen(name) + 2 > sizeof(file))
			continue;
		memcpy(file, path, n);
		strcpy(file + n, n ? "/" : "");
		strcat(file, name);
		try(file, argv);
		if (errno != ENOENT && errno != ENOTDIR)
			error = errno;
	}
	errno = error;
	return -1;
}
