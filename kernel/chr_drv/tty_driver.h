/* Between the line discipline (tty.c) and the devices below it. */
#ifndef TTY_DRIVER_H
#define TTY_DRIVER_H

#include <cowix/tty.h>
#include <cowix/wait.h>
#include <abi/termios.h>

#define INPUT_SIZE	1024u		/* entries, a power of two */

/* An entry of the input queue: a character, and marks that canonical mode puts there. */
#define INPUT_EOL	0x100		/* the last character of a line */
#define INPUT_EOF	0x200		/* no character: the end of file was typed */

struct tty {
	kdev_t dev;
	struct termios termios;
	struct winsize winsize;
	int pgrp, session;
	u16 input[INPUT_SIZE];
	u32 head, edit, tail;		/* readable: tail..edit; the line being edited: edit..head */
	bool stopped;			/* ^S */
	struct wait_queue readers;
	u32 (*put)(struct tty *tty, const char *s, u32 n);	/* hand characters to the device: how many it took. Any context */
	int (*wait_room)(struct tty *tty);	/* sleep until put() takes more: 0 or -EINTR */
	int (*drain)(struct tty *tty);		/* sleep until all is out */
};

extern struct tty console_tty, serial_ttys[];
#define SERIAL_LINES 2

struct tty *tty_of(kdev_t dev);		/* NULL: none */
void tty_init_struct(struct tty *tty, kdev_t dev);
void tty_input(struct tty *tty, u8 c);	/* a character has arrived; interrupts masked */
void tty_flush_input(struct tty *tty);

void keyboard_init(void);
void serial_init(void);
void console_tty_init(void);

#endif
