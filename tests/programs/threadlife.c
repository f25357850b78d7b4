/*
 * Threads and their process: fork and exec in a thread, ends of all kinds,
 * descriptors closed by another thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "say.h"
#include "thread_start.h"

/* Runs in a child, since only others can see a process's end. */
static void in_child(const char *what, void (*run)(void))
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		run();
		_exit(99);
	}
	wait(&status);
	printf("%s: %s %d\n", what, WIFSIGNALED(status) ? "signal" : "status",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void *fault(void *argument)
{
	*(volatile int *)argument = 1;
	return NULL;
}

static void fault_kills(void)
{
	pthread_t thread;

	start(wait_forever, NULL);
	pthread_create(&thread, NULL, fault, (void *)16);
	pthread_join(thread, NULL);
}

static void *exit_later(void *argument)
{
	sem_post(&ready);
	nap(30);
	exit((long)argument);
}

static void *return_later(void *argument)
{
	sem_post(&ready);
	nap(30);
	return argument;
}

static void main_leaves(void)
{
	start(exit_later, (void *)17L);
	pthread_exit(NULL);
}

static void all_leave(void)
{
	start(return_later, (void *)18L);
	start(return_later, (void *)18L);
	pthread_exit(NULL);
}

static void main_returns(void)
{
	start(wait_forever, NULL);
	exit(19);
}

static void killed(void)
{
	for (int i = 0; i < 5; i++)
		start(wait_forever, NULL);
	kill(getpid(), SIGKILL);
	pause();
}

static void terminated(void)
{
	start(wait_forever, NULL);
	signal(SIGTERM, SIG_DFL);
	raise(SIGTERM);
}

static const char *program;
static char pid_text[16];

static void *run_program(void *argument)
{
	sem_post(&ready);
	nap(10);
	execl(program, program, argument, NULL);
	return NULL;
}

static void exec_in_thread(void)
{
	snprintf(pid_text, sizeof(pid_text), "%d", getpid());
	start(wait_forever, NULL);
	start(run_program, pid_text);
	for (;;)
		pause();
}

static void exec_after_main(void)
{
	snprintf(pid_text, sizeof(pid_text), "%d", getpid());
	start(run_program, pid_text);
	pthread_exit(NULL);
}

static void exec_in_main(void)
{
	snprintf(pid_text, sizeof(pid_text), "%d", getpid());
	start(wait_forever, NULL);
	start(wait_forever, NULL);
	run_program(pid_text);
}

static void exec_fails(void)
{
	start(wait_forever, NULL);
	execl("/nowhere", "nowhere", NULL);
	_exit(errno == ENOENT ? 23 : 24);
}

static void *fork_and_wait(void *argument)
{
	int status, pid = fork();

	if (pid == 0)
		_exit(getpid() == syscall(SYS_gettid) &&
				      getppid() == (long)argument
			      ? 31
			      : 32);
	waitpid(pid, &status, 0);
	return (void *)(long)WEXITSTATUS(status);
}

/* Checks that a thread's child is the process's: anyone may wait for it. */
static void forks(void)
{
	pthread_t threads[4];
	void *result;
	int status, pid;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, fork_and_wait,
			       (void *)(long)getpid());
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		printf("child of a thread: %ld\n", (long)result);
	}
	pid = fork();
	if (pid == 0)
		_exit(33);
	printf("waited %d\n", wait(&status) == pid ? WEXITSTATUS(status) : -1);
	printf("another: %s\n",
	       wait(NULL) < 0 ? strerrorname_np(errno) : "yes");
}

static int fds[2];

static void *read_one(void *argument)
{
	char c = 0;
	int n;

	sem_post(&ready);
	n = read(fds[0], &c, 1);
	(void)argument;
	return (void *)(long)(n == 1 ? c : n);
}

static void *poll_one(void *argument)
{
	struct pollfd p = { fds[0], POLLIN, 0 };

	sem_post(&ready);
	poll(&p, 1, 100);
	return argument;
}

/*
 * Closes a descriptor, and uses its number again, while another thread sleeps
 * in a call on it.
 */
static void closing(void)
{
	pthread_t thread;
	void *result;
	int again;

	pipe(fds);
	thread = start(read_one, NULL);
	nap(10);
	close(fds[0]);
	again = open("/dev/null", O_RDONLY);
	printf("number used again: %d\n", again == fds[0]);
	write(fds[1], "k", 1);
	pthread_join(thread, &result);
	printf("read all the same: %c\n", (int)(long)result);
	close(again);
	close(fds[1]);
	pipe(fds);
	thread = start(poll_one, NULL);
	nap(10);
	close(fds[0]);
	close(fds[1]);
	pthread_join(thread, &result);
	printf("polled to the end\n");
}

static void *change_directory(void *argument)
{
	struct rlimit limit = { 64, 64 };

	umask(027);
	setrlimit(RLIMIT_NOFILE, &limit);
	return (void *)(long)chdir(argument);
}

static void shared_state(void)
{
	pthread_t thread;
	struct rlimit limit;
	char path[256];

	pthread_create(&thread, NULL, change_directory, "/dev");
	pthread_join(thread, NULL);
	getrlimit(RLIMIT_NOFILE, &limit);
	printf("now in %s, umask %03o, limit %d\n", getcwd(path, sizeof(path)),
	       umask(022), (int)limit.rlim_cur);
}

static volatile char *pages;

static void *touch_pages(void *argument)
{
	long sum = 0;

	for (int round = 0; round < 20; round++)
		for (int i = 0; i < 256; i++)
			sum += ++pages[(i * 37 % 256) * 4096 +
				       (long)argument] == round + 1;
	return (void *)sum;
}

/* Maps and unmaps next to pages that all touch. */
static void *map_and_unmap(void *argument)
{
	for (int i = 0; i < 200; i++) {
		char *p = mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		p[i * 300 % 65536] = 1;
		munmap(p, 64 << 10);
	}
	return argument;
}

static void faults(void)
{
	pthread_t threads[4], mapper;
	long sum = 0;
	void *result;

	pages = mmap(NULL, 256 * 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_create(&mapper, NULL, map_and_unmap, NULL);
	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, touch_pages, (void *)i);
	if (fork() == 0)
		_exit(0);
	wait(NULL);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	pthread_join(mapper, NULL);
	printf("counted %ld\n", sum);
}

int main(int argc, char *argv[])
{
	program = argv[0];
	if (argc > 1)
		return atoi(argv[1]) == getpid() &&
				       getpid() == syscall(SYS_gettid)
			       ? 21
			       : 22;
	in_child("a fault in a thread", fault_kills);
	in_child("main leaves, a thread exits", main_leaves);
	in_child("all leave", all_leave);
	in_child("main returns", main_returns);
	in_child("killed", killed);
	in_child("terminated", terminated);
	in_child("exec in a thread", exec_in_thread);
	in_child("exec in a thread after main has left", exec_after_main);
	in_child("exec in main", exec_in_main);
	in_child("exec fails", exec_fails);
	forks();
	closing();
	faults();
	shared_state();
	return 0;
}
