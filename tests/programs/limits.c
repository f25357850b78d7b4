/* Limits of processes and of the system: reported, enforced, inherited. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static void show(const char *name, int resource)
{
	struct rlimit l;

	CALL(getrlimit(resource, &l));
	printf("%s:", name);
	if (l.rlim_cur == RLIM_INFINITY)
		printf(" unlimited");
	else
		printf(" %lu", (unsigned long)l.rlim_cur);
	printf(l.rlim_max == RLIM_INFINITY ? " unlimited\n" : " limited\n");
}

static void reported(void)
{
	struct rlimit l;

	show("core", RLIMIT_CORE);
	show("stack", RLIMIT_STACK);
	CALL(getrlimit(99, &l));
	getrlimit(RLIMIT_NOFILE, &l);
	printf("files: sensible %d, sysconf agrees %d, "
	       "getdtablesize agrees %d\n",
	       l.rlim_cur >= 20 && l.rlim_cur <= l.rlim_max,
	       sysconf(_SC_OPEN_MAX) == (long)l.rlim_cur,
	       getdtablesize() == (int)l.rlim_cur);
	printf("page %ld, ticks %ld, processors %d, memory %d\n",
	       sysconf(_SC_PAGESIZE), sysconf(_SC_CLK_TCK),
	       sysconf(_SC_NPROCESSORS_CONF) >= 1,
	       sysconf(_SC_PHYS_PAGES) > 500);
	printf("arguments %d, groups %d\n", sysconf(_SC_ARG_MAX) >= 4096,
	       sysconf(_SC_NGROUPS_MAX) >= 8);
}

static void changed(void)
{
	struct rlimit l = { 100, 200 }, old;

	CALL(setrlimit(RLIMIT_CORE, &(struct rlimit){ 5, 4 }));
	CALL(setrlimit(RLIMIT_CPU, &l));
	CALL(getrlimit(RLIMIT_CPU, &old));
	printf("%lu %lu\n", (unsigned long)old.rlim_cur,
	       (unsigned long)old.rlim_max);
	l.rlim_cur = 150;
	CALL(setrlimit(RLIMIT_CPU, &l));
	CALL(prlimit(0, RLIMIT_CPU, NULL, &old));
	printf("%lu %lu\n", (unsigned long)old.rlim_cur,
	       (unsigned long)old.rlim_max);
	fflush(stdout);
	if (fork() == 0) {
		getrlimit(RLIMIT_CPU, &old);
		printf("child: %lu %lu\n", (unsigned long)old.rlim_cur,
		       (unsigned long)old.rlim_max);
		exit(0);
	}
	wait(NULL);
}

static void open_files(void)
{
	struct rlimit l;
	int fds[40], n = 0, ends[2];

	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_cur = 20;
	CALL(setrlimit(RLIMIT_NOFILE, &l));
	while (n < 40 && (fds[n] = open("/dev/null", O_RDONLY)) >= 0)
		n++;
	printf("opened %d, then %s\n", n, strerrorname_np(errno));
	CALL(dup(0));
	CALL(pipe(ends));
	CALL(dup2(0, 20));
	CALL(fcntl(0, F_DUPFD, 20));
	close(fds[5]);
	CALL(open("/dev/null", O_RDONLY) == fds[5]);
	while (n > 0)
		close(fds[--n]);
}

static volatile sig_atomic_t caught;

static void catch(int number)
{
	(void)number;
	caught++;
}

static void file_size(void)
{
	int fd = open("limited", O_CREAT | O_RDWR, 0600);
	static char buf[3000];

	signal(SIGXFSZ, catch);
	CALL(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 5000, RLIM_INFINITY }));
	CALL(write(fd, buf, 3000));
	CALL(write(fd, buf, 3000));
	CALL(write(fd, buf, 3000));
	printf("SIGXFSZ: %d\n", caught);
	CALL(ftruncate(fd, 6000));
	printf("SIGXFSZ: %d\n", caught);
	CALL(setrlimit(RLIMIT_FSIZE,
		       &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }));
	CALL(write(fd, buf, 3000));
	close(fd);
	unlink("limited");
}

static void memory(void)
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		char *top;

		setrlimit(RLIMIT_AS, &(struct rlimit){ 20 << 20, 20 << 20 });
		CALL(mmap(NULL, 30 << 20, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
		CALL(mmap(NULL, 4 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0) != MAP_FAILED);
		setrlimit(RLIMIT_DATA, &(struct rlimit){ 1 << 20, 1 << 20 });
		top = sbrk(0);
		CALL(brk(top + (4 << 20)));
		CALL(sbrk(0) == top);
		exit(0);
	}
	wait(&status);
	if (fork() == 0) {	/* a stack of 64 KB is too small for this */
		setrlimit(RLIMIT_STACK, &(struct rlimit){ 65536, 65536 });
		volatile char *big = alloca(1 << 20);

		for (int i = (1 << 20) - 1; i >= 0; i -= 4096)
			big[i] = 1;
		exit(0);
	}
	wait(&status);
	printf("small stack: %s\n",
	       WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "exit");
}

static void processor(void)
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		setrlimit(RLIMIT_CPU, &(struct rlimit){ 1, 2 });
		for (;;)
			;
	}
	wait(&status);
	printf("a second of the processor: %s\n",
	       WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "exit");
	printf("nice: %d", nice(0));
	printf(" %d\n", nice(5));
	CALL(getpriority(PRIO_PROCESS, 0));
	CALL(setpriority(PRIO_PROCESS, 0, 10));
	CALL(getpriority(PRIO_PROCESS, 0));
	CALL(nice(100));
	CALL(getpriority(PRIO_PROCESS, 99999));
	CALL(getpriority(9, 0));
}

int main(void)
{
	reported();
	changed();
	open_files();
	file_size();
	memory();
	processor();
	return 0;
}
