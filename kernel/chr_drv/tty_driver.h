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

#define INPUT_SIZE	4096u	/* entries: a page, and the longest line */
#define OUTPUT_MAX	8	/* what one character can become: a tab */

/*
 * An entry of the input queue: a character, and marks that canonical mode puts
 * there. In the queue the marks are one bit: a NUL never ends a line, so with
 * the bit it is the end of the file.
 */
#define INPUT_EOL	0x100	/* the last character of a line */
#define INPUT_EOF	0x200	/* no character: the end of file was typed */

struct tty;

/* What a device can do. Members marked with ? may be NULL. */
struct tty_driver {
	/* Sends n characters. Those for which there is no room are lost. */
	void (*put)(struct tty *tty, const char *s, u32 n);
	/* Returns how many put() takes. wake_up(&tty->wait) tells of more. */
	u32 (*room)(struct tty *tty);
	/* ? Returns how many are still to be sent. NULL: none ever are. */
	u32 (*queued)(struct tty *tty);
	/* ? Forgets those. */
	void (*flush)(struct tty *tty);
	/* ? Sleeps until they are sent. */
	int (*drain)(struct tty *tty);
	/* ? c_cflag has changed. Interrupts are masked. */
	void (*configure)(struct tty *tty);
	/* ? Holds the line as if it were cut, or lets it go. */
	void (*set_break)(struct tty *tty, bool on);
};

struct tty {
	kdev_t dev;
	const struct tty_driver *driver;
	u32 opens;		/* by how many open files */
	u16 life;		/* never 0: a handle with 0 survives hangups */
	bool stopped;		/* ^S */
	bool literal;		/* ^V: the next character is only that */
	int pgrp;		/* the foreground group; 0: none */
	int session;		/* whose controlling terminal it is; 0: none */
	struct termios termios;
	struct winsize winsize;
	u32 column;		/* of the cursor */
	u32 line_column;	/* where the line being edited began */
	struct wait_queue wait;	/* input, room, end of a stop, hangup */
	u32 head, edit, tail;	/* tail..edit: readable; edit..head: edited */
	u8 *input;		/* the characters: INPUT_SIZE */
	u32 marks[INPUT_SIZE / 32];	/* bits: its character ends a line */
	bool exclusive;		/* only the superuser may open it again */
};

static inline bool tty_flag(const struct tty *tty, tcflag_t l)
{
	return tty->termios.c_lflag & l;
}

/* Returns an entry of the queue: a character, INPUT_EOF, or with INPUT_EOL. */
static inline u16 tty_entry(const struct tty *tty, u32 at)
{
	u32 i = at % INPUT_SIZE;
	u8 c = tty->input[i];

	if (!(tty->marks[i / 32] & 1u << i % 32))
		return c;
	return c ? c | INPUT_EOL : INPUT_EOF;
}

/* tty.c */
struct tty *tty_of(u32 handle);
bool tty_hung_up(const struct tty *tty, u32 handle);
int tty_check_foreground(const struct tty *tty, int sig);
int tty_take(struct tty *tty, bool steal);
void tty_leave(struct tty *tty);

/* ldisc.c; interrupts masked */
void tty_init_struct(struct tty *tty, kdev_t dev, u8 *input,
		     const struct tty_driver *driver);
void tty_reset(struct tty *tty);
void tty_input(struct tty *tty, u8 c);
void tty_input_bad(struct tty *tty, u8 c);
void tty_input_break(struct tty *tty);
u32 tty_input_room(const struct tty *tty);
void tty_flush_input(struct tty *tty);
void tty_stop(struct tty *tty, bool stop);
u32 tty_readable(const struct tty *tty);
u32 tty_process(struct tty *tty, u8 c, char *to);

/* pty.c; a master is known by its slave */
#define PTS_FIRST	MKDEV(PTS_MAJOR, 0)
found_pages recount_ptys;
struct tty *pty_slave(u32 minor);
int pty_open_master(u32 *handle);
int pty_open_slave(struct tty *slave);
void pty_close_master(struct tty *slave);
void pty_close_slave(struct tty *slave);
int pty_read(struct tty *slave, char __user *buf, size_t count, bool nonblock);
int pty_write(struct tty *slave, const char __user *buf, size_t count,
	      bool nonblock);
int pty_ioctl(struct tty *slave, u32 command, u32 arg);
u32 pty_poll(struct tty *slave);

static inline bool is_master(u32 handle)
{
	return MAJOR((kdev_t)handle) == PTM_MAJOR;
}

/* serial.c */
#define SERIAL_LINES	2
#define SERIAL_FIRST	64	/* minor number of the first line */
struct tty *serial_tty(u32 n);
void serial_init(void);

/* keyboard.c */
void keyboard_init(void);

#endif
