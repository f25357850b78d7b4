/* Names of sockets: bind, listen, connect, accept; paths and abstract names. */
#include <sys/mount.h>
#include "sockets.h"

#define NAME "/tmp/socket"

/* Returns the length of a socket's name, which is copied to un. */
static int name_of(int fd, struct sockaddr_un *un)
{
	socklen_t length = sizeof(*un);

	memset(un, 0x55, sizeof(*un));
	CHECK(getsockname(fd, un, &length) == 0);
	return length;
}

static void paths(void)
{
	struct sockaddr_un un;
	struct stat st;
	int a = new_socket(SOCK_STREAM), b = new_socket(SOCK_STREAM);

	unlink(NAME);
	CHECK(name_of(a, &un) == 2 && un.sun_family == AF_UNIX);
	umask(027);
	CHECK(bind_to(a, NAME, strlen(NAME)) == 0);	/* without its NUL */
	CHECK(stat(NAME, &st) == 0 && st.st_mode == (S_IFSOCK | 0750));
	CHECK(name_of(a, &un) == 2 + sizeof(NAME) &&
	      strcmp(un.sun_path, NAME) == 0);
	CHECK_ERRNO(bind_to(b, PATH(NAME)), EADDRINUSE);
	CHECK_ERRNO(bind_to(a, PATH("/tmp/other")), EINVAL);
	CHECK_ERRNO(bind_to(b, PATH("/tmp/none/other")), ENOENT);
	CHECK_ERRNO(bind_to(b, PATH("/etc/passwd")), EADDRINUSE);
	CHECK_ERRNO(bind_to(b, PATH("/etc/passwd/x")), ENOTDIR);
	CHECK_ERRNO(bind(b, &un, 1), EINVAL);
	CHECK_ERRNO(bind(b, &un, sizeof(un) + 1), EINVAL);
	CHECK_ERRNO(bind(b, &un, 200), EINVAL);
	CHECK_ERRNO(bind(b, &un, -1), EINVAL);
	CHECK_ERRNO(bind(b, (void *)0x10, 20), EFAULT);
	un.sun_family = AF_INET;
	CHECK_ERRNO(bind(b, &un, sizeof(un)), EINVAL);
	CHECK_ERRNO(open(NAME, O_RDWR), ENXIO);
	CHECK_ERRNO(open(NAME, O_RDONLY | O_NONBLOCK), ENXIO);
	CHECK_ERRNO(truncate(NAME, 0), EINVAL);
	CHECK(close(a) == 0);
	/* the node stays, and nobody is there */
	CHECK_ERRNO(connect_to(b, PATH(NAME)), ECONNREFUSED);
	CHECK(unlink(NAME) == 0);
	CHECK_ERRNO(connect_to(b, PATH(NAME)), ENOENT);
	CHECK_ERRNO(connect_to(b, PATH("/etc/passwd")), ECONNREFUSED);
	CHECK(mknod(NAME, S_IFSOCK | 0600, 0) == 0 && stat(NAME, &st) == 0 &&
	      S_ISSOCK(st.st_mode));
	CHECK_ERRNO(connect_to(b, PATH(NAME)), ECONNREFUSED);
	CHECK(unlink(NAME) == 0 && close(b) == 0);
}

static void long_path(void)
{
	char text[108];
	struct sockaddr_un un;
	char got[112];
	socklen_t length = sizeof(got);
	int fd = new_socket(SOCK_DGRAM);

	memset(text, '/', sizeof(text));	/* all of it, and no NUL */
	memcpy(text, "/tmp", 4);
	memcpy(text + sizeof(text) - 4, "long", 4);
	CHECK(bind(fd, &un, make_address(&un, text, sizeof(text))) == 0);
	CHECK(getsockname(fd, got, &length) == 0 && length == 111 &&
	      memcmp(got + 2, text, 108) == 0 && got[110] == '\0');
	length = 4;
	CHECK(getsockname(fd, got, &length) == 0 && length == 111);
	length = -1;
	CHECK_ERRNO(getsockname(fd, got, &length), EINVAL);
	CHECK_ERRNO(getsockname(fd, (void *)0x10, (socklen_t *)0x10), EFAULT);
	CHECK(unlink("/tmp/long") == 0 && close(fd) == 0);
}

static void abstract_names(void)
{
	struct sockaddr_un un, other;
	struct sockaddr_un family = { .sun_family = AF_UNIX };
	int a = new_socket(SOCK_DGRAM), b = new_socket(SOCK_DGRAM),
	    c = new_socket(SOCK_STREAM);

	CHECK(bind_to(a, ABSTRACT("name")) == 0);
	CHECK(name_of(a, &un) == 7 && !memcmp(un.sun_path, "\0name", 5));
	CHECK_ERRNO(bind_to(b, ABSTRACT("name")), EADDRINUSE);
	CHECK(bind_to(c, ABSTRACT("name")) == 0);	/* another type */
	CHECK(bind(b, &family, 2) == 0 && name_of(b, &other) == 2 + 6);
	CHECK(other.sun_path[0] == '\0' &&
	      strspn(other.sun_path + 1, "0123456789abcdef") >= 5);
	CHECK_ERRNO(connect_to(b, ABSTRACT("nam")), ECONNREFUSED);
	CHECK(connect_to(b, ABSTRACT("name")) == 0);
	CHECK(send(b, "hi", 2, 0) == 2 && recv(a, &un, sizeof(un), 0) == 2);
	CHECK(close(a) == 0);
	a = new_socket(SOCK_DGRAM);
	CHECK(bind_to(a, ABSTRACT("name")) == 0);	/* it is free again */
	CHECK(close(a) == 0 && close(b) == 0 && close(c) == 0);
}

static void connections(int type)
{
	struct sockaddr_un un;
	socklen_t length = sizeof(un);
	char buf[10];
	int listener = listen_at(type, ABSTRACT("door"), 5);
	int client = new_socket(type), server;

	CHECK_ERRNO(getpeername(client, &un, &length), ENOTCONN);
	CHECK_ERRNO(accept(client, NULL, NULL), EINVAL);
	CHECK(state_of(client, POLLOUT) == (POLLOUT | POLLHUP));
	CHECK(state_of(listener, POLLIN | POLLOUT) == 0);
	CHECK(bind_to(client, ABSTRACT("me")) == 0);
	CHECK(connect_to(client, ABSTRACT("door")) == 0);
	CHECK_ERRNO(connect_to(client, ABSTRACT("door")), EISCONN);
	CHECK_ERRNO(listen(client, 1), EINVAL);
	CHECK_ERRNO(connect_to(listener, ABSTRACT("door")), EINVAL);
	CHECK(send(client, "early", 5, 0) == 5);
	CHECK(state_of(listener, POLLIN) == POLLIN);
	CHECK_ERRNO(ioctl(listener, FIONREAD, &server), EINVAL);
	server = accept4(listener, &un, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
	CHECK(server >= 0 && length == 5 && !memcmp(un.sun_path, "\0me", 3));
	CHECK(fcntl(server, F_GETFD) == FD_CLOEXEC);
	CHECK(name_of(server, &un) == 7 && !memcmp(un.sun_path, "\0door", 5));
	length = sizeof(un);
	CHECK(getpeername(client, &un, &length) == 0 && length == 7 &&
	      !memcmp(un.sun_path, "\0door", 5));
	length = sizeof(un);
	CHECK(recvfrom(server, buf, 10, 0, &un, &length) == 5 && length == 5 &&
	      !memcmp(un.sun_path, "\0me", 3));
	CHECK_ERRNO(recv(server, buf, 10, 0), EAGAIN);
	CHECK_ERRNO(accept4(listener, NULL, NULL, 1), EINVAL);
	CHECK(close(server) == 0 && recv(client, buf, 10, 0) == 0);
	length = sizeof(un);	/* the peer is gone, but not its name */
	CHECK(getpeername(client, &un, &length) == 0 && length == 7);
	CHECK(close(client) == 0 && close(listener) == 0);
}

static void streams_connect(void)
{
	connections(SOCK_STREAM);
}

static void records_connect(void)
{
	connections(SOCK_SEQPACKET);
}

static void refusals(void)
{
	char buf[4];
	int fd = new_socket(SOCK_STREAM), listener, one, two;

	CHECK_ERRNO(listen(fd, 1), EINVAL);	/* it has no name */
	CHECK_ERRNO(send(fd, "x", 1, MSG_NOSIGNAL), ENOTCONN);
	CHECK_ERRNO(recv(fd, buf, 1, 0), EINVAL);
	CHECK(bind_to(fd, ABSTRACT("deaf")) == 0);
	one = new_socket(SOCK_STREAM);
	CHECK_ERRNO(connect_to(one, ABSTRACT("deaf")), ECONNREFUSED);
	CHECK(close(fd) == 0);
	fd = new_socket(SOCK_DGRAM);
	CHECK_ERRNO(listen(fd, 1), EOPNOTSUPP);
	CHECK_ERRNO(accept(fd, NULL, NULL), EOPNOTSUPP);
	unlink(NAME);
	CHECK(bind_to(fd, PATH(NAME)) == 0);
	CHECK_ERRNO(connect_to(one, PATH(NAME)), EPROTOTYPE);
	CHECK(unlink(NAME) == 0 && close(fd) == 0);
	listener = listen_at(SOCK_STREAM, ABSTRACT("narrow"), 0);
	CHECK(connect_to(one, ABSTRACT("narrow")) == 0);
	two = new_socket(SOCK_STREAM);
	no_waiting(two);
	CHECK_ERRNO(connect_to(two, ABSTRACT("narrow")), EAGAIN);
	CHECK(send(one, "lost", 4, 0) == 4 && close(listener) == 0);
	CHECK_ERRNO(recv(one, buf, 4, 0), ECONNRESET);
	CHECK(recv(one, buf, 4, 0) == 0);
	CHECK_ERRNO(connect_to(two, ABSTRACT("narrow")), ECONNREFUSED);
	CHECK(close(one) == 0 && close(two) == 0);
	listener = listen_at(SOCK_STREAM, ABSTRACT("shut"), 1);
	CHECK(shutdown(listener, SHUT_RD) == 0);
	CHECK_ERRNO(accept(listener, NULL, NULL), EINVAL);
	two = new_socket(SOCK_STREAM);
	CHECK_ERRNO(connect_to(two, ABSTRACT("shut")), ECONNREFUSED);
	CHECK(close(two) == 0 && close(listener) == 0);
}

/* Checks that connect() and accept() wait for each other. */
static void queues(void)
{
	int listener = listen_at(SOCK_STREAM, ABSTRACT("queue"), 0), pid, fd;
	char c;

	pid = fork();
	if (pid == 0) {
		int one = new_socket(SOCK_STREAM);

		sleep_ms(50);
		CHECK(connect_to(one, ABSTRACT("queue")) == 0);
		fd = new_socket(SOCK_STREAM);
		CHECK(connect_to(fd, ABSTRACT("queue")) == 0);
		CHECK(write(fd, "2", 1) == 1);
		_exit(0);
	}
	fd = accept(listener, NULL, NULL);	/* waits */
	CHECK(fd >= 0);
	sleep_ms(50);
	CHECK(close(fd) == 0);
	fd = accept(listener, NULL, NULL);
	CHECK(fd >= 0 && read(fd, &c, 1) == 1 && c == '2');
	CHECK(wait_status(pid) == 0 && close(fd) == 0 && close(listener) == 0);
}

static int send_to(int fd, const char *text, int n, int flags)
{
	struct sockaddr_un un;
	socklen_t length = make_address(&un, text, n);

	return sendto(fd, "x", 1, flags, &un, length);
}

static void mailboxes(void)
{
	struct sockaddr_un un, none = { .sun_family = AF_UNSPEC };
	socklen_t length = sizeof(un);
	char buf[4];
	int box = new_socket(SOCK_DGRAM), a = new_socket(SOCK_DGRAM),
	    b = new_socket(SOCK_DGRAM), pid;

	CHECK(bind_to(box, ABSTRACT("box")) == 0);
	CHECK(bind_to(a, ABSTRACT("a")) == 0);
	CHECK_ERRNO(send(a, "x", 1, 0), ENOTCONN);
	CHECK_ERRNO(send_to(a, ABSTRACT("nobody"), 0), ECONNREFUSED);
	CHECK(send_to(a, ABSTRACT("box"), 0) == 1);
	CHECK(recvfrom(box, buf, 4, 0, &un, &length) == 1 && length == 4 &&
	      !memcmp(un.sun_path, "\0a", 2));
	CHECK(send_to(b, ABSTRACT("box"), 0) == 1);
	length = sizeof(un);
	CHECK(recvfrom(box, buf, 4, 0, &un, &length) == 1 && length == 0);
	/* a box that is connected takes its peer's only */
	CHECK(connect_to(box, ABSTRACT("a")) == 0);
	CHECK_ERRNO(send_to(b, ABSTRACT("box"), 0), EPERM);
	CHECK_ERRNO(connect_to(b, ABSTRACT("box")), EPERM);
	CHECK(send_to(a, ABSTRACT("box"), 0) == 1);
	CHECK(connect(box, &none, sizeof(none)) == 0);
	CHECK_ERRNO(recv(box, buf, 1, MSG_DONTWAIT), EAGAIN);
	for (int i = 0; i < 11; i++)
		CHECK(send_to(b, ABSTRACT("box"), MSG_DONTWAIT) == 1);
	CHECK_ERRNO(send_to(b, ABSTRACT("box"), MSG_DONTWAIT), EAGAIN);
	CHECK(connect_to(b, ABSTRACT("box")) == 0 &&
	      state_of(b, POLLOUT) == 0 && state_of(a, POLLOUT) == POLLOUT);
	pid = fork();
	if (pid == 0) {
		CHECK(send(b, "y", 1, 0) == 1);
		_exit(0);
	}
	sleep_ms(50);
	CHECK(recv(box, buf, 4, 0) == 1 && wait_status(pid) == 0);
	CHECK(close(box) == 0);
	CHECK_ERRNO(send(b, "x", 1, 0), ECONNREFUSED);
	CHECK(close(a) == 0 && close(b) == 0);
}

static void permissions(void)
{
	int box = new_socket(SOCK_DGRAM), pid;

	unlink(NAME);
	umask(022);
	CHECK(bind_to(box, PATH(NAME)) == 0);
	pid = fork();
	if (pid == 0) {
		int fd = new_socket(SOCK_DGRAM);

		CHECK(setgid(1000) == 0 && setuid(1000) == 0);
		CHECK_ERRNO(connect_to(fd, PATH(NAME)), EACCES);
		CHECK_ERRNO(send_to(fd, PATH(NAME), 0), EACCES);
		CHECK_ERRNO(bind_to(fd, PATH("/etc/socket")), EACCES);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(chmod(NAME, 0666) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(setgid(1000) == 0 && setuid(1000) == 0);
		CHECK(send_to(new_socket(SOCK_DGRAM), PATH(NAME), 0) == 1);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && unlink(NAME) == 0 && close(box) == 0);
}

/* Checks /proc/PID/fd and /proc/net/unix. */
static void shown(void)
{
	static char text[8192];
	char path[40], want[60], link[60] = "";
	struct stat st;
	int fd = listen_at(SOCK_STREAM, ABSTRACT("shown"), 1), file, n = 0, got;

	int mounted = access("/proc/self", F_OK) < 0;

	if (mounted)
		CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK(fstat(fd, &st) == 0 && readlink(path, link, 59) > 0);
	sprintf(want, "socket:[%lu]", (unsigned long)st.st_ino);
	CHECK(strcmp(link, want) == 0);
	CHECK_ERRNO(open(path, O_RDWR), ENXIO);
	file = open("/proc/net/unix", O_RDONLY);
	CHECK(file >= 0);
	while ((got = read(file, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	sprintf(want, " 00000000 00010000 0001 01 %5lu @shown\n",
		(unsigned long)st.st_ino);
	CHECK(strstr(text, want) != NULL);
	CHECK(close(file) == 0 && close(fd) == 0);
	CHECK(!mounted || umount("/proc") == 0);
}

TESTS({ "paths", "names in a file system", paths },
      { "long_path", "one that fills the structure", long_path },
      { "abstract_names", "and those that the kernel gives", abstract_names },
      { "streams_connect", "listen, connect, accept", streams_connect },
      { "records_connect", "the same of SOCK_SEQPACKET", records_connect },
      { "refusals", "who does not listen", refusals },
      { "queues", "backlogs, and waiting", queues },
      { "mailboxes", "datagrams by name", mailboxes },
      { "permissions", "who may send where", permissions },
      { "shown", "/proc/self/fd, /proc/net/unix", shown })
