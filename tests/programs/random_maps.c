/*
 * random_maps [seed [operations]]: random calls of mmap() and its relatives.
 * They use a few pages of anonymous memory and of two files, private and
 * shared. A process and its children make them, while the files are written and
 * cut. Prints each call's result, and at times each page's content and
 * permissions.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

#define PAGE	4096
#define PAGES	40
#define BASE	((char *)0x60000000)
#define FILES	2
#define FILE_PAGES 12
#define NR_XFORK 512		/* a call of Cowix's own */
#define DEPTH	3		/* of children of children */

enum { FORK_COW = 2, FORK_LAZY = 4 };

static unsigned seed = 1;
static int fds[FILES], depth;
static sigjmp_buf back;
static unsigned char vector[PAGES];

static unsigned dice(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static void on_fault(int sig)
{
	siglongjmp(back, sig);
}

/*
 * Returns what a page shows: its first byte, in capitals if it may be written.
 * SIGSEGV is - and SIGBUS is !.
 */
static int look(volatile char *p)
{
	volatile char c = '-';
	int sig = sigsetjmp(back, 1);

	if (sig && c == '-')
		return sig == SIGBUS ? '!' : '-';
	if (sig)
		return c;
	c = *p ? *p : 'o';
	*p = c == 'o' ? 0 : c;
	return c - 'a' + 'A';
}

static void show_pages(void)
{
	for (int i = 0; i < PAGES; i++)
		putchar(look(BASE + i * PAGE));
	printf(" %ld %ld\n", (long)lseek(fds[0], 0, SEEK_END),
	       (long)lseek(fds[1], 0, SEEK_END));
}

static void store(int page, char c)
{
	int sig = sigsetjmp(back, 1);

	if (sig == 0)
		*(volatile char *)(BASE + page * PAGE) = c;
	printf("store %d %c %d\n", page, c, sig);
}

static void result(const char *call, int first, int n, int flags, long r)
{
	printf("%s %d+%d %x: ", call, first, n, flags);
	if (r == -1)
		printf("%s\n", strerrorname_np(errno));
	else if (r >= (long)BASE && r <= (long)BASE + PAGES * PAGE)
		printf("page %ld\n", (r - (long)BASE) / PAGE);
	else
		printf("%ld\n", r);
}

static int random_prot(void)
{
	static const int prots[] = { PROT_NONE, PROT_READ,
				     PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_WRITE };

	return prots[dice(4)];
}

static void map(int first, int n)
{
	int flags = MAP_FIXED | (dice(2) ? MAP_SHARED : MAP_PRIVATE), fd = -1;

	if (dice(3) == 0)
		flags |= MAP_ANONYMOUS;
	else
		fd = fds[dice(FILES)];
	result("mmap", first, n, flags,
	       (long)mmap(BASE + first * PAGE, n * PAGE, random_prot(), flags,
			  fd, fd < 0 ? 0 : dice(FILE_PAGES) * PAGE));
}

/*
 * Grows or moves one page. Kernels differ in whether several are one mapping.
 */
static void change_size(int first, int n)
{
	int wanted = 1 + dice(8), to = dice(PAGES - 8), move = dice(2);
	char *p = BASE + first * PAGE, *moved;

	if (move || wanted > n)
		n = 1;
	if (move) {
		moved = mremap(p, PAGE, wanted * PAGE,
			       MREMAP_MAYMOVE | MREMAP_FIXED, BASE + to * PAGE);
		if (moved == MAP_FAILED && errno == EFAULT)
			/* Linux looks at one or the other first */
			errno = EINVAL;
		result("mremap to", first, n, wanted, (long)moved);
		if (moved == MAP_FAILED) /* what was there may have gone */
			munmap(BASE + to * PAGE, wanted * PAGE);
	} else if (first + wanted <= PAGES) {
		result("mremap", first, n, wanted,
		       (long)mremap(p, n * PAGE, wanted * PAGE, 0));
	}
}

/* Makes calls that read and write memory and files. */
static void use_file(int page)
{
	int file = dice(FILES), at = dice(FILE_PAGES) * PAGE,
	    c = 'a' + dice(26);
	char bytes[PAGE];

	/* Linux lets a file grow by nothing */
	if (look(BASE + page * PAGE) < 'A')
		return;
	switch (dice(4)) {
	case 0:
		memset(bytes, c, PAGE);
		result("pwrite", file, at, c,
		       pwrite(fds[file], bytes, PAGE, at));
		break;
	case 1:
		result("pwrite of page", file, at, page,
		       pwrite(fds[file], BASE + page * PAGE, PAGE, at));
		break;
	case 2:
		result("pread to page", file, at, page,
		       pread(fds[file], BASE + page * PAGE, PAGE, at));
		break;
	case 3:
		result("ftruncate", file, at, 0,
		       ftruncate(fds[file], at + dice(2) * 2000));
		break;
	}
}

static void operate(void);

/*
 * Forks; on Cowix by either policy of copying on write. A child with immediate
 * copies would not see later changes of files it maps privately.
 */
static int fork_somehow(void)
{
	int pid = syscall(NR_XFORK, dice(2) ? FORK_LAZY : FORK_COW, 0);

	return pid < 0 && errno == ENOSYS ? fork() : pid;
}

static void use_child(void)
{
	int operations = dice(12), status;

	if (depth == DEPTH)
		return;
	fflush(stdout);
	if (fork_somehow() == 0) {
		depth++;
		while (operations-- > 0)
			operate();
		show_pages();
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	printf("child %x\n", status);
	show_pages();
}

static void operate(void)
{
	static const int advice[] = { MADV_DONTNEED, MADV_PAGEOUT,
				      MADV_WILLNEED };
	int first = dice(PAGES), n = 1 + dice(dice(3) ? 4 : 12), how = dice(3);
	char *p = BASE + first * PAGE;

	if (first + n > PAGES)
		n = PAGES - first;
	switch (dice(16)) {
	case 0: case 1: case 2: map(first, n); break;
	case 3: result("munmap", first, n, 0, munmap(p, n * PAGE)); break;
	case 4:
	case 5:
		how = random_prot();
		result("mprotect", first, n, how, mprotect(p, n * PAGE, how));
		break;
	case 6: change_size(first, n); break;
	case 7:
		result("madvise", first, n, how,
		       madvise(p, n * PAGE, advice[how]));
		break;
	case 8:
		result("msync", first, n, how,
		       msync(p, n * PAGE, how ? MS_SYNC : MS_ASYNC));
		break;
	case 9:
		result("mincore", first, n, 0, mincore(p, n * PAGE, vector));
		break;
	case 10: use_file(first); break;
	case 11: use_child(); break;
	default: store(first, 'a' + dice(26)); break;
	}
	if (dice(8) == 0)
		show_pages();
}

int main(int argc, char *argv[])
{
	int operations = argc > 2 ? atoi(argv[2]) : 500;
	struct sigaction action = { .sa_handler = on_fault };

	if (argc > 1)
		seed = atoi(argv[1]);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	for (int i = 0; i < FILES; i++) {
		fds[i] = open(i ? "second" : "first",
			      O_RDWR | O_CREAT | O_TRUNC, 0600);
		ftruncate(fds[i], (FILE_PAGES - 3 * i) * PAGE);
	}
	while (operations-- > 0)
		operate();
	show_pages();
	return 0;
}
