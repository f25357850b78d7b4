/*
 * Terminals as files: opening, reading, writing, waiting, and who may do so. A
 * terminal belongs to a session, and only the session's foreground group may
 * read from it. ldisc.c decides what is done with the characters.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/poll.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "tty_driver.h"
#include "console.h"

#define CHUNK		128	/* bytes handled at a time, on the stack */
#define TICKS_A_TENTH	(HZ / 10)	/* VTIME's unit */
#define HANDLE(dev, life) ((u32)(life) << 16 | (dev))

kdev_t console_dev = MKDEV(TTY_MAJOR, 1);

/*
 * Called once by start_kernel(). console= names what /dev/console is: ttyS0,
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
		console_dev = MKDEV(TTY_MAJOR, SERIAL_FIRST + name[4] - '0');
}

/*
 * Returns the terminal behind a device number or a handle, or NULL. For a
 * master it is the slave.
 */
struct tty *tty_of(u32 handle)
{
	u32 major = MAJOR((kdev_t)handle), minor = MINOR(handle);

	if (major == PTS_MAJOR || major == PTM_MAJOR)
		return pty_slave(minor);
	if (major != TTY_MAJOR)
		return NULL;
	if (minor == 0)
		return &front->tty;
	if (minor <= NR_CONSOLES)
		return &consoles[minor - 1].tty;
	return serial_tty(minor - SERIAL_FIRST);
}

/* Returns whether a hangup came since the terminal was opened. */
bool tty_hung_up(const struct tty *tty, u32 handle)
{
	u32 life = handle >> 16;

	return life && life != tty->life;
}

/*
 * Stops the group of a background process that reads from its terminal or
 * changes it (SIGTTIN, SIGTTOU), or writes to it with TOSTOP. Returns 0 if the
 * process may go on, else -ERESTARTSYS or -EIO.
 */
int tty_check_foreground(const struct tty *tty, int sig)
{
	const struct task_struct *process = current->process;

	if (process->tty != tty->dev || !tty->pgrp ||
	    process->pgrp == tty->pgrp)
		return 0;
	if (blocks_or_ignores(current, sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (is_orphaned(process->pgrp))
		return -EIO;
	kill_pgrp(process->pgrp, sig);
	current->work |= WORK_SIGNAL;	/* even if another thread takes it */
	return -ERESTARTSYS;
}

/*
 * Returns whether a read that has `done` characters has enough, now that there
 * are no more.
 */
static bool has_enough(const struct tty *tty, u32 done)
{
	const cc_t *cc = tty->termios.c_cc;

	if (tty_flag(tty, ICANON))
		return done;
	return done >= cc[VMIN] && (done || !cc[VTIME]);
}

/*
 * Sleeps until something changes. Returns 0, or an error, or 1 when VTIME is
 * over. VTIME counts from `start`. If VMIN is set, it counts only for a read
 * that has a character.
 */
static int sleep_for_input(struct tty *tty, u32 start, u32 done)
{
	const cc_t *cc = tty->termios.c_cc;
	bool timed = !tty_flag(tty, ICANON) && cc[VTIME] && (done || !cc[VMIN]);
	s32 left = start + cc[VTIME] * TICKS_A_TENTH - jiffies;
	int error;

	if (!timed)
		return interruptible_sleep_on(&tty->wait);
	if (left <= 0)
		return 1;
	error = interruptible_sleep_on_timeout(&tty->wait, left);
	return error == -ETIMEDOUT ? 0 : error;
}

/*
 * Sleeps until there is something to read for a read that has `done`
 * characters. Returns 0, or an error, or 1 when the read has enough.
 */
static int wait_input(struct tty *tty, u32 handle, u32 done, bool nonblock)
{
	u32 start = jiffies;
	int error = 0;

	while (!error) {
		if (tty_hung_up(tty, handle))
			return 1;
		if (tty->tail != tty->edit)
			return 0;
		if (has_enough(tty, done))
			return 1;
		if (nonblock)
			return -EAGAIN;
		error = sleep_for_input(tty, start, done);
	}
	return error;
}

/*
 * Takes entries out of the queue into chunk, in canonical mode up to the end of
 * a line. Returns how many; sets *end if the read is over. An end of file that
 * follows belongs to what was taken, even if chunk is full.
 */
static u32 take_input(struct tty *tty, char *chunk, u32 n, bool *end)
{
	bool canonical = tty_flag(tty, ICANON);
	u32 taken = 0;

	while (tty->tail != tty->edit && !*end) {
		u16 entry = tty_entry(tty, tty->tail);

		if (taken == n && !(entry & INPUT_EOF))
			break;
		tty->tail++;
		*end = canonical && entry & (INPUT_EOL | INPUT_EOF);
		if (!(entry & INPUT_EOF))
			chunk[taken++] = entry;
	}
	wake_up(&tty->wait);
	return taken;
}

/* Returns how many bytes were read, -EINTR, -EAGAIN, -EIO or -EFAULT. */
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
	if (!done && error < 0)
		return error;
	return done;
}

/*
 * Translates and sends as much as there is room for. Interrupts are masked.
 * Returns how many characters of s that were.
 */
static u32 put_some(struct tty *tty, const char *s, u32 n)
{
	char out[2 * CHUNK];
	u32 room = min_u32(tty->driver->room(tty), sizeof(out));
	u32 used = 0, length = 0;

	if (tty->stopped)
		return 0;
	while (used < n && length + OUTPUT_MAX <= room)
		length += tty_process(tty, s[used++], out + length);
	if (length)
		tty->driver->put(tty, out, length);
	return used;
}

/*
 * Sends all of s, and sleeps while the device has no room or output is stopped.
 * *done counts what is sent.
 */
static int put_all(struct tty *tty, u32 handle, const char *s, u32 n,
		   bool nonblock, u32 *done)
{
	u32 flags = irq_save();
	int error = 0;

	while (n && !error) {
		u32 used;

		if (tty_hung_up(tty, handle)) {
			error = -EIO;
			break;
		}
		used = put_some(tty, s, n);
		s += used;
		n -= used;
		*done += used;
		if (used)
			continue;
		error = nonblock ? -EAGAIN : interruptible_sleep_on(&tty->wait);
	}
	irq_restore(flags);
	return error;
}

/* Returns how many bytes were written, or an error like tty_read(). */
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
 * Returns how many characters make a terminal readable. In raw mode without a
 * timer that is VMIN.
 */
static u32 least_readable(const struct tty *tty)
{
	const cc_t *cc = tty->termios.c_cc;

	if (tty_flag(tty, ICANON) || cc[VTIME])
		return 1;
	return max_u32(cc[VMIN], 1);
}

/* For poll(). Returns what would not block now: POLLIN, POLLOUT, POLLHUP... */
u32 tty_poll(u32 handle, struct poll_table *table)
{
	struct tty *tty = tty_of(handle);
	u32 mask = 0;

	poll_wait(&tty->wait, table);
	if (is_master(handle))
		return pty_poll(tty);
	if (tty_hung_up(tty, handle))
		return POLLIN | POLLRDNORM | POLLHUP | POLLERR;
	if (tty->edit - tty->tail >= least_readable(tty))
		mask |= POLLIN | POLLRDNORM;
	if (!tty->stopped && tty->driver->room(tty) >= OUTPUT_MAX)
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}

/* Returns the foreground process group of a terminal, or -1. */
int tty_foreground(kdev_t dev)
{
	const struct tty *tty = dev ? tty_of(dev) : NULL;

	return tty && tty->pgrp ? tty->pgrp : -1;
}

/*
 * Makes the terminal the controlling one of the current process, which must
 * lead a session without one. Returns -EPERM if it does not, or if another
 * session has the terminal and it is not to be stolen.
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

/* Takes the terminal from all tasks of its session. */
void tty_leave(struct tty *tty)
{
	struct task_struct *task = NULL;

	if (tty->session)
		while ((task = next_in_session(task, tty->session)))
			task->tty = 0;
	tty->session = tty->pgrp = 0;
}

/*
 * Begins a new life of the terminal: open files lose it, and its session's
 * leader and foreground group are told.
 */
static void tty_hangup(struct tty *tty)
{
	struct task_struct *leader = NULL;
	u32 flags = irq_save();

	tty->life++;
	if (tty->life == 0)
		tty->life = 1;
	tty_reset(tty);
	irq_restore(flags);
	if (tty->session)
		leader = find_task(tty->session);
	if (leader) {
		send_signal(SIGHUP, leader);
		send_signal(SIGCONT, leader);
	}
	if (tty->pgrp)
		hangup_group(tty->pgrp);
	tty_leave(tty);
}

/* vhangup(): takes the caller's terminal from all who have it open. */
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
 * Called when a session's leader exits. Tells the foreground group, and hangs a
 * real terminal up, so that the next session has it alone.
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
 * Opens a terminal and gives its handle. A session leader without a terminal
 * gets it as the controlling one, unless noctty is set or another session has
 * it. Through /dev/console it stays open over hangups: init speaks there.
 * Returns 0, -ENXIO, -EIO, or -EBUSY if somebody wants to be the only one.
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
	if (!error && tty->exclusive && !suser())
		error = -EBUSY;
	if (error)
		return error;
	tty->opens++;
	*handle = HANDLE(tty->dev, is_console ? 0 : tty->life);
	if (!noctty && !tty->session)
		tty_take(tty, false);
	return 0;
}

/* Called once for each tty_open(). */
void tty_close(u32 handle)
{
	struct tty *tty = tty_of(handle);

	if (is_master(handle)) {
		tty_hangup(tty);
		pty_close_master(tty);
		return;
	}
	tty->opens--;
	if (!tty->opens)
		tty->exclusive = false;
	if (tty->opens == 0 && MAJOR(tty->dev) == PTS_MAJOR)
		pty_close_slave(tty);
}
