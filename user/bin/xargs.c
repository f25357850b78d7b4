/*
 * xargs [-0prtx] [-E word] [-I string] [-L lines] [-n number] [-P processes]
 * [-s size] [command [arg...]]
 * Runs a command with words from standard input as arguments.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <run.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

/* words and bytes a command line, less than the kernel's limit */
#define WORDS_MAX 1000
#define SIZE_MAX 32768

static int zero, no_empty, trace, prompt, exact,
	words_max = WORDS_MAX, lines_max, size_max = SIZE_MAX,
	processes_max = 1, processes, status;
static const char *replaced, *last_word;
static FILE *in;
static char *word;
static size_t word_room;

/* Puts c at place n of the current word. */
static void store(size_t n, int c)
{
	if (n == word_room) {
		word_room = word_room ? 2 * word_room : 256;
		word = realloc(word, word_room);
	}
	if (!word)
		die("memory");
	word[n] = c;
}

/* Returns a character inside or outside of quotes, or -2 if it is a quote. */
static int unquoted(int c, int *quote)
{
	if (zero || (*quote && c != *quote && c != '\n'))
		return c;
	if (*quote && c == '\n') {
		complain("input", "a quote is not closed");
		exit(1);
	}
	if (*quote || c == '\'' || c == '"') {
		*quote = *quote ? 0 : c;
		return -2;
	}
	return c;
}

/*
 * Returns 1 if c ends a word: zero, a newline, or a blank unless whole lines
 * are replaced.
 */
static int ends_word(int c)
{
	return zero ? c == '\0' : c == '\n' || (!replaced && isblank(c));
}

/* Reads the next word. Returns 0 at the end. *end is what ended it. */
static int read_word(int *end)
{
	int c = getc(in), quote = 0, any = 0;
	size_t n = 0;

	while (!zero && c != EOF && isspace(c))
		c = getc(in);
	for (; c != EOF && (quote || !ends_word(c)); c = getc(in)) {
		int plain = c == '\\' && !zero && !quote ? -1
							 : unquoted(c, &quote);

		any = 1;
		if (plain == -1 && (plain = getc(in)) == EOF)
			break;
		if (plain >= 0)
			store(n++, plain);
	}
	if (quote)
		unquoted('\n', &quote);
	store(n, '\0');
	*end = c;
	return (any || (zero && c != EOF)) &&
	       !(last_word && strcmp(word, last_word) == 0);
}

/* Returns 1 if the user, at the terminal, wants the command to run. */
static int wanted(void)
{
	static FILE *terminal;
	int first, c;

	if (!terminal && !(terminal = fopen("/dev/tty", "r")))
		die("/dev/tty");
	fprintf(stderr, "?...");
	first = c = getc(terminal);
	while (c != '\n' && c != EOF)
		c = getc(terminal);
	return first == 'y' || first == 'Y';
}

/* Waits for one command and keeps the worst status. */
static void finish(void)
{
	int result;

	while (wait(&result) < 0)
		if (errno != EINTR)
			die("wait");
	processes--;
	if (!WIFEXITED(result) || WEXITSTATUS(result) == 255) {
		complain("command", WIFEXITED(result) ? "exited with status 255"
						      : "ended by a signal");
		exit(WIFEXITED(result) ? 124 : 125);
	}
	result = WEXITSTATUS(result);
	if (result == 126 || result == 127)
		exit(result);
	if (result)
		status = 123;
}

/* Starts a command, once fewer than the maximum are running. */
static void run(char **command)
{
	int pid;

	for (char **s = command; (trace || prompt) && *s; s++)
		fprintf(stderr, s[1] ? "%s " : "%s", *s);
	if (trace && !prompt)
		fputc('\n', stderr);
	if (prompt && !wanted())
		return;
	pid = fork();
	if (pid == 0)
		exec_or_exit(command);
	if (pid < 0)
		die(command[0]);
	if (++processes == processes_max)
		finish();
}

/*
 * Returns a string in which the word replaces each occurrence of the -I string.
 */
static char *replace(const char *s)
{
	size_t n = strlen(replaced), room = strlen(s) + 1, length = 0;
	char *result;
	const char *p;

	for (p = s; (p = strstr(p, replaced)); p += n)
		room += strlen(word);
	result = malloc(room);
	if (!result)
		die("memory");
	for (; (p = strstr(s, replaced)); s = p + n) {
		memcpy(result + length, s, p - s);
		strcpy(result + length + (p - s), word);
		length += p - s + strlen(word);
	}
	strcpy(result + length, s);
	return result;
}

/* Runs the command once for each line, for -I. */
static void run_for_each(char **command, int count)
{
	char *line[count + 1];
	int end;

	while (read_word(&end)) {
		for (int i = 0; i < count; i++)
			line[i] = replace(command[i]);
		line[count] = NULL;
		run(line);
		for (int i = 0; i < count; i++)
			free(line[i]);
	}
}

static void too_long(void)
{
	complain(word, "too long for a command line");
	exit(1);
}

/* Runs the command with groups of as many words as allowed. */
static void run_in_groups(char **command, int count)
{
	static char *line[WORDS_MAX + 1];
	int n = 0, size = 0, base = 0, lines = 0, runs = 0, end;

	for (int i = 0; i < count; i++)
		base += strlen(line[i] = command[i]) + 1;
	while (read_word(&end)) {
		int length = strlen(word) + 1;

		if (n > 0 && (n == words_max || count + n == WORDS_MAX ||
			      base + size + length > size_max)) {
			if (exact && words_max < WORDS_MAX && n < words_max &&
			    !lines_max)
				too_long();
			line[count + n] = NULL;
			run(line);
			runs++;
			while (n > 0)
				free(line[count + --n]);
			size = lines = 0;
		}
		if (base + length > size_max)
			too_long();
		line[count + n] = strdup(word);
		if (!line[count + n++])
			die("memory");
		size += length;
		lines += end == '\n';
		if (lines_max && lines == lines_max)
			size = size_max;
	}
	line[count + n] = NULL;
	if (n > 0 || (runs == 0 && !no_empty))
		run(line);
}

static void set_option(int option)
{
	switch (option) {
	case '0': zero = 1; break;
	case 'r': no_empty = 1; break;
	case 't': trace = 1; break;
	case 'p': prompt = 1; break;
	case 'x': exact = 1; break;
	case 'E': last_word = *optarg ? optarg : NULL; break;
	case 'P': processes_max = number(optarg); break;
	case 'n': words_max = number(optarg); break;
	case 'L': lines_max = number(optarg); break;
	case 's': size_max = number(optarg); break;
	case 'I': replaced = optarg; break;
	default: usage();
	}
}

int main(int argc, char **argv)
{
	static char *echo[] = { "echo", NULL };
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "0prtxE:I:L:n:P:s:")) != -1)
		set_option(option);
	if (optind == argc) {
		argc = optind + 1;
		argv = echo - optind;
	}
	if (argc - optind > WORDS_MAX / 2 || words_max < 1 ||
	    processes_max < 0 || (replaced && !*replaced))
		usage();
	in = fdopen(fcntl(0, F_DUPFD_CLOEXEC, 3), "r");
	close(0);
	if (!in || open("/dev/null", O_RDONLY) != 0)
		die("standard input");
	(replaced ? run_for_each : run_in_groups)(argv + optind, argc - optind);
	if (ferror(in)) {
		errno = ferror(in);
		warn("input");
		status = 1;
	}
	while (processes > 0)
		finish();
	return status;
}
