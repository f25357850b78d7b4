/*
 * Terminals: kernel/chr_drv/. tty.c holds the line discipline, console.c the VGA text screen, keyboard.c the PS/2 keyboard,
 * serial.c the 16550 lines. fs/ reaches them by device number through these functions only.
 */
#ifndef COWIX_TTY_H
#define COWIX_TTY_H

#include <cowix/types.h>

#define TTY_MAJOR	4		/* 4,1..: the console; 4,64..: serial lines; 4,0: the console in front */
#define TTYAUX_MAJOR	5		/* 5,0: the controlling terminal; 5,1: /dev/console */

void tty_init(void);
#define KEY_F9 0x43					/* scan code */
void keyboard_hotkey(u8 scancode, void (*fn)(void));	/* call fn, in the interrupt, at Alt and that key */
int tty_open(kdev_t dev, bool noctty, kdev_t *actual);	/* -ENXIO; a session leader without a terminal gets it */
int tty_read(kdev_t dev, char __user *buf, size_t count, bool nonblock);	/* bytes; -EINTR, -EAGAIN, -EIO, -EFAULT */
int tty_write(kdev_t dev, const char __user *buf, size_t count, bool nonblock);
int tty_ioctl(kdev_t dev, u32 cmd, u32 arg);		/* -ENOTTY for what is no terminal request */
int tty_foreground(kdev_t dev);			/* its foreground process group, -1: none */
void tty_hangup_session(int session);			/* its leader exits */

void console_init(void);				/* early: printk may write the screen from now on */
void console_write(const char *s, size_t n);		/* printk's output, any context */
extern kdev_t console_dev;				/* what /dev/console is: console= or 4,1 */

#endif
