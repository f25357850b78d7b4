/*
 * Sockets: an address or a message's header for a call, and deeds of several
 * calls that leave messages, open files on their way and connections behind.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <abi/uio.h>
#include "fuzz.h"

static char bytes[3 * PAGE];

/* Room for the control messages of one message: three of them at most. */
static unsigned control[3][8];

/* Makes a name that others may have, of a path or an abstract one. */
void make_name(unsigned *w)
{
	struct sockaddr_un *un = (struct sockaddr_un *)w;

	un->sun_family = chance(95) ? AF_UNIX : roll(12);
	if (chance(60))
		un->sun_path[1] = 'a' + roll(4);
	else
		strcpy(un->sun_path, chance(80) ? "s0" : some_work_path());
}

/* Fills in one control message. Returns its size. */
static unsigned make_control(unsigned *w)
{
	unsigned n = 1 + roll(4);

	w[0] = CMSG_LEN(4 * n);
	w[1] = SOL_SOCKET;
	w[2] = SCM_RIGHTS;
	for (unsigned i = 0; i < n; i++)
		w[3 + i] = some_fd();
	if (chance(30)) {
		w[0] = CMSG_LEN(12);
		w[2] = SCM_CREDENTIALS;
		w[3] = getpid();
		w[4] = w[5] = as_root ? roll(2) : STRANGER;
	}
	if (chance(5))
		w[roll(3)] = wild_word();
	return CMSG_LEN(4 * n);
}

/* Makes a header for sendmsg() or recvmsg(). */
void make_header(unsigned *w)
{
	struct msghdr *msg = (struct msghdr *)w;
	char *at = (char *)control;

	if (chance(40)) {
		msg->msg_name = (void *)input('P');
		msg->msg_namelen = argument('+');
	}
	msg->msg_iov = (void *)input('I');
	msg->msg_iovlen = chance(97) ? roll(5) : wild_word();
	for (unsigned n = roll(3); n > 0; n--)
		at += make_control((unsigned *)at);
	msg->msg_control = control;
	msg->msg_controllen = at - (char *)control;
}

/* Sends a message, mostly with open files, to the other end of a pair. */
static void send_message(int from, int to)
{
	struct iovec v = { bytes, roll(chance(80) ? 100 : sizeof(bytes)) };
	struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1,
			      .msg_control = control };

	msg.msg_controllen = make_control(control[0]);
	if (chance(50))
		control[0][3] = chance(50) ? from : to;
	call(__NR_sendmsg, from, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (chance(60))
		return;
	msg.msg_controllen = sizeof(control);
	call(__NR_recvmsg, to, &msg,
	     MSG_DONTWAIT | (chance(20) ? MSG_PEEK : 0));
}

static void use_pair(int type)
{
	int ends[2];

	if (call(__NR_socketpair, AF_UNIX, type, 0, ends) < 0)
		return;
	add_fd(ends[0]);
	add_fd(ends[1]);
	for (unsigned n = roll(6); n > 0; n--) {
		int from = roll(2);

		send_message(ends[from], ends[!from]);
	}
	if (chance(60)) {
		call(__NR_close, ends[0]);
		call(__NR_close, ends[1]);
	}
}

static void connect_some(int type)
{
	unsigned address = input('P');
	int listener = call(__NR_socket, AF_UNIX, type, 0), fd;

	add_fd(listener);
	call(__NR_bind, listener, address, 4);
	call(__NR_listen, listener, roll(4));
	for (unsigned n = roll(4); n > 0; n--) {
		fd = call(__NR_socket, AF_UNIX, type, 0);
		call(__NR_connect, fd, address, 4);
		call(__NR_write, fd, bytes, roll(PAGE));
		add_fd(fd);
		if (chance(30))
			call(__NR_close, fd);
	}
	if (chance(50))
		add_fd(call(__NR_accept4, listener, 0, 0, SOCK_NONBLOCK));
	if (chance(50))
		call(__NR_close, listener);
}

void make_sockets(void)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	int type = types[roll(3)] | (chance(80) ? SOCK_NONBLOCK : 0);

	if (chance(70))
		use_pair(type);
	else
		connect_some(type);
}
