/*
 * The failure sweep (sweep.h) of calls about the system and other processes:
 * swap areas, what /proc shows, locked pages, many areas, signals with data.
 */
#include <abi/uio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include "sweep.h"
#include "swapfile.h"

static char *region;

/* ---- Swap ---- */

static void make_area(void)
{
	make_swap_file(SWAP_FILE, SLOTS, 0);
}

static int use_area(void)
{
	return swapon(SWAP_FILE, 0);
}

static void leave_area(void)
{
	CHECK(swapoff(SWAP_FILE) == 0);
}

static int leave(void)
{
	return swapoff(SWAP_FILE);
}

static void make_and_use(void)
{
	make_area();
	CHECK(use_area() == 0);
}

static void use_again(void)
{
	CHECK(use_area() == 0);
}

static void swapping(void)
{
	static const struct subject on = { .run = use_area,
					   .prepare = make_area,
					   .undo = leave_area },
				    off = { .run = leave,
					    .prepare = make_and_use,
					    .undo = use_again,
					    .finish = leave_area };

	sweep(&on, 3);
	sweep(&off, 1);
	unlink(SWAP_FILE);
}

/* ---- What is shown ---- */

static int read_all(const char *path)
{
	int fd = open(path, O_RDONLY), n, error;

	if (fd < 0)
		return -1;
	do {
		n = read(fd, buffer, LARGE);
	} while (n > 0);
	error = errno;
	close(fd);
	errno = error;
	return n;
}

static int show_maps(void)
{
	return read_all("/proc/self/maps");
}

static int show_smaps(void)
{
	return read_all("/proc/self/smaps");
}

static int show_status(void)
{
	return read_all("/proc/self/status");
}

static int show_link(void)
{
	return readlink("/proc/self/exe", buffer, 100);
}

static int show_tasks(void)
{
	return ps((struct task_info *)buffer, 10, 0);
}

static int show_swaps(void)
{
	return read_all("/proc/swaps");
}

static int show_memory(void)
{
	struct audit_report report;

	return mm_audit(&report, 0);
}

static void showing(void)
{
	static int (*const calls[])(void) = {
		show_maps, show_smaps, show_status, show_link, show_tasks,
		show_swaps, show_memory,
	};
	int mounted = access("/proc/self", F_OK) < 0 &&
		      mount("proc", "/proc", "proc", 0, NULL) == 0;

	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct subject s = { .run = calls[i] };

		sweep(&s, 1);
	}
	if (mounted)
		umount("/proc");
}

/* ---- Areas ---- */

/* Maps 40 pages as 40 areas: more than a list is searched for. */
static void map_many(void)
{
	region = mmap(NULL, 40 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(region != MAP_FAILED);
	for (int i = 0; i < 40; i += 2)
		CHECK(mprotect(region + i * PAGE, PAGE, PROT_READ) == 0);
}

static void unmap_many(void)
{
	CHECK(munmap(region, 40 * PAGE) == 0);
}

/* Is in the middle of two areas and takes the one between. */
static int protect_part(void)
{
	return mprotect(region + 9 * PAGE, PAGE, PROT_NONE);
}

static void unprotect_part(void)
{
	CHECK(mprotect(region + 9 * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
}

static int unmap_part(void)
{
	return munmap(region + 8 * PAGE, 3 * PAGE);
}

static void map_part(void)
{
	char *p = mmap(region + 8 * PAGE, 3 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	CHECK(p == region + 8 * PAGE);
	CHECK(mprotect(region + 8 * PAGE, PAGE, PROT_READ) == 0);
	CHECK(mprotect(region + 10 * PAGE, PAGE, PROT_READ) == 0);
}

static char *grown;

static int grow_part(void)
{
	grown = mremap(region + 9 * PAGE, PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	return grown == MAP_FAILED ? -1 : 0;
}

static void shrink_part(void)
{
	CHECK(mremap(grown, 4 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		     region + 9 * PAGE) == region + 9 * PAGE);
}

static int lock_part(void)
{
	return syscall(__NR_mlock, region + 5 * PAGE, PAGE);
}

static void unlock_part(void)
{
	CHECK(syscall(__NR_munlock, region + 5 * PAGE, PAGE) == 0);
	CHECK(madvise(region + 5 * PAGE, PAGE, MADV_DONTNEED) == 0);
}

static void areas(void)
{
	static const struct subject protect = { .run = protect_part,
						.prepare = map_many,
						.undo = unprotect_part,
						.finish = unmap_many },
				    unmap = { .run = unmap_part,
					      .prepare = map_many,
					      .undo = map_part,
					      .finish = unmap_many },
				    grow = { .run = grow_part,
					     .prepare = map_many,
					     .undo = shrink_part,
					     .finish = unmap_many },
				    lock = { .run = lock_part,
					     .prepare = map_many,
					     .undo = unlock_part,
					     .finish = unmap_many };

	sweep(&protect, 0);
	sweep(&unmap, 0);
	sweep(&grow, 0);
	sweep(&lock, 0);
}

/* ---- Others ---- */

static int child;
static int hold[2];

static void use_fpu(void)
{
	__asm__ volatile("fld1; fstp %st(0)");
}

static int do_fork(void)
{
	use_fpu();
	child = fork();
	if (child == 0)
		_exit(0);
	return child;
}

static void reap(void)
{
	CHECK(wait_status(child) == 0);
}

static void start_reader(void)
{
	char c;

	CHECK(pipe(hold) == 0);
	child = fork();
	if (child == 0) {
		close(hold[1]);
		_exit(read(hold[0], &c, 1) != 0);
	}
	close(hold[0]);
}

static void end_reader(void)
{
	CHECK(close(hold[1]) == 0);
	reap();
}

/* Writes to a page that the other process shares with us. */
static int write_memory(void)
{
	struct iovec here = { buffer, 8 }, there = { bytes, 8 };

	memcpy(buffer, bytes, 8);
	return syscall(__NR_process_vm_writev, child, &here, 1, &there, 1, 0);
}

static int read_memory(void)
{
	struct iovec here = { buffer, 8 }, there = { bytes, 8 };

	return syscall(__NR_process_vm_readv, child, &here, 1, &there, 1, 0);
}

static void others(void)
{
	static const struct subject forking = { .run = do_fork, .undo = reap },
				    reading = { .run = read_memory,
						.prepare = start_reader,
						.finish = end_reader },
				    writing = { .run = write_memory,
						.prepare = start_reader,
						.finish = end_reader };

	sweep(&forking, 3);
	sweep(&reading, 0);
	sweep(&writing, 0);
}

#define DATA_SIGNAL 40

static void block_signal(void)
{
	unsigned long long set = 1ull << (DATA_SIGNAL - 1);

	CHECK(syscall(__NR_rt_sigprocmask, 0, &set, NULL, 8) == 0);
}

static int queue_signal(void)
{
	static siginfo_t info;

	info.si_signo = DATA_SIGNAL;
	info.si_code = -1;
	return syscall(__NR_rt_sigqueueinfo, getpid(), DATA_SIGNAL, &info);
}

static void take_signal(void)
{
	unsigned long long set = 1ull << (DATA_SIGNAL - 1);

	CHECK(syscall(__NR_rt_sigtimedwait, &set, NULL, NULL, 8) ==
	      DATA_SIGNAL);
}

static int send_signal(void)
{
	return kill(getpid(), DATA_SIGNAL);
}

static void signals(void)
{
	static const struct subject queued = { .run = queue_signal,
					       .prepare = block_signal,
					       .undo = take_signal,
					       .error = EAGAIN },
				    sent = { .run = send_signal,
					     .prepare = block_signal,
					     .undo = take_signal,
					     .error = EAGAIN };

	sweep(&queued, 1);
	sweep(&sent, 1);
}

TESTS({ "swapping", "swapon and swapoff", swapping },
      { "showing", "/proc, ps, the audit", showing },
      { "areas", "one of many areas", areas },
      { "others", "fork with an FPU, another's memory", others },
      { "signals", "signals with data", signals })
