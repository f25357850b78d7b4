/* Records: from the files that are operands, from other files, commands. */
#include "awk.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static struct input main_input;
static int next_operand = 1;
static int seen_file;			/* among the operands */

/* Reads up to a character. Returns NULL at the end of the file. */
static struct string *read_line(FILE *f, int end)
{
	struct text t = { NULL, 0, 0 };
	int c;

	while ((c = getc(f)) != EOF && c != end)
		append_char(&t, c);
	if (c == EOF && t.length == 0)
		return NULL;
	return finish(&t);
}

/* Reads up to empty lines. Those before the record do not count. */
static struct string *read_paragraph(FILE *f)
{
	struct text t = { NULL, 0, 0 };
	int c;

	while ((c = getc(f)) == '\n')
		;
	if (c == EOF)
		return NULL;
	for (; c != EOF; c = getc(f)) {
		if (c == '\n' && t.s[t.length - 1] == '\n')
			break;
		append_char(&t, c);
	}
	while (c == '\n')
		c = getc(f);
	ungetc(c, f);
	t.length -= t.s[t.length - 1] == '\n';
	return finish(&t);
}

static void read_all(struct input *in)
{
	struct text t = { NULL, 0, 0 };
	char part[512];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), in->f)) > 0)
		append(&t, part, n);
	append_char(&t, '\0');
	in->at = in->all = t.s;
}

/* Reads up to a match. The whole file is read first. */
static struct string *read_to_match(struct input *in, const char *pattern)
{
	struct string *s;
	regmatch_t m;
	size_t n;

	if (!in->all)
		read_all(in);
	n = strlen(in->at);
	if (n == 0)
		return NULL;
	if (regexec(compile(pattern), in->at, 1, &m, 0) == 0 && m.rm_eo > 0) {
		s = new_string(in->at, m.rm_so);
		in->at += m.rm_eo;
		return s;
	}
	s = new_string(in->at, n - (in->at[n - 1] == '\n'));
	in->at += n;
	return s;
}

struct string *read_record(struct input *in)
{
	const char *rs = text_of(RS);

	if (!*rs)
		return read_paragraph(in->f);
	if (rs[1] || in->all)
		return read_to_match(in, rs);
	return read_line(in->f, (unsigned char)*rs);
}

/* Says why a file could be read no further, if that is not its end. */
static void check_input(void)
{
	const char *name = to_string(get(&FILENAME->value))->s;

	errno = ferror(main_input.f);
	if (!errno)
		return;
	warn(main_input.f == stdin ? "-" : name);
	exit_code = 2;
}

static void close_input(void)
{
	check_input();
	if (main_input.f != stdin)
		fclose(main_input.f);
	free(main_input.all);
	main_input = (struct input){ NULL, NULL, NULL };
}

/* Opens a file and begins to count its records. */
static void open_file_operand(const char *name)
{
	main_input.f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	if (!main_input.f) {
		warn(name);
		exit_code = 2;
	}
	seen_file = 1;
	set(&FILENAME->value, text_value(name));
	set(&FNR->value, number_value(0));
}

/* Opens the next file, or standard input if none is named. */
static int open_next(void)
{
	while (next_operand < to_number(ARGC->value)) {
		char key[16];
		struct value *v;
		const char *name;

		snprintf(key, sizeof(key), "%d", next_operand++);
		v = find_element(array_of(ARGV), key, 0);
		name = v ? to_string(get(v))->s : "";
		if (*name && !assign_operand(name)) {
			open_file_operand(name);
			if (main_input.f)
				return 1;
		}
	}
	if (seen_file)
		return 0;
	seen_file = 1;
	main_input.f = stdin;
	set(&FNR->value, number_value(0));
	return 1;
}

/* Returns the next record of the operands, or NULL after the last one. */
struct string *next_main_record(void)
{
	while (main_input.f || open_next()) {
		struct string *s = read_record(&main_input);

		if (s) {
			set(&NR->value,
			    number_value(to_number(NR->value) + 1));
			set(&FNR->value,
			    number_value(to_number(FNR->value) + 1));
			return s;
		}
		close_input();
	}
	return NULL;
}

void skip_file(void)
{
	if (main_input.f)
		close_input();
}
