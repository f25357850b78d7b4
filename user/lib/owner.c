/* Owners of files: names to numbers, and changing whole trees, for chown, chgrp and find. */
#include <lines.h>
#include <names.h>
#include <owner.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

/* The number in the third field of the line that a name begins, in a file like /etc/passwd; failing that, the name as a number. */
static long find_id(const char *file, const char *name)
{
	FILE *f = fopen(file, "r");
	size_t size = 0, n = strlen(name);
	char *line = NULL, *field, *end;
	long id = strtol(name, &end, 10);

	if (!*name || *end || id < 0)
		id = -1;
	while (f && read_line(&line, &size, f) >= 0)
		if (strncmp(line, name, n) == 0 && line[n] == ':' && (field = strchr(line + n + 1, ':'))) {
			id = strtol(field + 1, NULL, 10);
			break;
		}
	if (f)
		fclose(f);
	free(line);
	return id;
}

long user_id(const char *name)
{
	return find_id("/etc/passwd", name);
}

long group_id(const char *name)
{
	return find_id("/etc/group", name);
}

/* Symbolic links below the first path are left alone: the call would change what they point to. */
void change_owner(const char *path, long uid, long gid, int recursive)
{
	struct stat st;
	char **names = recursive && lstat(path, &st) == 0 && S_ISDIR(st.st_mode) ? sorted_names(path) : NULL;

	if (chown(path, uid, gid) < 0)
		warn(path);
	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		if (lstat(full, &st) < 0 || !S_ISLNK(st.st_mode))
			change_owner(full, uid, gid, recursive);
		free(full);
	}
	free_names(names);
}
