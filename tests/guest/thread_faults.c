/* Threads that map, fault and fork at once in one address space. */
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include "thread.h"

static void fault_again(void *arg)
{
	int fd = *(int *)arg;

	for (;;) {
		char *p = map(PAGE, MAP_PRIVATE, fd);

		counter += *(volatile char *)p;
		syscall(__NR_munmap, p, PAGE);
		if (on_cowix())
			mm_audit(NULL, AUDIT_DROP_CACHES);
	}
}

static void fork_endlessly(int fd)
{
	struct thread t;

	setpgid(0, 0);
	start(&t, fault_again, &fd);
	for (;;) {
		int pid = fork();

		while (pid == 0)
			pause();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/*
 * Signals a process group while one of it forks, held up by another thread. The
 * child must get the signal too.
 */
static void killed_while_forking(void)
{
	int fd = open("threads.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(write(fd, "x", 1) == 1 && fsync(fd) == 0 && on_cowix() >= 0);
	for (int i = 0; i < 6; i++) {
		int pid = fork(), tries = 0;

		if (pid == 0)
			fork_endlessly(fd);
		sleep_ms(20 + 17 * i);
		setpgid(pid, pid);
		CHECK(kill(-pid, i % 2 ? SIGKILL : SIGTERM) == 0 &&
		      WTERMSIG(wait_status(pid)) ==
			      (i % 2 ? SIGKILL : SIGTERM));
		while (kill(-pid, 0) == 0 && tries++ < 200)
			sleep_ms(10);		/* init has to wait for them */
		CHECK(kill(-pid, SIGKILL) == -1 && errno == ESRCH);
	}
	CHECK(close(fd) == 0 && unlink("threads.tmp") == 0);
}

#define FILE_PAGES 40

static char *mapped;

static void touch_file(void *arg)
{
	int bad = 0;

	for (int i = 0; i < FILE_PAGES; i++)
		bad += mapped[i * PAGE + 5] != 'a' + i % 26;
	*(int *)arg = bad;
}

static void map_elsewhere(void *arg)
{
	for (int i = 0; i < 50; i++) {
		char *p = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

		*p = 1;
		syscall(__NR_munmap, p, 4 * PAGE);
	}
	*(int *)arg = 0;
}

/* Faults in several threads on the same pages of a file at once. */
static void faults_together(void)
{
	static char page[PAGE];
	struct thread threads[4];
	int bad[4] = { 1, 1, 1, 1 },
	    fd = open("threads.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	for (int i = 0; i < FILE_PAGES; i++) {
		memset(page, 'a' + i % 26, PAGE);
		CHECK(write(fd, page, PAGE) == PAGE);
	}
	CHECK(fsync(fd) == 0);
	if (on_cowix())
		mm_audit(NULL, AUDIT_DROP_CACHES);
	mapped = map(FILE_PAGES * PAGE, MAP_PRIVATE, fd);
	for (int i = 0; i < 4; i++)
		start(&threads[i], i == 3 ? map_elsewhere : touch_file,
		      &bad[i]);
	for (int i = 0; i < 4; i++) {
		join(&threads[i]);
		CHECK(bad[i] == 0);
	}
	CHECK(unlink("threads.tmp") == 0);
}

TESTS({ "killed_while_forking", "a group is signalled during a fork",
	killed_while_forking },
      { "faults_together", "threads fault on the same pages", faults_together })
