/*
 * The line discipline, one for all terminals. What is typed is echoed, edited
 * and cut into lines (canonical mode) or handed on as it comes (raw mode). What
 * is written gets its newlines and tabs translated (POSIX, "General Terminal
 * Interface"). All of it runs with interrupts masked.
 */
#include <cowix/kernel.h>
#include <cowix/signal.h>
#include "tty_driver.h"

#define CTRL(c)		((c) & 0x1F)
#define DELETE		0x7F
#define TAB_WIDTH	8
/* With PARMRK it announces an error; a typed one then comes twice. */
#define MARK		0xFF
/* With all of them a killed line is erased on the screen. */
#define VISIBLE_KILL	(ECHOE | ECHOK | ECHOKE)

static const struct termios default_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE |
		   IEXTEN,
	.c_cc = {
		[VINTR] = CTRL('C'),
		[VQUIT] = CTRL('\\'),
		[VERASE] = DELETE,
		[VKILL] = CTRL('U'),
		[VEOF] = CTRL('D'),
		[VMIN] = 1,
		[VSTART] = CTRL('Q'),
		[VSTOP] = CTRL('S'),
		[VSUSP] = CTRL('Z'),
		[VREPRINT] = CTRL('R'),
		[VDISCARD] = CTRL('O'),
		[VWERASE] = CTRL('W'),
		[VLNEXT] = CTRL('V'),
	},
};

/*
 * Prepares a terminal of a device. input has room for what is typed. Called
 * once, before it can be opened.
 */
void tty_init_struct(struct tty *tty, kdev_t dev, u8 *input,
		     const struct tty_driver *driver)
{
	tty->dev = dev;
	tty->input = input;
	tty->driver = driver;
	tty->life = 1;
	wait_queue_init(&tty->wait);
	tty_reset(tty);
}

/* Sets the default modes, forgets what was typed and ends a stop. */
void tty_reset(struct tty *tty)
{
	tty->termios = default_termios;
	tty->stopped = tty->literal = tty->exclusive = false;
	tty_flush_input(tty);
}

/* Returns whether c is the control character of that index. */
static bool is_cc(const struct tty *tty, u32 index, u8 c)
{
	return c && tty->termios.c_cc[index] == c;
}

static bool is_control(u8 c)
{
	return c < ' ' || c == DELETE;
}

/*
 * Returns whether a byte continues a character of several bytes: it takes no
 * column, and is erased with the others.
 */
static bool is_continuation(const struct tty *tty, u8 c)
{
	return tty->termios.c_iflag & IUTF8 && (c & 0xC0) == 0x80;
}

/*
 * Writes to `to` what a character becomes on its way out, and keeps track of
 * the column. Called for written and for echoed characters. Returns how many
 * there are then, at most OUTPUT_MAX.
 */
u32 tty_process(struct tty *tty, u8 c, char *to)
{
	tcflag_t flags = tty->termios.c_oflag;
	u32 n = 0, width;

	to[0] = c;
	if (!(flags & OPOST))
		return 1;
	if (c == '\r') {
		if (flags & ONOCR && tty->column == 0)
			return 0;
		if (!(flags & OCRNL))
			tty->column = 0;
		else
			c = '\n';
	} else if (c == '\n' && flags & ONLCR) {
		to[n++] = '\r';
		tty->column = 0;
	} else if (c == '\t') {
		width = TAB_WIDTH - tty->column % TAB_WIDTH;
		tty->column += width;
		if ((flags & TABDLY) == XTABS) {
			memset(to, ' ', width);
			return width;
		}
	} else if (c == '\b' && tty->column > 0) {
		tty->column--;
	} else if (!is_control(c) && !is_continuation(tty, c)) {
		tty->column++;
	}
	if (c == '\n' && flags & ONLRET)
		tty->column = 0;
	to[n++] = c;
	return n;
}

/*
 * Echoes characters as they are. Called from interrupts: what the device does
 * not take at once is lost.
 */
static void echo_text(struct tty *tty, const char *s, u32 n)
{
	char out[OUTPUT_MAX];

	for (u32 i = 0; i < n; i++)
		tty->driver->put(tty, out, tty_process(tty, s[i], out));
}

/* Shows what was typed: control characters as ^X. */
static void echo(struct tty *tty, u8 c)
{
	char shown[2] = { '^', c ^ 0x40 };

	if (!tty_flag(tty, ECHO))
		return;
	if (is_control(c) && c != '\t' && tty_flag(tty, ECHOCTL))
		echo_text(tty, shown, 2);
	else
		echo_text(tty, (const char *)&c, 1);
}

static u32 queued(const struct tty *tty)
{
	return tty->head - tty->tail;
}

/*
 * Returns how many characters can be typed. While no line is complete there is
 * always room: the reader waits for the end of the line. What does not fit into
 * the queue is lost.
 */
u32 tty_input_room(const struct tty *tty)
{
	if (tty_flag(tty, ICANON) && tty->tail == tty->edit)
		return INPUT_SIZE;
	if (queued(tty) >= INPUT_SIZE - 1)
		return 0;
	return INPUT_SIZE - 1 - queued(tty);
}

/* Puts an entry at the end of the queue, where there is room. */
static void put_entry(struct tty *tty, u16 entry)
{
	u32 i = tty->head++ % INPUT_SIZE;

	tty->input[i] = entry;
	if (entry & (INPUT_EOL | INPUT_EOF))
		bit_set(tty->marks, i);
	else
		bit_clear(tty->marks, i);
}

/* Returns how many characters can be read. */
u32 tty_readable(const struct tty *tty)
{
	u32 n = 0;

	for (u32 i = tty->tail; i != tty->edit; i++)
		n += !(tty_entry(tty, i) & INPUT_EOF);
	return n;
}

void tty_flush_input(struct tty *tty)
{
	tty->tail = tty->edit = tty->head;
	wake_up(&tty->wait);
}

void tty_stop(struct tty *tty, bool stop)
{
	tty->stopped = stop;
	wake_up(&tty->wait);
}

/*
 * Puts a character into the queue and shows it. In canonical mode room must be
 * left to end the line.
 */
static void queue_input(struct tty *tty, u16 entry)
{
	bool ends = entry & (INPUT_EOL | INPUT_EOF),
	     canonical = tty_flag(tty, ICANON);

	if (queued(tty) >= INPUT_SIZE - (ends ? 0 : 1))
		return;
	if (tty->head == tty->edit)
		tty->line_column = tty->column;
	if (entry == ('\n' | INPUT_EOL)) {
		if (tty_flag(tty, ECHO) || (canonical && tty_flag(tty, ECHONL)))
			echo_text(tty, "\n", 1);
	} else if (!(entry & INPUT_EOF)) {
		echo(tty, entry);
	}
	put_entry(tty, entry);
	if (ends || !canonical) {
		tty->edit = tty->head;
		wake_up(&tty->wait);
	}
}

/* Returns the column of an entry of the line being edited. */
static u32 column_of(const struct tty *tty, u32 entry)
{
	u32 column = tty->line_column;

	for (u32 i = tty->edit; i != entry; i++) {
		u8 c = tty_entry(tty, i);

		if (c == '\t')
			column += TAB_WIDTH - column % TAB_WIDTH;
		else if (is_control(c))
			column += tty_flag(tty, ECHOCTL) ? 2 : 0;
		else
			column += !is_continuation(tty, c);
	}
	return column;
}

/* Takes back the last character of the line: one byte or several. */
static u8 take_back(struct tty *tty)
{
	u8 c;

	do
		c = tty_entry(tty, --tty->head);
	while (is_continuation(tty, c) && tty->head != tty->edit);
	return c;
}

/*
 * Erases the last character of the line, also on the screen. Returns false if
 * there is none.
 */
static bool erase_one(struct tty *tty)
{
	u32 width = 1;
	u8 c;

	if (tty->head == tty->edit)
		return false;
	c = take_back(tty);
	if (!tty_flag(tty, ECHO))
		return true;
	if (c == '\t')
		width = TAB_WIDTH - column_of(tty, tty->head) % TAB_WIDTH;
	else if (is_control(c))
		width = tty_flag(tty, ECHOCTL) ? 2 : 0;
	while (width-- > 0)
		echo_text(tty, "\b \b", c == '\t' ? 1 : 3);
	return true;
}

static bool in_word(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '_' || c > DELETE;
}

/* Returns whether the last character of the line belongs to a word. */
static bool ends_in_word(const struct tty *tty)
{
	return in_word(tty_entry(tty, tty->head - 1));
}

/* Erases the last word of the line, and what is behind it. */
static void erase_word(struct tty *tty)
{
	while (tty->head != tty->edit && !ends_in_word(tty))
		erase_one(tty);
	while (tty->head != tty->edit && ends_in_word(tty))
		erase_one(tty);
}

/*
 * Erases a character. Without ECHOE it stays on the screen, and the key is
 * shown.
 */
static void erase(struct tty *tty)
{
	if (tty_flag(tty, ECHOE)) {
		erase_one(tty);
	} else if (tty->head != tty->edit) {
		take_back(tty);
		echo(tty, tty->termios.c_cc[VERASE]);
	}
}

/* Erases the line. Unless VISIBLE_KILL is set, only the key is shown. */
static void kill_line(struct tty *tty, u8 c)
{
	if (tty->head == tty->edit)
		return;
	if (!tty_flag(tty, ECHO) || !(~tty->termios.c_lflag & VISIBLE_KILL)) {
		while (erase_one(tty))
			;
		return;
	}
	tty->head = tty->edit;
	echo(tty, c);
	if (tty_flag(tty, ECHOK))
		echo_text(tty, "\n", 1);
}

/* Shows the line again, on a new one. */
static void reprint(struct tty *tty, u8 c)
{
	echo(tty, c);
	echo_text(tty, "\n", 1);
	tty->line_column = 0;
	for (u32 i = tty->edit; i != tty->head; i++)
		echo(tty, tty_entry(tty, i));
}

/* Obeys a key that edits the line. Returns false if it is none. */
static bool edit_key(struct tty *tty, u8 c)
{
	bool extended = tty_flag(tty, IEXTEN);

	if (is_cc(tty, VERASE, c) || (c == '\b' && is_cc(tty, VERASE, DELETE)))
		erase(tty);
	else if (is_cc(tty, VKILL, c))
		kill_line(tty, c);
	else if (is_cc(tty, VEOF, c))
		queue_input(tty, INPUT_EOF);
	else if (extended && is_cc(tty, VWERASE, c))
		erase_word(tty);
	else if (extended && is_cc(tty, VREPRINT, c) && tty_flag(tty, ECHO))
		reprint(tty, c);
	else if (is_cc(tty, VEOL, c) || (extended && is_cc(tty, VEOL2, c)))
		queue_input(tty, c | INPUT_EOL);
	else
		return false;
	return true;
}

static void flush(struct tty *tty)
{
	tty_flush_input(tty);
	if (tty->driver->flush)
		tty->driver->flush(tty);
}

/* Returns the signal that a key sends, or 0. */
static int signal_of(const struct tty *tty, u8 c)
{
	if (is_cc(tty, VINTR, c))
		return SIGINT;
	if (is_cc(tty, VQUIT, c))
		return SIGQUIT;
	if (is_cc(tty, VSUSP, c))
		return SIGTSTP;
	return 0;
}

static bool signal_key(struct tty *tty, u8 c)
{
	int sig = signal_of(tty, c);

	if (!sig || !tty_flag(tty, ISIG))
		return false;
	if (!tty_flag(tty, NOFLSH))
		flush(tty);
	if (tty->termios.c_iflag & IXON)
		tty_stop(tty, false);
	echo(tty, c);
	if (tty->pgrp)
		kill_pgrp(tty->pgrp, sig);
	return true;
}

static bool flow_key(struct tty *tty, u8 c)
{
	bool stop = is_cc(tty, VSTOP, c);

	if (!(tty->termios.c_iflag & IXON) || (!stop && !is_cc(tty, VSTART, c)))
		return false;
	tty_stop(tty, stop);
	return true;
}

/* After ^V a ^ is shown until the character comes. */
static bool literal_key(struct tty *tty, u8 c)
{
	if (!tty_flag(tty, ICANON) || !tty_flag(tty, IEXTEN) ||
	    !is_cc(tty, VLNEXT, c))
		return false;
	tty->literal = true;
	if (tty_flag(tty, ECHO) && tty_flag(tty, ECHOCTL))
		echo_text(tty, "^\b", 2);
	return true;
}

/* Queues a character with an error: with a mark, or as NUL. */
static void add_error(struct tty *tty, u8 c)
{
	if (tty->termios.c_iflag & PARMRK) {
		queue_input(tty, MARK);
		queue_input(tty, 0);
		queue_input(tty, c);
	} else {
		queue_input(tty, 0);
	}
}

/* Takes a character with a parity or framing error. */
void tty_input_bad(struct tty *tty, u8 c)
{
	if (!(tty->termios.c_iflag & INPCK))
		tty_input(tty, c);
	else if (!(tty->termios.c_iflag & IGNPAR))
		add_error(tty, c);
}

/* The other side holds the line. */
void tty_input_break(struct tty *tty)
{
	if (tty->termios.c_iflag & IGNBRK)
		return;
	if (!(tty->termios.c_iflag & BRKINT)) {
		add_error(tty, 0);
	} else {
		flush(tty);
		if (tty->pgrp)
			kill_pgrp(tty->pgrp, SIGINT);
	}
}

/*
 * Takes a character from the device. Called by the interrupts of the keyboard
 * and the serial lines, and when a pseudo-terminal's master writes.
 */
void tty_input(struct tty *tty, u8 c)
{
	tcflag_t flags = tty->termios.c_iflag;

	if (flags & ISTRIP)
		c &= 0x7F;
	if (flags & IUCLC && tty_flag(tty, IEXTEN) && c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	if (tty->literal) {
		tty->literal = false;
		queue_input(tty, c);
		return;
	}
	if (tty->stopped && (flags & (IXON | IXANY)) == (IXON | IXANY))
		tty_stop(tty, false);
	if (flow_key(tty, c) || signal_key(tty, c))
		return;
	if (c == '\r') {
		if (flags & IGNCR)
			return;
		if (flags & ICRNL)
			c = '\n';
	} else if (c == '\n' && flags & INLCR) {
		c = '\r';
	}
	if (c == MARK && flags & PARMRK)
		queue_input(tty, c);
	if (!literal_key(tty, c) &&
	    !(tty_flag(tty, ICANON) && edit_key(tty, c)))
		queue_input(tty, c == '\n' ? c | INPUT_EOL : c);
}
