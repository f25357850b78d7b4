/*
 * Between a terminal (tty.c, tty_ioctl.c), its line discipline (ldisc.c) and
 * the devices below it.
 */
#ifndef TTY_DRIVER_H
#define TTY_DRIVER_H

#include <cowix/mm.h>
#include <cowix/tty.h>
#include <cowix/wait.h>
#include <abi/termios.h>

#define INPUT_SIZE	1024u		/* entries, a power of two */
/* characters that one can become on its way out: a tab as spaces */
#define OUTPUT_MAX	8

/*
 * An entry of the input queue: a character, and marks that canonical mode puts
 * there.
 */
#define INPUT_EOL	0x100		/* the last character of a line */
#define INPUT_EOF	0x200	/* no character: the end of file was typed */

struct tty;

struct tty_driver {
	/* send; what there is no room for is lost. Any context */
	void (*put)(struct tty *tty, const char *s, u32 n);
	/* how much put() takes; more room is told by wake_up(&tty->wait) */
	u32 (*room)(struct tty *tty);
	/* how much is still to be sent; NULL: put() sends at once */
	u32 (*queued)(struct tty *tty);
	void (*flush)(struct tty *tty);		/* forget that; NULL likewise */
	/* sleep until it is sent; NULL likewise */
	int (*drain)(struct tty *tty);
	/* c_cflag has changed; interrupts masked. NULL: it means nothing */
	void (*configure)(struct tty *tty);
	/* hold the line as if it were cut; NULL: there is none */
	void (*set_break)(struct tty *tty, bool on);
};

struct tty {
	kdev_t dev;
	const struct tty_driver *driver;
	u32 opens;			/* by how many open files */
	/*
	 * in the upper half of a handle; never 0, which is what /dev/console's
	 * handles and a master's have
	 */
	u16 life;
	bool stopped;			/* ^S */
	bool literal;		/* ^V: the next character is only that */
	/*
	 * foreground group; the session whose controlling terminal this is. 0:
	 * none
	 */
	int pgrp, session;
	struct termios termios;
	struct winsize winsize;
	/* of the cursor, and where the line being edited began */
	u32 column, line_column;
	/* for whatever changes: input, room, the end of a stop, a hangup */
	struct wait_queue wait;
	/* readable: tail..edit; the line being edited: edit..head */
	u32 head, edit, tail;
	u16 input[INPUT_SIZE];
};

static inline bool tty_flag(const struct tty *tty, tcflag_t l)
{
	return tty->termios.c_lflag & l;
}

/* tty.c */
struct tty *tty_of(u32 handle);	/* NULL: none. For a master, its slave */
void tty_init_struct(struct tty *tty, kdev_t dev,
		     const struct tty_driver *driver);
bool tty_hung_up(const struct tty *tty, u32 handle);
void tty_hangup(struct tty *tty);
int tty_check_foreground(const struct tty *tty, int sig);
int tty_take(struct tty *tty, bool steal);
void tty_leave(struct tty *tty);

/* ldisc.c; interrupts masked */
void tty_input(struct tty *tty, u8 c);		/* a character has arrived */
/* one with a parity or framing error */
void tty_input_bad(struct tty *tty, u8 c);
void tty_input_break(struct tty *tty);
u32 tty_input_room(const struct tty *tty);	/* how many more can */
void tty_flush_input(struct tty *tty);
void tty_stop(struct tty *tty, bool stop);
u32 tty_readable(const struct tty *tty);	/* characters */
/* what a character becomes on its way out; to has room for OUTPUT_MAX */
u32 tty_process(struct tty *tty, u8 c, char *to);

/* pty.c */
#define PTS_FIRST	MKDEV(PTS_MAJOR, 0)
found_pages recount_ptys;
struct tty *pty_slave(u32 minor);		/* NULL: none */
int pty_open_master(u32 *handle);
int pty_open_slave(struct tty *slave); /* -EIO: locked, or its master is gone */
void pty_close_master(struct tty *slave);
void pty_close_slave(struct tty *slave);	/* the last of its openers */
/* the master's calls */
int pty_read(struct tty *slave, char __user *buf, size_t count, bool nonblock);
int pty_write(struct tty *slave, const char __user *buf, size_t count,
	      bool nonblock);
/* -ENOTTY: none of the master's own */
int pty_ioctl(struct tty *slave, u32 command, u32 arg);
u32 pty_poll(struct tty *slave);

static inline bool is_master(u32 handle)
{
	return MAJOR((kdev_t)handle) == PTM_MAJOR;
}

/* serial.c */
#define SERIAL_LINES 2
extern struct tty serial_ttys[];
void serial_init(void);

/* keyboard.c */
void keyboard_init(void);

#endif
