/* Checks passwords and becomes a user, for login and su. */
#include "account.h"
#include <crypt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Reads a password and returns 1 if it is the user's. Without such a user
 * (NULL) it takes as long and returns 0.
 */
int check_password(const struct passwd *user)
{
	const char *hash = user ? user->pw_passwd : "$5$none$", *typed, *result;

	if (!*hash)
		return 1;
	typed = getpass("Password: ");
	result = typed ? crypt(typed, hash) : NULL;
	return user && result && strcmp(result, hash) == 0;
}

int become(const struct passwd *user)
{
	return initgroups(user->pw_name, user->pw_gid) < 0 ||
			       setgid(user->pw_gid) < 0 ||
			       setuid(user->pw_uid) < 0
		       ? -1
		       : 0;
}

/*
 * Sets HOME and its relatives. A new session keeps only TERM of the old
 * environment.
 */
void user_environment(const struct passwd *user, int new_session)
{
	static char *none[] = { NULL };
	const char *term = getenv("TERM");

	if (new_session) {
		environ = none;
		setenv("TERM", term ? term : "vt100", 1);
		setenv("PATH", "/bin:/sbin", 1);
	}
	setenv("HOME", user->pw_dir, 1);
	setenv("SHELL", user->pw_shell, 1);
	setenv("USER", user->pw_name, 1);
	setenv("LOGNAME", user->pw_name, 1);
}
