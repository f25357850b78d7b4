/* Mappings shared between processes and with files, and mappings that move. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

#define PAGE	4096

static char *map(int pages, int protection, int flags, int fd, off_t offset)
{
	return mmap(NULL, pages * PAGE, protection, flags, fd, offset);
}

static void forks(void)
{
	char *own = map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	char *common = map(4, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (common == MAP_FAILED) {
		say("shared", -1);
		exit(1);
	}
	strcpy(own, "parent");
	strcpy(common, "parent");
	if (fork() == 0) {
		strcpy(own, "child");
		strcpy(common, "child");
		strcpy(common + 3 * PAGE, "page that nobody had touched");
		mprotect(own, PAGE, PROT_NONE);
		_exit(0);
	}
	wait(NULL);
	printf("%s %s %s\n", own, common, common + 3 * PAGE);
	munmap(own, 4 * PAGE);
	munmap(common, 4 * PAGE);
}

static void written_back(void)
{
	int fd = open("shared", O_RDWR | O_CREAT, 0600);
	char text[20] = "", *p;

	ftruncate(fd, 2 * PAGE);
	p = map(2, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		say("shared file", -1);
		return;
	}
	strcpy(p + PAGE, "through memory");
	pread(fd, text, 15, PAGE);
	printf("read: %s\n", text);
	pwrite(fd, "through write", 14, 0);
	printf("seen: %s\n", p);
	CALL(msync(p, 2 * PAGE, MS_SYNC));
	munmap(p, 2 * PAGE);
	pread(fd, text, 15, PAGE);
	printf("after: %s\n", text);
	close(fd);
	unlink("shared");
}

static void remapping(void)
{
	char *p = map(2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0),
	     *q;

	strcpy(p + PAGE, "kept");
	q = mremap(p, 2 * PAGE, 300 * PAGE, MREMAP_MAYMOVE);
	if (q == MAP_FAILED) {
		say("mremap", -1);
		return;
	}
	printf("%s %d\n", q + PAGE, q[299 * PAGE]);
	q = mremap(q, 300 * PAGE, PAGE, 0);
	CALL(q != MAP_FAILED);
	printf("%s\n",
	       strerrorname_np(msync(q + PAGE, PAGE, MS_ASYNC) ? errno : 0));
	CALL(madvise(q, PAGE, MADV_DONTNEED));
	printf("%d\n", q[0]);
}

/* Checks refusals of mremap(): places, flags, and more than one area. */
static void refused_places(char *p, char *to)
{
	CALL(mremap(to, PAGE, PAGE, MREMAP_FIXED, p + PAGE) == p + PAGE);
	CALL(mremap(to, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    p + PAGE + 1) == p + PAGE);
	CALL(mremap(to, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    to + PAGE) == p + PAGE);
	CALL(mremap(to + PAGE, 2 * PAGE, 2 * PAGE,
		    MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	CALL(mremap(to, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    (void *)0xFFFFF000) == p);
	/* from nowhere */
	CALL(mremap(p + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	     to);
	to = map(3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*to = 'y';
	mprotect(to + PAGE, PAGE, PROT_READ);
	/* two areas */
	CALL(mremap(to, 3 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    p + PAGE) == p + PAGE);
	/* one is left */
	CALL(mremap(to, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    p + PAGE) == p + PAGE);
	printf("%c%c%c\n", p[0], p[PAGE], p[3 * PAGE]);
}

/*
 * Moves a mapping to a given place. It replaces what was there, and stays
 * copied on write or shared as before.
 */
static void remapping_fixed(void)
{
	char *p = map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	char *to = map(8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	char *common = map(2, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	for (int i = 0; i < 4; i++)
		p[i * PAGE] = 'a' + i;
	memset(to, 'x', 8 * PAGE);
	strcpy(common + PAGE, "common");
	pid = fork();
	CALL(mremap(p + PAGE, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    to + PAGE) == to + PAGE);
	printf("%c%c%c%d%d%c\n", to[0], to[PAGE], to[2 * PAGE], to[3 * PAGE],
	       to[4 * PAGE], to[5 * PAGE]);
	to[PAGE] = pid ? 'P' : 'C';
	printf("%s %s\n",
	       strerrorname_np(msync(p + PAGE, PAGE, MS_ASYNC) ? errno : 0),
	       strerrorname_np(msync(p + 3 * PAGE, PAGE, MS_ASYNC) ? errno
								   : 0));
	CALL(mremap(common, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    to + 5 * PAGE) == to + 5 * PAGE);
	if (pid == 0) {
		strcpy(to + 6 * PAGE, "from the child");
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	printf("%c %s\n", to[PAGE], to + 6 * PAGE);
	refused_places(p, to);
}

/* Counts in one word by several processes, each in its turn. */
static void counting(void)
{
	volatile int *word = (int *)map(1, PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			for (int j = 0; j < 200; j++) {
				while (word[0] % 4 != i)
					usleep(100);
				word[1 + i] += word[0];
				word[0]++;	/* gives the turn away */
			}
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	printf("%d %d %d %d %d\n", word[0], word[1], word[2], word[3], word[4]);
}

int main(void)
{
	forks();
	written_back();
	remapping();
	fflush(stdout);
	remapping_fixed();
	fflush(stdout);
	counting();
	return 0;
}
