/* Lab 5: pages that only one process has left are not copied. */
#include <check.h>
#include <cowix.h>

#define PAGE 4096
#define PAGES 16

static char area[PAGES * PAGE] __attribute__((aligned(PAGE)));

/* The n-th allocation would fail: afterwards we learn how many there were. */
static void no_frame(void)
{
	int pid;

	memset(area, 'a', sizeof(area));
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0);
	area[0] = 'b';
	fail_alloc(1000);
	for (int i = 1; i < PAGES; i++)
		area[i * PAGE] = 'b';
	CHECK(fail_alloc(0) == 0);
	for (int i = 0; i < PAGES; i++)
		CHECK(area[i * PAGE] == 'b' && area[i * PAGE + 1] == 'a');
}

TESTS({ "no_frame", "the last who has a page writes it as it is", no_frame })
