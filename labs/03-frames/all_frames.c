/* Lab 3: a program gets nearly all free memory, and all of it comes back. */
#include <check.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define PAGE 4096

static unsigned free_pages(void)
{
	struct sysinfo info;

	CHECK(pages_info(&info) == 0);
	return info.freeram;
}

/* A child touches all but a few of the free pages. */
static void all_frames(void)
{
	unsigned before = free_pages(), pages = before - before / 16;
	int pid = fork();

	if (pid == 0) {
		char *p = sbrk(pages * PAGE);

		CHECK(p != (char *)-1);
		for (unsigned i = 0; i < pages; i++) {
			p[i * PAGE] = i;
			CHECK(p[i * PAGE + 1] == 0);
		}
		for (unsigned i = 0; i < pages; i++)
			CHECK(p[i * PAGE] == (char)i);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(free_pages() + 16 >= before);
}

TESTS({ "all_frames", "nearly all memory, and back", all_frames })
