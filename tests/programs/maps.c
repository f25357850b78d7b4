/*
 * Mappings: anonymous and of files, fixed places, parts taken out, protections,
 * advice, code made at run time.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "say.h"

#define PAGE	4096

/*
 * Returns a word for what a byte allows, read or write. System calls on a pipe
 * tell.
 */
static const char *access_of(char *p)
{
	int fds[2], can_read, can_write;

	pipe(fds);
	can_read = write(fds[1], p, 1) == 1;
	if (!can_read)
		write(fds[1], "x", 1);
	can_write = read(fds[0], p, 1) == 1;
	close(fds[0]);
	close(fds[1]);
	if (can_read)
		return can_write ? "rw" : "r-";
	return can_write ? "-w" : "--";
}

static void show(const char *what, char *p, int pages)
{
	printf("%s:", what);
	for (int i = 0; i < pages; i++)
		printf(" %s", access_of(p + i * PAGE));
	putchar('\n');
}

static char *map(int pages, int protection, int flags, int fd, off_t offset)
{
	return mmap(NULL, pages * PAGE, protection, flags, fd, offset);
}

static void parts(void)
{
	char *p = map(8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);

	show("fresh", p, 8);
	for (int i = 0; i < 8; i++)
		p[i * PAGE] = 'a' + i;
	CALL(munmap(p + 2 * PAGE, 2 * PAGE));
	CALL(mprotect(p + 5 * PAGE, PAGE, PROT_READ));
	CALL(mprotect(p + 6 * PAGE, 2 * PAGE, PROT_NONE));
	show("changed", p, 8);
	CALL(mprotect(p, 8 * PAGE, PROT_READ));
	show("over a hole", p, 8);
	CALL(mmap(p + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		  0) == p + 3 * PAGE);
	CALL(mprotect(p + 3 * PAGE, 5 * PAGE, PROT_READ | PROT_WRITE));
	show("filled", p, 8);
	printf("%c%c%d%c%c\n", p[0], p[PAGE], p[3 * PAGE], p[4 * PAGE],
	       p[7 * PAGE]);
	CALL(munmap(p, 8 * PAGE));
	CALL(munmap(p, 8 * PAGE));
	show("gone", p, 8);
	CALL(munmap(p + 1, PAGE));
	CALL(munmap(p, 0));
	CALL(mprotect(p, PAGE, PROT_READ));
	CALL(mprotect(p + 1, PAGE, PROT_READ));
	CALL(map(0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	     MAP_FAILED);
	CALL(map(1, PROT_READ, MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	CALL(map(1, PROT_READ, MAP_PRIVATE, 99, 0) != MAP_FAILED);
	CALL(mmap((void *)0xFFFFF000, 2 * PAGE, PROT_READ,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		  0) != MAP_FAILED);
}

static void files(void)
{
	int fd = open("mapped", O_RDWR | O_CREAT, 0600);
	char *own, *common, text[20] = "";

	for (int i = 0; i < 3 * PAGE; i += 8) {
		snprintf(text, sizeof(text), "%07d", i);
		write(fd, text, 8);
	}
	write(fd, "tail", 4);
	own = map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	printf("%s %s %s %d\n", own, own + 2 * PAGE + 8, own + 3 * PAGE,
	       own[3 * PAGE + 5]);
	strcpy(own, "private");
	pread(fd, text, 8, 0);
	printf("file still %s\n", text);
	pwrite(fd, "written", 8, PAGE);
	printf("untouched page sees %s, touched page %s\n", own + PAGE, own);
	char *second = map(1, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
	printf("from page 2: %s\n", second);
	CALL(map(1, PROT_READ, MAP_PRIVATE, fd, 100) != MAP_FAILED);
	close(fd);
	printf("after close: %s\n", second + 16);
	munmap(own, 4 * PAGE);
	munmap(second, PAGE);
	fd = open("mapped", O_RDONLY);
	CALL(map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	CALL(map(1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	common = map(1, PROT_READ, MAP_SHARED, fd, 0);
	printf("shared for reading: %s\n",
	       common == MAP_FAILED ? strerrorname_np(errno) : common);
	close(fd);
	fd = open("mapped", O_WRONLY);
	CALL(map(1, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED);
	close(fd);
	unlink("mapped");
}

static void advice(void)
{
	char *p = map(3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);

	strcpy(p, "kept");
	strcpy(p + PAGE, "thrown away");
	CALL(madvise(p + PAGE, PAGE, MADV_DONTNEED));
	printf("%s %d\n", p, p[PAGE]);
	CALL(madvise(p, 3 * PAGE, MADV_SEQUENTIAL));
	CALL(madvise(p, PAGE, 12345));
	CALL(madvise(p + 1, PAGE, MADV_NORMAL));
	munmap(p + PAGE, PAGE);
	CALL(madvise(p, 3 * PAGE, MADV_WILLNEED));
}

/* Makes a function at run time. */
static void code(void)
{
	static const unsigned char add[] = { 0x8B, 0x44, 0x24, 0x04, 0x03,
					     0x44, 0x24, 0x08, 0xC3 };
	char *p = map(1, PROT_READ | PROT_WRITE | PROT_EXEC,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int (*f)(int, int);

	memcpy(p, add, sizeof(add));
	f = (int (*)(int, int))p;
	printf("%d\n", f(20, 22));
}

/* Makes many areas, and removes them in an order of their own. */
static void many(void)
{
	enum { N = 500 };
	static char *areas[N];
	int bad = 0;

	for (int i = 0; i < N; i++) {
		areas[i] = map(1 + i % 3, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (areas[i] != MAP_FAILED)
			memset(areas[i], i, PAGE);
	}
	for (int i = 0; i < N; i++) {
		int j = i * 77 % N;

		bad += areas[j] == MAP_FAILED ||
		       (unsigned char)areas[j][100] != j % 256 ||
		       munmap(areas[j], (1 + j % 3) * PAGE) != 0;
	}
	printf("many: %d bad\n", bad);
	char *big = mmap(NULL, 512u << 20, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (big == MAP_FAILED) {
		say("big", -1);
		return;
	}
	CALL(mprotect(big + (100 << 20), PAGE, PROT_READ | PROT_WRITE));
	big[100 << 20] = 1;
	CALL(munmap(big, 512u << 20));
}

int main(void)
{
	parts();
	files();
	advice();
	code();
	many();
	return 0;
}
