/*
 * Terminals: kernel/chr_drv/. tty.c opens, reads and writes them, ldisc.c holds
 * the line discipline. Below it are the virtual consoles (console.c, vt.c,
 * keyboard.c). Others are the 16550 lines (serial.c) and the pseudo-terminals
 * (pty.c). fs/ knows only these functions.
 *
 * tty_open() gives a handle of an open terminal. It is the device number, and
 * above it the number of the terminal's life. A hangup begins a new life. A
 * read with an old handle gives the end of the file, and everything else is
 * -EIO.
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

#define NR_PTYS		64		/* two pages each */

struct poll_table;

/* What /dev/pts shows of a pseudo-terminal. */
struct pty_node {
	u32 number;
	u32 ino;	/* never used again */
	u32 uid, gid, mode;
	s64 time;	/* when it was made: fs/times.c */
};

/* kernel/chr_drv/pty.c */
struct pty_node *pty_node(u32 n);	/* NULL: there is none */

/* kernel/chr_drv/tty.c */
extern kdev_t console_dev;	/* what /dev/console is: console= or 4,1 */
void tty_init(void);
int tty_open(kdev_t dev, bool noctty, u32 *handle);
void tty_close(u32 handle);
int tty_read(u32 handle, char __user *buf, size_t count, bool nonblock);
int tty_write(u32 handle, const char __user *buf, size_t count, bool nonblock);
u32 tty_poll(u32 handle, struct poll_table *table);
int tty_foreground(kdev_t dev);
void tty_hangup_session(int session);

/* kernel/chr_drv/tty_ioctl.c */
int tty_ioctl(u32 handle, u32 cmd, u32 arg);

/* kernel/chr_drv/console.c */
void console_init(void);	/* printk may write the screen from now on */

/* kernel/chr_drv/keyboard.c */
void keyboard_sysrq(void (*fn)(char key, const struct pt_regs *regs));

static inline bool is_tty(kdev_t dev)
{
	return MAJOR(dev) == TTY_MAJOR || MAJOR(dev) == TTYAUX_MAJOR ||
	       MAJOR(dev) == PTS_MAJOR;
}

#endif
