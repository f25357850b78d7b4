/* Lab 3: what ordinary users leave to the superuser. */
#include <check.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define PAGE 4096
#define RESERVED 32	/* one part of all frames in so many */

/* Touches one page more after the other, until the machine has no more. */
static void eat(int to)
{
	struct sysinfo info;

	CHECK(setuid(1000) == 0);
	for (;;) {
		char *p = sbrk(PAGE);

		if (p != (char *)-1)
			*p = 1;
		CHECK(pages_info(&info) == 0);
		write(to, &info.freeram, sizeof(info.freeram));
	}
}

static void reserve(void)
{
	unsigned long least = -1, now;
	struct sysinfo info;
	int fds[2], pid;

	CHECK(pages_info(&info) == 0 && pipe(fds) == 0);
	pid = fork();
	if (pid == 0)
		eat(fds[1]);
	close(fds[1]);
	while (read(fds[0], &now, sizeof(now)) == sizeof(now))
		if (now < least)
			least = now;
	CHECK(wait_status(pid) != 0);
	CHECK(least >= info.totalram / RESERVED / 2);
	CHECK(least <= info.totalram / RESERVED * 2);
}

TESTS({ "reserve", "the last frames are the superuser's", reserve })
