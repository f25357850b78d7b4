/*
 * The processor's exceptions as programs see them: signal, code, address, and
 * going on after a handler's repair.
 */
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include <fcntl.h>
#include "say.h"

#define PAGE	4096

static sigjmp_buf back;
static char *base;
static volatile int mended;

static void report(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	long offset = (char *)info->si_addr - base;

	printf("  %s code %d", sigabbrev_np(number), info->si_code);
	if (offset >= 0 && offset < 4 * PAGE)
		printf(" at base + %ld", offset);
	else if ((uintptr_t)info->si_addr < PAGE)
		printf(" at %ld", (long)info->si_addr);
	if (number == SIGSEGV)
		printf(", trap %d, write %d, cr2 %d",
		       uc->uc_mcontext.gregs[REG_TRAPNO],
		       !!(uc->uc_mcontext.gregs[REG_ERR] & 2),
		       uc->uc_mcontext.cr2 == (unsigned long)info->si_addr);
	putchar('\n');
	siglongjmp(back, 1);
}

static void mend(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	mended++;
	mprotect((void *)((uintptr_t)info->si_addr & -PAGE), PAGE,
		 PROT_READ | PROT_WRITE);
}

static void handle(void (*handler)(int, siginfo_t *, void *))
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL,
				       SIGTRAP };
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO };

	for (int i = 0; i < 5; i++)
		sigaction(numbers[i], &action, NULL);
}

#define TRY(what) \
	do { \
		printf("%s\n", #what); \
		if (sigsetjmp(back, 1) == 0) { \
			what; \
			printf("  nothing\n"); \
		} \
	} while (0)

static volatile int zero, one = 1, result;
static volatile char *p;

static void memory(void)
{
	base = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p = base;
	TRY(p[5] = 1);
	mprotect(base, PAGE, PROT_READ);
	TRY(p[7] = 1);
	TRY(result = p[5]);
	mprotect(base + PAGE, PAGE, PROT_NONE);
	TRY(result = p[PAGE + 9]);
	TRY(p[PAGE + 9] = 1);
	munmap(base + 2 * PAGE, PAGE);
	TRY(result = p[2 * PAGE + 1]);
	TRY(p[3 * PAGE] = 1);
	TRY(result = *(volatile char *)(uintptr_t)(zero + 16));
	TRY(((void (*)(void))(uintptr_t)(zero + 32))());
	TRY(*(volatile int *)(uintptr_t)abort = 1);
	TRY(result = *(volatile int *)(0xC0000000 + zero));
}

static void arithmetic(void)
{
	base = NULL;
	TRY(result = one / zero);
	TRY(result = (int)0x80000000 / -one);
	TRY(asm volatile("ud2"));
	TRY(asm volatile("int3"));
	TRY(asm volatile("hlt"));
	TRY(asm volatile("cli"));
	TRY(asm volatile("into" :: "a"(0)));
	TRY(asm volatile("bound %0, %1" ::"r"(5),
			 "m"(*(const long long *)"\0\0\0\0\3\0\0\0")));
	feenableexcept(FE_DIVBYZERO);
	TRY(volatile long double x = one; x = x / zero; asm volatile("fwait"));
	fedisableexcept(FE_ALL_EXCEPT);
	feclearexcept(FE_ALL_EXCEPT);
	feenableexcept(FE_INVALID);
	TRY(volatile double x = zero; x = x / x; result = x;
	    asm volatile("fwait"));
	fedisableexcept(FE_ALL_EXCEPT);
	feclearexcept(FE_ALL_EXCEPT);
}

static void mapped_file(void)
{
	int fd = open("short", O_RDWR | O_CREAT, 0644);

	if (write(fd, "short", 5) != 5)
		return;
	base = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	p = base;
	TRY(result = p[4]);
	TRY(result = p[100]);
	printf("  %d\n", result);
	TRY(result = p[PAGE + 1]);
	TRY(p[2 * PAGE] = 1);
	close(fd);
	unlink("short");
}

/* Uses a garbage collector's barrier: every page faults once. */
static void barriers(void)
{
	enum { PAGES = 256 };
	char *area = mmap(NULL, PAGES * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int sum = 0;

	handle(mend);
	for (int i = 0; i < PAGES; i++)
		area[i * PAGE + i] = i;
	for (int i = 0; i < PAGES; i++)
		sum += (unsigned char)area[i * PAGE + i];
	printf("mended %d, sum %d\n", mended, sum);
	munmap(area, PAGES * PAGE);
}

/*
 * Grows the stack until its limit. The fault there arrives on the other stack.
 */
static void recurse(int n)
{
	volatile char room[5000];

	room[0] = n;
	if (n > 0)
		recurse(n - 1);
	room[1] = room[0];
}

static void stack(void)
{
	stack_t other = { .ss_sp = malloc(65536), .ss_size = 65536 };
	struct sigaction action = { .sa_sigaction = report,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };

	TRY(recurse(1000));
	sigaltstack(&other, NULL);
	sigaction(SIGSEGV, &action, NULL);
	base = NULL;
	TRY(recurse(100000));
}

int main(void)
{
	handle(report);
	memory();
	arithmetic();
	mapped_file();
	barriers();
	handle(report);
	stack();
	return 0;
}
