/*
 * Memory that another process reaches while its only thread changes it. Each of
 * them sleeps for pages of a file, since the caches are dropped all the time.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <abi/uio.h>
#include <sys/wait.h>

#define PAGE	4096
#define PAGES	32
#define AT	((char *)0x50000000)	/* with a page table of its own */
#define ROUNDS	3000

static int fd;

static void make_file(void)
{
	static char page[PAGE];

	fd = open("borrowed", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0);
	for (int i = 0; i < PAGES; i++) {
		page[0] = i;
		CHECK(write(fd, page, PAGE) == PAGE);
	}
	CHECK(fsync(fd) == 0);
}

/* Reads the pages of a process, whether it has them or not. */
static void read_of(int pid)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { AT, 1 };

	for (unsigned i = 0;; i = (i + 7) % PAGES) {
		there.iov_base = AT + i * PAGE;
		if (syscall(__NR_process_vm_readv, pid, &here, 1, &there, 1,
			    0) == 1)
			CHECK(byte == (char)i);
	}
}

static void drop_caches(void)
{
	struct audit_report report;

	for (;;) {
		mm_audit(&report, AUDIT_DROP_CACHES);
		sleep_ms(1);
	}
}

/* Maps the file with all its pages, and unmaps it again. */
static void map_and_unmap(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		CHECK(mmap(AT, PAGES * PAGE, PROT_READ,
			   MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, fd,
			   0) == AT);
		CHECK(AT[(i % PAGES) * PAGE] == i % PAGES);
		CHECK(munmap(AT, PAGES * PAGE) == 0);
	}
}

static void read_meanwhile(void)
{
	int self = getpid(), reader, dropper;

	make_file();
	reader = fork();
	if (reader == 0)
		read_of(self);
	dropper = fork();
	if (dropper == 0)
		drop_caches();
	map_and_unmap();
	kill(reader, SIGKILL);
	kill(dropper, SIGKILL);
	CHECK(wait_status(reader) == SIGKILL);
	CHECK(wait_status(dropper) == SIGKILL);
	CHECK(close(fd) == 0 && unlink("borrowed") == 0);
}

/*
 * The fault of a process's only thread sleeps where it makes a page table.
 * Another process writes the page meanwhile, and has made a table, too.
 */
static void write_during_fault(void)
{
	volatile char *go = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char byte = 7;
	struct iovec here = { &byte, 1 }, there = { AT, 1 };
	int pid = fork();

	if (pid == 0) {
		CHECK(mmap(AT, PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			   0) == AT);
		*go = 0;	/* or it would fault for this page first */
		plan_event(1, PLAN_ALLOC | PLAN_SLEEP);
		*go = 1;
		byte = *(volatile char *)AT;
		CHECK(plan_event(0, 0) == 1 || errno == ENOSYS);
		*go = 2;
		while (*go == 2)
			sched_yield();
		_exit(*AT);
	}
	while (!*go)
		sched_yield();
	CHECK(syscall(__NR_process_vm_writev, pid, &here, 1, &there, 1, 0) ==
	      1);
	while (*go == 1)
		sched_yield();
	*go = 3;
	CHECK(wait_status(pid) == 7 << 8);
}

TESTS({ "read_meanwhile", "a reader of memory that is mapped and unmapped",
	read_meanwhile },
      { "write_during_fault", "a writer of memory while its fault sleeps",
	write_during_fault })
