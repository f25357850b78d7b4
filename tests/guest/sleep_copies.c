/*
 * The sweep of planned sleeps (sleep.h) over what copies between two files in
 * the kernel, while others write to them and cut them; over timers and signals
 * that are files; over tables of descriptors that part.
 */
#include <abi/clone.h>
#include <abi/time.h>
#include <sys/stat.h>
#include "sleep.h"

#define FROM "/tmp/sleep-from"
#define TO "/tmp/sleep-to"
#define SIZE (3 * PAGE)

static int from, to;

static int copy_by(int call)
{
	unsigned long long in = 100, out = 50;

	if (call == __NR_sendfile64)
		return syscall(call, to, from, &in, 2 * PAGE);
	return syscall(call, from, &in, to, &out, 2 * PAGE, 0);
}

static int send(void)
{
	return copy_by(__NR_sendfile64);
}

static int copy(void)
{
	return copy_by(__NR_copy_file_range);
}

static int write_from(void)
{
	char new[PAGE];

	memset(new, 'n', PAGE);
	return pwrite(from, new, PAGE, PAGE);
}

static int write_to(void)
{
	char new[PAGE];

	memset(new, 'w', PAGE);
	return pwrite(to, new, PAGE, 300);
}

static int cut_from(void)
{
	return ftruncate(from, 200);
}

static int cut_to(void)
{
	return ftruncate(to, 10);
}

static int read_to(void)
{
	char got[PAGE];
	int n = pread(to, got, PAGE, 0);

	for (int i = 0; i < n; i++)
		CHECK(strchr("otwn", got[i]));
	return n;
}

static int drop_to(void)
{
	return unlink(TO);
}

static const struct act copies[] = {
	{ .name = "sendfile", .run = send },
	{ .name = "copy", .run = copy },
	{ .name = "write from", .run = write_from },
	{ .name = "write to", .run = write_to },
	{ .name = "cut from", .run = cut_from },
	{ .name = "cut to", .run = cut_to },
	{ .name = "read", .run = read_to },
	{ .name = "unlink", .run = drop_to },
};

static int make(const char *path, char c)
{
	static char data[SIZE];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);

	memset(data, c, SIZE);
	CHECK(fd >= 0 && write(fd, data, SIZE) == SIZE);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* Drops the caches, so that each page is read from the disk. */
static void make_files(void)
{
	from = make(FROM, 'o');
	to = make(TO, 't');
	sync();
	mm_audit(NULL, AUDIT_DROP_CACHES);
}

/* Checks that a file has the bytes that were written to one, or a gap. */
static void check_bytes(int fd, int end)
{
	static char data[2 * SIZE];
	struct stat st;
	int n;

	CHECK(fstat(fd, &st) == 0 && (int)st.st_size <= end);
	n = pread(fd, data, sizeof(data), 0);
	CHECK(n == (int)st.st_size);
	for (int i = 0; i < n; i++)
		CHECK(data[i] == 0 || strchr("otwn", data[i]));
}

static void judge_copies(void)
{
	check_bytes(from, SIZE);
	check_bytes(to, 4 * PAGE);
	CHECK(close(from) == 0 && close(to) == 0);
	unlink(FROM);
	unlink(TO);
}

static void copying(void)
{
	static const struct scene scene = SCENE("copies", copies,
		.prepare = make_files, .judge = judge_copies);

	sweep_scene(&scene);
}

/* Timers and signals. A value is read into a page that is not there yet. */

static int timer, signals;
static unsigned long long mask = 1ull << (SIGUSR1 - 1);

static int take(int fd, unsigned size)
{
	char *p = map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int n = read(fd, p, size);

	munmap(p, PAGE);
	return n;
}

static int take_time(void)
{
	return take(timer, 8);
}

static int take_signal(void)
{
	return take(signals, 128);
}

static int set_timer(long ns)
{
	struct itimerspec when = { { 0, 0 }, { 0, ns } };
	struct itimerspec *old = (struct itimerspec *)
		map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int error = syscall(__NR_timerfd_settime, timer, 0, &when, old);

	munmap(old, PAGE);
	return error;
}

/* Sets it to a time that has come. */
static int set_early(void)
{
	return set_timer(1);
}

static int set_off(void)
{
	return set_timer(0);
}

static int close_timer(void)
{
	return close(timer);
}

static int raise_signal(void)
{
	return kill(getpid(), SIGUSR1);
}

static int change_mask(void)
{
	return syscall(__NR_signalfd4, signals, &mask, 8, 0);
}

static int close_signals(void)
{
	return close(signals);
}

static const struct act files[] = {
	{ .name = "take time", .run = take_time },
	{ .name = "set", .run = set_early },
	{ .name = "set off", .run = set_off },
	{ .name = "close timer", .run = close_timer },
	{ .name = "take signal", .run = take_signal },
	{ .name = "raise", .run = raise_signal },
	{ .name = "change", .run = change_mask },
	{ .name = "close signals", .run = close_signals },
};

static void open_both(void)
{
	CHECK(syscall(__NR_rt_sigprocmask, 0, &mask, NULL, 8) == 0);
	signals = syscall(__NR_signalfd4, -1, &mask, 8, O_NONBLOCK);
	timer = syscall(__NR_timerfd_create, CLOCK_MONOTONIC, O_NONBLOCK);
	CHECK(signals >= 0 && timer >= 0 && raise_signal() == 0);
	CHECK(set_early() == 0);
}

static void close_both(void)
{
	if (!acted("close timer"))
		CHECK(close(timer) == 0);
	if (!acted("close signals"))
		CHECK(close(signals) == 0);
}

static void reading(void)
{
	static const struct scene scene = SCENE("files", files,
		.prepare = open_both, .judge = close_both, .threads = 1);

	sweep_scene(&scene);
}

/* Descriptors of threads. One of them may get a table of its own. */

static int pair[2];

static int part(void)
{
	return syscall(__NR_unshare, CLONE_FILES);
}

static int part_closing(void)
{
	return syscall(__NR_close_range, 100, 1000, 2);
}

static int open_high(void)
{
	return dup2(pair[0], 300 + 64 * (my_tid() == subject_tid)) < 0 ? -1 : 0;
}

static int close_high(void)
{
	return close(200);
}

static int fork_and_count(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : wait_status(pid);
}

static const struct act tables[] = {
	{ .name = "part", .run = part },
	{ .name = "part and close", .run = part_closing },
	{ .name = "open", .run = open_high },
	{ .name = "close", .run = close_high },
	{ .name = "fork", .run = fork_and_count },
};

static void open_many(void)
{
	CHECK(pipe(pair) == 0 && dup2(pair[0], 200) == 200);
}

static void parting(void)
{
	static const struct scene scene = SCENE("tables", tables,
		.prepare = open_many, .threads = 1);

	sweep_scene(&scene);
}

TESTS({ "copying", "sendfile and copy_file_range", copying },
      { "reading", "timers and signals that are files", reading },
      { "parting", "tables of descriptors", parting })
