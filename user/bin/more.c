/*
 * more [file...]
 * Prints files a screenful at a time. Space: the next; return: a line; b: back;
 * /text: search; n: again; q: quit.
 */
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <util.h>

static struct row {
	const char *text;
	int length;
} *rows; /* rows of the screen: long lines take several */

static int row_count, height = 23, width = 80, keyboard = -1, files_left;
static struct termios normal;
static char wanted[80];

/* Resets the terminal to how it was found. */
static void restore(void)
{
	if (keyboard >= 0)
		tcsetattr(keyboard, TCSANOW, &normal);
}

/* Handles Ctrl-C. */
static void interrupted(int sig)
{
	restore();
	write(1, "\n", 1);
	_exit(128 + sig);
}

/* Reads single keys from the terminal, even if standard input is a pipe. */
static void open_keyboard(void)
{
	struct winsize size;
	struct termios raw;

	keyboard = open("/dev/tty", O_RDONLY);
	if (keyboard < 0)
		keyboard = dup(2);
	if (tcgetattr(keyboard, &normal) < 0)
		die("no terminal");
	raw = normal;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	signal(SIGINT, interrupted);
	atexit(restore);
	tcsetattr(keyboard, TCSANOW, &raw);
	if (ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 &&
	    size.ws_col > 0) {
		height = size.ws_row - 1;
		width = size.ws_col;
	}
}

/* Returns all that can be read, and its length. */
static char *read_all(int fd, size_t *length)
{
	size_t room = 4096;
	char *text = malloc(room);
	ssize_t n = 0;

	for (*length = 0;
	     text && (n = read(fd, text + *length, room - *length)) > 0;) {
		*length += n;
		if (*length == room)
			text = realloc(text, room *= 2);
	}
	if (!text)
		die("memory");
	if (n < 0)
		warn("input");
	return text;
}

/* Adds a row to the list. */
static void add_row(const char *text, int length)
{
	if ((row_count & (row_count - 1)) == 0)
		rows = realloc(rows, (2 * row_count + 1) * sizeof(*rows));
	if (!rows)
		die("memory");
	rows[row_count++] = (struct row){ text, length };
}

/* Cuts a text into rows of the screen's width. */
static void cut_rows(const char *text, size_t length)
{
	const char *start = text, *end = text + length;
	int column = 0;

	row_count = 0;
	for (; text < end; text++) {
		int wide = *text == '\t' ? 8 - column % 8 : 1;

		if (*text == '\n' || column + wide > width) {
			add_row(start, text - start);
			start = text + (*text == '\n');
			column = 0;
		}
		if (*text != '\n')
			column += wide;
	}
	if (start < end)
		add_row(start, end - start);
}

/* Prints rows from at on. Returns the row after them. */
static int show(int at, int n)
{
	for (; n > 0 && at < row_count; n--, at++) {
		for (int i = 0; i < rows[at].length; i++) {
			unsigned char c = rows[at].text[i];

			putchar(iscntrl(c) && c != '\t' ? '?' : c);
		}
		putchar('\n');
	}
	fflush(stdout);
	return at;
}

/* Waits for a key. Returns q if the terminal is gone. */
static int key(void)
{
	char c;

	return read(keyboard, &c, 1) == 1 ? c : 'q';
}

/* Reads the text to search for on the last line. Returns 0 if it is empty. */
static int ask_for_text(void)
{
	size_t n = 0;
	int c;

	printf("\r\033[K/");
	fflush(stdout);
	while ((c = key()) != '\n' && c != '\r' && n < sizeof(wanted) - 1) {
		if (c == '\b' || c == 127) {
			if (n == 0)
				break;
			n--;
			printf("\b \b");
		} else {
			wanted[n++] = c;
			putchar(c);
		}
		fflush(stdout);
	}
	printf("\r\033[K");
	if (n)
		wanted[n] = '\0';
	return wanted[0] != '\0';
}

/* Returns the first row from at on that holds the wanted text, or -1. */
static int find(int at)
{
	int n = strlen(wanted);

	for (; at < row_count; at++)
		for (int i = 0; i + n <= rows[at].length; i++)
			if (strncmp(rows[at].text + i, wanted, n) == 0)
				return at;
	return -1;
}

/*
 * Shows a screen from the next row with the wanted text on. The screen now ends
 * before row at. Returns the row after the new screen.
 */
static int search(int at)
{
	int top = at > height ? at - height : 0, found = find(top + 1);

	if (found < 0) {
		puts("Pattern not found");
		return at;
	}
	printf("\033[H\033[J");
	return show(found, height);
}

/* Obeys a key; at is the next row. Returns the row that is next afterwards. */
static int obey(int c, int at)
{
	switch (c) {
	case 'q':
	case 'Q':
		exit(exit_status);
	case '\r':
	case '\n':
		return show(at, 1);
	case ' ':
		return show(at, height);
	case 'b':
		at -= 2 * height;
		printf("\033[H\033[J");
		return show(at > 0 ? at : 0, height);
	case '/':
		return ask_for_text() ? search(at) : at;
	case 'n':
		return *wanted ? search(at) : at;
	}
	return at;
}

/* Shows one file, until its end. */
static void more(int fd, const char *name)
{
	size_t length;
	char *text = read_all(fd, &length);
	int at;

	cut_rows(text, length);
	at = show(0, height);
	files_left--;
	while (at < row_count || files_left > 0) {
		int c;

		printf("\033[7m--More--(%s %d%%)\033[0m", name,
		       row_count ? at * 100 / row_count : 100);
		fflush(stdout);
		c = key();
		printf("\r\033[K");
		if (at >= row_count && (c == ' ' || c == '\n' || c == '\r'))
			break;
		at = obey(c, at);
	}
	fflush(stdout);
	free(text);
}

/* Copies like cat, if there is no terminal. */
static void copy(int fd, const char *name)
{
	if (copy_fd(fd, 1) < 0)
		warn(name);
}

int main(int argc, char **argv)
{
	util_start(argv);
	if (getopt(argc, argv, "") != -1)
		usage();
	if (optind == argc && isatty(0))
		usage();
	files_left = argc - optind;
	if (isatty(1))
		open_keyboard();
	for_each_file(argv + optind, keyboard >= 0 ? more : copy);
	return exit_status;
}
