/* Beside n datagram sockets, each with a name. */
#include "growth.h"
#include <sys/resource.h>
#include <sys/socket.h>

static unsigned count;
static int *fds, created[OFTEN + 1], own;

static unsigned make_name(struct sockaddr_un *name, unsigned i)
{
	name->sun_family = AF_UNIX;
	name->sun_path[0] = '\0';
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	       sprintf(name->sun_path + 1, "growth%u", i);
}

static int make_socket(unsigned i)
{
	struct sockaddr_un name;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, &name, make_name(&name, i)) < 0)
		return -1;
	return fd;
}

static int create_one(unsigned i)
{
	created[i] = make_socket(count + i);
	return created[i];
}

static int close_one(unsigned i)
{
	return close(created[i]);
}

static int send_one(unsigned i)
{
	struct sockaddr_un name;
	unsigned which = chosen(i, count);
	char c = 1;

	return sendto(own, &c, 1, 0, &name, make_name(&name, which)) < 0 ?
	       -1 : read(fds[which], &c, 1);
}

void sockets(unsigned n, unsigned before)
{
	(void)before;
	count = n;
	fds = malloc(n * sizeof(int));
	raise_limit(RLIMIT_NOFILE, n + 100);
	own = socket(AF_UNIX, SOCK_DGRAM, 0);
	for (unsigned i = 0; i < n; i++) {
		fds[i] = make_socket(i);
		if (fds[i] < 0) {
			failed("all");
			return;
		}
	}
	measure("send to a name, receive", OFTEN, send_one);
	measure("socket, bind", OFTEN, create_one);
	measure("close", OFTEN, close_one);
}
