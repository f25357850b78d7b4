/*
 * readahead [seed], in the current folder: two writers each change, cut, extend
 * and sync a file. Others read both in order, at random, and mapped. Each word
 * read must belong to its place, or be a hole. Each writer knows what its file
 * must hold. It needs more data than memory to be of use.
 * tests/test_readahead.py starts it.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <abi/mman.h>
#include <abi/unistd.h>

#define FILES 2
#define UNIT 512
#define UNITS 6144			/* of a file, at most 3 MB */
#define PIECE 64			/* units written at a time */
#define ROUNDS 400
#define PAGE 4096

static unsigned seed = 1;
static unsigned words[PIECE * UNIT / 4];

static unsigned dice(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static int read_at(int fd, void *to, unsigned n, unsigned place)
{
	return syscall(__NR_pread64, fd, to, n, place, 0);
}

static const char *name_of(unsigned file)
{
	return file ? "second" : "first";
}

/*
 * Returns a word of a file, made of file, version of its unit, and place.
 * Version 0 was never written.
 */
static unsigned word(unsigned file, unsigned times, unsigned place)
{
	return times ? (file + 1) << 28 | times << 20 | place : 0;
}

static void check_words(unsigned file, unsigned first, int n)
{
	for (int i = 0; i < n; i++)
		if (words[i] && (words[i] & 0xF00FFFFF) !=
					((file + 1) << 28 | (first + i))) {
			printf("%s, word %u: %x\n", name_of(file), first + i,
			       words[i]);
			CHECK(!"the word is in its place");
		}
}

static void write_units(int fd, unsigned file, unsigned char *times,
			unsigned first, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		times[first + i] = times[first + i] % 255 + 1;
		for (unsigned j = 0; j < UNIT / 4; j++)
			words[i * UNIT / 4 + j] =
				word(file, times[first + i],
				     (first + i) * UNIT / 4 + j);
	}
	CHECK(lseek(fd, first * UNIT, SEEK_SET) == (long)(first * UNIT) &&
	      write(fd, words, n * UNIT) == (int)(n * UNIT));
}

static void verify(int fd, unsigned file, const unsigned char *times,
		   unsigned units)
{
	struct stat st;

	CHECK(fstat(fd, &st) == 0 && st.st_size == units * UNIT &&
	      lseek(fd, 0, SEEK_SET) == 0);
	for (unsigned unit = 0; unit < units; unit++) {
		CHECK(read(fd, words, UNIT) == UNIT);
		for (unsigned j = 0; j < UNIT / 4; j++)
			CHECK(words[j] ==
			      word(file, times[unit], unit * UNIT / 4 + j));
	}
}

static void writer(unsigned file)
{
	static unsigned char times[UNITS];
	int fd = open(name_of(file), O_RDWR);
	unsigned units = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned n = 1 + dice(PIECE),
			 first = dice(3) ? units : dice(UNITS);

		first = first + n > UNITS ? UNITS - n : first;
		write_units(fd, file, times, first, n);
		units = first + n > units ? first + n : units;
		if (dice(12) == 0) {
			units = dice(UNITS);
			CHECK(ftruncate(fd, units * UNIT) == 0);
			memset(times + units, 0, UNITS - units);
		}
		if (dice(20) == 0)
			CHECK(fsync(fd) == 0);
		if (dice(80) == 0)
			verify(fd, file, times, units);
	}
	verify(fd, file, times, units);
}

static void reader(unsigned in_order)
{
	for (;;) {
		unsigned file = dice(FILES),
			 place = in_order ? 0 : dice(UNITS) * UNIT;
		int fd = open(name_of(file), O_RDONLY), n;

		for (unsigned i = 0; (in_order || i < 20) &&
				     (n = read_at(fd, words, PAGE, place)) > 0;
		     i++) {
			check_words(file, place / 4, n / 4);
			place = in_order ? place + n : dice(UNITS) * UNIT;
		}
		CHECK(n >= 0 && close(fd) == 0);
	}
}

/*
 * Reads mapped pages. A page beyond the end is SIGBUS, which ends the process.
 */
static void mapper(unsigned pages)
{
	for (;;) {
		unsigned file = dice(FILES),
			 first = dice(UNITS * UNIT / PAGE - pages);
		int fd = open(name_of(file), O_RDONLY), pid = fork();

		CHECK(fd >= 0 && pid >= 0);
		if (pid == 0) {
			unsigned args[] = { 0,         pages * PAGE,
					    PROT_READ, MAP_PRIVATE,
					    fd,        first * PAGE };
			char *map = (char *)syscall(__NR_mmap, args);

			CHECK((long)map != -1);
			for (unsigned i = 0; i < pages; i++) {
				/* not byte by byte: a word is old or new */
				for (unsigned j = 0; j < PAGE / 4; j++)
					words[j] =
						((volatile unsigned *)
							 map)[i * PAGE / 4 + j];
				check_words(file, (first + i) * PAGE / 4,
					    PAGE / 4);
			}
			_exit(0);
		}
		int status = wait_status(pid);

		CHECK(close(fd) == 0 &&
		      (status == 0 || WTERMSIG(status) == SIGBUS));
	}
}

static int start(void (*work)(unsigned), unsigned arg)
{
	int pid = fork();

	CHECK(pid >= 0);
	seed += 7919;
	if (pid == 0) {
		work(arg);
		_exit(0);
	}
	return pid;
}

static void together(void)
{
	int writers[FILES], others[] = { 0, 0, 0, 0 };

	for (unsigned file = 0; file < FILES; file++)
		writers[file] = start(writer, file);
	others[0] = start(reader, 1);
	others[1] = start(reader, 1);
	others[2] = start(reader, 0);
	others[3] = start(mapper, 16);
	for (unsigned file = 0; file < FILES; file++)
		CHECK(wait_status(writers[file]) == 0);
	for (unsigned i = 0; i < 4; i++) {
		/* found nothing wrong */
		CHECK(waitpid(others[i], NULL, WNOHANG) == 0);
		kill(others[i], SIGKILL);
		wait_status(others[i]);
	}
	for (unsigned file = 0; file < FILES; file++)
		CHECK(truncate(name_of(file), 0) == 0);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "together", "readers, writers, truncation at once",
		  together },
		{ 0 }
	};

	if (argc > 1)
		seed = atoi(argv[1]);
	for (unsigned file = 0; file < FILES; file++)
		CHECK(close(open(name_of(file), O_WRONLY | O_CREAT | O_TRUNC,
				 0644)) == 0);
	return run_tests(tests, 1, argv);
}
