/* The shell's options: set -e, set -o errexit. */
#include "sh.h"
#include <stdio.h>
#include <string.h>

char option[128];

static const struct {
	char letter;
	const char *name;
} options[] = {
	{ 'e', "errexit" },     { 'f', "noglob" },  { 'I', "ignoreeof" },
	{ 'i', "interactive" }, { 'm', "monitor" }, { 'n', "noexec" },
	{ 's', "stdin" },       { 'x', "xtrace" },  { 'v', "verbose" },
	{ 'V', "vi" },          { 'E', "emacs" },   { 'C', "noclobber" },
	{ 'a', "allexport" },   { 'b', "notify" },  { 'u', "nounset" },
	{ 'h', "hashall" },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* Sets or clears an option. Returns -1 if there is no such option. */
int set_option(char letter, int on)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (options[i].letter == letter) {
			option[(int)letter] = on;
			if (letter == 'm')
				set_job_control(on);
			return 0;
		}
	return -1;
}

int set_option_named(const char *name, int on)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strcmp(options[i].name, name) == 0)
			return set_option(options[i].letter, on);
	return -1;
}

/* Runs set -o, or set +o, whose output the shell can read again. */
void show_options(int as_commands)
{
	if (!as_commands)
		puts("Current option settings");
	for (size_t i = 0; i < OPTIONS; i++) {
		int on = option[(int)options[i].letter];

		if (as_commands)
			printf("set %co %s\n", on ? '-' : '+', options[i].name);
		else
			printf("%-16s%s\n", options[i].name, on ? "on" : "off");
	}
}

/* Returns the value of $-. */
const char *option_letters(void)
{
	static char letters[OPTIONS + 1];
	int n = 0;

	for (size_t i = 0; i < OPTIONS; i++)
		if (option[(int)options[i].letter])
			letters[n++] = options[i].letter;
	letters[n] = '\0';
	return letters;
}
