/*
 * The serial lines COM1 and COM2: 16550 UARTs (National Semiconductor data
 * sheet), interrupt-driven both ways through rings.
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <cowix/sched.h>
#include <asm/io.h>
#include <asm/system.h>
#include <abi/errno.h>
#include "tty_driver.h"

#define UART_DATA	0
#define UART_IER	1
#define UART_IIR	2
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define UART_SCRATCH	7
#define IER_RECEIVE	0x01
#define IER_TRANSMIT	0x02
#define FCR_ENABLE	0x07		/* and clear both FIFOs */
#define LCR_STOP2	0x04		/* below it: bits a character, less 5 */
#define LCR_PARITY	0x08
#define LCR_EVEN	0x10
#define LCR_BREAK	0x40
#define LCR_DIVISOR	0x80
#define MCR_RUN		0x0B		/* DTR, RTS, interrupts on */
#define MCR_HANGUP	0x08		/* only interrupts on */
#define LSR_DATA	0x01
#define LSR_BAD		0x0C		/* parity, framing */
#define LSR_BREAK	0x10
#define LSR_ROOM	0x20
#define LSR_EMPTY	0x40
#define FIFO_SIZE	16

#define RING_SIZE	4096u

static const struct {
	u16 base;
	int irq;
} ports[SERIAL_LINES] = { { 0x3F8, IRQ_SERIAL1 }, { 0x2F8, IRQ_SERIAL2 } };

static struct line {
	u16 base;
	u8 ring[RING_SIZE];
	u32 head, tail;
	u8 received[INPUT_SIZE];
} lines[SERIAL_LINES];

static struct tty serial_ttys[SERIAL_LINES];

static struct line *line_of(struct tty *tty)
{
	return &lines[tty - serial_ttys];
}

/* Returns the terminal of a line, or NULL if there is no UART. */
struct tty *serial_tty(u32 n)
{
	if (n >= SERIAL_LINES || !serial_ttys[n].driver)
		return NULL;
	return &serial_ttys[n];
}

/*
 * Fills the transmitter if it has room. Its interrupt is on while there is more
 * to send.
 */
static void transmit(struct tty *tty)
{
	struct line *l = line_of(tty);

	if (inb(l->base + UART_LSR) & LSR_ROOM)
		for (u32 i = 0; i < FIFO_SIZE && l->tail != l->head; i++)
			outb(l->base + UART_DATA,
			     l->ring[l->tail++ % RING_SIZE]);
	outb(l->base + UART_IER,
	     IER_RECEIVE | (l->tail != l->head ? IER_TRANSMIT : 0));
	if (l->head - l->tail < RING_SIZE / 2)
		wake_up(&tty->wait);
}

static u32 serial_queued(struct tty *tty)
{
	return line_of(tty)->head - line_of(tty)->tail;
}

static u32 serial_room(struct tty *tty)
{
	return RING_SIZE - serial_queued(tty);
}

static void serial_put(struct tty *tty, const char *s, u32 n)
{
	struct line *l = line_of(tty);
	u32 flags = irq_save();
	bool idle = l->head == l->tail;

	n = min_u32(n, serial_room(tty));
	while (n--)
		l->ring[l->head++ % RING_SIZE] = *s++;
	if (idle)
		transmit(tty);
	irq_restore(flags);
}

static void serial_flush(struct tty *tty)
{
	line_of(tty)->tail = line_of(tty)->head;
	wake_up(&tty->wait);
}

/*
 * Sleeps until all is sent. The last byte has left the shift register when
 * LSR_EMPTY says so.
 */
static int serial_drain(struct tty *tty)
{
	struct line *l = line_of(tty);
	u32 flags = irq_save();
	int error = 0;

	while (l->head != l->tail && !error)
		error = interruptible_sleep_on(&tty->wait);
	irq_restore(flags);
	while (!error && !(inb(l->base + UART_LSR) & LSR_EMPTY))
		if (interruptible_sleep_on_timeout(&tty->wait, 1) != -ETIMEDOUT)
			error = signal_pending(current) ? -ERESTARTSYS : 0;
	return error;
}

/* Hands a character that arrived with that status to the terminal. */
static void receive(struct tty *tty, u8 c, u8 status)
{
	if (!(tty->termios.c_cflag & CREAD))
		return;
	if (status & LSR_BREAK)
		tty_input_break(tty);
	else if (status & LSR_BAD)
		tty_input_bad(tty, c);
	else
		tty_input(tty, c);
}

static void serial_interrupt(u32 n)
{
	u16 base = lines[n].base;
	u8 status;

	inb(base + UART_IIR);
	status = inb(base + UART_LSR);
	while (status & LSR_DATA) {
		receive(&serial_ttys[n], inb(base + UART_DATA), status);
		status = inb(base + UART_LSR);
	}
	transmit(&serial_ttys[n]);
}

static void serial_interrupt1(struct pt_regs *regs)
{
	(void)regs;
	serial_interrupt(0);
}

static void serial_interrupt2(struct pt_regs *regs)
{
	(void)regs;
	serial_interrupt(1);
}

/*
 * Returns whether there is a UART: it keeps what is written to its scratch
 * register.
 */
static bool is_uart(u16 base)
{
	outb(base + UART_SCRATCH, 0x5A);
	return inb(base + UART_SCRATCH) == 0x5A;
}

/*
 * Returns the divisor for the rate in c_cflag; 0: hang up. A rate above a
 * UART's gets the fastest it has.
 */
static u16 divisor_of(tcflag_t cflag)
{
	static const u16 divisors[] = { 0,   2304, 1536, 1047, 857, 768,
					576, 384,  192,  96,   64,  48,
					24,  12,   6,    3 };
	u32 rate = cflag & CBAUD;

	if (rate == B57600)
		return 2;
	if (rate & CBAUDEX)
		return 1;
	return divisors[rate];
}

/* Sets rate, bits, parity and stop bits as c_cflag says. */
static void serial_configure(struct tty *tty)
{
	tcflag_t cflag = tty->termios.c_cflag;
	u16 base = line_of(tty)->base, divisor = divisor_of(cflag);
	u8 format = (cflag & CSIZE) / CS6;

	if (cflag & CSTOPB)
		format |= LCR_STOP2;
	if (cflag & PARENB)
		format |= cflag & PARODD ? LCR_PARITY : LCR_PARITY | LCR_EVEN;
	if (divisor) {
		outb(base + UART_LCR, LCR_DIVISOR);
		outb(base + UART_DATA, divisor);
		outb(base + UART_IER, divisor >> 8);
	}
	outb(base + UART_LCR, format);
	outb(base + UART_MCR, divisor ? MCR_RUN : MCR_HANGUP);
	transmit(tty);			/* which also enables the interrupts */
}

static void serial_set_break(struct tty *tty, bool on)
{
	u16 lcr = line_of(tty)->base + UART_LCR;

	outb(lcr, on ? inb(lcr) | LCR_BREAK : inb(lcr) & ~LCR_BREAK);
}

void serial_init(void)
{
	static const irq_handler_t handlers[SERIAL_LINES] = {
		serial_interrupt1, serial_interrupt2
	};
	static const struct tty_driver driver = {
		.put = serial_put,
		.room = serial_room,
		.queued = serial_queued,
		.flush = serial_flush,
		.drain = serial_drain,
		.configure = serial_configure,
		.set_break = serial_set_break,
	};

	for (u32 i = 0; i < SERIAL_LINES; i++) {
		struct tty *tty = &serial_ttys[i];

		if (!is_uart(ports[i].base))
			continue;
		lines[i].base = ports[i].base;
		tty_init_struct(tty, MKDEV(TTY_MAJOR, SERIAL_FIRST + i),
				lines[i].received, &driver);
		tty->winsize = (struct winsize){ 25, 80, 0, 0 };
		outb(ports[i].base + UART_FCR, FCR_ENABLE);
		serial_configure(tty);
		request_irq(ports[i].irq, handlers[i]);
	}
}
