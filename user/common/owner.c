/*
 * Owners of files, for chown, chgrp and find: turns names into numbers, and
 * changes whole trees.
 */
#include <ctype.h>
#include <errno.h>
#include <lines.h>
#include <names.h>
#include <owner.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

/*
 * Returns the third field of the line that begins with name, in a file like
 * /etc/passwd. If there is no such line, returns name as a number.
 */
static long find_id(const char *file, const char *name)
{
	FILE *f = fopen(file, "r");
	size_t size = 0, n = strlen(name);
	char *line = NULL, *field, *end;
	long id;

	errno = 0;
	id = strtol(name, &end, 10);
	if (!isdigit(*name) || *end || errno)
		id = -1;
	while (f && read_line(&line, &size, f) >= 0)
		if (strncmp(line, name, n) == 0 && line[n] == ':' &&
		    (field = strchr(line + n + 1, ':'))) {
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

char **owner_options(int argc, char **argv, struct owner_options *o)
{
	int option;

	while ((option = getopt(argc, argv, "RhfHLP")) != -1)
		switch (option) {
		case 'R': o->recursive = 1; break;
		case 'h': o->links = 1; break;
		case 'f': o->quiet = 1; break;
		case '?': usage();
		default: o->follow = option;
		}
	if (argc - optind < 2)
		usage();
	if (!o->recursive)
		o->follow = 0;
	return argv + optind;
}

/*
 * Changes what is below a directory. A walk that follows links changes their
 * targets; any other changes the links.
 */
static void change_below(const char *path, uid_t uid, gid_t gid,
			 const struct owner_options *o, int depth)
{
	int follow = o->follow == 'L' || (o->follow == 'H' && depth == 0);
	char **names = NULL;
	struct stat st;

	if (o->recursive && (follow ? stat : lstat)(path, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		names = sorted_names(path);
	if ((o->links || (o->recursive && o->follow != 'L' && o->follow != 'H')
		     ? lchown
		     : chown)(path, uid, gid) < 0) {
		if (!o->quiet)
			warn(path);
		exit_status = 1;
	}
	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		change_below(full, uid, gid, o, depth + 1);
		free(full);
	}
	free_names(names);
}

void change_owner(const char *path, uid_t uid, gid_t gid,
		  const struct owner_options *o)
{
	change_below(path, uid, gid, o, 0);
}
