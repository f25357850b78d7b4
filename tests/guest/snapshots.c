/*
 * A server that forks for snapshots of its memory while it is written to. The
 * variable MIB says how large it is, HOT how many of its pages the requests
 * change, and EVERY after how many requests it forks. It prints what a request
 * costs, for tests/test_fork.py and tools/snapshots.
 */
#include <check.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define PAGE 4096
#define ROUNDS 3

typedef unsigned long long u64;

static unsigned *memory;	/* of each page the first word counts writes */
static unsigned pages, hot, every;
static int requests[2], answers[2];

static unsigned number(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text ? atoi(text) : otherwise;
}

static u64 now(void)
{
	u64 t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

static unsigned *word_of(unsigned page)
{
	return &memory[page * (PAGE / 4)];
}

/* Returns how often the hot pages were written. */
static u64 sum(void)
{
	u64 all = 0;

	for (unsigned i = 0; i < hot; i++)
		all += *word_of(i);
	return all;
}

/* Runs as the client: asks for writes to any of the hot pages. */
static void ask(void)
{
	unsigned random = 1;
	char c;

	for (;;) {
		random = random * 1103515245 + 12345;
		if (write(requests[1], &random, sizeof(random)) <= 0 ||
		    read(answers[0], &c, 1) <= 0)
			_exit(0);
	}
}

static void serve(void)
{
	unsigned page;

	CHECK(read(requests[0], &page, sizeof(page)) == sizeof(page));
	(*word_of((page >> 8) % hot))++;
	CHECK(write(answers[1], "x", 1) == 1);
}

/* Forks a child that keeps the memory as it is until it is told to end. */
static int take_snapshot(int end[2])
{
	u64 before = sum();
	char c;
	int pid;

	CHECK(pipe(end) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		close(end[1]);
		_exit(read(end[0], &c, 1) != 0 || sum() != before);
	}
	close(end[0]);
	return pid;
}

/* Returns what a request costs, with snapshots or without. */
static unsigned cost_of_request(int snapshots)
{
	u64 begin = now();

	for (int i = 0; i < ROUNDS; i++) {
		int end[2], pid = snapshots ? take_snapshot(end) : 0;

		for (unsigned n = 0; n < every; n++)
			serve();
		if (!snapshots)
			continue;
		close(end[1]);
		CHECK(wait_status(pid) == 0);
	}
	return (now() - begin) / ROUNDS / every;
}

static void server(void)
{
	int pid;

	pages = number("MIB", 6) << 8;
	hot = number("HOT", 1000);
	every = number("EVERY", 1000);
	memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(memory != MAP_FAILED);
	CHECK(pipe(requests) == 0 && pipe(answers) == 0);
	pid = fork();
	if (pid == 0)
		ask();
	for (unsigned i = 0; i < pages; i++)
		*word_of(i) = i;
	printf("request alone: %u\n", cost_of_request(0));
	printf("request with snapshots: %u\n", cost_of_request(1));
	CHECK(kill(pid, SIGKILL) == 0 && wait_status(pid) == SIGKILL);
}

TESTS({ "server", "snapshots hold while a server is written to", server })
