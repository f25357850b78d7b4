/* printf and scanf: every conversion, flag, width and length. */
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdlib.h>
#include <wchar.h>
#include "say.h"

static void integers(void)
{
	static const char *const forms[] = { "%d",      "%5d",   "%-5d|",
					     "%05d",    "%+d",   "% d",
					     "%.3d",    "%8.3d", "%+08d",
					     "%-+8.2d|" };
	static const int values[] = { 0, 1, -1, 42, -12345, INT_MAX, INT_MIN };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		for (size_t j = 0; j < sizeof(values) / sizeof(*values); j++) {
			printf(forms[i], values[j]);
			putchar(' ');
		}
		putchar('\n');
	}
	printf("%u %o %x %X %#o %#x %#X %i\n", UINT_MAX, 0755, 0xbeef, 0xbeef,
	       8, 255, 255, -7);
	printf("%hhd %hd %ld %lld %jd %zd %td\n", (signed char)-1, (short)-300,
	       LONG_MIN, LLONG_MIN, INTMAX_MAX, (ssize_t)-5, (ptrdiff_t)9);
	printf("%llx %llu %" PRIo64 "\n", 0x123456789abcdefULL, ULLONG_MAX,
	       (uint64_t)01234567012345670ULL);
	printf("[%*d] [%-*d] [%.*d]\n", 6, 42, 6, 42, 4, 42);
}

static void reals(void)
{
	static const double values[] = { 0.0,    -0.0,         1.0,
					 0.1,    -2.5,         3.14159265358979,
					 1e10,   1e-10,        1.5e300,
					 5e-324, 123456789.125 };

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		printf("%f %.0f %e %G %10.3g|%-12.4e|%+.2f %a\n",
		       values[i] < 1e20 ? values[i] : 0,
		       values[i] < 1e20 ? values[i] : 0, values[i], values[i],
		       values[i], values[i], values[i] < 1e20 ? values[i] : 0,
		       values[i]);
	printf("%f %F %e %g %5.1f|%-8f|\n", 1.0 / 0.0, -1.0 / 0.0, 2.0, 1e6,
	       9.95, 0.5);
	printf("%.20f %.30g %La %Lg\n", 0.1, 1.0 / 3, 1.5L, 1e4000L);
	printf("%'d %#.0f %#g %.0e\n", 1234567, 3.0, 2.0, 15000.0);
}

static void texts(void)
{
	int count;

	printf("[%s] [%10s] [%-10s] [%.2s] [%c%c] [%%]\n", "abc", "abc", "abc",
	       "abc", 'x', 'y');
	printf("%2$s %1$s %2$s\n", "second", "first");
	printf("counted%n", &count);
	printf(" %d\n", count);
	printf("%ls %lc\n", L"wide", (wint_t)L'w');
	printf("%s %p\n", (char *)NULL ?: "(none)", NULL);
	errno = ENOENT;
	printf("%m\n");
}

static void lengths(const char *form, ...)
{
	char small[8] = "zzzzzzz", *large = NULL;
	va_list args, again;
	int n;

	va_start(args, form);
	va_copy(again, args);
	n = vsnprintf(small, sizeof(small), form, args);
	printf("%d <%s>", n, small);
	n = vasprintf(&large, form, again);
	printf(" %d <%s>\n", n, large);
	va_end(args);
	va_end(again);
	free(large);
}

static void scanning(void)
{
	int a = 0, b = 0, c = 0, n = 0;
	unsigned x = 0;
	long long big = 0;
	double d = 0;
	float f = 0;
	char word[20] = "", set[20] = "", letters[4] = "";
	char *allocated = NULL;

	n = sscanf("12 -7 0x1f 777", "%d %i %x %o", &a, &b, &x, (unsigned *)&c);
	printf("%d: %d %d %u %d\n", n, a, b, x, c);
	n = sscanf("3.25e2 1e-3 9223372036854775807", "%lf %f %lld", &d, &f,
		   &big);
	printf("%d: %g %g %lld\n", n, d, f, big);
	n = sscanf("  hello,world xyz", " %[a-z],%5s %3c", set, word, letters);
	printf("%d: <%s> <%s> <%.3s>\n", n, set, word, letters);
	n = sscanf("name=value;", "%*[^=]=%m[^;]", &allocated);
	printf("%d: <%s>\n", n, allocated);
	free(allocated);
	printf("%d %d %d\n", sscanf("", "%d", &a), sscanf("abc", "%d", &a),
	       sscanf("5 abc", "%d %d", &a, &b));
	n = sscanf("12345678", "%3d%n%2d", &a, &c, &b);
	printf("%d: %d %d %d\n", n, a, b, c);
	n = sscanf("0x1.8p3 inf", "%lf %f", &d, &f);
	printf("%d: %g %g\n", n, d, f);
}

static void conversions(void)
{
	static const char *const texts[] = {
		"42",    "-0x7f", "077", "99999999999", "-99999999999",
		"12abc", "",      "+7",  " \t8"
	};
	char *end;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		errno = 0;
		printf("<%s> %ld", texts[i], strtol(texts[i], &end, 0));
		printf(" rest <%s> errno %d %lu", end, errno,
		       strtoul(texts[i], NULL, 10));
		printf(" %lld %d\n", strtoll(texts[i], NULL, 36),
		       atoi(texts[i]));
	}
	printf("%.17g %.17g %.17g\n", strtod("0.1", NULL),
	       strtod("2.2250738585072014e-308", NULL), strtod("1e400", NULL));
	printf("%a %.9g %La\n", strtod("0x1.fp-2", NULL),
	       strtof("16777217", NULL), strtold("0.1", NULL));
}

int main(void)
{
	integers();
	reals();
	texts();
	lengths("%s-%d", "abcdef", 123456);
	lengths("%c", 'x');
	lengths("%s", "");
	scanning();
	conversions();
	return 0;
}
