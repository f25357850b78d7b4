/* Terminals: lines as long as they may be, and one who is alone. */
#include <sys/stat.h>
#include <sys/wait.h>
#include "pty.h"
#include "users.h"

#define LINE 4095

static char line[2 * LINE], got[2 * LINE];

/* Types n characters, and throws their echo away. */
static void type_quietly(const char *s, int n)
{
	struct termios t;

	CHECK(tcgetattr(slave, &t) == 0);
	t.c_lflag &= ~ECHO;
	CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
	for (int at = 0, part; at < n; at += part) {
		part = write(master, s + at, n - at);
		CHECK(part > 0);
	}
}

/* Reads from the slave until a newline has come. Returns how many. */
static int read_line(int piece)
{
	int at = 0, n;

	do {
		n = read(slave, got + at, piece);
		CHECK(n > 0);
		at += n;
	} while (got[at - 1] != '\n');
	return at;
}

static void fill(void)
{
	for (int i = 0; i < (int)sizeof(line); i++)
		line[i] = 'a' + i % 26;
}

static void longest_line(void)
{
	int n = 0;

	fill();
	open_pair();
	line[LINE] = '\n';
	type_quietly(line, LINE + 1);
	while (ioctl(slave, FIONREAD, &n) == 0 && n < LINE + 1)
		sleep_ms(1);	/* Linux passes it on a little later */
	CHECK(n == LINE + 1);
	CHECK(read_line(LINE + 1) == LINE + 1);
	CHECK(memcmp(got, line, LINE + 1) == 0);
	type_quietly(line, LINE + 1);
	CHECK(read_line(1000) == LINE + 1);
	CHECK(memcmp(got, line, LINE + 1) == 0);
	CHECK(close(master) == 0 && close(slave) == 0);
}

/* Checks that what is too much for a line is lost, but not its end. */
static void longer_line(void)
{
	fill();
	open_pair();
	type_quietly(line, LINE + 700);
	type_quietly("\n", 1);
	CHECK(read_line(sizeof(got)) == LINE + 1);
	CHECK(memcmp(got, line, LINE) == 0 && got[LINE] == '\n');
	type_quietly("next\n", 5);
	CHECK(read_line(sizeof(got)) == 5 && memcmp(got, "next\n", 5) == 0);
	CHECK(close(master) == 0 && close(slave) == 0);
}

/* Checks marks of lines and of the end of file where the queue wraps. */
static void many_lines(void)
{
	open_pair();
	for (int i = 0; i < 900; i++) {
		type_quietly("12345678\nab\004\004", 13);
		CHECK(read_line(100) == 9 && memcmp(got, "12345678\n", 9) == 0);
		CHECK(read(slave, got, 100) == 2 && memcmp(got, "ab", 2) == 0);
		CHECK(read(slave, got, 100) == 0);
	}
	CHECK(close(master) == 0 && close(slave) == 0);
}

static void as_stranger(void)
{
	char name[32];
	int on = -1, fd;

	slave_name(master, name);
	CHECK(chmod(name, 0666) == 0);
	CHECK(ioctl(slave, TIOCGEXCL, &on) == 0 && on == 0);
	CHECK(ioctl(slave, TIOCEXCL, 0) == 0);
	CHECK(ioctl(slave, TIOCGEXCL, &on) == 0 && on == 1);
	fd = open(name, O_RDWR | O_NOCTTY);
	CHECK(fd >= 0 && close(fd) == 0);
	become(ME);
	CHECK_ERRNO(open(name, O_RDWR | O_NOCTTY), EBUSY);
	CHECK(ioctl(slave, TIOCNXCL, 0) == 0);
	fd = open(name, O_RDWR | O_NOCTTY);
	CHECK(fd >= 0);
}

static void alone(void)
{
	open_pair();
	as_root(as_stranger);
	CHECK(close(master) == 0 && close(slave) == 0);
}

/* Checks that being alone ends with the last descriptor. */
static void not_for_ever(void)
{
	int on = -1;

	open_pair();
	CHECK(ioctl(slave, TIOCEXCL, 0) == 0 && close(slave) == 0);
	slave = open_slave(master);
	CHECK(slave >= 0 && ioctl(slave, TIOCGEXCL, &on) == 0);
	if (on_cowix())
		CHECK(on == 0);
	CHECK(close(master) == 0 && close(slave) == 0);
}

TESTS({ "longest_line", "a line of 4,095 characters", longest_line },
      { "longer_line", "what is too long is cut", longer_line },
      { "many_lines", "ends of lines and of files, over and over",
	many_lines },
      { "alone", "TIOCEXCL keeps others out, but not root", alone },
      { "not_for_ever", "until the last descriptor is closed", not_for_ever })
