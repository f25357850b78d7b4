/*
 * uname [-asnrvm]
 * Prints the names of the system.
 */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	static const char letters[] = "snrvm";
	struct utsname u;
	const char *parts[5] = { u.sysname, u.nodename, u.release, u.version,
				 u.machine },
		   *gap = "";
	int option, wanted = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "asnrvm")) != -1) {
		if (option == '?')
			usage();
		for (int i = 0; i < 5; i++)
			if (option == letters[i] || option == 'a')
				wanted |= 1 << i;
	}
	if (optind < argc)
		usage();
	if (uname(&u) < 0)
		die("uname");
	for (int i = 0; i < 5; i++)
		if ((wanted ? wanted : 1) >> i & 1) {
			printf("%s%s", gap, parts[i]);
			gap = " ";
		}
	putchar('\n');
	return 0;
}
