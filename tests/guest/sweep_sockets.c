/* The failure sweep (sweep.h) of sockets. */
#include "sweep.h"
#include "sockets.h"

#define NAME "/tmp/swept"

static int fds[2], fd, listener, n, flags, got[2];

static void close_both(void)
{
	close_pair(fds);
}

static void close_one(void)
{
	CHECK(close(fd) == 0);
}

static int create(void)
{
	return fd = socket(AF_UNIX, SOCK_STREAM, 0);
}

static int create_pair(void)
{
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, fds);
}

static void creating(void)
{
	static const struct subject one = { create, NULL, close_one, NULL,
					    0, 0, 0, 0 },
				    two = { create_pair, NULL, close_both, NULL,
					    0, 0, 0, 0 };

	sweep(&one, 2);
	sweep(&two, 5);
}

static void open_stream(void)
{
	make_pair(SOCK_STREAM, fds);
}

static void open_datagrams(void)
{
	make_pair(SOCK_DGRAM, fds);
}

/* Sends more than a page at once: all of it, or nothing. */
static int send_large(void)
{
	return send(fds[0], buffer, 10000, 0);
}

static void take_large(void)
{
	CHECK(recv(fds[1], buffer, sizeof(buffer), 0) == 10000);
}

static int send_little(void)
{
	return write(fds[0], "x", 1);
}

static void take_little(void)
{
	CHECK(read(fds[1], buffer, 1) == 1);
}

static void sending(void)
{
	static const struct subject large = {
		send_large, open_datagrams, take_large, close_both,
		ENOBUFS, 0, 0, 0,
	}, little = {
		send_little, open_stream, take_little, close_both,
		ENOBUFS, 0, 0, 0,
	};

	sweep(&large, 4);
	sweep(&little, 1);
}

/* Sends two files. The message's own memory fails with another error. */
static int send_two(void)
{
	int sent = send_files(fds[0], "x", 1, fds, 2);

	if (sent < 0 && errno == ENOBUFS)
		errno = ENOMEM;
	return sent;
}

static void take_two(void)
{
	flags = 0;
	CHECK(receive_files(fds[1], buffer, 1, got, 2, &n, &flags) == 1);
	CHECK(n == 2);
	close_pair(got);
}

static int peek(void)
{
	flags = MSG_PEEK;
	return receive_files(fds[1], buffer, 1, got, 2, &n, &flags);
}

static void close_got(void)
{
	CHECK(n == 2);
	close_pair(got);
}

static void take_and_close(void)
{
	take_two();
	close_both();
}

static void open_with_files(void)
{
	make_pair(SOCK_STREAM, fds);
	CHECK(send_two() == 1);
}

static void rights(void)
{
	static const struct subject send = { send_two, open_datagrams, take_two,
					     close_both, 0, 0, 0, 0 },
				    look = { peek, open_with_files, close_got,
					     take_and_close, 0, 0, 0, 0 };

	sweep(&send, 2);
	sweep(&look, 1);
}

static void open_listener(void)
{
	listener = listen_at(SOCK_STREAM, ABSTRACT("swept"), 5);
	fd = -1;
}

/* Takes a client that is there, since its socket is not under test. */
static int connect_client(void)
{
	if (fd < 0)
		fd = new_socket(SOCK_STREAM);
	return connect_to(fd, ABSTRACT("swept"));
}

static void accept_and_close(void)
{
	int server = accept(listener, NULL, NULL);

	CHECK(server >= 0 && close(server) == 0 && close(fd) == 0);
	fd = new_socket(SOCK_STREAM);
}

static void close_listener(void)
{
	CHECK(close(fd) == 0 && close(listener) == 0);
}

static void open_with_caller(void)
{
	open_listener();
	CHECK(connect_client() == 0);
}

static int accept_one(void)
{
	return got[0] = accept(listener, NULL, NULL);
}

static void call_again(void)
{
	CHECK(close(got[0]) == 0 && close(fd) == 0);
	fd = -1;
	CHECK(connect_client() == 0);
}

static void connections(void)
{
	static const struct subject calling = {
		connect_client, open_listener, accept_and_close,
		close_listener, 0, 0, 0, 0,
	}, accepting = {
		accept_one, open_with_caller, call_again,
		close_listener, 0, 0, 0, 0,
	};

	sweep(&calling, 1);
	sweep(&accepting, 2);
}

static void open_unnamed(void)
{
	unlink(NAME);
	fd = new_socket(SOCK_DGRAM);
}

static int bind_path(void)
{
	return bind_to(fd, PATH(NAME));
}

static int bind_auto(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	return bind(fd, &un, sizeof(un.sun_family));
}

/* A socket has one name in its life: another takes its place. */
static void lose_name(void)
{
	CHECK(close(fd) == 0);
	open_unnamed();
}

static void names(void)
{
	static const struct subject path = { bind_path, open_unnamed, lose_name,
					     close_one, 0, 0, 0, 0 },
				    automatic = { bind_auto, open_unnamed,
						  lose_name, close_one,
						  0, 0, 0, 0 };

	sweep(&path, 2);
	sweep(&automatic, 1);
}

TESTS({ "creating", "socket, socketpair", creating },
      { "sending", "datagrams, streams", sending },
      { "rights", "files in messages", rights },
      { "connections", "connect, accept", connections },
      { "names", "bind", names })
