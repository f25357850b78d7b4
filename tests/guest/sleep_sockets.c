/* The sweep of planned sleeps (sleep.h) over sockets. */
#include "sleep.h"
#include "sockets.h"

#define RECORD 64

static int fds[2], had;

/* As in sleep_pipes.c: a capital for the subject, a small one for the rival. */
static char letter(int capital)
{
	return (capital ? 'A' : 'a') + salt % 26;
}

static int put(int bytes)
{
	char buf[2 * PAGE];

	memset(buf, letter(my_tid() == subject_tid), bytes);
	return write(fds[1], buf, bytes);
}

static int write_record(void)
{
	return put(RECORD);
}

static int write_much(void)
{
	return put(2 * PAGE);
}

static int take(unsigned bytes, int flags)
{
	char buf[2 * PAGE];
	int n = recv(fds[0], buf, bytes, flags);

	for (int i = 0; i < n; i += RECORD) {
		CHECK(buf[i] == letter(0) || buf[i] == letter(1));
		for (int k = 1; k < RECORD; k++)
			CHECK(buf[i + k] == buf[i]);
	}
	return n;
}

static int read_record(void)
{
	return take(RECORD, 0);
}

static int read_much(void)
{
	return take(2 * PAGE, 0);
}

static int peek(void)
{
	return take(RECORD, MSG_PEEK);
}

/* Sends and takes a record with an open file. */
static int send_file(void)
{
	char buf[RECORD];

	memset(buf, letter(my_tid() == subject_tid), RECORD);
	return send_files(fds[1], buf, RECORD, &go[0], 1);
}

static int take_file(void)
{
	char buf[RECORD];
	int got, n, flags = 0, bytes;

	bytes = receive_files(fds[0], buf, RECORD, &got, 1, &n, &flags);
	CHECK(n == 0 || close(got) == 0);
	return bytes;
}

static const struct act acts[] = {
	{ .name = "write", .run = write_record },
	{ .name = "write much", .run = write_much },
	{ .name = "write file", .run = send_file },
	{ .name = "read", .run = read_record },
	{ .name = "read much", .run = read_much },
	{ .name = "read file", .run = take_file },
	{ .name = "peek", .run = peek },
};

static void open_pair(int type, int bytes)
{
	make_pair(type, fds);
	no_waiting(fds[0]);
	no_waiting(fds[1]);
	had = bytes;
	if (bytes)
		CHECK(put(bytes) == bytes);
}

static void open_stream(void)
{
	open_pair(SOCK_STREAM, RECORD);
}

static void open_datagrams(void)
{
	open_pair(SOCK_DGRAM, RECORD);
}

static void open_empty(void)
{
	open_pair(SOCK_SEQPACKET, 0);
}

static int moved(const struct act *a, const struct fate *f, const char *verb)
{
	CHECK(f->result >= 0 || f->error == EAGAIN);
	if (strncmp(a->name, verb, strlen(verb)) || f->result < 0)
		return 0;
	return f->result;
}

/* Checks that all that went into a stream comes out. */
static void judge_stream(void)
{
	const struct fate *s = &meeting->subject, *r = &meeting->rival;
	int n, left = had + moved(subject, s, "write") +
		      moved(rival, r, "write") - moved(subject, s, "read") -
		      moved(rival, r, "read");

	while ((n = take(PAGE, 0)) > 0)
		left -= n;
	CHECK(n == -1 && errno == EAGAIN && left == 0);
	close_pair(fds);
}

static int messages(const struct act *a, const struct fate *f, const char *verb)
{
	return moved(a, f, verb) > 0;
}

/* Checks that as many messages come out as went in, none of them in parts. */
static void judge_messages(void)
{
	const struct fate *s = &meeting->subject, *r = &meeting->rival;
	int n, left = (had > 0) + messages(subject, s, "write") +
		      messages(rival, r, "write") -
		      messages(subject, s, "read") -
		      messages(rival, r, "read");

	while ((n = take(2 * PAGE, 0)) > 0) {
		CHECK(n == RECORD || n == 2 * PAGE);
		left--;
	}
	CHECK(n == -1 && errno == EAGAIN && left == 0);
	close_pair(fds);
}

static void streams(void)
{
	static const struct scene scene = SCENE("stream", acts,
		.prepare = open_stream, .judge = judge_stream);

	sweep_scene(&scene);
}

static void datagrams(void)
{
	static const struct scene scene = SCENE("datagrams", acts,
		.prepare = open_datagrams, .judge = judge_messages);

	sweep_scene(&scene);
}

static void records(void)
{
	static const struct scene scene = SCENE("records", acts,
		.prepare = open_empty, .judge = judge_messages);

	sweep_scene(&scene);
}

/* Closing and shutting down, by a thread, what another is using. */

static int close_reader(void)
{
	return close(fds[0]);
}

static int close_writer(void)
{
	return close(fds[1]);
}

static int shut(void)
{
	return shutdown(fds[0], SHUT_RDWR);
}

static const struct act ends[] = {
	{ .name = "write", .run = write_record },
	{ .name = "write much", .run = write_much },
	{ .name = "write file", .run = send_file },
	{ .name = "read", .run = read_record },
	{ .name = "read file", .run = take_file },
	{ .name = "close reader", .run = close_reader },
	{ .name = "close writer", .run = close_writer },
	{ .name = "shut", .run = shut },
};

static void close_rest(void)
{
	if (!acted("close reader"))
		CHECK(close(fds[0]) == 0);
	if (!acted("close writer"))
		CHECK(close(fds[1]) == 0);
}

static void open_with_signal(void)
{
	signal(SIGPIPE, SIG_IGN);
	open_stream();
}

static void closing(void)
{
	static const struct scene scene = SCENE("closing", ends,
		.prepare = open_with_signal, .judge = close_rest,
		.threads = 1);

	sweep_scene(&scene);
}

/* Names: one socket, two names, a listener and its callers. */

#define ONE "/tmp/sleep-one"
#define TWO "/tmp/sleep-two"

static int listener, caller;

static int bind_one(void)
{
	return bind_to(listener, PATH(ONE));
}

static int bind_two(void)
{
	return bind_to(listener, PATH(TWO));
}

static int bind_abstract(void)
{
	return bind_to(listener, ABSTRACT("sleep"));
}

static int remove_one(void)
{
	return unlink(ONE);
}

static const struct act names[] = {
	{ .name = "one", .run = bind_one },
	{ .name = "two", .run = bind_two },
	{ .name = "abstract", .run = bind_abstract },
	{ .name = "unlink", .run = remove_one },
};

static void open_unnamed(void)
{
	listener = new_socket(SOCK_STREAM);
}

/* Tells which nodes there are, and what the socket is called. */
static void describe_names(char *to)
{
	struct sockaddr_un un = { 0 };
	socklen_t length = sizeof(un);

	CHECK(getsockname(listener, &un, &length) == 0);
	sprintf(to, "one %d two %d name %d %s", access(ONE, F_OK),
		access(TWO, F_OK), (int)length,
		un.sun_path + (un.sun_path[0] == '\0'));
}

static void close_named(void)
{
	CHECK(close(listener) == 0);
	unlink(ONE);
	unlink(TWO);
}

static void binding(void)
{
	static const struct scene scene = SCENE("names", names,
		.prepare = open_unnamed, .describe = describe_names,
		.judge = close_named);

	sweep_scene(&scene);
}

static int call(void)
{
	return connect_to(caller, PATH(ONE));
}

static int take_call(void)
{
	int fd = accept(listener, NULL, NULL);

	return fd < 0 ? fd : close(fd);
}

static int stop_listening(void)
{
	return shutdown(listener, SHUT_RDWR);
}

static int listen_again(void)
{
	return listen(listener, 0);
}

static const struct act calls[] = {
	{ .name = "call", .run = call },
	{ .name = "accept", .run = take_call },
	{ .name = "stop", .run = stop_listening },
	{ .name = "listen", .run = listen_again },
	{ .name = "unlink", .run = remove_one },
};

static void open_door(void)
{
	listener = listen_at(SOCK_STREAM, PATH(ONE), 5);
	caller = new_socket(SOCK_STREAM);
	no_waiting(listener);
	no_waiting(caller);
}

static void describe_door(char *to)
{
	sprintf(to, "caller %x listener %x node %d",
		state_of(caller, POLLIN | POLLOUT | POLLRDHUP),
		state_of(listener, POLLIN | POLLRDHUP), access(ONE, F_OK));
}

static void close_door(void)
{
	CHECK(close(caller) == 0);
	close_named();
}

static void connecting(void)
{
	static const struct scene scene = SCENE("calls", calls,
		.prepare = open_door, .describe = describe_door,
		.judge = close_door);

	sweep_scene(&scene);
}

TESTS({ "streams", "each call on a stream against each", streams },
      { "datagrams", "on datagrams", datagrams },
      { "records", "on an empty pair of sockets", records },
      { "closing", "an end, by a thread", closing },
      { "binding", "one socket, several names", binding },
      { "connecting", "listen, connect, accept", connecting })
