/*
 * The sweep of planned sleeps (sleep.h) over new tasks. Their numbers, a user's
 * limit, and what parent, child and threads share must be right.
 */
#include <abi/clone.h>
#include <sys/resource.h>
#include "sleep.h"

#define USER 4321
#define TASKS 3			/* limit of the user: both, one more */

static int base;		/* last number before the new tasks' */
static int made;		/* by this process; 0: nothing */
static struct thread thread;

static void await_end(void *arg)
{
	(void)arg;
	await_word(1);
}

/*
 * Keeps a child alive until both have acted, so that its number stays in use.
 */
static int keep(int pid)
{
	if (pid == 0)
		for (;;)
			sleep_ms(1000);
	if (pid < 0)
		return -1;
	made = pid;
	return pid - base;
}

static int fork_one(void)
{
	return keep(fork());
}

static int clone_numbered(void)
{
	unsigned wanted = base + 2;
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid_size = 1,
		.set_tid = (unsigned long)&wanted,
	};

	return keep(syscall(__NR_clone3, &args, sizeof(args)));
}

static int start_thread(void)
{
	int id;

	thread.stack = malloc(STACK);
	CHECK(thread.stack != NULL);
	id = start_on(__NR_clone, THREAD | TIDS, thread.stack, await_end, NULL,
		      &thread.tid, NULL, &thread.tid);
	if (id > 0) {
		thread.id = id;
		return id - base;
	}
	free(thread.stack);
	errno = -id;
	return -1;
}

static int vfork_one(void)
{
	int pid = vfork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		CHECK(wait_status(pid) == 0);
	return pid < 0 ? -1 : pid - base;
}

static void end_made(void)
{
	word = 1;
	if (thread.id)
		join(&thread);
	if (made)
		CHECK(kill(made, SIGKILL) == 0 &&
		      WTERMSIG(wait_status(made)) == SIGKILL);
}

static const struct act number_acts[] = {
	{ .name = "fork", .run = fork_one, .check = end_made },
	{ .name = "wanted", .run = clone_numbered, .check = end_made },
	{ .name = "thread", .run = start_thread, .check = end_made },
	{ .name = "vfork", .run = vfork_one },
};

/* Notes the base. The rival's own number is base + 1. */
static void note_base(void)
{
	base = fork();
	if (base == 0)
		_exit(0);
	CHECK(wait_status(base) == 0);
}

/* Describes nothing: the numbers are the calls' results. */
static void describe_nothing(char *to)
{
	*to = '\0';
}

static void numbers(void)
{
	static const struct scene scene = SCENE("numbers", number_acts,
		.prepare = note_base, .describe = describe_nothing);

	sweep_scene(&scene);
}

/*
 * Runs make() as a user. Only the superuser can plan, but only users have
 * limits.
 */
static int as_user(int (*make)(void))
{
	int result, error;

	CHECK(syscall(__NR_setresuid32, -1, USER, -1) == 0);
	result = make() < 0 ? -1 : 0;
	error = errno;
	CHECK(syscall(__NR_setresuid32, -1, 0, -1) == 0);
	errno = error;
	return result;
}

static int fork_limited(void)
{
	return as_user(fork_one);
}

static int thread_limited(void)
{
	return as_user(start_thread);
}

static const struct act limit_acts[] = {
	{ .name = "fork", .run = fork_limited, .check = end_made },
	{ .name = "thread", .run = thread_limited, .check = end_made },
};

static void limit_tasks(void)
{
	struct rlimit limit = { TASKS, TASKS };

	CHECK(setrlimit(RLIMIT_NPROC, &limit) == 0);
	CHECK(syscall(__NR_setresuid32, USER, 0, 0) == 0);
}

static void limits(void)
{
	static const struct scene scene = SCENE("limits", limit_acts,
		.prepare = limit_tasks, .describe = describe_nothing);

	sweep_scene(&scene);
}

/* Two threads: one makes a task while the other changes what it copies. */

static int spare;		/* a descriptor */
static char *area;

static int fork_and_wait(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : wait_status(pid);
}

static void do_nothing(void *arg)
{
	(void)arg;
}

static int thread_and_join(void)
{
	struct thread other;

	start(&other, do_nothing, NULL);
	join(&other);
	return 0;
}

static int close_spare(void)
{
	return close(spare);
}

static int open_another(void)
{
	int fd = open("/dev/null", O_RDONLY);

	return fd < 0 ? -1 : 0;
}

static int go_away(void)
{
	return chdir("/tmp");
}

static int map_area(void)
{
	return mmap(area, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_FIXED, -1, 0) == area ? 0 : -1;
}

static int unmap_area(void)
{
	return munmap(area, 4 * PAGE);
}

static int lead_session(void)
{
	return setsid() < 0 ? -1 : 0;
}

static int become(void)
{
	unsigned groups[3] = { 5, 6, 7 };

	return syscall(__NR_setgroups32, 3, groups);
}

static int ignore(void)
{
	return signal(SIGUSR1, SIG_IGN) == SIG_ERR ? -1 : 0;
}

static const struct act share_acts[] = {
	{ .name = "fork", .run = fork_and_wait },
	{ .name = "thread", .run = thread_and_join },
	{ .name = "close", .run = close_spare },
	{ .name = "open", .run = open_another },
	{ .name = "enter", .run = go_away },
	{ .name = "map", .run = map_area },
	{ .name = "unmap", .run = unmap_area },
	{ .name = "session", .run = lead_session },
	{ .name = "groups", .run = become },
	{ .name = "ignore", .run = ignore },
};

static void prepare_shared(void)
{
	CHECK(chdir("/") == 0);
	spare = open("/dev/zero", O_RDONLY);
	area = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(spare >= 0 && area != MAP_FAILED);
	memset(area, 's', 4 * PAGE);
}

static void describe_shared(char *to)
{
	char path[20];

	CHECK(getcwd(path, sizeof(path)) != NULL);
	sprintf(to, "in %s, %d groups, session %d, closed %d", path,
		(int)syscall(__NR_getgroups32, 0, NULL),
		(int)syscall(__NR_getsid, 0) == getpid(),
		fcntl(spare, F_GETFD) < 0);
}

static void sharing(void)
{
	static const struct scene scene = SCENE("sharing", share_acts,
		.prepare = prepare_shared, .describe = describe_shared,
		.threads = 1);

	sweep_scene(&scene);
}

TESTS({ "numbers", "two tasks are made: two numbers", numbers },
      { "limits", "no more than a user may have", limits },
      { "sharing", "a task is made of what changes", sharing })
