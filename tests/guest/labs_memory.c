/*
 * Tests of a program's memory from teaching systems, written anew with the same
 * meaning: its edges, and what is forbidden. See labs.c.
 */
#include <abi/mman.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include "labs.h"

/*
 * Returns the edge between a mapped page and an unmapped one. Calls may reach
 * it, but not cross it.
 */
static char *edge(void)
{
	unsigned at = syscall(__NR_mmap2, 0, 2 * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(at < -4095u && syscall(__NR_munmap, at + PAGE, PAGE) == 0);
	memset((char *)at, 'x', PAGE);
	return (char *)at + PAGE;
}

static void edges(void)
{
	char *end = edge();
	int fds[2], zero = open("/dev/zero", O_RDONLY);
	struct stat st;

	CHECK(pipe(fds) == 0);
	CHECK(read(zero, end - 8, 8) == 8 && end[-1] == 0 && end[-9] == 'x');
	CHECK_ERRNO(syscall(__NR_uname, end - 10), EFAULT);
	CHECK_ERRNO(syscall(__NR_fstat, zero, end - 10), EFAULT);
	CHECK_ERRNO(pipe((int *)(end - 4)), EFAULT);
	CHECK_ERRNO(read(zero, end, 1), EFAULT);
	CHECK_ERRNO(write(fds[1], end, 1), EFAULT);
	CHECK(write(fds[1], end - 3, 3) == 3);
	memcpy(end - 5, "/dev", 5);
	CHECK(stat(end - 5, &st) == 0);
	memcpy(end - 4, "/dev", 4);		/* no NUL before the edge */
	CHECK_ERRNO(stat(end - 4, &st), EFAULT);
	CHECK_ERRNO(open(end - 4, O_RDONLY), EFAULT);
	CHECK_ERRNO(mkdir(end - 4, 0755), EFAULT);
	CHECK_ERRNO(rename("/no-such", end - 4), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, end - 4, NULL, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, "/bin/true", end - 4, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_nanosleep, end - 4, NULL), EFAULT);
}

/*
 * Checks the end of user space, which is the end of the stack, in the same way.
 */
static void end_of_user_space(void)
{
	char *end = (char *)0xC0000000u;
	int zero = open("/dev/zero", O_RDONLY),
	    null = open("/dev/null", O_WRONLY);

	if (!on_cowix())
		return;
	CHECK(write(null, end - 8, 8) == 8);
	CHECK_ERRNO(read(zero, end - 8, 9), EFAULT);
	CHECK_ERRNO(read(zero, end - 8, 0x40000010), EFAULT);	/* wraps */
	CHECK_ERRNO(read(zero, (char *)0xFFFFFFFF, 1), EFAULT);
	CHECK_ERRNO(syscall(__NR_uname, end - 1), EFAULT);
	CHECK_ERRNO(open(end, O_RDONLY), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, "/bin/true", end - 4, NULL), EFAULT);
}

static char *heap_end;

static int touch_end(void)
{
	*(volatile char *)heap_end = 1;
	return 0;
}

static void sbrk_edges(void)
{
	char *start = sbrk(0), *p;
	int zero = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < 5000; i++) {
		p = sbrk(1);
		CHECK(p == start + i);
		*p = 1;
	}
	CHECK(sbrk(-5000) == start + 5000 && sbrk(0) == start);
	sbrk(PAGE - (unsigned)start % PAGE);
	p = sbrk(4 * PAGE);
	memset(p, 1, 4 * PAGE);
	CHECK(sbrk(-PAGE) == p + 4 * PAGE);
	heap_end = p + 3 * PAGE;
	CHECK(signal_of(touch_end) == SIGSEGV);
	heap_end--;
	CHECK(signal_of(touch_end) == 0);
	/* memory given back is not the kernel's to use, either */
	CHECK_ERRNO(read(zero, p + 3 * PAGE, 10), EFAULT);
	if (on_cowix())		/* elsewhere there may be enough */
		CHECK(sbrk(0x7FFFFFFF) == (void *)-1);
	CHECK(brk((void *)16) == -1 && brk((void *)0xFFFFF000) == -1 &&
	      sbrk(0) == p + 3 * PAGE);
	CHECK(brk(start) == 0);
}

static int read_below_stack(void)
{
	char *sp;

	__asm__ volatile("movl %%esp, %0" : "=r"(sp));
	return *(volatile char *)(sp - 9 * 1024 * 1024) == 0;
}

static int write_text(void)
{
	*(volatile char *)(unsigned)write_text = 0x10;
	return 0;
}

static void stack_and_text(void)
{
	CHECK(signal_of(read_below_stack) == SIGSEGV);
	CHECK(signal_of(write_text) == SIGSEGV);
}

static char zeroes[64 * 1024];

static int bss_is_zero(void)
{
	for (size_t i = 0; i < sizeof(zeroes); i++)
		if (zeroes[i])
			return 1;
	memset(zeroes, 1, sizeof(zeroes));
	return 0;
}

static void bss(void)
{
	CHECK(status_of(bss_is_zero) == 0 && status_of(bss_is_zero) == 0);
}

static void bad_exec_arguments(void)
{
	for (int i = 0; i < 50; i++) {
		CHECK_ERRNO(syscall(__NR_execve, "/bin/true",
				    (unsigned[]){ 0xFFFFFFFF, 0 }, NULL),
			    EFAULT);
		CHECK_ERRNO(syscall(__NR_execve, "/bin/true",
				    (unsigned[]){ (unsigned)"x", 0x10, 0 },
				    NULL),
			    EFAULT);
		CHECK_ERRNO(syscall(__NR_execve, "", NULL, NULL), ENOENT);
	}
}

static int divide(void)
{
	volatile int zero = 0;

	return 10 / zero;
}

static int bad_segment(void)
{
	__asm__ volatile("movw %w0, %%ds" : : "r"(0x10)); /* the kernel's */
	return 0;
}

static int no_segment(void)
{
	__asm__ volatile("movw %w0, %%es" : : "r"(0x1F3B));
	return 0;
}

static int software_interrupt(void)
{
	__asm__ volatile("int $14");
	return 0;
}

static int device_interrupt(void)
{
	__asm__ volatile("int $0x20");
	return 0;
}

static int read_null(void)
{
	return *(volatile int *)0;
}

static int read_kernel(void)
{
	return *(volatile int *)0xFFFFF000;
}

static int write_kernel(void)
{
	*(volatile int *)(on_cowix() ? 0xC0100000 : 0xFFFFF000) = 0;
	return 0;
}

static int call_kernel(void)
{
	((void (*)(void))(on_cowix() ? 0xC0100000 : 0xFFFFF000))();
	return 0;
}

static void forbidden(void)
{
	CHECK(signal_of(divide) == SIGFPE);
	CHECK(signal_of(bad_segment) == SIGSEGV &&
	      signal_of(no_segment) == SIGSEGV);
	CHECK(signal_of(software_interrupt) == SIGSEGV &&
	      signal_of(device_interrupt) == SIGSEGV);
	CHECK(signal_of(read_null) == SIGSEGV &&
	      signal_of(read_kernel) == SIGSEGV);
	CHECK(signal_of(write_kernel) == SIGSEGV &&
	      signal_of(call_kernel) == SIGSEGV);
}

TESTS({ "edges", "pointers at the edge of what is mapped", edges },
      { "end_of_user_space", "and of user space", end_of_user_space },
      { "sbrk_edges", "the heap's end", sbrk_edges },
      { "stack_and_text", "below the stack, into the text", stack_and_text },
      { "bss", "zeroes are zero in each process", bss },
      { "bad_exec_arguments", "exec with bad arguments", bad_exec_arguments },
      { "forbidden",
	"division by zero, bad segments, interrupts, the kernel's memory",
	forbidden })
