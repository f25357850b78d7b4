/*
 * od [-A d|o|x|n] [-t type...] [-j skip] [-N count] [-vbcdosx] [file...]
 * Prints files as numbers or characters. A type is a, c, or one of d o u x with
 * a size of 1, 2, 4 or 8.
 */
#include <ctype.h>
#include <lines.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#define BLOCK 16
#define TYPES_MAX 8

static struct type {
	char letter;
	/* bytes a field, characters a field, extra blanks a line */
	int size, width, pad;
} types[TYPES_MAX];

static int type_count, verbose, opened;
static char base = 'o';
static long skip, limit = 0x7FFFFFFF;
static unsigned long offset;
static char **files;
static FILE *in;

/* Returns the widest field of a type: the digits of its largest number. */
static int width_of(char letter, int size)
{
	static const char octal[] = { 3, 6, 11, 22 },
			  is_signed[] = { 4, 6, 11, 20 },
			  is_unsigned[] = { 3, 5, 10, 20 };
	int log = 0;

	while (1 << log < size)
		log++;
	switch (letter) {
	case 'o': return octal[log];
	case 'd': return is_signed[log];
	case 'u': return is_unsigned[log];
	case 'x': return 2 * size;
	}
	return 3;
}

/* Adds a type of output. */
static void add_type(char letter, int size)
{
	if (type_count == TYPES_MAX)
		usage();
	types[type_count++] =
		(struct type){ letter, size, width_of(letter, size), 0 };
}

/* Returns the size that a letter of -t stands for: char, short, int or long. */
static int letter_size(char c)
{
	if (c == 'C')
		return 1;
	return c == 'S' ? 2 : 4;
}

/* Parses the argument of -t. */
static void parse_types(const char *s)
{
	while (*s) {
		char letter = *s++;
		int size = strchr("ac", letter) ? 1 : 4;

		if (!strchr("acdoux", letter))
			usage();
		if (size == 4 && isdigit(*s))
			size = strtol(s, (char **)&s, 10);
		else if (size == 4 && *s && strchr("CSIL", *s))
			size = letter_size(*s++);
		if (size != 1 && size != 2 && size != 4 && size != 8)
			usage();
		add_type(letter, size);
	}
}

/* Returns the next byte of all files, or EOF. */
static int next_byte(void)
{
	int c;

	for (;;) {
		if (in && (c = getc(in)) != EOF)
			return c;
		if (in)
			fclose(in);
		in = NULL;
		if (!*files)
			return EOF;
		in = open_input(*files++);
		opened |= in != NULL;
	}
}

/* Returns a character by its name in ASCII (a) or in C's form (c). */
static const char *character(char letter, unsigned char c)
{
	static const char names[] =
		"nulsohstxetxeotenqackbel bs ht nl vt ff cr so "
		"sidledc1dc2dc3dc4naksynetbcan emsubesc fs gs rs us sp";
	static const char escapes[] = "0......abtnvfr";
	static char text[4];

	if (letter == 'a' && (c & 127) <= ' ')
		sprintf(text, "%.3s", names + 3 * (c & 127));
	else if (letter == 'a')
		sprintf(text, (c & 127) == 127 ? "del" : "%c", c & 127);
	else if (c < sizeof(escapes) - 1 && escapes[c] != '.')
		sprintf(text, "\\%c", escapes[c]);
	else
		sprintf(text, isprint(c) ? "%c" : "%03o", c);
	return text;
}

/* Prints one field in the width of its type. */
static void print_field(const struct type *t, const unsigned char *p, int width)
{
	unsigned long long value = 0;
	int unused = 64 - 8 * t->size, zeroes = t->letter == 'u' ? 1 : t->width;

	for (int i = 0; i < t->size; i++)
		value |= (unsigned long long)p[i] << 8 * i;
	switch (t->letter) {
	case 'd':
		printf(" %*lld", width, (long long)(value << unused) >> unused);
		break;
	case 'u': printf(" %*llu", width, value); break;
	case 'o':
		printf("%*s%0*llo", width - zeroes + 1, "", zeroes, value);
		break;
	case 'x':
		printf("%*s%0*llx", width - zeroes + 1, "", zeroes, value);
		break;
	default: printf(" %*s", width, character(t->letter, *p));
	}
}

/* Prints the offset in the base of -A. */
static void print_offset(void)
{
	switch (base) {
	case 'x': printf("%06lx", offset); break;
	case 'd': printf("%07lu", offset); break;
	case 'o': printf("%07lo", offset); break;
	}
}

/* Returns the width of an offset. */
static int offset_width(void)
{
	if (base == 'n')
		return 0;
	return base == 'x' ? 6 : 7;
}

/*
 * Prints a block of n bytes in each type. Extra blanks align the types below
 * each other.
 */
static void print_block(const unsigned char *block, int n)
{
	for (int i = 0; i < type_count; i++) {
		const struct type *t = &types[i];
		int fields = BLOCK / t->size, left = t->pad;

		if (i == 0)
			print_offset();
		else
			printf("%*s", offset_width(), "");
		for (int f = 0; f * t->size < n; f++) {
			int rest = t->pad * (fields - f - 1) / fields;

			print_field(t, block + f * t->size,
				    t->width + left - rest);
			left = rest;
		}
		putchar('\n');
	}
}

/* Prints all blocks. Repeated ones become a star. */
static void dump(void)
{
	unsigned char block[BLOCK], last[BLOCK];
	int n, c = 0, same = 0, any = 0;

	while (c != EOF && limit > 0) {
		memset(block, 0, BLOCK);
		for (n = 0; n < BLOCK && n < limit && (c = next_byte()) != EOF;
		     n++)
			block[n] = c;
		if (n == 0)
			break;
		if (any && n == BLOCK && !verbose &&
		    memcmp(block, last, BLOCK) == 0) {
			if (!same)
				puts("*");
			same = 1;
		} else {
			print_block(block, n);
			same = 0;
		}
		memcpy(last, block, BLOCK);
		any = 1;
		offset += n;
		limit -= n;
	}
	if (opened)
		print_offset();
	if (opened && base != 'n')
		putchar('\n');
}

/*
 * Adds blanks to narrower types, so that all lines are as long as the widest.
 */
static void align(void)
{
	int widest = 0;

	for (int i = 0; i < type_count; i++) {
		int width = (types[i].width + 1) * (BLOCK / types[i].size);

		widest = width > widest ? width : widest;
	}
	for (int i = 0; i < type_count; i++)
		types[i].pad =
			widest - (types[i].width + 1) * (BLOCK / types[i].size);
}

/* Parses a number in any of C's bases, perhaps with b, k or m behind it. */
static long size(const char *s)
{
	char *end;
	long value = strtol(s, &end, 0), unit = 1;

	switch (*end) {
	case 'b': unit = 512; break;
	case 'k': unit = 1024; break;
	case 'm': unit = 1048576; break;
	}
	if (end == s || value < 0 || end[unit > 1]) {
		complain(s, "not a size");
		exit(1);
	}
	return value * unit;
}

static void set_option(int option)
{
	switch (option) {
	case 'A': base = optarg[0]; break;
	case 't': parse_types(optarg); break;
	case 'j': skip = size(optarg); break;
	case 'N': limit = size(optarg); break;
	case 'v': verbose = 1; break;
	case 'b': add_type('o', 1); break;
	case 'c': add_type('c', 1); break;
	case 'd': add_type('u', 2); break;
	case 'o': add_type('o', 2); break;
	case 's': add_type('d', 2); break;
	case 'x': add_type('x', 2); break;
	default: usage();
	}
}

int main(int argc, char **argv)
{
	static char *standard_input[] = { "-", NULL };
	int option;

	util_start(argv);
	while ((option = getopt(argc, argv, "A:t:j:N:vbcdosx")) != -1)
		set_option(option);
	if (!strchr("doxn", base))
		usage();
	if (!type_count)
		add_type('o', 2);
	align();
	files = argv[optind] ? argv + optind : standard_input;
	for (; skip > 0 && next_byte() != EOF; skip--)
		offset++;
	if (skip > 0) {
		complain("input", "shorter than what is to be skipped");
		return 1;
	}
	dump();
	return exit_status;
}
