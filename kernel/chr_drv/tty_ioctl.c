/* The terminal's ioctl requests: termios, window size, process groups, queues. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "tty_driver.h"

static int set_termios(struct tty *tty, u32 command, const void __user *from)
{
	struct termios new;
	int error = copy_from_user(&new, from, sizeof(new));
	u32 flags;

	if (!error && command != TCSETS)
		error = tty->drain(tty);
	if (error)
		return error;
	flags = irq_save();
	if (command == TCSETSF)
		tty_flush_input(tty);
	if (!(new.c_lflag & ICANON))
		tty->edit = tty->head;		/* what was typed so far is readable now */
	tty->termios = new;
	wake_up(&tty->readers);
	irq_restore(flags);
	return 0;
}

static int set_winsize(struct tty *tty, const void __user *from)
{
	struct winsize new;
	int error = copy_from_user(&new, from, sizeof(new));

	if (error)
		return error;
	if (memcmp(&new, &tty->winsize, sizeof(new)) != 0 && tty->pgrp)
		kill_pgrp(tty->pgrp, SIGWINCH);
	tty->winsize = new;
	return 0;
}

/* Make the terminal current's controlling one. */
static int take_terminal(struct tty *tty)
{
	if (current->tty == tty->dev && tty->session == current->session)
		return 0;
	if (!current->leader || current->tty || tty->session)
		return -EPERM;
	current->tty = tty->dev;
	tty->session = current->session;
	tty->pgrp = current->pgrp;
	return 0;
}

static int set_foreground(struct tty *tty, u32 arg)
{
	u32 pgrp;
	int error = get_user_u32(&pgrp, (const void __user *)arg);

	if (error)
		return error;
	if (current->tty != tty->dev || tty->session != current->session)
		return -ENOTTY;
	if ((s32)pgrp <= 0)
		return -EINVAL;
	tty->pgrp = pgrp;
	return 0;
}

static int flush_queues(struct tty *tty, u32 which)
{
	u32 flags;

	if (which > TCIOFLUSH)
		return -EINVAL;
	if (which == TCOFLUSH)
		return 0;
	flags = irq_save();
	tty_flush_input(tty);
	irq_restore(flags);
	return 0;
}

int tty_ioctl(kdev_t dev, u32 command, u32 arg)
{
	struct tty *tty = tty_of(dev);
	void __user *user = (void __user *)arg;

	if (!tty)
		return -EIO;
	switch (command) {
	case TCGETS:
		return copy_to_user(user, &tty->termios, sizeof(tty->termios));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(tty, command, user);
	case TCSBRK:
		return tty->drain(tty);
	case TCFLSH:
		return flush_queues(tty, arg);
	case TIOCGWINSZ:
		return copy_to_user(user, &tty->winsize, sizeof(tty->winsize));
	case TIOCSWINSZ:
		return set_winsize(tty, user);
	case TIOCSCTTY:
		return take_terminal(tty);
	case TIOCNOTTY:
		current->tty = 0;
		return 0;
	case TIOCGPGRP:
		return put_user_u32(tty->pgrp, user);
	case TIOCSPGRP:
		return set_foreground(tty, arg);
	case TIOCGSID:
		return put_user_u32(tty->session, user);
	case FIONREAD:
		return put_user_u32(tty->edit - tty->tail, user);
	}
	return -ENOTTY;
}
