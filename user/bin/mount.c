/*
 * mount [-r] [-t type] [-o option,...] device directory
 * mount -o remount[,option,...] directory
 * mount
 * Mounts a file system or, without arguments, prints the mounts. Options that
 * are no flags go to the file system.
 */
#include <cowix.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include <util.h>

static unsigned long flags;
static char data[1024];

static const struct {
	const char *name;
	unsigned long set, clear;
} options[] = {
	{ "ro", MS_RDONLY, 0 }, { "rw", 0, MS_RDONLY },
	{ "nosuid", MS_NOSUID, 0 }, { "suid", 0, MS_NOSUID },
	{ "nodev", MS_NODEV, 0 }, { "dev", 0, MS_NODEV },
	{ "noexec", MS_NOEXEC, 0 }, { "exec", 0, MS_NOEXEC },
	{ "noatime", MS_NOATIME, 0 }, { "atime", 0, MS_NOATIME },
	{ "nodiratime", MS_NODIRATIME, 0 }, { "diratime", 0, MS_NODIRATIME },
	{ "relatime", MS_RELATIME, 0 }, { "norelatime", 0, MS_RELATIME },
	{ "sync", MS_SYNCHRONOUS, 0 }, { "async", 0, MS_SYNCHRONOUS },
	{ "remount", MS_REMOUNT, 0 }, { "bind", MS_BIND, 0 },
	{ "rbind", MS_BIND | MS_REC, 0 }, { "move", MS_MOVE, 0 },
	{ "strictatime", MS_STRICTATIME, 0 }, { "defaults", 0, 0 },
};

static void take_option(const char *word)
{
	for (unsigned i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, word) == 0) {
			flags = (flags & ~options[i].clear) | options[i].set;
			return;
		}
	if (strlen(data) + strlen(word) + 2 > sizeof(data)) {
		fprintf(stderr, "mount: the options are too long\n");
		_exit(1);
	}
	if (*data)
		strcat(data, ",");
	strcat(data, word);
}

static void take_options(char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
		take_option(word);
}

static int show(void)
{
	static char table[4096];
	int n = mounts(table, sizeof(table));

	if (n < 0)
		die("mounts");
	fwrite(table, 1, n, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	const char *type = "minix", *device;
	int option, words;

	util_start(argv);
	while ((option = getopt(argc, argv, "ro:t:")) != -1) {
		if (option == 'r')
			flags |= MS_RDONLY;
		else if (option == 'o')
			take_options(optarg);
		else if (option == 't')
			type = optarg;
		else
			usage();
	}
	words = argc - optind;
	if (argc == 1)
		return show();
	if (words != 2 && !(words == 1 && flags & MS_REMOUNT))
		usage();
	device = words == 2 ? argv[optind] : NULL;
	if (mount(device, argv[argc - 1], type, flags, *data ? data : NULL) < 0)
		die(device ? device : argv[argc - 1]);
	return 0;
}
