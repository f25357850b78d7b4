/* Memory that is mapped, shared by forks, written, and zero at first. */
#include <fcntl.h>
#include <sys/mman.h>
#include "fuzz.h"

extern int shares_memory;

/*
 * Checks that fresh memory is zero. A tracer may have written a word, but not
 * two.
 */
static void look_for_remains(const unsigned *memory, unsigned words)
{
	unsigned dirty = 0;

	if (shares_memory)
		return;
	for (unsigned i = 0; i < words; i += 7)
		dirty += memory[i] != 0;
	if (dirty > 1)
		report(HOLE_DIRTY);
}

static void touch(unsigned addr, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		*(volatile char *)(addr + i * PAGE + roll(PAGE)) = word();
}

/*
 * Maps a few pages in the middle of others, looks at them and writes to them.
 */
void map_things(void)
{
	unsigned size = (1 + roll(chance(4) ? 600 : 8)) * PAGE;
	unsigned flags = MAP_ANONYMOUS | (chance(70) ? MAP_PRIVATE :
						     MAP_SHARED);
	long at;

	at = call(__NR_mmap2, chance(70) ? some_place() : 0, size,
		  PROT_READ | PROT_WRITE | (chance(20) ? PROT_EXEC : 0),
		  flags | (chance(50) ? MAP_FIXED : 0), -1, 0);
	if (at == -1)
		return;
	add_place(at);
	if (chance(70))
		look_for_remains((unsigned *)at, size / 4);
	if (chance(80))
		touch(at, size / PAGE);
	if (chance(20))
		call(__NR_madvise, at, size, 21);	/* MADV_PAGEOUT */
}

/* Writes before and after a fork. The child must see the earlier values. */
void fork_and_write(void)
{
	static unsigned page[PAGE / 4] __attribute__((aligned(PAGE)));
	static const int policies[] = {
		FORK_POLICY_OLD, FORK_POLICY_COW, FORK_POLICY_LAZY,
	};
	unsigned value = word();
	int pid;

	if (shares_memory)
		return;
	page[5] = value;
	pid = call(__NR_xfork, policies[roll(3)], 0);
	if (pid == 0) {
		if (page[5] != value)
			report(HOLE_CHANGED);
		page[5]++;
		_exit(0);
	}
	page[6] = word();
	if (page[5] != value)
		report(HOLE_CHANGED);
	call(__NR_wait4, pid, 0, 0, 0);
}
