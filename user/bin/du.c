/*
 * du [-ackhsx] [-H | -L] [-d depth] [file...]
 * Prints the blocks of 1024 bytes in files and below directories.
 */
#include <names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static struct linked {
	unsigned long dev, ino;
} *seen;
static int follow;			/* L, H or 0 */
static int seen_count, repeated, all, total, human, one_device,
	depth_limit = 0x7FFFFFFF;

/*
 * Returns 1 if a file with several names was counted before. If not, it is
 * counted from now on.
 */
static int counted(const struct stat *st)
{
	if (!repeated && (st->st_nlink < 2 || S_ISDIR(st->st_mode)))
		return 0;
	for (int i = 0; i < seen_count; i++)
		if (seen[i].dev == st->st_dev && seen[i].ino == st->st_ino)
			return 1;
	seen = realloc(seen, (seen_count + 1) * sizeof(*seen));
	if (!seen)
		die("memory");
	seen[seen_count++] = (struct linked){ st->st_dev, st->st_ino };
	return 0;
}

/*
 * Prints one line. The half-kilobyte blocks become kilobytes, rounded up, or a
 * number with a letter.
 */
static void show(unsigned long blocks, const char *path)
{
	char text[24];

	human_size(blocks * 512ull, text);
	if (human)
		printf("%s\t%s\n", text, path);
	else
		printf("%lu\t%s\n", (blocks + 1) / 2, path);
}

/*
 * Returns the blocks of a file or of everything below a directory. Prints on
 * the way what the options ask for.
 */
static unsigned long du(const char *path, int depth, const struct level *above)
{
	int followed = follow == 'L' || (follow == 'H' && depth == 0);
	struct level level;
	unsigned long blocks;
	struct stat st;
	char **names;

	if ((followed ? stat : lstat)(path, &st) < 0) {
		warn(path);
		return 0;
	}
	if (is_loop(above, &st) ||
	    (one_device && above && above->dev != st.st_dev) || counted(&st))
		return 0;
	level = next_level(above, &st);
	blocks = st.st_blocks;
	names = S_ISDIR(st.st_mode) ? sorted_names(path) : NULL;
	for (char **n = names; n && *n; n++) {
		char *full = join_path(path, *n);

		blocks += du(full, depth + 1, &level);
		free(full);
	}
	free_names(names);
	if (depth == 0 ||
	    ((all || S_ISDIR(st.st_mode)) && depth <= depth_limit))
		show(blocks, path);
	return blocks;
}

static void set_option(int option)
{
	switch (option) {
	case 'a': all = 1; break;
	case 's': depth_limit = 0; break;
	case 'c': total = 1; break;
	case 'd': depth_limit = number(optarg); break;
	case 'h': human = 1; break;
	case 'k': human = 0; break;
	case 'x': one_device = 1; break;
	case 'H': case 'L': follow = option; break;
	default: usage();
	}
}

int main(int argc, char **argv)
{
	static char *here[] = { ".", NULL };
	unsigned long sum = 0;
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "ackhsxHLd:")) != -1)
		set_option(option);
	repeated = follow == 'L' || argc - optind > 1;
	for (char **f = argv[optind] ? argv + optind : here; *f; f++)
		sum += du(*f, 0, NULL);
	if (total)
		show(sum, "total");
	return exit_status;
}
