/* df [path...]: room on file systems, in KB; without arguments on all that are mounted */
#include <cowix.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <util.h>

/* Those without any room are left out of the list of all. */
static void show(const char *device, const char *path, int all)
{
	struct statfs st;
	unsigned long used;

	if (statfs(path, &st) < 0) {
		warn(path);
		return;
	}
	if (all && st.f_blocks == 0)
		return;
	used = st.f_blocks - st.f_bfree;
	printf("%-16s %9lu %9lu %9lu %3lu%% %s\n", device, (unsigned long)st.f_blocks, used, (unsigned long)st.f_bavail,
	       used * 100 / (st.f_blocks ? st.f_blocks : 1), path);
}

int main(int argc, char **argv)
{
	static char table[2048];
	int n;

	util_init(argv[0]);
	printf("%-16s %9s %9s %9s %4s %s\n", "Filesystem", "KB", "used", "free", "use", "mounted on");
	for (int i = 1; i < argc; i++)
		show("-", argv[i], 0);
	if (argc > 1)
		return exit_status;
	n = mounts(table, sizeof(table) - 1);
	if (n < 0)
		die("mounts");
	for (char *line = strtok(table, "\n"); line; line = strtok(NULL, "\n")) {
		char *dir = strchr(line, ' '), *end;

		if (!dir || !(end = strchr(dir + 1, ' ')))
			continue;
		*dir = *end = '\0';
		show(line, dir + 1, 1);
	}
	return exit_status;
}
