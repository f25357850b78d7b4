/*
 * The failure sweep (sweep.h) of pipes, mounts, waiting, signals and tracing.
 */
#include <abi/clone.h>
#include <abi/ptrace.h>
#include <abi/uio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "start_on.h"
#include "sweep.h"

static int file_fd;

/* Pipes. */

static int fds[2];

static void close_both(void)
{
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static int make_pipe(void)
{
	return pipe(fds);
}

static void make_pipe_once(void)
{
	CHECK(pipe(fds) == 0 && fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
}

/* Writes more than fits. Whatever went in must come out. */
static int fill_pipe(void)
{
	int n = write(fds[1], buffer, 3 * PAGE), got = 0;

	while (got < n) {
		int part = read(fds[0], buffer + 8 * PAGE, n - got);

		CHECK(part > 0);
		got += part;
	}
	return n;
}

static void sweep_pipe(void)
{
	static const struct subject making = { .run = make_pipe,
					       .undo = close_both };
	static const struct subject writing = { .run = fill_pipe,
						.prepare = make_pipe_once };

	sweep(&making, 4);
	sweep(&writing, 3);
}

static int mount_tmpfs(void)
{
	return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static int mount_proc(void)
{
	return mount("none", "/mnt", "proc", 0, NULL);
}

static int mount_floppy(void)
{
	return mount("/dev/fd0", "/mnt", "minix", 0, NULL);
}

static void unmount(void)
{
	CHECK(umount("/mnt") == 0);
}

static void prepare_proc(void)
{
	CHECK(mount_proc() == 0);
}

static int read_proc(void)
{
	int fd = open("/mnt/meminfo", O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = read(fd, buffer, sizeof(buffer));
	close(fd);
	return n;
}

static void sweep_mount(void)
{
	static const struct subject tmpfs = { .run = mount_tmpfs,
					      .undo = unmount },
				    proc = { .run = mount_proc,
					     .undo = unmount };
	static const struct subject disk = { .run = mount_floppy,
					     .undo = unmount };
	static const struct subject reading = { .run = read_proc,
						.prepare = prepare_proc,
						.finish = unmount };

	sweep(&tmpfs, 3);
	if (on_cowix() && mount_floppy() == 0) {	/* it is not the root */
		unmount();
		sweep(&disk, 5);
	}
	sweep(&proc, 2);
	sweep(&reading, 3);
}

/* Waiting for many files: the table of sleepers takes pages. */

static struct pollfd {
	int fd;
	short events, revents;
} polled[256];

static int poll_many(void)
{
	return syscall(__NR_poll, polled, 256, 0);
}

static int poll_and_wait(void)
{
	return syscall(__NR_poll, polled, 256, 10);
}

static void open_many(void)
{
	make_pipe_once();
	for (int i = 0; i < 256; i++)
		polled[i] = (struct pollfd){ .fd = fds[0], .events = 1 };
}

static int select_many(void)
{
	unsigned set[32] = { 0 }, time[2] = { 0, 10000 };

	set[fds[0] / 32] |= 1u << fds[0] % 32;
	return syscall(__NR__newselect, 1000, set, NULL, NULL, time);
}

static void sweep_poll(void)
{
	static const struct subject once = { .run = poll_many,
					     .prepare = open_many };
	static const struct subject waiting = { .run = poll_and_wait,
						.prepare = open_many };
	static const struct subject selecting = { .run = select_many,
						  .prepare = open_many };

	sweep(&once, 1);
	sweep(&waiting, 2);
	sweep(&selecting, 1);
}

/* Descriptors: their table takes memory for each 32, when they are used. */

static int fork_high(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static void open_high(void)
{
	CHECK(dup2(0, 100) == 100 && dup2(0, 1000) == 1000);
}

static void reap(void)
{
	CHECK(wait(NULL) > 0);
}

/* Lets the first allocation of a call fail that needs room for fd. */
static void without_room(int fd, int (*call)(int fd))
{
	fail_alloc(1);
	CHECK_ERRNO(call(fd), ENOMEM);
	fail_alloc(0);
	CHECK(fcntl(fd, F_GETFD) == -1 && call(fd) == 0);
	CHECK(fcntl(fd, F_GETFD) == 0 && close(fd) == 0);
}

static int dup_to(int fd)
{
	return dup2(0, fd) == fd ? 0 : -1;
}

static int dup_from(int fd)
{
	return fcntl(0, F_DUPFD, fd) == fd ? 0 : -1;
}

static void sweep_descriptors(void)
{
	static const struct subject forking = { .run = fork_high,
						.prepare = open_high,
						.undo = reap };

	sweep(&forking, 3);
	if (!on_cowix())
		return;
	without_room(200, dup_to);
	without_room(300, dup_from);
}

/* Signals. */

static volatile int handled;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	handled = sig;
}

static void catch_signal(void)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO };

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0 &&
	      sigaction(40, &action, NULL) == 0);
}

static int raise_signal(void)
{
	return kill(getpid(), SIGUSR1);
}

static int queue_signal(void)
{
	siginfo_t info = { .si_code = -1 };

	return syscall(__NR_rt_sigqueueinfo, getpid(), 40, &info);
}

static void block_signal(void)
{
	sigset_t set = 1ull << 39;

	catch_signal();
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static void drop_signal(void)
{
	signal(40, SIG_IGN);
}

/*
 * Fails signals. A frame without memory is tried again, as a fault is. A signal
 * that cannot be queued is refused.
 */
static void sweep_signals(void)
{
	static const struct subject frame = { .run = raise_signal,
					      .prepare = catch_signal };
	static const struct subject queue = { .run = queue_signal,
					      .prepare = block_signal,
					      .undo = drop_signal,
					      .error = EAGAIN };

	sweep(&frame, 1);
	sweep(&queue, 1);
}

/*
 * A tracer writes into text that its child shares with all processes. The child
 * gets a copy.
 */

static int traced;

static void start_traced(void)
{
	traced = fork();
	if (traced == 0) {
		syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	CHECK(waitpid(traced, NULL, WUNTRACED) == traced);
}

static int poke(void)
{
	return target == spare ? 0
			       : syscall(__NR_ptrace, PTRACE_POKEDATA, traced,
					 (unsigned)start_traced, 0x90909090);
}

static void prepare_poke(void)
{
	start_traced();
	real_target = bytes;
}

static void end_traced(void)
{
	CHECK(kill(traced, SIGKILL) == 0 &&
	      WTERMSIG(wait_status(traced)) == SIGKILL);
}

/* Sets a watchpoint and FPU registers, and reads some memory. */
static int steer(void)
{
	static unsigned char fpu[108], there;
	struct iovec here = { fpu, 1 }, from = { &there, 1 };
	unsigned control = USER_DEBUGREG + 4 * 7;

	if (syscall(__NR_ptrace, PTRACE_POKEUSER, traced, control, 0) < 0 ||
	    syscall(__NR_ptrace, PTRACE_GETFPREGS, traced, 0, fpu) < 0 ||
	    syscall(__NR_ptrace, PTRACE_SETFPREGS, traced, 0, fpu) < 0)
		return -1;
	return syscall(__NR_process_vm_readv, traced, &here, 1, &from, 1, 0) ==
			       1
		       ? 0
		       : -1;
}

static void sweep_steering(void)
{
	static const struct subject s = { .run = steer,
					  .prepare = start_traced,
					  .finish = end_traced };

	sweep(&s, 1);
}

static void sweep_ptrace(void)
{
	static const struct subject s = { .run = poke,
					  .prepare = prepare_poke,
					  .finish = end_traced,
					  .error = EIO };

	sweep(&s, 1);
}

static int lock(void)
{
	struct flock range = { .l_type = F_WRLCK, .l_start = 10, .l_len = 10 };

	return fcntl(file_fd, F_SETLK, &range);
}

static void unlock(void)
{
	struct flock range = { .l_type = F_UNLCK };

	CHECK(fcntl(file_fd, F_SETLK, &range) == 0);
}

static void open_lock(void)
{
	CHECK((file_fd = open("/tmp/sweep-lock", O_RDWR | O_CREAT, 0644)) >=
		      0 &&
	      unlink("/tmp/sweep-lock") == 0);
}

static int open_pty(void)
{
	return file_fd = open("/dev/ptmx", O_RDWR);
}

static void close_file(void)
{
	CHECK(close(file_fd) == 0);
}

static char stack[STACK];
static int sharer;

static void wait_to_be_killed(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

static void start_sharer(void)
{
	sharer = start_on(__NR_clone, CLONE_FS | CLONE_FILES | SIGCHLD, stack,
			  wait_to_be_killed, NULL, NULL, NULL, NULL);
	CHECK(sharer > 0);
}

static void end_sharer(void)
{
	CHECK(kill(sharer, SIGKILL) == 0);
	wait_status(sharer);
}

static void next_sharer(void)
{
	end_sharer();
	start_sharer();
}

static int unshare_fs(void)
{
	return syscall(__NR_unshare, CLONE_FS);
}

static int unshare_files(void)
{
	return syscall(__NR_unshare, CLONE_FILES);
}

static void sweep_others(void)
{
	static const struct subject locking = { .run = lock,
						.prepare = open_lock,
						.undo = unlock,
						.error = ENOMEM };
	static const struct subject terminal = { .run = open_pty,
						 .undo = close_file };
	static struct subject parting = { .run = unshare_fs,
					  .prepare = start_sharer,
					  .undo = next_sharer,
					  .finish = end_sharer };

	sweep(&locking, 1);
	sweep(&terminal, 2);
	sweep(&parting, 1);
	parting.run = unshare_files;
	sweep(&parting, 1);
}

TESTS({ "pipe", "pipe, and a write to it", sweep_pipe },
      { "mount", "mount, and reading /proc", sweep_mount },
      { "poll", "poll and select with many files", sweep_poll },
      { "descriptors", "room for more, and copies of it", sweep_descriptors },
      { "signals", "a signal's frame, a queued signal", sweep_signals },
      { "ptrace", "a tracer's write", sweep_ptrace },
      { "steering", "a tracer's registers", sweep_steering },
      { "others", "a record lock, a terminal, unshare", sweep_others })
