/* The line discipline with IUTF8: a character of several bytes is one. */
#include "pty.h"

#define E_ACUTE "\xC3\xA9"
#define EURO "\xE2\x82\xAC"
#define CLEF "\xF0\x9D\x84\x9E"

static void expect(int fd, const char *text)
{
	char got[256];
	int n = strlen(text), done = 0, part;

	while (done < n && (part = read(fd, got + done, n - done)) > 0)
		done += part;
	got[done] = '\0';
	if (done != n || memcmp(got, text, n))
		printf("  got %d bytes \"%s\", not \"%s\"\n", done, got, text);
	CHECK(done == n && memcmp(got, text, n) == 0);
}

static void keys(const char *s)
{
	type_n(s, strlen(s));
}

static void set_utf8(int on)
{
	struct termios t;

	CHECK(tcgetattr(slave, &t) == 0);
	t.c_iflag = on ? t.c_iflag | IUTF8 : t.c_iflag & ~IUTF8;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
}

static void erasing(void)
{
	open_pair();
	set_utf8(1);
	keys("a" E_ACUTE "\x7F" "b\n");
	expect(master, "a" E_ACUTE "\b \bb\r\n");
	expect(slave, "ab\n");
	keys(EURO CLEF "\x7F\x7F\x7F" "c\n");
	expect(master, EURO CLEF "\b \b\b \bc\r\n");
	expect(slave, "c\n");
	keys("x" CLEF E_ACUTE "\x15" "d\n");
	expect(master, "x" CLEF E_ACUTE "\b \b\b \b\b \bd\r\n");
	expect(slave, "d\n");
}

/* Checks that erasing a tab goes back as many columns as it took. */
static void columns(void)
{
	open_pair();
	set_utf8(1);
	keys(EURO E_ACUTE "\t\x7F" "e\n");
	expect(master, EURO E_ACUTE "\t\b\b\b\b\b\be\r\n");
	expect(slave, EURO E_ACUTE "e\n");
	CHECK(write(slave, EURO "\r\n", 5) == 5);
	expect(master, EURO "\r\r\n");
}

static void expanded_tabs(void)
{
	struct termios t;

	open_pair();
	set_utf8(1);
	CHECK(tcgetattr(slave, &t) == 0);
	t.c_oflag |= XTABS;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
	CHECK(write(slave, EURO "\tx\n", 6) == 6);
	expect(master, EURO "       x\r\n");
}

static void bytes(void)
{
	open_pair();
	set_utf8(0);
	keys(E_ACUTE "\x7F\n");
	expect(master, E_ACUTE "\b \b\r\n");
	expect(slave, "\xC3\n");
	set_utf8(1);
	keys("\n" E_ACUTE "\x7F\x7F" "f\n");
	expect(slave, "\nf\n");
}

TESTS({ "erasing", "erasing takes back whole characters", erasing },
      { "columns", "tabs behind them", columns },
      { "expanded_tabs", "tabs as spaces", expanded_tabs },
      { "bytes", "without the flag they are bytes", bytes })
