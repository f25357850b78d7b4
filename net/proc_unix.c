/* /proc/net/unix: all sockets that are open, in Linux's format. */
#include <cowix/kernel.h>
#include <cowix/seq.h>
#include "net/net.h"

#define ACCEPTS	0x10000u		/* Linux's __SO_ACCEPTCON */

/* What the column St says. */
enum { NOT_CONNECTED = 1, CONNECTING, IS_CONNECTED, DISCONNECTING };

static u32 shown_state(const struct socket *sock)
{
	if (sock->file)
		return sock->state == CONNECTED ? IS_CONNECTED : NOT_CONNECTED;
	return sock->state == CONNECTED ? CONNECTING : DISCONNECTING;
}

/* Prints a name. @ stands for each NUL of one that is abstract. */
static void show_name(struct seq *s, const struct socket_name *name)
{
	seq_write(s, " ", 1);
	for (u32 i = 0; i < name->length; i++)
		seq_write(s, name->text[i] ? &name->text[i] : "@", 1);
}

void show_sockets(struct seq *s)
{
	seq_printf(s, "Num       RefCount Protocol Flags    Type St Inode "
		      "Path\n");
	list_for_each(node, &sockets) {
		const struct socket *sock =
			list_entry(node, struct socket, link);

		if (sock->dead)
			continue;
		seq_printf(s, "00000000: %08X 00000000 %08X %04X %02X %5u",
			   sock->refs, sock->state == LISTENING ? ACCEPTS : 0,
			   sock->type, shown_state(sock),
			   sock->file ? sock->file->inode->i_ino : 0);
		if (sock->name)
			show_name(s, sock->name);
		seq_write(s, "\n", 1);
	}
}
