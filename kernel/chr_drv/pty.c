/*
 * Pseudo-terminals (Unix98). The slave is a terminal like any other, but its
 * wire ends in the master, a file that some program holds. What is written to
 * the slave is read from the master; what is written to the master has been
 * typed at the slave. Both share one structure, a page, from the master's open
 * to the last close of both, and the slave's wait queue. What is typed has
 * another page. No interrupt uses them, so nothing here is masked.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/poll.h>
#include <cowix/sched.h>
#include <cowix/time.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "tty_driver.h"

#define ROOT_PTYS	2u		/* the first ones are for root only */
#define FIRST_INO	2
#define MODE		0620
#define RING_SIZE	1024u		/* a power of two */
#define CHUNK		128

struct pty {
	bool master;		/* it is open */
	bool locked;		/* the slave cannot be opened yet */
	bool closed;		/* the slave was open, and is no more */
	u32 head, tail;
	u8 ring[RING_SIZE];	/* from slave to master */
	struct pty_node node;
	struct tty slave;
};

_Static_assert(sizeof(struct pty) <= PAGE_SIZE, "it is a page, input another");

static struct pty *ptys[NR_PTYS];

static struct pty *pty_of(struct tty *slave)
{
	return container_of(slave, struct pty, slave);
}

static u32 pty_room(struct tty *tty)
{
	struct pty *pty = pty_of(tty);

	return RING_SIZE - (pty->head - pty->tail);
}

static void pty_put(struct tty *tty, const char *s, u32 n)
{
	struct pty *pty = pty_of(tty);

	n = min_u32(n, pty_room(tty));
	while (n--)
		pty->ring[pty->head++ % RING_SIZE] = *s++;
	wake_up(&tty->wait);
}

static void pty_flush(struct tty *tty)
{
	pty_of(tty)->tail = pty_of(tty)->head;
	wake_up(&tty->wait);
}

/* Returns the slave of that number, or NULL. */
struct tty *pty_slave(u32 minor)
{
	return minor < NR_PTYS && ptys[minor] ? &ptys[minor]->slave : NULL;
}

/* For the audit: finds the pages of all pseudo-terminals. */
void recount_ptys(found_page *found)
{
	for (u32 n = 0; n < NR_PTYS; n++)
		if (ptys[n]) {
			found(OWNER_TTY, ptys[n]);
			found(OWNER_TTY, ptys[n]->slave.input);
		}
}

/* Returns NULL if there is none of that number, or its master is closed. */
struct pty_node *pty_node(u32 n)
{
	return ptys[n] && ptys[n]->master ? &ptys[n]->node : NULL;
}

/*
 * Makes the node of the slave. It belongs to the process that made the pair;
 * its group may only write.
 */
static void make_pty_node(struct pty *pty, u32 n)
{
	static u32 made;

	pty->node = (struct pty_node){
		.number = n,
		.ino = FIRST_INO + made,
		.uid = current->euid,
		.gid = current->egid,
		.mode = MODE,
		.time = coarse_time(),
	};
	made++;
}

/* Takes the two pages of a pseudo-terminal. Returns 0 or -ENOMEM. */
static int alloc_pages(struct pty **pty, u8 **input)
{
	*pty = kpage_zalloc(OWNER_TTY);
	if (!*pty)
		return -ENOMEM;
	*input = kpage_alloc(OWNER_TTY);
	if (*input)
		return 0;
	kpage_free(*pty);
	return -ENOMEM;
}

/* /dev/ptmx: makes a new pair. Returns 0, -ENOSPC or -ENOMEM. */
int pty_open_master(u32 *handle)
{
	static const struct tty_driver driver = {
		.put = pty_put,
		.room = pty_room,
		.flush = pty_flush,
	};
	u32 n = suser() ? 0 : ROOT_PTYS;
	struct pty *pty;
	u8 *input;
	int error = alloc_pages(&pty, &input);		/* may sleep */

	if (error)
		return error;
	while (n < NR_PTYS && ptys[n])
		n++;
	if (n == NR_PTYS) {
		kpage_free(pty);
		kpage_free(input);
		return -ENOSPC;
	}
	tty_init_struct(&pty->slave, PTS_FIRST + n, input, &driver);
	pty->master = pty->locked = true;
	make_pty_node(pty, n);
	ptys[n] = pty;
	*handle = MKDEV(PTM_MAJOR, n);
	return 0;
}

/* Returns -EIO if the slave is locked or its master is closed. */
int pty_open_slave(struct tty *slave)
{
	struct pty *pty = pty_of(slave);

	if (!pty->master || pty->locked)
		return -EIO;
	pty->closed = false;
	return 0;
}

/* Frees a pair when master and slave are closed. */
static void free_unused(struct pty *pty)
{
	if (pty->master || pty->slave.opens)
		return;
	ptys[MINOR(pty->slave.dev)] = NULL;
	kpage_free(pty->slave.input);
	kpage_free(pty);
}

/* Called after the slave was hung up. */
void pty_close_master(struct tty *slave)
{
	pty_of(slave)->master = false;
	free_unused(pty_of(slave));
}

/* Called when the last file of the slave is closed. */
void pty_close_slave(struct tty *slave)
{
	pty_of(slave)->closed = true;
	wake_up(&slave->wait);
	free_unused(pty_of(slave));
}

/* Takes at most n characters out of the ring. Returns how many. */
static u32 take_output(struct pty *pty, char *to, u32 n)
{
	u32 taken = 0;

	while (taken < n && pty->tail != pty->head)
		to[taken++] = pty->ring[pty->tail++ % RING_SIZE];
	return taken;
}

/*
 * Reads what was written to the slave. Returns how many bytes, or an error. A
 * closed slave gives what is left, and after that -EIO.
 */
int pty_read(struct tty *slave, char __user *buf, size_t count, bool nonblock)
{
	struct pty *pty = pty_of(slave);
	char chunk[CHUNK];
	u32 done = 0;
	int error = 0;

	while (done < count && !error) {
		u32 n = take_output(pty, chunk, min_u32(count - done, CHUNK));

		if (n) {
			wake_up(&slave->wait);
			error = copy_to_user(buf + done, chunk, n);
			if (!error)
				done += n;
		} else if (done) {
			break;
		} else if (pty->closed) {
			error = -EIO;
		} else if (nonblock) {
			error = -EAGAIN;
		} else {
			error = interruptible_sleep_on(&slave->wait);
		}
	}
	return done ? (int)done : error;
}

/*
 * Types n characters at the slave. When it has more than it can keep, sleeps
 * until somebody reads. *done counts what was typed.
 */
static int type_all(struct tty *slave, const char *s, u32 n, bool nonblock,
		    u32 *done)
{
	int error = 0;

	while (n > 0 && !error) {
		if (tty_input_room(slave)) {
			tty_input(slave, *s++);
			n--;
			++*done;
		} else if (nonblock) {
			error = -EAGAIN;
		} else {
			error = interruptible_sleep_on(&slave->wait);
		}
	}
	return error;
}

/* Returns how many bytes were typed at the slave, or an error. */
int pty_write(struct tty *slave, const char __user *buf, size_t count,
	      bool nonblock)
{
	char chunk[CHUNK];
	u32 done = 0;
	int error = 0;

	while (done < count && !error) {
		u32 n = min_u32(count - done, CHUNK);

		error = copy_from_user(chunk, buf + done, n);
		if (!error)
			error = type_all(slave, chunk, n, nonblock, &done);
	}
	return done ? (int)done : error;
}

/* Obeys a request that only a master knows; -ENOTTY: it is none. */
int pty_ioctl(struct tty *slave, u32 command, u32 arg)
{
	struct pty *pty = pty_of(slave);
	u32 value;
	int error;

	switch (command) {
	case TIOCGPTN:
		return put_user_u32(MINOR(slave->dev), (void __user *)arg);
	case TIOCSPTLCK:
		error = get_user_u32(&value, (void __user *)arg);
		if (!error)
			pty->locked = value;
		return error;
	case FIONREAD:
		return put_user_u32(pty->head - pty->tail, (void __user *)arg);
	}
	return -ENOTTY;
}

/* Returns what the master could do now without blocking. */
u32 pty_poll(struct tty *slave)
{
	const struct pty *pty = pty_of(slave);
	u32 mask = 0;

	if (pty->head != pty->tail)
		mask |= POLLIN | POLLRDNORM;
	if (pty->closed)
		mask |= POLLHUP;
	if (tty_input_room(slave))
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}
