/* xargs [-0rt] [-n number] [-L lines] [-s size] [-I string] [command [arg...]] */
#include <ctype.h>
#include <fcntl.h>
#include <run.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

#define WORDS_MAX 1000		/* words and bytes a command line, less than what the kernel takes */
#define SIZE_MAX 32768

static int zero, no_empty, trace, words_max = WORDS_MAX, lines_max, size_max = SIZE_MAX, status;
static const char *replaced;
static FILE *in;
static char *word;
static size_t word_room;

/* Put c at place n of the word that is being read. */
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

/* A character inside or outside of quotes: what it is, or -2 when it is one that quotes. */
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

/* Whether c ends a word: zero, a newline, or a blank unless whole lines are replaced. */
static int ends_word(int c)
{
	return zero ? c == '\0' : c == '\n' || (!replaced && isblank(c));
}

/* Read the next word: 1, or 0 at the end. What ended it is in *end. */
static int read_word(int *end)
{
	int c = getc(in), quote = 0, any = 0;
	size_t n = 0;

	while (!zero && c != EOF && isspace(c))
		c = getc(in);
	for (; c != EOF && (quote || !ends_word(c)); c = getc(in)) {
		int plain = c == '\\' && !zero && !quote ? -1 : unquoted(c, &quote);

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
	return any || (zero && c != EOF);
}

/* Run a command and keep the worst of what came of it. */
static void run(char **command)
{
	int result;

	for (char **s = command; trace && *s; s++)
		fprintf(stderr, s[1] ? "%s " : "%s\n", *s);
	result = run_program(command, NULL);
	if (result < 0)
		die(command[0]);
	if (!WIFEXITED(result) || WEXITSTATUS(result) == 255) {
		complain(command[0], WIFEXITED(result) ? "exited with status 255" : "ended by a signal");
		exit(WIFEXITED(result) ? 124 : 125);
	}
	result = WEXITSTATUS(result);
	if (result == 126 || result == 127)
		exit(result);
	if (result)
		status = 123;
}

/* A string with each occurrence of the replaced one exchanged for the word. */
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

/* -I: the command once for each line. */
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

/* As many words a command as there may be. */
static void run_in_groups(char **command, int count)
{
	static char *line[WORDS_MAX + 1];
	int n = 0, size = 0, base = 0, lines = 0, runs = 0, end;

	for (int i = 0; i < count; i++)
		base += strlen(line[i] = command[i]) + 1;
	while (read_word(&end)) {
		int length = strlen(word) + 1;

		if (n > 0 && (n == words_max || count + n == WORDS_MAX || base + size + length > size_max)) {
			line[count + n] = NULL;
			run(line);
			runs++;
			while (n > 0)
				free(line[count + --n]);
			size = lines = 0;
		}
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

/* Note an option and its argument. */
static void set_option(int option)
{
	switch (option) {
	case '0': zero = 1; break;
	case 'r': no_empty = 1; break;
	case 't': trace = 1; break;
	case 'n': words_max = number(optarg); break;
	case 'L': lines_max = number(optarg); break;
	case 's': size_max = number(optarg); break;
	case 'I': replaced = optarg; break;
	default: usage("[-0rt] [-n number] [-L lines] [-s size] [-I string] [command [arg...]]");
	}
}

int main(int argc, char **argv)
{
	static char *echo[] = { "echo", NULL };
	int option;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "0rtn:L:s:I:")) != -1)
		set_option(option);
	if (optind == argc) {
		argc = optind + 1;
		argv = echo - optind;
	}
	if (argc - optind > WORDS_MAX / 2 || words_max < 1 || (replaced && !*replaced))
		usage("[-0rt] [-n number] [-L lines] [-s size] [-I string] [command [arg...]]");
	in = fdopen(fcntl(0, F_DUPFD_CLOEXEC, 3), "r");
	close(0);
	if (!in || open("/dev/null", O_RDONLY) != 0)
		die("standard input");
	(replaced ? run_for_each : run_in_groups)(argv + optind, argc - optind);
	return status;
}
