/*
 * Memory: permitted accesses, demand-zero, limits of heap and stack, and no
 * more memory.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include "small_elf.h"

#define PAGE 4096
#define KERNEL 0xC0000000u

/* Runs fn in a child that a signal should end. Returns the signal, or 0. */
static int signal_of(void (*fn)(void))
{
	int pid = fork(), status;

	if (pid == 0) {
		fn();
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void write_text(void)
{
	*(volatile char *)(unsigned)write_text = 0;
}

static const char constants[3 * PAGE] = { 1 };

/*
 * Writes to an untouched page of constants. There is no entry yet, so the area
 * alone must refuse.
 */
static void write_constants(void)
{
	*((volatile char *)constants + 2 * PAGE) = 1;
}

static void read_null(void)
{
	(void)*(volatile char *)8;
}

static void read_kernel(void)
{
	(void)*(volatile char *)(KERNEL + 0x100000);
}

static void write_kernel(void)
{
	*(volatile char *)(KERNEL + 0x100000) = 1;
}

static void execute_data(void)
{
	__asm__ volatile("cli");
}

static void divide(void)
{
	volatile int zero = 0;

	zero = 10 / zero;
}

static void bad_opcode(void)
{
	__asm__ volatile("ud2");
}

static void read_hole(void)
{
	(void)*(volatile char *)0x50000000;
}

static void protection(void)
{
	CHECK(signal_of(write_text) == SIGSEGV);
	CHECK(signal_of(write_constants) == SIGSEGV);
	CHECK(signal_of(read_null) == SIGSEGV);
	CHECK(signal_of(read_kernel) == SIGSEGV);
	CHECK(signal_of(write_kernel) == SIGSEGV);
	CHECK(signal_of(read_hole) == SIGSEGV);
	CHECK(signal_of(execute_data) == SIGSEGV);
	CHECK(signal_of(divide) == SIGFPE);
	CHECK(signal_of(bad_opcode) == SIGILL);
}

/*
 * Runs a program whose only segment is read-only, and larger in memory than in
 * its file. No file page can refuse a write to its trailing zeroes, so only the
 * area's permission does. Linux gives such zeroes write permission.
 */
static void read_only_zeroes(void)
{
	static const unsigned char code[] = {
		/* movb $1, ELF_BASE + 2 pages */
		0xC6, 0x05, 0x00, 0xA0, 0x04, 0x08, 1,
		0xB8, 1, 0, 0, 0, 0x31, 0xDB, 0xCD, 0x80,	/* exit(0) */
	};
	unsigned char image[ELF_HEADERS + sizeof(code)];
	const struct elf32_phdr segment = {
		.p_filesz = sizeof(image),
		.p_memsz = 3 * PAGE,
		.p_flags = PF_R | PF_X,
	};
	int status;

	if (!on_cowix())
		return;
	put_program(image, segment, code, sizeof(code));
	status = run_image("/tmp/test-ro", image, sizeof(image));
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static volatile unsigned fault_address;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	fault_address = (unsigned)info->si_addr;
	_exit(fault_address == 0x50000123 ? 33 : 1);
}

static void fault_info(void)
{
	int pid = fork();

	if (pid == 0) {
		struct sigaction action = { .sa_sigaction = on_fault,
					    .sa_flags = SA_SIGINFO };

		sigaction(SIGSEGV, &action, NULL);
		(void)*(volatile char *)0x50000123;
		_exit(0);
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 33);
}

static void heap(void)
{
	char *start = sbrk(0), *p = sbrk(100 * PAGE);

	CHECK(p == start);
	for (int i = 0; i < 100 * PAGE; i++)
		CHECK(p[i] == 0);
	memset(p, 7, 100 * PAGE);
	CHECK(sbrk(-50 * PAGE) != (void *)-1);
	CHECK(sbrk(50 * PAGE) == p + 50 * PAGE);
	CHECK(p[49 * PAGE] == 7 && p[50 * PAGE] == 0 && p[99 * PAGE] == 0);
	/* written before they are read */
	for (int i = 51 * PAGE; i < 99 * PAGE; i += PAGE) {
		p[i + 1] = 1;
		CHECK(p[i] == 0 && p[i + 2] == 0 && p[i + PAGE - 1] == 0);
	}
	CHECK(!on_cowix() ||
	      (brk((void *)0xB8000000) == -1 && errno == ENOMEM));
	CHECK(brk(start) == 0 && sbrk(0) == start);
}

static int use_stack(int kilobytes)
{
	volatile char block[1024];

	block[0] = kilobytes;
	return kilobytes > 0 ? use_stack(kilobytes - 1) + block[0] : 0;
}

static void deep_stack(void)
{
	use_stack(7000);
}

static void endless_stack(void)
{
	use_stack(1 << 20);
}

static void stack(void)
{
	CHECK(signal_of(deep_stack) == 0);
	CHECK(signal_of(endless_stack) == SIGSEGV);
}

/*
 * Touches more memory than there is. The program is killed, and everybody else
 * goes on. Runs only where memory is small.
 */
static void touch_everything(void)
{
	for (;;) {
		char *p = sbrk(64 * PAGE);

		if (p == (void *)-1)
			_exit(44);
		for (int i = 0; i < 64; i++)
			p[i * PAGE] = 1;
	}
}

static void out_of_memory(void)
{
	int pid, status;

	if (!on_cowix())
		return;
	pid = fork();
	if (pid == 0)
		touch_everything();
	status = wait_status(pid);
	CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ||
	      WEXITSTATUS(status) == 44);
}

/*
 * Forks children that stay, until it fails. A fault without memory then ends
 * the largest process: one of these, not the shell.
 */
static void fork_and_stay(void)
{
	static char size[64 * PAGE];
	int n = 0, pid;

	memset(size, 1, sizeof(size));
	setpgid(0, 0);
	while ((pid = fork()) > 0)
		n++;
	if (pid == 0)
		for (;;)
			pause();
	_exit(n > 100 && (errno == ENOMEM || errno == EAGAIN) ? 0 : 1);
}

/* Checks that everything comes back: the test's frame counts it. */
static void fork_until_failure(void)
{
	int pid, status;

	if (!on_cowix())
		return;
	pid = fork();
	if (pid == 0)
		fork_and_stay();
	status = wait_status(pid);
	CHECK(status == 0 || WTERMSIG(status) == SIGKILL);
	CHECK(kill(-pid, SIGKILL) == 0);
}

/* Checks that FPU registers survive other users and a fork. */
static void fpu(void)
{
	double value = 1.5, result = 0;
	int pid = fork();

	if (pid == 0) {
		double other = 99.25;

		for (int i = 0; i < 50; i++) {
			__asm__ volatile("fldl %0; fstp %%st(0)"
					 :
					 : "m"(other));
			syscall(158);
		}
		_exit(0);
	}
	__asm__ volatile("fldl %0" : : "m"(value));
	for (int i = 0; i < 50; i++)
		syscall(158);
	__asm__ volatile("fstpl %0" : "=m"(result));
	CHECK(result == 1.5);
	CHECK(wait_status(pid) == 0);
}

/* Checks that pages with nothing for megabytes before them are given back. */
static void far_pages(void)
{
	const unsigned size = 20 << 20;
	char *old = sbrk(size), *last = old + size - 1;

	CHECK(old != (void *)-1);
	for (int i = 0; i < 2; i++) {
		CHECK(old[0] == 0 && *last == 0);
		old[0] = *last = 1;
		CHECK(sbrk(-size) == old + size && sbrk(size) == old);
	}
}

TESTS({ "protection", "forbidden accesses end in the right signals",
	protection },
      { "read_only_zeroes",
	"a read-only area refuses writes even where no page is yet",
	read_only_zeroes },
      { "fault_info", "a handler learns the address", fault_info },
      { "heap", "brk grows, shrinks, gives zeroes and knows its limits", heap },
      { "far_pages", "pages far behind others", far_pages },
      { "stack", "the stack grows to 8 MB and no further", stack },
      { "fpu", "FPU state is each process's own", fpu },
      { "out_of_memory", "who touches too much is killed", out_of_memory },
      { "fork_until_failure", "forks until memory is gone, all given back",
	fork_until_failure })
