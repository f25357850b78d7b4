/* /etc/passwd and /etc/group: lines with fields between colons. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX	512
#define MEMBERS_MAX	32

/* Cuts a line in place into n fields. Returns 0 if it has fewer. */
static int cut(char *line, char **fields, int n)
{
	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < n; i++) {
		char *end = strchr(line, ':');

		fields[i] = line;
		if (!end && i < n - 1)
			return 0;
		if (end)
			*end = '\0';
		line = end + 1;
	}
	return 1;
}

/*
 * Returns the first line whose field 0 is name. Without a name, field 2 must be
 * id.
 */
static int find(const char *file, const char *name, unsigned id, char **fields,
		int n)
{
	static char line[LINE_MAX];
	FILE *f = fopen(file, "r");
	int found = 0;

	while (f && !found && fgets(line, sizeof(line), f))
		found = cut(line, fields, n) &&
			(name ? strcmp(fields[0], name) == 0
			      : strtoul(fields[2], NULL, 10) == id);
	if (f)
		fclose(f);
	return found;
}

static struct passwd *find_user(const char *name, uid_t uid)
{
	static struct passwd user;
	char *f[7];

	if (!find("/etc/passwd", name, uid, f, 7))
		return NULL;
	user = (struct passwd){
		f[0], f[1], strtoul(f[2], NULL, 10), strtoul(f[3], NULL, 10),
		f[4], f[5], *f[6] ? f[6] : "/bin/sh"
	};
	return &user;
}

struct passwd *getpwnam(const char *name)
{
	return find_user(name, 0);
}

struct passwd *getpwuid(uid_t uid)
{
	return find_user(NULL, uid);
}

static struct group *find_group(const char *name, gid_t gid)
{
	static char *members[MEMBERS_MAX + 1];
	static struct group group;
	char *f[4];
	int n = 0;

	if (!find("/etc/group", name, gid, f, 4))
		return NULL;
	for (char *m = strtok(f[3], ","); m && n < MEMBERS_MAX;
	     m = strtok(NULL, ","))
		members[n++] = m;
	members[n] = NULL;
	group = (struct group){ f[0], f[1], strtoul(f[2], NULL, 10), members };
	return &group;
}

struct group *getgrnam(const char *name)
{
	return find_group(name, 0);
}

struct group *getgrgid(gid_t gid)
{
	return find_group(NULL, gid);
}

static int is_member(char *members, const char *user)
{
	for (char *m = strtok(members, ","); m; m = strtok(NULL, ","))
		if (strcmp(m, user) == 0)
			return 1;
	return 0;
}

int getgrouplist(const char *user, gid_t group, gid_t *groups, int *count)
{
	char line[LINE_MAX], *f[4];
	FILE *file = fopen("/etc/group", "r");
	int n = 1, room = *count;

	if (room > 0)
		groups[0] = group;
	while (file && fgets(line, sizeof(line), file)) {
		gid_t gid;

		if (!cut(line, f, 4) || !is_member(f[3], user) ||
		    (gid = strtoul(f[2], NULL, 10)) == group)
			continue;
		if (n < room)
			groups[n] = gid;
		n++;
	}
	if (file)
		fclose(file);
	*count = n;
	return n <= room ? n : -1;
}

/* Does nothing if the kernel has no supplementary groups. */
int initgroups(const char *user, gid_t group)
{
	gid_t groups[MEMBERS_MAX];
	int n = MEMBERS_MAX;

	if (getgrouplist(user, group, groups, &n) < 0)
		n = MEMBERS_MAX;
	return setgroups(n, groups) < 0 && errno != ENOSYS ? -1 : 0;
}
