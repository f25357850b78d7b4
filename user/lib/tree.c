/* Copying and removing files and whole trees, for cp, mv and rm. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tree.h>
#include <unistd.h>
#include <utime.h>
#include <util.h>

/* Call fn for the names in a directory, without . and .. */
static int each_entry(const char *path, int (*fn)(const char *path, const char *name, void *context), void *context)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	int failed = 0;

	if (!dir) {
		warn(path);
		return -1;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			failed |= fn(path, d->d_name, context);
	closedir(dir);
	return failed;
}

static int remove_entry(const char *path, const char *name, void *context)
{
	char *full = join_path(path, name);
	int failed = remove_tree(full, *(int *)context);

	free(full);
	return failed;
}

int remove_tree(const char *path, int interactive)
{
	struct stat st;

	if (lstat(path, &st) < 0 || (interactive && !ask("remove", path))) {
		if (!interactive)
			warn(path);
		return interactive ? 0 : -1;
	}
	if (S_ISDIR(st.st_mode) && each_entry(path, remove_entry, &interactive))
		return -1;
	if ((S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path)) == 0)
		return 0;
	warn(path);
	return -1;
}

static int copy_regular(const char *from, const char *to, mode_t mode)
{
	int in = open(from, O_RDONLY), out, failed;

	if (in < 0) {
		warn(from);
		return -1;
	}
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
	failed = out < 0 || copy_fd(in, out) < 0;
	if (failed)
		warn(to);
	close(in);
	if (out >= 0)
		close(out);
	return failed ? -1 : 0;
}

static int copy_link(const char *from, const char *to)
{
	char target[1024];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n >= 0) {
		target[n] = '\0';
		if (symlink(target, to) == 0)
			return 0;
	}
	warn(to);
	return -1;
}

struct copy {
	const char *to;
	int preserve;
};

static int copy_entry(const char *path, const char *name, void *context)
{
	const struct copy *c = context;
	char *from = join_path(path, name), *to = join_path(c->to, name);
	int failed = copy_tree(from, to, 1, c->preserve);

	free(from);
	free(to);
	return failed;
}

static int copy_directory(const char *from, const char *to, mode_t mode, int preserve)
{
	struct copy c = { to, preserve };

	if (mkdir(to, mode | 0700) < 0 && errno != EEXIST) {
		warn(to);
		return -1;
	}
	return each_entry(from, copy_entry, &c);
}

static void keep_attributes(const char *to, const struct stat *st)
{
	struct utimbuf times = { st->st_atime, st->st_mtime };

	chmod(to, st->st_mode & 07777);
	chown(to, st->st_uid, st->st_gid);
	utime(to, &times);
}

int copy_tree(const char *from, const char *to, int recursive, int preserve)
{
	struct stat st, other;
	int failed;

	if ((recursive ? lstat : stat)(from, &st) < 0) {
		warn(from);
		return -1;
	}
	if (stat(to, &other) == 0 && st.st_dev == other.st_dev && st.st_ino == other.st_ino) {
		complain(to, "is the same file");
		return -1;
	}
	if (S_ISDIR(st.st_mode) && !recursive) {
		complain(from, "is a directory (-r not given)");
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		failed = copy_directory(from, to, st.st_mode & 07777, preserve);
	else if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	else if (recursive && !S_ISREG(st.st_mode))
		failed = mknod(to, st.st_mode, st.st_rdev) < 0 ? warn(to), -1 : 0;
	else
		failed = copy_regular(from, to, st.st_mode);
	if (!failed && preserve)
		keep_attributes(to, &st);
	return failed;
}

void each_target(char **files, int count, const char *synopsis, int interactive, void (*fn)(const char *from, const char *to))
{
	const char *target = count ? files[count - 1] : NULL;
	int into;

	if (count < 2)
		usage(synopsis);
	into = is_directory(target);
	if (!into && count > 2) {
		complain(target, "not a directory");
		return;
	}
	for (int i = 0; i < count - 1; i++) {
		char *inside = into ? join_path(target, base_name(files[i])) : NULL;
		const char *to = inside ? inside : target;

		if (!interactive || access(to, F_OK) < 0 || ask("overwrite", to))
			fn(files[i], to);
		free(inside);
	}
}
