/*
 * Limits by memory on what users have in the kernel: open files, pipes, record
 * locks, queued signals. Root is exempt.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE 4096
#define USER 1000

struct shared {
	volatile int refused, done, errors;
};

static struct shared *shared;

/* Maps a page by which children report. */
static int begin(void)
{
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	return on_cowix();
}

/* Starts a process of the user that runs what() and then stays. */
static int start(void (*what)(void))
{
	int before = shared->done, pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		if (setuid(USER) == 0)
			what();
		shared->done++;
		for (;;)
			pause();
	}
	for (int i = 0; i < 4000 && shared->done == before; i++)
		sleep_ms(10);
	CHECK(shared->done > before);
	return pid;
}

static void end(int pid)
{
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

static void open_many(void)
{
	for (int i = 0; i < 200 && !shared->refused; i++)
		if (open("/etc/passwd", O_RDONLY) < 0) {
			shared->refused++;
			shared->errors += errno != ENFILE;
		}
	if (shared->refused) {
		int ends[2];

		shared->errors += pipe(ends) == 0 || errno != ENFILE;
	}
}

static void files(void)
{
	struct audit_report r;
	int pids[100], n = 0, fd;

	if (!begin())
		return;
	while (n < 100 && !shared->refused)
		pids[n++] = start(open_many);
	CHECK(shared->refused == 1 && !shared->errors);
	CHECK(mm_audit(&r, 0) == 0);
	CHECK(r.files_used >= r.frames_total * 2 / 5);
	fd = open("/etc/passwd", O_RDONLY);
	CHECK(fd >= 0 && close(fd) == 0);
	while (n > 0)
		end(pids[--n]);
}

/* Returns how many bytes a new pipe takes without a reader. */
static int capacity(void)
{
	static char bytes[64 * 1024];
	int ends[2], n;

	CHECK(pipe(ends) == 0);
	CHECK(fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK) == 0);
	n = write(ends[1], bytes, sizeof(bytes));
	CHECK_ERRNO(write(ends[1], bytes, PAGE), EAGAIN);
	return n;
}

/* Returns 0 if a small pipe cannot be made large, as the user has many. */
static int can_grow(void)
{
	int ends[2];

	CHECK(pipe(ends) == 0);
	return fcntl(ends[0], F_SETPIPE_SZ, 64 * 1024) != -1 || errno != EPERM;
}

static void pipe_many(void)
{
	int pipes = 0, full = 64 * 1024;

	while (pipes < 90 && capacity() == full)
		pipes++;
	shared->refused = pipes < 90;
	if (pipes < 90)
		shared->errors += capacity() != 2 * PAGE || can_grow();
}

static void pipes(void)
{
	int pids[100], n = 0;

	if (!begin())
		return;
	while (n < 100 && !shared->refused)
		pids[n++] = start(pipe_many);
	CHECK(shared->refused == 1 && !shared->errors);
	CHECK(capacity() == 64 * 1024);	/* root's */
	while (n > 0)
		end(pids[--n]);
}

#define LOCK_FILES 40
#define LOCKS_A_FILE 500

static int lock_byte(int fd, int at)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = at, .l_len = 1 };

	return fcntl(fd, F_SETLK, &lock);
}

static const char *lock_file(int n)
{
	static char name[32];

	sprintf(name, "/quotas-test/%d", n);
	return name;
}

/*
 * Locks a few bytes in each of many files. A file's locks are a list, which
 * each new lock must walk.
 */
static void lock_many(void)
{
	for (int i = 0; i < LOCK_FILES && !shared->refused; i++) {
		int fd = open(lock_file(i), O_RDWR);

		for (int at = 0; at < LOCKS_A_FILE && !shared->refused; at++)
			if (lock_byte(fd, 2 * at) < 0) {
				shared->refused++;
				shared->errors += errno != ENOLCK;
			}
	}
}

static void locks(void)
{
	int fd, pid;

	CHECK(mkdir("/quotas-test", 0755) == 0);
	for (int i = 0; i < LOCK_FILES; i++) {
		fd = open(lock_file(i), O_RDWR | O_CREAT, 0666);
		CHECK(fd >= 0 && fchmod(fd, 0666) == 0 && close(fd) == 0);
	}
	if (begin()) {
		pid = start(lock_many);
		CHECK(shared->refused == 1 && !shared->errors);
		fd = open(lock_file(0), O_RDWR);
		CHECK(lock_byte(fd, 1 << 20) == 0 && close(fd) == 0);
		end(pid);
	}
	for (int i = 0; i < LOCK_FILES; i++)
		CHECK(unlink(lock_file(i)) == 0);
	CHECK(rmdir("/quotas-test") == 0);
}

/* Queues n signals to ourselves. Returns how many went. */
static int queue(int n)
{
	unsigned long long all = ~0ull;
	struct siginfo info = { .si_code = -1 };
	int sent = 0;

	syscall(__NR_rt_sigprocmask, SIG_BLOCK, &all, NULL, 8);
	while (sent < n && syscall(__NR_rt_sigqueueinfo, getpid(), 40,
				   &info) == 0)
		sent++;
	return sent;
}

static void queue_ten(void)
{
	shared->errors += queue(10) != 10;
}

static void queue_all(void)
{
	shared->refused = queue(100000);
	shared->errors += errno != EAGAIN;
}

static void signals(void)
{
	struct rlimit limit;
	int a, b;

	if (!begin())
		return;
	CHECK(syscall(__NR_ugetrlimit, RLIMIT_SIGPENDING, &limit) == 0);
	a = start(queue_ten);
	b = start(queue_all);
	CHECK(!shared->errors);
	CHECK(shared->refused == (int)limit.rlim_cur - 10);
	end(a);
	end(b);
	a = start(queue_all);		/* all have come back */
	CHECK(shared->refused == (int)limit.rlim_cur);
	end(a);
}

TESTS({ "files", "open files: ENFILE, but not for root", files },
      { "pipes", "pipes of a user who has many are small", pipes },
      { "locks", "record locks: ENOLCK", locks },
      { "signals", "queued signals, by user", signals })
