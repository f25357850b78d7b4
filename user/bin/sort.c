/*
 * sort [-bcCdfhimnrsu] [-k start[,end]]... [-o output] [-t char] [file...]
 * Sorts lines, all of them in memory.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <lines.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#define TROUBLE 2

struct line {
	char *s;
	size_t length;
};

/* A part of a line. */
struct part {
	const char *s, *end;
};

/*
 * How to compare: -d dictionary, -f fold case, -h with K M G, -i printable, -n
 * numeric, -r reversed.
 */
enum {
	DICTIONARY = 1,
	FOLD = 2,
	SUFFIX = 4,
	PRINTABLE = 8,
	NUMERIC = 16,
	REVERSED = 32,
	BLANKS = 64,
	END_BLANKS = 128
};

/*
 * The part of a line to compare. It begins at a character of one field, counted
 * from 0, and ends at one of another. If end_field is -1 it ends with the line.
 */
struct key {
	int field, character, end_field, end_character, order;
	struct key *next;
};

static struct key *keys, **last_key = &keys, whole = { .end_field = -1 };
static int separator = -1, unique, stable, check, quiet;
static struct line *lines;
static size_t count;

/*
 * Returns the place behind n fields. A field includes the blanks before it, or
 * ends at the separator.
 */
static const char *skip_fields(const char *s, const char *end, int n)
{
	for (; n > 0 && s < end; n--) {
		if (separator >= 0) {
			while (s < end && *s != (char)separator)
				s++;
			s += s < end;
			continue;
		}
		while (s < end && isblank(*s))
			s++;
		while (s < end && !isblank(*s))
			s++;
	}
	return s;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && isblank(*s))
		s++;
	return s;
}

/* Returns a key's part of a line. */
static struct part part_of(const struct line *l, const struct key *k)
{
	const char *end = l->s + l->length;
	struct part p = { skip_fields(l->s, end, k->field), end };

	if (k->order & BLANKS)
		p.s = skip_blanks(p.s, end);
	p.s = end - p.s < k->character ? end : p.s + k->character;
	if (k->end_field >= 0 && k->end_character == 0) {
		p.end = skip_fields(l->s, end, k->end_field + 1);
		if (separator >= 0 && p.end > l->s &&
		    (p.end < end || p.end[-1] == (char)separator))
			p.end--;
	} else if (k->end_field >= 0) {
		p.end = skip_fields(l->s, end, k->end_field);
		if (k->order & END_BLANKS)
			p.end = skip_blanks(p.end, end);
		p.end = end - p.end < k->end_character
				? end
				: p.end + k->end_character;
	}
	p.end = p.end < p.s ? p.s : p.end;
	return p;
}

/* Returns the next character that counts, or -1. */
static int next_character(struct part *p, int order)
{
	while (p->s < p->end) {
		unsigned char c = *p->s++;

		if (((order & DICTIONARY) && !isalnum(c) && !isblank(c)) ||
		    ((order & PRINTABLE) && !isprint(c)))
			continue;
		return order & FOLD ? toupper(c) : c;
	}
	return -1;
}

static int compare_text(struct part a, struct part b, int order)
{
	int c, d;

	do {
		c = next_character(&a, order);
		d = next_character(&b, order);
	} while (c == d && c != -1);
	return c - d;
}

/*
 * A number of any length: its sign, the digits of its integer without leading
 * zeroes, and of its fraction.
 */
struct value {
	int sign, power;
	struct part integer, fraction;
};

static struct part digits(const char **s, const char *end)
{
	struct part p = { *s, *s };

	while (p.end < end && isdigit(*p.end))
		p.end++;
	*s = p.end;
	return p;
}

static struct value value_of(struct part p, int order)
{
	struct value v = { .sign = 1 };
	static const char powers[] = "KMGTPE";
	const char *s = skip_blanks(p.s, p.end), *found;

	if (s < p.end && *s == '-')
		v.sign = -1, s++;
	while (s < p.end && *s == '0')
		s++;
	v.integer = digits(&s, p.end);
	if (s < p.end && *s == '.')
		s++, v.fraction = digits(&s, p.end);
	while (v.fraction.end > v.fraction.s && v.fraction.end[-1] == '0')
		v.fraction.end--;
	if (v.integer.s == v.integer.end && v.fraction.s == v.fraction.end)
		v.sign = 0;
	else if (order & SUFFIX && s < p.end &&
		 (found = strchr(powers, toupper(*s))))
		v.power = found - powers + 1;
	return v;
}

static int compare_numbers(struct part a, struct part b, int order)
{
	struct value x = value_of(a, order), y = value_of(b, order);
	int n = x.integer.end - x.integer.s, m = y.integer.end - y.integer.s;
	int result;

	if (x.sign != y.sign)
		return x.sign - y.sign;
	if (x.power != y.power)
		result = x.power - y.power;
	else if (n != m)
		result = n - m;
	else
		result = memcmp(x.integer.s, y.integer.s, n);
	if (result == 0)
		result = compare_text(x.fraction, y.fraction, 0);
	return result * x.sign;
}

/* Compares by one key. A key without options of its own uses those for all. */
static int compare_key(const struct line *a, const struct line *b,
		       const struct key *k)
{
	struct part x = part_of(a, k), y = part_of(b, k);
	int result = (k->order & (NUMERIC | SUFFIX)
			      ? compare_numbers
			      : compare_text)(x, y, k->order);

	return k->order & REVERSED ? -result : result;
}

static int compare_bytes(const struct line *a, const struct line *b)
{
	int result = memcmp(a->s, b->s,
			    a->length < b->length ? a->length : b->length);

	return result ? result
		      : (a->length > b->length) - (a->length < b->length);
}

static int compare(const struct line *a, const struct line *b)
{
	int result = 0;

	for (struct key *k = keys; k && result == 0; k = k->next)
		result = compare_key(a, b, k);
	if (result || unique || stable)
		return result;
	return whole.order & REVERSED ? compare_bytes(b, a)
				      : compare_bytes(a, b);
}

/* Sorts n lines by merging sorted halves. Equal lines keep their order. */
static void sort(struct line *l, size_t n, struct line *room)
{
	size_t half = n / 2, i = 0, j = half, to = 0;

	if (n < 2)
		return;
	sort(l, half, room);
	sort(l + half, n - half, room);
	memcpy(room, l, half * sizeof(*l));
	while (i < half)
		l[to++] = j < n && compare(&room[i], &l[j]) > 0 ? l[j++]
								: room[i++];
}

static void read_lines(const char *name)
{
	FILE *f = open_input(name);
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		exit(TROUBLE);
	while ((n = read_line(&line, &size, f)) >= 0) {
		if ((count & (count - 1)) == 0)
			lines = realloc(lines,
					(2 * count + 1) * sizeof(*lines));
		if (!lines)
			die("memory");
		lines[count++] = (struct line){ line, n };
		line = NULL;
		size = 0;
	}
	fclose(f);
}

/* Finds the first line that is out of order, for -c and -C. */
static int check_order(const char *name)
{
	for (size_t i = 1; i < count; i++) {
		int order = compare(&lines[i - 1], &lines[i]);

		if (order < 0 || (order == 0 && !unique))
			continue;
		if (!quiet)
			fprintf(stderr, "sort: %s:%u: out of order: %s\n", name,
				(unsigned)i + 1, lines[i].s);
		return 1;
	}
	return 0;
}

static void print_lines(const char *output)
{
	struct line *room = malloc((count / 2 + 1) * sizeof(*room));
	int fd;

	if (!room)
		die("memory");
	sort(lines, count, room);
	if (output &&
	    ((fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0666)) < 0 ||
	     dup2(fd, 1) < 0))
		die(output);
	for (size_t i = 0; i < count; i++) {
		if (unique && i > 0 && compare(&lines[i - 1], &lines[i]) == 0)
			continue;
		fwrite(lines[i].s, 1, lines[i].length, stdout);
		putchar('\n');
	}
}

/* Returns the bit of an option that says how to compare, or 0. */
static int order_of(char option, int at_end)
{
	switch (option) {
	case 'b': return at_end ? END_BLANKS : BLANKS;
	case 'd': return DICTIONARY;
	case 'f': return FOLD;
	case 'h': return SUFFIX;
	case 'i': return PRINTABLE;
	case 'n': return NUMERIC;
	case 'r': return REVERSED;
	}
	return 0;
}

static void bad_key(const char *s)
{
	complain(s, "bad key");
	exit(TROUBLE);
}

/* Parses field[.character][order]. Returns what follows. */
static char *parse_position(char *s, int *field, int *character, int *order,
			    int at_end)
{
	*field = strtol(s, &s, 10);
	*character = *s == '.' ? strtol(s + 1, &s, 10) : !at_end;
	for (int bit; (bit = order_of(*s, at_end)); s++)
		*order |= bit;
	return s;
}

static void add_key(char *arg)
{
	struct key *k = calloc(1, sizeof(*k));
	char *s;

	if (!k)
		die("memory");
	k->end_field = 0;
	s = parse_position(arg, &k->field, &k->character, &k->order, 0);
	if (*s == ',') {
		s = parse_position(s + 1, &k->end_field, &k->end_character,
				   &k->order, 1);
		if (k->end_field < 1)
			bad_key(arg);
	}
	if (*s || k->field < 1 || k->character < 1 || k->end_character < 0)
		bad_key(arg);
	k->field--;
	k->character--;
	k->end_field--;
	*last_key = k;
	last_key = &k->next;
}

static void set_option(int option, const char **output)
{
	int order = order_of(option, 0);

	whole.order |= order;
	switch (option) {
	case 'b': whole.order |= END_BLANKS; break;
	case 'C': quiet = check = 1; break;
	case 'c': check = 1; break;
	case 'k': add_key(optarg); break;
	case 'm': break;	/* nothing to do: sorting merges, too */
	case 'o': *output = optarg; break;
	case 's': stable = 1; break;
	case 't':
		separator = (unsigned char)optarg[0];
		if (strlen(optarg) != 1)
			bad_key(optarg);
		break;
	case 'u': unique = 1; break;
	default:
		if (!order)
			usage();
	}
}

int main(int argc, char **argv)
{
	static char *standard_input[] = { "-", NULL };
	const char *output = NULL;
	char **files;
	int option;

	util_start(argv);
	failure_status = TROUBLE;
	while ((option = getopt(argc, argv, "bcCdfhimnrsuk:o:t:")) != -1)
		set_option(option, &output);
	if (!keys)
		keys = &whole;
	for (struct key *k = keys; k; k = k->next)
		k->order = k->order ? k->order : whole.order;
	files = argv[optind] ? argv + optind : standard_input;
	if (check && argc - optind > 1)
		usage();
	for (char **f = files; *f; f++)
		read_lines(*f);
	if (check)
		return check_order(*files);
	print_lines(output);
	return 0;
}
