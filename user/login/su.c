/*
 * su [-] [-c command] [user] [argument...]
 * Starts a shell as another user, or as root without a name.
 */
#include "account.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static int new_session;
static const char *command, *name = "root";

/*
 * Parses the options, which may stand before and behind the name. Returns the
 * arguments of the shell.
 */
static char **read_options(int argc, char **argv)
{
	int named = 0, option;

	for (;;) {
		while ((option = getopt(argc, argv, "lc:")) != -1) {
			if (option == '?')
				usage();
			if (option == 'c')
				command = optarg;
			new_session |= option == 'l';
		}
		if (optind < argc && strcmp(argv[optind], "-") == 0)
			new_session = 1;
		else if (optind < argc && !named++)
			name = argv[optind];
		else
			return argv + optind;
		optind++;
	}
}

/* Becomes the shell with its arguments. argv[0] has a dash in a new session. */
static void run_shell(const struct passwd *user, char **rest)
{
	char *argv[64], argv0[64];
	int n = 0;

	snprintf(argv0, sizeof(argv0), "%s%s", new_session ? "-" : "",
		 base_name(user->pw_shell));
	argv[n++] = argv0;
	if (command) {
		argv[n++] = "-c";
		argv[n++] = (char *)command;
	}
	while (*rest && n < 63)
		argv[n++] = *rest++;
	argv[n] = NULL;
	execv(user->pw_shell, argv);
	die(user->pw_shell);
}

int su(int argc, char **argv)
{
	struct passwd *found, user;
	char **rest;

	rest = read_options(argc, argv);
	found = getpwnam(name);
	if (found)
		user = (struct passwd){ strdup(found->pw_name),
					strdup(found->pw_passwd),
					found->pw_uid,
					found->pw_gid,
					"",
					strdup(found->pw_dir),
					strdup(found->pw_shell) };
	if (getuid() != 0 && !check_password(found ? &user : NULL)) {
		sleep(DELAY);
		complain(name, "wrong password");
		return 1;
	}
	if (!found) {
		complain(name, "no such user");
		return 1;
	}
	user_environment(&user, new_session);
	if (become(&user) < 0)
		die(name);
	if (new_session && chdir(user.pw_dir) < 0)
		warn(user.pw_dir);
	run_shell(&user, rest);
	return 1;
}
