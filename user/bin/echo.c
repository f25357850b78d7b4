/*
 * echo [-neE] [word...]
 * Prints its arguments.
 */
#include <stdio.h>
#include <string.h>
#include <util.h>

/* Prints s with the escapes of -e. Returns 1 if \c ends all output. */
static int put_escaped(const char *s)
{
	static const char from[] = "abefnrtv\\", to[] = "\a\b\033\f\n\r\t\v\\";

	for (; *s; s++) {
		const char *p = *s == '\\' && s[1] ? strchr(from, s[1]) : NULL;

		if (*s == '\\' && s[1] == 'c')
			return 1;
		if (p) {
			putchar(to[p - from]);
			s++;
		} else if (*s == '\\' && s[1] == '0') {
			int value = 0, n = 0;

			for (s++; n < 4 && s[1] >= '0' && s[1] <= '7'; n++)
				value = value * 8 + *++s - '0';
			putchar(value);
		} else {
			putchar(*s);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	int newline = 1, escapes = 0, i = 1;

	util_init(argv[0]);
	for (; i < argc && argv[i][0] == '-' && argv[i][1] &&
	       strspn(argv[i] + 1, "neE") == strlen(argv[i] + 1);
	     i++) {
		newline &= !strchr(argv[i], 'n');
		for (const char *letter = argv[i] + 1; *letter; letter++)
			escapes = *letter == 'n' ? escapes : *letter == 'e';
	}
	for (; i < argc; i++) {
		if (!escapes)
			fputs(argv[i], stdout);
		else if (put_escaped(argv[i]))
			return 0;
		if (i + 1 < argc)
			putchar(' ');
	}
	if (newline)
		putchar('\n');
	return 0;
}
