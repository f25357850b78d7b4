/*
 * pages
 * Has sixteen pages, and does with them what its reader types: fork, lazy,
 * read, write N, exit; where: their address. The child takes the words until
 * it exits. The page in web/ shows what becomes of the frames.
 */
#include <cowix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

#define PAGE 4096
#define PAGES 16

static char pages[PAGES][PAGE] __attribute__((aligned(PAGE)));

/* Waits for the child. When it is gone, its parent takes the words again. */
static void wait_for(int child)
{
	if (child < 0) {
		printf("fork failed\n");
		return;
	}
	waitpid(child, NULL, 0);
	printf("%d: my child has gone\n", getpid());
}

static void do_fork(int child)
{
	if (child)
		wait_for(child);
	else
		printf("%d: I am the child\n", getpid());
}

static void do_where(void)
{
	printf("%d: %d pages at %08lx\n", getpid(), PAGES,
	       (unsigned long)pages);
}

static void do_read(void)
{
	int sum = 0;

	for (int i = 0; i < PAGES; i++)
		sum += pages[i][0];
	printf("%d: I have read %d pages, the sum is %d\n", getpid(), PAGES,
	       sum);
}

static void do_write(unsigned page)
{
	if (page >= PAGES) {
		printf("there are pages 0 to %d\n", PAGES - 1);
		return;
	}
	pages[page][0]++;
	printf("%d: I have written page %u at %08lx\n", getpid(), page,
	       (unsigned long)pages[page]);
}

static void obey(const char *word, unsigned page)
{
	if (strcmp(word, "fork") == 0)
		do_fork(fork());
	else if (strcmp(word, "lazy") == 0)
		do_fork(xfork(FORK_POLICY_LAZY, NULL));
	else if (strcmp(word, "where") == 0)
		do_where();
	else if (strcmp(word, "read") == 0)
		do_read();
	else if (strcmp(word, "write") == 0)
		do_write(page);
	else if (strcmp(word, "exit") == 0)
		exit(0);
	else
		printf("words: fork lazy where read write N exit\n");
}

int main(int argc, char **argv)
{
	char line[80];
	(void)argc;

	util_init(argv[0]);
	memset(pages, 1, sizeof(pages));
	do_where();
	for (;;) {
		char *word;

		printf("pages> ");
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		word = strtok(line, " \n");
		if (word) {
			char *number = strtok(NULL, " \n");

			obey(word, number ? strtoul(number, NULL, 10) : 0);
		}
	}
}
