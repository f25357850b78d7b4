/*
 * passwd [-d] [user]
 * Changes a password, or (root only) removes it.
 */
#include "account.h"
#include <crypt.h>
#include <pwd.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <util.h>

#define SALT_LENGTH	8

static void give_up(const char *why)
{
	complain("the password is unchanged", why);
	exit(1);
}

/*
 * Returns "$5$" and a new salt. The salt need not be secret. Without
 * getrandom() its random part stays as it is.
 */
static const char *new_setting(void)
{
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz";
	static char setting[4 + SALT_LENGTH] = "$5$";
	unsigned char hash[SHA256_SIZE];
	struct {
		struct timeval now;
		pid_t pid;
		unsigned random[4];
	} seed = { .pid = getpid() };
	struct sha256 s;

	gettimeofday(&seed.now, NULL);
	getrandom(seed.random, sizeof(seed.random), 0);
	sha256_init(&s);
	sha256_add(&s, &seed, sizeof(seed));
	sha256_end(&s, hash);
	for (int i = 0; i < SALT_LENGTH; i++)
		setting[3 + i] = digits[hash[i] & 63];
	return setting;
}

static void check_old(const struct passwd *user)
{
	const char *typed, *hash;

	if (getuid() == 0 || !*user->pw_passwd)
		return;
	typed = getpass("Old password: ");
	hash = typed ? crypt(typed, user->pw_passwd) : NULL;
	if (!hash || strcmp(hash, user->pw_passwd) != 0) {
		sleep(DELAY);
		give_up("wrong password");
	}
}

static const char *ask_new(void)
{
	const char *typed = getpass("New password: ");
	char *first = typed ? strdup(typed) : NULL;

	if (!first || !*first)
		give_up("nothing typed");
	typed = getpass("Once more: ");
	if (!typed || strcmp(first, typed) != 0)
		give_up("the two differ");
	return crypt(first, new_setting());
}

int passwd(int argc, char **argv)
{
	const char *hash = NULL, *name;
	const struct passwd *user;
	int option;

	while ((option = getopt(argc, argv, "d")) != -1) {
		if (option == '?' || getuid() != 0)
			usage();
		hash = "";
	}
	user = argv[optind] ? getpwnam(argv[optind]) : getpwuid(getuid());
	if (!user)
		give_up("no such user");
	if (getuid() != 0 && getuid() != user->pw_uid)
		give_up("it is someone else's");
	name = strdup(user->pw_name);
	check_old(user);
	if (!hash)
		hash = ask_new();
	if (!name || !hash)
		give_up("no memory");
	if (!replace_password(name, hash))
		give_up("no such user");
	return 0;
}
