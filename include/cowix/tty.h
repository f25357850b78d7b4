/*
 * Terminals: kernel/chr_drv/. tty.c opens, reads and writes them, ldisc.c holds
 * the line discipline; below it are the virtual consoles (console.c, vt.c,
 * keyboard.c), the 16550 lines (serial.c) and the pseudo-terminals (pty.c). fs/
 * reaches them through these functions only.
 *
 * An open terminal is known by a handle that tty_open() gives: the device
 * number, and above it which of the terminal's lives it belongs to. A hangup
 * begins a new life: with the old handles one reads the end of the file, and
 * everything else is EIO.
 */
#ifndef COWIX_TTY_H
#define COWIX_TTY_H

#include <cowix/types.h>

/* 4,1..4: the consoles; 4,64..: serial lines; 4,0: the console in front */
#define TTY_MAJOR	4
/* 5,0: the controlling terminal; 5,1: /dev/console; 5,2: /dev/ptmx */
#define TTYAUX_MAJOR	5
/* masters of pseudo-terminals: no device nodes, opened by /dev/ptmx */
#define PTM_MAJOR	128
#define PTS_MAJOR	136		/* their slaves: /dev/pts */

#define NR_PTYS		64		/* a page each */

struct poll_table;

/* What /dev/pts shows of a pseudo-terminal. */
struct pty_node {
	u32 number, ino;		/* ino is never used again */
	u32 uid, gid, mode;
	u32 time;
};

struct pty_node *pty_node(u32 n);	/* NULL: there is none of this number */

void tty_init(void);
#define KEY_F9 0x43					/* scan code */
/* call fn, in the interrupt, at Alt and that key */
void keyboard_hotkey(u8 scancode, void (*fn)(void));
/* -ENXIO, -EIO; a session leader without a terminal gets it */
int tty_open(kdev_t dev, bool noctty, u32 *handle);
void tty_close(u32 handle);			/* once for each tty_open() */
/* bytes; -EINTR, -EAGAIN, -EIO, -EFAULT */
int tty_read(u32 handle, char __user *buf, size_t count, bool nonblock);
int tty_write(u32 handle, const char __user *buf, size_t count, bool nonblock);
/* -ENOTTY for what is no terminal request */
int tty_ioctl(u32 handle, u32 cmd, u32 arg);
/* POLLIN, POLLOUT, POLLHUP... */
u32 tty_poll(u32 handle, struct poll_table *table);
int tty_foreground(kdev_t dev);	/* its foreground process group, -1: none */
void tty_hangup_session(int session);			/* its leader exits */

void console_init(void); /* early: printk may write the screen from now on */
extern kdev_t console_dev;	/* what /dev/console is: console= or 4,1 */

static inline bool is_tty(kdev_t dev)
{
	return MAJOR(dev) == TTY_MAJOR || MAJOR(dev) == TTYAUX_MAJOR ||
	       MAJOR(dev) == PTS_MAJOR;
}

#endif
