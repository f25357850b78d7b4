/* tr [-cds] set1 [set2] */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static const struct {
	const char *name;
	int (*test)(int);
} classes[] = { { "[:alpha:]", isalpha }, { "[:digit:]", isdigit }, { "[:alnum:]", isalnum }, { "[:space:]", isspace },
		{ "[:upper:]", isupper }, { "[:lower:]", islower }, { "[:punct:]", ispunct } };

static int escape(const char **s)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *p;
	int value = 0;

	if (**s != '\\' || !(*s)[1])
		return (unsigned char)*(*s)++;
	(*s)++;
	if (**s >= '0' && **s <= '7') {
		for (int i = 0; i < 3 && **s >= '0' && **s <= '7'; i++)
			value = value * 8 + *(*s)++ - '0';
		return value & 0xFF;
	}
	p = strchr(from, **s);
	return p ? (*s)++, to[p - from] : (unsigned char)*(*s)++;
}

static int add_class(const char *s, unsigned char *set, int *n)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strncmp(s, classes[i].name, strlen(classes[i].name)) == 0) {
			for (int c = 0; c < 128; c++)
				if (classes[i].test(c) && *n < 256)
					set[(*n)++] = c;
			return strlen(classes[i].name);
		}
	return 0;
}

/* Write a set out: ranges, classes, escapes; how many characters. */
static int expand(const char *s, unsigned char *set)
{
	int n = 0;

	while (*s && n < 256) {
		int skip = add_class(s, set, &n), low, high;

		s += skip;
		if (skip)
			continue;
		low = high = escape(&s);
		if (*s == '-' && s[1]) {
			s++;
			high = escape(&s);
		}
		for (int c = low; c <= high && n < 256; c++)
			set[n++] = c;
	}
	return n;
}

int main(int argc, char **argv)
{
	unsigned char set1[256], set2[256], map[256], in1[256] = { 0 }, in2[256] = { 0 };
	int option, complement = 0, delete = 0, squeeze = 0, n1, n2 = 0, c, last = -1;

	util_init(argv[0]);
	while ((option = getopt(argc, argv, "cds")) != -1) {
		complement |= option == 'c';
		delete |= option == 'd';
		squeeze |= option == 's';
		if (option == '?')
			usage("[-cds] set1 [set2]");
	}
	if (optind == argc || (optind + 1 == argc && !delete && !squeeze))
		usage("[-cds] set1 [set2]");
	n1 = expand(argv[optind], set1);
	if (optind + 1 < argc)
		n2 = expand(argv[optind + 1], set2);
	for (int i = 0; i < n1; i++)
		in1[set1[i]] = 1;
	for (int i = 0; i < 256; i++) {
		in1[i] ^= complement;
		map[i] = complement && in1[i] && n2 && !delete ? set2[n2 - 1] : i;
	}
	if (n2 && !delete && !complement)
		for (int i = 0; i < n1; i++)
			map[set1[i]] = set2[i < n2 ? i : n2 - 1];
	for (int i = 0; i < n2; i++)
		in2[set2[i]] = 1;
	while ((c = getchar()) != EOF) {
		if (delete && in1[c])
			continue;
		c = map[c];
		if (squeeze && c == last && (n2 ? in2[c] : in1[c]))
			continue;
		putchar(c);
		last = c;
	}
	return 0;
}
