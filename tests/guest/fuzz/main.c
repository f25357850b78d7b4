/*
 * fuzz run SEED ROUNDS user|root|both [NAMES]: the supervisor. It prints its
 * progress, and a report at the end or the first fault. Deeds with these names
 * are left out, to find the guilty one; `sleeps` means the planned ones.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "fuzz.h"

#define TELL	10			/* rounds between lines */

struct shared *shared;
int as_root, protected_pids;
const char *left_out;

void report(int hole)
{
	shared->hole = HOLE + hole;
}

static unsigned sum(const unsigned *counts)
{
	unsigned all = 0;

	for (int i = 0; i < CALLS; i++)
		all += counts[i];
	return all;
}

static void tell(const char *what, int round)
{
	printf("%s %d calls %u succeeded %u\n", what, round, sum(shared->tried),
	       sum(shared->succeeded));
	fflush(stdout);
}

static void tell_all(void)
{
	for (int i = 0; i < CALLS; i++)
		if (shared->tried[i])
			printf("call %d %u %u\n", i, shared->tried[i],
			       shared->succeeded[i]);
}

static void copy_program(const char *from, const char *to)
{
	static char block[PAGE];
	int in = open(from, O_RDONLY), n;
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	while ((n = read(in, block, sizeof(block))) > 0)
		write(out, block, n);
	close(in);
	close(out);
}

/* Makes the files for the workers, and the secret that they must not read. */
static void prepare(void)
{
	int fd;

	remove_litter();		/* of a run before this one */
	fd = open(SECRET, O_WRONLY | O_CREAT, 0600);
	write(fd, "secret", 6);
	close(fd);
	close(open(MARKS, O_WRONLY | O_CREAT, 0600));
	chmod("/root", 0700);
	copy_program("/tests/fuzz", VICTIM);
	chmod(VICTIM, 04755);
	mount("proc", "/proc", "proc", 0, NULL);
	shared = mmap((void *)0x60000000, sizeof(*shared), 3,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memset(shared, 0, sizeof(*shared));
}

static int failed(int round, const char *what)
{
	tell("FAILED round", round);
	printf("FAILED: %s\n", what);
	return 1;
}

#define WARM_UP	3		/* rounds until all that is used is there */

/* Runs rounds until something is wrong. */
static int run(unsigned seed, int rounds, const char *who)
{
	const char *wrong = NULL;

	for (int round = 0; round < rounds; round++) {
		unsigned its_seed = seed * 7919 + round * 104729 + 1;

		as_root = *who == 'r' || (*who == 'b' && round % 2);
		wrong = run_round(its_seed);
		if (!wrong)
			wrong = verdict();
		if (round < WARM_UP) {
			take_baseline();
			wrong = NULL;
		}
		if (wrong)
			return failed(round, wrong);
		if (round % TELL == TELL - 1)
			tell("round", round + 1);
	}
	tell("done", rounds);
	return 0;
}

int main(int argc, char **argv)
{
	int error;

	if (argc >= 2 && strcmp(argv[1], "work") == 0)
		worker_main(argc, argv);
	if (argc >= 2 && strcmp(argv[1], "victim") == 0)
		victim_main();
	if (argc < 5 || strcmp(argv[1], "run") != 0 || getppid() == 0)
		return 2;
	left_out = argv[5];
	prepare();
	protected_pids = start_canary();
	error = run(atoi(argv[2]), atoi(argv[3]), argv[4]);
	tell_all();
	kill(protected_pids, SIGKILL);		/* others may fuzz again */
	return error;
}
