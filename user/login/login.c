/*
 * login [name]
 * Asks for name and password on a terminal and starts the user's shell there.
 * init runs it for the terminals of /etc/ttys.
 */
#include "account.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <util.h>

#define ATTEMPTS	5
#define PATIENCE	60		/* seconds that one attempt may take */

static char name[64];

/* Asks for a name until there is one. Returns 0 at the end of the input. */
static int read_name(void)
{
	struct utsname host;

	while (!*name) {
		uname(&host);
		printf("%s login: ", host.nodename);
		fflush(stdout);
		if (!fgets(name, sizeof(name), stdin))
			return 0;
		name[strcspn(name, "\n")] = '\0';
	}
	return 1;
}

/*
 * Becomes the user's shell. Copies the entry, because reading /etc/group
 * overwrites it.
 */
static void start_session(const struct passwd *user)
{
	struct passwd copy = { strdup(user->pw_name), "", user->pw_uid,
			       user->pw_gid,          "", strdup(user->pw_dir),
			       strdup(user->pw_shell) };
	char argv0[64];

	fchown(0, copy.pw_uid, copy.pw_gid);
	fchmod(0, 0620);
	user_environment(&copy, 1);
	if (become(&copy) < 0)
		die(copy.pw_name);
	if (chdir(copy.pw_dir) < 0) {
		warn(copy.pw_dir);
		chdir("/");
	}
	snprintf(argv0, sizeof(argv0), "-%s", base_name(copy.pw_shell));
	execv(copy.pw_shell, (char *[]){ argv0, NULL });
	die(copy.pw_shell);
}

/*
 * Runs login. Only init and root may, because it gives the terminal to the
 * user.
 */
int login(int argc, char **argv)
{
	if (getuid() != 0) {
		complain("login", "must be run by root");
		return 1;
	}
	if (argc > 1)
		snprintf(name, sizeof(name), "%s", argv[1]);
	for (int i = 0; i < ATTEMPTS && read_name(); i++) {
		struct passwd *user = getpwnam(name);
		int right;

		alarm(PATIENCE);
		right = check_password(user);
		alarm(0);
		if (right)
			start_session(user);
		sleep(DELAY);
		puts("Login incorrect");
		name[0] = '\0';
	}
	return 0;
}
