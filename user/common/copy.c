/* Copies files and whole trees, for cp and mv. */
#include <errno.h>
#include <fcntl.h>
#include <names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <tree.h>
#include <unistd.h>
#include <util.h>

/* The copied files that have further names, for COPY_LINKS. */
static struct copied {
	struct copied *next;
	unsigned long dev, ino;
	char *to;
} *copied;

/* the first directory copied to, which is not itself copied */
static struct stat made;

static int copy_any(const char *from, const char *to, int flags);

static int failed(const char *what)
{
	warn(what);
	return -1;
}

static int same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Opens the target. If it cannot be opened, removes it first when asked to. */
static int open_target(const char *to, mode_t mode, int flags)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);

	if (fd < 0 && flags & COPY_FORCE && unlink(to) == 0)
		fd = open(to, O_WRONLY | O_CREAT | O_EXCL, mode & 0777);
	return fd;
}

static int copy_regular(const char *from, const char *to, mode_t mode,
			int flags)
{
	int in = open(from, O_RDONLY), out, result = 0;

	if (in < 0)
		return failed(from);
	out = open_target(to, mode, flags);
	if (out < 0)
		result = failed(to);
	else if ((result = copy_fd(in, out)) < 0)
		failed(result == -1 ? from : to);
	if (out >= 0 && close(out) < 0)
		result = failed(to);
	close(in);
	return result;
}

static int copy_link(const char *from, const char *to)
{
	static char target[4096];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return failed(from);
	target[n] = '\0';
	return symlink(target, to) == 0 ? 0 : failed(to);
}

/*
 * Copies a directory. It is writable while it is filled, and gets its final
 * mode afterwards.
 */
static int copy_directory(const char *from, const char *to, mode_t mode,
			  int flags)
{
	int fresh = mkdir(to, (mode & 0777) | 0700) == 0, result = 0;
	char **names;

	if (!fresh && (errno != EEXIST || !is_directory(to)))
		return failed(to);
	if (!made.st_ino && stat(to, &made) < 0)
		return failed(to);
	names = sorted_names(from);
	for (char **n = names; n && *n; n++) {
		char *source = join_path(from, *n), *target = join_path(to, *n);

		result |= copy_any(source, target, flags & ~COPY_FOLLOW_FIRST);
		free(source);
		free(target);
	}
	if (fresh && (~mode & 0700)) {
		mode_t mask = umask(0);

		umask(mask);
		chmod(to, mode & 0777 & ~mask);
	}
	result |= names ? 0 : -1;
	free_names(names);
	return result;
}

/*
 * Sets times, owner and mode, in this order. Writing changes the times, and a
 * new owner clears the set-user-ID bits.
 */
static int keep_attributes(const char *to, const struct stat *st)
{
	struct timespec64 times[2] = {
		{ st->st_atime, st->st_atime_nsec, 0 },
		{ st->st_mtime, st->st_mtime_nsec, 0 },
	};
	mode_t mode = st->st_mode & 07777;

	if (syscall(__NR_utimensat_time64, AT_FDCWD, to, times,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return failed(to);
	if (lchown(to, st->st_uid, st->st_gid) < 0)
		mode &= 0777;
	return S_ISLNK(st->st_mode) || chmod(to, mode) == 0 ? 0 : failed(to);
}

/*
 * Makes the new name a link to the copy if the file was copied under another
 * name. Returns 1 if it was not; then it is remembered. Used with COPY_LINKS.
 */
static int copy_name(const struct stat *st, const char *to)
{
	struct copied *c = copied;

	while (c && (c->ino != st->st_ino || c->dev != st->st_dev))
		c = c->next;
	if (c) {
		unlink(to);
		return link(c->to, to) == 0 ? 0 : failed(to);
	}
	c = malloc(sizeof(*c));
	if (!c)
		die(to);
	*c = (struct copied){ copied, st->st_dev, st->st_ino, strdup(to) };
	if (!c->to)
		die(to);
	copied = c;
	return 1;
}

/* Copies anything but a directory. */
static int copy_file(const char *from, const char *to, const struct stat *st,
		     int flags)
{
	if (flags & COPY_LINKS && st->st_nlink > 1) {
		int result = copy_name(st, to);

		if (result <= 0)
			return result;
	}
	if (S_ISREG(st->st_mode) ||
	    (!(flags & COPY_RECURSIVE) && !S_ISLNK(st->st_mode)))
		return copy_regular(from, to, st->st_mode, flags);
	unlink(to);
	if (S_ISLNK(st->st_mode))
		return copy_link(from, to);
	return mknod(to, st->st_mode, st->st_rdev) == 0 ? 0 : failed(to);
}

/*
 * Decides if an existing target may not be overwritten. Returns 0 if it may, 1
 * if the user or an option forbids it, and -1 after an error message.
 */
static int refused(const char *from, const char *to, const struct stat *st,
		   int flags)
{
	struct stat other;

	if (S_ISDIR(st->st_mode) && !(flags & COPY_RECURSIVE)) {
		complain(from, "is a directory (-r not given)");
		return -1;
	}
	if (S_ISDIR(st->st_mode) && same(st, &made)) {
		complain(from, "is not copied into itself");
		return -1;
	}
	if (lstat(to, &other) < 0)
		return 0;
	if (same(st, &other) || (!S_ISLNK(st->st_mode) &&
				 stat(to, &other) == 0 && same(st, &other))) {
		complain(to, "is the same file");
		return -1;
	}
	if (S_ISDIR(st->st_mode))
		return 0;
	if (S_ISDIR(other.st_mode)) {
		complain(to, "is a directory");
		return -1;
	}
	return flags & COPY_KEEP || (flags & COPY_ASK && !ask("overwrite", to));
}

static int copy_any(const char *from, const char *to, int flags)
{
	struct stat st;
	int result;

	if ((flags & (COPY_FOLLOW | COPY_FOLLOW_FIRST) ? stat : lstat)(from,
								       &st) < 0)
		return failed(from);
	result = refused(from, to, &st, flags);
	if (result)
		return result < 0 ? -1 : 0;
	if (flags & COPY_VERBOSE)
		printf("'%s' -> '%s'\n", from, to);
	if (S_ISDIR(st.st_mode))
		result = copy_directory(from, to, st.st_mode, flags);
	else
		result = copy_file(from, to, &st, flags);
	if (flags & COPY_PRESERVE && result == 0)
		result = keep_attributes(to, &st);
	return result;
}

int copy_tree(const char *from, const char *to, int flags)
{
	made.st_ino = 0;
	return copy_any(from, to, flags);
}
