/*
 * kill [-s signal | -signal] pid... | kill -l [signal | status]...
 * Sends a signal to processes, or lists the signals.
 */
#include <errno.h>
#include <signal.h>
#include <signame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static int known_signal(const char *s)
{
	int sig = signal_number(s);

	if (sig < 0) {
		complain(s, "no such signal");
		exit(1);
	}
	return sig;
}

/*
 * Lists signals for -l: all names without words. Turns a name into its number
 * and a number into its name. A number may be the status of a program that a
 * signal ended.
 */
static void list(char **words)
{
	for (int sig = 1; !*words && sig < SIGNALS; sig++)
		if (signal_name(sig))
			printf("%2d %s\n", sig, signal_name(sig));
	for (; *words; words++) {
		char *end;
		long status = strtol(*words, &end, 10);
		const char *name =
			signal_name(status > 128 ? status - 128 : status);

		if (end == *words)
			printf("%d\n", known_signal(*words));
		else if (*end || !name)
			complain(*words, "no such signal");
		else
			puts(name);
	}
}

/* Sends the signal to one process or group. */
static void send(const char *whom, int sig)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(whom, &end, 10);
	if (end == whom || *end || errno)
		complain(whom, "not a number");
	else if (kill(pid, sig) < 0)
		warn(whom);
}

int main(int argc, char **argv)
{
	char **word = argv + (argc > 0);
	int sig = SIGTERM;

	util_start(argv);
	if (*word && strcmp(*word, "-l") == 0) {
		list(word + 1);
		return exit_status;
	}
	if (*word && strncmp(*word, "-s", 2) == 0 &&
	    ((*word)[2] ? signal_number(*word + 1) < 0 : word[1] != NULL)) {
		sig = known_signal((*word)[2] ? *word + 2 : *++word);
		word++;
	} else if (*word && **word == '-' && strcmp(*word, "--") != 0) {
		sig = known_signal(*word++ + 1);
	}
	word += *word && strcmp(*word, "--") == 0;
	if (!*word)
		usage();
	for (; *word; word++)
		send(*word, sig);
	return exit_status;
}
