/*
 * chown [-Rhf] [-H | -L | -P] owner[:[group]] file...
 * Changes the owner of files. A colon without a name means the owner's group.
 */
#include <owner.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static uid_t uid = -1;
static gid_t gid = -1;

static void unknown(const char *name, const char *why)
{
	complain(name, why);
	exit(1);
}

/* Parses owner, owner:group, :group or owner:. */
static void read_owner(char *owner)
{
	char *group = strchr(owner, ':');
	const struct passwd *user;

	if (group)
		*group++ = '\0';
	if (*owner && (uid = user_id(owner)) == (uid_t)-1)
		unknown(owner, "no such user");
	if (group && *group) {
		if ((gid = group_id(group)) == (gid_t)-1)
			unknown(group, "no such group");
	} else if (group && *owner) {
		if (!(user = getpwnam(owner)))
			unknown(owner, "no such user");
		gid = user->pw_gid;
	}
}

int main(int argc, char **argv)
{
	struct owner_options options = { .follow = 0 };
	char **words;

	util_start(argv);
	words = owner_options(argc, argv, &options);
	read_owner(*words);
	while (*++words)
		change_owner(*words, uid, gid, &options);
	return exit_status;
}
