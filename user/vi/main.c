/*
 * vi [+command] [file...]
 * A screen editor. This file holds its start, its end, and the handling of
 * signals.
 */
#include "vi.h"
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

jmp_buf restart;
volatile int resized, hung_up;
static char text[256];
const char *prompt_text = text;

void message(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
}

void fail(const char *why)
{
	drop_replay();
	if (*why)
		message("%s", why);
	else
		put_string("\a", 1);
	longjmp(restart, 1);
}

/*
 * Ends vi. The cursor goes to the last line, which keeps the last message: it
 * says what was written.
 */
void leave(int status)
{
	char to_bottom[24];
	int n = strlen(text);

	put_string(to_bottom, snprintf(to_bottom, sizeof(to_bottom),
				       "\033[%d;1H\033[K", rows));
	put_string(text, n < columns ? n : columns - 1);
	if (n)
		put_string("\r\n", 2);
	flush_output();
	cooked_terminal();
	exit(status);
}

static void on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

static void on_hangup(int sig)
{
	(void)sig;
	hung_up = 1;
}

/*
 * Installs handlers that only set a flag. A signal interrupts the reading of
 * the next key, which looks at the flag.
 */
static void catch_signals(void)
{
	struct sigaction resize = { .sa_handler = on_resize },
			 hangup = { .sa_handler = on_hangup };

	sigaction(SIGWINCH, &resize, NULL);
	sigaction(SIGHUP, &hangup, NULL);
	sigaction(SIGTERM, &hangup, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
}

int main(int argc, char **argv)
{
	char *volatile first = NULL;

	(void)argc;
	util_start(argv);
	if (!isatty(0) || !isatty(1)) {
		complain("standard input", "not a terminal");
		return 1;
	}
	if (argv[1] && argv[1][0] == '+')
		first = *++argv + 1;
	raw_terminal();
	catch_signals();
	measure_screen();
	adopt_text(malloc(1), 0);
	file_list = first_file = argv + 1;
	if (setjmp(restart) == 0 && *file_list)
		load_file(*file_list++);
	if (setjmp(restart) == 0 && first) {
		char *line = first;

		first = NULL;
		ex_command(*line ? line : "$");
	}
	setjmp(restart);
	for (;;)
		command();
}
