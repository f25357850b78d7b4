/*
 * nl [-bhf a|t|n|pRE] [-n ln|rn|rz] [-s separator] [-w width] [-v start] [-i
 * step] [-l n] [-d cc] [-p] [file...]
 * Numbers lines.
 */
#include <lines.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

enum { HEADER, BODY, FOOTER };

static struct style {
	char type;			/* a, t, n or p */
	regex_t re;
} styles[3] = { { .type = 'n' }, { .type = 't' }, { .type = 'n' } };

static int section = BODY, width = 6, keep;
static long start = 1, step = 1, join = 1, blanks, current;
static const char *separator = "\t", *format = "%*ld", *mark = "\\:";

/* Sets which lines of a section get a number. */
static void set_style(struct style *style, const char *s)
{
	style->type = s[0];
	if (!s[0] || !strchr("atnp", s[0]) ||
	    (s[0] == 'p' && regcomp(&style->re, s + 1, 0) != 0)) {
		complain(s, "bad style");
		exit(1);
	}
}

/*
 * Returns 1 if a line starts a section: three marks the header, two the body,
 * one the footer.
 */
static int starts_section(const char *line)
{
	static const int sections[] = { 0, FOOTER, BODY, HEADER };
	size_t n = strlen(mark);
	int times = 0;

	for (; n && strncmp(line, mark, n) == 0 && times < 3; times++)
		line += n;
	if (!times || *line)
		return 0;
	section = sections[times];
	if (!keep)
		current = start;
	return 1;
}

/*
 * Returns 1 if a line gets a number. Of adjacent empty lines only each join-th
 * does.
 */
static int wants_number(const char *line)
{
	const struct style *style = &styles[section];

	if (style->type == 'p')
		return regexec(&style->re, line, 0, NULL, 0) == 0;
	if (*line || style->type != 'a') {
		blanks = 0;
		return style->type == 'a' || (style->type == 't' && *line);
	}
	return ++blanks % join == 0;
}

/* Numbers all lines of a file. */
static void nl(int fd, const char *name)
{
	FILE *f = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		die(name);
	while ((n = read_line(&line, &size, f)) >= 0) {
		if (starts_section(line)) {
			putchar('\n');
			continue;
		}
		if (wants_number(line)) {
			printf(format, width, current);
			fputs(separator, stdout);
			current += step;
		} else {
			printf("%*s", width + (int)strlen(separator), "");
		}
		fwrite(line, 1, n, stdout);
		putchar('\n');
	}
	free(line);
	fclose(f);
}

/* Sets the format: ln, rn or rz. */
static void set_format(const char *s)
{
	if (strcmp(s, "ln") == 0)
		format = "%-*ld";
	else if (strcmp(s, "rz") == 0)
		format = "%0*ld";
	else if (strcmp(s, "rn") != 0)
		usage();
}

/*
 * Sets the mark of sections. A single character is followed by the usual colon.
 */
static void set_mark(char *s)
{
	static char one[] = " :";

	one[0] = *s;
	mark = s[0] && !s[1] ? one : s;
}

static void set_option(int option)
{
	switch (option) {
	case 'b': set_style(&styles[BODY], optarg); break;
	case 'h': set_style(&styles[HEADER], optarg); break;
	case 'f': set_style(&styles[FOOTER], optarg); break;
	case 'n': set_format(optarg); break;
	case 's': separator = optarg; break;
	case 'w': width = number(optarg); break;
	case 'v': start = number(optarg); break;
	case 'i': step = number(optarg); break;
	case 'l': join = number(optarg); break;
	case 'd': set_mark(optarg); break;
	case 'p': keep = 1; break;
	default: usage();
	}
}

int main(int argc, char **argv)
{
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "b:h:f:n:s:w:v:i:l:d:p")) != -1)
		set_option(option);
	if (width < 1)
		usage();
	current = start;
	join = join < 1 ? 1 : join;
	for_each_file(argv + optind, nl);
	return exit_status;
}
