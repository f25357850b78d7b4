/*
 * df [-hikP] [file...]
 * Prints the room on file systems: in KB, or with -i in inodes, of which each
 * file needs one. Without arguments it lists all mounts.
 */
#include <cowix.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <util.h>

static int human, inodes;
static char table[16384]; /* the mounts: lines of device, directory and more */
static struct mount {
	const char *device, *dir;
} mounted[256];
static int count;

static void print_size(unsigned long blocks, unsigned long size, int width)
{
	unsigned long long bytes = (unsigned long long)blocks * size;
	char text[24];

	if (human)
		human_size(bytes, text);
	else
		sprintf(text, "%llu", bytes >> 10);
	printf(" %*s", width, text);
}

/* Returns how much of all is used, in per cent, rounded up. */
static unsigned long percent(unsigned long used, unsigned long all)
{
	return all ? ((unsigned long long)used * 100 + all - 1) / all : 0;
}

static void show_inodes(const struct mount *m, const struct statfs *st)
{
	unsigned long used = st->f_files - st->f_ffree;

	printf("%-16s %11lu %9lu %9lu", m->device, (unsigned long)st->f_files,
	       used, (unsigned long)st->f_ffree);
	printf(" %7lu%% %s\n", percent(used, st->f_files), m->dir);
}

static void show(const struct mount *m)
{
	struct statfs st;
	unsigned long used;

	if (statfs(m->dir, &st) < 0) {
		warn(m->dir);
		return;
	}
	if (inodes) {
		show_inodes(m, &st);
		return;
	}
	used = st.f_blocks - st.f_bfree;
	printf("%-16s", m->device);
	print_size(st.f_blocks, st.f_bsize, 11);
	print_size(used, st.f_bsize, 9);
	print_size(st.f_bavail, st.f_bsize, 9);
	printf(" %7lu%% %s\n", percent(used, used + st.f_bavail), m->dir);
}

static void show_title(void)
{
	const char *first = "1024-blocks";

	if (human)
		first = "Size";
	if (inodes)
		first = "Inodes";
	printf("%-16s %11s %9s %9s %8s Mounted on\n", "Filesystem", first,
	       inodes ? "IUsed" : "Used", inodes ? "IFree" : "Available",
	       inodes ? "IUse%" : "Capacity");
}

/* Ends the word at s with a NUL. Returns what is behind it. */
static char *next_word(char *s, const char **word)
{
	*word = s;
	s += strcspn(s, " \n");
	if (*s)
		*s++ = '\0';
	return s;
}

/* Asks the kernel for the mounts. Other kernels have a file for this. */
static void read_mounts(void)
{
	int n = mounts(table, sizeof(table) - 1), fd;

	if (n < 0) {
		fd = open("/proc/mounts", O_RDONLY);
		if (fd < 0 || (n = read(fd, table, sizeof(table) - 1)) < 0)
			die("mounts");
		close(fd);
	}
	for (char *s = strtok(table, "\n");
	     s && count < (int)(sizeof(mounted) / sizeof(mounted[0]));
	     s = strtok(NULL, "\n"), count++)
		next_word(next_word(s, &mounted[count].device),
			  &mounted[count].dir);
}

/*
 * Shows the mount that a file is on. Of several at one place, the last mounted
 * counts.
 */
static void show_file(const char *file)
{
	struct stat st, root;

	if (stat(file, &st) < 0) {
		warn(file);
		return;
	}
	for (int i = count - 1; i >= 0; i--)
		if (stat(mounted[i].dir, &root) == 0 &&
		    root.st_dev == st.st_dev) {
			show(&mounted[i]);
			return;
		}
	complain(file, "not on anything that is mounted");
}

/* Shows all mounts, except those without any blocks. */
static void show_all(void)
{
	struct statfs st;

	for (int i = 0; i < count; i++)
		if (statfs(mounted[i].dir, &st) < 0 || st.f_blocks > 0)
			show(&mounted[i]);
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "hikP")) != -1) {
		if (option == '?')
			usage();
		if (option == 'i')
			inodes = 1;
		else
			human = option == 'h' || (human && option == 'P');
	}
	read_mounts();
	show_title();
	for (char **file = argv + optind; *file; file++)
		show_file(*file);
	if (optind == argc)
		show_all();
	return exit_status;
}
