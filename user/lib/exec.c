/* execv and execvp. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/* Run path; a file that is no program is a script for the shell, as it has always been. */
static void try(const char *path, char *const argv[])
{
	char *script[64] = { "sh", (char *)path };
	int n = 0;

	execv(path, argv);
	if (errno != ENOEXEC)
		return;
	while (n < 61 && argv[n] && argv[n + 1]) {
		script[n + 2] = argv[n + 1];
		n++;
	}
	execv("/bin/sh", script);
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
	for (path = path ? path : "/bin:/sbin"; *path; path += strcspn(path, ":") + (path[strcspn(path, ":")] == ':')) {
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
