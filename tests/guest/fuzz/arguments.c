/* Arguments by letters. Letters of structures are in inputs.c. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <abi/plan.h>
#include "fuzz.h"

unsigned wild_word(void)
{
	static const unsigned wild[] = {
		0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0xC0000000,
		0xBFFFFFFF, 0xBFFFF000, 0xC0100000, 0xFFFFF000, 0xFFFFFFFC,
		0x08048000, 4095, 0x10, 0xF0000000, 0x40000001, 65536,
		0x3FFFFFFF,
	};

	switch (roll(4)) {
	case 0: return word();
	case 1: return 1u << roll(32);
	case 2: return -roll(16);
	default: return wild[roll(ARRAY(wild))];
	}
}

/* Returns room that the kernel may write to, if it is mapped. */
static unsigned buffer(void)
{
	static char room[2 * PAGE];

	if (chance(50))
		return (unsigned)room + roll(PAGE);
	return some_place() + (chance(50) ? 0 : PAGE - roll(64));
}

static unsigned length(void)
{
	static const unsigned lengths[] = { 0, 1, 4, 8, 64, 512, PAGE, 5000 };

	return lengths[roll(ARRAY(lengths))] + (chance(20) ? roll(9) : 0);
}

static unsigned pages(void)
{
	return (1 + roll(chance(80) ? 4 : 40)) * PAGE - (chance(10) ? 5 : 0);
}

static unsigned open_flags(void)
{
	static const unsigned extra[] = {
		O_CREAT, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_DIRECTORY,
		O_CLOEXEC, O_NOFOLLOW, O_PATH, O_NOATIME, O_SYNC, O_NOCTTY,
		O_DIRECT,
	};
	unsigned flags = roll(4) ? roll(3) : O_RDWR;

	if (!chance(15))		/* or it may wait for a FIFO */
		flags |= O_NONBLOCK;
	while (chance(45))
		flags |= extra[roll(ARRAY(extra))];
	return flags;
}

/* Returns open flags with which the superuser only looks. */
static unsigned look_flags(void)
{
	if (!as_root)
		return open_flags();
	return O_NONBLOCK | (open_flags() & (O_DIRECTORY | O_PATH | O_CLOEXEC |
					     O_NOFOLLOW | O_NOATIME));
}

static unsigned map_flags(void)
{
	unsigned flags = chance(60) ? MAP_PRIVATE : MAP_SHARED;

	if (chance(70))
		flags |= MAP_ANONYMOUS;
	if (chance(60))
		flags |= MAP_FIXED;
	if (chance(10))
		flags |= 1u << roll(22);
	return flags;
}

static unsigned some_signal(void)
{
	static const unsigned char common[] = {
		0, SIGUSR1, SIGCHLD, SIGSTOP, SIGCONT, SIGALRM, SIGTSTP, 34, 64,
		SIGSEGV, SIGTTOU, SIGURG, SIGWINCH,
	};

	return chance(80) ? common[roll(ARRAY(common))] : roll(66);
}

/* Returns a process that may be hurt: the supervisor and init never are. */
static unsigned victim_pid(void)
{
	int pid = some_pid();

	if (as_root && (pid == -1 || (pid != 0 && abs(pid) <= protected_pids)))
		return getpid();
	return pid;
}

/* Returns a request of a terminal, or of anything. */
static unsigned request(void)
{
	static const unsigned others[] = {
		0x5421, 0x5450, 0x5451, 0x5452, 0x541B, 0x80045430, 0x40045431,
		0x1260, 0x1268, 0x80081272, 0x4B33, 0x4B3A, 0x5600, 0x5606,
	};

	if (chance(70))
		return 0x5400 + roll(0x60);
	return chance(80) ? others[roll(ARRAY(others))] : wild_word();
}

static unsigned id(void)
{
	static const unsigned ids[] = { 0, STRANGER, -1, 1, 1001, 65535 };

	return ids[roll(ARRAY(ids))];
}

static unsigned fcntl_command(void)
{
	return chance(80) ? roll(17) : 1024 + roll(12);
}

static unsigned folder(void)
{
	return chance(70) ? AT_FDCWD : some_fd();
}

static unsigned heap(void)
{
	extern char _end[];

	return (unsigned)_end + roll(64) * PAGE / 2;
}

static unsigned ptrace_request(void)
{
	static const unsigned requests[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19,
		24, 25, 31, 0x4200, 0x4201, 0x4202, 0x4203, 0x4204, 0x4206,
		0x4207, 0x4208,
	};

	return requests[roll(ARRAY(requests))];
}

static unsigned futex_operation(void)
{
	return roll(14) | (chance(50) ? 128 : 0) | (chance(10) ? 256 : 0);
}

/* Returns what is planned: an allocation fails, or events sleep. */
unsigned plan(void)
{
	unsigned sleep = PLAN_SLEEP | (1 + roll(PLAN_EVENTS));

	return chance(50) || is_left_out("sleeps") ? PLAN_ALLOC : sleep;
}

static unsigned socket_type(void)
{
	return 1 + roll(5) + (chance(70) ? SOCK_NONBLOCK : 0);
}

static unsigned message_flags(void)
{
	unsigned flags = chance(70) ? MSG_DONTWAIT : 0;

	return flags | (chance(40) ? 1u << roll(16) : 0);
}

/* Returns an argument of a kind that is a number. */
static unsigned number(char kind)
{
	switch (kind) {
	case 'z': return 0;
	case 'e': return 8;		/* the size of a set of signals */
	case 'S': return roll(4) * PAGE + roll(9);
	case 'W': return 1 | 2 | (word() & 0xE0000000);	/* WNOHANG */
	case '0': return chance(50) ? 4 * roll(2) + roll(5) : roll(26);
	case '1': return chance(60) ? 0 : heap();
	case '2': return roll(4);
	case '3': return ptrace_request();
	case '4': return roll(as_root ? 2 : 4);
	case '5': return 1 | roll(16) | 4;	/* of waitid, WNOHANG */
	case '6': return futex_operation();
	case '7': return 12;
	case '8': return roll(12);
	case '9': return 16;
	case '!': return 84;
	case '@': return chance(95) ? 1 : roll(40);	/* AF_UNIX */
	case '~': return socket_type();
	case '+': return chance(80) ? 4 : roll(120);	/* of an address */
	case '=': return message_flags();
	case '&': return roll(64);
	default: return input(kind);
	}
}

/* Returns an argument of a kind, before chance spoils it. */
static unsigned proper(char kind)
{
	switch (kind) {
	case 'f': return some_fd();
	case 'D': return folder();
	case 'p': return (unsigned)some_path();
	case 'w': return (unsigned)(as_root ? some_work_path() : some_path());
	case 'b': return buffer();
	case 'n': return length();
	case 'o': return open_flags();
	case 'O': return look_flags();
	case 'm': return roll(01000) | (chance(10) ? roll(16) << 9 : 0);
	case 'q': return (roll(2) ? 0100000 : 0010000) | roll(01000);
	case 'a': return some_place();
	case 'l': return pages();
	case 'r': return roll(8);
	case 'M': return map_flags();
	case 's': return some_signal();
	case 'i': return victim_pid();
	case 'x': return roll(8);
	case 'X': return wild_word();
	case 'k': return request();
	case 'c': return fcntl_command();
	case 'u': return id();
	case 'h': return chance(80) ? 1 + roll(8) : roll(100);
	case 'j': return plan();
	case 'A': return (1u << roll(13)) & 0x1F00;	/* AT_* */
	default: return number(kind);
	}
}

unsigned argument(char kind)
{
	unsigned value = proper(kind);

	if (!chance(2) || (as_root && strchr("iO4", kind)) || kind == 'W')
		return value;
	return wild_word();
}
