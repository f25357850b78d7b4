/*
 * What a child does not get from its parent, and a program not from the one
 * before it in the process: pending signals, timers, times, another stack,
 * segments, numbers, the signal that tells of a child's end.
 */
#include "catch.h"
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <abi/ldt.h>
#include "thread.h"

#define USUAL_CONTROL	0x37F	/* of the FPU: all exceptions masked */

static const char *self;		/* this program's path */

/* Returns a time in microseconds. */
static long microseconds(struct timeval tv)
{
	return tv.tv_sec * 1000000 + tv.tv_usec;
}

/* Returns the time that children and their children have used. */
static long childrens_time(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_CHILDREN, &usage) == 0);
	return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

static long own_time(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

static void compute(long microseconds)
{
	long end = own_time() + microseconds;

	while (own_time() < end)
		;
}

static void exec_self(const char *what)
{
	execve(self, (char *[]){ "inherited", "-", (char *)what, NULL },
	       environ);
	_exit(99);
}

/* Checks in a new program what a child has prepared in the old one. */
static void over_exec(void (*prepare)(void), const char *what)
{
	int pid = fork();

	if (pid == 0) {
		prepare();
		exec_self(what);
	}
	CHECK(wait_status(pid) == 0);
}

static void pending_over_fork(void)
{
	sigset_t set;
	int pid;

	block(set_of(SIGUSR1));
	CHECK(raise(SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(sigpending(&set) == 0);
		_exit(set != 0);
	}
	CHECK(wait_status(pid) == 0);
	CHECK(sigpending(&set) == 0 && sigismember(&set, SIGUSR1));
}

static void timers_over_fork(void)
{
	struct itimerval timer = { { 100, 0 }, { 100, 0 } }, now;
	int pid;

	for (int which = 0; which < 3; which++)
		CHECK(syscall(__NR_setitimer, which, &timer, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		for (int which = 0; which < 3; which++) {
			CHECK(syscall(__NR_getitimer, which, &now) == 0);
			CHECK(now.it_value.tv_sec == 0 &&
			      now.it_interval.tv_sec == 0);
		}
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/* Checks that a parent learns its grandchildren's time, and no child does. */
static void times_over_fork(void)
{
	int pid = fork();

	if (pid == 0) {
		pid = fork();
		if (pid == 0) {
			compute(100000);
			_exit(0);
		}
		CHECK(wait_status(pid) == 0);
		CHECK(childrens_time() >= 100000 && own_time() < 100000);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && childrens_time() >= 100000);
	pid = fork();
	if (pid == 0)
		_exit(childrens_time() != 0);
	CHECK(wait_status(pid) == 0);
}

static int tid_there;

static void number_in_child(void)
{
	int pid = syscall(__NR_clone, CLONE_CHILD_SETTID | SIGCHLD, 0, NULL, 0,
			  &tid_there);

	if (pid == 0)
		_exit(tid_there != getpid());
	CHECK(pid > 0 && wait_status(pid) == 0 && tid_there == 0);
}

static void set_stack(void)
{
	static char room[16384];
	stack_t stack = { .ss_sp = room, .ss_size = sizeof(room) };

	CHECK(syscall(__NR_sigaltstack, &stack, NULL) == 0);
}

static int no_stack(void)
{
	stack_t now;

	return syscall(__NR_sigaltstack, NULL, &now) == 0 &&
	       now.ss_flags == SS_DISABLE && now.ss_size == 0;
}

static void stack_over_exec(void)
{
	over_exec(set_stack, "no_stack");
}

static void make_timer(void)
{
	int id = -1;

	CHECK(syscall(__NR_timer_create, 0, NULL, &id) == 0 && id == 0);
}

static int no_timer(void)
{
	struct itimerspec now;

	return syscall(__NR_timer_gettime, 0, &now) == -1 && errno == EINVAL;
}

static void timers_over_exec(void)
{
	over_exec(make_timer, "no_timer");
}

/* Makes a segment in the first free place. Returns its number. */
static int new_segment(void)
{
	struct user_desc d = { .entry_number = -1, .base_addr = 4096,
			       .limit = 0xFFFFF, .seg_32bit = 1,
			       .limit_in_pages = 1, .useable = 1 };

	CHECK(syscall(__NR_set_thread_area, &d) == 0);
	return d.entry_number;
}

static void make_segment(void)
{
	new_segment();
}

/* Returns true if the first place that there ever is is free. */
static int no_segment(void)
{
	int entry = new_segment();

	return entry == 6 || entry == 12;	/* kernels of 32 and 64 bits */
}

static void segments_over_exec(void)
{
	over_exec(make_segment, "no_segment");
}

static void set_numbers(void)
{
	unsigned short control = 0x27F;		/* 53 bits */

	__asm__ volatile("fldcw %0; fldpi" : : "m"(control));
}

static int usual_numbers(void)
{
	unsigned short control, tags[14];

	__asm__ volatile("fnstcw %0; fnstenv %1"
			 : "=m"(control), "=m"(tags));
	return control == USUAL_CONTROL && tags[4] == 0xFFFF;
}

static void numbers_over_exec(void)
{
	over_exec(set_numbers, "usual_numbers");
}

/* Makes a child whose end SIGUSR1 would tell, and which ends later. */
static void make_odd_child(void)
{
	if (syscall(__NR_clone, SIGUSR1, 0, 0, 0, 0) == 0) {
		sleep_ms(200);
		_exit(5);
	}
}

static int usual_child(void)
{
	int status;

	return wait(&status) > 0 && WEXITSTATUS(status) == 5;
}

/* Checks that wait() finds such a child. In Linux only its end is told so. */
static void children_over_exec(void)
{
	if (on_cowix())
		over_exec(make_odd_child, "usual_child");
}

static void block_and_exec(void *arg)
{
	(void)arg;
	block(set_of(SIGUSR2));
	exec_self("blocks_usr2");
}

/* A thread whose mask is its own calls exec. */
static void start_blocker(void)
{
	struct thread t;

	start(&t, block_and_exec, NULL);
	for (;;)
		sleep_ms(1000);
}

static int blocks_usr2(void)
{
	sigset_t set;

	return sigprocmask(SIG_BLOCK, NULL, &set) == 0 &&
	       sigismember(&set, SIGUSR2);
}

static void mask_over_exec(void)
{
	over_exec(start_blocker, "blocks_usr2");
}

static int stays(void)
{
	sleep_ms(500);
	return 1;
}

static void group_after_exec(void)
{
	int pid = fork();

	if (pid == 0)
		exec_self("stays");
	sleep_ms(100);
	CHECK_ERRNO(setpgid(pid, pid), EACCES);
	CHECK(wait_status(pid) == 0);
}

static const struct {
	const char *name;
	int (*is_right)(void);
} after_exec[] = {
	{ "no_stack", no_stack }, { "no_timer", no_timer },
	{ "no_segment", no_segment }, { "usual_numbers", usual_numbers },
	{ "usual_child", usual_child }, { "blocks_usr2", blocks_usr2 },
	{ "stays", stays },
};

/* Runs as the new program. */
static int be_new(const char *what)
{
	for (unsigned i = 0; i < sizeof(after_exec) / sizeof(*after_exec); i++)
		if (strcmp(after_exec[i].name, what) == 0)
			return !after_exec[i].is_right();
	return 98;
}

static const struct test tests[] = {
	{ "pending_over_fork", "pending signals are the parent's",
	  pending_over_fork },
	{ "timers_over_fork", "so are interval timers", timers_over_fork },
	{ "times_over_fork", "and times", times_over_fork },
	{ "number_in_child", "CLONE_CHILD_SETTID", number_in_child },
	{ "stack_over_exec", "another stack for signals", stack_over_exec },
	{ "timers_over_exec", "timer_create()", timers_over_exec },
	{ "segments_over_exec", "set_thread_area()", segments_over_exec },
	{ "numbers_over_exec", "the FPU's registers", numbers_over_exec },
	{ "children_over_exec", "a signal other than SIGCHLD",
	  children_over_exec },
	{ "mask_over_exec", "the mask of the thread that calls exec",
	  mask_over_exec },
	{ "group_after_exec", "setpgid() of a child after its exec",
	  group_after_exec },
	{ 0 },
};

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "-") == 0)
		return be_new(argv[2]);
	self = argv[0];
	return run_tests(tests, argc, argv);
}
