/* Lab 9: where the hand stands, and whom it passes. Swap is on. */
#include <check.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define PAGE 4096u
#define RW (PROT_READ | PROT_WRITE)
#define AT_A_TIME 16	/* pages that are written together */
#define FEW 100		/* of a child, or locked */
#define MOST 16384	/* 64 MB */
#define TABLE 1024	/* pages of one page table */

static char *memory;
static unsigned room;		/* pages that fit into memory, or more */
static unsigned pages;		/* of memory[], written so far */

static char *map(unsigned n)
{
	char *p = mmap(NULL, n * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void begin(void)
{
	struct sysinfo info;

	CHECK(pages_info(&info) == 0 && info.freeswap > 2 * info.totalram);
	room = info.totalram;
	CHECK(2 * room <= MOST);
	memory = map(2 * room);
	pages = 0;
}

/* Writes to the first page that was not written yet. */
static void write_one(void)
{
	memory[pages * PAGE] = pages + 1;
	pages++;
}

static unsigned char there[MOST];	/* which pages look() has found */

/*
 * Sets there[] to 1 for each page that is in memory. Uses no page of p. Returns
 * how many are not.
 */
static unsigned look(char *p, unsigned n)
{
	unsigned missing = 0;

	CHECK(syscall(__NR_mincore, p, n * PAGE, there) == 0);
	for (unsigned i = 0; i < n; i++) {
		there[i] &= 1;
		missing += !there[i];
	}
	return missing;
}

/* Returns the first page of memory[] that is not in memory. */
static unsigned first_missing(void)
{
	unsigned i = 0;

	look(memory, pages);
	while (there[i])
		i++;
	return i;
}

/* Writes until this many pages of memory[] have gone. */
static void write_until_gone(unsigned n)
{
	while (look(memory, pages) < n) {
		CHECK(pages < 2 * room);
		write_one();
	}
}

/*
 * A page comes back behind the hand. It has a whole turn before it can go
 * again, though others go from then on, in the order of their addresses.
 */
static void hand_stays(void)
{
	unsigned page, missing;

	begin();
	write_until_gone(AT_A_TIME);
	page = first_missing();
	memory[page * PAGE]++;
	missing = look(memory, pages);
	write_until_gone(missing + 5 * AT_A_TIME);
	CHECK(there[page]);
	for (unsigned i = page + 1; i <= page + 5 * AT_A_TIME; i++)
		CHECK(!there[i]);
}

static void fill_all(void)
{
	while (pages < 2 * room)
		write_one();
}

static void check_all(void)
{
	for (unsigned i = 0; i < pages; i++)
		CHECK(memory[i * PAGE] == (char)(i + 1));
}

/* Writes pages, waits for a byte, and ends with the number of those gone. */
static void child(int to, int from)
{
	char *p = map(FEW), c = 0;

	memset(p, 'c', FEW * PAGE);
	CHECK(write(to, &c, 1) == 1 && read(from, &c, 1) == 1);
	_exit(look(p, FEW));
}

/* Processes that sleep lose their pages, wherever the hand began. */
static void everybody(void)
{
	int pids[3], ready[2], go[2];
	char c[3] = { 0 };

	begin();
	CHECK(pipe(ready) == 0 && pipe(go) == 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			child(ready[1], go[0]);
		CHECK(read(ready[0], c, 1) == 1);
	}
	fill_all();
	CHECK(write(go[1], c, 3) == 3);
	for (int i = 0; i < 3; i++)
		CHECK(WEXITSTATUS(wait_status(pids[i])) == FEW);
	check_all();
}

/* Locked pages stay, those beside them go. */
static void locked(void)
{
	char *p = map(3 * FEW);

	begin();
	memset(p, 'l', 3 * FEW * PAGE);
	CHECK(syscall(__NR_mlock, p + FEW * PAGE, FEW * PAGE) == 0);
	fill_all();
	CHECK(look(p + FEW * PAGE, FEW) == 0);
	CHECK(look(p, FEW) == FEW && look(p + 2 * FEW * PAGE, FEW) == FEW);
	check_all();
}

/* Where no page table is, the pages behind are not forgotten. */
static void sparse(void)
{
	unsigned last = 3 * TABLE - 1;
	char *p = map(last + 1);

	p[0] = p[last * PAGE] = 's';
	CHECK(madvise(p, (last + 1) * PAGE, MADV_PAGEOUT) == 0);
	CHECK(look(p, last + 1) == last + 1);
	CHECK(p[0] == 's' && p[last * PAGE] == 's');
}

/* Pages that were only read are all one page of zeroes, and stay. */
static void zeroes(void)
{
	char *p = map(FEW);
	struct sysinfo before, after;
	int sum = 0;

	for (unsigned i = 0; i < FEW; i++)
		sum += p[i * PAGE];
	CHECK(sum == 0 && pages_info(&before) == 0);
	CHECK(madvise(p, FEW * PAGE, MADV_PAGEOUT) == 0);
	CHECK(pages_info(&after) == 0 && after.freeswap == before.freeswap);
	CHECK(look(p, FEW) == 0);
}

TESTS({ "sparse", "page tables that are not there", sparse },
      { "hand_stays", "the hand goes on where it was", hand_stays },
      { "everybody", "the hand comes to all processes", everybody },
      { "locked", "mlock", locked },
      { "zeroes", "pages of zeroes", zeroes })
