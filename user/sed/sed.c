/*
 * sed [-nEis] [-e script] [-f file] [script] [file...]: addresses N $ /re/
 * \cREc first~step with ranges to N $ /re/ +N, and ! behind them; the commands
 * { } = a b c d D g G h H i l n N p P q Q r s t T w x y : #
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <lines.h>
#include "sed.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>


/*
 * What comes after a command: the next one; the end of the cycle, with the
 * pattern space printed or not; the same without a new line; the end.
 */
enum result { CONTINUE, PRINT, DELETE, RESTART, QUIT, QUIT_SILENTLY };

struct output standard_output;

static struct script script;
static int in_place, separate, quit_status, substituted;
static struct output *out = &standard_output;
static regex_t *last_re;
static struct text pattern, hold, result;
static int has_newline = 1;	/* the line read last ended in a newline */
static long line_number;
static char **files;
static FILE *in;
static struct command **queue;	/* a and r wait for the end of the cycle */
static int queued, queue_room;

/* Make a text this one. */
static void set(struct text *t, const char *s, size_t n)
{
	t->length = 0;
	append(t, s, n);
}

/*
 * Whether there is no further line: the next files are opened as far as needed.
 */
static int at_end(void)
{
	for (;;) {
		int c = in ? getc(in) : EOF;

		if (c != EOF) {
			ungetc(c, in);
			return 0;
		}
		if (in && ferror(in))
			complain("input", "cannot be read");
		if (in)
			fclose(in);
		in = NULL;
		if (!*files)
			return 1;
		in = open_input(*files++);
	}
}

/* Put a line out; one before it that had no newline is ended. */
static void put(struct output *o, const char *s, size_t n, int newline)
{
	if (o->unended)
		putc('\n', o->f);
	o->unended = !newline;
	fwrite(s, 1, n, o->f);
	if (newline)
		putc('\n', o->f);
	if (o != out)
		fflush(o->f);
}

/* Print what a and r have left for the end of the cycle. */
static void flush_queue(void)
{
	for (int i = 0; i < queued; i++) {
		int fd = queue[i]->name == 'r' ? open(queue[i]->text, O_RDONLY)
					       : -1;
		static char buf[1024];
		ssize_t n;

		if (queue[i]->name == 'a')
			put(out, queue[i]->text, strlen(queue[i]->text) - 1, 1);
		while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0) {
			put(out, buf, n - (buf[n - 1] == '\n'),
			    buf[n - 1] == '\n');
			out->unended = 0;
		}
		if (fd >= 0)
			close(fd);
	}
	queued = 0;
}

/* Keeps a or r for the end of the cycle. */
static void enqueue(struct command *c)
{
	if (queued == queue_room) {
		queue_room = 2 * queue_room + 16;
		queue = realloc(queue, queue_room * sizeof(*queue));
		if (!queue)
			die("memory");
	}
	queue[queued++] = c;
}

/* Append the next line to the pattern space. */
static int next_line(void)
{
	static char *line;
	static size_t size;
	ssize_t n;

	if (at_end())
		return 0;
	n = getline(&line, &size, in);
	if (n < 0)
		die("input");
	has_newline = line[n - 1] == '\n';
	append(&pattern, line, n - has_newline);
	line_number++;
	substituted = 0;
	return 1;
}

/* Match with a regular expression, or with the one used last. */
static int match(regex_t *re, const char *s, regmatch_t *m, int flags)
{
	last_re = re ? re : last_re;
	if (!last_re) {
		complain("//", "no regular expression was used before");
		exit(1);
	}
	return regexec(last_re, s, 10, m, flags) == 0;
}

/* Whether the line has an address. */
static int matches(const struct address *a)
{
	regmatch_t m[10];

	switch (a->kind) {
	case LINE: return line_number == a->line;
	case STEP:
		return a->step > 0
			       ? line_number >= a->line &&
					 (line_number - a->line) % a->step == 0
			       : line_number == a->line;
	case LAST: return at_end();
	case RE: return match(a->re, pattern.s, m, 0);
	default: return 1;
	}
}

/* A range from a line's number begins once, there or when that is past. */
static int begins(const struct command *c)
{
	if (c->from.kind != LINE)
		return matches(&c->from);
	return !c->begun && line_number >= c->from.line &&
	       (c->to.kind != LINE || line_number <= c->to.line ||
		line_number == c->from.line);
}

/*
 * Whether the line is in the range of a command. One that ends by number ends
 * at once if that is past.
 */
static int in_range(struct command *c)
{
	if (c->active) {
		int by_number = c->to.kind == LINE || c->to.kind == PLUS;

		c->active = by_number ? line_number < c->end : !matches(&c->to);
		return !by_number || line_number <= c->end;
	}
	if (!begins(c))
		return 0;
	c->begun = 1;
	c->end = c->to.line + (c->to.kind == PLUS ? line_number : 0);
	c->active = c->to.kind == LINE || c->to.kind == PLUS
			    ? line_number < c->end
			    : c->to.kind != LAST || !at_end();
	return 1;
}

/* Whether a command is for this line. */
static int selected(struct command *c)
{
	return (c->to.kind ? in_range(c) : matches(&c->from)) != c->negate;
}

/*
 * s: an empty match right behind another does not count. Whether anything was
 * replaced.
 */
static int substitute(const struct command *c)
{
	int count = 0, done = 0;
	size_t from = 0, last_end = (size_t)-1;
	regmatch_t m[10];

	set(&result, "", 0);
	if (c->groups && !c->re && last_re &&
	    c->groups > (int)last_re->re_nsub) {
		complain("\\1 to \\9", "no such group");
		exit(1);
	}
	while (from <= pattern.length &&
	       match(c->re, pattern.s + from, m, from ? REG_NOTBOL : 0)) {
		const char *s = pattern.s + from;
		size_t end = from + m[0].rm_eo;
		int empty = m[0].rm_so == m[0].rm_eo;

		append(&result, s, m[0].rm_so);
		if (!(empty && end == last_end) && ++count >= c->nth) {
			append_replacement(&result, c->replacement, s, m);
			done = 1;
		} else {
			append(&result, s + m[0].rm_so,
			       m[0].rm_eo - m[0].rm_so);
		}
		from = last_end = end;
		if (empty && end < pattern.length)
			append(&result, pattern.s + end, 1);
		from += empty;
		if (done && !c->global)
			break;
	}
	if (done) {
		if (from < pattern.length)
			append(&result, pattern.s + from,
			       pattern.length - from);
		set(&pattern, result.s, result.length);
	}
	return done;
}

/* l */
static void list(void)
{
	struct text t = { 0 };

	make_visible(pattern.s, &t);
	put(out, t.s, t.length, 1);
	free(t.s);
}

/* =: the number of the line. */
static void put_number(long n)
{
	char digits[16];

	put(out, digits, sprintf(digits, "%ld", n), 1);
}

/* The length of the pattern space up to its first newline. */
static size_t first_part(void)
{
	return strcspn(pattern.s, "\n");
}

/* What s does after it has replaced something. */
static void print_substituted(const struct command *c)
{
	substituted = 1;
	if (c->print)
		put(out, pattern.s, pattern.length, has_newline);
	if (c->output)
		put(c->output, pattern.s, pattern.length, 1);
}

/* x */
static void exchange(void)
{
	struct text t = pattern;

	pattern = hold;
	hold = t;
}

/* Commands that change the pattern space, or print. */
static enum result obey_simple(struct command *c)
{
	switch (c->name) {
	case 'g': set(&pattern, hold.s, hold.length); break;
	case 'h': set(&hold, pattern.s, pattern.length); break;
	case 'G':
		append(&pattern, "\n", 1);
		append(&pattern, hold.s, hold.length);
		break;
	case 'H':
		append(&hold, "\n", 1);
		append(&hold, pattern.s, pattern.length);
		break;
	case 'i': put(out, c->text, strlen(c->text) - 1, 1); break;
	case 'l': list(); break;
	case 'p': put(out, pattern.s, pattern.length, has_newline); break;
	case 'P':
		put(out, pattern.s, first_part(),
		    first_part() < pattern.length || has_newline);
		break;
	case 'w': put(c->output, pattern.s, pattern.length, 1); break;
	case 'y': translate(pattern.s, c); break;
	case '=': put_number(line_number); break;
	case 'x': exchange(); break;
	case 's':
		if (substitute(c))
			print_substituted(c);
		break;
	case 'a':
	case 'r':
		enqueue(c);
	}
	return CONTINUE;
}

/*
 * n and N: the next line in the place of the pattern space, or behind it.
 * Without one all ends.
 */
static enum result obey_next(int append_it)
{
	if (at_end())
		return QUIT;
	if (!append_it && !script.silent)
		put(out, pattern.s, pattern.length, has_newline);
	flush_queue();
	if (append_it)
		append(&pattern, "\n", 1);
	else
		set(&pattern, "", 0);
	next_line();
	return CONTINUE;
}

/* Obey a command that does not jump. */
static enum result obey(struct command *c)
{
	size_t n;

	switch (c->name) {
	case 'd':
		return DELETE;
	case 'D':
		n = first_part();
		if (n == pattern.length)
			return DELETE;
		pattern.length -= n + 1;
		memmove(pattern.s, pattern.s + n + 1, pattern.length + 1);
		return RESTART;
	case 'c':
		if (!c->active || c->negate)
			put(out, c->text, strlen(c->text) - 1, 1);
		return DELETE;
	case 'n':
	case 'N':
		return obey_next(c->name == 'N');
	case 'q':
	case 'Q':
		quit_status = c->nth;
		return c->name == 'q' ? QUIT : QUIT_SILENTLY;
	}
	return obey_simple(c);
}

/* Whether a command goes on elsewhere, at its target. */
static int jumps(const struct command *c, int obeyed)
{
	int before = substituted;

	if (c->name == '{')
		return !obeyed;
	if (!obeyed || !strchr("btT", c->name))
		return 0;
	if (c->name != 'b')
		substituted = 0;
	return c->name == 'b' || before == (c->name == 't');
}

/* Obey the script once, for one line. */
static enum result cycle(void)
{
	enum result r = CONTINUE;

	for (int i = 0; i < script.count && r == CONTINUE;) {
		struct command *c = &script.commands[i++];
		int obeyed = selected(c);

		if (jumps(c, obeyed))
			i = c->target;
		else if (obeyed)
			r = obey(c);
	}
	return r == CONTINUE ? PRINT : r;
}

/* All lines of the files. */
static enum result run(void)
{
	enum result r = PRINT;

	while (r < QUIT) {
		if (r != RESTART) {
			if (at_end())
				break;
			set(&pattern, "", 0);
			next_line();
		}
		r = cycle();
		if ((r == PRINT || r == QUIT) && !script.silent)
			put(out, pattern.s, pattern.length, has_newline);
		if (r != QUIT_SILENTLY)
			flush_queue();
	}
	return r;
}

/* Puts the new file in the place of the old one, with its mode and owner. */
static int take_place(struct output *file, const char *path, const char *name,
		      const struct stat *st)
{
	if (fclose(file->f) < 0)
		return -1;
	chown(path, st->st_uid, st->st_gid);	/* if it may */
	return chmod(path, st->st_mode & 07777) < 0 ? -1 : rename(path, name);
}

/* -i: one file, by way of another beside it that then takes its name. */
static enum result edit(char *name)
{
	char *list[] = { name, NULL }, temporary[16], *path,
	     *folder = strdup(name);
	struct output file = { 0 };
	enum result r;
	struct stat st;

	if (!folder || stat(name, &st) < 0)
		return warn(name), PRINT;
	*(char *)base_name(folder) = '\0';
	snprintf(temporary, sizeof(temporary), "sed%d", getpid());
	path = join_path(folder, temporary);
	file.f = fopen(path, "w");
	if (!file.f)
		die(path);
	out = &file;
	files = list;
	r = run();
	if (in)
		fclose(in);
	in = NULL;
	if (take_place(&file, path, name, &st) < 0) {
		warn(name);
		unlink(path);
		exit(failure_status);
	}
	free(path);
	free(folder);
	return r;
}

/* No range goes on from one file to the next; 0,/re/ begins anew. */
static void reset_ranges(void)
{
	struct command *c = script.commands;

	for (; c < script.commands + script.count; c++)
		c->active = c->begun = c->from.kind == LINE && !c->from.line;
}

/* Each file for itself: the lines are counted anew. */
static void run_separately(char **names)
{
	enum result r = PRINT;

	for (; *names && r < QUIT; names++) {
		char *one[] = { *names, NULL };

		line_number = 0;
		reset_ranges();
		files = one;
		r = in_place ? edit(*names) : run();
	}
}

/* Read the options; the script's source. */
static void set_options(int argc, char **argv, struct text *source)
{
	static const char synopsis[] =
		"[-nEis] [-e script] [-f file] [script] [file...]";
	int option;

	while ((option = getopt(argc, argv, "nErise:f:")) != -1) {
		script.silent |= option == 'n';
		script.extended |= option == 'E' || option == 'r';
		in_place |= option == 'i';
		separate |= option == 's' || option == 'i';
		if (option == 'e' || option == 'f')
			add_source(source, optarg, option == 'f');
		if (option == '?')
			usage(synopsis);
	}
	if (!source->s && optind == argc)
		usage(synopsis);
	if (!source->s)
		add_source(source, argv[optind++], 0);
}

int main(int argc, char **argv)
{
	static char *standard_input[] = { "-", NULL };
	struct text source = { 0 };

	util_init(argv[0]);
	failure_status = 4;		/* what cannot be written, as GNU */
	standard_output.f = stdout;
	set_options(argc, argv, &source);
	append(&hold, "", 0);
	parse_script(&script, source.s);
	files = argv[optind] ? argv + optind : standard_input;
	if (separate)
		run_separately(files);
	else
		run();
	if (close_outputs() < 0)
		return failure_status;
	return quit_status ? quit_status : exit_status ? 2 : 0;
}
