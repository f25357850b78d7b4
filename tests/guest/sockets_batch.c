/* sendmmsg() and recvmmsg(): several messages in one call. */
#include "sockets.h"
#include "thread.h"

#define MANY	8
#define BAD	((void *)0x10)

static struct mmsghdr list[MANY + 1];
static struct iovec pieces[MANY];
static char data[MANY][20];
static union control controls[MANY];
static struct sockaddr_un names[MANY];

static int send_list(int fd, void *from, unsigned n, int flags)
{
	return syscall(__NR_sendmmsg, fd, from, n, flags);
}

static int receive_list(int fd, void *to, unsigned n, int flags, void *timeout)
{
	return syscall(__NR_recvmmsg, fd, to, n, flags, timeout);
}

/* Prepares messages of 1, 2, ... bytes to be sent, or of room for them. */
static void prepare(int room)
{
	memset(list, 0, sizeof(list));
	for (int i = 0; i < MANY; i++) {
		memset(data[i], room ? '-' : 'a' + i, sizeof(data[i]));
		list[i].msg_hdr = make_msg(&pieces[i], data[i],
					   room ? (int)sizeof(data[i]) : i + 1,
					   NULL, 0);
		list[i].msg_len = 99;
	}
}

/* Checks that n messages came, the first of them number first. */
static void check_list(int n, int first)
{
	for (int i = 0; i < n; i++) {
		CHECK((int)list[i].msg_len == first + i + 1);
		CHECK(data[i][first + i] == 'a' + first + i);
		CHECK(data[i][first + i + 1] == '-');
	}
	CHECK(list[n].msg_len == 99 || n == MANY);
}

static void records(int type)
{
	int fds[2];

	make_pair(type, fds);
	prepare(0);
	CHECK(send_list(fds[0], list, MANY, 0) == MANY);
	CHECK(list[0].msg_len == 1 && list[MANY - 1].msg_len == MANY);
	prepare(1);
	CHECK(receive_list(fds[1], list, 3, 0, NULL) == 3);
	check_list(3, 0);
	prepare(1);
	CHECK(receive_list(fds[1], list, MANY, MSG_WAITFORONE, NULL) ==
	      MANY - 3);
	check_list(MANY - 3, 3);
	CHECK_ERRNO(receive_list(fds[1], list, MANY, MSG_DONTWAIT, NULL),
		    EAGAIN);
	CHECK(send_list(fds[0], list, 0, 0) == 0);
	CHECK(receive_list(fds[1], list, 0, 0, NULL) == 0);
	close_pair(fds);
}

static void kinds(void)
{
	records(SOCK_DGRAM);
	records(SOCK_SEQPACKET);
}

/* Each message has an address, and descriptors. */
static void all_of_a_message(void)
{
	int to = new_socket(SOCK_DGRAM), from = new_socket(SOCK_DGRAM), fd;

	CHECK(bind_to(to, ABSTRACT("batch-to")) == 0);
	CHECK(bind_to(from, ABSTRACT("batch-from")) == 0);
	prepare(0);
	for (int i = 0; i < 3; i++) {
		struct msghdr *m = &list[i].msg_hdr;

		m->msg_namelen = make_address(&names[i], ABSTRACT("batch-to"));
		m->msg_name = &names[i];
		m->msg_control = &controls[i];
		m->msg_controllen = CMSG_LEN(sizeof(int));
		controls[i].header = (struct cmsghdr){ CMSG_LEN(sizeof(int)),
						       SOL_SOCKET,
						       SCM_RIGHTS };
		*(int *)CMSG_DATA(&controls[i].header) = i;
	}
	CHECK(send_list(from, list, 3, 0) == 3);
	prepare(1);
	memset(names, 0, sizeof(names));
	for (int i = 0; i < 3; i++) {
		list[i].msg_hdr.msg_name = &names[i];
		list[i].msg_hdr.msg_namelen = sizeof(names[i]);
		list[i].msg_hdr.msg_control = &controls[i];
		list[i].msg_hdr.msg_controllen = sizeof(controls[i]);
	}
	CHECK(receive_list(to, list, 3, MSG_CMSG_CLOEXEC, NULL) == 3);
	check_list(3, 0);
	for (int i = 0; i < 3; i++) {
		CHECK(list[i].msg_hdr.msg_namelen == 2 + 11);
		CHECK(memcmp(names[i].sun_path, "\0batch-from", 11) == 0);
		fd = *(int *)CMSG_DATA(&controls[i].header);
		CHECK(list[i].msg_hdr.msg_controllen ==
		      CMSG_SPACE(sizeof(int)));
		CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC && close(fd) == 0);
	}
	CHECK(close(to) == 0 && close(from) == 0);
}

/* An error is told only if no message went before it. */
static void errors(void)
{
	int fds[2], on = 0;
	socklen_t size = sizeof(on);

	make_pair(SOCK_DGRAM, fds);
	prepare(0);
	CHECK_ERRNO(send_list(99, list, 0, 0), EBADF);
	CHECK_ERRNO(send_list(0, list, 1, 0), ENOTSOCK);
	CHECK_ERRNO(receive_list(99, list, 0, 0, NULL), EBADF);
	CHECK_ERRNO(receive_list(0, list, 1, 0, NULL), ENOTSOCK);
	CHECK_ERRNO(send_list(fds[0], BAD, 1, 0), EFAULT);
	CHECK_ERRNO(receive_list(fds[0], BAD, 1, MSG_DONTWAIT, NULL), EFAULT);
	list[2].msg_hdr.msg_iov = BAD;
	CHECK(send_list(fds[0], list, MANY, 0) == 2);
	CHECK_ERRNO(send_list(fds[0], list + 2, 1, 0), EFAULT);
	prepare(1);
	list[1].msg_hdr.msg_iov = BAD;
	CHECK(receive_list(fds[1], list, MANY, 0, NULL) == 1);
	CHECK(getsockopt(fds[1], SOL_SOCKET, SO_ERROR, &on, &size) == 0 &&
	      on == EFAULT);
	CHECK(receive_list(fds[1], list, MANY, MSG_WAITFORONE, NULL) == -1 ||
	      list[0].msg_len == 2);
	CHECK(close(fds[1]) == 0);
	prepare(0);
	CHECK_ERRNO(send_list(fds[0], list, 3, 0), ECONNREFUSED);
	CHECK_ERRNO(send_list(fds[0], list, 3, 0), ENOTCONN);
	CHECK(close(fds[0]) == 0);
}

/* A stream that takes only a part of a message gets none of the next. */
static void streams(void)
{
	static char large[300000];
	int fds[2], n, all = 0, sent;

	make_pair(SOCK_STREAM, fds);
	no_waiting(fds[0]);
	no_waiting(fds[1]);
	prepare(0);
	memset(large, 'x', sizeof(large));
	pieces[1] = (struct iovec){ large, sizeof(large) };
	pieces[2] = (struct iovec){ large, sizeof(large) };
	CHECK(send_list(fds[0], list, 4, 0) == 2);
	CHECK(list[0].msg_len == 1 && list[1].msg_len < sizeof(large) &&
	      list[1].msg_len > 1000 && list[2].msg_len == 99);
	sent = 1 + list[1].msg_len;
	while ((n = read(fds[1], large, sizeof(large))) > 0)
		all += n;
	CHECK(all == sent && errno == EAGAIN);
	prepare(0);
	CHECK(send_list(fds[0], list, 3, 0) == 3);
	prepare(1);
	CHECK(receive_list(fds[1], list, MANY, 0, NULL) == 1);
	CHECK(list[0].msg_len == 6 && memcmp(data[0], "abbccc-", 7) == 0);
	CHECK(close(fds[0]) == 0);
	prepare(1);
	CHECK(receive_list(fds[1], list, 3, 0, NULL) == 3);
	CHECK(list[2].msg_len == 0 && list[3].msg_len == 99);
	CHECK(close(fds[1]) == 0);
}

/* The same when the rest of the message cannot be read. */
static void faults(void)
{
	static char large[40960];
	struct iovec two[] = { { large, sizeof(large) }, { BAD, 10 } };
	int fds[2];

	make_pair(SOCK_STREAM, fds);
	prepare(0);
	list[0].msg_hdr.msg_iov = two;
	list[0].msg_hdr.msg_iovlen = 2;
	CHECK(send_list(fds[0], list, 2, 0) == 1);
	CHECK(list[0].msg_len > 30000 && list[0].msg_len <= sizeof(large) &&
	      list[1].msg_len == 99);
	close_pair(fds);
}

/* The time is looked at only after each message. */
static void timeouts(void)
{
	struct timespec none = { 0, 0 }, long_time = { 100, 0 },
			bad = { 0, 1000000000 };
	long long wide[2] = { 50, 0 };
	int fds[2];

	make_pair(SOCK_DGRAM, fds);
	prepare(0);
	CHECK(send_list(fds[0], list, 6, 0) == 6);
	prepare(1);
	CHECK_ERRNO(receive_list(fds[1], list, 6, 0, &bad), EINVAL);
	CHECK_ERRNO(receive_list(fds[1], list, 6, 0, BAD), EFAULT);
	CHECK(receive_list(fds[1], list, 6, 0, &none) == 1);
	CHECK(none.tv_sec == 0 && none.tv_nsec == 0);
	CHECK(receive_list(fds[1], list, 2, 0, &long_time) == 2);
	CHECK(long_time.tv_sec >= 99 && long_time.tv_sec <= 100);
	CHECK(syscall(__NR_recvmmsg_time64, fds[1], list, 2, 0, wide) == 2);
	CHECK(wide[0] >= 49 && wide[0] <= 50);
	long_time.tv_sec = 7;
	CHECK(receive_list(fds[1], list, 1, 0, NULL) == 1);
	CHECK_ERRNO(receive_list(fds[1], list, 1, MSG_DONTWAIT, &long_time),
		    EAGAIN);
	CHECK(long_time.tv_sec == 7);
	close_pair(fds);
}

static void by_socketcall(void)
{
	int fds[2];

	make_pair(SOCK_DGRAM, fds);
	prepare(0);
	CHECK(syscall(__NR_socketcall, SYS_SENDMMSG,
		      (long[]){ fds[0], (long)list, 3, 0 }) == 3);
	prepare(1);
	CHECK(syscall(__NR_socketcall, SYS_RECVMMSG,
		      (long[]){ fds[1], (long)list, 3, 0, 0 }) == 3);
	check_list(3, 0);
	CHECK_ERRNO(syscall(__NR_socketcall, 21, NULL), EINVAL);
	close_pair(fds);
}

/* Puts another socket into the descriptor from which main receives. */
static void replace(void *arg)
{
	int *fds = arg;

	sleep_ms(100);			/* until main waits for the first */
	CHECK(dup2(fds[2], fds[1]) == fds[1]);
	CHECK(send(fds[0], "a", 1, 0) == 1 && send(fds[0], "bb", 2, 0) == 2);
}

/* Checks that the descriptor is looked up once for all messages. */
static void replaced(void)
{
	int fds[4];
	struct thread t;

	make_pair(SOCK_DGRAM, fds);
	make_pair(SOCK_DGRAM, fds + 2);
	prepare(1);
	start(&t, replace, fds);
	CHECK(receive_list(fds[1], list, 2, 0, NULL) == 2);
	CHECK(list[0].msg_len == 1 && list[1].msg_len == 2);
	join(&t);
	close_pair(fds);
	close_pair(fds + 2);
}

TESTS({ "kinds", "datagrams and records", kinds },
      { "all_of_a_message", "addresses and descriptors", all_of_a_message },
      { "errors", "an error after the first message", errors },
      { "streams", "a message that is sent in part is the last", streams },
      { "faults", "a message of which a part cannot be read", faults },
      { "timeouts", "the timeout of recvmmsg", timeouts },
      { "by_socketcall", "socketcall's numbers for both", by_socketcall },
      { "replaced", "another thread replaces the descriptor", replaced })
