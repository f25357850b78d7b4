/*
 * Pipes, FPU registers and pseudo-terminals while every allocation sleeps,
 * since programs want more memory than there is (test_swap.py).
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define HOGS 3
#define MEGABYTES 4		/* of each hog */
#define SECONDS 8
#define RECORD 64
#define WRITERS 4
#define BATCH 128		/* records */

static volatile int *wrong;	/* faults found, seen by all processes */

static int start(void (*run)(int), int arg)
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		run(arg);
		_exit(0);
	}
	return pid;
}

static void hog(int seed)
{
	static const char text[] =
		"SECRETofAnotherProcess..SECRETofAnotherProcess.."
		"SECRETofAnother";
	unsigned x = seed + 1, places = MEGABYTES << 14;
	char *p = mmap(NULL, MEGABYTES << 20, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	for (;;) {
		x = x * 1664525 + 1013904223;
		memcpy(p + (x >> 4) % places * RECORD, text, RECORD);
	}
}

/* Lets them run for a while beside hogs, then ends all. */
static void press(const int *pids, int n)
{
	int hogs[HOGS], end;

	for (int i = 0; i < HOGS; i++)
		hogs[i] = start(hog, i);
	for (end = now_ms() + SECONDS * 1000; now_ms() < end && !*wrong;)
		sleep_ms(100);
	for (int i = 0; i < HOGS; i++)
		CHECK(kill(hogs[i], SIGKILL) == 0);
	for (int i = 0; i < n; i++)
		CHECK(kill(pids[i], SIGKILL) == 0);
	while (waitpid(-1, NULL, 0) > 0)
		;
	CHECK(*wrong == 0);
}

static void prepare(void)
{
	wrong = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(wrong != MAP_FAILED);
}

static int fds[2];

/* Writes numbered records of one letter. */
static void write_records(int who)
{
	unsigned char record[RECORD];

	for (unsigned n = 0;; n++) {
		memset(record, 'A' + who, RECORD);
		memcpy(record, &n, sizeof(n));
		CHECK(write(fds[1], record, RECORD) == RECORD);
	}
}

/* Returns 1 if it is its writer's next record. */
static int good_record(const unsigned char *record, unsigned *next)
{
	unsigned n, who = record[RECORD - 1] - 'A';

	if (who >= WRITERS)
		return 0;
	for (int i = sizeof(n); i < RECORD; i++)
		if (record[i] != 'A' + who)
			return 0;
	memcpy(&n, record, sizeof(n));
	return n == next[who]++;
}

static void read_records(int unused)
{
	static unsigned char records[BATCH * RECORD];
	unsigned next[WRITERS] = { 0 };

	for (;;) {
		for (int got = 0; got < BATCH * RECORD;) {
			int n = read(fds[0], records + got,
				     BATCH * RECORD - got);

			CHECK(n > 0);
			got += n;
		}
		for (int i = 0; i < BATCH; i++)
			if (!good_record(records + i * RECORD, next))
				++*wrong;
	}
	(void)unused;
}

static void pipes(void)
{
	int pids[2 * (WRITERS + 1)], n = 0;

	prepare();
	for (int i = 0; i < 2; i++) {
		CHECK(pipe(fds) == 0);
		for (int who = 0; who < WRITERS; who++)
			pids[n++] = start(write_records, who);
		pids[n++] = start(read_records, 0);
		CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
	}
	press(pids, n);
}

/* Keeps a number in an FPU register, and checks it. */
static void keep_register(int who)
{
	double mine = 1000 + who, there;

	for (;;) {
		__asm__ volatile(
			"fninit; fldl %1; mov $200000, %%ecx\n"
			"1: dec %%ecx; jnz 1b; fstpl %0"
			: "=m"(there) : "m"(mine) : "ecx", "memory");
		if (memcmp(&there, &mine, sizeof(mine)))
			++*wrong;
	}
}

/* Starts processes that use the FPU for the first time. */
static void begin_often(int unused)
{
	static const double other = 7777;
	int pids[20];

	for (;;) {
		for (int i = 0; i < 20; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				__asm__ volatile("fninit; fldl %0; fldl %0"
						 : : "m"(other));
				sleep_ms(100);
				_exit(0);
			}
		}
		for (int i = 0; i < 20; i++)
			if (pids[i] > 0)
				waitpid(pids[i], NULL, 0);
	}
	(void)unused;
}

static void registers(void)
{
	int pids[5];

	prepare();
	for (int i = 0; i < 3; i++)
		pids[i] = start(keep_register, i);
	for (int i = 3; i < 5; i++)
		pids[i] = start(begin_often, 0);
	press(pids, 5);
}

static void open_often(int unused)
{
	for (;;) {
		int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);

		if (fd >= 0)
			close(fd);
	}
	(void)unused;
}

static void terminals(void)
{
	int pids[5];

	prepare();
	for (int i = 0; i < 5; i++)
		pids[i] = start(open_often, 0);
	press(pids, 5);
}

/* Prints "right" if nothing was wrong. Otherwise CHECK ends it. */
int main(void)
{
	pipes();
	registers();
	terminals();
	printf("right\n");
	return 0;
}
