/* Functions for all utilities: error messages in one form, and copying. */
#include <errno.h>
#include <fcntl.h>
#include <help.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

const char *program_name = "?";
int exit_status, failure_status = 1;

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/*
 * Reports output that was lost, for example because the disk is full. It is
 * registered first, so it is called last, after the flush of standard output.
 */
static void check_output(void)
{
	if (!ferror(stdout))
		return;
	errno = ferror(stdout);
	perror(program_name);
	_exit(failure_status);
}

void util_init(const char *argv0)
{
	program_name = base_name(argv0);
	atexit(check_output);
}

void util_start(char **argv)
{
	util_init(argv[0]);
	answer_help(argv);
}

void complain(const char *what, const char *why)
{
	int error = errno;

	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", program_name, what, why);
	exit_status = 1;
	errno = error;
}

void warn(const char *what)
{
	complain(what, strerror(errno));
}

void die(const char *what)
{
	warn(what);
	exit(failure_status);
}

void usage(void)
{
	fflush(stdout);
	print_usage(program_name);
	exit(2);
}

int write_all(int fd, const void *buf, size_t n)
{
	const char *p = buf;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= done;
	}
	return 0;
}

int copy_fd(int from, int to)
{
	static char buf[4096];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (write_all(to, buf, n) < 0)
			return -2;
	}
	return 0;
}

int open_file(const char *name)
{
	int fd = strcmp(name, "-") == 0 ? 0 : open(name, O_RDONLY);
	struct stat st;

	if (fd > 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		fd = -1;
	}
	if (fd < 0)
		warn(name);
	return fd;
}

void for_each_file(char **files, void (*fn)(int fd, const char *name))
{
	static char *const standard_input[] = { "-", NULL };

	for (char *const *f = *files ? files : standard_input; *f; f++) {
		int fd = open_file(*f);

		if (fd < 0)
			continue;
		fn(fd, *f);
		if (fd != 0)
			close(fd);
	}
}

long number(const char *s)
{
	char *end;
	long value = strtol(s, &end, 10);

	if (!*s || *end) {
		complain(s, "not a number");
		exit(2);
	}
	return value;
}

char *join_path(const char *dir, const char *name)
{
	char *path = malloc(strlen(dir) + strlen(name) + 2);

	if (!path)
		die(dir);
	strcpy(path, dir);
	if (*dir && dir[strlen(dir) - 1] != '/')
		strcat(path, "/");
	return strcat(path, name);
}

char *last_part(const char *path)
{
	size_t n = strlen(path);
	char *copy;

	while (n > 1 && path[n - 1] == '/')
		n--;
	copy = strndup(path, n);
	if (!copy)
		die(path);
	memmove(copy, base_name(copy), strlen(base_name(copy)) + 1);
	return copy;
}

int is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int ask(const char *question, const char *what)
{
	int first, c;

	fflush(stdout);
	fprintf(stderr, "%s: %s %s? ", program_name, question, what);
	first = c = getchar();
	while (c != '\n' && c != EOF)
		c = getchar();
	return first == 'y' || first == 'Y';
}
