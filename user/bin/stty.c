/*
 * stty [-F device] [-a] [size] [setting...]
 * Shows or changes a terminal's settings. Called as reset it restores the
 * terminal and its screen.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <util.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define DISABLED 0
#define WIDTH 80

static struct termios now, sane;
static const char *column_gap = "";

/*
 * The flags in the order of -a: the word, and 1 for c_iflag, 2 c_oflag, 3
 * c_cflag, 4 c_lflag. A field has a mask.
 */
static const struct flag {
	const char *name;
	int word;
	tcflag_t bits, mask;
} flags[] = {
	{ "parenb", 3, PARENB, 0 },   { "parodd", 3, PARODD, 0 },
	{ "cs5", 3, 0, CSIZE },       { "cs6", 3, CS6, CSIZE },
	{ "cs7", 3, CS7, CSIZE },     { "cs8", 3, CS8, CSIZE },
	{ "hupcl", 3, HUPCL, 0 },     { "cstopb", 3, CSTOPB, 0 },
	{ "cread", 3, CREAD, 0 },     { "clocal", 3, CLOCAL, 0 },
	{ "crtscts", 3, CRTSCTS, 0 }, { "ignbrk", 1, IGNBRK, 0 },
	{ "brkint", 1, BRKINT, 0 },   { "ignpar", 1, IGNPAR, 0 },
	{ "parmrk", 1, PARMRK, 0 },   { "inpck", 1, INPCK, 0 },
	{ "istrip", 1, ISTRIP, 0 },   { "inlcr", 1, INLCR, 0 },
	{ "igncr", 1, IGNCR, 0 },     { "icrnl", 1, ICRNL, 0 },
	{ "ixon", 1, IXON, 0 },       { "ixoff", 1, IXOFF, 0 },
	{ "iuclc", 1, IUCLC, 0 },     { "ixany", 1, IXANY, 0 },
	{ "imaxbel", 1, IMAXBEL, 0 }, { "iutf8", 1, IUTF8, 0 },
	{ "opost", 2, OPOST, 0 },     { "olcuc", 2, OLCUC, 0 },
	{ "ocrnl", 2, OCRNL, 0 },     { "onlcr", 2, ONLCR, 0 },
	{ "onocr", 2, ONOCR, 0 },     { "onlret", 2, ONLRET, 0 },
	{ "isig", 4, ISIG, 0 },       { "icanon", 4, ICANON, 0 },
	{ "iexten", 4, IEXTEN, 0 },   { "echo", 4, ECHO, 0 },
	{ "echoe", 4, ECHOE, 0 },     { "echok", 4, ECHOK, 0 },
	{ "echonl", 4, ECHONL, 0 },   { "noflsh", 4, NOFLSH, 0 },
	{ "tostop", 4, TOSTOP, 0 },   { "echoctl", 4, ECHOCTL, 0 },
	{ "echoke", 4, ECHOKE, 0 },
};

static const struct {
	const char *name;
	int index, sane;
} chars[] = {
	{ "intr", VINTR, 3 },        { "quit", VQUIT, 28 },
	{ "erase", VERASE, 127 },    { "kill", VKILL, 21 },
	{ "eof", VEOF, 4 },          { "eol", VEOL, 0 },
	{ "eol2", VEOL2, 0 },        { "swtch", VSWTC, 0 },
	{ "start", VSTART, 17 },     { "stop", VSTOP, 19 },
	{ "susp", VSUSP, 26 },       { "rprnt", VREPRINT, 18 },
	{ "werase", VWERASE, 23 },   { "lnext", VLNEXT, 22 },
	{ "discard", VDISCARD, 15 },
};

static const unsigned speeds[] = { 0,    50,   75,    110,  134,  150,
				   200,  300,  600,   1200, 1800, 2400,
				   4800, 9600, 19200, 38400 };
static const unsigned fast[] = { 0, 57600, 115200, 230400 };

static tcflag_t *word_of(struct termios *t, int word)
{
	switch (word) {
	case 1: return &t->c_iflag;
	case 2: return &t->c_oflag;
	case 3: return &t->c_cflag;
	default: return &t->c_lflag;
	}
}

static int is_set(struct termios *t, const struct flag *f)
{
	return (*word_of(t, f->word) & (f->mask ? f->mask : f->bits)) ==
	       f->bits;
}

static unsigned speed(void)
{
	unsigned code = now.c_cflag & CBAUD;

	if (code < 16)
		return speeds[code];
	return (code & 15) < COUNT(fast) ? fast[code & 15] : 0;
}

static int set_speed(unsigned value)
{
	for (int i = 0; i < COUNT(speeds) + COUNT(fast) - 1; i++)
		if (value == (i < 16 ? speeds[i] : fast[i - 15])) {
			now.c_cflag = (now.c_cflag & ~CBAUD) |
				      (i < 16 ? i : CBAUDEX | (i - 15));
			return 1;
		}
	return 0;
}

/* Sets what a terminal has when it is first opened. */
static void make_sane(struct termios *t)
{
	t->c_iflag = ICRNL | IXON | (t->c_iflag & IUTF8);
	t->c_oflag = OPOST | ONLCR;
	t->c_cflag |= CREAD;
	t->c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL |
		     ECHOKE;
	for (int i = 0; i < COUNT(chars); i++)
		t->c_cc[chars[i].index] = chars[i].sane;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static void make_cooked(struct termios *t)
{
	t->c_iflag |= BRKINT | IGNPAR | ISTRIP | ICRNL | IXON;
	t->c_oflag |= OPOST;
	t->c_lflag |= ISIG | ICANON;
	t->c_cc[VEOF] = 4;
	t->c_cc[VEOL] = 0;
}

static void show_char(const char *name, int c)
{
	printf("%s%s = ", column_gap, name);
	if (c == DISABLED)
		printf("<undef>;");
	else
		printf(c < ' ' || c == 127 ? "^%c;" : "%c;",
		       c < ' ' || c == 127 ? c ^ 64 : c);
	column_gap = " ";
}

/*
 * Prints all flags, with a new line for each kind, or only those that differ
 * from a sane terminal's.
 */
static void show_flags(int all)
{
	int word = 0, column = 0;

	for (int i = 0; i < COUNT(flags); i++) {
		const struct flag *f = &flags[i];
		int set = is_set(&now, f), length = strlen(f->name) + !set;

		if ((f->mask && !set) || (!all && set == is_set(&sane, f)))
			continue;
		if (column &&
		    ((all && word != f->word) || column + 1 + length > WIDTH)) {
			putchar('\n');
			column = 0;
		}
		column += printf("%s%s%s", column ? " " : "", set ? "" : "-",
				 f->name);
		word = f->word;
	}
	if (column)
		putchar('\n');
}

static void show(int all, int fd)
{
	struct winsize size = { 0 };
	int shown = 0;

	ioctl(fd, TIOCGWINSZ, &size);
	printf("speed %u baud; ", speed());
	if (all)
		printf("rows %d; columns %d; ", size.ws_row, size.ws_col);
	printf("line = %d;\n", now.c_line);
	for (int i = 0; i < COUNT(chars); i++)
		if (all ||
		    now.c_cc[chars[i].index] != sane.c_cc[chars[i].index]) {
			if (all && (i == 6 || i == 12))
				column_gap = "\n";
			show_char(chars[i].name, now.c_cc[chars[i].index]);
			shown++;
		}
	if (all)
		printf(" min = %d; time = %d;", now.c_cc[VMIN],
		       now.c_cc[VTIME]);
	if (all || shown)
		putchar('\n');
	show_flags(all);
}

/* Parses ^C, ^?, a letter, or ^- and undef for none. */
static int control_char(const char *s)
{
	if (strcmp(s, "^-") == 0 || strcmp(s, "undef") == 0)
		return DISABLED;
	if (s[0] == '^' && s[1])
		return s[1] == '?' ? 127 : s[1] & 31;
	return s[0] && !s[1] ? (unsigned char)s[0] : strtol(s, NULL, 0);
}

static int set_flag(const char *name)
{
	int off = *name == '-';

	for (int i = 0; i < COUNT(flags); i++)
		if (strcmp(name + off, flags[i].name) == 0) {
			tcflag_t *word = word_of(&now, flags[i].word);

			*word &= ~(flags[i].mask ? flags[i].mask
						 : flags[i].bits);
			if (!off)
				*word |= flags[i].bits;
			return 1;
		}
	return 0;
}

static int set_mode(const char *name)
{
	if (strcmp(name, "sane") == 0)
		make_sane(&now);
	else if (strcmp(name, "raw") == 0 || strcmp(name, "-cooked") == 0)
		cfmakeraw(&now);
	else if (strcmp(name, "cooked") == 0 || strcmp(name, "-raw") == 0)
		make_cooked(&now);
	else if (strcmp(name, "nl") == 0 || strcmp(name, "-nl") == 0) {
		int on = *name == '-';

		now.c_iflag = (now.c_iflag & ~ICRNL) | (on ? ICRNL : 0);
		now.c_oflag = (now.c_oflag & ~ONLCR) | (on ? ONLCR : 0);
	} else
		return 0;
	return 1;
}

static int set_char(const char *name, const char *value)
{
	for (int i = 0; i < COUNT(chars); i++)
		if (strcmp(name, chars[i].name) == 0) {
			now.c_cc[chars[i].index] = control_char(value);
			return 1;
		}
	if (strcmp(name, "min") != 0 && strcmp(name, "time") != 0)
		return 0;
	now.c_cc[*name == 'm' ? VMIN : VTIME] = number(value);
	return 1;
}

static int set_size(int fd, const char *name, const char *value)
{
	struct winsize size = { 0 };

	if (strcmp(name, "rows") != 0 && strcmp(name, "cols") != 0 &&
	    strcmp(name, "columns") != 0)
		return 0;
	ioctl(fd, TIOCGWINSZ, &size);
	if (*name == 'r')
		size.ws_row = number(value);
	else
		size.ws_col = number(value);
	if (ioctl(fd, TIOCSWINSZ, &size) < 0)
		die(name);
	return 1;
}

static void show_size(int fd)
{
	struct winsize size = { 0 };

	ioctl(fd, TIOCGWINSZ, &size);
	printf("%d %d\n", size.ws_row, size.ws_col);
}

/* Applies one setting. Returns how many arguments it took. */
static int apply(int fd, char **arg)
{
	if (set_flag(arg[0]) || set_mode(arg[0]))
		return 1;
	if (strcmp(arg[0], "size") == 0) {
		show_size(fd);
		return 1;
	}
	if (arg[0][0] >= '0' && arg[0][0] <= '9' && set_speed(number(arg[0])))
		return 1;
	if (arg[1] &&
	    (set_char(arg[0], arg[1]) || set_size(fd, arg[0], arg[1])))
		return 2;
	complain(arg[0], "no such setting, or its value is missing");
	exit(1);
}

static int reset(void)
{
	static const char screen[] = "\033c\033[r\033[m\033[H\033[J";

	make_sane(&now);
	if (tcsetattr(0, TCSADRAIN, &now) < 0)
		die("standard input");
	write_all(1, screen, sizeof(screen) - 1);
	return 0;
}

int main(int argc, char **argv)
{
	struct termios before;
	int fd = 0, all = 0;
	char **arg = argv + 1;

	(void)argc;
	util_start(argv);
	if (arg[0] && arg[1] && strcmp(arg[0], "-F") == 0) {
		fd = open(arg[1], O_RDWR | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			die(arg[1]);
		arg += 2;
	}
	if (tcgetattr(fd, &now) < 0)
		die("standard input");
	before = sane = now;
	make_sane(&sane);
	if (strcmp(program_name, "reset") == 0)
		return reset();
	all = *arg && strcmp(*arg, "-a") == 0;
	if (!*arg || all)
		show(all, fd);
	for (arg += all; *arg;)
		arg += apply(fd, arg);
	if (memcmp(&now, &before, sizeof(now)) != 0 &&
	    tcsetattr(fd, TCSADRAIN, &now) < 0)
		die("standard input");
	return 0;
}
