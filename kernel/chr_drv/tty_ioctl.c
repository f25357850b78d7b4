/* A terminal's ioctl requests: termios, window size, process groups, queues. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "tty_driver.h"

#define BREAK_TICKS	(HZ * 3 / 10)

/* Sleeps until all that was written is sent. */
static int drain(struct tty *tty)
{
	return tty->driver->drain ? tty->driver->drain(tty) : 0;
}

/*
 * Takes over System V's structure: it has the lower 16 bits of the flags, and
 * the first of the control characters.
 */
static void from_termio(struct termios *t, const struct termio *old)
{
	t->c_iflag = (t->c_iflag & ~0xFFFF) | old->c_iflag;
	t->c_oflag = (t->c_oflag & ~0xFFFF) | old->c_oflag;
	t->c_cflag = (t->c_cflag & ~0xFFFF) | old->c_cflag;
	t->c_lflag = (t->c_lflag & ~0xFFFF) | old->c_lflag;
	t->c_line = old->c_line;
	memcpy(t->c_cc, old->c_cc, NCC);
}

static int get_termio(const struct termios *t, void __user *to)
{
	struct termio old = {
		.c_iflag = t->c_iflag,
		.c_oflag = t->c_oflag,
		.c_cflag = t->c_cflag,
		.c_lflag = t->c_lflag,
		.c_line = t->c_line,
	};

	memcpy(old.c_cc, t->c_cc, NCC);
	return copy_to_user(to, &old, sizeof(old));
}

/* Copies a request's argument. Returns -EIO if a hangup came meanwhile. */
static int copy_argument(const struct tty *tty, void *to,
			 const void __user *from, u32 n)
{
	u32 life = tty->life;
	int error = copy_from_user(to, from, n);

	if (!error && tty->life != life)
		return -EIO;
	return error;
}

/*
 * Makes new settings valid. The driver is told of c_cflag only if it changed: a
 * character that is just coming in would be spoilt.
 */
static void apply_termios(struct tty *tty, const struct termios *new,
			  bool flush_input)
{
	u32 flags = irq_save();
	bool line_changes = new->c_cflag != tty->termios.c_cflag;

	if (flush_input)
		tty_flush_input(tty);
	if (!(new->c_lflag & ICANON)) {
		/* what was typed so far is readable now */
		tty->edit = tty->head;
		tty->literal = false;
	}
	tty->termios = *new;
	if (line_changes && tty->driver->configure)
		tty->driver->configure(tty);
	if (!(new->c_iflag & IXON))
		tty->stopped = false;
	wake_up(&tty->wait);
	irq_restore(flags);
}

/*
 * TCSETS and TCSETA, and the two numbers behind each: these wait until all that
 * was written is sent, and the second also forgets what was typed.
 */
static int set_termios(struct tty *tty, u32 command, const void __user *from)
{
	bool is_old = command >= TCSETA;
	u32 when = command - (is_old ? TCSETA : TCSETS);
	struct termios new;
	struct termio old;
	int error;

	if (is_old)
		error = copy_argument(tty, &old, from, sizeof(old));
	else
		error = copy_argument(tty, &new, from, sizeof(new));
	if (!error && when != TCSANOW)
		error = drain(tty);
	if (error)
		return error;
	if (is_old) {			/* behind the sleep */
		new = tty->termios;
		from_termio(&new, &old);
	}
	apply_termios(tty, &new, when == TCSAFLUSH);
	return 0;
}

/* TIOCSWINSZ: tells the foreground group if the size changes. */
static int set_winsize(struct tty *tty, const void __user *from)
{
	struct winsize new;
	int error = copy_argument(tty, &new, from, sizeof(new));

	if (error)
		return error;
	if (memcmp(&new, &tty->winsize, sizeof(new)) != 0 && tty->pgrp)
		kill_pgrp(tty->pgrp, SIGWINCH);
	tty->winsize = new;
	return 0;
}

/* TIOCSPGRP: the new foreground group must be one of the session's. */
static int set_foreground(struct tty *tty, const void __user *from)
{
	u32 pgrp;
	int error = copy_argument(tty, &pgrp, from, sizeof(pgrp));

	if (error)
		return error;
	if (current->process->tty != tty->dev ||
	    tty->session != current->process->session)
		return -ENOTTY;
	if ((s32)pgrp <= 0)
		return -EINVAL;
	error = -ESRCH;
	for_each_member(task, (int)pgrp) {
		if (task->session != tty->session)
			return -EPERM;
		error = 0;
	}
	if (!error)
		tty->pgrp = pgrp;
	return error;
}

/* TIOCNOTTY: a leader takes the terminal from its whole session. */
static int detach_tty(struct tty *tty)
{
	struct task_struct *process = current->process;
	int pgrp = tty->pgrp;

	if (process->tty != tty->dev)
		return -ENOTTY;
	process->tty = 0;
	if (process->leader && tty->session == process->session) {
		tty_leave(tty);
		if (pgrp)
			hangup_group(pgrp);
	}
	return 0;
}

/* TCFLSH. */
static int flush_queues(struct tty *tty, u32 which)
{
	u32 flags;

	if (which > TCIOFLUSH)
		return -EINVAL;
	flags = irq_save();
	if (which != TCOFLUSH)
		tty_flush_input(tty);
	if (which != TCIFLUSH && tty->driver->flush)
		tty->driver->flush(tty);
	irq_restore(flags);
	return 0;
}

/*
 * TCXONC: stops or continues our output, or the other side's by sending it the
 * character for that.
 */
static int flow_control(struct tty *tty, u32 what)
{
	u32 flags;
	u8 c;

	if (what > TCION)
		return -EINVAL;
	flags = irq_save();
	c = tty->termios.c_cc[what == TCIOFF ? VSTOP : VSTART];
	if (what <= TCOON)
		tty_stop(tty, what == TCOOFF);
	else if (c)
		tty->driver->put(tty, (char *)&c, 1);
	irq_restore(flags);
	return 0;
}

/*
 * TCSBRK: waits until all is sent. Unless only that was asked for (tcdrain),
 * holds the line for a quarter of a second or more.
 */
static int send_break(struct tty *tty, bool only_drain)
{
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	int error = drain(tty);

	if (error == -ERESTARTSYS)
		return -EINTR;		/* as Linux: never begun again */
	if (error || only_drain || !tty->driver->set_break)
		return error;
	tty->driver->set_break(tty, true);
	error = interruptible_sleep_on_timeout(&nobody, BREAK_TICKS);
	tty->driver->set_break(tty, false);
	return error == -ERESTARTSYS ? -EINTR : 0;
}

/*
 * TIOCSTI: types a character. A program that was left by su on a user's
 * terminal could type into the shell behind it: -EIO as on Linux since 6.2.
 */
static int simulate_input(struct tty *tty, const char __user *from)
{
	u32 flags;
	int error;
	u8 c;

	if (!suser())
		return -EIO;
	error = copy_argument(tty, &c, from, 1);
	if (error)
		return error;
	flags = irq_save();
	tty_input(tty, c);
	irq_restore(flags);
	return 0;
}

/*
 * Obeys a request that changes something. A background process that makes one
 * is stopped, as if it had written.
 */
static int change_request(struct tty *tty, u32 command, u32 arg)
{
	void __user *user = (void __user *)arg;
	int error = tty_check_foreground(tty, SIGTTOU);

	if (error)
		return error;
	switch (command) {
	case TIOCSPGRP:
		return set_foreground(tty, user);
	case TCSBRK:
	case TCSBRKP:
		return send_break(tty, command == TCSBRK && arg);
	case TCXONC:
		return flow_control(tty, arg);
	case TCFLSH:
		return flush_queues(tty, arg);
	}
	return set_termios(tty, command, user);
}

/*
 * Gives a group to a process whose controlling terminal it is, or to its
 * master. Others get -ENOTTY.
 */
static int get_group(const struct tty *tty, bool master, int group,
		     void __user *to)
{
	if (!master && current->process->tty != tty->dev)
		return -ENOTTY;
	return put_user_u32(group, to);
}

/* Returns how many characters are still to be sent. */
static u32 output_queued(struct tty *tty)
{
	return tty->driver->queued ? tty->driver->queued(tty) : 0;
}

/* Answers a request that only asks. Returns -ENOTTY if it is none. */
static int ask_request(struct tty *tty, bool master, u32 command,
		       void __user *to)
{
	switch (command) {
	case TCGETS:
		return copy_to_user(to, &tty->termios, sizeof(tty->termios));
	case TCGETA:
		return get_termio(&tty->termios, to);
	case TIOCGWINSZ:
		return copy_to_user(to, &tty->winsize, sizeof(tty->winsize));
	case TIOCGPGRP:
		return get_group(tty, master, tty->pgrp, to);
	case TIOCGSID:
		return get_group(tty, master, tty->session, to);
	case TIOCOUTQ:
		return put_user_u32(output_queued(tty), to);
	case FIONREAD:
		return put_user_u32(tty_readable(tty), to);
	case TIOCGEXCL:
		return put_user_u32(tty->exclusive, to);
	}
	return -ENOTTY;
}

/* Returns -ENOTTY if the request is not a terminal's. */
int tty_ioctl(u32 handle, u32 command, u32 arg)
{
	struct tty *tty = tty_of(handle);
	void __user *user = (void __user *)arg;
	bool master = is_master(handle);
	int error = master ? pty_ioctl(tty, command, arg) : -ENOTTY;

	if (error != -ENOTTY)
		return error;
	if (tty_hung_up(tty, handle))
		return -EIO;
	switch (command) {
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
	case TIOCSPGRP:
	case TCSBRK:
	case TCSBRKP:
	case TCXONC:
	case TCFLSH:
		return change_request(tty, command, arg);
	case TIOCSWINSZ:
		return set_winsize(tty, user);
	case TIOCSCTTY:
		return master ? -EPERM : tty_take(tty, arg == 1 && suser());
	case TIOCNOTTY:
		return detach_tty(tty);
	case TIOCSTI:
		return simulate_input(tty, user);
	case TIOCEXCL:
	case TIOCNXCL:
		tty->exclusive = command == TIOCEXCL;
		return 0;
	}
	return ask_request(tty, master, command, user);
}
