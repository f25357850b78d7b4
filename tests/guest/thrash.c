/*
 * thrash KILOBYTES [PROCESSES [SEED [POLICY]]]: uses more memory than there is.
 * All processes share this much by fork, and write to it at random. Each word
 * tells page, process and number of writes, and is checked. Now and then each
 * process forks a child that checks some pages and ends. POLICY is the number
 * of xfork's policy; 0 uses all in turn.
 */
#include <cowix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define WORDS (PAGE / sizeof(unsigned))

static unsigned *memory, pages;
static unsigned char *writes;		/* to each page by this process */
static unsigned owner;	/* this process; 0 wrote every page first */
static int policy;

static unsigned word(unsigned page, unsigned who, unsigned times)
{
	return page * 2654435761u + who * 40503u + times;
}

static void write_page(unsigned page)
{
	unsigned value = word(page, owner, ++writes[page]);

	memory[page * WORDS] = memory[page * WORDS + WORDS / 2] =
		memory[page * WORDS + WORDS - 1] = value;
}

static void check_page(unsigned page)
{
	const unsigned *p = memory + page * WORDS;
	unsigned value = writes[page] ? word(page, owner, writes[page])
				      : word(page, 0, 1);

	if (p[0] != value || p[WORDS / 2] != value || p[WORDS - 1] != value ||
	    p[1] != 0) {
		printf("process %u, page %u, written %u times: %x %x %x, "
		       "not %x\n",
		       owner, page, writes[page], p[0], p[WORDS / 2],
		       p[WORDS - 1], value);
		exit(1);
	}
}

/* Forks. Returns -1 if there is no memory. */
static int fork_by_policy(void)
{
	static const int policies[] = { FORK_POLICY_COW, FORK_POLICY_LAZY,
					FORK_POLICY_OLD };
	static int turn;

	return xfork(policy ? policy : policies[turn++ % 3], NULL);
}

/* Checks every 16th page in a child. Without memory there is no child. */
static void look_from_child(void)
{
	int pid = fork_by_policy(), status;

	if (pid == 0) {
		for (unsigned page = rand() % 16; page < pages; page += 16)
			check_page(page);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status != 0) {
		printf("a child ended with %x\n", status);
		exit(1);
	}
}

static int work(unsigned seed)
{
	srand(seed);
	for (unsigned i = 0; i < pages; i++) {
		unsigned page = rand() % pages;

		check_page(page);
		if (rand() % 2)
			write_page(page);
		if (i % 700 == 699)
			look_from_child();
	}
	for (unsigned page = 0; page < pages; page++)
		check_page(page);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned processes = argc > 2 ? strtoul(argv[2], NULL, 10) : 1,
		 seed = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	int status, failed = 0;

	policy = argc > 4 ? strtol(argv[4], NULL, 10) : FORK_POLICY_COW;
	pages = argc > 1 ? strtoul(argv[1], NULL, 10) / (PAGE / 1024) : 256;
	memory = sbrk(pages * PAGE + PAGE);
	writes = calloc(pages, 1);
	if (memory == (void *)-1 || !writes) {
		printf("no memory\n");
		return 2;
	}
	memory = (unsigned *)(((unsigned long)memory + PAGE - 1) & -PAGE);
	for (unsigned page = 0; page < pages; page++)
		write_page(page);
	if (processes == 1)
		failed = work(seed);
	for (unsigned i = 1; i <= processes && processes > 1; i++)
		if (fork_by_policy() == 0) {
			memset(writes, 0, pages);
			owner = i;
			_exit(work(seed + i));
		}
	while (wait(&status) > 0)
		failed |= status;
	printf(failed ? "wrong\n" : "right\n");
	return failed != 0;
}
