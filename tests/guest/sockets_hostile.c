/*
 * Calls on sockets with arguments that make no sense, by chance: pointers into
 * nothing and into the kernel, lengths that wrap, descriptors of anything. The
 * kernel must live, lose nothing, and never answer with an error of its own.
 */
#include <dirent.h>
#include <sys/mman.h>
#include "sockets.h"

#define CALLS 20000
#define PAGE 4096
#define LAST_ERROR 133			/* Linux's largest */

static unsigned seed = 1;

static unsigned chance(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static char *memory;			/* two pages, and a hole behind them */

/* Fills the memory with what may pass for headers, addresses and pieces. */
static void scribble(void)
{
	static const unsigned words[] = {
		0, 1, 2, 3, 12, 16, 20, 0x10001, 0x7FFFFFFF, 0x80000000, -1,
		0xBFFFFFF0, 0xC0000000, 0x10, AF_UNIX, AF_UNIX | 'a' << 24,
	};
	unsigned *word = (unsigned *)memory;

	for (int i = 0; i < 2 * PAGE / 4; i++)
		word[i] = words[chance(16)];
	for (int i = 0; i < 200; i++)
		word[chance(2 * PAGE / 4)] =
			(unsigned)memory + chance(2 * PAGE + 8);
}

static unsigned argument(void)
{
	switch (chance(8)) {
	case 0:
	case 1:
		return (unsigned)memory + chance(2 * PAGE + 8);
	case 2:
		return (unsigned)memory + 2 * PAGE - chance(130);
	case 3:
		return chance(2) ? 0xC0000000 - chance(200) : 0xC0100000;
	case 4:
		return -chance(20);
	case 5:
		return 1u << chance(32);
	}
	return chance(130);
}

static void call_by_chance(int lowest)
{
	static const int calls[] = {
		__NR_socket, __NR_socketpair, __NR_bind, __NR_connect,
		__NR_listen, __NR_accept4, __NR_getsockopt, __NR_setsockopt,
		__NR_getsockname, __NR_getpeername, __NR_sendto, __NR_sendmsg,
		__NR_recvfrom, __NR_recvmsg, __NR_shutdown, __NR_socketcall,
		__NR_writev, __NR_readv,
	};
	int call = calls[chance(sizeof(calls) / sizeof(calls[0]))];
	int fd = lowest + chance(8), got;
	unsigned flags = argument() | MSG_DONTWAIT;

	if (call == __NR_socket || call == __NR_socketpair)
		fd = AF_UNIX;
	got = syscall(call, fd, argument(), argument(), flags, argument(),
		      argument());
	CHECK(got != -1 || (errno > 0 && errno <= LAST_ERROR));
}

static void close_from(int lowest)
{
	for (int fd = lowest + 8; fd < 256; fd++)
		close(fd);
}

static void open_some(int lowest)
{
	int fds[2];

	for (int fd = lowest; fd < lowest + 8; fd++)
		close(fd);
	make_pair(SOCK_STREAM, fds);
	make_pair(SOCK_DGRAM, fds);
	CHECK(fds[0] == lowest + 2);
	CHECK(listen_at(SOCK_SEQPACKET, ABSTRACT("hostile"), 2) >= 0);
	new_socket(SOCK_STREAM);
	new_socket(SOCK_DGRAM);
	CHECK(open("/dev/null", O_RDWR) == lowest + 7);
	for (int fd = lowest; fd < lowest + 7; fd++)
		no_waiting(fd);
}

/* Removes the nodes that some bind() has made. */
static void remove_nodes(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;

	CHECK(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		unlink(entry->d_name);
	closedir(dir);
	CHECK(chdir("/tmp") == 0 && rmdir("hostile") == 0);
}

static void arguments(void)
{
	int lowest = dup(0);

	CHECK(lowest >= 0 && close(lowest) == 0);
	signal(SIGPIPE, SIG_IGN);
	memory = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(memory != MAP_FAILED && munmap(memory + 2 * PAGE, PAGE) == 0);
	CHECK(mkdir("/tmp/hostile", 0777) == 0 && chdir("/tmp/hostile") == 0);
	for (int i = 0; i < CALLS; i++) {
		if (i % 100 == 0) {
			close_from(lowest);
			open_some(lowest);
		}
		if (i % 10 == 0)
			scribble();
		call_by_chance(lowest);
	}
	for (int fd = lowest; fd < 256; fd++)
		close(fd);
	CHECK(close(new_socket(SOCK_DGRAM)) == 0);	/* collects */
	remove_nodes();
}

TESTS({ "arguments", "calls by chance", arguments })
