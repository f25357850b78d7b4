/*
 * grep [-E | -F] [-acHhiLlnoqRrsvwx] [-m lines] [-A lines] [-B lines] [-C
 * lines] [-e pattern | -f file | pattern] [file...]
 * Prints lines that match. A NUL in a line makes a file binary: then one
 * message replaces its lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lines.h>
#include <names.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static regex_t *patterns;
static int pattern_count;
static long around;			/* -C */
static int fixed, flags, found, recursive, follow, show_names;
/* the options without arguments, and C for any context */
static char given[128];
/* numbers of lines; -1: as -C says */
static long before = -1, after = -1, limit = LONG_MAX;

/* The state of reading a file. */
struct state {
	const char *name;
	/* lines read, lines selected, the last line printed */
	long number, hits, printed;
	long behind; /* lines still to be printed after a selected one */
	/* the last ones not printed, for -B: line n at n % before */
	char **lines;
	size_t *lengths;
	int binary;
};

/* Quotes a pattern for -F: no character of it is special. */
static char *without_meaning(const char *pattern)
{
	char *result = malloc(2 * strlen(pattern) + 1), *to = result;

	if (!result)
		die("memory");
	for (; *pattern; *to++ = *pattern++)
		if (strchr("\\[.*^$", *pattern))
			*to++ = '\\';
	*to = '\0';
	return result;
}

static void add_pattern(const char *pattern)
{
	char *literal = fixed ? without_meaning(pattern) : NULL;

	patterns = realloc(patterns, (pattern_count + 1) * sizeof(*patterns));
	if (!patterns)
		die("memory");
	if (regcomp(&patterns[pattern_count++], fixed ? literal : pattern,
		    flags & ~(fixed ? REG_EXTENDED : 0)) != 0) {
		complain(pattern, "bad regular expression");
		exit(failure_status);
	}
	free(literal);
}

/*
 * Adds the patterns of -e or -f, one a line. Called after all options are
 * known.
 */
static void add_patterns(int kind, char *s)
{
	FILE *f = kind == 'f' ? open_input(s) : NULL;
	char *line = NULL, *end;
	size_t size = 0;

	if (kind == 'f' && !f)
		exit(failure_status);
	while (f && read_line(&line, &size, f) >= 0)
		add_pattern(line);
	if (f) {
		free(line);
		fclose(f);
		return;
	}
	for (; (end = strchr(s, '\n')); s = end + 1) {
		*end = '\0';
		add_pattern(s);
	}
	add_pattern(s);
}

/*
 * Finds the first match of any pattern from a place in the line. Of several at
 * one place it takes the longest.
 */
static int match(const char *line, size_t from, regmatch_t *m)
{
	int any = 0;

	for (int i = 0; i < pattern_count; i++) {
		regmatch_t one;

		if (regexec(&patterns[i], line + from, 1, &one,
			    from ? REG_NOTBOL : 0) != 0)
			continue;
		if (!any || one.rm_so < m->rm_so ||
		    (one.rm_so == m->rm_so && one.rm_eo > m->rm_eo))
			*m = one;
		any = 1;
	}
	return any;
}

static void prefix(const struct state *s, long number, char separator)
{
	if (show_names)
		printf("%s%c", s->name, separator);
	if (given['n'])
		printf("%ld%c", number, separator);
}

/* Prints part of a line. A newline in it was a NUL. */
static void put(const char *part, size_t length)
{
	for (size_t i = 0; i < length; i++)
		putchar(part[i] == '\n' ? '\0' : part[i]);
	putchar('\n');
}

/* Prints the matching parts, for -o. */
static void print_parts(const struct state *s, const char *line)
{
	regmatch_t m;

	for (size_t at = 0; !given['v'] && match(line, at, &m);
	     at += m.rm_eo + (m.rm_so == m.rm_eo)) {
		if (m.rm_so < m.rm_eo) {
			prefix(s, s->number, ':');
			put(line + at + m.rm_so, m.rm_eo - m.rm_so);
		}
		if (!line[at + m.rm_eo])
			break;
	}
}

static void print_line(struct state *s, long number, char separator,
		       const char *line, size_t length)
{
	s->printed = number;
	if (given['o'])
		return;
	prefix(s, number, separator);
	put(line, length);
}

/* Keeps a line that -B may need. */
static void keep(struct state *s, const char *line, size_t length)
{
	long slot = s->number % before;

	free(s->lines[slot]);
	s->lines[slot] = malloc(length + 1);
	if (!s->lines[slot])
		die("memory");
	memcpy(s->lines[slot], line, length + 1);
	s->lengths[slot] = length;
}

/* Prints a selected line and those before it. */
static void print_selected(struct state *s, const char *line, size_t length)
{
	static int any;
	long first = s->number - before > s->printed ? s->number - before
						     : s->printed + 1;

	if (given['C'] && any && (s->printed == 0 || first > s->printed + 1))
		puts("--");
	any = 1;
	for (; first < s->number; first++)
		print_line(s, first, '-', s->lines[first % before],
			   s->lengths[first % before]);
	if (given['o'])
		print_parts(s, line);
	print_line(s, s->number, ':', line, length);
	s->behind = after;
}

/* Handles one line. Returns 1 if no further line matters. */
static int look_at(struct state *s, char *line, size_t length)
{
	regmatch_t m;
	int silent = given['c'] || given['l'] || given['L'];

	for (size_t i = 0; i < length; i++)
		if (!line[i]) {
			line[i] = '\n';
			s->binary = !given['a'];
		}
	if (s->hits < limit && match(line, 0, &m) != given['v']) {
		found = 1;
		s->hits++;
		if (given['q'])
			exit(0);
		if (silent)
			return !given['c'];
		if (s->binary) {
			fflush(stdout);
			fprintf(stderr, "grep: %s: binary file matches\n",
				s->name);
			return 1;
		}
		print_selected(s, line, length);
	} else if (s->behind > 0) {
		s->behind--;
		print_line(s, s->number, '-', line, length);
	} else if (before) {
		keep(s, line, length);
	}
	return 0;
}

/* Prints what the options ask about a whole file. */
static void summary(const struct state *s)
{
	if (given['l'] || given['L']) {
		if (given['L'] ? s->hits == 0 : s->hits > 0)
			puts(s->name);
	} else if (given['c']) {
		if (show_names)
			printf("%s:", s->name);
		printf("%ld\n", s->hits);
	}
}

static void failed(const char *name)
{
	if (!given['s'])
		warn(name);
	exit_status = 1;
}

/*
 * Searches a file. If -m ends it, standard input is left just behind the last
 * line.
 */
static void grep(int fd, const char *name)
{
	struct state s = { .name = fd ? name : "(standard input)",
			   .lines = calloc(before + 1, sizeof(char *)) };
	FILE *f = fdopen(dup(fd), "r");
	off_t at = lseek(fd, 0, SEEK_CUR);
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int done = 0;

	s.lengths = calloc(before + 1, sizeof(*s.lengths));
	if (!f || !s.lines || !s.lengths)
		die(name);
	while (!done && (s.hits < limit || s.behind > 0) &&
	       (n = getline(&line, &size, f)) > 0) {
		if (s.hits < limit)
			at += n;
		s.number++;
		if (line[n - 1] == '\n')
			line[--n] = '\0';
		done = look_at(&s, line, n);
	}
	if (s.hits == limit && at >= 0)
		lseek(fd, at, SEEK_SET);
	if (fclose(f) < 0)
		failed(s.name);
	else
		summary(&s);
	for (long i = 0; i < before; i++)
		free(s.lines[i]);
	free(s.lines);
	free(s.lengths);
	free(line);
}

static void grep_path(const char *path, const struct level *above)
{
	struct level level;
	char **names;
	struct stat st;
	int fd;

	if ((above && !follow ? lstat : stat)(path, &st) < 0) {
		failed(path);
	} else if (S_ISDIR(st.st_mode) && is_loop(above, &st)) {
		complain(path, "a loop of directories");
	} else if (S_ISDIR(st.st_mode)) {
		level = next_level(above, &st);
		names = sorted_names(path);
		for (char **n = names; n && *n; n++) {
			char *full = !above && strcmp(path, ".") == 0 &&
						     recursive == 2
					     ? strdup(*n)
					     : join_path(path, *n);

			grep_path(full, &level);
			free(full);
		}
		free_names(names);
	} else if (!above || S_ISREG(st.st_mode)) {
		fd = open(path, O_RDONLY);
		if (fd < 0) {
			failed(path);
			return;
		}
		grep(fd, path);
		close(fd);
	}
}

/*
 * Searches each file, or standard input. With -r and no files, searches the
 * current directory.
 */
static void grep_all(char **files)
{
	static char *const input[] = { "-", NULL };
	static char *const here[] = { ".", NULL };
	char *const *f = files;

	if (!*files && recursive)
		recursive = 2;
	if (!*files)
		f = recursive ? here : input;
	for (; *f; f++) {
		int fd = strcmp(*f, "-") == 0 ? 0 : -1;

		show_names = !given['h'] &&
			     (given['H'] || (*files && files[1]) ||
			      (recursive && is_directory(*f)));
		if (fd == 0)
			grep(0, *f);
		else if (recursive)
			grep_path(*f, NULL);
		else if ((fd = open(*f, O_RDONLY)) < 0)
			failed(*f);
		else
			grep(fd, *f);
		if (fd > 0)
			close(fd);
	}
}

/* Returns the argument of -A, -B or -C. */
static long lines(void)
{
	long n = number(optarg);

	if (n < 0)
		usage();
	given['C'] = 1;
	return n;
}

static void set_option(int option)
{
	switch (option) {
	case 'E': flags |= REG_EXTENDED; fixed = 0; break;
	case 'F': fixed = 1; break;
	case 'G': flags &= ~REG_EXTENDED; fixed = 0; break;
	case 'i': flags |= REG_ICASE; break;
	case 'w': flags |= REG_WORD; break;
	case 'x': flags |= REG_LINE; break;
	case 'R': follow = 1; /* fall through */
	case 'r': recursive = 1; break;
	case 'h': given['H'] = 0; given['h'] = 1; break;
	case 'H': given['h'] = 0; given['H'] = 1; break;
	case 'm': limit = number(optarg); break;
	case 'A': after = lines(); break;
	case 'B': before = lines(); break;
	case 'C': around = lines(); break;
	case '?': usage();
	default: given[option] = 1;
	}
}

int main(int argc, char **argv)
{
	struct {
		int kind;
		char *text;
	} *lists = calloc(argc + 1, sizeof(*lists));
	int option, count = 0;

	util_start(argv);
	failure_status = 2;
	while ((option = getopt(argc, argv,
				"EFGHLRace:f:hilm:noqrsvwxA:B:C:")) != -1) {
		if (option != 'e' && option != 'f') {
			set_option(option);
			continue;
		}
		lists[count].kind = option;
		lists[count++].text = optarg;
	}
	if (!count && optind == argc)
		usage();
	before = before < 0 ? around : before;
	after = after < 0 ? around : after;
	for (int i = 0; i < count; i++)
		add_patterns(lists[i].kind, lists[i].text);
	if (!count)
		add_patterns('e', argv[optind++]);
	if (limit > 0)
		grep_all(argv + optind);
	return exit_status ? 2 : !found;
}
