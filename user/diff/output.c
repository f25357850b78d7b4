/* Prints the changes, in normal or unified form. */
#include "diff.h"
#include <stdio.h>
#include <time.h>

/* Prints lines with a mark before each. */
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

/*
 * Prints a range in the normal form. An empty one is given by the line before.
 */
static void print_range(int from, int to)
{
	if (to - from > 1)
		printf("%d,%d", from + 1, to);
	else
		printf("%d", to);
}

/* Prints a change in the normal form. */
static void print_normal(const struct change *c)
{
	char letter = 'c';

	if (c->a0 == c->a1)
		letter = 'a';
	else if (c->b0 == c->b1)
		letter = 'd';
	print_range(c->a0, c->a1);
	putchar(letter);
	print_range(c->b0, c->b1);
	putchar('\n');
	print_lines(&files[0], "< ", c->a0, c->a1);
	if (c->a0 < c->a1 && c->b0 < c->b1)
		puts("---");
	print_lines(&files[1], "> ", c->b0, c->b1);
}

/* Prints a file's name and date, as the head of unified output. */
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

/* Prints a range of lines in the unified form. */
static void print_unified_range(char sign, int from, int to)
{
	if (to - from == 1)
		printf("%c%d ", sign, to);
	else
		printf("%c%d,%d ", sign, from + (to > from), to - from);
}

/* Prints the nearby changes from c up to end, with the lines around them. */
static void print_hunk(const struct change *c, const struct change *end)
{
	int before = c->a0 < context ? c->a0 : context, at = c->a0 - before;
	int after = files[0].count - end[-1].a1;

	if (after > context)
		after = context;
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

/* Prints all changes in the unified form, nearby ones together. */
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

/* Prints the changes between the two files. */
void print_changes(void)
{
	if (context >= 0) {
		print_unified();
		return;
	}
	for (int i = 0; i < change_count; i++)
		print_normal(&changes[i]);
}
