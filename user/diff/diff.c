/* diff [-rqsNabwi] [-u | -U lines] from to */
#include <ctype.h>
#include "differences.h"
#include <fcntl.h>
#include <names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

struct line {
	const char *s;
	int length;
};

struct file {
	const char *name;
	struct stat st;
	char *text;
	size_t length;
	struct line *lines;
	int count;
	/* a number a line that equal lines of both files have in common */
	int *same;
	/* a mark a line, with a zero before the first and after the last */
	char *changed;
};

/*
 * Lines from a0 up to a1 of the first file stand for b0 up to b1 of the second.
 */
struct change {
	int a0, a1, b0, b1;
};

static int recursive, brief, say_same, new_files, as_text, fold_blanks,
	no_blanks, fold_case, context = -1, status;
/* diff and its options, for the line before each file of a folder */
static char heading[256];
static struct file files[2];
static struct change *changes;
static int change_count;
/*
 * changes move down to here: what both files end with stays, but for what is
 * shown around changes
 */
static int bottom;

/* Zeroed memory, or the end. */
static void *allocate(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		die("memory");
	return p;
}

/* Read a whole file; 0 after saying why it cannot be. */
static int load(struct file *f, const char *name)
{
	int fd = strcmp(name, "-") == 0 ? 0 : open(name, O_RDONLY);
	size_t room = 4096;
	ssize_t n = 0;

	*f = (struct file){ .name = name };
	if (fd < 0 && new_files)
		return 1;
	if (fd >= 0 && fstat(fd, &f->st) == 0) {
		room = f->st.st_size < 4096 ? 4096 : f->st.st_size + 1;
		f->text = malloc(room);
		while (f->text && (n = read(fd, f->text + f->length,
					    room - f->length)) > 0) {
			f->length += n;
			if (f->length == room)
				f->text = realloc(f->text, room *= 2);
		}
	}
	if (fd < 0 || !f->text || n < 0)
		warn(name);
	if (fd > 0)
		close(fd);
	return fd >= 0 && f->text && n >= 0;
}

/* Free what load() and find_changes() took. */
static void unload(struct file *f)
{
	free(f->text);
	free(f->lines);
	if (f->changed)
		free(f->changed - 1);
	free(f->same);
}

/* The next newline or the end. */
static const char *line_end(const char *s, const char *end)
{
	const char *newline = memchr(s, '\n', end - s);

	return newline ? newline + 1 : end;
}

/*
 * Cut a file into lines; the newline is part of its line, so that a last line
 * without one differs.
 */
static void cut_lines(struct file *f)
{
	const char *end = f->text + f->length, *next;

	for (const char *s = f->text; s < end; s = line_end(s, end))
		f->count++;
	f->lines = allocate(f->count, sizeof(*f->lines));
	f->changed = (char *)allocate(f->count + 2, 1) + 1;
	f->same = allocate(f->count, sizeof(*f->same));
	f->count = 0;
	for (const char *s = f->text; s < end; s = next) {
		next = line_end(s, end);
		f->lines[f->count++] = (struct line){ s, next - s };
	}
}

/*
 * The next character of a line that counts, or -1: -b makes blanks one and
 * drops those at the end, -w drops all, -i makes letters small.
 */
static int next_character(const char **s, const char *end)
{
	const char *start = *s;

	if (fold_blanks || no_blanks)
		while (*s < end && isspace(**s))
			++*s;
	if (*s == end)
		return -1;
	if (*s > start && !no_blanks)
		return ' ';
	++*s;
	return fold_case ? tolower((*s)[-1] & 0xFF) : (*s)[-1] & 0xFF;
}

/* Whether two lines count as the same. */
static int same_line(const struct line *a, const struct line *b)
{
	const char *s = a->s, *t = b->s;
	int c, d;

	if (!fold_blanks && !no_blanks && !fold_case)
		return a->length == b->length && memcmp(s, t, a->length) == 0;
	do {
		c = next_character(&s, a->s + a->length);
		d = next_character(&t, b->s + b->length);
	} while (c == d && c != -1);
	return c == d;
}

/* The place of a line in the table: that of an equal one, or a free one. */
static unsigned find_place(struct line **table, unsigned size,
			   const struct line *l)
{
	const char *s = l->s;
	unsigned hash = 5381;
	int c;

	while ((c = next_character(&s, l->s + l->length)) != -1)
		hash = hash * 33 ^ c;
	hash ^= hash >> 15;
	for (hash %= size; table[hash] && !same_line(table[hash], l);
	     hash = (hash + 1) % size)
		;
	return hash;
}

/* Number the lines by content; how many numbers there may be. */
static unsigned number_lines(void)
{
	unsigned size = 2 * (files[0].count + files[1].count) + 1;
	struct line **table = allocate(size, sizeof(*table));

	for (struct file *f = files; f < files + 2; f++)
		for (int i = 0; i < f->count; i++) {
			f->same[i] = find_place(table, size, &f->lines[i]);
			table[f->same[i]] = &f->lines[i];
		}
	free(table);
	return size;
}

/* From marks to a list of changes. */
static void list_changes(void)
{
	const char *a = files[0].changed, *b = files[1].changed;

	change_count = 0;
	for (int i = 0, j = 0; i < files[0].count || j < files[1].count;
	     i++, j++) {
		struct change c = { i, i, j, j };

		while (a[c.a1])
			c.a1++;
		while (b[c.b1])
			c.b1++;
		if (c.a0 == c.a1 && c.b0 == c.b1)
			continue;
		if ((change_count & (change_count - 1)) == 0)
			changes = realloc(changes, (2 * change_count + 1) *
							   sizeof(*changes));
		if (!changes)
			die("memory");
		changes[change_count++] = c;
		i = c.a1 - 1;
		j = c.b1 - 1;
	}
}

/*
 * How far a change of only one file can move up or down without a change of
 * meaning, before it meets another change or an end: where "a b" was put behind
 * "a b", either may count as new.
 */
static int room(int i, int down)
{
	const struct change *c = &changes[i];
	int side = c->a0 == c->a1, start = side ? c->b0 : c->a0,
	    end = side ? c->b1 : c->a1, n = 0;
	int limit = down ? (i + 1 < change_count ? c[1].a0 : bottom) - c->a1
			 : c->a0 - (i > 0 ? c[-1].a1 : 0);
	const int *same = files[side].same;

	if (c->a0 < c->a1 && c->b0 < c->b1)
		return 0;
	while (n < limit && (down ? same[start + n] == same[end + n]
				  : same[start - 1 - n] == same[end - 1 - n]))
		n++;
	return n;
}

/* Make changes i and i + 1, which meet, one. */
static void join(int i)
{
	changes[i].a1 = changes[i + 1].a1;
	changes[i].b1 = changes[i + 1].b1;
	change_count--;
	memmove(&changes[i + 1], &changes[i + 2],
		(change_count - i - 1) * sizeof(*changes));
}

/* Move a change n lines down. */
static void move(struct change *c, int n)
{
	c->a0 += n;
	c->a1 += n;
	c->b0 += n;
	c->b1 += n;
}

/*
 * Move changes to where they meet others, else as far down as they go: so they
 * are fewer, and stand where people expect them.
 */
static void settle(void)
{
	for (int i = change_count - 1; i >= 0; i--) {
		struct change *c = &changes[i];
		int up = room(i, 0), down = room(i, 1);

		if (i + 1 < change_count && c->a1 + down == c[1].a0) {
			move(c, down);
			join(i++);
		} else if (i > 0 && up && c->a0 - up == c[-1].a1) {
			move(c, -up);
			join(i - 1);
		} else {
			move(c, down);
		}
	}
}

/* Find what is different between the two files in memory. */
static void find_changes(void)
{
	unsigned numbers;

	cut_lines(&files[0]);
	cut_lines(&files[1]);
	numbers = number_lines();
	bottom = mark_differences(
		&(struct sequence){ files[0].same, files[0].count,
				    files[0].changed },
		&(struct sequence){ files[1].same, files[1].count,
				    files[1].changed },
		numbers);
	if (bottom < 0)
		die("memory");
	bottom += context < 0                         ? 0
		  : context < files[0].count - bottom ? context
						      : files[0].count - bottom;
	list_changes();
	settle();
}

/* Lines with a mark in front. */
static void print_lines(const struct file *f, const char *mark, int from,
			int to)
{
	for (; from < to; from++) {
		fputs(mark, stdout);
		fwrite(f->lines[from].s, 1, f->lines[from].length, stdout);
		if (f->lines[from].s[f->lines[from].length - 1] != '\n')
			printf("\n\\ No newline at end of file\n");
	}
}

/* A range of lines as normal output has it; an empty one is the line before. */
static void print_range(int from, int to)
{
	if (to - from > 1)
		printf("%d,%d", from + 1, to);
	else
		printf("%d", to);
}

/* A change as normal output has it. */
static void print_normal(const struct change *c)
{
	print_range(c->a0, c->a1);
	putchar(c->a0 == c->a1 ? 'a' : c->b0 == c->b1 ? 'd' : 'c');
	print_range(c->b0, c->b1);
	putchar('\n');
	print_lines(&files[0], "< ", c->a0, c->a1);
	if (c->a0 < c->a1 && c->b0 < c->b1)
		puts("---");
	print_lines(&files[1], "> ", c->b0, c->b1);
}

/* A file's name and date, at the head of unified output. */
static void print_header(const char *mark, const struct file *f)
{
	time64_t modified = f->st.st_mtime;
	char date[32], zone[8];
	struct tm *tm;

	tm = localtime(&modified);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", tm);
	strftime(zone, sizeof(zone), "%z", tm);
	printf("%s %s\t%s.%09lu %s\n", mark, f->name, date,
	       f->st.st_mtime_nsec, zone);
}

/* A range of lines as unified output has it. */
static void print_unified_range(char sign, int from, int to)
{
	if (to - from == 1)
		printf("%c%d ", sign, to);
	else
		printf("%c%d,%d ", sign, from + (to > from), to - from);
}

/*
 * Changes from c up to end, which are near each other, with the lines around
 * them.
 */
static void print_hunk(const struct change *c, const struct change *end)
{
	int before = c->a0 < context ? c->a0 : context, at = c->a0 - before;
	int after = files[0].count - end[-1].a1 < context
			    ? files[0].count - end[-1].a1
			    : context;

	printf("@@ ");
	print_unified_range('-', at, end[-1].a1 + after);
	print_unified_range('+', c->b0 - before, end[-1].b1 + after);
	puts("@@");
	for (; c < end; c++) {
		print_lines(&files[0], " ", at, c->a0);
		print_lines(&files[0], "-", c->a0, c->a1);
		print_lines(&files[1], "+", c->b0, c->b1);
		at = c->a1;
	}
	print_lines(&files[0], " ", at, at + after);
}

/*
 * All changes as unified output has them: those near each other in one piece.
 */
static void print_unified(void)
{
	const struct change *c = changes, *last = changes + change_count, *end;

	print_header("---", &files[0]);
	print_header("+++", &files[1]);
	for (; c < last; c = end) {
		for (end = c + 1;
		     end < last && end->a0 - end[-1].a1 <= 2 * context; end++)
			;
		print_hunk(c, end);
	}
}

/* Worse of what came out so far and now: 0 equal, 1 different, 2 trouble. */
static void note(int result)
{
	status = result > status ? result : status;
}

/* A zero near the beginning makes a file binary. */
static int is_binary(const struct file *f)
{
	return !as_text && f->length > 0 &&
	       memchr(f->text, '\0', f->length < 4096 ? f->length : 4096);
}

/* Two files in memory whose bytes differ: 1 when that counts. */
static int say_difference(const char *before)
{
	int binary = is_binary(&files[0]) || is_binary(&files[1]);

	if (!binary && (!brief || fold_blanks || no_blanks || fold_case)) {
		find_changes();
		if (!change_count)
			return 0;
	}
	if (brief || binary) {
		printf("%s %s and %s differ\n",
		       brief ? "Files" : "Binary files", files[0].name,
		       files[1].name);
		return 1;
	}
	if (before)
		printf("%s %s %s\n", before, files[0].name, files[1].name);
	if (context >= 0)
		print_unified();
	for (int i = 0; context < 0 && i < change_count; i++)
		print_normal(&changes[i]);
	return 1;
}

/* Two files by name; before, if any, is printed first when they differ. */
static void diff_files(const char *a, const char *b, const char *before)
{
	int loaded = load(&files[0], a) & load(&files[1], b);

	if (!loaded)
		note(2);
	else if ((files[0].length != files[1].length ||
		  memcmp(files[0].text, files[1].text, files[0].length) != 0) &&
		 say_difference(before))
		note(1);
	else if (say_same)
		printf("Files %s and %s are identical\n", a, b);
	unload(&files[0]);
	unload(&files[1]);
}

static void diff_folders(const char *a, const char *b);

/* A name that both folders have, or that with -N counts as empty in one. */
static void diff_entry(const char *a, const char *b, const char *name)
{
	char *x = join_path(a, name), *y = join_path(b, name);
	struct stat st;
	int missing = stat(x, &st) < 0 || stat(y, &st) < 0;

	if (is_directory(x) != is_directory(y) && !missing) {
		printf("File %s is a %s while file %s is a %s\n", x,
		       is_directory(x) ? "directory" : "regular file", y,
		       is_directory(y) ? "directory" : "regular file");
		note(1);
	} else if (!is_directory(x) && !is_directory(y)) {
		diff_files(x, y, heading);
	} else if (recursive) {
		diff_folders(x, y);
	} else {
		printf("Common subdirectories: %s and %s\n", x, y);
	}
	free(x);
	free(y);
}

/* The names of two folders, merged. */
static void diff_folders(const char *a, const char *b)
{
	char **left = access(a, F_OK) < 0 && new_files ? NULL : sorted_names(a);
	char **right = access(b, F_OK) < 0 && new_files ? NULL
							: sorted_names(b),
	     **x = left, **y = right;

	if (!new_files && (!left || !right))
		note(2);
	while ((x && *x) || (y && *y)) {
		int order = !x || !*x ? 1 : !y || !*y ? -1 : strcmp(*x, *y);

		if (order == 0 || new_files) {
			diff_entry(a, b, order > 0 ? *y : *x);
		} else {
			printf("Only in %s: %s\n", order < 0 ? a : b,
			       order < 0 ? *x : *y);
			note(1);
		}
		x += order <= 0;
		y += order >= 0;
	}
	free_names(left);
	free_names(right);
}

/* Note an option and its argument. */
static void set_option(int option)
{
	switch (option) {
	case 'r': recursive = 1; break;
	case 'q': brief = 1; break;
	case 's': say_same = 1; break;
	case 'N': new_files = 1; break;
	case 'a': as_text = 1; break;
	case 'b': fold_blanks = 1; break;
	case 'w': no_blanks = 1; break;
	case 'i': fold_case = 1; break;
	case 'u': context = context < 0 ? 3 : context; break;
	case 'U': context = number(optarg); break;
	default: usage("[-rqsNabwi] [-u | -U lines] from to");
	}
}

int main(int argc, char **argv)
{
	const char *a, *b;
	int option;

	util_init(argv[0]);
	failure_status = 2;
	while ((option = getopt(argc, argv, "rqsNabwiuU:")) != -1)
		set_option(option);
	if (argc - optind != 2)
		usage("[-rqsNabwi] [-u | -U lines] from to");
	strcpy(heading, "diff");
	for (int i = 1; i < optind &&
			strlen(heading) + strlen(argv[i]) + 2 < sizeof(heading);
	     i++)
		strcat(strcat(heading, " "), argv[i]);
	a = argv[optind];
	b = argv[optind + 1];
	if (is_directory(a) && is_directory(b))
		diff_folders(a, b);
	else
		diff_files(is_directory(a) ? join_path(a, base_name(b)) : a,
			   is_directory(b) ? join_path(b, base_name(a)) : b,
			   NULL);
	return status;
}
