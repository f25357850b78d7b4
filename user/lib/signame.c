/* The names of signals, for the shell and kill. */
#include <ctype.h>
#include <signame.h>
#include <stdlib.h>
#include <string.h>

#define SIGNALS 32
#define SIGNALS_WITH_NUMBERS 65		/* the real-time ones, too */

static const char *const names[SIGNALS] = {
	"EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
	"CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};

int signal_number(const char *name)
{
	if (isdigit(*name))
		return name[strspn(name, "0123456789")] || atoi(name) >= SIGNALS_WITH_NUMBERS ? -1 : atoi(name);
	for (int sig = 0; sig < SIGNALS; sig++)
		if (strcasecmp(name, names[sig]) == 0 || (tolower(name[0]) == 's' && tolower(name[1]) == 'i' && tolower(name[2]) == 'g' &&
							  strcasecmp(name + 3, names[sig]) == 0))
			return sig;
	return -1;
}

const char *signal_name(int sig)
{
	return sig >= 0 && sig < SIGNALS ? names[sig] : NULL;
}
