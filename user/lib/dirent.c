/* Reads directories. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct DIR {
	int fd;
	int at, end;
	struct dirent entry;
	char buf[1024];
};

int getdents(int fd, void *buf, unsigned size);

DIR *opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : malloc(sizeof(*dir));

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	dir->fd = fd;
	dir->at = dir->end = 0;
	return dir;
}

struct dirent *readdir(DIR *dir)
{
	struct linux_dirent *d;

	if (dir->at >= dir->end) {
		dir->end = getdents(dir->fd, dir->buf, sizeof(dir->buf));
		dir->at = 0;
		if (dir->end <= 0)
			return NULL;
	}
	d = (struct linux_dirent *)(dir->buf + dir->at);
	dir->at += d->d_reclen;
	dir->entry.d_ino = d->d_ino;
	strncpy(dir->entry.d_name, d->d_name, sizeof(dir->entry.d_name) - 1);
	return &dir->entry;
}

int closedir(DIR *dir)
{
	int result = close(dir->fd);

	free(dir);
	return result;
}
