/* passwd [-d] [user]: change a password, or (root only) remove it. */
#include "account.h"
#include <crypt.h>
#include <fcntl.h>
#include <pwd.h>
#include <sha256.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <util.h>

#define FILE_NAME	"/etc/passwd"
#define NEW_NAME	"/etc/passwd.new"	/* also the lock: only one can create it */
#define SALT_LENGTH	8

static void give_up(const char *why)
{
	complain("the password is unchanged", why);
	exit(1);
}

/* "$5$" and a salt that nobody had before: it need not be secret. A kernel without getrandom() leaves that part as it is. */
static const char *new_setting(void)
{
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
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

/* Copy the file with the user's second field replaced. */
static void copy_with(FILE *from, FILE *to, const char *name, const char *hash)
{
	size_t length = strlen(name), size = 0;
	char *line = NULL;

	while (getline(&line, &size, from) > 0) {
		char *rest = strncmp(line, name, length) == 0 && line[length] == ':' ? strchr(line + length + 1, ':') : NULL;

		if (rest)
			fprintf(to, "%s:%s%s", name, hash, rest);
		else
			fputs(line, to);
	}
}

/* The new file takes the old one's place when it is complete on the disk. */
static void store(const char *name, const char *hash)
{
	FILE *from = fopen(FILE_NAME, "r"), *to = NULL;
	int fd = open(NEW_NAME, O_WRONLY | O_CREAT | O_EXCL, 0644);
	struct stat st;

	if (fd < 0)
		die(NEW_NAME);
	if (stat(FILE_NAME, &st) == 0) {
		fchown(fd, st.st_uid, st.st_gid);
		fchmod(fd, st.st_mode & 07777);
	}
	to = fdopen(fd, "w");
	if (from && to)
		copy_with(from, to, name, hash);
	if (!from || !to || fflush(to) != 0 || fsync(fd) < 0 || fclose(to) != 0 || rename(NEW_NAME, FILE_NAME) < 0) {
		warn(FILE_NAME);
		unlink(NEW_NAME);
		exit(1);
	}
}

/* Nobody interrupts the writing of the file. */
static void ignore_signals(void)
{
	static const char signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };

	for (size_t i = 0; i < sizeof(signals); i++)
		signal(signals[i], SIG_IGN);
}

int passwd(int argc, char **argv)
{
	const char *hash = NULL, *name;
	const struct passwd *user;
	int option;

	while ((option = getopt(argc, argv, "d")) != -1) {
		if (option == '?' || getuid() != 0)
			usage("[-d] [user]");
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
	ignore_signals();
	umask(0);
	store(name, hash);
	return 0;
}
