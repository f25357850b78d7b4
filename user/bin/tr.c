/*
 * tr [-Ccds] set1 [set2]
 * Translates characters. A set holds characters, ranges a-z, classes [:alpha:]
 * and [=c=]. The second may hold repetitions [c*n].
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#define BYTES	256
#define ROOM	4096	/* more than all bytes: they may be repeated */

struct set {
	unsigned char list[ROOM], has[BYTES];
	/* fill: where [c*] stands, which fills up the set */
	int count, fill;
	unsigned char filler;
};

static void bad(const char *s, const char *why)
{
	complain(s, why);
	exit(1);
}

static void add(struct set *set, int c)
{
	if (set->count < ROOM)
		set->list[set->count++] = c;
}

/* Returns a character; a backslash combines with what follows it. */
static int character(const char **s)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *p;
	int value = 0, n = 0;

	if (**s != '\\' || !(*s)[1])
		return (unsigned char)*(*s)++;
	(*s)++;
	while (n < 3 && **s >= '0' && **s <= '7' &&
	       value * 8 + **s - '0' < BYTES) {
		value = value * 8 + *(*s)++ - '0';
		n++;
	}
	if (n)
		return value;
	p = strchr(from, **s);
	return p ? (*s)++, to[p - from] : (unsigned char)*(*s)++;
}

/*
 * Adds all characters of [:class:]. Returns what follows, or NULL if it is
 * none.
 */
static const char *add_class(struct set *set, const char *s)
{
	const char *end = NULL;

	for (int c = 0; c < BYTES && s[1] == ':'; c++) {
		int matched = 0;

		end = __match_class(s + 1, c, &matched);
		if (matched)
			add(set, c);
	}
	if (!end && s[1] == ':' && strstr(s + 2, ":]"))
		bad(s, "no such class");
	return end;
}

/* Adds [c*n] or [c*]. Returns what follows, or NULL if it is none. */
static const char *add_repeated(struct set *set, const char *s)
{
	const char *p = s + 1;
	int c = *p ? character(&p) : 0;
	long n;

	if (*p != '*' || p == s + 1 ||
	    p[1 + strspn(p + 1, "0123456789")] != ']')
		return NULL;
	n = strtol(p + 1, (char **)&p, p[1] == '0' ? 8 : 10);
	if (n == 0) {
		set->fill = set->count;
		set->filler = c;
	}
	for (; n > 0 && set->count < ROOM; n--)
		add(set, c);
	return p + 1;
}

/*
 * Adds what stands in brackets. Returns what follows, or NULL if the bracket
 * stands for itself.
 */
static const char *add_bracket(struct set *set, const char *s, int second)
{
	const char *end = add_class(set, s);

	if (!end && s[1] == '=' && s[2] && s[3] == '=' && s[4] == ']') {
		add(set, (unsigned char)s[2]);
		end = s + 5;
	}
	return end || !second ? end : add_repeated(set, s);
}

/* Parses a set into its characters. */
static void parse(struct set *set, const char *s, int second)
{
	set->fill = -1;
	while (*s) {
		const char *end = *s == '[' ? add_bracket(set, s, second)
					    : NULL,
			   *start = s;
		int low, high;

		if (end) {
			s = end;
			continue;
		}
		low = high = character(&s);
		if (*s == '-' && s[1]) {
			s++;
			high = character(&s);
		}
		if (high < low)
			bad(start,
			    "the ends of this range are in the wrong order");
		for (; low <= high; low++)
			add(set, low);
	}
	for (int i = 0; i < set->count; i++)
		set->has[set->list[i]] = 1;
	if (set->fill >= 0)
		set->has[set->filler] = 1;
}

/* Replaces a set by all characters that are not in it, in order. */
static void complement(struct set *set)
{
	set->count = 0;
	for (int c = 0; c < BYTES; c++)
		if ((set->has[c] ^= 1))
			add(set, c);
}

/*
 * Makes the second set as long as the first: fills it up at [c*], or repeats
 * its last character.
 */
static void lengthen(struct set *set, int length)
{
	int missing = length - set->count,
	    at = set->fill >= 0 ? set->fill : set->count;

	if (missing <= 0)
		return;
	memmove(set->list + at + missing, set->list + at, set->count - at);
	memset(set->list + at, set->fill >= 0 ? set->filler : set->list[at - 1],
	       missing);
	set->count = length;
}

static struct set from, to;
static unsigned char map[BYTES];
static int complemented, delete, squeeze;

static int read_options(int argc, char **argv)
{
	int option, operands;

	while ((option = getopt(argc, argv, "Ccds")) != -1) {
		complemented |= option == 'c' || option == 'C';
		delete |= option == 'd';
		squeeze |= option == 's';
		if (option == '?')
			usage();
	}
	operands = argc - optind;
	if (operands < 1 || operands > 2)
		usage();
	/* -d or -s alone takes one set, -d without -s no second one */
	if (operands == 1 ? delete == squeeze : delete && !squeeze)
		usage();
	return operands;
}

/* Sets what each byte becomes. name is the second set as it was given. */
static void make_map(const char *name)
{
	for (int i = 0; i < BYTES; i++)
		map[i] = i;
	if (!name || delete)
		return;
	if (!to.count && to.fill < 0 && from.count)
		bad(name, "an empty set");
	lengthen(&to, from.count);
	for (int i = 0; i < from.count; i++)
		map[from.list[i]] = to.list[i];
}

/*
 * Translates the input. Repeated output of a byte in squeezed is reduced to
 * one.
 */
static void filter(const unsigned char *squeezed)
{
	int c, last = -1;

	while ((c = getchar()) != EOF) {
		if (delete && from.has[c])
			continue;
		c = map[c];
		if (squeeze && c == last && squeezed[c])
			continue;
		putchar(c);
		last = c;
	}
}

int main(int argc, char **argv)
{
	int operands;

	util_start(argv);
	operands = read_options(argc, argv);
	parse(&from, argv[optind], 0);
	if (complemented)
		complement(&from);
	if (operands == 2)
		parse(&to, argv[optind + 1], 1);
	make_map(operands == 2 ? argv[optind + 1] : NULL);
	filter(operands == 2 ? to.has : from.has);
	if (ferror(stdin)) {
		errno = ferror(stdin);
		die("standard input");
	}
	return 0;
}
