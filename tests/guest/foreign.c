/*
 * Memory that another process reads while its only thread maps and unmaps it,
 * and both sleep, by plan, in the midst of it.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <abi/uio.h>

#define PAGE	4096
#define PAGES	4
#define AT	((char *)0x50000000)	/* with a page table of its own */
#define ROUNDS	3000
#define ANYTHING (PLAN_SLEEP | PLAN_EVENTS)

static int fd;

/* Reads the pages of a process, whether it has them or not. */
static void read_of(int pid)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { AT, 1 };

	for (unsigned i = 0;; i++) {
		there.iov_base = AT + i % PAGES * PAGE;
		plan_event(1 + i % 11, ANYTHING);
		if (syscall(__NR_process_vm_readv, pid, &here, 1, &there, 1,
			    0) == 1)
			CHECK(byte == (char)(i % PAGES));
	}
}

static void both_sleep(void)
{
	static char page[PAGE];
	int self = getpid(), reader;

	if (!on_cowix())
		return;
	fd = open("/foreign", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && unlink("/foreign") == 0);
	for (int i = 0; i < PAGES; i++) {
		page[0] = i;
		CHECK(write(fd, page, PAGE) == PAGE);
	}
	reader = fork();
	if (reader == 0)
		read_of(self);
	for (int i = 0; i < ROUNDS; i++) {
		plan_event(1 + i * 7 % 61, ANYTHING);
		CHECK(mmap(AT, PAGES * PAGE, PROT_READ,
			   MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, fd,
			   0) == AT);
		CHECK(AT[i % PAGES * PAGE] == i % PAGES);
		CHECK(munmap(AT, PAGES * PAGE) == 0);
	}
	plan_event(0, 0);
	CHECK(kill(reader, SIGKILL) == 0 && wait_status(reader) == SIGKILL);
	CHECK(close(fd) == 0);
}

TESTS({ "both_sleep", "a reader and the owner sleep in turn", both_sleep })
