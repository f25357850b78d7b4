/* id [-ugGn] [user]: user and groups, numbers and names; as groups the groups' names, as whoami the user's */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#define GROUPS_MAX 32

static gid_t groups[GROUPS_MAX];
static int nr_groups, names;

static const char *user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : NULL;
}

static const char *group_name(gid_t gid)
{
	const struct group *group = getgrgid(gid);

	return group ? group->gr_name : NULL;
}

/* number(name), as id without options shows it */
static void show_both(const char *what, unsigned id, const char *name)
{
	printf("%s%u", what, id);
	if (name)
		printf("(%s)", name);
}

static void show_one(unsigned id, const char *name, const char *end)
{
	if (names && name)
		printf("%s%s", name, end);
	else
		printf("%u%s", id, end);
}

/* This process's groups, its own first. */
static void own_groups(gid_t gid)
{
	gid_t more[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX, more);

	groups[nr_groups++] = gid;
	for (int i = 0; i < n && nr_groups < GROUPS_MAX; i++)
		if (more[i] != gid)
			groups[nr_groups++] = more[i];
}

static void show_groups(void)
{
	for (int i = 0; i < nr_groups; i++)
		show_one(groups[i], group_name(groups[i]), i + 1 < nr_groups ? " " : "\n");
}

static void show_all(uid_t uid, gid_t gid, int own)
{
	show_both("uid=", uid, user_name(uid));
	show_both(" gid=", gid, group_name(gid));
	if (own && geteuid() != uid)
		show_both(" euid=", geteuid(), user_name(geteuid()));
	if (own && getegid() != gid)
		show_both(" egid=", getegid(), group_name(getegid()));
	for (int i = 0; i < nr_groups; i++)
		show_both(i ? "," : " groups=", groups[i], group_name(groups[i]));
	putchar('\n');
}

/* The letter of the one thing that is asked for, or 0: everything. The program's name may say it, too. */
static int read_options(int argc, char **argv)
{
	int what = strcmp(program_name, "groups") == 0 ? 'G' : strcmp(program_name, "whoami") == 0 ? 'u' : 0, option;

	names = what != 0;
	while ((option = getopt(argc, argv, "ugGn")) != -1) {
		if (option == '?')
			usage("[-ugGn] [user]");
		else if (option == 'n')
			names = 1;
		else
			what = option;
	}
	return what;
}

/* A user of /etc/passwd in place of this process. */
static void look_up(const char *name, uid_t *uid, gid_t *gid)
{
	const struct passwd *user = getpwnam(name);

	if (!user) {
		complain(name, "no such user");
		exit(1);
	}
	*uid = user->pw_uid;
	*gid = user->pw_gid;
	nr_groups = GROUPS_MAX;
	if (getgrouplist(name, *gid, groups, &nr_groups) < 0)
		nr_groups = GROUPS_MAX;
}

int main(int argc, char **argv)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	int what;

	util_init(argv[0]);
	what = read_options(argc, argv);
	if (strcmp(program_name, "whoami") == 0)
		uid = geteuid();
	if (argv[optind])
		look_up(argv[optind], &uid, &gid);
	else
		own_groups(gid);
	if (what == 'u')
		show_one(uid, user_name(uid), "\n");
	else if (what == 'g')
		show_one(gid, group_name(gid), "\n");
	else if (what == 'G')
		show_groups();
	else
		show_all(uid, gid, !argv[optind]);
	return 0;
}
