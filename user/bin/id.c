/*
 * id [-u | -g | -G] [-nr] [user...]
 * Prints user and groups, as numbers and names. Called as groups it prints the
 * groups' names, as whoami the user's.
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#define GROUPS_MAX 32

static uid_t uid, euid;
static gid_t gid, egid, groups[GROUPS_MAX];
static int nr_groups, names, real;

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

/* Prints number(name), the form of id without options. */
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

static void add_group(gid_t group)
{
	int i = 0;

	while (i < nr_groups && groups[i] != group)
		i++;
	if (i == nr_groups && nr_groups < GROUPS_MAX)
		groups[nr_groups++] = group;
}

/* Looks up this process. Its own groups come first. */
static void look_at_self(void)
{
	gid_t more[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX, more);

	uid = getuid();
	euid = geteuid();
	gid = getgid();
	egid = getegid();
	add_group(gid);
	add_group(egid);
	for (int i = 0; i < n; i++)
		add_group(more[i]);
}

static void show_groups(void)
{
	for (int i = 0; i < nr_groups; i++)
		show_one(groups[i], group_name(groups[i]),
			 i + 1 < nr_groups ? " " : "\n");
}

static void show_all(void)
{
	show_both("uid=", uid, user_name(uid));
	show_both(" gid=", gid, group_name(gid));
	if (euid != uid)
		show_both(" euid=", euid, user_name(euid));
	if (egid != gid)
		show_both(" egid=", egid, group_name(egid));
	for (int i = 0; i < nr_groups; i++)
		show_both(i ? "," : " groups=", groups[i],
			  group_name(groups[i]));
	putchar('\n');
}

/*
 * Returns the letter of the one thing to print, or 0 for everything. The
 * program's name may choose it, too.
 */
static int read_options(int argc, char **argv)
{
	int what = 0, option;

	if (strcmp(program_name, "groups") == 0)
		what = 'G';
	if (strcmp(program_name, "whoami") == 0)
		what = 'u';
	names = what != 0;
	while ((option = getopt(argc, argv, "ugGnr")) != -1) {
		if (option == '?')
			what = option;
		else if (option == 'n')
			names = 1;
		else if (option == 'r')
			real = 1;
		else
			what = what && option != what ? '?' : option;
	}
	if (what == '?' || (!what && (names || real)))
		usage();
	return what;
}

/* Prints what the options ask for. */
static void show(int what)
{
	if (what == 'u')
		show_one(real ? uid : euid, user_name(real ? uid : euid), "\n");
	else if (what == 'g')
		show_one(real ? gid : egid, group_name(real ? gid : egid),
			 "\n");
	else if (what == 'G')
		show_groups();
	else
		show_all();
}

/* Looks up a user of /etc/passwd in place of this process. */
static int look_up(const char *name)
{
	const struct passwd *user = getpwnam(name);

	if (!user) {
		complain(name, "no such user");
		return 0;
	}
	uid = euid = user->pw_uid;
	gid = egid = user->pw_gid;
	nr_groups = GROUPS_MAX;
	if (getgrouplist(name, gid, groups, &nr_groups) < 0)
		nr_groups = GROUPS_MAX;
	return 1;
}

int main(int argc, char **argv)
{
	int what;

	util_start(argv);
	what = read_options(argc, argv);
	if (!argv[optind]) {
		look_at_self();
		show(what);
	}
	for (; argv[optind]; optind++)
		if (look_up(argv[optind]))
			show(what);
	return exit_status;
}
