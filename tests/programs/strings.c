/*
 * Strings and memory: every function over many lengths and alignments, against
 * the simplest loop; tokens, errors, the C locale.
 */
#include <ctype.h>
#include <locale.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>
#include "say.h"

enum { LONGEST = 300 };

static char a[LONGEST + 80], b[LONGEST + 80], c[LONGEST + 80];

static void reset(int n)
{
	for (int i = 0; i < LONGEST + 80; i++) {
		a[i] = 'a' + (i * 7 + n) % 26;
		b[i] = 'A' + i % 26;
		c[i] = b[i];
	}
}

static void copies(void)
{
	int bad = 0;

	for (int n = 0; n < LONGEST; n += n < 70 ? 1 : 13)
		for (int from = 0; from < 20; from += 3)
			for (int to = 0; to < 20; to += 5) {
				reset(n);
				for (int i = 0; i < n; i++)
					c[to + i] = a[from + i];
				memcpy(b + to, a + from, n);
				bad += memcmp(b, c, sizeof(b)) != 0;
				for (int i = n - 1; i >= 0; i--)
					c[to + 7 + i] = c[to + i];
				memmove(b + to + 7, b + to, n);
				bad += memcmp(b, c, sizeof(b)) != 0;
				memset(b + from, n, n);
				for (int i = 0; i < n; i++)
					c[from + i] = n;
				bad += memcmp(b, c, sizeof(b)) != 0;
			}
	printf("copies: %d bad\n", bad);
}

static void searches(void)
{
	int bad = 0;

	for (int n = 1; n < LONGEST; n += n < 70 ? 1 : 11)
		for (int at = 0; at < 16; at += 3) {
			reset(n);
			a[at + n] = '\0';
			memcpy(b + 5, a + at, n + 1);
			bad += strlen(a + at) != (size_t)n ||
			       strnlen(a + at, n - 1) != (size_t)n - 1;
			bad += strcmp(a + at, b + 5) != 0 ||
			       strncmp(a + at, b + 5, n) != 0 ||
			       strcasecmp(a + at, b + 5) != 0;
			b[5 + n - 1] = '~';
			bad += strcmp(a + at, b + 5) >= 0 ||
			       memcmp(b + 5, a + at, n) <= 0;
			bad += strchr(b + 5, '~') != b + 5 + n - 1 ||
			       memchr(b + 5, '~', n) != b + 5 + n - 1 ||
			       strrchr(b + 5, '~') != b + 5 + n - 1;
			bad += strchrnul(a + at, '!') != a + at + n ||
			       rawmemchr(a + at, '\0') != a + at + n ||
			       memrchr(b + 5, '~', n) != b + 5 + n - 1;
			bad += strspn(a + at, "abcdefghijklmnopqrstuvwxyz") !=
				       (size_t)n ||
			       strcspn(b + 5, "~") != (size_t)n - 1;
			bad += strstr(b, "~") != b + 5 + n - 1;
		}
	printf("searches: %d bad\n", bad);
	printf("%s|%s|%d|%s\n", strstr("the needle is here", "needle"),
	       strcasestr("The NEEDLE", "needle"), strstr("abc", "abd") == NULL,
	       strpbrk("key=value", "=:"));
	printf("%d %d\n", memmem("abcabcd", 7, "abcd", 4) != NULL,
	       strverscmp("file9", "file10") < 0);
}

static void pieces(void)
{
	char text[] = "one two,,three;four", *save, *p = text, copy[20] = "abc";

	for (char *word = strtok_r(text, " ,", &save); word;
	     word = strtok_r(NULL, " ,", &save))
		printf("<%s>", word);
	char other[] = "a::b:";
	for (char *word = (p = other, strsep(&p, ":")); word;
	     word = strsep(&p, ":"))
		printf("[%s]", word);
	putchar('\n');
	strcat(copy, "def");
	strncat(copy, "ghijkl", 2);
	printf("%s %s %d\n", copy,
	       stpcpy(copy + 8, "!") - 1 - 8 == copy ? "end" : "?",
	       strcoll("a", "b") < 0);
	char *twice = strndup("duplicate", 3);
	printf("%s %s\n", twice, strdupa("on the stack"));
	free(twice);
	strfry(strdup(""));
	printf("%zu\n", strxfrm(NULL, "abc", 0));
}

static void characters(void)
{
	int counts[12] = { 0 }, upper = 0;

	for (int i = 0; i < 256; i++) {
		int is[] = { isalpha(i), isdigit(i),  isalnum(i), isspace(i),
			     isupper(i), islower(i),  ispunct(i), isprint(i),
			     iscntrl(i), isxdigit(i), isgraph(i), isblank(i) };

		for (int j = 0; j < 12; j++)
			counts[j] += is[j] != 0;
		upper += toupper(i) - tolower(i);
	}
	for (int i = 0; i < 12; i++)
		printf("%d ", counts[i]);
	printf("%d\n", upper);
}

static void messages(void)
{
	for (int i = 0; i < 134; i += 7)
		printf("%d %s: %s\n", i, strerrorname_np(i) ?: "-",
		       strerror(i));
	for (int i = 1; i < 32; i += 5)
		printf("%s: %s\n", sigabbrev_np(i), strsignal(i));
	errno = EACCES;
	fflush(stdout);
	perror("perror");
}

static void locale(void)
{
	struct lconv *l = localeconv();

	printf("%s <%s> <%s>\n", setlocale(LC_ALL, NULL), l->decimal_point,
	       l->thousands_sep);
	printf("%s %s\n", setlocale(LC_ALL, "") ?: "none",
	       setlocale(LC_ALL, "xx_YY") ?: "none");
}

static void expressions(void)
{
	static const char *const lines[] = { "key = value", "  other=  12 ",
					     "no equal sign", "=" };
	regmatch_t m[3];
	regex_t r;

	printf("%d\n", regcomp(&r, "^ *([a-z]+) *= *([^ ]*)", REG_EXTENDED));
	for (int i = 0; i < 4; i++)
		if (regexec(&r, lines[i], 3, m, 0) == 0)
			printf("<%.*s> <%.*s>\n", m[1].rm_eo - m[1].rm_so,
			       lines[i] + m[1].rm_so, m[2].rm_eo - m[2].rm_so,
			       lines[i] + m[2].rm_so);
		else
			printf("no match\n");
	regfree(&r);
	printf("%d\n", regcomp(&r, "a[", REG_EXTENDED) != 0);
}

int main(void)
{
	copies();
	searches();
	pieces();
	characters();
	messages();
	locale();
	expressions();
	return 0;
}
