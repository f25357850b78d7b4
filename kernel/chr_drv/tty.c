/*
 * The line discipline, one for the console and the serial lines: what is typed is echoed, edited and cut into lines (canonical mode) or handed on
 * as it comes (raw mode); what is written gets its newlines translated (POSIX, "General Terminal Interface").
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "tty_driver.h"

#define CTRL(c)		((c) & 0x1F)
#define DELETE		0x7F
#define CHUNK		128		/* bytes that a write handles at a time, on the kernel stack */
#define TENTHS_TO_TICKS	(HZ / 10)

kdev_t console_dev = MKDEV(TTY_MAJOR, 1);

static const struct termios default_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = { [VINTR] = CTRL('C'), [VQUIT] = CTRL('\\'), [VERASE] = DELETE, [VKILL] = CTRL('U'), [VEOF] = CTRL('D'),
		  [VMIN] = 1, [VSTART] = CTRL('Q'), [VSTOP] = CTRL('S'), [VSUSP] = CTRL('Z'), [VWERASE] = CTRL('W') },
};

void tty_init_struct(struct tty *tty, kdev_t dev)
{
	tty->dev = dev;
	tty->termios = default_termios;
	tty->winsize = (struct winsize){ 25, 80, 0, 0 };
	wait_queue_init(&tty->readers);
}

/* Called once by start_kernel. console= names what /dev/console is: ttyS0, ttyS1 or tty1. */
void tty_init(void)
{
	const char *name = param_get("console");

	console_tty_init();
	serial_init();
	keyboard_init();
	if (name && strncmp(name, "ttyS", 4) == 0 && (name[4] == '0' || name[4] == '1'))
		console_dev = MKDEV(TTY_MAJOR, 64 + name[4] - '0');
}

/* Output from interrupts: what the device does not take at once is lost. */
static void echo_raw(struct tty *tty, const char *s, u32 n)
{
	tty->put(tty, s, n);
}

static bool flag(const struct tty *tty, tcflag_t l)
{
	return tty->termios.c_lflag & l;
}

static bool is_cc(const struct tty *tty, u32 index, u8 c)
{
	return c && tty->termios.c_cc[index] == c;
}

/* Show what was typed; control characters as ^X. */
static void echo(struct tty *tty, u8 c)
{
	char shown[2] = { '^', c ^ 0x40 };

	if (c == '\n') {
		if (flag(tty, ECHO) || (flag(tty, ECHONL) && flag(tty, ICANON)))
			echo_raw(tty, "\r\n", 2);
	} else if (!flag(tty, ECHO)) {
		return;
	} else if ((c < ' ' || c == DELETE) && c != '\t' && flag(tty, ECHOCTL)) {
		echo_raw(tty, shown, 2);
	} else {
		echo_raw(tty, (const char *)&c, 1);
	}
}

static u32 queued(const struct tty *tty)
{
	return tty->head - tty->tail;
}

static void enqueue(struct tty *tty, u16 entry)
{
	if (queued(tty) < INPUT_SIZE)
		tty->input[tty->head++ % INPUT_SIZE] = entry;
}

/* The line being edited is complete: readers may have it. */
static void commit_line(struct tty *tty)
{
	tty->edit = tty->head;
	wake_up(&tty->readers);
}

/* Take back the last character of the line, and from the screen. */
static bool erase_one(struct tty *tty)
{
	u8 c;

	if (tty->head == tty->edit)
		return false;
	c = tty->input[--tty->head % INPUT_SIZE];
	if (flag(tty, ECHO)) {
		echo_raw(tty, "\b \b", 3);
		if (c < ' ' && c != '\t' && flag(tty, ECHOCTL))
			echo_raw(tty, "\b \b", 3);
	}
	return true;
}

static void erase_word(struct tty *tty)
{
	while (tty->head != tty->edit && (u8)tty->input[(tty->head - 1) % INPUT_SIZE] == ' ')
		erase_one(tty);
	while (tty->head != tty->edit && (u8)tty->input[(tty->head - 1) % INPUT_SIZE] != ' ')
		erase_one(tty);
}

void tty_flush_input(struct tty *tty)
{
	tty->tail = tty->edit = tty->head;
}

static bool signal_key(struct tty *tty, u8 c)
{
	int sig = is_cc(tty, VINTR, c) ? SIGINT : is_cc(tty, VQUIT, c) ? SIGQUIT : is_cc(tty, VSUSP, c) ? SIGTSTP : 0;

	if (!sig || !flag(tty, ISIG))
		return false;
	echo(tty, c);
	if (!flag(tty, NOFLSH))
		tty_flush_input(tty);
	if (tty->pgrp)
		kill_pgrp(tty->pgrp, sig);
	return true;
}

static bool flow_key(struct tty *tty, u8 c)
{
	if (!(tty->termios.c_iflag & IXON))
		return false;
	if (is_cc(tty, VSTOP, c))
		tty->stopped = true;
	else if (is_cc(tty, VSTART, c))
		tty->stopped = false;
	else
		return false;
	wake_up(&tty->readers);
	return true;
}

/* The keys that edit a line. */
static bool edit_key(struct tty *tty, u8 c)
{
	if (is_cc(tty, VERASE, c) || (c == '\b' && is_cc(tty, VERASE, DELETE))) {
		erase_one(tty);
	} else if (is_cc(tty, VKILL, c)) {
		while (erase_one(tty))
			;
	} else if (is_cc(tty, VWERASE, c)) {
		erase_word(tty);
	} else if (is_cc(tty, VEOF, c)) {
		enqueue(tty, INPUT_EOF);
		commit_line(tty);
	} else {
		return false;
	}
	return true;
}

static int translate_input(const struct tty *tty, u8 c)
{
	tcflag_t flags = tty->termios.c_iflag;

	if (flags & ISTRIP)
		c &= 0x7F;
	if (c == '\r')
		return flags & IGNCR ? -1 : flags & ICRNL ? '\n' : c;
	return c == '\n' && flags & INLCR ? '\r' : c;
}

/* A character from the device. Called by the keyboard's and the serial lines' interrupts. */
void tty_input(struct tty *tty, u8 byte)
{
	int c = translate_input(tty, byte);

	if (c < 0 || signal_key(tty, c) || flow_key(tty, c))
		return;
	if (!flag(tty, ICANON)) {
		echo(tty, c);
		enqueue(tty, c);
		commit_line(tty);
		return;
	}
	if (edit_key(tty, c))
		return;
	if (c == '\n' || is_cc(tty, VEOL, c)) {
		echo(tty, c);
		enqueue(tty, c | INPUT_EOL);
		commit_line(tty);
	} else if (queued(tty) < INPUT_SIZE - 2) {	/* room must be left to end the line */
		echo(tty, c);
		enqueue(tty, c);
	}
}

/* A background process must not read from, or with TOSTOP write to, its controlling terminal: the group is stopped. */
static int check_foreground(const struct tty *tty, int sig)
{
	if (current->tty != tty->dev || !tty->pgrp || current->pgrp == tty->pgrp)
		return 0;
	if (signal_is_ignored(current, sig))
		return sig == SIGTTIN ? -EIO : 0;
	kill_pgrp(current->pgrp, sig);
	return -EINTR;
}

/* Sleep until there is something to read: 0, or why not; 1 when VTIME ran out. Interrupts are masked. */
static int wait_input(struct tty *tty, bool nonblock)
{
	const struct termios *t = &tty->termios;
	int error = 0;

	while (tty->tail == tty->edit && !error) {
		if (nonblock)
			return -EAGAIN;
		if (!flag(tty, ICANON) && t->c_cc[VMIN] == 0) {
			if (t->c_cc[VTIME] == 0)
				return 1;
			error = interruptible_sleep_on_timeout(&tty->readers, t->c_cc[VTIME] * TENTHS_TO_TICKS);
			if (error == -ETIMEDOUT)
				return 1;
		} else {
			error = interruptible_sleep_on(&tty->readers);
		}
	}
	return error;
}

/* Take entries out of the queue into chunk, up to the end of a line in canonical mode; *end tells that the read is over. */
static u32 take_input(struct tty *tty, char *chunk, u32 n, bool *end)
{
	u32 taken = 0;

	while (taken < n && tty->tail != tty->edit && !*end) {
		u16 entry = tty->input[tty->tail++ % INPUT_SIZE];

		*end = entry & (INPUT_EOL | INPUT_EOF) && flag(tty, ICANON);
		if (!(entry & INPUT_EOF))
			chunk[taken++] = entry;
	}
	return taken;
}

int tty_read(kdev_t dev, char __user *buf, size_t count, bool nonblock)
{
	struct tty *tty = tty_of(dev);
	char chunk[CHUNK];
	u32 done = 0;
	bool end = false;
	int error = tty ? check_foreground(tty, SIGTTIN) : -EIO;

	if (error || count == 0)
		return error;
	while (done < count && !end) {
		u32 flags = irq_save(), n = 0;

		error = done && tty->tail == tty->edit ? 1 : wait_input(tty, nonblock);
		if (!error)
			n = take_input(tty, chunk, min_u32(count - done, CHUNK), &end);
		irq_restore(flags);
		if (error)
			break;
		error = copy_to_user(buf + done, chunk, n);
		if (error)
			break;
		done += n;
	}
	return done || error >= 0 ? (int)done : error;
}

/* Hand characters to the device, sleeping while it has no room or output is stopped. */
static int put_all(struct tty *tty, const char *s, u32 n, bool nonblock)
{
	u32 done = 0;

	while (done < n) {
		int error = 0;
		u32 flags = irq_save();

		if (!tty->stopped)
			done += tty->put(tty, s + done, n - done);
		if (done < n && nonblock)
			error = -EAGAIN;
		else if (done < n)
			error = tty->stopped ? interruptible_sleep_on(&tty->readers) : tty->wait_room(tty);
		irq_restore(flags);
		if (error)
			return error;
	}
	return 0;
}

/* Translate newlines into to, which has room for twice n. */
static u32 translate_output(const struct tty *tty, char *to, const char *from, u32 n)
{
	u32 length = 0;

	if ((tty->termios.c_oflag & (OPOST | ONLCR)) != (OPOST | ONLCR)) {
		memcpy(to, from, n);
		return n;
	}
	for (u32 i = 0; i < n; i++) {
		if (from[i] == '\n')
			to[length++] = '\r';
		to[length++] = from[i];
	}
	return length;
}

int tty_write(kdev_t dev, const char __user *buf, size_t count, bool nonblock)
{
	struct tty *tty = tty_of(dev);
	char chunk[CHUNK], translated[2 * CHUNK];
	u32 done = 0;
	int error = tty ? 0 : -EIO;

	if (!error && flag(tty, TOSTOP))
		error = check_foreground(tty, SIGTTOU);
	while (done < count && !error) {
		u32 n = min_u32(count - done, CHUNK);

		error = copy_from_user(chunk, buf + done, n);
		if (!error)
			error = put_all(tty, translated, translate_output(tty, translated, chunk, n), nonblock);
		if (!error)
			done += n;
	}
	return done ? (int)done : error;
}

/* The terminal behind a device number. */
struct tty *tty_of(kdev_t dev)
{
	u32 minor = MINOR(dev);

	if (MAJOR(dev) != TTY_MAJOR)
		return NULL;
	if (minor <= 1)
		return &console_tty;
	return minor >= 64 && minor < 64 + SERIAL_LINES && serial_ttys[minor - 64].put ? &serial_ttys[minor - 64] : NULL;
}

/* The foreground process group of a terminal, -1: none. */
int tty_foreground(kdev_t dev)
{
	const struct tty *tty = dev ? tty_of(dev) : NULL;

	return tty && tty->pgrp ? tty->pgrp : -1;
}

/*
 * Open a terminal. A session leader without one gets it as its controlling terminal, unless noctty or another session has it. *actual is what
 * the other calls want: /dev/tty and /dev/console are names for something else.
 */
int tty_open(kdev_t dev, bool noctty, kdev_t *actual)
{
	struct tty *tty;

	if (dev == MKDEV(TTYAUX_MAJOR, 0))
		dev = current->tty;
	else if (dev == MKDEV(TTYAUX_MAJOR, 1))
		dev = console_dev;
	tty = tty_of(dev);
	if (!tty)
		return -ENXIO;
	*actual = tty->dev;
	if (!noctty && current->leader && !current->tty && !tty->session) {
		current->tty = tty->dev;
		tty->session = current->session;
		tty->pgrp = current->pgrp;
	}
	return 0;
}

/* A session's leader exits: its foreground group is told, and the terminal is free for another session. */
void tty_hangup_session(int session)
{
	struct tty *tty = tty_of(current->tty);

	if (!tty || tty->session != session)
		return;
	if (tty->pgrp)
		kill_pgrp(tty->pgrp, SIGHUP);
	tty->session = tty->pgrp = 0;
	list_for_each(node, &all_tasks) {
		struct task_struct *task = list_entry(node, struct task_struct, all_link);

		if (task->session == session)
			task->tty = 0;
	}
}
