/* kill [-signal] pid... | kill -l */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static const char *const names[] = { "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
				     "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU" };
#define NAMES (int)(sizeof(names) / sizeof(names[0]))

static int signal_number(const char *s)
{
	if (isdigit(*s))
		return number(s);
	if (strncmp(s, "SIG", 3) == 0)
		s += 3;
	for (int i = 0; i < NAMES; i++)
		if (strcasecmp(s, names[i]) == 0)
			return i;
	complain(s, "no such signal");
	exit(2);
}

int main(int argc, char **argv)
{
	int sig = SIGTERM, i = 1;

	util_init(argv[0]);
	if (argc > 1 && strcmp(argv[1], "-l") == 0) {
		for (int n = 1; n < NAMES; n++)
			printf("%2d %s\n", n, names[n]);
		return 0;
	}
	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		sig = signal_number(argv[2]);
		i = 3;
	} else if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
		sig = signal_number(argv[1] + 1);
		i = 2;
	}
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (i >= argc)
		usage("[-signal] pid... | -l");
	for (; i < argc; i++)
		if (kill(number(argv[i]), sig) < 0)
			warn(argv[i]);
	return exit_status;
}
