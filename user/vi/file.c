/*
 * Reads and writes files. A file is written in place, so that its inode, mode
 * and links stay. It is cut to its length only afterwards.
 */
#include "vi.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

char *file_name, *other_name, **file_list, **first_file;
static struct stat as_read;	/* the file when it was last read or written */

static void fail_with(const char *name, int error)
{
	message("\"%s\": %s", name, strerror(error));
	longjmp(restart, 1);
}

void set_name(const char *name)
{
	char *copy = need(strlen(name) + 1);

	strcpy(copy, name);
	if (!file_name || strcmp(name, file_name) == 0) {
		free(file_name);
	} else {
		free(other_name);
		other_name = file_name;
	}
	file_name = copy;
}

/*
 * Returns all of a file, with room for one more byte. Returns NULL with errno.
 */
char *read_all(int fd, int *size)
{
	struct stat st = { 0 };
	int room, used = 0;
	ssize_t n = 0;
	char *buf, *more;

	fstat(fd, &st);
	room = S_ISREG(st.st_mode) ? st.st_size + 512 : 65536;
	buf = malloc(room);
	while (buf && (n = read(fd, buf + used, room - used - 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		used += n;
		if (room - used - 1 > 0)
			continue;
		more = realloc(buf, room *= 2);
		if (!more)
			n = -1;
		else
			buf = more;
		if (!more)
			break;
	}
	*size = used;
	if (n == 0)
		return buf;
	free(buf);
	return NULL;
}

static char *read_named(const char *name, int *size)
{
	int fd = open(name, O_RDONLY), error;
	char *buf;

	if (fd < 0)
		return NULL;
	buf = read_all(fd, size);
	error = errno;
	close(fd);
	errno = error ? error : ENOMEM;
	if (buf)
		errno = 0;
	return buf;
}

/* Edits another file. A missing one is empty. */
int load_file(const char *name)
{
	char kept[256];
	int size = 0;
	char *buf = read_named(name, &size);

	snprintf(kept, sizeof(kept), "%s", name);
	if (!buf && errno != ENOENT)
		fail_with(kept, errno);
	memset(&as_read, 0, sizeof(as_read));
	if (buf) {
		int whole = size == 0 || buf[size - 1] == '\n';

		stat(kept, &as_read);
		adopt_text(buf, size);
		message("\"%s\"%s%s %d lines, %d bytes", kept,
			access(kept, W_OK) < 0 ? " [read only]" : "",
			whole ? "" : " [no newline at the end]",
			nothing ? 0 : nr_lines, size);
	} else {
		adopt_text(need(1), 0);
		message("\"%s\" [new file]", kept);
	}
	set_name(kept);
	return 0;
}

/* Inserts the lines of a text behind a row (-1: before the first). */
void read_text_into(int row, const char *text, int size)
{
	int n = 0;
	struct line *new;

	for (int i = 0; i < size; i++)
		n += text[i] == '\n';
	n += size > 0 && text[size - 1] != '\n';
	if (n == 0)
		return;
	new = need((n + 1) * sizeof(*new));
	for (int i = 0; i < n; i++) {
		const char *end = memchr(text, '\n', size);
		int length = end ? end - text : size;

		new[i] = make_line(text, length);
		text += length + 1;
		size -= length + 1;
	}
	replace_lines(row + 1, 0, new, n);
	free(new);
	cursor = (struct place){ row + 1, 0 };
}

/* Does :r. */
void read_into(int row, const char *name)
{
	int size = 0, before = nr_lines;
	char *buf = read_named(name, &size);

	if (!buf)
		fail_with(name, errno);
	read_text_into(row, buf, size);
	free(buf);
	message("\"%s\" %d lines", name, nr_lines - before);
}

/*
 * Writes lines to a descriptor, in large pieces. Returns how many bytes, or -1
 * with errno.
 */
int write_lines(int fd, int first, int last)
{
	static char buf[8192];
	int used = 0, total = 0;

	for (int row = first; row <= last; row++) {
		const struct line *l = &lines[row];

		for (int i = 0; i <= l->n; i++) {
			if (used == sizeof(buf)) {
				if (write_all(fd, buf, used) < 0)
					return -1;
				used = 0;
			}
			buf[used++] = i < l->n ? l->s[i] : '\n';
			total++;
		}
	}
	return write_all(fd, buf, used) < 0 ? -1 : total;
}

/*
 * Fails if a file must not be overwritten by mistake. It may be another one, or
 * someone else may have changed this one.
 */
static void check_target(const char *name, int whole)
{
	struct stat st;

	if (stat(name, &st) < 0)
		return;
	if (!file_name || strcmp(name, file_name) != 0)
		fail("The file exists (! replaces it)");
	if (!whole)
		fail("Only a part of the file (! writes it)");
	if (st.st_ino != as_read.st_ino || st.st_dev != as_read.st_dev ||
	    st.st_mtime != as_read.st_mtime)
		fail("Someone else has changed the file (! replaces it)");
}

/*
 * Writes the lines into the open file. Keeps the first error while the rest is
 * done.
 */
static int store(int fd, int first, int last, int append)
{
	int bytes = last < first ? 0 : write_lines(fd, first, last),
	    error = bytes < 0 ? errno : 0;
	struct stat st;

	if (!error && !append && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    ftruncate(fd, bytes) < 0)
		error = errno;
	if (!error && fsync(fd) < 0 && errno != EINVAL && errno != EROFS &&
	    errno != ENOSYS)
		error = errno;
	if (close(fd) < 0 && !error)
		error = errno;
	errno = error;
	return error ? -1 : bytes;
}

void write_file(const char *name, int first, int last, int append, int force)
{
	int whole = first == 0 && last == nr_lines - 1, fd, bytes, exists;

	if (!name)
		name = file_name;
	if (!name)
		fail("No file name");
	if (!force && !append)
		check_target(name, whole);
	exists = access(name, F_OK) == 0;
	fd = open(name, O_WRONLY | O_CREAT | (append ? O_APPEND : 0), 0666);
	if (fd < 0)
		fail_with(name, errno);
	bytes = store(fd, first, nothing ? first - 1 : last, append);
	if (bytes < 0) {
		message("\"%s\": NOT WRITTEN COMPLETELY: %s", name,
			strerror(errno));
		longjmp(restart, 1);
	}
	message("\"%s\"%s %d lines, %d bytes written", name,
		exists ? "" : " [new file]", nothing ? 0 : last - first + 1,
		bytes);
	if (!file_name)
		set_name(name);
	if (strcmp(name, file_name) != 0 || append)
		return;
	stat(file_name, &as_read);
	if (whole)
		modified = 0;
}

/*
 * Saves the text in a file beside the original. Called when the terminal is
 * gone or the machine goes down.
 */
void save_on_hangup(void)
{
	char name[256];

	hung_up = 0;
	snprintf(name, sizeof(name), "%s.save",
		 file_name ? file_name : "/tmp/vi");
	if (modified && setjmp(restart) == 0)
		write_file(name, 0, nr_lines - 1, 0, 1);
	leave(1);
}

void file_status(void)
{
	message("\"%s\"%s line %d of %d", file_name ? file_name : "no name",
		modified ? " [modified]" : "", cursor.row + 1, nr_lines);
}
