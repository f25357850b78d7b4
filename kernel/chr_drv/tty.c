/*
 * Terminals as files: opening, reading, writing, waiting, and who may do so: a
 * terminal belongs to a session, whose foreground group alone may read from it.
 * What is done with the characters is ldisc.c.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/poll.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "tty_driver.h"
#include "console.h"

#define CTRL(c)		((c) & 0x1F)
#define DELETE		0x7F
/* bytes that a read or a write handles at a time, on the kernel stack */
#define CHUNK		128
#define TENTHS_TO_TICKS	(HZ / 10)
#define HANDLE(dev, life) ((u32)(life) << 16 | (dev))

kdev_t console_dev = MKDEV(TTY_MAJOR, 1);

static const struct termios default_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE |
		   IEXTEN,
	.c_cc = { [VINTR] = CTRL('C'),
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
		  [VLNEXT] = CTRL('V') },
};

void tty_init_struct(struct tty *tty, kdev_t dev,
		     const struct tty_driver *driver)
{
	tty->dev = dev;
	tty->driver = driver;
	tty->life = 1;
	tty->termios = default_termios;
	wait_queue_init(&tty->wait);
}

/*
 * Called once by start_kernel. console= names what /dev/console is: ttyS0,
 * ttyS1 or tty1.
 */
void tty_init(void)
{
	const char *name = param_get("console");

	serial_init();
	keyboard_init();
	register_owner(recount_ptys);
	if (name && strncmp(name, "ttyS", 4) == 0 &&
	    (name[4] == '0' || name[4] == '1'))
		console_dev = MKDEV(TTY_MAJOR, 64 + name[4] - '0');
}

/* The terminal behind a device number or a handle. */
struct tty *tty_of(u32 handle)
{
	u32 major = MAJOR((kdev_t)handle), minor = MINOR(handle);

	if (major == PTS_MAJOR || major == PTM_MAJOR)
		return pty_slave(minor);
	if (major != TTY_MAJOR)
		return NULL;
	if (minor <= NR_CONSOLES)
		return minor ? &consoles[minor - 1].tty : &front->tty;
	return minor >= 64 && minor < 64 + SERIAL_LINES &&
			       serial_ttys[minor - 64].driver
		       ? &serial_ttys[minor - 64]
		       : NULL;
}

bool tty_hung_up(const struct tty *tty, u32 handle)
{
	u32 life = handle >> 16;

	return life && life != tty->life;
}

/*
 * A background process must not read from its terminal or change it, nor write
 * to it with TOSTOP: its group is stopped. 0, -ERESTARTSYS or -EIO.
 */
int tty_check_foreground(const struct tty *tty, int sig)
{
	const struct task_struct *process = current->process;

	if (process->tty != tty->dev || !tty->pgrp ||
	    process->pgrp == tty->pgrp)
		return 0;
	if (signal_is_ignored(current, sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (is_orphaned(process->pgrp))
		return -EIO;
	kill_pgrp(process->pgrp, sig);
	current->work |= WORK_SIGNAL;	/* even if another thread takes it */
	return -ERESTARTSYS;
}

/*
 * Sleep until there is something to read, after so many characters have been:
 * 0, or why not; 1 when what has been read is enough. VTIME counts from the
 * call: from the start of the read if VMIN is 0, else from the last character.
 */
static int wait_input(struct tty *tty, u32 handle, u32 done, bool nonblock)
{
	const cc_t *cc = tty->termios.c_cc;
	u32 start = jiffies;
	int error = 0;

	while (!error) {
		bool raw = !tty_flag(tty, ICANON),
		     timed = raw && cc[VTIME] && (done || !cc[VMIN]);
		s32 left = start + cc[VTIME] * TENTHS_TO_TICKS - jiffies;

		if (tty_hung_up(tty, handle))
			return 1;
		if (tty->tail != tty->edit)
			return 0;
		if (raw ? done >= cc[VMIN] && (done || !cc[VTIME]) : done)
			return 1;
		if (nonblock)
			return -EAGAIN;
		if (timed && left <= 0)
			return 1;
		error = timed ? interruptible_sleep_on_timeout(&tty->wait, left)
			      : interruptible_sleep_on(&tty->wait);
		if (error == -ETIMEDOUT)
			error = 0;
	}
	return error;
}

/*
 * Take entries out of the queue into chunk, up to the end of a line in
 * canonical mode; *end tells that the read is over.
 */
static u32 take_input(struct tty *tty, char *chunk, u32 n, bool *end)
{
	bool canonical = tty_flag(tty, ICANON);
	u32 taken = 0;

	while (tty->tail != tty->edit && !*end) {
		u16 entry = tty->input[tty->tail % INPUT_SIZE];

		if (taken == n && !(entry & INPUT_EOF))
			/*
			 * an end of file that follows belongs to what has been
			 * taken
			 */
			break;
		tty->tail++;
		*end = canonical && entry & (INPUT_EOL | INPUT_EOF);
		if (!(entry & INPUT_EOF))
			chunk[taken++] = entry;
	}
	wake_up(&tty->wait);
	return taken;
}

int tty_read(u32 handle, char __user *buf, size_t count, bool nonblock)
{
	struct tty *tty = tty_of(handle);
	char chunk[CHUNK];
	u32 done = 0;
	bool end = false;
	int error;

	if (is_master(handle))
		return pty_read(tty, buf, count, nonblock);
	error = tty_check_foreground(tty, SIGTTIN);
	while (done < count && !end && !error) {
		u32 flags = irq_save(), n = 0;

		error = wait_input(tty, handle, done, nonblock);
		if (!error)
			n = take_input(tty, chunk, min_u32(count - done, CHUNK),
				       &end);
		irq_restore(flags);
		if (!error)
			error = copy_to_user(buf + done, chunk, n);
		if (!error)
			done += n;
	}
	return done || error >= 0 ? (int)done : error;
}

/*
 * Translate and send as much as there is room for; interrupts masked. How many
 * characters of s that were.
 */
static u32 put_some(struct tty *tty, const char *s, u32 n)
{
	char out[2 * CHUNK];
	u32 room = min_u32(tty->driver->room(tty), sizeof(out)), used = 0,
	    length = 0;

	if (tty->stopped)
		return 0;
	while (used < n && length + OUTPUT_MAX <= room)
		length += tty_process(tty, s[used++], out + length);
	if (length)
		tty->driver->put(tty, out, length);
	return used;
}

/*
 * Send all of s, sleeping while the device has no room or output is stopped.
 * *done counts what is out.
 */
static int put_all(struct tty *tty, u32 handle, const char *s, u32 n,
		   bool nonblock, u32 *done)
{
	u32 flags = irq_save(), used;
	int error = 0;

	while (n && !error) {
		if (tty_hung_up(tty, handle)) {
			error = -EIO;
			break;
		}
		used = put_some(tty, s, n);
		s += used;
		n -= used;
		*done += used;
		if (!used)
			error = nonblock ? -EAGAIN
					 : interruptible_sleep_on(&tty->wait);
	}
	irq_restore(flags);
	return error;
}

int tty_write(u32 handle, const char __user *buf, size_t count, bool nonblock)
{
	struct tty *tty = tty_of(handle);
	char chunk[CHUNK];
	u32 done = 0;
	int error = 0;

	if (is_master(handle))
		return pty_write(tty, buf, count, nonblock);
	if (tty_flag(tty, TOSTOP))
		error = tty_check_foreground(tty, SIGTTOU);
	while (done < count && !error) {
		u32 n = min_u32(count - done, CHUNK);

		error = copy_from_user(chunk, buf + done, n);
		if (!error)
			error = put_all(tty, handle, chunk, n, nonblock, &done);
	}
	return done ? (int)done : error;
}

/*
 * What would not block now (poll()). In raw mode without a timer there is
 * something to read only when there are VMIN characters.
 */
u32 tty_poll(u32 handle, struct poll_table *table)
{
	struct tty *tty = tty_of(handle);
	const cc_t *cc = tty->termios.c_cc;
	u32 least = tty_flag(tty, ICANON) || cc[VTIME] ? 1
						       : max_u32(cc[VMIN], 1),
	    mask = 0;

	poll_wait(&tty->wait, table);
	if (is_master(handle))
		return pty_poll(tty);
	if (tty_hung_up(tty, handle))
		return POLLIN | POLLRDNORM | POLLHUP | POLLERR;
	if (tty->edit - tty->tail >= least)
		mask |= POLLIN | POLLRDNORM;
	if (!tty->stopped && tty->driver->room(tty) >= OUTPUT_MAX)
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}

/* The foreground process group of a terminal, -1: none. */
int tty_foreground(kdev_t dev)
{
	const struct tty *tty = dev ? tty_of(dev) : NULL;

	return tty && tty->pgrp ? tty->pgrp : -1;
}

/*
 * Make the terminal the controlling one of current, who must lead a session
 * without one. -EPERM, also when another session has it.
 */
int tty_take(struct tty *tty, bool steal)
{
	struct task_struct *process = current->process;

	if (process->leader && process->tty == tty->dev &&
	    tty->session == process->session)
		return 0;
	if (!process->leader || process->tty || (tty->session && !steal))
		return -EPERM;
	if (tty->session)
		tty_leave(tty);
	process->tty = tty->dev;
	tty->session = process->session;
	tty->pgrp = process->pgrp;
	return 0;
}

/* Its session's tasks lose the terminal. */
void tty_leave(struct tty *tty)
{
	list_for_each(node, &all_tasks) {
		struct task_struct *task =
			list_entry(node, struct task_struct, all_link);

		if (tty->session && task->session == tty->session)
			task->tty = 0;
	}
	tty->session = tty->pgrp = 0;
}

/*
 * The terminal begins a new life: who has it open has it no more, and its
 * session's leader and foreground group are told.
 */
void tty_hangup(struct tty *tty)
{
	struct task_struct *leader = tty->session ? find_task(tty->session)
						  : NULL;
	u32 flags = irq_save();

	if (++tty->life == 0)
		tty->life = 1;
	tty->termios = default_termios;
	tty->stopped = tty->literal = false;
	tty_flush_input(tty);
	irq_restore(flags);
	if (leader) {
		send_signal(SIGHUP, leader);
		send_signal(SIGCONT, leader);
	}
	if (tty->pgrp)
		hangup_group(tty->pgrp);
	tty_leave(tty);
}

/* vhangup(): whoever has the caller's terminal open has it no more. */
int sys_vhangup(void)
{
	struct tty *tty = tty_of(current->process->tty);

	if (!suser())
		return -EPERM;
	if (tty)
		tty_hangup(tty);
	return 0;
}

/*
 * The leader exits: the foreground group is told, and what others may do to a
 * real terminal ends here, so that the next session has it alone.
 */
void tty_hangup_session(int session)
{
	struct tty *tty = tty_of(current->tty);

	if (!tty || tty->session != session)
		return;
	if (tty->pgrp)
		hangup_group(tty->pgrp);
	tty_leave(tty);
	if (MAJOR(tty->dev) != PTS_MAJOR)
		tty_hangup(tty);
}

/*
 * Open a terminal. A session leader without one gets it as its controlling
 * terminal, unless noctty or another session has it. Through /dev/console it
 * stays open over hangups: init speaks there.
 */
int tty_open(kdev_t dev, bool noctty, u32 *handle)
{
	bool is_console = dev == MKDEV(TTYAUX_MAJOR, 1);
	struct tty *tty;
	int error;

	if (dev == MKDEV(TTYAUX_MAJOR, 2))
		return pty_open_master(handle);
	if (dev == MKDEV(TTYAUX_MAJOR, 0))
		dev = current->process->tty;
	else if (is_console)
		dev = console_dev;
	tty = tty_of(dev);
	if (!tty)
		return MAJOR(dev) == PTS_MAJOR ? -EIO : -ENXIO;
	error = MAJOR(dev) == PTS_MAJOR ? pty_open_slave(tty) : 0;
	if (error)
		return error;
	tty->opens++;
	*handle = HANDLE(tty->dev, is_console ? 0 : tty->life);
	if (!noctty && !tty->session)
		tty_take(tty, false);
	return 0;
}

void tty_close(u32 handle)
{
	struct tty *tty = tty_of(handle);

	if (is_master(handle))
		pty_close_master(tty);
	else if (--tty->opens == 0 && MAJOR(tty->dev) == PTS_MAJOR)
		pty_close_slave(tty);
}
