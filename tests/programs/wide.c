/*
 * Wide and multibyte characters in the C locale, the only one that needs no
 * files.
 */
#include <locale.h>
#include <stdlib.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>
#include "say.h"

static const char *const text = "plain 5!";

static void show(const wchar_t *s)
{
	for (; *s; s++)
		printf(" %x", (unsigned)*s);
	putchar('\n');
}

static void conversions(void)
{
	wchar_t wide[50] = L"", c;
	char back[50] = "";
	mbstate_t state = { 0 };
	size_t n = mbstowcs(wide, text, 50);

	printf("%d:", (int)n);
	show(wide);
	n = wcstombs(back, wide, 50);
	printf("%d %s\n", (int)n,
	       strcmp(back, text) == 0 ? "the same" : "different");
	for (const char *p = text; *p; p += n) {
		n = mbrtowc(&c, p, 10, &state);
		printf("%zu:%x(%d) ", n, (unsigned)c, wcwidth(c));
	}
	putchar('\n');
	memset(&state, 0, sizeof(state));
	CALL(mbrtowc(&c, "\xFF", 1, &state));
	printf("%d %d %d %zu\n", mblen("x", 1), wctomb(back, L'y'),
	       wctomb(back, 0x20AC), MB_CUR_MAX);
	char16_t half;
	memset(&state, 0, sizeof(state));
	n = mbrtoc16(&half, "z", 1, &state);
	printf("%d %x %d %d\n", (int)n, half, btowc('a'), wctob(L'b'));
}

static void classes(void)
{
	static const wchar_t chars[] = L"aZ5 \u00E4\u00C4\u03A9\u4E2D\u20AC\n";

	for (const wchar_t *c = chars; *c; c++)
		printf("%x:%d%d%d%d%d%d:%x:%x ", (unsigned)*c, !!iswalpha(*c),
		       !!iswupper(*c), !!iswlower(*c), !!iswdigit(*c),
		       !!iswspace(*c), !!iswprint(*c), (unsigned)towupper(*c),
		       (unsigned)towlower(*c));
	putchar('\n');
}

static void strings(void)
{
	wchar_t buf[60] = L"", pieces[] = L"one,two;three", *save, *end;

	wcscpy(buf, L"wide");
	wcscat(buf, L" string");
	printf("%zu %d %d %ls\n", wcslen(buf), wcscmp(buf, L"wide") > 0,
	       wcsncmp(buf, L"wider", 4), wcsstr(buf, L"str"));
	for (wchar_t *p = wcstok(pieces, L",;", &save); p;
	     p = wcstok(NULL, L",;", &save))
		printf("<%ls>", p);
	printf("\n%ld", wcstol(L"0x7f rest", &end, 0));
	printf(" %g %ls\n", wcstod(L"2.5e3", NULL), end);
	printf("%d ",
	       swprintf(buf, 60, L"%ls-%5d-%s-%c", L"w", 42, "narrow", 'c'));
	printf("%ls\n", buf);
	int number = 0;
	wchar_t word[20] = L"";
	printf("%d ", swscanf(L"77 words", L"%d %ls", &number, word));
	printf("%d %ls\n", number, word);
	wmemset(buf, L'x', 5);
	buf[5] = 0;
	printf("%ls %d\n", wmemchr(buf, L'x', 5), wcscasecmp(L"ABC", L"abc"));
}

static void streams(void)
{
	FILE *f = fopen("wide", "w+");
	wint_t c;
	int sum = 0, n = 0;

	printf("orientation %d", fwide(f, 0));
	printf(" %d", fwide(f, 1) > 0);
	fputws(L"line one\n", f);
	fwprintf(f, L"%ls %d\n", L"two", 5);
	printf(" at %ld\n", ftell(f));
	rewind(f);
	while ((c = getwc(f)) != WEOF) {
		sum += c;
		n++;
	}
	printf("%d characters, sum %d, error %d\n", n, sum, ferror(f));
	fclose(f);
	remove("wide");
}

int main(void)
{
	printf("%s\n", setlocale(LC_ALL, "C"));
	conversions();
	classes();
	strings();
	streams();
	return 0;
}
